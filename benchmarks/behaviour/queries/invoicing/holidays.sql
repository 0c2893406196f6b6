-- 2: invoices on Christmas Day, Thanksgiving and 4 July by those of a week earlier; 0 to 0.2
WITH days AS (SELECT date, count(*) AS invoices FROM invoices GROUP BY date),
holidays AS (SELECT unnest([DATE '2024-12-25', DATE '2024-11-28', DATE '2024-07-04']) AS date, unnest([1, 2, 3]) AS place)
SELECT coalesce(days.invoices, 0) / earlier.invoices
FROM holidays LEFT JOIN days USING (date) JOIN days AS earlier ON earlier.date = holidays.date - 7
ORDER BY place
