-- 14: % of invoices paid, by age in days: 0, 1 to 9, 10 to 19, 20 to 29, 30 to 44, 45 to 59; rises from near 0
WITH aged AS (SELECT status, (SELECT max(date) FROM invoices) - date AS age FROM invoices)
SELECT 100 * avg((status = 'paid')::INTEGER) FROM aged WHERE age < 60
GROUP BY CASE WHEN age = 0 THEN 0 WHEN age < 10 THEN 1 WHEN age < 20 THEN 2 WHEN age < 30 THEN 3 WHEN age < 45 THEN 4 ELSE 5 END ORDER BY min(age)
