-- Customers, orders, revenue and average order by the customer's country; the last row is the total. In US dollars: goods less discounts, without tax, shipping and cancelled orders.
WITH bought AS (
    SELECT
        customer_id,
        count(*) AS orders,
        count(*) FILTER (status = 'cancelled') AS cancelled,
        sum((subtotal - discount) / exchange_rate) FILTER (status <> 'cancelled') AS revenue
    FROM raw_orders GROUP BY customer_id
)
SELECT
    country,
    count(*) AS customers,
    count(orders) AS buyers,
    coalesce(sum(orders), 0)::BIGINT AS orders,
    coalesce(sum(cancelled), 0)::BIGINT AS cancelled,
    coalesce(sum(revenue), 0)::DECIMAL(18, 2) AS revenue,
    (sum(revenue) / (sum(orders) - sum(cancelled)))::DECIMAL(12, 2) AS average_order
FROM raw_customers LEFT JOIN bought USING (customer_id)
GROUP BY GROUPING SETS ((country), ())
ORDER BY grouping(country), revenue DESC, country
