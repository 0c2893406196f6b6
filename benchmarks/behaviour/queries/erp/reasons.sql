-- 7: orders cancelled as 'Duplicate order', those of them in the key, duplicates in the key, those delivered, refunds for 'Charged twice', those on duplicates; all, few, and most
WITH duplicates AS (SELECT entity_id AS id FROM anomalies WHERE kind = 'duplicate_order' AND entity = 'orders'),
labelled AS (SELECT order_id AS id FROM anomalies WHERE kind = 'duplicate_order' UNION FROM duplicates)
SELECT
    (SELECT count(*) FROM orders WHERE cancel_reason = 'Duplicate order'),
    (SELECT count(*) FROM orders WHERE cancel_reason = 'Duplicate order' AND id IN (FROM labelled)),
    (SELECT count(*) FROM duplicates),
    (SELECT count(*) FROM orders WHERE status = 'delivered' AND id IN (FROM duplicates)),
    (SELECT count(*) FROM refunds WHERE reason = 'Charged twice'),
    (SELECT count(*) FROM refunds WHERE reason = 'Charged twice' AND order_id IN (FROM labelled))
