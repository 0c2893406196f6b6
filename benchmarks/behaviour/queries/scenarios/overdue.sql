-- 5: % of the payments with status overdue, of their amount, and of those due the ones that were ever late; the second or third as the description says: 8 normal, 30 in a crisis
SELECT
    100 * avg((status = 'overdue')::INTEGER),
    100 * sum(amount) FILTER (status = 'overdue') / sum(amount),
    100 * avg((paid_at IS NULL OR paid_at > due_at)::INTEGER) FILTER (due_at < (SELECT max(ordered_at) FROM orders))
FROM payments
