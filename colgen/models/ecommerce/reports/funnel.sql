-- How far sessions get, by device: those with a product view, a cart, a checkout and a purchase, each with its share of the step before; the last row is the total.
WITH sessions AS (
    SELECT
        any_value(device_info ->> 'device') AS device,
        bool_or(event_type = 'product_view') AS viewed,
        bool_or(event_type = 'add_to_cart') AS filled,
        bool_or(event_type = 'checkout_start') AS checked_out,
        bool_or(event_type = 'purchase') AS bought
    FROM raw_clickstream GROUP BY session_id
)
SELECT
    device,
    count(*) AS sessions,
    count(*) FILTER (viewed) AS product_view,
    count(*) FILTER (filled) AS add_to_cart,
    count(*) FILTER (checked_out) AS checkout_start,
    count(*) FILTER (bought) AS purchase,
    round(count(*) FILTER (viewed) / count(*), 4) AS view_rate,
    round(count(*) FILTER (filled) / nullif(count(*) FILTER (viewed), 0), 4) AS cart_rate,
    round(count(*) FILTER (checked_out) / nullif(count(*) FILTER (filled), 0), 4) AS checkout_rate,
    round(count(*) FILTER (bought) / nullif(count(*) FILTER (checked_out), 0), 4) AS purchase_rate,
    round(count(*) FILTER (bought) / count(*), 4) AS conversion
FROM sessions
GROUP BY GROUPING SETS ((device), ())
ORDER BY device NULLS LAST
