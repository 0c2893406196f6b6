-- 10: % of the customers of earlier years without an order in the period, % of the buyers with one order; 50 to 80, and 50 to 70
WITH bought AS (SELECT customer_id, count(*) AS orders FROM raw_orders GROUP BY customer_id)
SELECT
    100 * avg((orders IS NULL)::INTEGER) FILTER (registration_date < (SELECT min(order_ts)::DATE FROM raw_orders)),
    100 * avg((orders = 1)::INTEGER)
FROM raw_customers LEFT JOIN bought USING (customer_id)
