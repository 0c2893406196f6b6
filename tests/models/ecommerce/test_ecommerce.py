"""The shop is the business its specification describes: what its rules do not say, on small builds.

The same values however they are made, and golden digests: tests/test_determinism.py. Each rule's damage: tests/test_damage.py.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
import uuid
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import colgen
from colgen.declare.find import find_model
from colgen.models.ecommerce.lists import LISTS
from colgen.models.ecommerce.rules import fits, shapes
from colgen.pipeline.dataset import Dataset
from colgen.vocabulary import readers
from tests.support import SEEDS, first_of, thorough

CUSTOMERS, DAYS, PER_DAY = 1_000, 365, 100


@pytest.fixture(scope="module")
def data() -> Dataset:
    """A year of the small shop: a tenth of medium."""
    return colgen.build("ecommerce", volume="small", settings={"days": DAYS}, seed=11)


@pytest.fixture(scope="module")
def sql(data: Dataset) -> duckdb.DuckDBPyConnection:
    connection = data.duckdb()
    for name, lists in (("countries", readers.SHIPPED), ("cities", readers.SHIPPED), ("review_titles", LISTS)):
        connection.register(name, lists.table(name))
    return connection


def one(sql: duckdb.DuckDBPyConnection, query: str) -> float:
    """The only value of a query's only row."""
    return float(sql.sql(query).fetchall()[0][0])


def within(found: float, share: float, rows: int) -> bool:
    """Within five standard errors of a share."""
    return abs(found - share) < 5 * math.sqrt(share * (1 - share) / rows)


# Every rule


@pytest.mark.parametrize("seed", first_of(range(200, 200 + SEEDS)))
def test_every_rule_holds_for_any_seed(seed: int, tmp_path: Path) -> None:
    summary = colgen.build("ecommerce", volume="small", seed=seed, out=tmp_path / "data", check=True)
    assert summary.outcomes is not None
    assert len(summary.outcomes) > 170


FEWER = {"customers": 300, "sessions_per_day": 30}
"""Customers who buy as often as those of the small shop."""


@pytest.mark.parametrize(
    "request_",
    first_of(
        [
            {"settings": {"customers": 1, "products": 1, "days": 1, "sessions_per_day": 1}},
            {"settings": {"events_per_session": 0, **FEWER}},
            {"settings": {"orders_per_customer": 0, **FEWER}},
            {"first_day": "1999-12-01", "last_day": "2000-01-15", "settings": FEWER},
            {"settings": {"customers": 200, "products": 1, "days": 3}},
            {"settings": {"sessions_per_day": 1}},
            {"settings": {"sessions_per_day": 20, "customers": 2000}},
            {"settings": {"orders_per_customer": 50}},
            {"settings": {"events_per_session": 40, **FEWER}},
            {"settings": {"bounce_percent": 0, **FEWER}},
            {"settings": {"days": 1, **FEWER}},
            {"settings": {"days": 1100, "sessions_per_day": 10, "customers": 100}},
            {"first_day": "2020-02-29", "last_day": "2020-03-31", "settings": FEWER},
            {"settings": {"customers": 5}},
            {"settings": {"orders_per_customer": 0}},
            {"settings": {"bounce_percent": 90, **FEWER}},
        ],
        quick=1,
    ),
    ids=str,
)
def test_every_rule_holds_at_the_edges(request_: dict, tmp_path: Path) -> None:
    colgen.build("ecommerce", out=tmp_path / "data", check=True, **request_)


# Volumes and columns


def test_tables_have_the_columns_of_the_contract(data: Dataset) -> None:
    contract = {
        "raw_customers": "customer_id email first_name last_name phone date_of_birth gender registration_date country city state "
        "postal_code segment loyalty_tier marketing_opt_in acquisition_channel preferences",
        "raw_products": "product_id sku name category subcategory brand price cost weight_kg attributes is_active launch_date",
        "raw_orders": "order_id customer_id session_id order_ts status payment_method currency subtotal discount shipping tax total "
        "shipping_address",
        "raw_order_items": "order_item_id order_id line_number product_id quantity unit_price discount line_total",
        "raw_inventory": "movement_id product_id warehouse_id movement_type quantity movement_ts order_item_id stock_after",
        "raw_reviews": "review_id product_id customer_id order_id rating title review_text verified_purchase helpful_votes review_ts",
        "raw_sessions": "session_id customer_id started_at ended_at duration_seconds device_info country city referrer utm_source "
        "utm_medium utm_campaign is_bounce page_views converted",
        "raw_clickstream": "event_id session_id customer_id event_seq event_type event_ts page_url product_id search_query device_info",
    }
    assert set(data.rows) == set(contract)
    for name, columns in contract.items():
        assert set(columns.split()) <= set(data.table(name).column_names), name


def test_money_is_decimal_and_times_are_utc(data: Dataset) -> None:
    schema = data.frame("raw_orders").schema
    for column in ("subtotal", "discount", "shipping", "tax", "total"):
        assert schema[column] == pl.Decimal(12, 2)
    for column in ("order_ts", "shipped_at", "delivered_at"):
        assert schema[column] == pl.Datetime("us", "UTC")
    assert data.frame("raw_customers").schema["date_of_birth"] == pl.Date


def test_the_volumes_are_those_of_the_contract() -> None:
    volumes = find_model("ecommerce").volumes
    assert {name: (volume["customers"], volume["products"], volume["days"]) for name, volume in volumes.items()} == {
        "small": (1_000, 500, 30),
        "medium": (10_000, 5_000, 365),
        "large": (100_000, 50_000, 730),
    }


def test_a_year_of_small_is_a_tenth_of_what_follows_from_medium(data: Dataset) -> None:
    rows = data.rows
    assert rows["raw_sessions"] == pytest.approx(36_500, rel=0.02)
    assert rows["raw_orders"] == pytest.approx(5_000, rel=0.12)
    assert rows["raw_order_items"] == pytest.approx(15_000, rel=0.2)
    assert rows["raw_reviews"] == pytest.approx(5_000, rel=0.25)
    assert rows["raw_clickstream"] == pytest.approx(500_000, rel=0.1)
    assert rows["raw_inventory"] >= 5_000


# Rates follow the settings


@pytest.mark.parametrize(("orders", "per_day"), first_of([(5, 50), (1, 100), (5, 300), (12, 100)]))
def test_conversion_follows_the_settings(orders: int, per_day: int) -> None:
    settings = {"orders_per_customer": orders, "sessions_per_day": per_day}
    sessions = colgen.build("ecommerce", settings=settings, seed=3).frame("raw_sessions")
    assert sessions.height == pytest.approx(30 * per_day, rel=0.15)
    assert sessions["converted"].mean() == pytest.approx(CUSTOMERS * orders / 365.25 / per_day, rel=0.35)  # who comes often weighs much


@pytest.mark.parametrize("percent", first_of([0, 36, 10, 70], quick=2))
def test_bounces_follow_the_settings(percent: int) -> None:
    bounces = colgen.build("ecommerce", settings={"bounce_percent": percent}, seed=3).frame("raw_sessions")["is_bounce"]
    assert bounces.mean() == 0 if percent == 0 else bounces.mean() == pytest.approx(percent / 100, rel=0.08)


@pytest.mark.parametrize(("orders", "days", "customers"), first_of([(10, 90, 1_000), (5, 365, 1_000), (2, 365, 500)]))
def test_orders_per_customer_and_year_follow_the_settings(orders: int, days: int, customers: int) -> None:
    settings = {"orders_per_customer": orders, "days": days, "customers": customers}
    found = colgen.build("ecommerce", settings=settings, seed=3).rows["raw_orders"]
    assert found == pytest.approx(customers * orders * days / 365.25, rel=0.25)


@pytest.mark.parametrize("events", first_of([5, 14, 30]))
def test_events_per_session_are_about_those_asked_for(events: int) -> None:
    rows = colgen.build("ecommerce", settings={"events_per_session": events, "days": 90}, seed=3).rows
    assert rows["raw_clickstream"] / rows["raw_sessions"] == pytest.approx(events, rel=0.03)


# Shapes


@pytest.mark.parametrize("table", ["raw_order_items", "raw_clickstream"])
def test_most_of_what_is_sold_and_seen_falls_on_few_products(table: str, data: Dataset) -> None:
    products = data.frame(table)["product_id"].drop_nulls().to_numpy()
    counts = np.sort(np.bincount(products, minlength=501)[1:])[::-1]
    assert 0.7 < counts[:100].sum() / counts.sum() < 0.9
    sold = counts[counts >= 20]
    slope, _ = np.polyfit(np.log(np.arange(1, len(sold) + 1)), np.log(sold), 1)
    assert -1.3 < slope < -0.8


def test_the_best_seller_is_not_the_first_product(data: Dataset) -> None:
    best = data.frame("raw_order_items")["product_id"].value_counts(sort=True)["product_id"][:5].to_list()
    assert best != sorted(best)


def test_some_customers_order_often_and_many_never(sql: duckdb.DuckDBPyConnection) -> None:
    share, most = sql.sql(
        """SELECT count(*) FILTER (orders = 0) / count(*), max(orders)
        FROM (SELECT count(order_id) AS orders FROM raw_customers LEFT JOIN raw_orders USING (customer_id) GROUP BY customer_id)"""
    ).fetchall()[0]
    assert 0.4 < share < 0.75
    assert most > 50


@pytest.mark.parametrize(("country", "offset"), [("United Kingdom", 0), ("Germany", 1), ("Brazil", -3)])
def test_evenings_are_busier_than_nights_where_visitors_live(country: str, offset: int, sql: duckdb.DuckDBPyConnection) -> None:
    found = sql.execute(
        "SELECT (hour(ended_at) + 24 + $2) % 24, count(*) FROM raw_sessions WHERE country = $1 GROUP BY 1", [country, offset]
    )
    hours = dict.fromkeys(range(24), 0) | dict(found.fetchall())
    assert sum(hours[hour] for hour in (19, 20, 21)) > 10 * sum(hours[hour] for hour in (2, 3, 4))
    assert hours[12] > hours[7]


def test_weekends_are_busier_than_the_middle_of_the_week(sql: duckdb.DuckDBPyConnection) -> None:
    weekend, week = sql.sql(
        "SELECT count(*) FILTER (isodow(ended_at) > 5) / 2, count(*) FILTER (isodow(ended_at) BETWEEN 2 AND 4) / 3 FROM raw_sessions"
    ).fetchall()[0]
    assert 1.05 < weekend / week < 1.35


@pytest.mark.parametrize(("table", "at"), [("raw_sessions", "ended_at"), ("raw_orders", "order_ts")])
def test_december_is_busier_than_february(table: str, at: str, sql: duckdb.DuckDBPyConnection) -> None:
    days = dict(sql.sql(f"SELECT month({at}), count(*) / count(DISTINCT {at}::DATE) FROM {table} GROUP BY 1").fetchall())
    assert days[12] > 1.3 * days[2]
    assert {11, 12} == set(sorted(days, key=lambda month: days[month])[-2:])


def test_traffic_grows_from_year_to_year() -> None:
    settings = {"days": 730, "sessions_per_day": 20}
    years = colgen.build("ecommerce", settings=settings, seed=3).frame("raw_sessions")["ended_at"].dt.year().value_counts()
    first, second = years.sort("ended_at")["count"]
    assert 1.1 < second / first < 1.4


def test_sessions_last_log_normally(sql: duckdb.DuckDBPyConnection) -> None:
    mean, median, skew = sql.sql(
        "SELECT avg(duration_seconds), median(duration_seconds), skewness(ln(duration_seconds)) FROM raw_sessions WHERE NOT is_bounce"
    ).fetchall()[0]
    assert mean > 1.4 * median
    assert abs(skew) < 0.4


def test_part_of_the_customers_registered_before_the_period(data: Dataset) -> None:
    before = (data.frame("raw_customers")["registration_date"].dt.year() < 2024).mean()
    assert 0.55 < before < 0.7


def test_some_visitors_are_anonymous_and_all_buyers_known(sql: duckdb.DuckDBPyConnection) -> None:
    assert 0.4 < one(sql, "SELECT count(*) FILTER (customer_id IS NULL) / count(*) FROM raw_sessions") < 0.6


def test_one_item_in_three_is_reviewed(sql: duckdb.DuckDBPyConnection) -> None:
    share = one(sql, "SELECT (SELECT count(*) FROM raw_reviews) / (SELECT count(*) FROM raw_order_items)")
    assert 0.3 < share < 0.4


def test_ratings_are_mostly_four_and_five(sql: duckdb.DuckDBPyConnection) -> None:
    shares = [
        share for (share,) in sql.sql("SELECT count(*) / sum(count(*)) OVER () FROM raw_reviews GROUP BY rating ORDER BY rating").fetchall()
    ]
    assert shares == pytest.approx([0.06, 0.05, 0.11, 0.26, 0.52], abs=0.06)  # abs: a best-seller's quality weighs a tenth and more
    assert max(shares) == shares[4]


def test_a_product_has_a_quality_of_its_own(sql: duckdb.DuckDBPyConnection) -> None:
    """The means of products differ by more than those of as many ratings drawn from one hat."""
    between, within_ = sql.sql(
        """WITH means AS (SELECT product_id, avg(rating) AS mean, count(*) AS many FROM raw_reviews GROUP BY product_id HAVING many >= 20)
        SELECT (SELECT var_samp(mean) FROM means), (SELECT avg(1 / many) FROM means) * (SELECT var_samp(rating) FROM raw_reviews)"""
    ).fetchall()[0]
    assert between > 2 * within_


def test_few_reviews_are_unverified_and_votes_have_a_long_tail(sql: duckdb.DuckDBPyConnection) -> None:
    unverified, median, mean, most = sql.sql(
        "SELECT count(*) FILTER (NOT verified_purchase) / count(*), median(helpful_votes), avg(helpful_votes), max(helpful_votes) FROM raw_reviews"
    ).fetchall()[0]
    assert 0.02 < unverified < 0.06
    assert median == 0
    assert mean > 1
    assert most > 200


def test_old_orders_are_settled_and_some_are_cancelled_or_returned(sql: duckdb.DuckDBPyConnection) -> None:
    shares = dict(sql.sql("SELECT status, count(*) / sum(count(*)) OVER () FROM raw_orders GROUP BY status").fetchall())
    assert set(shares) == {"pending", "processing", "shipped", "delivered", "cancelled", "returned"}
    assert 0.02 < shares["cancelled"] < 0.06
    assert 0.03 < shares["returned"] < 0.08
    assert shares["delivered"] > 0.8


# Values


@pytest.mark.parametrize(
    ("table", "column", "keys"),
    [
        ("raw_customers", "preferences", {"language", "newsletter", "theme", "interest"}),
        ("raw_products", "attributes", set()),
        ("raw_orders", "shipping_address", {"name", "street", "city", "postal_code", "country"}),
        ("raw_sessions", "device_info", {"device", "os", "os_version", "browser", "browser_version", "screen"}),
        ("raw_clickstream", "device_info", {"device", "os", "os_version", "browser", "browser_version", "screen"}),
    ],
)
def test_json_parses_in_every_row(table: str, column: str, keys: set[str], data: Dataset) -> None:
    values = data.frame(table)[column]
    assert values.null_count() == 0
    for value in values.unique():
        parsed = json.loads(value)
        assert isinstance(parsed, dict)
        assert len(parsed) >= 3
        assert keys <= set(parsed)
        assert all(part != "" for part in parsed.values())


def test_session_ids_are_uuids_of_version_4_and_unique(data: Dataset) -> None:
    ids = data.frame("raw_sessions")["session_id"].to_list()
    assert len(set(ids)) == len(ids)
    for text in ids:
        found = uuid.UUID(text)
        assert (str(found), found.version, found.variant) == (text, 4, uuid.RFC_4122)


def test_session_ids_of_other_seeds_are_others(data: Dataset) -> None:
    others = colgen.build("ecommerce", volume="small", settings={"days": DAYS}, seed=12).frame("raw_sessions")["session_id"]
    assert not set(others) & set(data.frame("raw_sessions")["session_id"])


def test_an_email_is_made_from_the_name(data: Dataset) -> None:
    for first, last, email in data.frame("raw_customers").select("first_name", "last_name", "email").iter_rows():
        for name, part in ((first, email.split(".")[0]), (last, email.split(".")[1])):
            plain = unicodedata.normalize("NFKD", name.lower())
            if all(ord(letter) < 128 or unicodedata.combining(letter) for letter in plain):  # others have spellings of their own
                assert part == "".join(letter for letter in plain if "a" <= letter <= "z"), (name, email)


# What never is. Each SELECT gives rows that offend.
NEVER = {
    "an event of another device or visitor than its session's": """SELECT event_id FROM raw_clickstream AS e JOIN raw_sessions AS s USING (session_id)
        WHERE e.device_info <> s.device_info OR e.customer_id IS DISTINCT FROM s.customer_id""",
    "a session of a customer from elsewhere": """SELECT session_id FROM raw_sessions AS s JOIN raw_customers AS c USING (customer_id)
        WHERE (s.country, s.city) <> (c.country, c.city)""",
    "a city in another state": """SELECT customer_id FROM raw_customers AS c WHERE NOT EXISTS (
        FROM cities JOIN countries USING (code) WHERE cities.city = c.city AND cities.region = c.state AND countries.country = c.country)""",
    "a currency that is not the country's": """SELECT order_id FROM raw_orders AS o JOIN raw_customers AS c USING (customer_id)
        JOIN countries USING (country) WHERE o.currency <> countries.currency""",
    "two rates of a currency": "SELECT currency FROM raw_orders GROUP BY currency HAVING count(DISTINCT exchange_rate) > 1",
    "shipping that is neither free above 50 dollars and for licences nor 4.99": """SELECT order_id FROM raw_orders JOIN (
            SELECT order_id, bool_and(category = 'Software') AS weightless FROM raw_order_items JOIN raw_products USING (product_id) GROUP BY ALL
        ) USING (order_id) WHERE shipping <> CASE WHEN weightless OR subtotal - discount >= floor(5000 * exchange_rate) / 100 THEN 0
            ELSE floor(499 * exchange_rate) / 100 END""",
    "a discount that is no coupon's": """SELECT order_id FROM raw_orders
        WHERE NOT list_contains([floor(subtotal * off + 0.5) / 100 FOR off IN [0, 5, 10, 15, 20]], discount::DOUBLE)""",
    "a price that is not the product's in the order's currency": """SELECT order_item_id FROM raw_order_items AS i JOIN raw_orders USING (order_id)
        JOIN raw_products USING (product_id) WHERE unit_price <> floor(price * 100 * exchange_rate) / 100""",
    "a status younger or older than the order": """SELECT order_id FROM raw_orders
        WHERE (status = 'pending' AND order_ts < TIMESTAMPTZ '2024-12-31 16:00Z') OR (status = 'processing' AND order_ts < TIMESTAMPTZ '2024-12-28 00:00Z')
        OR (status = 'shipped' AND order_ts < TIMESTAMPTZ '2024-12-19 00:00Z') OR (status = 'delivered' AND order_ts > TIMESTAMPTZ '2024-12-31 00:00Z' AND delivered_at > order_ts + INTERVAL 2 MINUTE)""",
    "anything after the period": """SELECT order_id AS id FROM raw_orders WHERE greatest(order_ts, shipped_at, delivered_at) >= TIMESTAMPTZ '2025-01-01 00:00Z'
        UNION ALL SELECT review_id FROM raw_reviews WHERE review_ts >= TIMESTAMPTZ '2025-01-01 00:00Z'
        UNION ALL SELECT movement_id FROM raw_inventory WHERE movement_ts >= TIMESTAMPTZ '2025-01-01 00:00Z'
        UNION ALL SELECT event_id FROM raw_clickstream WHERE event_ts >= TIMESTAMPTZ '2025-01-01 00:00Z'
        UNION ALL SELECT customer_id FROM raw_customers WHERE registration_date > DATE '2024-12-31'
        UNION ALL SELECT product_id FROM raw_products WHERE launch_date > DATE '2024-12-31'""",
    "anything but stock before the period": """SELECT order_id AS id FROM raw_orders WHERE order_ts < TIMESTAMPTZ '2024-01-02 00:00Z'
        UNION ALL SELECT event_id FROM raw_clickstream WHERE event_ts < TIMESTAMPTZ '2024-01-02 00:00Z'
        UNION ALL SELECT movement_id FROM raw_inventory WHERE movement_ts < TIMESTAMPTZ '2024-01-01 00:00Z'""",
    "a product looked at before its launch": """SELECT event_id FROM raw_clickstream JOIN raw_products USING (product_id)
        WHERE launch_date >= event_ts::DATE""",
    "a customer under age": "SELECT customer_id FROM raw_customers WHERE date_of_birth + INTERVAL 18 YEAR > registration_date",
    "a product that stock does not begin with": """SELECT product_id FROM (SELECT product_id, warehouse_id, movement_type,
            row_number() OVER (PARTITION BY product_id, warehouse_id ORDER BY movement_ts, movement_id) AS place FROM raw_inventory)
        WHERE (place = 1) <> (movement_type = 'initial' OR (warehouse_id = 'Outlet' AND place = 1))""",
    "goods back before they were delivered": """SELECT movement_id FROM raw_inventory JOIN raw_order_items USING (order_item_id)
        JOIN raw_orders USING (order_id) WHERE movement_type = 'return' AND (movement_ts <= order_ts OR movement_ts <= delivered_at)""",
    "goods back in another warehouse, or others": """SELECT back.movement_id FROM raw_inventory AS back JOIN raw_inventory AS sold USING (order_item_id)
        WHERE back.movement_type = 'return' AND sold.movement_type = 'sale'
        AND (back.warehouse_id, back.product_id, back.quantity) <> (sold.warehouse_id, sold.product_id, -sold.quantity)""",
    "a transfer that stays where it was": """SELECT movement_ts, product_id FROM raw_inventory WHERE movement_type IN ('transfer_in', 'transfer_out')
        GROUP BY movement_ts, product_id HAVING count(DISTINCT warehouse_id) < 2""",
    "a session that does not begin with a page": "SELECT session_id FROM raw_clickstream WHERE event_seq = 1 AND event_type <> 'page_view'",
    "a search that leads to no product": """SELECT s.event_id FROM raw_clickstream AS s LEFT JOIN raw_clickstream AS n
        ON n.session_id = s.session_id AND n.event_seq = s.event_seq + 1
        WHERE s.event_type = 'search' AND n.event_type IS DISTINCT FROM 'product_view'""",
    "a page of another kind of event": """SELECT event_id FROM raw_clickstream WHERE (event_type = 'search') <> (page_url = '/search')
        OR (event_type = 'checkout_start') <> (page_url = '/checkout') OR (event_type = 'purchase') <> (page_url = '/checkout/complete')""",
    "anything after a purchase": """SELECT session_id FROM raw_clickstream GROUP BY session_id
        HAVING max(event_seq) <> max(event_seq) FILTER (event_type = 'purchase')""",
    "a title that does not fit the rating": """SELECT review_id FROM raw_reviews AS r
        WHERE NOT EXISTS (FROM review_titles AS t WHERE t.rating = r.rating AND t.title = r.title)""",
    "a review by somebody else than the buyer": """SELECT review_id FROM raw_reviews AS r WHERE NOT EXISTS (
        FROM raw_orders JOIN raw_order_items AS i USING (order_id) WHERE raw_orders.customer_id = r.customer_id AND i.product_id = r.product_id)""",
    "negative votes, weights or prices": """SELECT review_id FROM raw_reviews WHERE helpful_votes < 0
        UNION ALL SELECT product_id FROM raw_products WHERE weight_kg < 0 OR cost <= 0 OR price <= cost""",
    "half a campaign": "SELECT session_id FROM raw_sessions WHERE (utm_source IS NULL) <> (utm_medium IS NULL) OR (utm_medium IS NULL) <> (utm_campaign IS NULL)",
    "a name without its brand": "SELECT product_id FROM raw_products WHERE NOT starts_with(name, brand || ' ')",
}  # fmt: skip


@pytest.mark.parametrize("what", NEVER)
def test_there_is_never(what: str, sql: duckdb.DuckDBPyConnection) -> None:
    assert sql.sql(f"SELECT * FROM ({NEVER[what]}) LIMIT 5").to_arrow_table().to_pylist() == []


def test_sold_units_are_those_that_left_the_warehouses(sql: duckdb.DuckDBPyConnection) -> None:
    sold = one(sql, "SELECT sum(quantity) FROM raw_order_items")
    assert sold == -one(sql, "SELECT sum(quantity) FROM raw_inventory WHERE movement_type = 'sale'")
    assert sold == one(sql, "SELECT sum(quantity) FROM raw_inventory WHERE movement_type = 'purchase'")


def test_devices_belong_together(data: Dataset) -> None:
    makers = {"iOS": {"mobile"}, "iPadOS": {"tablet"}, "Windows": {"desktop"}, "macOS": {"desktop"}, "ChromeOS": {"desktop"}}
    for text in data.frame("raw_sessions")["device_info"].unique():
        found = json.loads(text)
        assert found["device"] in makers.get(found["os"], {"desktop", "mobile", "tablet"}), text
        assert found["browser"] != "Safari" or found["os"] in {"iOS", "iPadOS", "macOS"}, text


# Requests that make no sense


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"days": 0}, "days = 0: there must be at least one"),
        ({"sessions_per_day": 0}, "sessions_per_day = 0: there must be at least one"),
        ({"bounce_percent": 101}, "bounce_percent = 101: it must be 0 to 100"),
        ({"events_per_session": -1}, "events_per_session = -1: it must not be negative"),
        ({"days": 100_000}, "must lie between 1900 and 2200"),
    ],
)
def test_a_setting_out_of_its_range_is_refused(settings: dict[str, int], said: str) -> None:
    with pytest.raises(colgen.RequestError, match=said):
        colgen.build("ecommerce", settings=settings)


# Forms of telephone numbers and postal codes


FORMS = duckdb.connect()


@thorough
@settings(max_examples=150)
@given(st.text("#@05AZ a+().-", max_size=6), st.data())
def test_a_text_fits_a_pattern_as_it_would_a_regular_expression(pattern: str, data: st.DataObject) -> None:
    expression = "".join({"#": "[0-9]", "@": "[A-Z]"}.get(letter, re.escape(letter)) for letter in pattern)
    text = data.draw(st.text("059AZaz +().-", max_size=6) | st.from_regex(f"^{expression}$", fullmatch=True))
    FORMS.register("forms", pa.table(shapes([pattern])))
    [(found,)] = FORMS.execute(f"SELECT {fits('$text', 'forms')} FROM forms", {"text": text}).fetchall()
    assert found == bool(re.fullmatch(expression, text))


@thorough
@pytest.mark.parametrize("sessions", first_of([10, 1, 20, 45], quick=1))
def test_sessions_convert_as_often_as_was_asked_where_some_always_buy(sessions: int, tmp_path: Path) -> None:
    """With few sessions for many customers, visitors from the best channels on the best devices would buy more than always."""
    colgen.build(
        "ecommerce", settings={"sessions_per_day": sessions, "days": 6_000}, tables=["raw_sessions"], out=tmp_path / "data", check=True
    )


@thorough
@pytest.mark.parametrize(
    "setting", first_of([{"events_per_session": 0}, {"orders_per_customer": 0}, {"bounce_percent": 100}, {"products": 1}], quick=1)
)
def test_a_setting_at_the_end_of_its_range_makes_sound_data(setting: dict[str, int], tmp_path: Path) -> None:
    colgen.build("ecommerce", settings={"days": 5, **setting}, out=tmp_path / "data", check=True)
