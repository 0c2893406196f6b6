-- 2: invoices on Monday 25 November, Saturday 30 November and Monday 2 December, and the largest ratio of seven days to the seven before; a ramp, 1.5 at most
WITH days AS (SELECT date, count(*) AS invoices FROM invoices GROUP BY date),
weeks AS (
    SELECT
        date,
        sum(invoices) OVER (ORDER BY date RANGE BETWEEN CURRENT ROW AND INTERVAL 6 DAYS FOLLOWING) AS ahead,
        sum(invoices) OVER (ORDER BY date RANGE BETWEEN INTERVAL 7 DAYS PRECEDING AND INTERVAL 1 DAY PRECEDING) AS behind
    FROM days
)
SELECT
    (SELECT invoices FROM days WHERE date = '2024-11-25'),
    (SELECT invoices FROM days WHERE date = '2024-11-30'),
    (SELECT invoices FROM days WHERE date = '2024-12-02'),
    max(ahead / behind) FILTER (date BETWEEN '2024-03-01' AND '2024-12-22')
FROM weeks
