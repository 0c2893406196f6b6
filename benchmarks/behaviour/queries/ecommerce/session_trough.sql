-- 11: the hour of the day's fewest sessions, in local time, in Brazil, Canada, France, Germany, Italy, Netherlands, Poland, Spain, United Kingdom, United States; 3 to 5 in all
SELECT arg_min(hour, sessions) FROM (
    SELECT country, count(*) AS sessions, hour(started_at AT TIME ZONE CASE country
        WHEN 'Brazil' THEN 'America/Sao_Paulo' WHEN 'Canada' THEN 'America/Toronto' WHEN 'United States' THEN 'America/New_York'
        WHEN 'United Kingdom' THEN 'Europe/London' ELSE 'Europe/Paris' END) AS hour
    FROM raw_sessions GROUP BY ALL
)
GROUP BY country ORDER BY country
