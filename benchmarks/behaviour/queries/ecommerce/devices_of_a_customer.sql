-- 12: operating systems, browser versions and cities of a customer with 18 to 22 sessions; 1.5 to 2.5, 4 to 8, and 1.2 to 2
SELECT avg(systems), avg(browsers), avg(cities) FROM (
    SELECT
        count(DISTINCT device_info ->> 'os') AS systems,
        count(DISTINCT device_info ->> 'browser_version') AS browsers,
        count(DISTINCT city) AS cities
    FROM raw_sessions WHERE customer_id IS NOT NULL GROUP BY customer_id HAVING count(*) BETWEEN 18 AND 22
)
