-- 5: of orders to be delivered before the outage (until 8 January), in it (until 22), in the four weeks after and later, until ten days before the end: % cancelled, then % failed, then % with an anomaly; much higher in it alone
WITH judged AS (
    SELECT
        status = 'cancelled' AS cancelled,
        status = 'failed' AS failed,
        orders.id IN (SELECT order_id FROM anomalies WHERE order_id IS NOT NULL) AS abnormal,
        CASE WHEN day < '2024-01-09' THEN 1 WHEN day < '2024-01-23' THEN 2 WHEN day < '2024-02-20' THEN 3 ELSE 4 END AS phase
    FROM (SELECT *, scheduled_delivery AS day FROM orders) AS orders
    WHERE day < '2024-03-21'
),
phases AS (
    SELECT phase, 100 * avg(cancelled::INTEGER) AS a, 100 * avg(failed::INTEGER) AS b, 100 * avg(abnormal::INTEGER) AS c FROM judged GROUP BY phase
)
SELECT value FROM phases UNPIVOT (value FOR figure IN (a, b, c)) ORDER BY figure, phase
