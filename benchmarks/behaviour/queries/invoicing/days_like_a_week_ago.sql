-- 2: days with exactly the count of a week earlier, %, the median difference from it, %, and that of Poisson counts, %; a share near 4, and the second at least the third
WITH days AS (SELECT date, count(*) AS invoices FROM invoices GROUP BY date)
SELECT
    100 * avg((days.invoices = earlier.invoices)::INTEGER),
    100 * median(abs(days.invoices - earlier.invoices) / days.invoices),
    100 * median(0.6745 * sqrt(2 / days.invoices))
FROM days JOIN days AS earlier ON earlier.date = days.date - 7
