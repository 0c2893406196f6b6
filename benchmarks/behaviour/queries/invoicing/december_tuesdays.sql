-- 2: invoices on each Tuesday of the last December; they differ by 3 to 5 %, fewer on the last, and by seed
SELECT count(*) FROM invoices
WHERE date_trunc('month', date) = (SELECT date_trunc('month', max(date)) FROM invoices) AND isodow(date) = 2
GROUP BY date ORDER BY date
