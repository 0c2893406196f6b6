-- 12: % of the Apple Pay orders on a system that is not Apple's, and of the Google Pay orders on iOS; 0 and 0
SELECT
    100 * avg((os NOT IN ('iOS', 'iPadOS', 'macOS'))::INTEGER) FILTER (payment_method = 'apple_pay'),
    100 * avg((os = 'iOS')::INTEGER) FILTER (payment_method = 'google_pay')
FROM (SELECT payment_method, device_info ->> 'os' AS os FROM raw_orders JOIN raw_sessions USING (session_id))
