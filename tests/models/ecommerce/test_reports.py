"""The shop's reports say what its tables hold, and agree where they overlap."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import colgen
from colgen.declare.find import find_model
from tests.support import colgen as command
from tests.support import first_of

NAMES = [report.name for report in find_model("ecommerce").reports]
Rows = Callable[[str], pl.DataFrame]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three months of a shop with some 5,000 orders."""
    folder = tmp_path_factory.mktemp("shop") / "data"
    colgen.build(
        "ecommerce",
        volume="small",
        settings={"days": 92, "sessions_per_day": 400, "orders_per_customer": 20},
        seed=3,
        threads=1,
        out=folder,
    )
    return folder


@pytest.fixture(scope="module")
def report(folder: Path) -> Rows:
    found: dict[str, pl.DataFrame] = {}

    def of(name: str) -> pl.DataFrame:
        if name not in found:
            found[name] = colgen.report(name, folder)
        return found[name]

    return of


@pytest.fixture(scope="module")
def table(folder: Path) -> Rows:
    return lambda name: pl.read_parquet(folder / name / "*.parquet")


def last(rows: pl.DataFrame) -> dict:
    """The row of all."""
    return rows.tail(1).to_dicts()[0]


def test_there_are_eleven_reports_and_each_says_what_it_shows() -> None:
    reports = find_model("ecommerce").reports
    assert len(reports) == 11
    for one in reports:
        assert one.description.endswith(".")
        assert one.sql.startswith(f"-- {one.description}\n")


def test_reports_of_money_say_in_which_and_what_does_not_count() -> None:
    for one in find_model("ecommerce").reports:
        if "exchange_rate" in one.sql:
            assert "US dollars" in one.description, one.name
            assert "cancelled" in one.description, one.name


@pytest.mark.parametrize("format", first_of(["csv", "parquet", "jsonl", "arrow"]))
def test_every_report_runs_where_nobody_has_bought(format: str, tmp_path: Path) -> None:
    settings = {"customers": 1, "products": 1, "days": 1, "sessions_per_day": 2, "orders_per_customer": 0}
    colgen.build("ecommerce", volume="small", settings=settings, format=format, out=tmp_path / "data")
    rows = {name: colgen.report(name, tmp_path / "data") for name in NAMES}
    assert last(rows["funnel"])["sessions"] == last(rows["channels"])["sessions"] > 0
    assert last(rows["countries"])["orders"] == last(rows["repeat_purchase"])["placed"] == 0
    assert last(rows["revenue_by_month"])["revenue"] == 0


def test_revenue_is_what_was_ordered_and_not_cancelled(report: Rows, table: Rows) -> None:
    amount = (pl.col("subtotal") - pl.col("discount")).cast(float) / pl.col("exchange_rate").cast(float)
    expected = table("raw_orders").filter(pl.col("status") != "cancelled").select(amount.sum()).item()
    assert float(last(report("revenue_by_month"))["revenue"]) == pytest.approx(expected, abs=0.01)


def test_revenue_agrees_to_the_cent(report: Rows) -> None:
    revenue = {name: last(report(name))["revenue"] for name in ("revenue_by_month", "countries", "channels")}
    assert len(set(revenue.values())) == 1, revenue


def test_categories_add_up_to_their_month_and_months_to_all(report: Rows) -> None:
    rows = report("revenue_by_month")
    categories = rows.filter(pl.col("category").is_not_null())
    months = rows.filter(pl.col("category").is_null() & pl.col("month").is_not_null())
    assert months["month"].to_list() == ["2024-10", "2024-11", "2024-12"]
    for column in ("units", "revenue", "sent_back"):
        assert float(months[column].sum()) == pytest.approx(float(last(rows)[column]), abs=0.03), column
        of_month = categories.group_by("month").agg(pl.col(column).sum()).sort("month")[column].cast(float).to_list()
        assert of_month == pytest.approx(months[column].cast(float).to_list(), abs=0.1), column
    assert months["orders"].sum() == last(rows)["orders"]


def test_an_order_counts_once_in_its_month_and_in_each_of_its_categories(report: Rows, table: Rows) -> None:
    rows = report("revenue_by_month")
    paid = table("raw_orders").filter(pl.col("status") != "cancelled")
    assert last(rows)["orders"] == paid.height
    assert rows.filter(pl.col("category").is_not_null())["orders"].sum() > paid.height


def test_some_of_the_revenue_is_sent_back(report: Rows) -> None:
    rows = report("revenue_by_month")
    assert 0.01 < float(last(rows)["sent_back"]) / float(last(rows)["revenue"]) < 0.15
    assert (rows["sent_back"] < rows["revenue"]).all()


def test_the_funnel_narrows(report: Rows) -> None:
    for row in report("funnel").iter_rows(named=True):
        steps = [row[name] for name in ("sessions", "product_view", "add_to_cart", "checkout_start", "purchase")]
        assert steps == sorted(steps, reverse=True)
        assert steps[-1] > 0


def test_rates_of_the_funnel_are_those_of_its_steps(report: Rows) -> None:
    for row in report("funnel").iter_rows(named=True):
        product = row["view_rate"] * row["cart_rate"] * row["checkout_rate"] * row["purchase_rate"]
        assert product == pytest.approx(row["conversion"], abs=0.001)
        assert row["conversion"] == pytest.approx(row["purchase"] / row["sessions"], abs=0.0001)


def test_devices_add_up_to_all(report: Rows) -> None:
    rows = report("funnel")
    assert rows["device"].to_list() == ["desktop", "mobile", "tablet", None]
    for column in ("sessions", "product_view", "add_to_cart", "checkout_start", "purchase"):
        assert rows[:-1][column].sum() == last(rows)[column]


def test_the_funnel_begins_where_sessions_do_not_bounce(report: Rows, table: Rows) -> None:
    sessions, whole = table("raw_sessions"), last(report("funnel"))
    assert whole["sessions"] == sessions.height
    assert whole["product_view"] <= sessions.height - sessions["is_bounce"].sum()


def test_purchases_are_orders_in_every_report(report: Rows, table: Rows) -> None:
    orders = table("raw_orders").height
    assert last(report("funnel"))["purchase"] == orders
    assert last(report("channels"))["orders"] == orders
    assert last(report("countries"))["orders"] == orders
    assert last(report("repeat_purchase"))["placed"] == orders
    assert last(report("countries"))["orders"] - last(report("countries"))["cancelled"] == last(report("revenue_by_month"))["orders"]


def test_sessions_agree(report: Rows) -> None:
    assert last(report("funnel"))["sessions"] == last(report("channels"))["sessions"] == report("session_length_by_hour")["sessions"].sum()


def test_every_customer_who_came_and_ordered_is_in_one_cohort(report: Rows, table: Rows) -> None:
    begun = report("cohort_retention").filter(pl.col("months_since") == 0)
    assert (begun["customers"] == begun["ordered"]).all()
    assert begun["share"].to_list() == [1.0] * 3
    new = table("raw_customers").filter(pl.col("registration_date") >= pl.date(2024, 9, 30))
    assert begun["customers"].sum() == table("raw_orders").join(new, on="customer_id")["customer_id"].n_unique()
    assert table("raw_orders")["customer_id"].n_unique() == last(report("repeat_purchase"))["customers"]


def test_a_part_of_each_cohort_orders_again(report: Rows) -> None:
    again = report("cohort_retention").filter(pl.col("months_since") > 0)
    assert again.select("first_order", "months_since").rows() == [("2024-10", 1), ("2024-10", 2), ("2024-11", 1)]
    assert again["share"].is_between(0.05, 0.95).all()


def test_pairs_are_counted_once_and_never_more_often_than_their_parts(report: Rows) -> None:
    rows = report("basket_pairs")
    assert rows.height == 50
    assert rows["orders"].is_sorted(descending=True)
    assert (rows["subcategory"] < rows["other"]).all()
    assert rows.select("subcategory", "other").is_unique().all()
    assert (rows["orders"] <= rows["orders_of_one"]).all()
    assert (rows["orders"] <= rows["orders_of_other"]).all()


def test_a_pair_is_in_as_many_orders_as_its_row_says(report: Rows, table: Rows) -> None:
    row = report("basket_pairs").row(0, named=True)
    items = table("raw_order_items").join(table("raw_products").select("product_id", "subcategory"), on="product_id")
    one, other = (set(items.filter(pl.col("subcategory") == row[name])["order_id"]) for name in ("subcategory", "other"))
    orders = table("raw_orders").height
    assert (row["orders"], row["orders_of_one"], row["orders_of_other"]) == (len(one & other), len(one), len(other))
    assert row["lift"] == pytest.approx(len(one & other) * orders / (len(one) * len(other)), abs=0.001)
    assert row["support"] == pytest.approx(len(one & other) / orders, abs=0.0001)


def test_top_products_come_by_units(report: Rows, table: Rows) -> None:
    rows = report("top_products")
    assert rows.height == 50
    assert rows["units"].is_sorted(descending=True)
    assert rows["units"][0] > 4 * rows["units"][49]
    assert rows["units"].sum() <= table("raw_order_items")["quantity"].sum()
    assert (rows["orders"] <= rows["units"]).all()
    assert float(rows["revenue"].sum()) < float(last(report("revenue_by_month"))["revenue"])


def test_the_best_seller_in_detail(report: Rows, table: Rows) -> None:
    best = report("top_products").row(0, named=True)
    paid = table("raw_orders").filter(pl.col("status") != "cancelled").select("order_id")
    items = table("raw_order_items").join(paid, on="order_id").filter(pl.col("product_id") == best["product_id"])
    assert (best["units"], best["orders"]) == (items["quantity"].sum(), items["order_id"].n_unique())
    reviews = table("raw_reviews").filter(pl.col("product_id") == best["product_id"])
    assert (best["reviews"], best["rating"]) == (reviews.height, pytest.approx(reviews["rating"].mean(), abs=0.005))


def test_products_bring_more_than_they_cost(report: Rows) -> None:
    rows = report("top_products").filter(pl.col("units") > 20)
    margin = (rows["margin"].cast(float) / rows["revenue"].cast(float)).to_list()
    assert 0.05 < min(margin) < max(margin) < 0.6


def test_a_product_that_nobody_reviewed_has_no_rating(report: Rows) -> None:
    rows = report("top_products")
    assert ((rows["reviews"] == 0) == rows["rating"].is_null()).all()
    assert rows["rating"].drop_nulls().is_between(1, 5).all()


def test_stock_is_what_came_less_what_went(report: Rows, table: Rows) -> None:
    rows, moved = report("stock_outs"), table("raw_inventory")
    assert last(rows)["stock"] == moved["quantity"].sum()
    assert last(rows)["movements"] == moved.height
    assert last(rows)["sold"] == table("raw_order_items")["quantity"].sum()
    for column in ("products", "movements", "delivered", "sold", "sent_back", "stock", "movements_to_5_or_fewer", "movements_to_none"):
        assert rows[:-1][column].sum() == last(rows)[column], column


def test_least_stock_is_reached_and_never_below_nothing(report: Rows, table: Rows) -> None:
    rows = report("stock_outs")
    least = dict(table("raw_inventory").group_by("warehouse_id").agg(pl.col("stock_after").min()).rows())
    assert dict(rows[:-1].select("warehouse", "least_stock").rows()) == least
    assert (rows["least_stock"] >= 0).all()
    assert (rows["least_stock"] <= rows["median_least_stock"]).all()
    assert (rows["times_at_least_stock"] >= 1).all()
    assert (rows["products_at_5_or_fewer"] <= rows["products"]).all()
    assert (rows["movements_to_none"] <= rows["movements_to_5_or_fewer"]).all()


def test_days_of_cover_are_stock_over_what_a_day_sells(report: Rows) -> None:
    for row in report("stock_outs").filter(pl.col("sold") > 0).iter_rows(named=True):
        assert row["days_of_cover"] == pytest.approx(row["stock"] / (row["sold"] / 92), rel=0.02)


def test_ratings_lie_in_their_band(report: Rows) -> None:
    rows = report("ratings_and_returns").filter(pl.col("rating").is_not_null() & pl.col("band").is_not_null())
    low, high = (rows["band"].str.split(" to ").list.get(place).cast(float) for place in (0, 1))
    assert (rows["rating"] >= low - 0.005).all()
    assert (rows["rating"] <= high + 0.005).all()


def test_subcategories_add_up_to_their_band_and_bands_to_all(report: Rows, table: Rows) -> None:
    rows = report("ratings_and_returns")
    parts = rows.filter(pl.col("subcategory").is_not_null())
    bands = rows.filter(pl.col("subcategory").is_null() & pl.col("band").is_not_null())
    for column in ("products", "reviews", "delivered", "sent_back"):
        assert bands[column].sum() == parts[column].sum() == last(rows)[column]
    assert last(rows)["products"] == 500
    assert last(rows)["reviews"] == table("raw_reviews").height
    assert last(rows)["rating"] == pytest.approx(table("raw_reviews")["rating"].mean(), abs=0.005)


def test_some_of_what_is_delivered_comes_back(report: Rows, table: Rows) -> None:
    rows = report("ratings_and_returns")
    arrived = table("raw_order_items").join(table("raw_orders").filter(pl.col("delivered_at").is_not_null()), on="order_id")
    assert last(rows)["delivered"] == arrived.height
    assert 0.01 < last(rows)["return_rate"] < 0.15
    assert rows["return_rate"].drop_nulls().is_between(0, 1).all()


def test_every_session_has_one_channel(report: Rows) -> None:
    rows = report("channels")
    assert rows[:-1].select("source", "medium", "host").is_unique().all()
    assert rows[:-1]["sessions"].is_sorted(descending=True)
    for column in ("sessions", "orders"):
        assert rows[:-1][column].sum() == last(rows)[column]
    assert float(rows[:-1]["revenue"].sum()) == pytest.approx(float(last(rows)["revenue"]), abs=0.5)


def test_mail_to_customers_converts_better_than_banners(report: Rows) -> None:
    rows = report("channels").group_by("medium").agg(pl.col("sessions").sum(), pl.col("orders").sum())
    conversion = {medium: orders / sessions for medium, sessions, orders in rows.rows()}
    assert conversion["email"] > 2 * conversion["display"]


def test_hosts_are_those_of_the_referrers(report: Rows) -> None:
    hosts = report("channels")[:-1]["host"]
    assert not hosts.str.contains("[/:]").any()
    assert {"(none)", "www.google.com"} <= set(hosts)


def test_customers_by_orders_are_all_who_ordered(report: Rows) -> None:
    rows = report("repeat_purchase")
    assert rows[:-1]["orders"].to_list() == sorted(set(rows[:-1]["orders"]))
    assert rows[:-1]["customers"].sum() == last(rows)["customers"]
    assert rows[:-1]["placed"].sum() == last(rows)["placed"]
    few = rows[:-1].filter(pl.col("orders") < 20)
    assert (few["placed"] == few["orders"] * few["customers"]).all()
    assert rows[:-1]["share_of_customers"].sum() == pytest.approx(1, abs=0.002)
    assert rows[:-1]["share_of_orders"].sum() == pytest.approx(1, abs=0.002)


def test_who_orders_more_often_waits_less(report: Rows) -> None:
    days = dict(report("repeat_purchase")[:-1].select("orders", "median_days_between").rows())
    assert days[1] is None
    assert 92 > days[2] > days[20] > 0


def test_every_hour_has_its_row(report: Rows) -> None:
    rows = report("session_length_by_hour")
    assert rows["hour"].to_list() == list(range(24))
    assert rows["share"].sum() == pytest.approx(1, abs=0.002)
    assert (rows["seconds_90th"] > rows["median_seconds"]).all()
    assert rows["median_seconds"].min() > 0
    assert rows["page_views"].is_between(2, 50).all()


def test_the_evening_in_europe_is_busier_than_its_night(report: Rows) -> None:
    share = dict(report("session_length_by_hour").select("hour", "share").rows())
    assert sum(share[hour] for hour in (19, 20, 21)) > 2 * sum(share[hour] for hour in (3, 4, 5))


def test_countries_hold_every_customer(report: Rows, table: Rows) -> None:
    rows = report("countries")
    assert last(rows)["customers"] == 1000
    assert last(rows)["buyers"] == last(report("repeat_purchase"))["customers"]
    assert dict(rows[:-1].select("country", "customers").rows()) == dict(table("raw_customers").group_by("country").len().rows())
    assert rows[:-1]["revenue"].is_sorted(descending=True)
    assert rows["country"][0] == "United States"


def test_average_order_is_revenue_over_orders(report: Rows) -> None:
    for row in report("countries").iter_rows(named=True):
        assert float(row["average_order"]) == pytest.approx(float(row["revenue"]) / (row["orders"] - row["cancelled"]), abs=0.01)
        if row["orders"] > 1000:
            assert float(row["average_order"]) == pytest.approx(float(last(report("countries"))["average_order"]), rel=0.5)


def test_the_funnel_on_the_command_line(folder: Path, report: Rows) -> None:
    told = command("report", "funnel", folder, "--format", "csv")
    assert told.returncode == 0, told.stderr
    assert pl.read_csv(told.stdout.encode()).rows() == report("funnel").rows()
    assert "mobile" in command("report", "funnel", folder).stdout
