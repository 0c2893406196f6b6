-- 12: Apple Pay's share of the two wallets on iOS, macOS, Android and Windows, %; 100, most, 0 and 0
SELECT 100 * avg((payment_method = 'apple_pay')::INTEGER)
FROM raw_orders JOIN raw_sessions USING (session_id)
WHERE payment_method IN ('apple_pay', 'google_pay') AND (device_info ->> 'os') IN ('iOS', 'macOS', 'Android', 'Windows')
GROUP BY device_info ->> 'os' ORDER BY list_position(['iOS', 'macOS', 'Android', 'Windows'], device_info ->> 'os')
