-- 9: % of the lines sold that were sent back: the least of a category that is shipped, and the most; 2 and 10 or more
SELECT min(share), max(share) FROM (
    SELECT 100 * avg((status = 'returned')::INTEGER) AS share
    FROM raw_order_items JOIN raw_orders USING (order_id) JOIN raw_products USING (product_id)
    WHERE category <> 'Software' GROUP BY category
)
