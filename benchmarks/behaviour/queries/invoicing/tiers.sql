-- 14: invoices for each customer invoiced of Bronze, Silver, Gold, Platinum, then the mean total of an invoice; both rise with the tier
WITH tiers AS (
    SELECT customer_type_id AS tier, count(*) / count(DISTINCT customer_id) AS invoices, avg(total) AS total
    FROM invoices JOIN customers ON customers.id = customer_id GROUP BY tier
)
SELECT value FROM (SELECT 1 AS place, tier, invoices AS value FROM tiers UNION ALL SELECT 2, tier, total FROM tiers) ORDER BY place, tier
