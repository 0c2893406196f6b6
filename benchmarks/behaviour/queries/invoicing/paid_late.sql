-- 14: % of the paid invoices that were paid after they were due, and by how many days at the median; 30 to 50, and 5 to 15
-- needs invoices.paid_on
SELECT 100 * avg((paid_on::DATE > due_date)::INTEGER), median(paid_on::DATE - due_date) FILTER (paid_on::DATE > due_date)
FROM invoices WHERE paid_on IS NOT NULL
