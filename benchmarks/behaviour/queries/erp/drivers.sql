-- 13: drivers, stops of one on a day, at most, governorates of one on a day, at most; 100 and more, 10 to 25, 40, 1 to 2, and 3
WITH days AS (
    SELECT driver, (dispatched_at AT TIME ZONE 'Africa/Cairo')::DATE AS day, count(*) AS stops, count(DISTINCT governorate) AS governorates
    FROM shipments JOIN orders ON orders.id = order_id JOIN companies ON companies.id = company_id
    GROUP BY driver, day
)
SELECT count(DISTINCT driver), avg(stops), max(stops), avg(governorates), max(governorates) FROM days
