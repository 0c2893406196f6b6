-- 13: days from the last order to the end of the year; 0 or 1
SELECT (SELECT date_trunc('year', max(ordered_at))::DATE + INTERVAL 1 YEAR FROM orders)::DATE - 1 - max((ordered_at AT TIME ZONE 'Africa/Cairo')::DATE) FROM orders
