-- 9: lines for 100 product views by quintile of the product's price, then pieces a line; both fall, by half and more
WITH quintiles AS (SELECT product_id, ntile(5) OVER (ORDER BY price) AS quintile FROM raw_products),
viewed AS (SELECT quintile, count(*) AS views FROM raw_clickstream JOIN quintiles USING (product_id) WHERE event_type = 'product_view' GROUP BY quintile),
bought AS (SELECT quintile, count(*) AS lines, avg(quantity) AS pieces FROM raw_order_items JOIN quintiles USING (product_id) GROUP BY quintile)
SELECT value FROM (
    SELECT 1 AS place, quintile, 100 * lines / views AS value FROM viewed JOIN bought USING (quintile)
    UNION ALL SELECT 2, quintile, pieces FROM bought
)
ORDER BY place, quintile
