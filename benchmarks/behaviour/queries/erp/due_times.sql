-- 11: % of the payments due at 23:59:59 in Cairo, at 23:59:59 UTC, and changes to overdue at that second by a manager or admin; 100, 0, and none
SELECT
    (SELECT 100 * avg((strftime(due_at AT TIME ZONE 'Africa/Cairo', '%H:%M:%S') = '23:59:59')::INTEGER) FROM payments),
    (SELECT 100 * avg((strftime(due_at, '%H:%M:%S') = '23:59:59')::INTEGER) FROM payments),
    count(*)
FROM audit_logs JOIN payments ON payments.id = entity_id JOIN users ON users.id = user_id
WHERE entity = 'payments' AND changes LIKE '%"overdue"]%' AND audit_logs.at = due_at AND role IN ('manager', 'admin')
