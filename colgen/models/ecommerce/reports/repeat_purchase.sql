-- Customers by the number of orders they placed in the period (20 stands for 20 or more), with the median number of days between orders; the last row is the total.
WITH placed AS (
    SELECT
        customer_id,
        least(count(*) OVER (PARTITION BY customer_id), 20) AS orders,
        row_number() OVER by_time AS place,
        epoch(order_ts - lag(order_ts) OVER by_time) / 86400 AS days
    FROM raw_orders
    WINDOW by_time AS (PARTITION BY customer_id ORDER BY order_ts, order_id)
)
SELECT
    orders,
    count(*) FILTER (place = 1) AS customers,
    round(count(*) FILTER (place = 1) / nullif((SELECT count(DISTINCT customer_id) FROM raw_orders), 0), 4) AS share_of_customers,
    count(*) AS placed,
    round(count(*) / nullif((SELECT count(*) FROM raw_orders), 0), 4) AS share_of_orders,
    round(median(days), 1) AS median_days_between
FROM placed
GROUP BY GROUPING SETS ((orders), ())
ORDER BY orders NULLS LAST
