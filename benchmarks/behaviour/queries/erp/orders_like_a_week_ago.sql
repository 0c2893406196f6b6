-- 2: median difference of a day's orders from a week earlier, %, and that of Poisson counts, without Fridays; at least the second
WITH days AS (SELECT (ordered_at AT TIME ZONE 'Africa/Cairo')::DATE AS day, count(*) AS orders FROM orders GROUP BY day)
SELECT 100 * median(abs(days.orders - earlier.orders) / days.orders), 100 * median(0.6745 * sqrt(2 / days.orders))
FROM days JOIN days AS earlier ON earlier.day = days.day - 7 WHERE isodow(days.day) <> 5
