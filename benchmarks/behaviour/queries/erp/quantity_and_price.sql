-- 9: correlation of a line's quantity with its price, and of an honest line's with the logarithm of its price; clearly negative
SELECT corr(quantity, unit_price), corr(quantity, ln(unit_price)) FILTER (id NOT IN (SELECT entity_id FROM anomalies WHERE entity = 'order_items'))
FROM order_items WHERE unit_price > 0
