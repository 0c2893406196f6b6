-- 5: orders whose goods leave the warehouse in the outage, and hours until their first dispatch at the median; 0 or few, and about 0
WITH dispatched AS (SELECT order_id, min(dispatched_at) AS dispatched_at FROM shipments GROUP BY order_id),
moved AS (
    SELECT order_id, min(moved_at) AS moved_at FROM stock_movements JOIN order_items ON order_items.id = order_item_id WHERE kind = 'fulfilment' GROUP BY order_id
)
SELECT count(*), median(epoch(dispatched_at - moved_at) / 3600)
FROM moved LEFT JOIN dispatched USING (order_id)
WHERE (moved_at AT TIME ZONE 'Africa/Cairo')::DATE BETWEEN '2024-01-09' AND '2024-01-21'
