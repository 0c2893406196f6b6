-- Customers by how many orders they placed in the period, and the median of the days between one order and the next; the last row is all of them.
WITH placed AS (
    SELECT
        customer_id,
        count(*) OVER (PARTITION BY customer_id) AS orders,
        row_number() OVER (PARTITION BY customer_id ORDER BY order_ts, order_id) AS place,
        epoch(order_ts - lag(order_ts) OVER (PARTITION BY customer_id ORDER BY order_ts, order_id)) / 86400 AS days
    FROM raw_orders
)
SELECT
    orders,
    count(*) FILTER (place = 1) AS customers,
    round(count(*) FILTER (place = 1) / (SELECT count(DISTINCT customer_id) FROM raw_orders), 4) AS share_of_customers,
    round(count(*) / (SELECT count(*) FROM raw_orders), 4) AS share_of_orders,
    round(median(days), 1) AS median_days_between
FROM placed
GROUP BY GROUPING SETS ((orders), ())
ORDER BY orders NULLS LAST
