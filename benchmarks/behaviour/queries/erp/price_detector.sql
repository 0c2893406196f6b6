-- 7: precision and recall of `unit_price <> products.price` for price errors; well below 1, as price lists change
WITH lines AS (
    SELECT unit_price <> price AS found, order_items.id IN (SELECT entity_id FROM anomalies WHERE kind = 'price_error' AND entity = 'order_items') AS wrong
    FROM order_items JOIN products ON products.id = product_id
)
SELECT count(*) FILTER (found AND wrong) / count(*) FILTER (found), count(*) FILTER (found AND wrong) / count(*) FILTER (wrong)
FROM lines
