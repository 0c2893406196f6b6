-- 8: minutes from the order to its fulfilment at 1, 50 and 99 %, then hours from the fulfilment to the first dispatch at 50 and 99 %; days, and about 0
WITH dispatched AS (SELECT order_id, min(dispatched_at) AS dispatched_at FROM shipments GROUP BY order_id),
waits AS (
    SELECT epoch(moved_at - ordered_at) / 60 AS after, epoch(dispatched_at - moved_at) / 3600 AS before
    FROM stock_movements JOIN order_items ON order_items.id = order_item_id JOIN orders ON orders.id = order_items.order_id
    LEFT JOIN dispatched ON dispatched.order_id = orders.id
    WHERE kind = 'fulfilment'
),
quantiles AS (SELECT quantile_cont(after, [0.01, 0.5, 0.99]) AS after, quantile_cont(before, [0.5, 0.99]) AS before FROM waits)
SELECT unnest(after || before) FROM quantiles
