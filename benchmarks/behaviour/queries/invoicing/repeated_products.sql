-- 14: % of the invoices that list a product twice or more, and how often at most; under 1
WITH times AS (SELECT invoice_id, product_id, count(*) AS times FROM invoice_line_items GROUP BY invoice_id, product_id)
SELECT 100 * count(DISTINCT invoice_id) FILTER (times > 1) / count(DISTINCT invoice_id), max(times) FROM times
