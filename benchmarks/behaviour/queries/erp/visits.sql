-- 13: % of the visits to a machine that the company ever bought, % of the installations that follow its delivery; 60 to 100, and 90 to 100
WITH bought AS (
    SELECT company_id, product_id AS machine_id, min(delivered_at) AS delivered_at
    FROM order_items JOIN orders ON orders.id = order_id GROUP BY ALL
)
SELECT
    100 * avg((bought.machine_id IS NOT NULL)::INTEGER),
    100 * avg((bought.delivered_at IS NOT NULL AND bought.delivered_at <= visited_at)::INTEGER) FILTER (kind = 'installation')
FROM maintenance_visits LEFT JOIN bought USING (company_id, machine_id)
