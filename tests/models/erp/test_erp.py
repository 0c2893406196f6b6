"""The distributor: what each scenario is known by, anomalies with their answer key, the clean twin, and a period that grows."""

from __future__ import annotations

import datetime as dt
from functools import cache
from math import sqrt
from pathlib import Path

import duckdb
import numpy as np
import pytest

import colgen
from colgen.declare.calendar import Burst
from colgen.generate.spec import Spec
from colgen.models.erp import model
from colgen.scenario.scenario import SCENARIOS, Scenario
from tests.support import first_of

ANOMALY_RATES = {
    "normal-ops": 0.05,
    "peak-season": 0.15,
    "anomaly-heavy": 0.40,
    "warehouse-outage": 0.60,
    "growth-phase": 0.08,
    "payment-crisis": 0.25,
}
COMMON = ["normal-ops", "anomaly-heavy", "payment-crisis", "peak-season", "warehouse-outage", "growth-phase"]
"""The scenarios, first those that most tests are about, which are built once for all of them."""
BUSY = {"orders_per_day": 150, "companies": 300, "products": 200}


@cache
def shop(scenario: str = "normal-ops", last_day: str = "2024-03-31", anomalies: int = 1, seed: int = 3) -> duckdb.DuckDBPyConnection:
    """A build under a scenario, as DuckDB views."""
    return colgen.build("erp", scenario=scenario, settings={**BUSY, "anomalies": anomalies}, last_day=last_day, seed=seed).duckdb()


def one(sql: str, **build):
    """The one row that a query gives."""
    row = shop(**build).sql(sql).to_arrow_table().to_pylist()[0]
    return next(iter(row.values())) if len(row) == 1 else tuple(row.values())


def within(found: float, expected: float, rows: float, errors: float = 4.5) -> bool:
    """Whether a share is within so many standard errors of what it should be."""
    return abs(found - expected) <= errors * sqrt(expected * (1 - expected) / rows) + 1 / rows


# Scenarios


def test_the_shipped_scenarios_are_those_of_the_specification():
    assert set(SCENARIOS) == set(ANOMALY_RATES)


@pytest.mark.parametrize("scenario", first_of(sorted(ANOMALY_RATES, key=COMMON.index), quick=2))
def test_as_many_orders_carry_an_anomaly_as_the_scenario_says(scenario):
    labelled, orders, twice = one(
        "SELECT (SELECT count(*) FROM anomalies), (SELECT count(*) FROM orders), (SELECT count(*) FROM anomalies WHERE kind = 'duplicate_order')",
        scenario=scenario,
    )
    assert within(labelled / (orders - twice), ANOMALY_RATES[scenario], orders)


@pytest.mark.parametrize("scenario", first_of(sorted(ANOMALY_RATES, key=COMMON.index), quick=2))
def test_the_kinds_of_anomalies_come_as_often_as_the_scenario_says(scenario):
    mix = Scenario.read(scenario).conditions(model).anomaly_mix
    found = dict(shop(scenario).sql("SELECT kind::VARCHAR, count(*) FROM anomalies GROUP BY kind").fetchall())
    total = sum(found.values())
    assert all(within(found.get(kind, 0) / total, share, total) for kind, share in mix.items())


def orders_expected(scenario: str, last_day: str = "2024-03-31") -> float:
    spec = Spec.of(model, scenario=scenario, settings=BUSY if scenario != "peak-season" else None, last_day=last_day)
    days = np.arange(spec.period.start, spec.period.end + 1)
    return float(spec.generation(model).scenario.calendar.factor(days, spec.period).sum()) * spec.settings["orders_per_day"]


def test_orders_come_at_the_rate_of_the_calendar():
    orders = one("SELECT count(*) FROM orders WHERE id NOT IN (SELECT entity_id FROM anomalies WHERE kind = 'duplicate_order')")
    expected = orders_expected("normal-ops")
    assert abs(orders - expected) < 4.5 * sqrt(expected)


def test_a_peak_season_has_three_times_the_orders():
    usual = one("SELECT count(*) FROM orders")
    busy = colgen.build("erp", scenario="peak-season", settings={**BUSY, "orders_per_day": 3 * BUSY["orders_per_day"]}, seed=3)
    assert Spec.of(model, scenario="peak-season").settings["orders_per_day"] == 3 * Spec.of(model).settings["orders_per_day"]
    assert busy.duckdb().sql("SELECT count(*) FROM orders").fetchall()[0][0] / usual == pytest.approx(3, rel=0.05)


def overdue(scenario: str) -> tuple[float, int]:
    """The share of the payments due by the end of the period that were not paid in time, and how many were due."""
    return one(
        """SELECT count(*) FILTER (paid_at IS NULL OR paid_at > due_at) / count(*), count(*)
        FROM payments WHERE due_at < TIMESTAMPTZ '2024-04-01 00:00:00+00'""",
        scenario=scenario,
    )


@pytest.mark.parametrize("scenario", first_of(["normal-ops", "anomaly-heavy", "payment-crisis", "peak-season"], quick=3))
def test_as_many_payments_are_overdue_as_the_scenario_says(scenario):
    share, due = overdue(scenario)
    assert within(share, Scenario.read(scenario).conditions(model).rates["overdue"], due)


def test_three_payments_in_ten_are_overdue_in_a_payment_crisis():
    share, due = overdue("payment-crisis")
    assert within(share, 0.30, due)


def test_few_deliveries_arrive_while_the_warehouse_stands_still():
    window = (
        "SELECT count(*) FROM shipments WHERE outcome = 'delivered' AND delivered_at::DATE BETWEEN DATE '2024-01-08' AND DATE '2024-01-21'"
    )
    assert one(window, scenario="warehouse-outage") < 0.25 * one(window)


def test_many_orders_are_cancelled_in_an_outage_and_no_more_before_and_after():
    share = """SELECT count(*) FILTER (status = 'cancelled') / count(*) FROM orders
        WHERE scheduled_delivery {} AND id NOT IN (SELECT order_id FROM anomalies)"""
    inside = share.format(
        "> '2024-01-21' AND ordered_at < TIMESTAMPTZ '2024-01-21 00:00:00+00' AND ordered_at > TIMESTAMPTZ '2024-01-08 00:00:00+00'"
    )
    assert one(inside, scenario="warehouse-outage") > 2 * one(share.format("> '2024-02-10'"), scenario="warehouse-outage")


def test_most_failed_deliveries_are_where_the_scenario_wants_them():
    failed = "SELECT count(*) FILTER (status = 'failed') / count(*) FROM orders"
    assert one(failed, scenario="anomaly-heavy") > 5 * one(failed)


def test_a_growth_phase_has_twice_the_companies_and_orders_that_rise():
    assert Spec.of(model, scenario="growth-phase").settings["companies"] == 2 * Spec.of(model).settings["companies"]
    by_half = "SELECT count(*) FILTER (ordered_at >= TIMESTAMPTZ '2024-02-15 00:00:00+00') / count(*) FILTER (ordered_at < TIMESTAMPTZ '2024-02-15 00:00:00+00') FROM orders"
    assert one(by_half, scenario="growth-phase") > 1.08 * one(by_half)


# Time


def test_friday_is_near_zero_and_nothing_is_delivered_then():
    assert one("SELECT count(*) FILTER (isodow(ordered_at) = 5) / count(*) FROM orders") < 0.02
    assert one("SELECT count(*) FROM shipments WHERE isodow(dispatched_at) = 5") == 0


def test_ramadan_and_its_feast_are_quieter():
    daily = "SELECT count(*) / count(DISTINCT ordered_at::DATE) FROM orders WHERE isodow(ordered_at) <> 5 AND ordered_at::DATE BETWEEN '{}' AND '{}'"
    usual = one(daily.format("2024-02-01", "2024-03-10"), last_day="2024-06-30")
    assert one(daily.format("2024-03-11", "2024-04-08"), last_day="2024-06-30") / usual == pytest.approx(0.72, abs=0.05)
    assert one(daily.format("2024-04-10", "2024-04-11"), last_day="2024-06-30") < 0.35 * usual


def test_orders_are_taken_in_working_hours_of_cairo():
    assert one("SELECT count(*) FILTER (hour(ordered_at) NOT BETWEEN 5 AND 18) FROM orders") == 0


def test_bursts_and_outages_of_ones_own_are_followed():
    mine = Scenario.read("normal-ops").derive("mine", time={"bursts": [{"from": dt.date(2024, 2, 5), "days": 2, "times": 4}]})
    assert mine.conditions(model).calendar.bursts == (Burst(dt.date(2024, 2, 5), 2, 4.0, 0),)
    data = colgen.build("erp", scenario=mine, settings=BUSY, seed=3).duckdb()
    one_day = "SELECT count(*) FROM orders WHERE ordered_at::DATE = '2024-02-{}'"
    assert data.sql(one_day.format("05")).fetchall()[0][0] > 3 * data.sql(one_day.format("12")).fetchall()[0][0]


# Anomalies: simple detectors that know nothing of the labels, and what they must find

DETECTORS = {
    "late_payment": "SELECT id FROM payments WHERE coalesce(paid_at, $now) > due_at + INTERVAL 7 DAY",
    "missed_payment": "SELECT id FROM payments WHERE paid_at IS NULL AND $now > due_at + INTERVAL 7 DAY",
    "delivery_delay": """SELECT shipments.id FROM shipments JOIN orders ON orders.id = order_id
        WHERE attempt = 1 AND dispatched_at::DATE - scheduled_delivery > 7""",
    "failed_delivery": "SELECT id FROM shipments WHERE attempt = 3 AND outcome = 'failed'",
    "cancellation": "SELECT orders.id FROM orders JOIN shipments ON order_id = orders.id WHERE status = 'cancelled'",
    "quantity_spike": """SELECT id FROM (SELECT id, quantity, quantile_cont(quantity, 0.95) OVER (PARTITION BY product_id) AS usual FROM order_items)
        WHERE quantity > 50""",
    "price_error": """SELECT id FROM (SELECT id, unit_price, median(unit_price) OVER (PARTITION BY product_id) AS usual FROM order_items)
        WHERE unit_price > 5 * usual OR unit_price < usual / 5""",
    "duplicate_order": """WITH content AS (SELECT orders.id, company_id, ordered_at, list((product_id, quantity) ORDER BY line_number) AS items
            FROM orders JOIN order_items ON order_id = orders.id GROUP BY ALL)
        SELECT later.id FROM content AS later JOIN content AS earlier ON later.company_id = earlier.company_id AND later.items = earlier.items
            AND later.id > earlier.id AND later.ordered_at - earlier.ordered_at < INTERVAL 1 HOUR""",
    "bulk_payment": "SELECT id FROM payments WHERE regexp_full_match(bulk_batch_id, 'BULK-[0-9]{6}-[0-9]{8}')",  # a day's, not a month's
}  # fmt: skip


@pytest.mark.parametrize("scenario", ["normal-ops", "anomaly-heavy"])
@pytest.mark.parametrize("kind", DETECTORS)
def test_a_simple_detector_finds_every_anomaly_that_shows(kind, scenario):
    detector = DETECTORS[kind].replace("$now", "TIMESTAMPTZ '2024-04-01 00:00:00+00'")
    visible, found = one(
        f"""SELECT count(*), count(*) FILTER (entity_id IN ({detector})) FROM anomalies WHERE kind = '{kind}' AND "at" IS NOT NULL""",
        scenario=scenario,
    )
    assert visible > 5
    assert found == visible


@pytest.mark.parametrize("kind", sorted(set(DETECTORS) - {"late_payment", "missed_payment"}))
def test_what_a_detector_finds_is_labelled(kind):
    """Precision; of late payments that are not paid yet nobody can say whether they ever will be, and now and then two small orders of a
    large company are the same by chance."""
    order = {"quantity_spike": "order_items", "price_error": "order_items", "bulk_payment": "payments"}.get(kind, "shipments")
    of_order = "id" if kind in ("cancellation", "duplicate_order") else f"(SELECT order_id FROM {order} WHERE {order}.id = detected.id)"
    labels = f"SELECT order_id FROM anomalies WHERE kind = '{kind}' UNION SELECT entity_id FROM anomalies WHERE kind = '{kind}' AND entity = 'orders'"
    found, labelled = one(f"SELECT count(*), count(*) FILTER ({of_order} IN ({labels})) FROM ({DETECTORS[kind]}) AS detected")
    assert found - labelled <= (found // 25 if kind == "duplicate_order" else 0)


def test_late_and_missed_payments_together_are_what_is_overdue_by_more_than_a_week():
    detector = DETECTORS["late_payment"].replace("$now", "TIMESTAMPTZ '2024-04-01 00:00:00+00'")
    strays = f"""SELECT count(*) FROM payments WHERE id IN ({detector})
        AND order_id NOT IN (SELECT order_id FROM anomalies WHERE kind IN ('late_payment', 'missed_payment'))"""
    assert one(strays) == 0


def test_an_anomaly_that_does_not_show_yet_has_no_moment():
    assert one("""SELECT count(*) FROM anomalies WHERE "at" IS NULL""") > 0
    assert one("""SELECT count(*) FROM anomalies WHERE "at" >= TIMESTAMPTZ '2024-04-01 00:00:00+00'""") == 0


# The clean twin


@pytest.fixture(scope="module")
def twins(tmp_path_factory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("twins")
    for name, anomalies in (("clean", 0), ("marked", 1)):
        colgen.build("erp", out=folder / name, settings={**BUSY, "anomalies": anomalies}, scenario="anomaly-heavy", seed=3)
    return folder / "clean", folder / "marked"


HANGS_ON = {  # how each row finds its order
    "orders": "id",
    "order_items": "order_id",
    "discounts": "order_id",
    "shipments": "order_id",
    "payments": "order_id",
    "refunds": "order_id",
    "audit_logs": """CASE entity WHEN 'orders' THEN entity_id WHEN 'payments' THEN (SELECT order_id FROM {which}.payments WHERE id = entity_id)
        ELSE (SELECT order_id FROM {which}.refunds WHERE id = entity_id) END""",
    "stock_movements": "(SELECT order_id FROM {which}.order_items WHERE id = order_item_id)",
}


@pytest.fixture(scope="module")
def both(twins):
    connection = duckdb.connect()
    for which, folder in zip(("clean", "marked"), twins, strict=True):
        connection.execute(f"CREATE SCHEMA {which}")
        for table in folder.iterdir():
            if table.is_dir():
                connection.execute(f"CREATE TABLE {which}.{table.name} AS FROM read_parquet('{table}/*.parquet')")
    touched = "SELECT order_id FROM marked.anomalies UNION SELECT entity_id FROM marked.anomalies WHERE entity = 'orders'"
    connection.execute(f"CREATE TABLE touched AS {touched}")
    return connection


@pytest.mark.parametrize("table", ["users", "companies", "branches", "products", "maintenance_visits"])
def test_what_has_nothing_to_do_with_orders_is_the_same_file_in_both_twins(twins, table):
    clean, marked = (sorted((folder / table).iterdir()) for folder in twins)
    assert [file.read_bytes() for file in clean] == [file.read_bytes() for file in marked]


@pytest.mark.parametrize("table", HANGS_ON)
def test_a_row_that_no_anomaly_touches_is_the_same_in_both_twins(both, table):
    for one_side, other in (("clean", "marked"), ("marked", "clean")):
        order = HANGS_ON[table].format(which=one_side)
        strays = both.sql(
            f"""SELECT count(*) FROM (FROM {one_side}.{table} EXCEPT ALL FROM {other}.{table}) AS strange
            WHERE coalesce({order}, -1) NOT IN (FROM touched)"""
        ).fetchall()
        assert strays == [(0,)]


def test_an_order_that_comes_twice_renumbers_no_other(both):
    added = both.sql("SELECT id FROM marked.orders WHERE id NOT IN (SELECT id FROM clean.orders)").fetchall()
    labelled = both.sql("SELECT entity_id FROM marked.anomalies WHERE kind = 'duplicate_order'").fetchall()
    assert sorted(added) == sorted(labelled)
    assert added
    assert both.sql("SELECT count(*) FROM clean.orders WHERE id NOT IN (SELECT id FROM marked.orders)").fetchall() == [(0,)]


def test_the_clean_twin_has_an_empty_answer_key(both):
    assert both.sql("SELECT count(*) FROM clean.anomalies").fetchall() == [(0,)]


# A period that grows

OPEN = {  # what may have moved on for what was still open, or is about the end of the period
    "users": {"last_login_at"},
    "orders": {"status", "delivered_at", "cancel_reason", "status_history"},
    "shipments": {"outcome", "failure_reason", "delivered_at"},
    "payments": {"paid_at", "status", "bulk_batch_id"},
    "refunds": {"status", "decided_by", "decided_at", "rejection_reason"},
    "anomalies": {"at"},
}
HAPPENED = {
    "orders": "ordered_at",
    "order_items": "(SELECT ordered_at FROM orders WHERE orders.id = order_id)",
    "discounts": "granted_at",
    "shipments": "dispatched_at",
    "payments": "(SELECT delivered_at FROM orders WHERE orders.id = order_id)",
    "refunds": "requested_at",
    "audit_logs": '"at"',
    "anomalies": "(SELECT ordered_at FROM orders WHERE orders.id = order_id)",
    "stock_movements": "moved_at",
    "maintenance_visits": "visited_at",
}


@pytest.mark.parametrize("scenario", first_of(["warehouse-outage", "normal-ops", "growth-phase"]))
@pytest.mark.parametrize(
    ("earlier", "later"), first_of([("2024-01-10", "2024-02-15"), ("2024-01-10", "2024-03-31"), ("2024-02-29", "2024-03-01")])
)
def test_a_longer_period_agrees_on_all_that_had_happened(tmp_path, scenario, earlier, later):
    for last_day in (earlier, later):
        colgen.build("erp", volume="small", out=tmp_path / last_day, scenario=scenario, last_day=last_day, settings={"orders_per_day": 20})
    for found in colgen.diff(tmp_path / earlier, tmp_path / later):
        assert found.gone == 0, found.table
        assert set(found.columns) <= OPEN.get(found.table, set()), found.table


def test_what_a_longer_period_adds_had_not_happened(tmp_path):
    for last_day in ("2024-02-10", "2024-03-31"):
        colgen.build("erp", volume="small", out=tmp_path / last_day, last_day=last_day, settings={"orders_per_day": 20})
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for table in HAPPENED:
        connection.execute(f"CREATE VIEW {table} AS FROM read_parquet('{tmp_path}/2024-03-31/{table}/*.parquet')")
    for table, moment in HAPPENED.items():
        early = f"""SELECT count(*) FROM {table} WHERE {moment} < TIMESTAMPTZ '2024-02-11 00:00:00+00'
            AND id NOT IN (SELECT id FROM read_parquet('{tmp_path}/2024-02-10/{table}/*.parquet'))"""
        assert connection.sql(early).fetchall() == [(0,)], table


# Data that an Egyptian would accept


def test_small_volumes_have_somebody_for_everything():
    data = colgen.build("erp", volume="small", settings={"users": 4, "companies": 1}).duckdb()
    assert {role for (role,) in data.sql("SELECT DISTINCT role::VARCHAR FROM users").fetchall()} == {"admin", "manager", "sales", "support"}


def test_machines_are_rare_in_orders_and_coffee_is_not():
    share = "SELECT count(*) FILTER (category = '{}') / count(*) FROM order_items JOIN products ON products.id = product_id"
    assert one(share.format("machine")) < 0.03
    assert one(share.format("coffee")) > 0.1


def test_hardly_any_product_comes_twice_in_an_order():
    twice = "SELECT count(*) / (SELECT count(*) FROM orders) FROM (SELECT order_id, product_id FROM order_items GROUP BY ALL HAVING count(*) > 1)"
    assert one(twice) < 0.01


def test_governorates_are_as_large_as_their_population():
    """Greater Cairo has a fifth to two fifths of the companies."""
    assert 0.15 < one("SELECT count(*) FILTER (governorate IN ('Cairo', 'Giza')) / count(*) FROM companies") < 0.45


def test_payments_follow_the_companys_terms():
    late = """SELECT any_value(payment_terms), median(epoch(paid_at - delivered_at) / 86400) AS days FROM payments
        JOIN orders ON orders.id = order_id JOIN companies ON companies.id = company_id WHERE paid_at IS NOT NULL GROUP BY payment_terms"""
    days = {str(terms): float(median) for terms, median in shop(last_day="2024-06-30").sql(late).fetchall()}
    assert days["on_delivery"] < 1 < 8 < days["net_15"] < 16 < days["net_30"] < 31


def test_all_payments_of_a_batch_come_at_the_same_moment():
    batches = """SELECT count(*) FROM (SELECT bulk_batch_id FROM payments JOIN orders ON orders.id = order_id
        JOIN companies ON companies.id = company_id WHERE payment_terms = 'monthly_bulk' AND bulk_batch_id IS NOT NULL
        AND order_id NOT IN (SELECT order_id FROM anomalies)
        GROUP BY bulk_batch_id HAVING count(DISTINCT paid_at) > 1)"""
    assert one(batches, last_day="2024-06-30") == 0
