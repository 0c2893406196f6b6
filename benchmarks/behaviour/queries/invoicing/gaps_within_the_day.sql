-- 2: gaps between invoices over their mean in the hour, in busy hours: their CV, correlation with the next gap, % below a tenth of the mean; 1, 0 and 9.5 as Poisson, or burstier
WITH gaps AS (
    SELECT date_trunc('hour', created_at) AS hour, created_at, epoch(created_at - lag(created_at) OVER (ORDER BY created_at)) AS gap
    FROM invoices
),
relative AS (
    SELECT created_at, gap / avg(gap) OVER (PARTITION BY hour) AS gap FROM gaps
    QUALIFY count(*) OVER (PARTITION BY hour) >= 40
),
pairs AS (SELECT gap, lead(gap) OVER (ORDER BY created_at) AS next FROM relative)
SELECT stddev(gap) / avg(gap), corr(gap, next), 100 * avg((gap < 0.1)::INTEGER) FROM pairs
