-- 1: the least and the largest mean order of a full week, in thousands of pounds; 10 to 20 % apart
SELECT min(mean), max(mean) FROM (
    SELECT avg(total) / 1000 AS mean FROM orders GROUP BY date_trunc('week', ordered_at) HAVING count(DISTINCT ordered_at::DATE) >= 6
)
