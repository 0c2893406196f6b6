-- 10: customers without an invoice: inactive or suspended, then active; some of each
SELECT count(*) FILTER (status <> 'active'), count(*) FILTER (status = 'active')
FROM customers WHERE id NOT IN (SELECT customer_id FROM invoices)
