-- Sessions, orders, conversion and revenue by source, medium and referring host, the largest first; the last row is the total. In US dollars: goods less discounts, without tax, shipping and cancelled orders.
SELECT
    coalesce(utm_source, '(none)') AS source,
    coalesce(utm_medium, '(none)') AS medium,
    coalesce(regexp_extract(referrer, '://([^/]+)', 1), '(none)') AS host,
    count(*) AS sessions,
    count(order_id) AS orders,
    round(count(order_id) / count(*), 4) AS conversion,
    coalesce(sum(amount), 0)::DECIMAL(18, 2) AS revenue,
    (coalesce(sum(amount), 0) / nullif(count(*), 0))::DECIMAL(12, 2) AS per_session
FROM raw_sessions
LEFT JOIN (
    SELECT session_id, order_id, CASE WHEN status <> 'cancelled' THEN (subtotal - discount) / exchange_rate END AS amount FROM raw_orders
) USING (session_id)
GROUP BY GROUPING SETS ((source, medium, host), ())
ORDER BY grouping(source), sessions DESC, source, medium, host
