-- 3: most orders of a customer that is occasional and without a tier; below the mean of premium customers
SELECT max(orders) FROM (
    SELECT count(*) AS orders FROM raw_orders JOIN raw_customers USING (customer_id)
    WHERE segment = 'occasional' AND loyalty_tier = 'none' GROUP BY customer_id
)
