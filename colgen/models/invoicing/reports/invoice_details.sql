-- The lines of one invoice (--set invoice=INV-2024-00000007) with its totals; without a parameter, a list of all invoices.
SELECT
    invoices.invoice_number,
    invoices.date,
    invoices.status,
    customers.name AS customer,
    line_number,
    products.sku,
    products.name AS product,
    quantity,
    unit_price,
    line_total,
    subtotal,
    tax_amount,
    total
FROM invoices
JOIN customers ON customers.id = invoices.customer_id
JOIN invoice_line_items AS line ON line.invoice_id = invoices.id
JOIN products ON products.id = line.product_id
WHERE invoices.invoice_number = $invoice
UNION ALL BY NAME
SELECT invoice_number, date, invoices.status, customers.name AS customer, lines AS line_number, subtotal, tax_amount, total
FROM invoices
JOIN customers ON customers.id = invoices.customer_id
JOIN (SELECT invoice_id, count(*)::INTEGER AS lines FROM invoice_line_items GROUP BY invoice_id) ON invoice_id = invoices.id
WHERE $invoice IS NULL
ORDER BY invoice_number, line_number
