-- The 50 products with the most units sold, with revenue and rating. In US dollars: goods less discounts, without tax, shipping and cancelled orders.
WITH sold AS (
    SELECT
        product_id,
        count(DISTINCT order_id) AS orders,
        sum(quantity)::BIGINT AS units,
        sum(line_total * (1 - orders.discount / subtotal) / exchange_rate) AS revenue
    FROM raw_order_items AS item JOIN raw_orders AS orders USING (order_id)
    WHERE status <> 'cancelled' GROUP BY product_id
),
rated AS (SELECT product_id, count(*) AS reviews, avg(rating) AS rating FROM raw_reviews GROUP BY product_id)
SELECT
    product_id,
    name,
    category,
    price,
    orders,
    units,
    revenue::DECIMAL(18, 2) AS revenue,
    (revenue - units * cost)::DECIMAL(18, 2) AS margin,
    coalesce(reviews, 0) AS reviews,
    round(rating, 2) AS rating
FROM sold
JOIN raw_products USING (product_id)
LEFT JOIN rated USING (product_id)
ORDER BY units DESC, sold.revenue DESC, rated.rating DESC, product_id
LIMIT 50
