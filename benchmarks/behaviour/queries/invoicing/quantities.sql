-- 14: mean quantity of laptops, conference tables, and all goods; 1 to 3, 1 to 2, and more of what is cheap
SELECT avg(quantity) FILTER (name ILIKE '%laptop%'), avg(quantity) FILTER (name ILIKE '%conference table%'), avg(quantity)
FROM invoice_line_items JOIN products ON products.id = product_id
