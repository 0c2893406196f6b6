-- 7: precision and recall, by order that is over, of `status = 'cancelled'` with a shipment for cancellations; below 1
WITH finished AS (SELECT id AS order_id, status FROM orders WHERE status IN ('delivered', 'failed', 'cancelled')),
found AS (SELECT order_id FROM finished WHERE status = 'cancelled' AND order_id IN (SELECT order_id FROM shipments)),
labelled AS (SELECT DISTINCT order_id FROM anomalies JOIN finished USING (order_id) WHERE kind = 'cancellation')
SELECT count(*) / (SELECT count(*) FROM found), count(*) / (SELECT count(*) FROM labelled) FROM found JOIN labelled USING (order_id)
