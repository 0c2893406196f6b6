-- The 50 pairs of subcategories that occur together in the most orders. Lift compares this with what would be expected if they were bought independently.
WITH baskets AS (SELECT DISTINCT order_id, subcategory FROM raw_order_items JOIN raw_products USING (product_id)),
alone AS (SELECT subcategory, count(*) AS orders FROM baskets GROUP BY subcategory),
pairs AS (
    SELECT one.subcategory AS subcategory, other.subcategory AS other, count(*) AS orders
    FROM baskets AS one
    JOIN baskets AS other ON other.order_id = one.order_id AND other.subcategory > one.subcategory
    GROUP BY one.subcategory, other.subcategory
)
SELECT
    pairs.subcategory,
    pairs.other,
    pairs.orders,
    one.orders AS orders_of_one,
    two.orders AS orders_of_other,
    round(pairs.orders / everything.orders, 5) AS support,
    round(pairs.orders / one.orders, 4) AS confidence,
    round(pairs.orders * everything.orders / (one.orders * two.orders), 3) AS lift
FROM pairs
JOIN alone AS one ON one.subcategory = pairs.subcategory
JOIN alone AS two ON two.subcategory = pairs.other
CROSS JOIN (SELECT count(*) AS orders FROM raw_orders) AS everything
ORDER BY pairs.orders DESC, pairs.subcategory, pairs.other
LIMIT 50
