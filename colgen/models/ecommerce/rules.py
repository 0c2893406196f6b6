"""The rules that the shop's data must satisfy, in addition to what its tables declare."""

import pyarrow as pa

from colgen import Rule, vocabulary
from colgen.models.ecommerce.clicks import RawClickstream
from colgen.models.ecommerce.customers import RawCustomers
from colgen.models.ecommerce.items import RawOrderItems
from colgen.models.ecommerce.orders import METHODS, RawOrders
from colgen.models.ecommerce.products import RawProducts
from colgen.models.ecommerce.rates import LOGGED_IN
from colgen.models.ecommerce.reviews import RawReviews
from colgen.models.ecommerce.sessions import RawSessions
from colgen.models.ecommerce.stock import RawInventory

COUNTRIES, CITIES = vocabulary.table("countries"), vocabulary.table("cities")
_country = dict(zip(COUNTRIES["code"].to_pylist(), COUNTRIES["country"].to_pylist(), strict=True))
_postal = [(city["code"], city["city"], pattern) for city in CITIES.to_pylist() for pattern in city["postal"].split("|")]

_MARKS = str.maketrans({**dict.fromkeys("0123456789", "#"), **dict.fromkeys("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "@")})


def shapes(patterns: list[str]) -> dict[str, list[str]]:
    """The columns with patterns that `fits` needs, from patterns with `#` for a digit and `@` for a capital letter."""
    return {
        "shape": [pattern.translate(_MARKS) for pattern in patterns],
        "letters": [pattern.replace("#", "_").replace("@", "_") for pattern in patterns],
    }


def fits(text: str, table: str) -> str:
    """SQL that tests whether a text matches the pattern in a row of a table.

    With a regular expression per row, each would be compiled again and again, which takes twenty times as long.
    """
    source, target = "".join(map(chr, _MARKS)), "".join(map(str, _MARKS.values()))
    return f"(translate({text}, '{source}', '{target}') = {table}.shape AND {text} LIKE {table}.letters)"


REFERENCE_TABLES = {
    "real_cities": pa.table(
        {
            "country": [_country[code] for code, _, _ in _postal],
            "city": [city for _, city, _ in _postal],
            **shapes([pattern for _, _, pattern in _postal]),
        }
    ),
    "real_phones": pa.table(
        {
            "country": [country["country"] for country in COUNTRIES.to_pylist() for _ in country["phone"].split("|")],
            **shapes([pattern for country in COUNTRIES.to_pylist() for pattern in country["phone"].split("|")]),
        }
    ),
    "brands": vocabulary.table("brands"),
    "payments": pa.table(
        {
            "country": [_country[row["code"]] for row in METHODS],
            "payment_method": [row["method"] for row in METHODS],
            "system": [row["system"] for row in METHODS],
        }
    ),
    "tax_rates": pa.table({"country": COUNTRIES["country"], "rate": COUNTRIES["tax"]}),
    # What the events of a session say: one row, or several where they name different devices.
    "session_events": """SELECT session_id, device_info, count(*) AS events, min(event_ts) AS first, max(event_ts) AS last,
            max(event_seq) AS last_seq,
            count(customer_id) AS known, min(customer_id) AS customer_id, max(customer_id) AS other_customer_id,
            count(*) FILTER (event_type IN ('page_view', 'product_view')) AS seen
        FROM raw_clickstream GROUP BY session_id, device_info""",
    # Its checkouts and purchases; `…_at` are numbers of events.
    "checkouts": """SELECT session_id, count(*) FILTER (event_type = 'checkout_start') AS checkouts,
            min(event_seq) FILTER (event_type = 'checkout_start') AS checkout_at,
            count(*) FILTER (event_type = 'purchase') AS purchases, min(event_seq) FILTER (event_type = 'purchase') AS purchase_at,
            max(event_ts) FILTER (event_type = 'purchase') AS bought
        FROM raw_clickstream WHERE event_type IN ('checkout_start', 'purchase') GROUP BY session_id""",
    # What happened to a product in its cart.
    "carts": """SELECT session_id, product_id, count(*) FILTER (event_type = 'add_to_cart') AS added,
            count(*) FILTER (event_type = 'remove_from_cart') AS removed,
            min(event_seq) FILTER (event_type = 'add_to_cart') AS added_at,
            min(event_seq) FILTER (event_type = 'remove_from_cart') AS removed_at
        FROM raw_clickstream WHERE event_type IN ('add_to_cart', 'remove_from_cart') GROUP BY session_id, product_id""",
}


def drawn_share(table: str, condition: str, expected: str) -> str:
    """SQL that finds a table in which the share of rows that satisfy a condition is more than five standard errors off."""
    return f"""SELECT count(*) FILTER ({condition}) / count(*) AS found, {expected} AS expected, count(*) AS rows FROM {table}
        HAVING rows > 0 AND abs(found - expected) > 5 * sqrt(expected * (1 - expected) / rows) + 1 / rows"""


CONVERSION = "least(0.6, $customers * $orders_per_customer / 365.25 / $sessions_per_day)"


def mailbox(name: str) -> str:
    """SQL for a name as it is spelled in an e-mail address."""
    plain = f"translate(lower({name}), 'łøđı', 'lodi')"
    for letter, spelt in (("ß", "ss"), ("æ", "ae"), ("œ", "oe")):
        plain = f"replace({plain}, '{letter}', '{spelt}')"
    return f"regexp_replace(strip_accents({plain}), '[^a-z0-9]', '', 'g')"


RULES = (
    Rule(
        RawCustomers,
        "email is made from the name",
        f"starts_with(email, {mailbox('first_name')} || '.' || {mailbox('last_name')} || '.' || customer_id || '@')"
        r" AND regexp_full_match(email, '[a-z0-9.]+@[a-z0-9-]+(\.[a-z0-9-]+)+')",
    ),
    Rule(
        RawCustomers,
        "phone follows the country's numbering plan",
        f"""SELECT customer_id, country, phone FROM raw_customers
        WHERE NOT EXISTS (FROM real_phones WHERE real_phones.country = raw_customers.country
            AND {fits("raw_customers.phone", "real_phones")})""",
    ),
    Rule(
        RawCustomers,
        "postal_code and city belong to the country",
        f"""SELECT customer_id, country, city, postal_code FROM raw_customers
        WHERE NOT EXISTS (FROM real_cities WHERE real_cities.country = raw_customers.country AND real_cities.city = raw_customers.city
            AND {fits("raw_customers.postal_code", "real_cities")})""",
    ),
    Rule(
        RawCustomers,
        "18 to 85 years old when registering",
        "date_of_birth + INTERVAL 18 YEAR <= registration_date AND date_of_birth + INTERVAL 86 YEAR > registration_date",
    ),
    Rule(RawCustomers, "preferences is a JSON object", "json_type(preferences) = 'OBJECT' AND preferences ->> 'language' IS NOT NULL"),
    Rule(
        RawCustomers,
        "those in the upper tiers spend at least five times as much as those in none",
        """WITH spent AS (SELECT customer_id, sum((subtotal - discount) / exchange_rate) AS amount, count(*) AS orders FROM raw_orders GROUP BY ALL),
        tiers AS (SELECT avg(coalesce(amount, 0)) FILTER (loyalty_tier IN ('gold', 'platinum')) AS upper,
            avg(coalesce(amount, 0)) FILTER (loyalty_tier = 'none') AS none, count(*) FILTER (loyalty_tier IN ('gold', 'platinum')) AS few,
            sum(orders) AS orders FROM raw_customers LEFT JOIN spent USING (customer_id))
        SELECT * FROM tiers WHERE upper < 5 * none AND few >= 50 AND orders >= 200""",
    ),
    Rule(RawProducts, "cost is below the price", "cost < price"),
    Rule(
        RawProducts,
        "is_active unless it was withdrawn, after its launch",
        "is_active = (withdrawal_date IS NULL) AND coalesce(withdrawal_date > launch_date AND withdrawal_date <= $end, true)",
    ),
    Rule(
        RawProducts,
        "brand belongs to the category",
        "SELECT raw_products.* FROM raw_products ANTI JOIN brands USING (brand, category)",
    ),
    Rule(
        RawProducts,
        "a subcategory belongs to one category",
        "SELECT subcategory FROM raw_products GROUP BY subcategory HAVING count(DISTINCT category) > 1",
    ),
    Rule(
        RawProducts,
        "attributes is a JSON object with the keys of the category",
        """WITH keys AS (SELECT category, attributes, list_sort(json_keys(attributes)) AS keys FROM raw_products)
        SELECT category, count(DISTINCT keys) AS kinds FROM keys GROUP BY category HAVING kinds <> 1""",
    ),
    Rule(
        RawSessions,
        "the customer registered before the first session",
        "customer.registration_date < utc_date(started_at)",
    ),
    Rule(
        RawSessions,
        "starts before it ends, within the period",
        "started_at <= ended_at AND utc_date(started_at) >= $start AND utc_date(ended_at) <= $end",
    ),
    Rule(RawSessions, "duration_seconds is from start to end", "duration_seconds = (epoch_us(ended_at) - epoch_us(started_at)) // 1000000"),
    Rule(RawSessions, "a session that converts has a customer", "customer_id IS NOT NULL OR NOT converted"),
    Rule(
        RawSessions,
        "city belongs to the country",
        "EXISTS (FROM real_cities WHERE real_cities.country = self.country AND real_cities.city = self.city)",
    ),
    Rule(RawSessions, "device_info is a JSON object", "device_info ->> 'device' IN ('desktop', 'mobile', 'tablet')"),
    Rule(
        RawSessions,
        "the conversion rate is as requested",
        # sessions of one customer are alike, so the error is that of a mean over customers; of those that buy nothing, so many are logged in
        f"""WITH by_customer AS (SELECT customer_id, count(*) FILTER (converted) AS bought, count(*) AS known FROM raw_sessions GROUP BY ALL),
        spread AS (SELECT sum(power(bought - {CONVERSION} * (bought + (known - bought) / {LOGGED_IN}), 2)) AS squares FROM by_customer
            WHERE customer_id IS NOT NULL)
        SELECT count(*) FILTER (converted) / count(*) AS found, {CONVERSION} AS expected, count(*) AS rows FROM raw_sessions, spread
        GROUP BY squares HAVING rows > 0 AND abs(found - expected) > 5 * sqrt(coalesce(squares, 0)) / rows + 1 / rows""",
    ),
    Rule(
        RawSessions,
        "days differ from one week to the next as by chance",
        """WITH days AS (SELECT utc_date(ended_at) AS day, count(*) AS sessions FROM raw_sessions GROUP BY day)
        SELECT avg(power(days.sessions - before.sessions, 2) / (days.sessions + before.sessions)) AS spread FROM days
        JOIN days AS before ON before.day = days.day - 7 HAVING spread < 0.1 AND count(*) >= 21 AND avg(days.sessions) >= 20""",
    ),
    Rule(
        RawSessions,
        "who has registered visits the shop on the day after",
        """WITH visits AS (SELECT DISTINCT customer_id, utc_date(started_at) AS day FROM raw_sessions WHERE customer_id IS NOT NULL),
        traffic AS (SELECT utc_date(started_at) AS day, count(*) AS sessions FROM raw_sessions GROUP BY day)
        SELECT traffic.day, sessions, count(*) AS registered, count(visits.customer_id) AS visited
        FROM raw_customers JOIN traffic ON traffic.day = registration_date + 1
        LEFT JOIN visits ON visits.customer_id = raw_customers.customer_id AND visits.day = traffic.day
        GROUP BY traffic.day, sessions HAVING visited < registered AND sessions >= 8 * registered""",
    ),
    Rule(
        RawSessions,
        "the bounce rate is as requested",
        # of those that buy nothing: how many do depends on who happens to come
        drawn_share("(FROM raw_sessions WHERE NOT converted)", "is_bounce", f"least($bounce_percent / 100 / (1 - {CONVERSION}), 1)"),
    ),
    Rule(
        RawSessions,
        "page_views, is_bounce and the times agree with the events",
        """SELECT s.session_id, page_views, is_bounce, seen, events FROM raw_sessions AS s LEFT JOIN session_events AS e USING (session_id)
        WHERE seen IS DISTINCT FROM page_views OR is_bounce <> (events = 1) OR first <> started_at OR last > ended_at
            OR e.customer_id IS DISTINCT FROM s.customer_id OR e.device_info <> s.device_info
            OR e.customer_id <> other_customer_id OR known NOT IN (0, events)""",
    ),
    Rule(
        RawClickstream,
        "session_id is in raw_sessions",
        "SELECT event_id, session_id FROM raw_clickstream ANTI JOIN raw_sessions USING (session_id)",
        proof="FROM session_events ANTI JOIN raw_sessions USING (session_id)",
    ),
    Rule(
        RawClickstream,
        "event_seq is 1, 2, 3 … in the order of event_ts",
        """SELECT session_id FROM raw_clickstream GROUP BY session_id
        HAVING min(event_seq) <> 1 OR max(event_seq) <> count(*) OR count(DISTINCT event_seq) <> count(*)
            OR NOT list_sort(list(event_ts)) = list(event_ts ORDER BY event_seq)""",
        # as they were written, each event follows the one before it, and no session goes on further down
        proof="""SELECT 1 FROM (SELECT session_id, event_seq, event_ts, lag(session_id) OVER () AS session_before,
                lag(event_seq) OVER () AS seq_before, lag(event_ts) OVER () AS ts_before FROM raw_clickstream)
            WHERE NOT coalesce(CASE WHEN session_id = session_before THEN event_seq = seq_before + 1 AND event_ts >= ts_before
                ELSE event_seq = 1 END, false)
            UNION ALL SELECT 1 FROM session_events WHERE last_seq IS DISTINCT FROM events
            UNION ALL SELECT 1 FROM session_events GROUP BY session_id HAVING count(*) > 1""",
    ),
    Rule(
        RawClickstream,
        "an event has the fields of its type",
        """(search_query IS NOT NULL) = (event_type = 'search')
        AND CASE WHEN starts_with(page_url, '/product/') THEN page_url = '/product/' || product_id
            WHEN event_type IN ('product_view', 'add_to_cart', 'remove_from_cart') THEN product_id IS NOT NULL
            ELSE product_id IS NULL END""",
    ),
    Rule(
        RawClickstream,
        "a path is possible: seen, then in the cart, then out of it",
        """SELECT session_id, product_id, added, removed FROM carts WHERE product_id IS NOT NULL AND (removed > added OR removed_at < added_at)
        UNION ALL SELECT session_id, product_id, added, removed FROM carts
            ANTI JOIN (SELECT session_id, product_id, event_seq FROM raw_clickstream WHERE event_type = 'product_view') AS view
            ON view.session_id = carts.session_id AND view.product_id = carts.product_id AND event_seq <= added_at
        WHERE product_id IS NOT NULL AND added > 0""",
    ),
    Rule(
        RawClickstream,
        "a path is possible: checkout follows the cart, and purchase the checkout",
        """SELECT session_id FROM checkouts LEFT JOIN (SELECT session_id, min(added_at) AS added_at FROM carts GROUP BY session_id) USING (session_id)
        WHERE checkouts > 1 OR purchases > 1 OR (checkouts > 0 AND coalesce(added_at, 1e9) > checkout_at)
            OR (purchases > 0 AND coalesce(checkout_at, 1e9) > purchase_at)""",
    ),
    Rule(
        RawClickstream,
        "three looks in five stay in the category of the one before",
        # of one session in sixteen, where there are products of every category
        """WITH looks AS (SELECT session_id, event_seq, category FROM raw_clickstream JOIN raw_products USING (product_id)
            WHERE event_type = 'product_view' AND starts_with(session_id::VARCHAR, '0')),
        steps AS (SELECT category = lag(category) OVER (PARTITION BY session_id ORDER BY event_seq) AS stays FROM looks)
        SELECT avg(stays::INTEGER) AS found, 0.6 AS expected, count(stays) AS rows FROM steps
        HAVING found + 5 * sqrt(0.24 / rows) < expected AND (SELECT count(*) >= 100 AND count(DISTINCT category) = 12 FROM raw_products)""",
    ),
    Rule(
        RawOrders,
        "each order has one session that converted, and each such session one order, at the time of its purchase",
        """SELECT order_id, session_id FROM raw_orders FULL JOIN (
            SELECT session_id, s.customer_id, bought, coalesce(purchases, 0) AS purchases, converted
            FROM raw_sessions AS s LEFT JOIN checkouts USING (session_id) WHERE converted OR purchases > 0
        ) AS s USING (session_id)
        WHERE order_id IS NULL OR s.customer_id IS DISTINCT FROM raw_orders.customer_id OR purchases IS DISTINCT FROM 1 OR NOT converted
            OR bought <> order_ts""",
    ),
    Rule(RawOrders, "a session has at most one order", "SELECT session_id FROM raw_orders GROUP BY session_id HAVING count(*) > 1"),
    Rule(
        RawOrders,
        "subtotal is the sum of the items' line totals",
        """SELECT order_id, subtotal, found FROM raw_orders LEFT JOIN (
            SELECT order_id, sum(line_total) AS found FROM raw_order_items GROUP BY order_id) USING (order_id)
        WHERE subtotal IS DISTINCT FROM found""",
    ),
    Rule(
        RawOrders,
        "total = subtotal - discount + shipping + tax",
        "total = subtotal - discount + shipping + tax AND discount BETWEEN 0 AND subtotal",
    ),
    Rule(
        RawOrders,
        "tax is the goods' value times the rate of the customer's country",
        """SELECT order_id, tax, rate FROM raw_orders JOIN raw_customers USING (customer_id) JOIN tax_rates USING (country)
        WHERE tax <> floor((subtotal - discount) * rate::DECIMAL(5, 4) * 100 + 0.5) / 100""",
    ),
    Rule(
        RawOrders,
        "payment_method is usual in the country, and a wallet is that of the session's device",
        """SELECT order_id, country, payment_method, device_info FROM raw_orders JOIN raw_sessions USING (session_id)
        LEFT JOIN payments USING (country, payment_method)
        WHERE system IS NULL OR (system = 'apple' AND NOT device_info ->> 'os' IN ('iOS', 'iPadOS', 'macOS'))
            OR (system = 'google' AND device_info ->> 'os' IN ('iOS', 'iPadOS', 'macOS'))""",
    ),
    Rule(
        RawOrders,
        "an order with a licence is not sent back, and one of licences only arrives within two minutes",
        """SELECT order_id, status, delivered_at FROM raw_orders JOIN (
            SELECT order_id, count(*) AS items, count(*) FILTER (category = 'Software') AS licences
            FROM raw_order_items JOIN raw_products USING (product_id) GROUP BY order_id) USING (order_id)
        WHERE licences > 0 AND (status = 'returned' OR (licences = items AND delivered_at - order_ts > INTERVAL 2 MINUTE))
            AND (SELECT count(*) >= 100 FROM raw_products)""",  # with too few, one may be sold in another's place
    ),
    Rule(
        RawOrders,
        "order, shipping and delivery follow one another and agree with the status",
        """coalesce(shipped_at > order_ts, true) AND coalesce(delivered_at > shipped_at, delivered_at IS NULL)
        AND (shipped_at IS NOT NULL) = (status IN ('shipped', 'delivered', 'returned'))
        AND (delivered_at IS NOT NULL) = (status IN ('delivered', 'returned')) AND coalesce(utc_date(delivered_at) <= $end, true)""",
    ),
    Rule(
        RawOrders,
        "shipping_address is a JSON object with a city of its country",
        f"""EXISTS (FROM real_cities
        WHERE real_cities.country = shipping_address ->> 'country' AND real_cities.city = shipping_address ->> 'city'
            AND {fits("(shipping_address ->> 'postal_code')", "real_cities")})""",
    ),
    Rule(
        RawOrderItems,
        "line_total = quantity × unit_price - discount",
        "line_total = quantity * unit_price - discount AND discount >= 0 AND line_total > 0",
    ),
    Rule(
        RawOrderItems,
        "line_number is 1, 2, 3 … within the order",
        """SELECT order_id FROM raw_order_items GROUP BY order_id
        HAVING min(line_number) <> 1 OR max(line_number) <> count(*) OR count(DISTINCT line_number) <> count(*)""",
    ),
    Rule(
        RawOrderItems,
        "each item was put into the cart in the session and not removed",
        """SELECT order_item_id FROM raw_order_items JOIN raw_orders USING (order_id) LEFT JOIN carts USING (session_id, product_id)
        WHERE coalesce(added - removed, 0) < 1""",
    ),
    Rule(
        RawOrderItems,
        "everything left in the cart was ordered",
        """SELECT session_id, product_id FROM (
            SELECT session_id, product_id, added - removed AS kept FROM carts SEMI JOIN raw_orders USING (session_id) WHERE added > removed
        ) LEFT JOIN (SELECT session_id, product_id, count(*) AS items FROM raw_order_items JOIN raw_orders USING (order_id) GROUP BY ALL)
            USING (session_id, product_id) WHERE kept IS DISTINCT FROM items""",
    ),
    Rule(
        RawOrderItems,
        "the product was launched before it was sold",
        "product.launch_date < utc_date(order.order_ts)",
    ),
    Rule(
        RawOrderItems,
        "the product was not withdrawn before it was sold",
        "coalesce(product.withdrawal_date > utc_date(order.order_ts), true)",
    ),
    Rule(
        RawInventory,
        "each item has a sale movement of its product and quantity",
        """SELECT order_item_id, i.quantity, m.quantity AS moved FROM raw_order_items AS i FULL JOIN (
            SELECT * FROM raw_inventory WHERE movement_type = 'sale') AS m USING (order_item_id)
        WHERE i.quantity IS DISTINCT FROM -m.quantity OR i.product_id IS DISTINCT FROM m.product_id""",
    ),
    Rule(
        RawInventory,
        "each item of a returned or cancelled order has a return movement, and no other item has one",
        """WITH back AS (SELECT i.* FROM raw_order_items AS i JOIN raw_orders USING (order_id) WHERE status IN ('returned', 'cancelled'))
        SELECT order_item_id FROM back FULL JOIN (SELECT * FROM raw_inventory WHERE movement_type = 'return') AS m USING (order_item_id)
        WHERE back.quantity IS DISTINCT FROM m.quantity""",
    ),
    Rule(
        RawInventory,
        "a sale is at the order's time",
        "movement_type <> 'sale' OR movement_ts = order_item.order.order_ts",
    ),
    Rule(RawInventory, "stock_after is never negative", "stock_after >= 0"),
    Rule(
        RawInventory,
        "stock_after is the running sum of quantity",
        """SELECT * FROM (SELECT *, sum(quantity) OVER (PARTITION BY product_id, warehouse_id ORDER BY movement_ts, movement_id) AS running
            FROM raw_inventory) WHERE running <> stock_after""",
        proof="""SELECT 1 FROM (SELECT quantity, stock_after, lag(stock_after, 1, 0) OVER (
                PARTITION BY product_id, warehouse_id ORDER BY movement_ts, movement_id) AS stock_before FROM raw_inventory)
            WHERE stock_after IS DISTINCT FROM stock_before + quantity""",
    ),
    Rule(
        RawInventory,
        "quantity has the sign of its movement",
        """CASE WHEN movement_type IN ('initial', 'purchase', 'return', 'transfer_in') THEN quantity > 0 ELSE quantity < 0 END""",
    ),
    Rule(
        RawInventory,
        "what is transferred out is transferred in elsewhere",
        """SELECT movement_ts, product_id FROM raw_inventory WHERE movement_type IN ('transfer_in', 'transfer_out')
        GROUP BY movement_ts, product_id HAVING sum(quantity) <> 0""",
    ),
    Rule(
        RawReviews,
        "a verified review is by a customer who bought the product in that order, after its delivery",
        """SELECT review_id FROM raw_reviews AS r LEFT JOIN raw_orders AS o USING (order_id)
        LEFT JOIN (SELECT DISTINCT order_id, product_id, true AS bought FROM raw_order_items) AS i ON i.order_id = r.order_id AND i.product_id = r.product_id
        WHERE verified_purchase AND (r.customer_id IS DISTINCT FROM o.customer_id OR bought IS NULL OR review_ts <= delivered_at IS NOT FALSE)""",
    ),
    Rule(RawReviews, "verified if and only if it names an order", "verified_purchase = (order_id IS NOT NULL) AND rating BETWEEN 1 AND 5"),
    Rule(
        RawReviews,
        "ratings: mostly 4 and 5",
        """SELECT rating, count(*) AS rows FROM raw_reviews GROUP BY rating
        HAVING (SELECT count(*) FILTER (rating >= 4) / count(*) NOT BETWEEN 0.6 AND 0.92 AND count(*) > 200 FROM raw_reviews)
            AND (SELECT count(*) >= 100 FROM raw_products)""",  # fewer may all be good, or bad
    ),
)
