-- 8: % of the pieces that come back that are written off, then months, of those with goods out, whose deliveries from suppliers equal them to the piece; 10 to 30, and none
WITH months AS (
    SELECT
        date_trunc('month', moved_at) AS month,
        sum(quantity) FILTER (kind = 'restock' AND reason <> 'opening stock') AS restocked,
        -sum(quantity) FILTER (kind = 'fulfilment') AS fulfilled
    FROM stock_movements GROUP BY month
)
SELECT
    (SELECT -100 * sum(quantity) FILTER (kind = 'adjustment' AND reason = 'not fit for sale') / sum(quantity) FILTER (kind = 'return') FROM stock_movements),
    count(*) FILTER (restocked = fulfilled),
    count(*)
FROM months
