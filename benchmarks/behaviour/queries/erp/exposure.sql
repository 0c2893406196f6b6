-- 4: companies that pay in 30 days: % of those that owe whose debt at the end exceeds the credit limit, then median and largest debt in limits; under 10 %, 0.3 to 0.6, and under 2
WITH debts AS (
    SELECT company_id, sum(amount) AS debt FROM payments JOIN orders ON orders.id = order_id WHERE paid_at IS NULL GROUP BY company_id
)
SELECT 100 * avg((debt > credit_limit)::INTEGER), median(debt / credit_limit), max(debt / credit_limit)
FROM debts JOIN companies ON companies.id = company_id WHERE payment_terms = 'net_30'
