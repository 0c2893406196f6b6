-- 9: orders with software that were sent back, and those of software alone that took more than a day to be delivered; 0 or few, and none
WITH orders AS (
    SELECT order_id, bool_and(category = 'Software') AS only_software
    FROM raw_order_items JOIN raw_products USING (product_id) GROUP BY order_id HAVING bool_or(category = 'Software')
)
SELECT count(*) FILTER (status = 'returned'), count(*) FILTER (only_software AND delivered_at - order_ts > INTERVAL 1 DAY)
FROM orders JOIN raw_orders USING (order_id)
