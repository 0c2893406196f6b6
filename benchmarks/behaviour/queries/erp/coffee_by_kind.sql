-- 4: coffee's share of what is bought by cafes, banks, gyms and factories in orders without an anomaly, %; 40 to 60 for cafes, far less for the others
SELECT 100 * sum(line_total) FILTER (category = 'coffee') / sum(line_total)
FROM order_items JOIN orders ON orders.id = order_id JOIN companies ON companies.id = company_id JOIN products ON products.id = product_id
WHERE kind IN ('cafe', 'bank', 'gym', 'factory') AND orders.id NOT IN (SELECT order_id FROM anomalies WHERE order_id IS NOT NULL)
GROUP BY kind ORDER BY list_position(['cafe', 'bank', 'gym', 'factory'], kind)
