-- 9: % of the product views in a session that are of the category of the view before, and by chance, then both for views of another product; 50 to 70
WITH views AS (
    SELECT session_id, product_id, category, lag(product_id) OVER visit AS previous_product, lag(category) OVER visit AS previous
    FROM raw_clickstream JOIN raw_products USING (product_id)
    WHERE event_type = 'product_view'
    WINDOW visit AS (PARTITION BY session_id ORDER BY event_seq)
),
products AS (SELECT category, count(*) / sum(count(*)) OVER () AS share FROM views GROUP BY category, product_id),
by_chance AS (SELECT sum(share * share) AS same_product FROM products),
categories AS (SELECT sum(share * share) AS same_category FROM (SELECT sum(share) AS share FROM products GROUP BY category))
SELECT
    100 * avg((category = previous)::INTEGER),
    100 * any_value(same_category),
    100 * avg((category = previous)::INTEGER) FILTER (product_id <> previous_product),
    100 * any_value((same_category - same_product) / (1 - same_product))
FROM views, categories, by_chance
