-- 13: shares of sales, without spikes, of spare parts, machines, consumables, syrup, coffee and tea, %; coffee first, 40 to 60, parts 5 to 10, alike in each seed
SELECT 100 * sum(line_total) / sum(sum(line_total)) OVER ()
FROM order_items JOIN products ON products.id = product_id
WHERE order_items.id NOT IN (SELECT entity_id FROM anomalies WHERE kind = 'quantity_spike' AND entity = 'order_items')
GROUP BY category ORDER BY list_position(['spare part', 'machine', 'consumable', 'syrup', 'coffee', 'tea'], category)
