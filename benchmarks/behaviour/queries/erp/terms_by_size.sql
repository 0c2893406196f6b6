-- 4: % that pay on delivery of the small, medium and large companies; falls from most to few
SELECT 100 * avg((payment_terms = 'on_delivery')::INTEGER)
FROM companies GROUP BY size ORDER BY list_position(['small', 'medium', 'large'], size)
