-- 11: sessions on Black Friday, on the Friday before, then orders on both days; 2 to 4 times the Friday before
WITH days AS (SELECT unnest([DATE '2024-11-29', DATE '2024-11-22']) AS day)
SELECT value FROM (
    SELECT
        day,
        (SELECT count(*) FROM raw_sessions WHERE started_at::DATE = day) AS sessions,
        (SELECT count(*) FROM raw_orders WHERE order_ts::DATE = day) AS orders
    FROM days
) UNPIVOT (value FOR figure IN (sessions, orders))
ORDER BY figure = 'orders', day DESC
