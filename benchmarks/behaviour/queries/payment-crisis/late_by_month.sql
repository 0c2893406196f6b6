-- 5: % of the payments ever late, by the month they were due; 8 before the crisis, then rising
SELECT 100 * avg((paid_at IS NULL OR paid_at > due_at)::INTEGER) FROM payments
WHERE due_at < (SELECT max(ordered_at) FROM orders) GROUP BY date_trunc('month', due_at) ORDER BY date_trunc('month', due_at)
