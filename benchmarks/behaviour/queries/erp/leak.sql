-- 8: % of the cancelled orders without a fulfilment, % of all others with one, then % of both with one in the hour after the order; nothing tells who will cancel, so the last two are alike and about 0
WITH fulfilled AS (
    SELECT order_id AS id, min(moved_at) AS moved_at
    FROM stock_movements JOIN order_items ON order_items.id = order_item_id WHERE kind = 'fulfilment' GROUP BY order_id
),
judged AS (
    SELECT status = 'cancelled' AS cancelled, moved_at IS NOT NULL AS fulfilled, coalesce(moved_at < ordered_at + INTERVAL 1 HOUR, false) AS at_once
    FROM orders LEFT JOIN fulfilled USING (id)
)
SELECT
    100 * avg((NOT fulfilled)::INTEGER) FILTER (cancelled),
    100 * avg(fulfilled::INTEGER) FILTER (NOT cancelled),
    100 * avg(at_once::INTEGER) FILTER (cancelled),
    100 * avg(at_once::INTEGER) FILTER (NOT cancelled)
FROM judged
