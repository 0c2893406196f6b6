-- 10: % of the customers invoiced in the period that are inactive or suspended today; 5 to 15, nobody is inactive from the start
SELECT 100 * avg((status <> 'active')::INTEGER) FROM customers WHERE id IN (SELECT customer_id FROM invoices)
