-- 9: % of the lines sold that were sent back, by the product's rating to the half star: 2.5, 3, 3.5, 4, 4.5, 5; falls by half and more
WITH rated AS (SELECT product_id, round(2 * avg(rating)) / 2 AS rating FROM raw_reviews GROUP BY product_id)
SELECT 100 * avg((status = 'returned')::INTEGER)
FROM raw_order_items JOIN raw_orders USING (order_id) JOIN rated USING (product_id)
WHERE rating >= 2.5
GROUP BY rating ORDER BY rating
