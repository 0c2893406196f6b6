-- 7: precision and recall, by order that is over, of a failed third attempt for failed deliveries; below 1
WITH finished AS (SELECT id AS order_id FROM orders WHERE status IN ('delivered', 'failed', 'cancelled')),
found AS (SELECT DISTINCT order_id FROM shipments JOIN finished USING (order_id) WHERE attempt = 3 AND outcome = 'failed'),
labelled AS (SELECT DISTINCT order_id FROM anomalies JOIN finished USING (order_id) WHERE kind = 'failed_delivery')
SELECT count(*) / (SELECT count(*) FROM found), count(*) / (SELECT count(*) FROM labelled) FROM found JOIN labelled USING (order_id)
