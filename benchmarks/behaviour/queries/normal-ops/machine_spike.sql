-- 1: the dearest line with a spike: % of the goods' value of the quarter, in credit limits of its company; under 1 %, and under 2
SELECT 100 * max(line_total) / (SELECT sum(line_total) FROM order_items), arg_max(line_total / credit_limit, line_total)
FROM order_items JOIN orders ON orders.id = order_id JOIN companies ON companies.id = company_id
WHERE order_items.id IN (SELECT entity_id FROM anomalies WHERE kind = 'quantity_spike' AND entity = 'order_items')
