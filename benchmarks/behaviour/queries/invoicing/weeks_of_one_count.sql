-- 2: of the full weeks, how many have the commonest count or one more, and how many weeks there are; one or two
WITH weeks AS (SELECT date_trunc('week', date) AS week, count(*) AS invoices FROM invoices GROUP BY week HAVING count(DISTINCT date) = 7),
commonest AS (SELECT mode(invoices) AS invoices FROM weeks)
SELECT count(*) FILTER (weeks.invoices - commonest.invoices IN (0, 1)), count(*) FROM weeks, commonest
