-- 13: shares of sales of spare parts, machines, consumables, syrup, coffee and tea, %; coffee first, 40 to 60, parts 5 to 10
SELECT 100 * sum(line_total) / sum(sum(line_total)) OVER ()
FROM order_items JOIN products ON products.id = product_id
GROUP BY category ORDER BY list_position(['spare part', 'machine', 'consumable', 'syrup', 'coffee', 'tea'], category)
