-- 14: % of invoices overdue, by age in days: 60 to 89, 90 to 119, 120 to 179, 180 to 269, 270 to 365; falls with age, to 1 or 2
WITH aged AS (SELECT status, (SELECT max(date) FROM invoices) - date AS age FROM invoices)
SELECT 100 * avg((status = 'overdue')::INTEGER) FROM aged WHERE age >= 60
GROUP BY CASE WHEN age < 90 THEN 0 WHEN age < 120 THEN 1 WHEN age < 180 THEN 2 WHEN age < 270 THEN 3 ELSE 4 END ORDER BY min(age)
