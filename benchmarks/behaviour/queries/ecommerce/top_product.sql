-- 9: the best seller's share of the lines, %, and of the product views; 0.5 to 3
SELECT
    (SELECT 100 * count(*) / sum(count(*)) OVER () FROM raw_order_items GROUP BY product_id ORDER BY count(*) DESC LIMIT 1),
    (SELECT 100 * count(*) / sum(count(*)) OVER () FROM raw_clickstream WHERE event_type = 'product_view' GROUP BY product_id ORDER BY count(*) DESC LIMIT 1)
