-- 5: sales of each full week in millions of pounds; they follow the orders
SELECT sum(subtotal) / 1e6 FROM orders GROUP BY date_trunc('week', ordered_at) HAVING count(DISTINCT ordered_at::DATE) >= 6 ORDER BY date_trunc('week', ordered_at)
