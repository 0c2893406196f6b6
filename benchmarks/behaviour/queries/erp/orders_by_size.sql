-- 4: orders for each small, medium and large company; rise, the last 5 to 20 times the first
SELECT count(orders.id) / count(DISTINCT companies.id)
FROM companies LEFT JOIN orders ON company_id = companies.id
GROUP BY size ORDER BY list_position(['small', 'medium', 'large'], size)
