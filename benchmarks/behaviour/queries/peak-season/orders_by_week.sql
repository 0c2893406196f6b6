-- 5: orders of each full week; they rise to a peak and fall again
SELECT count(*) FROM orders GROUP BY date_trunc('week', ordered_at) HAVING count(DISTINCT ordered_at::DATE) >= 6 ORDER BY date_trunc('week', ordered_at)
