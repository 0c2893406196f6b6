-- 4: the share of the orders that one company has, %, and its size (1 small, 3 large); 3 to 5, and 3
SELECT 100 * orders / (SELECT count(*) FROM orders), size FROM (
    SELECT company_id, list_position(['small', 'medium', 'large'], any_value(size)) AS size, count(*) AS orders
    FROM orders JOIN companies ON companies.id = company_id GROUP BY company_id ORDER BY orders DESC LIMIT 1
)
