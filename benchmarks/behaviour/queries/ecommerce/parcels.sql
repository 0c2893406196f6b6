-- 11: % of the dispatches on Sundays, between 0 and 6 o'clock in Central Europe, then of the deliveries on Sundays, and deliveries on Christmas Day; near 0, near 0, under 5, and 0
SELECT
    100 * avg((isodow(shipped_at) = 7)::INTEGER),
    100 * avg((hour(shipped_at AT TIME ZONE 'Europe/Paris') < 6)::INTEGER),
    100 * avg((isodow(delivered_at) = 7)::INTEGER),
    count(*) FILTER (strftime(delivered_at, '%m-%d') = '12-25')
FROM raw_orders WHERE shipped_at IS NOT NULL
