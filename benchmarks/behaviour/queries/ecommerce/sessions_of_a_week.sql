-- 2: sessions on the first seven days of the last December; they differ by seed
SELECT count(*) FROM raw_sessions
WHERE started_at >= (SELECT date_trunc('month', max(started_at)) FROM raw_sessions)
GROUP BY started_at::DATE ORDER BY started_at::DATE LIMIT 7
