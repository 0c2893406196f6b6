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
from tests.support import first_of, thorough

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


@thorough
@pytest.mark.parametrize("scenario", first_of(sorted(ANOMALY_RATES, key=COMMON.index), quick=2))
def test_as_many_orders_carry_an_anomaly_as_the_scenario_says(scenario):
    labelled, orders, twice = one(
        """SELECT (SELECT count(DISTINCT order_id) FROM anomalies), (SELECT count(*) FROM orders),
        (SELECT count(*) FROM anomalies WHERE kind = 'duplicate_order')""",
        scenario=scenario,
    )
    assert within(labelled / (orders - twice), ANOMALY_RATES[scenario], orders)


@thorough
@pytest.mark.parametrize("scenario", first_of([scenario for scenario in COMMON if scenario != "warehouse-outage"], quick=2))
def test_the_kinds_of_anomalies_come_as_often_as_the_scenario_says(scenario):
    mix = Scenario.read(scenario).conditions(model).anomaly_mix
    found = dict(shop(scenario).sql("SELECT kind::VARCHAR, count(DISTINCT order_id) FROM anomalies GROUP BY kind").fetchall())
    total = sum(found.values())
    assert all(within(found.get(kind, 0) / total, share, total) for kind, share in mix.items())


def orders_expected(scenario: str, last_day: str = "2024-03-31") -> float:
    spec = Spec.of(model, scenario=scenario, settings=BUSY if scenario != "peak-season" else None, last_day=last_day)
    days = np.arange(spec.period.start, spec.period.end + 1)
    return float(spec.generation(model).scenario.calendar.factor(days, spec.period).sum()) * spec.settings["orders_per_day"]


@thorough
def test_orders_come_at_the_rate_of_the_calendar():
    orders = one("SELECT count(*) FROM orders WHERE id NOT IN (SELECT entity_id FROM anomalies WHERE kind = 'duplicate_order')")
    expected = orders_expected("normal-ops")
    assert abs(orders - expected) < 4.5 * sqrt(expected)


@thorough
def test_a_peak_season_has_three_times_the_orders_with_a_summit_in_the_middle():
    usual = one("SELECT count(*) FROM orders")
    busy = colgen.build("erp", scenario="peak-season", settings={**BUSY, "orders_per_day": 3 * BUSY["orders_per_day"]}, seed=3)
    assert Spec.of(model, scenario="peak-season").settings["orders_per_day"] == 3 * Spec.of(model).settings["orders_per_day"]
    weeks = [
        count
        for (count,) in busy.duckdb()
        .sql("SELECT count(*) FROM orders GROUP BY date_trunc('week', ordered_at) ORDER BY min(ordered_at)")
        .fetchall()
    ]
    assert sum(weeks) / usual == pytest.approx(3, rel=0.08)
    assert max(weeks[5:9]) > 2 * max(weeks[0], weeks[-1])


OVERDUE = "SELECT avg((status = 'overdue')::INTEGER) FROM payments"


@thorough
@pytest.mark.parametrize("scenario", first_of(["normal-ops", "payment-crisis", "anomaly-heavy", "peak-season"], quick=2))
@pytest.mark.parametrize("seed", first_of(range(3)))
def test_as_many_payments_are_overdue_at_the_end_as_the_scenario_says(scenario, seed):
    found = colgen.build("erp", scenario=scenario, seed=seed).duckdb().sql(OVERDUE).fetchall()[0][0]
    assert found == pytest.approx(Scenario.read(scenario).conditions(model).rates["overdue"], abs=0.02)


@thorough
def test_a_payment_crisis_sets_in_after_a_month():
    late = "SELECT avg((coalesce(paid_at, '2024-04-01') > due_at)::INTEGER) FROM payments WHERE due_at BETWEEN '{}' AND '{}'"
    before = late.format("2024-01-01", "2024-01-30")
    assert one(before, scenario="payment-crisis") < one(before) + 0.25
    assert one(late.format("2024-02-20", "2024-03-20"), scenario="payment-crisis") > 2 * one(before, scenario="payment-crisis")


def test_late_payment_is_a_debtor():
    """A tenth of the debtors owes two fifths of the arrears, and how often companies pay late differs more than chance would have it."""
    owed, debtors = one("""WITH debts AS (SELECT company_id, sum(amount) AS debt FROM payments JOIN orders ON orders.id = order_id
            WHERE payments.status = 'overdue' GROUP BY company_id),
        ranked AS (SELECT debt, row_number() OVER (ORDER BY debt DESC) AS place, count(*) OVER () AS debtors FROM debts)
        SELECT sum(debt) FILTER (place <= ceil(debtors / 10)) / sum(debt), any_value(debtors) FROM ranked""")
    assert debtors > 20
    assert owed > 0.35
    spread = one("""WITH due AS (SELECT company_id, (coalesce(paid_at, '2024-04-01') > due_at)::INTEGER AS late FROM payments
            JOIN orders ON orders.id = order_id WHERE due_at < '2024-04-01'),
        rate AS (SELECT avg(late) AS rate FROM due),
        companies AS (SELECT count(*) AS due, sum(late) AS late FROM due GROUP BY company_id HAVING count(*) >= 10)
        SELECT sum((late - due * rate) ** 2 / (due * rate * (1 - rate))) / count(*) FROM companies, rate""")
    assert 2 < spread < 100


@thorough
def test_few_deliveries_arrive_while_the_warehouse_stands_still():
    window = (
        "SELECT count(*) FROM shipments WHERE outcome = 'delivered' AND delivered_at::DATE BETWEEN DATE '2024-01-08' AND DATE '2024-01-21'"
    )
    assert one(window, scenario="warehouse-outage") < 0.25 * one(window)


def test_many_orders_are_cancelled_in_an_outage_and_no_more_before_and_after():
    share = "SELECT avg((status = 'cancelled')::INTEGER) FROM orders WHERE scheduled_delivery BETWEEN '{}' AND '{}'"
    inside, after = share.format("2024-01-08", "2024-01-21"), share.format("2024-01-25", "2024-03-20")
    assert 0.35 < one(inside, scenario="warehouse-outage") < 0.7
    assert one(after, scenario="warehouse-outage") < 1.5 * one(after)


def test_most_that_is_cancelled_in_an_outage_is_out_of_stock():
    share = """SELECT avg((cancel_reason = 'Out of stock')::INTEGER) FROM orders
        WHERE status = 'cancelled' AND scheduled_delivery BETWEEN '2024-01-08' AND '2024-01-21'"""
    assert one(share, scenario="warehouse-outage") > 0.6 > 0.4 > one(share)


def test_most_failed_deliveries_are_where_the_scenario_wants_them():
    failed = "SELECT count(*) FILTER (status = 'failed') / count(*) FROM orders"
    assert one(failed, scenario="anomaly-heavy") > 5 * one(failed)


@thorough
def test_a_growth_phase_has_twice_the_companies_half_of_which_join_and_twice_the_orders_at_its_end():
    assert Spec.of(model, scenario="growth-phase").settings["companies"] == 2 * Spec.of(model).settings["companies"]
    rise = "SELECT count(*) FILTER (ordered_at >= '2024-03-18') / count(*) FILTER (ordered_at < '2024-01-15') FROM orders"
    assert one(rise, scenario="growth-phase") > 2
    joined, companies = one("SELECT count(*) FILTER (since >= '2024-01-01'), count(*) FROM companies", scenario="growth-phase")
    assert companies == BUSY["companies"]
    assert within(joined / companies, 0.5, companies)


# Time


def test_friday_is_near_zero_and_nothing_is_delivered_then():
    assert one("SELECT count(*) FILTER (isodow(ordered_at) = 5) / count(*) FROM orders") < 0.02
    assert one("SELECT count(*) FROM shipments WHERE isodow(dispatched_at) = 5") == 0


@thorough
def test_ramadan_and_its_feast_are_quieter():
    daily = "SELECT count(*) / count(DISTINCT ordered_at::DATE) FROM orders WHERE isodow(ordered_at) <> 5 AND ordered_at::DATE BETWEEN '{}' AND '{}'"
    usual = one(daily.format("2024-02-01", "2024-03-10"), last_day="2024-06-30")
    assert one(daily.format("2024-03-11", "2024-04-08"), last_day="2024-06-30") / usual == pytest.approx(0.72, abs=0.05)
    assert one(daily.format("2024-04-10", "2024-04-11"), last_day="2024-06-30") < 0.35 * usual


def test_orders_are_taken_in_working_hours_of_cairo():
    assert one("SELECT count(*) FILTER (hour(ordered_at) NOT BETWEEN 5 AND 18) FROM orders") == 0


@thorough
def test_bursts_and_outages_of_ones_own_are_followed():
    mine = Scenario.read("normal-ops").derive("mine", time={"bursts": [{"from": dt.date(2024, 2, 5), "days": 2, "times": 4}]})
    assert mine.conditions(model).calendar.bursts == (Burst(dt.date(2024, 2, 5), 2, 4.0, 0),)
    data = colgen.build("erp", scenario=mine, settings=BUSY, seed=3).duckdb()
    one_day = "SELECT count(*) FROM orders WHERE ordered_at::DATE = '2024-02-{}'"
    assert data.sql(one_day.format("05")).fetchall()[0][0] > 3 * data.sql(one_day.format("12")).fetchall()[0][0]


# Anomalies: simple detectors that know nothing of the labels, and what they must find

PRICES = """(SELECT product_id, price, valid_from FROM price_changes UNION ALL SELECT id, price, DATE '2000-01-01' FROM products)"""
DETECTORS = {
    "late_payment": "SELECT id FROM payments WHERE coalesce(paid_at, $now) > due_at + INTERVAL 20 DAY",
    "missed_payment": "SELECT id FROM payments WHERE paid_at IS NULL AND $now > due_at + INTERVAL 20 DAY",
    "delivery_delay": """SELECT shipments.id FROM shipments JOIN orders ON orders.id = order_id
        WHERE outcome = 'delivered' AND dispatched_at::DATE - scheduled_delivery >= 4""",
    "failed_delivery": "SELECT id FROM shipments WHERE attempt = 3 AND outcome = 'failed'",
    "cancellation": "SELECT id FROM orders WHERE status = 'cancelled'",
    "quantity_spike": "SELECT id FROM order_items WHERE quantity >= 3",
    "price_error": f"""SELECT item.id FROM (SELECT order_items.*, ordered_at::DATE AS day FROM order_items JOIN orders ON orders.id = order_id) AS item
        ASOF JOIN {PRICES} AS lists ON lists.product_id = item.product_id AND day >= valid_from WHERE unit_price <> lists.price""",
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


ONLY_LABELLED = {  # what no order without an anomaly has
    "bulk_payment": DETECTORS["bulk_payment"],
    "late_payment": "SELECT id FROM payments WHERE coalesce(paid_at, TIMESTAMPTZ '2024-07-01 00:00:00+00') > due_at + INTERVAL 95 DAY",
    "delivery_delay": """SELECT shipments.id FROM shipments JOIN orders ON orders.id = order_id
        WHERE attempt = 1 AND dispatched_at::DATE - scheduled_delivery > 8""",
    "duplicate_order": "SELECT id FROM orders WHERE cancel_reason = 'Duplicate order'",
}


@pytest.mark.parametrize("kind", ONLY_LABELLED)
def test_what_is_beyond_the_usual_is_labelled(kind):
    table = {"bulk_payment": "payments", "late_payment": "payments", "delivery_delay": "shipments"}.get(kind)
    order = f"(SELECT order_id FROM {table} WHERE {table}.id = detected.id)" if table else "detected.id"
    found, strays = one(
        f"SELECT count(*), count(*) FILTER ({order} NOT IN (SELECT order_id FROM anomalies UNION SELECT entity_id FROM anomalies WHERE entity = 'orders')) FROM ({ONLY_LABELLED[kind]}) AS detected",
        last_day="2024-06-30",
    )
    assert found > 5
    assert strays == 0


@pytest.mark.parametrize("kind", sorted(set(DETECTORS) - {"bulk_payment"}))
def test_a_simple_detector_also_finds_what_is_none(kind):
    """An answer key that a threshold gives away would test nothing."""
    entity = one(f"SELECT entity::VARCHAR FROM anomalies WHERE kind = '{kind}' LIMIT 1")
    detector = DETECTORS[kind].replace("$now", "TIMESTAMPTZ '2024-04-01 00:00:00+00'")
    honest = f"SELECT count(*) FROM ({detector}) AS detected WHERE id NOT IN (SELECT entity_id FROM anomalies WHERE entity = '{entity}')"
    assert one(honest) > 0


def test_no_threshold_on_the_quantity_finds_the_spikes():
    best = one("""WITH lines AS (SELECT quantity, id IN (SELECT entity_id FROM anomalies WHERE kind = 'quantity_spike') AS spike FROM order_items),
        least AS (SELECT DISTINCT quantity AS least FROM lines),
        found AS (SELECT least, count(*) FILTER (quantity >= least AND spike) AS hits, count(*) FILTER (quantity >= least) AS found FROM lines, least GROUP BY least)
        SELECT max(2 * hits / (found + (SELECT count(*) FROM lines WHERE spike))) FROM found""")
    assert best < 0.6


@thorough
@pytest.mark.parametrize("scenario", ["normal-ops", "peak-season"])
def test_spikes_are_a_small_part_of_what_is_sold_and_never_machines(scenario):
    spikes = "id IN (SELECT entity_id FROM anomalies WHERE kind = 'quantity_spike')"
    share, largest = one(
        f"SELECT sum(line_total) FILTER ({spikes}) / sum(line_total), max(line_total) FILTER ({spikes}) / sum(line_total) FROM order_items",
        scenario=scenario,
    )
    assert share < 0.035
    assert largest < 0.01
    machines = (
        f"SELECT count(*) FROM order_items JOIN products ON products.id = product_id WHERE category = 'machine' AND order_items.{spikes}"
    )
    assert one(machines, scenario=scenario) == 0


def test_most_slips_are_noticed():
    """An order with a spike, or one that came twice, is cancelled or its money claimed back, more often than not."""
    noticed = """SELECT avg((status = 'cancelled' OR id IN (SELECT order_id FROM refunds))::INTEGER) FROM orders
        WHERE id IN (SELECT {} FROM anomalies WHERE kind = '{}')"""
    assert one(noticed.format("order_id", "quantity_spike"), last_day="2024-06-30") > 0.5
    assert one(noticed.format("entity_id", "duplicate_order"), last_day="2024-06-30") > 0.6


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
    "maintenance_visits": "order_id",
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


@pytest.mark.parametrize("table", ["users", "companies", "branches", "products", "price_changes"])
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
    "companies": {"left_on"},
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


@thorough
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


@thorough
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


@thorough
def test_small_volumes_have_somebody_for_everything():
    data = colgen.build("erp", volume="small", settings={"users": 4, "companies": 1}).duckdb()
    assert {role for (role,) in data.sql("SELECT DISTINCT role::VARCHAR FROM users").fetchall()} == {"admin", "manager", "sales", "support"}


# A business


def test_a_distributor_of_coffee_sells_coffee():
    share = "SELECT sum(line_total) FILTER (category = '{}') / sum(line_total) FROM order_items JOIN products ON products.id = product_id"
    assert 0.4 < one(share.format("coffee")) < 0.6
    assert one(share.format("machine")) < 0.2
    assert one(share.format("spare part")) < 0.15


def test_cafes_want_other_things_than_banks_do():
    tea = """SELECT sum(line_total) FILTER (category = 'tea') / sum(line_total) FROM order_items JOIN products ON products.id = product_id
        JOIN orders ON orders.id = order_id JOIN companies ON companies.id = company_id WHERE kind = '{}'"""
    assert one(tea.format("bank")) > 4 * one(tea.format("cafe"))


def test_dear_goods_are_ordered_in_small_numbers():
    assert one("SELECT corr(quantity, ln(unit_price)) FROM order_items") < -0.3
    assert one("SELECT max(quantity) FROM order_items JOIN products ON products.id = product_id WHERE category = 'machine'") <= 3


def test_hardly_any_product_comes_twice_in_an_order():
    twice = "SELECT count(*) / (SELECT count(*) FROM orders) FROM (SELECT order_id, product_id FROM order_items GROUP BY ALL HAVING count(*) > 1)"
    assert one(twice) < 0.001


@pytest.mark.parametrize("seed", first_of(range(3)))
def test_who_is_large_orders_more(seed):
    data = colgen.build("erp", tables=["orders", "companies"], seed=seed).duckdb()
    found = data.sql("""WITH bought AS (SELECT list_position(['small', 'medium', 'large'], size) AS size, count(orders.id) AS orders
            FROM companies LEFT JOIN orders ON company_id = companies.id GROUP BY companies.id, size),
        ranks AS (SELECT rank() OVER (ORDER BY size) + (count(*) OVER (PARTITION BY size) - 1) / 2 AS size,
            rank() OVER (ORDER BY orders) + (count(*) OVER (PARTITION BY orders) - 1) / 2 AS orders FROM bought)
        SELECT corr(size, orders) FROM ranks""").fetchall()[0][0]
    assert found > 0.5
    largest = data.sql("SELECT max(orders) / sum(orders) FROM (SELECT count(*) AS orders FROM orders GROUP BY company_id)").fetchall()[0][0]
    assert 0.03 < largest < 0.08


def test_small_companies_pay_on_delivery_and_all_together_as_the_scenario_says():
    terms = "SELECT avg((payment_terms = '{}')::INTEGER) FROM companies WHERE size IN {}"
    assert one(terms.format("on_delivery", "('small')")) > 0.4 > 0.2 > one(terms.format("on_delivery", "('medium', 'large')"))
    assert within(one(terms.format("on_delivery", "('small', 'medium', 'large')")), 0.35, BUSY["companies"])


def test_few_debtors_exceed_their_credit_limit():
    exceeding = one("""WITH debts AS (SELECT company_id, sum(amount) AS debt FROM payments JOIN orders ON orders.id = order_id
            WHERE paid_at IS NULL GROUP BY company_id)
        SELECT avg((debt > credit_limit)::INTEGER) FROM debts JOIN companies ON companies.id = company_id WHERE payment_terms = 'net_30'""")
    assert exceeding < 0.15


@thorough
def test_companies_come_and_go():
    joined, left = one("SELECT count(*) FILTER (since > '2024-01-01'), count(left_on) FROM companies", last_day="2024-12-31")
    assert within(joined / BUSY["companies"], 0.06, BUSY["companies"])
    assert 0.1 < left / BUSY["companies"] < 0.35
    first = """SELECT median(ordered::DATE - since) FROM (SELECT min(ordered_at) AS ordered, any_value(since) AS since FROM orders
        JOIN companies ON companies.id = company_id WHERE since >= '2024-01-01' GROUP BY company_id)"""
    assert one(first, last_day="2024-12-31") < 14


@thorough
def test_there_is_always_somebody_who_orders():
    """However long the period is."""
    data = colgen.build(
        "erp", volume="small", settings={"companies": 3, "orders_per_day": 1}, last_day="2033-12-31", tables=["orders"]
    ).duckdb()
    assert data.sql("SELECT count(*) FROM orders WHERE ordered_at >= '2033-12-01'").fetchall()[0][0] > 10


def test_prices_rise_and_items_follow():
    steps = "SELECT count(*) / (SELECT count(*) FROM products) FROM price_changes"
    assert one(steps, last_day="2024-12-31") == pytest.approx(366 / 128, rel=0.1)
    changed = "SELECT avg((unit_price <> price)::INTEGER) FROM order_items JOIN products ON products.id = product_id"
    assert one(changed, last_day="2024-12-31") > 0.5


def test_goods_leave_the_warehouse_with_the_order():
    """And come back in the evening, mostly to be sold."""
    early = """SELECT count(*) FROM stock_movements JOIN order_items ON order_items.id = order_item_id
        JOIN (SELECT order_id, min(dispatched_at) AS dispatched_at FROM shipments GROUP BY order_id) USING (order_id)
        WHERE kind = 'fulfilment' AND moved_at <> dispatched_at"""
    assert one(early) == 0
    assert (
        0.05
        < one("SELECT sum(-quantity) FILTER (reason = 'not fit for sale') / sum(quantity) FILTER (kind = 'return') FROM stock_movements")
        < 0.5
    )


def test_drivers_know_their_way():
    stops, governorates = one("""WITH days AS (SELECT count(*) AS stops, count(DISTINCT governorate) AS governorates FROM shipments
            JOIN orders ON orders.id = order_id JOIN companies ON companies.id = company_id GROUP BY driver, dispatched_at::DATE)
        SELECT avg(stops), avg(governorates) FROM days""")
    assert 5 < stops < 30
    assert governorates < 5


def test_a_machine_is_installed_where_it_was_delivered():
    assert one("SELECT count(*) FROM maintenance_visits WHERE kind = 'installation'") > 5


def test_offices_and_banks_have_their_hours():
    """In Cairo, which is taken to be two hours ahead of UTC the year round."""
    outside = (
        "SELECT count(*) FILTER (hour({0} + INTERVAL 2 HOUR) NOT BETWEEN 9 AND 17) + count(*) FILTER (isodow({0}) = 5) FROM {1} WHERE {2}"
    )
    assert one(outside.format("requested_at", "refunds", "true")) == 0
    assert one(outside.format("decided_at", "refunds", "true")) == 0
    assert one(outside.format("paid_at", "payments", "method IN ('bank_transfer', 'cheque')")) == 0
    assert one(outside.format('"at"', "audit_logs", """changes LIKE '%"overdue"]%'""")) == 0
    assert one("SELECT count(*) FROM payments WHERE strftime(due_at + INTERVAL 2 HOUR, '%H:%M:%S') <> '23:59:59'") == 0


def test_counts_of_days_are_chance():
    """Days that the calendar has alike differ as much as Poisson counts, or somewhat more."""
    spread = one("""WITH days AS (SELECT ordered_at::DATE AS day, count(*) AS orders FROM orders WHERE ordered_at < '2024-03-10' GROUP BY day),
        pairs AS (SELECT days.orders, earlier.orders AS before FROM days JOIN days AS earlier ON earlier.day = days.day - 7 WHERE isodow(days.day) <> 5)
        SELECT avg((orders - before) ** 2 / (orders + before)) FROM pairs""")
    assert 0.7 < spread < 8


def test_governorates_are_as_large_as_their_population():
    """Greater Cairo has a fifth to two fifths of the companies."""
    assert 0.15 < one("SELECT count(*) FILTER (governorate IN ('Cairo', 'Giza')) / count(*) FROM companies") < 0.45


def test_a_second_visit_comes_days_after_the_first_over_a_long_holiday_too():
    settings = {"orders_per_day": 1, "companies": 20, "products": 50, "visits_per_week": 20_000}
    april = {"first_day": "2024-04-01", "last_day": "2024-04-30"}  # a week of which is Eid
    data = colgen.build("erp", settings=settings, tables=["maintenance_visits"], **april).duckdb()
    visits, days = data.sql("""SELECT count(*), min(later.visited_at::DATE - earlier.visited_at::DATE) FROM maintenance_visits AS later
        JOIN maintenance_visits AS earlier ON earlier.id = later.follow_up_of""").fetchall()[0]
    assert visits > 5000
    assert days >= 3


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
