-- 1: machines' spikes: lines, % of the goods' value of the period, then that of all spikes; 0 machines, and under 2 %
WITH spikes AS (SELECT DISTINCT entity_id AS id FROM anomalies WHERE kind = 'quantity_spike' AND entity = 'order_items')
SELECT
    count(*) FILTER (spikes.id IS NOT NULL AND category = 'machine'),
    100 * sum(line_total) FILTER (spikes.id IS NOT NULL AND category = 'machine') / sum(line_total),
    100 * sum(line_total) FILTER (spikes.id IS NOT NULL) / sum(line_total)
FROM order_items JOIN products ON products.id = product_id LEFT JOIN spikes ON spikes.id = order_items.id
