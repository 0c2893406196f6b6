-- 9: correlation of a line's quantity with its price, and with the logarithm of it; clearly negative
SELECT corr(quantity, unit_price), corr(quantity, ln(unit_price)) FROM invoice_line_items WHERE unit_price > 0
