-- 14: % of the lines that sell a product that is inactive today; 1 to 5, all of them old
SELECT 100 * avg((NOT active)::INTEGER) FROM invoice_line_items JOIN products ON products.id = product_id
