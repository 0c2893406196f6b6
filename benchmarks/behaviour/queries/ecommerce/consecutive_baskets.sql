-- 3: correlation of the logarithms of a customer's consecutive baskets; 0.3 to 0.6
WITH baskets AS (
    SELECT ln(subtotal / exchange_rate) AS basket, lag(ln(subtotal / exchange_rate)) OVER (PARTITION BY customer_id ORDER BY order_ts) AS previous
    FROM raw_orders
)
SELECT corr(basket, previous) FROM baskets
