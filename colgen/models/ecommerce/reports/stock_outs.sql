-- How scarce stock became, by warehouse: products, the lowest stock and how often it was reached, movements that left 5 units or fewer, days of stock; the last row is the total.
WITH levels AS (
    SELECT
        warehouse_id,
        product_id,
        stock_after,
        count(*) AS movements,
        sum(quantity) AS change,
        coalesce(sum(quantity) FILTER (movement_type = 'purchase'), 0) AS delivered,
        coalesce(-sum(quantity) FILTER (movement_type = 'sale'), 0) AS sold,
        coalesce(sum(quantity) FILTER (movement_type = 'return'), 0) AS sent_back,
        min(movement_ts) AS first_movement
    FROM raw_inventory GROUP BY warehouse_id, product_id, stock_after
),
pairs AS (
    SELECT
        warehouse_id,
        min(stock_after) AS least,
        arg_min(movements, stock_after) AS times_at_least,
        coalesce(sum(movements) FILTER (stock_after <= 5), 0) AS low,
        coalesce(sum(movements) FILTER (stock_after = 0), 0) AS empty,
        sum(movements) AS movements,
        sum(change) AS stock,
        sum(delivered) AS delivered,
        sum(sold) AS sold,
        sum(sent_back) AS sent_back,
        min(first_movement) AS first_movement
    FROM levels GROUP BY warehouse_id, product_id
)
SELECT
    warehouse_id AS warehouse,
    count(*) AS products,
    sum(movements)::BIGINT AS movements,
    sum(delivered)::BIGINT AS delivered,
    sum(sold)::BIGINT AS sold,
    sum(sent_back)::BIGINT AS sent_back,
    sum(stock)::BIGINT AS stock,
    round(sum(stock) * (getvariable('end_day') - min(first_movement)::DATE) / nullif(sum(sold), 0), 1) AS days_of_cover,
    min(least) AS least_stock,
    round(median(least), 1) AS median_least_stock,
    round(avg(times_at_least), 1) AS times_at_least_stock,
    count(*) FILTER (low > 0) AS products_at_5_or_fewer,
    sum(low)::BIGINT AS movements_to_5_or_fewer,
    sum(empty)::BIGINT AS movements_to_none
FROM pairs
GROUP BY GROUPING SETS ((warehouse_id), ())
ORDER BY warehouse NULLS LAST
