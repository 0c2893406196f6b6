-- 3: orders for each customer of the tiers none, bronze, silver, gold, platinum, then dollars; both rise, the last 3 to 10 times the first
WITH bought AS (SELECT customer_id, count(*) AS orders, sum(subtotal / exchange_rate) AS spend FROM raw_orders GROUP BY customer_id),
tiers AS (
    SELECT loyalty_tier AS tier, avg(coalesce(orders, 0)) AS orders, avg(coalesce(spend, 0)) AS spend
    FROM raw_customers LEFT JOIN bought USING (customer_id) GROUP BY tier
)
SELECT value FROM (SELECT 1 AS place, tier, orders AS value FROM tiers UNION ALL SELECT 2, tier, spend FROM tiers)
ORDER BY place, list_position(['none', 'bronze', 'silver', 'gold', 'platinum'], tier)
