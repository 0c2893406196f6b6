-- 1: % of the orders with a spike that were delivered, % of all orders; most are cancelled, refused or credited
WITH spikes AS (SELECT DISTINCT order_id AS id FROM anomalies WHERE kind = 'quantity_spike')
SELECT 100 * avg((status = 'delivered')::INTEGER) FILTER (spikes.id IS NOT NULL), 100 * avg((status = 'delivered')::INTEGER)
FROM orders LEFT JOIN spikes USING (id)
