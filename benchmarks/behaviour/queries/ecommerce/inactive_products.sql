-- 9: lines for 100 views of inactive and of active products, and the inactive ones sold in the last seven days; near 0 by the end, and none
WITH viewed AS (SELECT is_active, count(*) AS views FROM raw_clickstream JOIN raw_products USING (product_id) WHERE event_type = 'product_view' GROUP BY is_active),
bought AS (
    SELECT is_active, count(*) AS lines, count(DISTINCT product_id) FILTER (order_ts >= (SELECT max(order_ts)::DATE - 6 FROM raw_orders)) AS lately
    FROM raw_order_items JOIN raw_products USING (product_id) JOIN raw_orders USING (order_id) GROUP BY is_active
)
SELECT
    100 * any_value(lines / views) FILTER (NOT is_active),
    100 * any_value(lines / views) FILTER (is_active),
    any_value(lately) FILTER (NOT is_active)
FROM viewed JOIN bought USING (is_active)
