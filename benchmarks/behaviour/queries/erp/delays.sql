-- 7: most days late of an order delivered without a label, fewest of one with, delivered orders 6 to 8 days late, then late shipments without a label and labels on an attempt that failed; the first two overlap, hundreds, 0 and 0
WITH delivered AS (
    SELECT
        shipments.id,
        (shipments.delivered_at AT TIME ZONE 'Africa/Cairo')::DATE - scheduled_delivery AS late,
        shipments.order_id IN (SELECT order_id FROM anomalies WHERE kind = 'delivery_delay') AS labelled
    FROM shipments JOIN orders ON orders.id = order_id WHERE outcome = 'delivered'
),
labels AS (SELECT DISTINCT entity_id AS id FROM anomalies WHERE kind = 'delivery_delay' AND entity = 'shipments'),
least AS (SELECT min(late) FILTER (labelled) AS late FROM delivered)
SELECT
    max(delivered.late) FILTER (NOT labelled),
    any_value(least.late),
    count(*) FILTER (delivered.late BETWEEN 6 AND 8),
    count(*) FILTER (delivered.late >= least.late AND labels.id IS NULL),
    (SELECT count(*) FROM labels JOIN shipments USING (id) WHERE outcome = 'failed')
FROM least, delivered LEFT JOIN labels USING (id)
