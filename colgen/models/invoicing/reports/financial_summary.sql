-- Revenue, tax, payments, and outstanding and overdue amounts by days past due at the end of the period, by month; the last row is the total.
SELECT
    strftime(date, '%Y-%m') AS month,
    count(*) AS invoices,
    sum(subtotal)::DECIMAL(18, 2) AS net,
    sum(tax_amount)::DECIMAL(18, 2) AS tax,
    sum(total)::DECIMAL(18, 2) AS revenue,
    coalesce(sum(total) FILTER (status = 'paid'), 0)::DECIMAL(18, 2) AS paid,
    coalesce(sum(total) FILTER (status <> 'paid'), 0)::DECIMAL(18, 2) AS outstanding,
    coalesce(sum(total) FILTER (status = 'pending'), 0)::DECIMAL(18, 2) AS pending,
    coalesce(sum(total) FILTER (status = 'overdue' AND late <= 30), 0)::DECIMAL(18, 2) AS overdue_0_30,
    coalesce(sum(total) FILTER (status = 'overdue' AND late BETWEEN 31 AND 60), 0)::DECIMAL(18, 2) AS overdue_31_60,
    coalesce(sum(total) FILTER (status = 'overdue' AND late BETWEEN 61 AND 90), 0)::DECIMAL(18, 2) AS overdue_61_90,
    coalesce(sum(total) FILTER (status = 'overdue' AND late > 90), 0)::DECIMAL(18, 2) AS overdue_over_90
FROM (SELECT *, getvariable('end_day') - due_date AS late FROM invoices)
GROUP BY GROUPING SETS ((month), ())
ORDER BY month NULLS LAST
