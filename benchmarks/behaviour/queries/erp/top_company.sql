-- 4: the company that buys most: its size (1 small, 3 large), orders, most on a day, % of all orders, millions of pounds, those in credit limits, and how many of the top eight are small; 3, one or two a day, under 3 %, 6 to 12 limits, and none
WITH bought AS (
    SELECT companies.id, list_position(['small', 'medium', 'large'], size) AS size, credit_limit, count(*) AS orders, sum(total) AS total
    FROM companies JOIN orders ON company_id = companies.id GROUP BY companies.id, size, credit_limit
    ORDER BY orders DESC LIMIT 8
),
busiest AS (SELECT count(*) AS orders FROM orders WHERE company_id = (SELECT arg_max(id, orders) FROM bought) GROUP BY ordered_at::DATE)
SELECT
    arg_max(size, orders), max(orders), (SELECT max(orders) FROM busiest), 100 * max(orders) / (SELECT count(*) FROM orders),
    arg_max(total, orders) / 1e6, arg_max(total / credit_limit, orders), count(*) FILTER (size = 1)
FROM bought
