-- 9: correlation of a product's rating with its lines per view, of products with 200 views; 0.1 to 0.4
WITH rated AS (SELECT product_id, avg(rating) AS rating FROM raw_reviews GROUP BY product_id),
viewed AS (SELECT product_id, count(*) AS views FROM raw_clickstream WHERE event_type = 'product_view' GROUP BY product_id HAVING views >= 200),
bought AS (SELECT product_id, count(*) AS lines FROM raw_order_items GROUP BY product_id)
SELECT corr(rating, coalesce(lines, 0) / views) FROM rated JOIN viewed USING (product_id) LEFT JOIN bought USING (product_id)
