-- Products, units, stock value at cost and locations below their reorder point, by category and warehouse; the last row is the total.
SELECT
    product_categories.name AS category,
    warehouse_location AS warehouse,
    count(DISTINCT inventory.product_id) AS products,
    sum(quantity_on_hand)::BIGINT AS units,
    sum(quantity_on_hand * cost)::DECIMAL(18, 2) AS stock_value,
    count(*) FILTER (quantity_on_hand < reorder_point) AS below_reorder_point,
    coalesce(sum(reorder_quantity) FILTER (quantity_on_hand < reorder_point), 0)::BIGINT AS units_to_order
FROM inventory
JOIN products ON products.id = inventory.product_id
JOIN product_categories ON product_categories.id = products.product_category_id
GROUP BY GROUPING SETS ((product_categories.id, product_categories.name, warehouse_location), ())
ORDER BY product_categories.id NULLS LAST, warehouse
