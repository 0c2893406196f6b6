-- 3: orders for each customer of the segments occasional, regular, premium, business, then dollars, then the mean of their mean baskets; premium 3 to 10 times occasional, business baskets larger
WITH bought AS (SELECT customer_id, count(*) AS orders, sum(subtotal / exchange_rate) AS spend FROM raw_orders GROUP BY customer_id),
segments AS (
    SELECT segment, avg(coalesce(orders, 0)) AS orders, avg(coalesce(spend, 0)) AS spend, avg(spend / orders) AS basket
    FROM raw_customers LEFT JOIN bought USING (customer_id) GROUP BY segment
)
SELECT value FROM (
    SELECT 1 AS place, segment, orders AS value FROM segments
    UNION ALL SELECT 2, segment, spend FROM segments
    UNION ALL SELECT 3, segment, basket FROM segments
)
ORDER BY place, list_position(['occasional', 'regular', 'premium', 'business'], segment)
