-- 9: least, median and largest lift of two categories in one order; from below 1 to above 2
WITH orders AS (SELECT DISTINCT order_id, category FROM raw_order_items JOIN raw_products USING (product_id)),
categories AS (SELECT category, count(*) AS orders FROM orders GROUP BY category),
pairs AS (
    SELECT one.category AS a, other.category AS b, count(*) AS orders
    FROM orders AS one JOIN orders AS other ON one.order_id = other.order_id AND one.category < other.category GROUP BY ALL
),
lifts AS (
    SELECT pairs.orders * (SELECT count(*) FROM raw_orders) / (one.orders * other.orders) AS lift
    FROM pairs JOIN categories AS one ON one.category = a JOIN categories AS other ON other.category = b
)
SELECT min(lift), median(lift), max(lift) FROM lifts
