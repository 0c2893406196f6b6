-- 10: orders in 2024 of each customer that registered in 2021, 2022, 2023; those of 2021 a third of those of 2023
SELECT avg(orders) FROM (
    SELECT year(registration_date) AS registered, count(order_id) AS orders
    FROM raw_customers LEFT JOIN raw_orders USING (customer_id)
    WHERE year(registration_date) BETWEEN 2021 AND 2023 GROUP BY customer_id, registered
)
GROUP BY registered ORDER BY registered
