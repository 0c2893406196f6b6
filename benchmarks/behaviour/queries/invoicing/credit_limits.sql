-- 14: % of the customers with an open balance that exceed their credit limit, and the largest balance in limits; under 5, and under 2
WITH balances AS (SELECT customer_id, sum(total) AS balance FROM invoices WHERE status <> 'paid' GROUP BY customer_id)
SELECT 100 * avg((balance > credit_limit)::INTEGER), max(balance / credit_limit)
FROM balances JOIN customers ON customers.id = customer_id
