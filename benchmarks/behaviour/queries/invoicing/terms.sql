-- 14: different payment terms, of four, that a customer with six invoices or more has; one, seldom two
SELECT avg(terms)
FROM (SELECT count(DISTINCT due_date - date) AS terms FROM invoices GROUP BY customer_id HAVING count(*) >= 6)
