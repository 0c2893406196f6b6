-- 7: payments more than 15 days late without a label, precision of the detector that finds just those, then payments 1 to 15 days late without a label; 0, 1, and fewer
WITH late AS (
    SELECT paid_at - due_at AS late, id IN (SELECT entity_id FROM anomalies WHERE kind = 'late_payment' AND entity = 'payments') AS labelled
    FROM payments WHERE paid_at > due_at
)
SELECT
    count(*) FILTER (late > INTERVAL 15 DAY AND NOT labelled),
    count(*) FILTER (late > INTERVAL 15 DAY AND labelled) / count(*) FILTER (late > INTERVAL 15 DAY),
    count(*) FILTER (late <= INTERVAL 15 DAY AND NOT labelled)
FROM late
