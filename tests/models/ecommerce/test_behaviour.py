"""The shop behaves as a business does: who comes, comes back, buys what, when and how. What rules cannot say, on a year of some 3,000 customers."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import pytest

import colgen
from colgen.models.ecommerce.clocks import CITY_ROW, CLOCKS, HOURS, NEAREST, OFFSET, SHARE, working_day
from colgen.models.ecommerce.lists import cells
from colgen.models.ecommerce.themes import NEXT_THEME, STAY, joint_shares
from colgen.models.ecommerce.traffic import feasts
from colgen.pipeline.dataset import Dataset
from tests.support import first_of, thorough

SETTINGS = {"customers": 3_000, "products": 1_500, "days": 366, "sessions_per_day": 300}
EPOCH = datetime.date(1970, 1, 1)
Rows = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def data() -> Dataset:
    return colgen.build("ecommerce", volume="small", settings=SETTINGS, seed=4)


@pytest.fixture(scope="module")
def rows(data: Dataset) -> Rows:
    connection = data.duckdb()
    connection.execute("CREATE VIEW bought AS SELECT *, ((subtotal - discount) / exchange_rate)::DOUBLE AS dollars FROM raw_orders")
    return lambda query: connection.sql(query).fetchall()


def day(year: int, month: int, number: int) -> int:
    return (datetime.date(year, month, number) - EPOCH).days


# Days and hours


def daily(connection: duckdb.DuckDBPyConnection) -> np.ndarray:
    return np.array(connection.sql("SELECT count(*) FROM raw_sessions GROUP BY ended_at::DATE ORDER BY ended_at::DATE").fetchall(), float)[
        :, 0
    ]


@thorough
def test_days_are_not_the_same_a_week_later_nor_with_another_seed(data: Dataset) -> None:
    here = daily(data.duckdb())
    other = daily(colgen.build("ecommerce", volume="small", settings=SETTINGS, seed=5, tables=["raw_sessions"]).duckdb())
    assert np.median(abs(here[7:] / here[:-7] - 1)) > 0.04
    assert np.median(abs(here / other - 1)) > 0.04
    assert here.sum() == pytest.approx(366 * 300, rel=0.02)


@thorough
def test_sessions_arrive_by_chance(rows: Rows) -> None:
    noon = np.array(rows("SELECT epoch_us(ended_at) FROM raw_sessions WHERE hour(ended_at) = 19 ORDER BY ended_at"), float)[:, 0]
    gaps = np.diff(noon)
    gaps = gaps[gaps < 3.6e9]
    assert 0.9 < gaps.std() / gaps.mean() < 1.2
    assert 0.07 < (gaps < gaps.mean() / 10).mean() < 0.13


def test_black_friday_stands_out_and_christmas_is_quiet(rows: Rows) -> None:
    days = dict(rows("SELECT ended_at::DATE::VARCHAR, count(*) FROM raw_sessions GROUP BY 1"))
    usual = np.mean([days[f"2024-11-{number}"] for number in (15, 16, 17, 18, 22, 23, 24, 25)])
    assert np.mean([days[name] for name in ("2024-11-29", "2024-11-30", "2024-12-01", "2024-12-02")]) > 1.6 * usual
    assert days["2024-12-25"] < 0.75 * days["2024-12-18"]


@pytest.mark.parametrize(("year", "friday"), [(2023, 24), (2024, 29), (2025, 28), (2030, 29)])
def test_black_friday_follows_the_fourth_thursday_of_november(year: int, friday: int) -> None:
    november = np.arange(day(year, 11, 1), day(year, 12, 5))
    assert november[np.argmax(feasts(november))] == day(year, 11, friday)
    assert feasts(november[:15]).tolist() == [1.0] * 15


def test_each_country_is_awake_by_day(rows: Rows) -> None:
    nights = rows("""SELECT country, avg((hour(ended_at + to_hours(shift)) BETWEEN 1 AND 5)::INTEGER) FROM raw_sessions JOIN (VALUES
        ('United States', -6), ('Germany', 1), ('United Kingdom', 0), ('Brazil', -3)) AS clocks(country, shift) USING (country) GROUP BY 1""")
    assert len(nights) == 4
    assert all(share < 0.08 for _, share in nights)


def test_clocks_cover_every_country_and_city() -> None:
    assert sum(SHARE) == pytest.approx(1)
    assert sorted(CITY_ROW) == list(range(len(CITY_ROW)))
    assert len(NEAREST) == len(OFFSET) == len(CLOCKS)
    assert sum(HOURS) == pytest.approx(1)


def test_nothing_leaves_or_arrives_on_sundays_or_at_christmas(rows: Rows) -> None:
    assert working_day(np.array([day(2024, 12, 24), day(2024, 12, 25), day(2022, 12, 24), day(2022, 12, 25)])).tolist() == [
        day(2024, 12, 24), day(2024, 12, 26), day(2022, 12, 24), day(2022, 12, 26)
    ]  # fmt: skip
    goods = (
        "FROM raw_orders JOIN raw_customers USING (customer_id) WHERE delivered_at - order_ts > INTERVAL 2 MINUTE AND country = 'Germany'"
    )
    found = rows(f"SELECT DISTINCT dayname(moment + INTERVAL 1 HOUR) FROM (SELECT unnest([shipped_at, delivered_at]) AS moment {goods})")
    assert {name for (name,) in found} == {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}
    [(first, last)] = rows(f"SELECT min(hour(delivered_at + INTERVAL 1 HOUR)), max(hour(delivered_at + INTERVAL 1 HOUR)) {goods}")
    assert (first, last) >= (8, 17)
    assert last < 20


# Customers


def test_spending_rises_from_tier_to_tier(rows: Rows) -> None:
    spent = dict(rows("""SELECT loyalty_tier, avg(coalesce(dollars, 0)) FROM raw_customers LEFT JOIN (
        SELECT customer_id, sum(dollars) AS dollars FROM bought GROUP BY ALL) USING (customer_id) GROUP BY 1"""))  # fmt: skip
    tiers = ["none", "bronze", "silver", "gold", "platinum"]
    assert sorted(spent, key=lambda tier: spent[tier])[2:] == tiers[2:]
    assert spent["platinum"] > 5 * spent["none"]


@pytest.mark.parametrize(
    ("column", "shares"),
    [
        ("loyalty_tier", {"platinum": 0.03, "gold": 0.09, "silver": 0.18, "bronze": 0.3, "none": 0.4}),
        ("segment", {"premium": 0.12, "business": 0.08, "regular": 0.55, "occasional": 0.25}),
        ("marketing_opt_in", {True: 0.46, False: 0.54}),
        ("preferences ->> 'newsletter'", {"daily": 0.08, "weekly": 0.34, "monthly": 0.18, "never": 0.4}),
    ],
)
def test_attributes_have_their_shares(column: str, shares: dict[Any, float], rows: Rows) -> None:
    assert dict(rows(f"SELECT {column}, count(*) / 3000 FROM raw_customers GROUP BY 1")) == pytest.approx(shares, abs=0.04)


def test_businesses_buy_more_units_and_premium_customers_dearer_things(rows: Rows) -> None:
    found = {name: (units, price) for name, units, price in rows("""SELECT segment, avg(quantity), exp(avg(ln(unit_price / exchange_rate)))
        FROM raw_order_items JOIN raw_orders USING (order_id) JOIN raw_customers USING (customer_id) GROUP BY 1""")}  # fmt: skip
    assert found["business"][0] > 1.3 * found["regular"][0]
    assert found["premium"][1] > 1.2 * found["regular"][1]
    assert found["premium"][1] > 1.2 * found["occasional"][1]


def test_who_comes_in_the_period_comes_back_less_and_less(rows: Rows) -> None:
    share = dict(rows("""WITH first AS (SELECT customer_id, min(order_ts) AS began FROM raw_orders JOIN raw_customers USING (customer_id)
            WHERE registration_date BETWEEN DATE '2024-01-01' AND DATE '2024-03-01' GROUP BY 1),
        months AS (SELECT DISTINCT customer_id, floor(epoch(order_ts - began) / (30 * 86400)) AS month FROM raw_orders JOIN first USING (customer_id))
        SELECT month::INTEGER, count(*) / (SELECT count(*) FROM first) FROM months GROUP BY 1"""))  # fmt: skip
    assert 0.12 < share[1] < 0.35
    assert share[9] < 0.7 * share[1]


def test_most_buyers_order_once_and_some_very_often(rows: Rows) -> None:
    [(once, most)] = rows(
        "SELECT avg((orders = 1)::INTEGER), max(orders) FROM (SELECT count(*) AS orders FROM raw_orders GROUP BY customer_id)"
    )
    assert 0.45 < once < 0.7
    assert most > 50


def test_most_first_visits_buy_something(rows: Rows) -> None:
    [(found, share)] = rows("""SELECT count(*), avg(converted::INTEGER) FROM (SELECT bool_or(converted) AS converted FROM raw_customers
        JOIN raw_sessions USING (customer_id) WHERE started_at::DATE = registration_date + 1 GROUP BY customer_id)""")
    assert found > 900
    assert 0.82 < share < 0.95


def test_baskets_of_a_customer_are_alike(rows: Rows) -> None:
    [(correlation,)] = rows("""SELECT corr(ln(dollars), ln(before)) FROM (
        SELECT dollars, lag(dollars) OVER (PARTITION BY customer_id ORDER BY order_ts) AS before FROM bought) WHERE before IS NOT NULL""")
    assert 0.2 < correlation < 0.5


def test_customers_come_by_the_channel_that_brought_them(rows: Rows) -> None:
    found = dict(rows("""SELECT acquisition_channel, avg((utm_medium = 'cpc' AND utm_medium IS NOT NULL)::INTEGER)
        FROM raw_sessions JOIN raw_customers USING (customer_id) GROUP BY 1"""))  # fmt: skip
    assert found["paid_search"] > 0.5
    assert max(share for channel, share in found.items() if channel != "paid_search") < 0.2


def test_a_customer_has_two_devices(rows: Rows) -> None:
    [(most, usual)] = rows(
        """SELECT max(devices), avg(main) FROM (SELECT count(*) AS devices, max(times) / sum(times) AS main, sum(times) AS visits
        FROM (SELECT customer_id, device_info, count(*) AS times FROM raw_sessions WHERE customer_id IS NOT NULL GROUP BY ALL)
        GROUP BY customer_id) WHERE all >= 10""".replace(" AS all", " AS visits").replace("WHERE all", "WHERE visits")
    )
    assert most == 2
    assert 0.65 < usual < 0.85


def test_a_third_of_the_items_are_of_the_category_that_a_customer_names(rows: Rows) -> None:
    [(share,)] = rows("""SELECT avg((preferences ->> 'interest' = category)::INTEGER) FROM raw_order_items JOIN raw_orders USING (order_id)
        JOIN raw_customers USING (customer_id) JOIN raw_products USING (product_id)""")
    assert 0.25 < share < 0.42


# Products


VIEWS = """WITH priced AS (SELECT product_id, ntile(5) OVER (ORDER BY price) AS fifth FROM raw_products),
    seen AS (SELECT fifth, count(*) FILTER (event_type = 'product_view') AS views FROM raw_clickstream JOIN priced USING (product_id) GROUP BY 1),
    sold AS (SELECT fifth, count(*) AS lines, avg(quantity) AS quantity FROM raw_order_items JOIN priced USING (product_id) GROUP BY 1)
    SELECT lines / views, quantity FROM seen JOIN sold USING (fifth) ORDER BY fifth"""


def test_what_is_dear_is_bought_less_often_and_in_fewer_units(rows: Rows) -> None:
    rate, units = np.array(rows(VIEWS)).T
    assert rate[0] > 1.4 * rate[4]
    assert units[0] > 1.3 * units[4]
    assert units[4] < 1.35


def test_what_is_rated_well_is_bought_more_often(rows: Rows) -> None:
    [(correlation,)] = rows("""WITH rated AS (SELECT product_id, avg(rating) AS rating FROM raw_reviews GROUP BY 1 HAVING count(*) >= 8),
        seen AS (SELECT product_id, count(*) FILTER (event_type = 'add_to_cart') / count(*) FILTER (event_type = 'product_view') AS rate
            FROM raw_clickstream WHERE product_id IS NOT NULL GROUP BY 1)
        SELECT corr(rating, rate) FROM rated JOIN seen USING (product_id)""")
    assert correlation > 0.2


def test_looks_stay_in_a_category_or_go_to_one_nearby(rows: Rows) -> None:
    steps = {(one, other): times for one, other, times in rows("""WITH looks AS (SELECT category, lag(category) OVER (
            PARTITION BY session_id ORDER BY event_seq) AS before FROM raw_clickstream JOIN raw_products USING (product_id)
        WHERE event_type = 'product_view') SELECT before, category, count(*) FROM looks WHERE before IS NOT NULL GROUP BY ALL""")}  # fmt: skip
    stays = sum(times for (one, other), times in steps.items() if one == other)
    assert 0.6 < stays / sum(steps.values()) < 0.75
    assert steps["Cleaning", "Kitchen & Breakroom"] > 2 * steps["Cleaning", "Software"]


def test_themes_go_round_without_changing_how_often_each_comes() -> None:
    joint = joint_shares()
    assert joint.sum(axis=1) == pytest.approx(1)
    shares = np.linalg.matrix_power(joint, 200)[0]
    assert shares @ joint == pytest.approx(shares)
    assert (NEXT_THEME == STAY).mean() == pytest.approx(0.6, abs=0.001)


@pytest.mark.parametrize("weights", [[[1.0, 1.0, 2.0]], [[0.0, 5.0], [3.0, 1e-9]]])
def test_cells_are_dealt_out_in_proportion(weights: list[list[float]]) -> None:
    table = cells(np.array(weights)).reshape(len(weights), -1)
    assert table.shape[1] == 4096
    for row, weight in zip(table, weights, strict=True):
        assert np.bincount(row, minlength=len(weight)) == pytest.approx(4096 * np.array(weight) / sum(weight), abs=1)


@thorough
def test_a_category_page_is_of_the_product_that_follows(rows: Rows) -> None:
    [(share,)] = (
        rows(r"""WITH steps AS (SELECT event_seq, session_id, page_url, lead(category) OVER (PARTITION BY session_id ORDER BY event_seq) AS next,
            lead(event_type) OVER (PARTITION BY session_id ORDER BY event_seq) AS what
            FROM raw_clickstream LEFT JOIN raw_products USING (product_id))
        SELECT avg((split_part(page_url, '/', 3) = regexp_replace(lower(next), ' & | ', '-', 'g'))::INTEGER) FROM steps
        WHERE page_url LIKE '/category/%' AND what = 'product_view'""")
    )
    assert share > 0.98


def test_no_product_sells_more_than_a_few_per_cent(rows: Rows) -> None:
    [(share,)] = rows("SELECT max(lines) / sum(lines) FROM (SELECT count(*) AS lines FROM raw_order_items GROUP BY product_id)")
    assert 0.005 < share < 0.06


def test_slow_movers_are_withdrawn(rows: Rows) -> None:
    views = (
        "SELECT product_id, count(*) AS views FROM raw_clickstream WHERE event_type = 'product_view' AND event_ts < '2024-03-01' GROUP BY 1"
    )
    found = dict(rows(f"""SELECT is_active, avg(coalesce(views, 0)) FROM raw_products LEFT JOIN ({views}) USING (product_id)
        WHERE launch_date < '2024-01-01' AND coalesce(withdrawal_date > '2024-03-01', true) GROUP BY 1"""))  # fmt: skip
    assert found[False] < 0.7 * found[True]


def test_workwear_comes_back_and_licences_never(rows: Rows) -> None:
    found = dict(rows("""SELECT category, avg((status = 'returned')::INTEGER) FROM raw_order_items JOIN raw_orders USING (order_id)
        JOIN raw_products USING (product_id) WHERE delivered_at IS NOT NULL GROUP BY 1"""))  # fmt: skip
    assert found["Safety & Workwear"] > 1.5 * found["Office Supplies"]
    assert found["Software"] == 0


def test_what_is_rated_badly_comes_back_more_often(rows: Rows) -> None:
    bad, good = (share for _, share in rows("""WITH rated AS (SELECT product_id, avg(rating) AS rating FROM raw_reviews GROUP BY 1 HAVING count(*) >= 5)
        SELECT rating >= 4, avg((status = 'returned')::INTEGER) FROM raw_order_items JOIN raw_orders USING (order_id)
        JOIN rated USING (product_id) WHERE delivered_at IS NOT NULL GROUP BY 1 ORDER BY 1"""))  # fmt: skip
    assert bad > 1.3 * good


def test_more_is_on_sale_in_november(rows: Rows) -> None:
    found = dict(
        rows("SELECT month(order_ts), avg((i.discount > 0)::INTEGER) FROM raw_order_items AS i JOIN raw_orders USING (order_id) GROUP BY 1")
    )
    assert found[11] > 1.4 * found[5]


# Payments


def test_methods_are_those_of_the_country(rows: Rows) -> None:
    found = {(country, method): share for country, method, share in rows("""WITH paid AS (SELECT country, payment_method, count(*) AS orders
            FROM raw_orders JOIN raw_customers USING (customer_id) GROUP BY ALL)
        SELECT country, payment_method, orders / sum(orders) OVER (PARTITION BY country) FROM paid""")}  # fmt: skip
    assert found["Netherlands", "ideal"] > 0.4
    assert found["Poland", "blik"] > 0.35
    assert found["Brazil", "pix"] > 0.2
    assert found["Germany", "invoice"] > 0.1
    assert ("Brazil", "klarna") not in found
    assert {country for country, method in found if method == "ideal"} == {"Netherlands"}


# Settings and scenarios


@pytest.mark.parametrize("seed", first_of(range(6)))
def test_a_day_without_a_visit_is_possible(seed: int, tmp_path: Any) -> None:
    colgen.build("ecommerce", settings={"days": 2, "sessions_per_day": 1, "customers": 20}, seed=seed, out=tmp_path / "data", check=True)


def test_peak_season_has_a_ramp_and_a_summit() -> None:
    sessions = colgen.build("ecommerce", volume="small", scenario="peak-season", seed=1, tables=["raw_sessions"])
    days = daily(sessions.duckdb())
    assert days.sum() == pytest.approx(3 * 30 * 100, rel=0.1)
    assert days[13:16].mean() > 2 * days[2:5].mean()  # the first day is the Monday after Black Friday
    assert days[13:16].mean() > 2 * days[-3:].mean()
    assert 1.2 * days[2:5].mean() < days[7:10].mean() < 0.9 * days[13:16].mean()
