-- 8: % of the orders with a fulfilment: confirmed, cancelled without a shipment, all others; 0, 0, and 100
WITH fulfilled AS (SELECT DISTINCT order_id AS id FROM stock_movements JOIN order_items ON order_items.id = order_item_id WHERE kind = 'fulfilment'),
judged AS (
    SELECT
        CASE WHEN status IN ('pending', 'confirmed') THEN 1 WHEN status = 'cancelled' AND orders.id NOT IN (SELECT order_id FROM shipments) THEN 2 ELSE 3 END AS place,
        (fulfilled.id IS NOT NULL)::INTEGER AS fulfilled
    FROM orders LEFT JOIN fulfilled USING (id)
)
SELECT 100 * avg(fulfilled) FROM judged GROUP BY place ORDER BY place
