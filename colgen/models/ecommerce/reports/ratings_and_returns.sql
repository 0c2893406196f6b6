-- Average rating and return rate by subcategory and rating band of the product, then by band; the last row is the total. Rates are shares of the items delivered.
WITH rated AS (SELECT product_id, count(*) AS reviews, sum(rating) AS ratings FROM raw_reviews GROUP BY product_id),
delivered AS (
    SELECT product_id, count(*) AS items, count(*) FILTER (status = 'returned') AS sent_back
    FROM raw_order_items JOIN raw_orders USING (order_id)
    WHERE status IN ('delivered', 'returned') GROUP BY product_id
),
products AS (
    SELECT
        subcategory,
        CASE
            WHEN reviews IS NULL THEN 'not rated'
            WHEN ratings < 3.5 * reviews THEN '1.0 to 3.5'
            WHEN ratings < 4 * reviews THEN '3.5 to 4.0'
            WHEN ratings < 4.5 * reviews THEN '4.0 to 4.5'
            ELSE '4.5 to 5.0'
        END AS band,
        reviews,
        ratings,
        items,
        sent_back
    FROM raw_products LEFT JOIN rated USING (product_id) LEFT JOIN delivered USING (product_id)
)
SELECT
    subcategory,
    band,
    count(*) AS products,
    coalesce(sum(reviews), 0)::BIGINT AS reviews,
    round(sum(ratings) / sum(reviews), 2) AS rating,
    coalesce(sum(items), 0)::BIGINT AS delivered,
    coalesce(sum(sent_back), 0)::BIGINT AS sent_back,
    round(sum(sent_back) / sum(items), 4) AS return_rate
FROM products
GROUP BY GROUPING SETS ((subcategory, band), (band), ())
ORDER BY subcategory NULLS LAST, band NULLS LAST
