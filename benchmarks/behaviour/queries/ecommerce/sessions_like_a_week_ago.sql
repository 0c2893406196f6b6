-- 2: median difference of a day's sessions from a week earlier, %, and that of Poisson counts; at least the second
WITH days AS (SELECT started_at::DATE AS day, count(*) AS sessions FROM raw_sessions GROUP BY day)
SELECT 100 * median(abs(days.sessions - earlier.sessions) / days.sessions), 100 * median(0.6745 * sqrt(2 / days.sessions))
FROM days JOIN days AS earlier ON earlier.day = days.day - 7
