-- 11: % of the bank transfers and cheques that are paid on a Friday, on a Saturday; 0 to 1, as banks are closed
SELECT 100 * avg((isodow(paid) = 5)::INTEGER), 100 * avg((isodow(paid) = 6)::INTEGER) FROM (
    SELECT paid_at AT TIME ZONE 'Africa/Cairo' AS paid FROM payments WHERE method IN ('bank_transfer', 'cheque') AND paid_at IS NOT NULL
)
