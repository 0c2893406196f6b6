-- 1: a spike's quantity over the product's median one: the least, median and largest, then the largest of a machine; 3, 10, 20 and 5
WITH usual AS (SELECT product_id, median(quantity) AS quantity FROM order_items GROUP BY product_id),
spikes AS (SELECT DISTINCT entity_id AS id FROM anomalies WHERE kind = 'quantity_spike' AND entity = 'order_items'),
sizes AS (
    SELECT order_items.quantity / usual.quantity AS size, category = 'machine' AS machine
    FROM order_items JOIN spikes USING (id) JOIN usual USING (product_id) JOIN products ON products.id = product_id
)
SELECT min(size), median(size), max(size), max(size) FILTER (machine) FROM sizes
