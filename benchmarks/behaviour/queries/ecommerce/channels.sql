-- 3: % of the tagged sessions that are cpc, of customers acquired by paid_search, organic, social, referral, email, affiliate, display; clearly most for the first
SELECT 100 * avg((utm_medium = 'cpc')::INTEGER)
FROM raw_sessions JOIN raw_customers USING (customer_id)
WHERE utm_medium IS NOT NULL
GROUP BY acquisition_channel
ORDER BY list_position(['paid_search', 'organic', 'social', 'referral', 'email', 'affiliate', 'display'], acquisition_channel)
