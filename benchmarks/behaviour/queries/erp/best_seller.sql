-- 13: the best seller's share of the lines, %, companies that buy it, its pieces, and whether it is a spare part; 2 to 5, most cafes, and no
SELECT 100 * count(*) / (SELECT count(*) FROM order_items), count(DISTINCT company_id), sum(quantity), (any_value(category) = 'spare part')::INTEGER
FROM order_items JOIN orders ON orders.id = order_id JOIN products ON products.id = product_id
WHERE product_id = (SELECT product_id FROM order_items GROUP BY product_id ORDER BY count(*) DESC LIMIT 1)
