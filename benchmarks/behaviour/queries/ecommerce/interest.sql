-- 3: % of the lines bought in the category of the customer's stated interest, and by chance; 3 times chance or more
WITH lines AS (
    SELECT category, preferences ->> 'interest' AS interest
    FROM raw_order_items JOIN raw_orders USING (order_id) JOIN raw_customers USING (customer_id) JOIN raw_products USING (product_id)
    WHERE preferences ->> 'interest' IS NOT NULL
),
bought AS (SELECT category, count(*) / sum(count(*)) OVER () AS share FROM lines GROUP BY category),
stated AS (SELECT interest AS category, count(*) / sum(count(*)) OVER () AS share FROM lines GROUP BY interest)
SELECT 100 * avg((category = interest)::INTEGER), 100 * (SELECT sum(bought.share * stated.share) FROM bought JOIN stated USING (category))
FROM lines
