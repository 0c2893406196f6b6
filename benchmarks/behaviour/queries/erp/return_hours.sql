-- 8: hours from the last attempt's dispatch to the goods' return, at 1, 50 and 99 %; the evening or the next day
WITH attempts AS (SELECT order_id, max(dispatched_at) AS dispatched_at FROM shipments GROUP BY order_id),
waits AS (
    SELECT epoch(moved_at - dispatched_at) / 3600 AS hours
    FROM stock_movements JOIN order_items ON order_items.id = order_item_id JOIN attempts USING (order_id) WHERE kind = 'return'
)
SELECT unnest(quantile_cont(hours, [0.01, 0.5, 0.99])) FROM waits
