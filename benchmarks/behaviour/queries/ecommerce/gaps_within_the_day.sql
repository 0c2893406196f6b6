-- 2: gaps between sessions over their mean in the hour, in busy hours: their CV, correlation with the next gap, % below a tenth of the mean; 1, 0 and 9.5 as Poisson, or burstier
WITH gaps AS (
    SELECT date_trunc('hour', started_at) AS hour, started_at, epoch(started_at - lag(started_at) OVER (ORDER BY started_at)) AS gap
    FROM raw_sessions
),
relative AS (
    SELECT started_at, gap / avg(gap) OVER (PARTITION BY hour) AS gap FROM gaps
    QUALIFY count(*) OVER (PARTITION BY hour) >= 40
),
pairs AS (SELECT gap, lead(gap) OVER (ORDER BY started_at) AS next FROM relative)
SELECT stddev(gap) / avg(gap), corr(gap, next), 100 * avg((gap < 0.1)::INTEGER) FROM pairs
