-- 5: orders placed until the outage's end and cancelled, and those of them out of stock; most of those in the outage
SELECT count(*), count(*) FILTER (cancel_reason = 'Out of stock')
FROM orders WHERE status = 'cancelled' AND (ordered_at AT TIME ZONE 'Africa/Cairo')::DATE < '2024-01-23'
