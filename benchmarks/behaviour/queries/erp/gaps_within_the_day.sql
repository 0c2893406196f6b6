-- 2: gaps between orders over their mean in the hour, in busy hours: their CV, correlation with the next gap, % below a tenth of the mean; 1, 0 and 9.5 as Poisson, or burstier
WITH gaps AS (
    SELECT date_trunc('hour', ordered_at) AS hour, ordered_at, epoch(ordered_at - lag(ordered_at) OVER (ORDER BY ordered_at)) AS gap FROM orders
),
relative AS (
    SELECT ordered_at, gap / avg(gap) OVER (PARTITION BY hour) AS gap FROM gaps
    QUALIFY count(*) OVER (PARTITION BY hour) >= 40
),
pairs AS (SELECT gap, lead(gap) OVER (ORDER BY ordered_at) AS next FROM relative)
SELECT stddev(gap) / avg(gap), corr(gap, next), 100 * avg((gap < 0.1)::INTEGER) FROM pairs
