-- 9: % of the product views straight after a category's page that are of that category; 80 to 95, and about 8 by chance
WITH steps AS (
    SELECT event_type, product_id, lag(page_url) OVER (PARTITION BY session_id ORDER BY event_seq) AS previous FROM raw_clickstream
)
SELECT 100 * avg((split_part(previous, '/', 3) = trim(regexp_replace(lower(category), '[^a-z]+', '-', 'g'), '-'))::INTEGER)
FROM steps JOIN raw_products USING (product_id)
WHERE event_type = 'product_view' AND previous LIKE '/category/%'
