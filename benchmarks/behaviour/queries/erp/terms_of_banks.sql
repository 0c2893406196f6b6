-- 4: % of the banks, and of the hotels in the upper half of credit limits, that pay on delivery; near 0
WITH limits AS (SELECT *, credit_limit > median(credit_limit) OVER (PARTITION BY kind) AS upper FROM companies)
SELECT 100 * avg((payment_terms = 'on_delivery')::INTEGER) FROM limits WHERE kind = 'bank' OR (kind = 'hotel' AND upper)
GROUP BY kind ORDER BY kind
