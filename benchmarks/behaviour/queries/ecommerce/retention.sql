-- 10: of the customers that ordered first in January, % that order in each of the 11 months after; 15 to 25 at first, falling below 10
WITH active AS (SELECT DISTINCT customer_id, date_trunc('month', order_ts) AS month FROM raw_orders),
cohort AS (SELECT customer_id FROM active GROUP BY customer_id HAVING min(month) = (SELECT min(month) FROM active))
SELECT 100 * count(*) / (SELECT count(*) FROM cohort)
FROM active JOIN cohort USING (customer_id)
WHERE month > (SELECT min(month) FROM active)
GROUP BY month ORDER BY month
