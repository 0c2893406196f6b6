-- 9: products put into the cart for 100 product views, by quintile of the price; falls
WITH quintiles AS (SELECT product_id, ntile(5) OVER (ORDER BY price) AS quintile FROM raw_products)
SELECT 100 * count(*) FILTER (event_type = 'add_to_cart') / count(*) FILTER (event_type = 'product_view')
FROM raw_clickstream JOIN quintiles USING (product_id)
GROUP BY quintile ORDER BY quintile
