-- For customers who registered in the period, by the month of their first order, the number of them that ordered in each month from then on.
WITH active AS (
    SELECT DISTINCT customer_id, date_trunc('month', order_ts)::DATE AS month
    FROM raw_orders JOIN raw_customers USING (customer_id)
    WHERE registration_date >= (SELECT min(started_at)::DATE - 1 FROM raw_sessions)
),
cohorts AS (SELECT customer_id, min(month) AS first_month FROM active GROUP BY customer_id),
counted AS (
    SELECT first_month, date_diff('month', first_month, month) AS months_since, count(*) AS ordered
    FROM active JOIN cohorts USING (customer_id)
    GROUP BY first_month, months_since
)
SELECT
    strftime(first_month, '%Y-%m') AS first_order,
    months_since,
    first_value(ordered) OVER (PARTITION BY first_month ORDER BY months_since) AS customers,
    ordered,
    round(ordered / customers, 4) AS share
FROM counted
ORDER BY first_order, months_since
