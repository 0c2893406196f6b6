-- 14: tax rates of NJ, MN, NM and MO, %; 6.625, 6.875, 4.875 and 4.225
SELECT 100 * max(tax_rate) FROM invoices JOIN customer_addresses USING (customer_id)
WHERE is_primary AND state IN ('NJ', 'MN', 'NM', 'MO')
GROUP BY state ORDER BY CASE state WHEN 'NJ' THEN 1 WHEN 'MN' THEN 2 WHEN 'NM' THEN 3 ELSE 4 END
