-- 10: % of the buyers that order again; 30 to 50
SELECT 100 * avg((orders > 1)::INTEGER) FROM (SELECT count(*) AS orders FROM raw_orders GROUP BY customer_id)
