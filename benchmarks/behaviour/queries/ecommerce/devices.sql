-- 9: mean basket in dollars on desktop, mobile and tablet, then orders for 100 sessions; desktop baskets 20 to 50 % above mobile
SELECT value FROM (
    SELECT device_info ->> 'device' AS device, avg(subtotal / exchange_rate) AS basket, 100 * count(order_id) / count(*) AS orders
    FROM raw_sessions LEFT JOIN raw_orders USING (session_id) GROUP BY device
) UNPIVOT (value FOR figure IN (basket, orders))
ORDER BY figure, list_position(['desktop', 'mobile', 'tablet'], device)
