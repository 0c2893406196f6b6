-- 13: % of a technician's days with two visits or more that are in several governorates, and most governorates on a day; 10 to 30, and 2 or 3
WITH days AS (
    SELECT technician_id, (visited_at AT TIME ZONE 'Africa/Cairo')::DATE AS day, count(DISTINCT governorate) AS governorates
    FROM maintenance_visits JOIN companies ON companies.id = company_id GROUP BY ALL HAVING count(*) >= 2
)
SELECT 100 * avg((governorates > 1)::INTEGER), max(governorates) FROM days
