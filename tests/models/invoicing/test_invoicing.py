"""The invoicing model is the business its specification describes."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

import colgen
from colgen.pipeline.dataset import Dataset
from tests.support import SEEDS, first_of


@pytest.fixture(scope="module")
def data() -> Dataset:
    return colgen.build("invoicing", volume="large", scale=4, seed=11)


@pytest.fixture(scope="module")
def sql(data: Dataset) -> duckdb.DuckDBPyConnection:
    return data.duckdb()


@pytest.mark.parametrize("volume", first_of(["small", "medium", "large"]))
def test_every_rule_holds(volume: str, tmp_path: Path) -> None:
    colgen.build("invoicing", volume=volume, out=tmp_path / "data")
    outcomes = colgen.check(tmp_path / "data")
    assert [one for one in outcomes if not one.holds] == []
    assert len(outcomes) > 140


@pytest.mark.parametrize("seed", first_of(range(100, 100 + SEEDS)))
def test_every_rule_holds_for_any_seed(seed: int, tmp_path: Path) -> None:
    colgen.build("invoicing", volume="small", seed=seed, out=tmp_path / "data")
    assert [one for one in colgen.check(tmp_path / "data") if not one.holds] == []


@pytest.mark.parametrize(
    "request_",
    first_of(
        [
            {"settings": {"customers": 1, "products": 1, "invoices": 1}},
            {"settings": {"lines_min": 0, "lines_max": 2}},
            {"settings": {"customers": 3, "invoices": 40}, "first_day": "2024-12-31"},
            {"settings": {"lines_min": 0, "lines_max": 2}, "volume": "medium"},
            {"settings": {"customers": 1, "products": 1, "invoices": 500}},
            {"first_day": "2020-02-29", "last_day": "2025-06-30", "volume": "medium"},
            {"last_day": "2023-02-28", "volume": "medium"},
            {"first_day": "2024-12-01", "volume": "medium"},
        ],
        quick=2,
    ),
)
def test_every_rule_holds_at_the_edges(request_: dict, tmp_path: Path) -> None:
    colgen.build("invoicing", out=tmp_path / "data", **request_)
    assert [one for one in colgen.check(tmp_path / "data") if not one.holds] == []


def test_volumes_give_exactly_their_counts() -> None:
    for volume, customers, products, invoices in (("small", 25, 100, 75), ("medium", 100, 500, 300), ("large", 1000, 2000, 5000)):
        rows = colgen.build("invoicing", volume=volume).rows
        assert (rows["customers"], rows["products"], rows["invoices"]) == (customers, products, invoices)


def test_tables_have_the_columns_of_the_contract(data: Dataset) -> None:
    contract = {
        "customer_types": "id name description credit_limit_multiplier discount_percentage priority_level active",
        "product_categories": "id name description active",
        "customers": "id name email phone status customer_type_id credit_limit created_at",
        "customer_addresses": "id customer_id address_type street_address city state zip_code country is_primary created_at",
        "products": "id sku name product_category_id cost price weight active created_at",
        "inventory": "id product_id warehouse_location quantity_on_hand reorder_point reorder_quantity last_restocked_at",
        "invoices": "id invoice_number customer_id date due_date status subtotal tax_rate tax_amount total created_at",
        "invoice_line_items": "id invoice_id line_number product_id quantity unit_price line_total",
    }
    for name, columns in contract.items():
        assert set(columns.split()) <= set(data.frame(name).columns), name


def test_money_is_decimal_and_times_are_utc(data: Dataset) -> None:
    schema = data.frame("invoices").schema
    assert schema["total"] == pl.Decimal(12, 2)
    assert schema["created_at"] == pl.Datetime("us", "UTC")
    assert schema["date"] == pl.Date


def test_customer_types_rise_with_each_tier(data: Dataset) -> None:
    types = data.frame("customer_types")
    assert types["name"].to_list() == ["Bronze", "Silver", "Gold", "Platinum"]
    assert types["credit_limit_multiplier"].to_list()[0] == Decimal("1.0")
    assert types["credit_limit_multiplier"].is_sorted()
    assert types["discount_percentage"].to_list()[0] == 0
    assert types["discount_percentage"].is_sorted()


def test_the_higher_the_tier_the_rarer(sql: duckdb.DuckDBPyConnection) -> None:
    counts = [row[0] for row in sql.sql("SELECT count(*) FROM customers GROUP BY customer_type_id ORDER BY customer_type_id").fetchall()]
    assert counts == sorted(counts, reverse=True)


def test_most_lines_fall_on_few_products(data: Dataset) -> None:
    counts = np.sort(np.bincount(data.frame("invoice_line_items")["product_id"].to_numpy(), minlength=8001)[1:])[::-1]
    assert 0.76 < counts[: len(counts) // 5].sum() / counts.sum() < 0.84


def test_the_best_seller_is_not_the_first_product(data: Dataset) -> None:
    best = data.frame("invoice_line_items")["product_id"].value_counts(sort=True)["product_id"][:5].to_list()
    assert best != sorted(best)
    assert 1 not in best


def test_invoices_lie_in_three_bands_of_age(sql: duckdb.DuckDBPyConnection) -> None:
    shares = sql.sql(
        """SELECT count(*) FILTER (age <= 30) / count(*), count(*) FILTER (age BETWEEN 31 AND 90) / count(*), count(*) FILTER (age > 90) / count(*)
        FROM (SELECT DATE '2024-12-31' - date AS age FROM invoices)"""
    ).fetchall()[0]
    assert shares == pytest.approx((0.4, 0.3, 0.3), abs=0.001)


def test_weekends_are_quieter_than_weekdays(sql: duckdb.DuckDBPyConnection) -> None:
    weekend, week = sql.sql(
        "SELECT count(*) FILTER (isodow(date) > 5) / 2, count(*) FILTER (isodow(date) <= 5) / 5 FROM invoices WHERE date < '2024-10-01'"
    ).fetchall()[0]
    assert weekend < 0.4 * week


def test_december_is_the_busiest_month(sql: duckdb.DuckDBPyConnection) -> None:
    assert sql.sql("SELECT month(date) FROM invoices GROUP BY 1 ORDER BY count(*) DESC LIMIT 1").fetchall()[0][0] == 12


def test_some_stock_is_below_its_reorder_point(sql: duckdb.DuckDBPyConnection) -> None:
    share = sql.sql("SELECT count(*) FILTER (quantity_on_hand < reorder_point) / count(*) FROM inventory").fetchall()[0][0]
    assert 0.1 < share < 0.25


def test_a_name_and_its_address_fit(data: Dataset) -> None:
    for name, email in data.frame("customers").select("name", "email").head(200).iter_rows():
        first, last = name.split(" ", 1)
        keep = "".join
        assert email.startswith(f"{keep(c for c in first.lower() if c.isalnum())}.{keep(c for c in last.lower() if c.isalnum())}."), (
            name,
            email,
        )


def test_a_product_fits_its_category(sql: duckdb.DuckDBPyConnection) -> None:
    from colgen.vocabulary import readers

    kinds = readers.table("product_kinds")
    sql.register("kinds", kinds)
    strangers = sql.sql(
        """SELECT products.name, c.name FROM products JOIN product_categories AS c ON c.id = product_category_id
        WHERE NOT EXISTS (SELECT 1 FROM kinds WHERE kinds.category = c.name AND ends_with(products.name, ' ' || kinds.kind))"""
    ).fetchall()
    assert strangers == []


def test_populous_places_come_up_more_often(sql: duckdb.DuckDBPyConnection) -> None:
    states = [row[0] for row in sql.sql("SELECT state FROM customer_addresses GROUP BY state ORDER BY count(*) DESC LIMIT 4").fetchall()]
    assert {"CA", "TX"} <= set(states)


def test_tax_is_rounded_half_up(data: Dataset) -> None:
    for subtotal, rate, tax in data.frame("invoices").select("subtotal", "tax_rate", "tax_amount").head(2000).iter_rows():
        assert tax == (subtotal * rate).quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_ids_ascend_with_time(data: Dataset) -> None:
    invoices = data.frame("invoices")
    assert invoices["created_at"].is_sorted()
    assert invoices["invoice_number"].is_sorted()
    assert data.frame("customers")["created_at"].dt.date().is_sorted()


def test_part_of_the_customers_precede_the_period(data: Dataset) -> None:
    before = (data.frame("customers")["created_at"].dt.year() < 2024).mean()
    assert before == pytest.approx(0.8, abs=0.01)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports") / "data"
    colgen.build("invoicing", volume="large", out=folder)
    return folder


def test_grand_totals_of_the_reports_agree_to_the_cent(folder: Path) -> None:
    customers = colgen.report("customer_summary", folder)
    finances = colgen.report("financial_summary", folder)
    invoices = colgen.report("invoice_details", folder)
    everyone, total = customers.tail(1).to_dicts()[0], finances.tail(1).to_dicts()[0]
    assert (
        everyone["revenue"]
        == total["revenue"]
        == invoices["total"].sum()
        == customers[:-1]["revenue"].sum()
        == finances[:-1]["revenue"].sum()
    )
    assert everyone["invoices"] == total["invoices"] == invoices.height == 5000
    assert everyone["outstanding"] == total["outstanding"] == customers[:-1]["outstanding"].sum()
    assert total["revenue"] == total["net"] + total["tax"] == total["paid"] + total["outstanding"]
    overdue = sum(total[name] for name in ("overdue_0_30", "overdue_31_60", "overdue_61_90", "overdue_over_90"))
    assert total["outstanding"] == total["pending"] + overdue
    assert overdue > 0


def test_stock_report_adds_up(folder: Path) -> None:
    stock = colgen.report("product_inventory", folder)
    whole = stock.tail(1).to_dicts()[0]
    for column in ("units", "stock_value", "below_reorder_point", "units_to_order"):
        assert stock[:-1][column].sum() == whole[column]
    assert whole["products"] == 2000


def test_one_invoice_in_detail(folder: Path) -> None:
    lines = colgen.report("invoice_details", folder, invoice="INV-2024-00000042")
    assert lines["line_number"].to_list() == list(range(1, lines.height + 1))
    assert lines["line_total"].sum() == lines["subtotal"][0]
    assert lines["total"][0] == lines["subtotal"][0] + lines["tax_amount"][0]


@pytest.mark.parametrize(
    "settings",
    first_of(
        [{"lines_min": 0, "lines_max": 0}, {"customers": 1, "products": 1, "invoices": 1}, {"addresses_min": 1, "addresses_max": 1}],
        quick=1,
    ),
)
def test_settings_at_the_end_of_their_range_make_sound_data(settings: dict[str, int], tmp_path: Path) -> None:
    colgen.build("invoicing", settings=settings, out=tmp_path / "data", check=True)


# Behaviour: who is large buys more, pays later and has what a large customer has; days differ by chance


def number(sql: duckdb.DuckDBPyConnection, query: str) -> float:
    return float(sql.sql(query).fetchall()[0][0])


def test_a_customer_of_a_higher_tier_buys_more_often_and_more_at_a_time(sql: duckdb.DuckDBPyConnection) -> None:
    tiers = sql.sql(
        """SELECT count(invoices.id) / count(DISTINCT customers.id), avg(total) FROM customers JOIN invoices ON customer_id = customers.id
        GROUP BY customer_type_id ORDER BY customer_type_id"""
    ).fetchall()
    often, much = zip(*tiers, strict=True)
    assert list(often) == sorted(often)
    assert list(much) == sorted(much)
    assert often[3] > 3 * often[0]


def test_few_customers_owe_more_than_their_credit_limit(sql: duckdb.DuckDBPyConnection) -> None:
    balances = "SELECT customer_id, sum(total) AS balance FROM invoices WHERE status <> 'paid' GROUP BY customer_id"
    over = number(sql, f"SELECT avg((balance > credit_limit)::INTEGER) FROM ({balances}) JOIN customers ON customers.id = customer_id")
    assert over < 0.05


def test_an_invoice_is_paid_on_a_day_that_comes_closer_with_its_age(sql: duckdb.DuckDBPyConnection) -> None:
    paid = [
        number(sql, f"SELECT avg((status = 'paid')::INTEGER) FROM invoices WHERE DATE '2024-12-31' - date BETWEEN {low} AND {high}")
        for low, high in ((0, 9), (10, 19), (20, 29), (30, 44), (45, 59), (60, 119), (120, 365))
    ]
    assert paid == sorted(paid)
    assert paid[0] < 0.03
    assert paid[4] > 0.7
    assert paid[6] > 0.98


def test_nobody_pays_at_weekends(sql: duckdb.DuckDBPyConnection) -> None:
    assert number(sql, "SELECT count(*) FROM invoices WHERE isodow(paid_on) > 5 AND paid_on < DATE '2024-12-31'") == 0


def test_late_payment_is_a_debtors_habit(sql: duckdb.DuckDBPyConnection) -> None:
    """As a coin, the late share by customer would have a chi-square of 1 a degree of freedom."""
    chi = number(
        sql,
        """WITH settled AS (SELECT customer_id, count(*) AS n, count(*) FILTER (paid_on > due_date OR paid_on IS NULL) AS late FROM invoices
            WHERE due_date < '2024-12-31' GROUP BY customer_id HAVING n >= 5),
        mean AS (SELECT sum(late) / sum(n) AS p FROM settled)
        SELECT avg((late - n * p) ** 2 / (n * p * (1 - p))) FROM settled, mean""",
    )
    assert chi > 2


def test_days_differ_by_chance_and_from_seed_to_seed(data: Dataset) -> None:
    other = colgen.build("invoicing", volume="large", scale=4, seed=12).frame("invoices")
    counts = [frame.group_by("date").len().sort("date")["len"].to_numpy() for frame in (data.frame("invoices"), other)]
    shortest = min(map(len, counts))
    assert (counts[0][-shortest:] == counts[1][-shortest:]).mean() < 0.2


def test_hardly_anything_is_billed_on_public_holidays(sql: duckdb.DuckDBPyConnection) -> None:
    for day in ("2024-07-04", "2024-11-28", "2024-12-25"):
        usual = number(sql, f"SELECT count(*) FROM invoices WHERE date = DATE '{day}' - 7")
        assert number(sql, f"SELECT count(*) FROM invoices WHERE date = DATE '{day}'") < 0.4 * usual


def test_invoices_are_written_in_office_hours_in_new_york(sql: duckdb.DuckDBPyConnection) -> None:
    hours = sql.sql("SELECT min(hour(created_at - INTERVAL 5 HOUR)), max(hour(created_at - INTERVAL 5 HOUR)) FROM invoices").fetchall()[0]
    assert hours == (6, 18)


def test_what_is_dear_is_bought_one_by_one(sql: duckdb.DuckDBPyConnection) -> None:
    mean = "SELECT avg(quantity) FROM invoice_line_items JOIN products ON products.id = product_id WHERE price"
    assert number(sql, f"{mean} > 500") < 2.5
    assert number(sql, f"{mean} < 10") > 8


def test_what_is_no_longer_sold_is_not_sold_any_more(sql: duckdb.DuckDBPyConnection) -> None:
    share = "SELECT avg((NOT active)::INTEGER) FROM invoice_line_items JOIN products ON products.id = product_id"
    assert number(sql, share) < 0.05
    assert number(sql, f"{share} JOIN invoices ON invoices.id = invoice_id WHERE date > '2024-12-20'") < 0.005


def test_stock_lasts_as_long_for_a_best_seller_as_for_a_slow_mover(sql: duckdb.DuckDBPyConnection) -> None:
    """The reorder point covers ten to twenty days of sales, whatever sells."""
    found = sql.sql(
        """WITH sold AS (SELECT product_id, sum(quantity) AS units FROM invoice_line_items GROUP BY product_id ORDER BY units DESC LIMIT 400),
        stocked AS (SELECT product_id, sum(reorder_point) AS point FROM inventory GROUP BY product_id)
        SELECT corr(ln(units), ln(point + 1)) FROM sold JOIN stocked USING (product_id) JOIN products ON products.id = product_id AND active"""
    ).fetchall()
    assert found[0][0] > 0.5
