-- 11: payments in the quietest and in the busiest hour of the day, by companies that pay in 15 or 30 days; near 0, and an eighth of all
SELECT min(payments), max(payments) FROM (
    SELECT count(*) AS payments FROM payments JOIN orders ON orders.id = order_id JOIN companies ON companies.id = company_id
    WHERE payment_terms IN ('net_15', 'net_30') AND paid_at IS NOT NULL GROUP BY hour(paid_at AT TIME ZONE 'Africa/Cairo')
)
