-- 3: of the 55 pairs of 11 attributes of a customer, those that depend on each other (p < 0.01), and the largest V without the pair of orders and basket; most, and 0.3 to 0.6
WITH bought AS (
    SELECT customer_id, count(*) AS orders, ntile(5) OVER (ORDER BY avg(subtotal / exchange_rate)) AS basket
    FROM raw_orders GROUP BY customer_id
),
customers AS (
    SELECT
        customer_id, segment, loyalty_tier, acquisition_channel, marketing_opt_in, gender, country,
        preferences ->> 'newsletter' AS newsletter,
        preferences ->> 'interest' AS interest,
        date_diff('year', date_of_birth, DATE '2024-12-31') // 10 AS age,
        CASE WHEN orders IS NULL THEN 0 WHEN orders < 3 THEN 1 WHEN orders < 6 THEN 3 WHEN orders < 10 THEN 6 ELSE 10 END AS orders,
        basket
    FROM raw_customers LEFT JOIN bought USING (customer_id)
),
words AS (UNPIVOT (SELECT customer_id, COLUMNS(* EXCLUDE customer_id)::VARCHAR FROM customers) ON COLUMNS(* EXCLUDE customer_id) INTO NAME attribute VALUE word),
cells AS (
    SELECT one.attribute AS a, other.attribute AS b, one.word AS word_a, other.word AS word_b, count(*) AS found
    FROM words AS one JOIN words AS other ON one.customer_id = other.customer_id AND one.attribute < other.attribute
    GROUP BY ALL
),
tables AS (
    SELECT
        *,
        sum(found) OVER (PARTITION BY a, b, word_a) AS row_sum,
        sum(found) OVER (PARTITION BY a, b, word_b) AS column_sum,
        sum(found) OVER (PARTITION BY a, b) AS customers
    FROM cells
),
tests AS (
    SELECT
        a, b,
        any_value(customers) AS customers,
        any_value(customers) * (sum(found * found / (row_sum * column_sum)) - 1) AS chi2,
        least(count(DISTINCT word_a), count(DISTINCT word_b)) - 1 AS least_df,
        (count(DISTINCT word_a) - 1) * (count(DISTINCT word_b) - 1) AS df
    FROM tables GROUP BY a, b
),
judged AS (
    SELECT
        *,
        sqrt(chi2 / customers / least_df) AS v,
        (cbrt(chi2 / df) - 1 + 2 / (9 * df)) / sqrt(2 / (9 * df)) AS z  -- Wilson and Hilferty
    FROM tests
)
SELECT count(*) FILTER (z > 2.326), max(v) FILTER (NOT (a = 'basket' AND b = 'orders')) FROM judged
