-- 11: the UTC hour of the most sessions and of the fewest, and how many of the ten countries peak within an hour of the first; several peaks, seven countries
WITH hours AS (SELECT country, hour(started_at) AS hour, count(*) AS sessions FROM raw_sessions GROUP BY ALL),
whole AS (SELECT arg_max(hour, sessions) AS peak, arg_min(hour, sessions) AS trough FROM (SELECT hour, sum(sessions) AS sessions FROM hours GROUP BY hour)),
countries AS (SELECT country, arg_max(hour, sessions) AS peak FROM hours GROUP BY country)
SELECT whole.peak, trough, count(*) FILTER (abs(countries.peak - whole.peak) <= 1) FROM countries, whole GROUP BY ALL
