-- Customers, invoices, revenue, average invoice and outstanding balance by tier, status and region; the last row is the total.
WITH billed AS (
    SELECT customer_id, count(*) AS invoices, sum(total) AS revenue, coalesce(sum(total) FILTER (status <> 'paid'), 0) AS outstanding
    FROM invoices GROUP BY customer_id
)
SELECT
    customer_types.name AS tier,
    customers.status,
    address.region,
    count(*) AS customers,
    coalesce(sum(invoices), 0)::BIGINT AS invoices,
    coalesce(sum(revenue), 0)::DECIMAL(18, 2) AS revenue,
    (sum(revenue) / sum(invoices))::DECIMAL(12, 2) AS average_invoice,
    coalesce(sum(outstanding), 0)::DECIMAL(18, 2) AS outstanding
FROM customers
JOIN customer_types ON customer_types.id = customers.customer_type_id
JOIN customer_addresses AS address ON address.customer_id = customers.id AND address.is_primary
LEFT JOIN billed ON billed.customer_id = customers.id
GROUP BY GROUPING SETS ((customer_types.priority_level, customer_types.name, customers.status, address.region), ())
ORDER BY customer_types.priority_level NULLS LAST, customers.status, address.region
