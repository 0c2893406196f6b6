-- 4: rank correlation of a company's orders with its size, and with its credit limit; 0.5 to 0.8
WITH bought AS (
    SELECT list_position(['small', 'medium', 'large'], size) AS size, credit_limit, count(orders.id) AS orders
    FROM companies LEFT JOIN orders ON company_id = companies.id GROUP BY companies.id, size, credit_limit
),
ranks AS (
    SELECT
        rank() OVER (ORDER BY size) + (count(*) OVER (PARTITION BY size) - 1) / 2 AS size,
        rank() OVER (ORDER BY credit_limit) + (count(*) OVER (PARTITION BY credit_limit) - 1) / 2 AS credit_limit,
        rank() OVER (ORDER BY orders) + (count(*) OVER (PARTITION BY orders) - 1) / 2 AS orders
    FROM bought
)
SELECT corr(size, orders), corr(credit_limit, orders) FROM ranks
