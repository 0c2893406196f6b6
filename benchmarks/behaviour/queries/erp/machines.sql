-- 13: machines that a company buys in the period, without spikes, and the most; under 1, and 20
WITH spikes AS (SELECT entity_id FROM anomalies WHERE kind = 'quantity_spike' AND entity = 'order_items'),
bought AS (
    SELECT company_id, sum(quantity) AS machines
    FROM order_items JOIN orders ON orders.id = order_id JOIN products ON products.id = product_id
    WHERE category = 'machine' AND order_items.id NOT IN (FROM spikes) GROUP BY company_id
)
SELECT sum(machines) / (SELECT count(*) FROM companies), max(machines) FROM bought
