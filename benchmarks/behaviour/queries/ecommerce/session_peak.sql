-- 11: the hour of the day's most sessions, in local time, in Brazil, Canada, France, Germany, Italy, Netherlands, Poland, Spain, United Kingdom, United States; about 20 or 21 in all
SELECT (mode(hour(started_at AT TIME ZONE CASE country
    WHEN 'Brazil' THEN 'America/Sao_Paulo' WHEN 'Canada' THEN 'America/Toronto' WHEN 'United States' THEN 'America/New_York'
    WHEN 'United Kingdom' THEN 'Europe/London' ELSE 'Europe/Paris' END)))
FROM raw_sessions GROUP BY country ORDER BY country
