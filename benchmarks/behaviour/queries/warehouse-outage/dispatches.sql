-- 5: dispatches a day before the outage, in it (9 to 21 January), and on the busiest day of the week after; 40, 0 to 10, and 100 to 250 for a few days
WITH days AS (SELECT (dispatched_at AT TIME ZONE 'Africa/Cairo')::DATE AS day, count(*) AS dispatches FROM shipments GROUP BY day)
SELECT
    avg(dispatches) FILTER (day < '2024-01-08'),
    coalesce(sum(dispatches) FILTER (day BETWEEN '2024-01-09' AND '2024-01-21'), 0) / 13,
    max(dispatches) FILTER (day BETWEEN '2024-01-22' AND '2024-01-29')
FROM days
