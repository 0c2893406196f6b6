-- 2: CV of the gaps between hirings; about 1
WITH gaps AS (SELECT epoch(hired_at - lag(hired_at) OVER (ORDER BY hired_at)) AS gap FROM users)
SELECT stddev(gap) / avg(gap) FROM gaps
