-- Revenue in US dollars by month and category, then by month; the last row is the total. Goods less discounts, without tax, shipping and cancelled orders.
SELECT
    strftime(order_ts, '%Y-%m') AS month,
    category,
    count(DISTINCT order_id) AS orders,
    coalesce(sum(quantity), 0)::BIGINT AS units,
    coalesce(sum(amount), 0)::DECIMAL(18, 2) AS revenue,
    (sum(amount) / count(DISTINCT order_id))::DECIMAL(12, 2) AS per_order,
    coalesce(sum(amount) FILTER (status = 'returned'), 0)::DECIMAL(18, 2) AS sent_back
FROM (
    SELECT order_id, order_ts, status, category, quantity, line_total * (1 - orders.discount / subtotal) / exchange_rate AS amount
    FROM raw_orders AS orders
    JOIN raw_order_items USING (order_id)
    JOIN raw_products USING (product_id)
    WHERE status <> 'cancelled'
)
GROUP BY GROUPING SETS ((month, category), (month), ())
ORDER BY month NULLS LAST, category NULLS LAST
