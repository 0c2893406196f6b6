-- 11: % of the refunds requested and decided on Fridays, then between 21 and 7 o'clock in Cairo; near 0
WITH moments AS (SELECT requested_at AT TIME ZONE 'Africa/Cairo' AS requested, decided_at AT TIME ZONE 'Africa/Cairo' AS decided FROM refunds)
SELECT
    100 * avg((isodow(requested) = 5)::INTEGER), 100 * avg((isodow(decided) = 5)::INTEGER),
    100 * avg((hour(requested) NOT BETWEEN 7 AND 20)::INTEGER), 100 * avg((hour(decided) NOT BETWEEN 7 AND 20)::INTEGER)
FROM moments
