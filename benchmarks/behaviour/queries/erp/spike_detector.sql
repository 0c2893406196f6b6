-- 7: precision and recall of `quantity > 20` for spikes, F1 of the best threshold, the largest honest quantity, the smallest spike; all well below 1, and the quantities overlap
WITH lines AS (
    SELECT quantity, order_items.id IN (SELECT entity_id FROM anomalies WHERE kind = 'quantity_spike' AND entity = 'order_items') AS spike
    FROM order_items
),
quantities AS (SELECT quantity, count(*) AS found, count(*) FILTER (spike) AS spikes FROM lines GROUP BY quantity),
thresholds AS (
    SELECT 2 * sum(spikes) OVER above / (sum(found) OVER above + sum(spikes) OVER ()) AS f1 FROM quantities WINDOW above AS (ORDER BY quantity DESC)
)
SELECT
    sum(spikes) FILTER (quantity > 20) / sum(found) FILTER (quantity > 20),
    sum(spikes) FILTER (quantity > 20) / sum(spikes),
    (SELECT max(f1) FROM thresholds),
    max(quantity) FILTER (spikes < found),
    min(quantity) FILTER (spikes > 0)
FROM quantities
