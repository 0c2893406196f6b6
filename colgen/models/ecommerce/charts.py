"""Charts of the shop's data."""

from colgen import Chart

CHARTS = (
    Chart(
        "Orders over time",
        "Orders per day: a weekly rhythm, a quiet summer, Black Friday, the weeks before Christmas, and growth.",
        "line",
        "SELECT order_ts::DATE AS day, count(*) AS orders FROM raw_orders GROUP BY day ORDER BY day",
        ("", "orders per day"),
    ),
    Chart(
        "When people visit",
        "Sessions by hour (UTC) and weekday.",
        "heat map",
        """SELECT hour(ended_at) AS hour, dayname(ended_at) AS weekday, count(*) AS sessions FROM raw_sessions
        GROUP BY hour, weekday, isodow(ended_at) ORDER BY isodow(ended_at), hour""",
        ("hour", ""),
    ),
    Chart(
        "Best sellers and slow movers",
        "Units sold by rank of the product, on logarithmic axes: a straight line is Zipf's law.",
        "curve",
        """SELECT rank, units FROM (SELECT row_number() OVER (ORDER BY sum(quantity) DESC, product_id) AS rank, sum(quantity) AS units
        FROM raw_order_items GROUP BY product_id) WHERE rank <= 200 OR rank % 50 = 0 ORDER BY rank""",
        ("rank", "units"),
    ),
    Chart(
        "From the first page to the purchase",
        "The number of sessions that reach each stage.",
        "funnel",
        """SELECT stage, sessions FROM (SELECT count(DISTINCT session_id) AS visit,
            count(DISTINCT session_id) FILTER (event_type = 'product_view') AS product,
            count(DISTINCT session_id) FILTER (event_type = 'add_to_cart') AS cart,
            count(DISTINCT session_id) FILTER (event_type = 'checkout_start') AS checkout,
            count(DISTINCT session_id) FILTER (event_type = 'purchase') AS purchase FROM raw_clickstream)
        UNPIVOT (sessions FOR stage IN (visit, product, cart, checkout, purchase))""",
    ),
    Chart(
        "Ratings",
        "Reviews by number of stars.",
        "bar",
        "SELECT rating, count(*) AS reviews FROM raw_reviews GROUP BY rating ORDER BY rating",
        ("stars", "reviews"),
    ),
    Chart(
        "Countries",
        "Orders by the customer's country.",
        "bars",
        "SELECT country, count(*) AS orders FROM raw_orders JOIN raw_customers USING (customer_id) GROUP BY country ORDER BY orders DESC",
        ("orders", ""),
    ),
    Chart(
        "How long a visit lasts",
        "Sessions that do not bounce, by duration: log-normal.",
        "bar",
        """SELECT least(duration_seconds // 30, 80) / 2 AS minutes, count(*) AS sessions FROM raw_sessions WHERE NOT is_bounce
        GROUP BY minutes ORDER BY minutes""",
        ("minutes", "sessions"),
    ),
    Chart(
        "How old customers are",
        "Age in years at registration.",
        "bar",
        """SELECT date_diff('year', date_of_birth, registration_date) AS age, count(*) AS customers FROM raw_customers
        GROUP BY age ORDER BY age""",
        ("age", "customers"),
    ),
)
