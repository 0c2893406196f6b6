"""What independent tools say of the shop's data: SDMetrics' diagnostic report, and a dbt project over the files.

Both are told here, and not by colgen, what the tables are: their keys, references, ranges and words.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

import colgen
from tests.support import part_of, thorough

pytestmark = thorough

BEGIN, LAST, END = "2024-12-02 00:00:00.000000Z", "2024-12-31", "2024-12-31 23:59:59.999999Z"  # of the 30 days of small
COUNTRIES = ["Brazil", "Canada", "France", "Germany", "Italy", "Netherlands", "Poland", "Spain", "United Kingdom", "United States"]
BOOLEANS = [True, False]
WORDS: dict[str, dict[str, list[Any]]] = {
    "raw_customers": {
        "gender": ["female", "male", "other"],
        "country": COUNTRIES,
        "segment": ["regular", "occasional", "premium", "business"],
        "loyalty_tier": ["none", "bronze", "silver", "gold", "platinum"],
        "marketing_opt_in": BOOLEANS,
        "acquisition_channel": ["direct", "organic", "paid_search", "social", "referral", "email", "affiliate", "display"],
    },
    "raw_products": {
        "category": [
            *("Cleaning", "Electronics", "Furniture", "Kitchen & Breakroom", "Lighting", "Networking", "Office Supplies", "Packaging"),
            *("Printing", "Safety & Workwear", "Software", "Tools & Hardware"),
        ],
        "is_active": BOOLEANS,
    },
    "raw_sessions": {"country": COUNTRIES, "is_bounce": BOOLEANS, "converted": BOOLEANS},
    "raw_clickstream": {
        "event_type": ["page_view", "search", "product_view", "add_to_cart", "remove_from_cart", "checkout_start", "purchase"],
    },
    "raw_orders": {
        "status": ["pending", "processing", "shipped", "delivered", "cancelled", "returned"],
        "payment_method": [
            *("credit_card", "paypal", "debit_card", "apple_pay", "google_pay", "klarna", "gift_card", "invoice", "direct_debit"),
            *("bank_transfer", "ideal", "blik", "pix", "boleto", "interac", "bizum"),
        ],
        "currency": ["USD", "EUR", "GBP", "PLN", "BRL", "CAD"],
    },
    "raw_order_items": {},
    "raw_reviews": {"verified_purchase": BOOLEANS},
    "raw_inventory": {
        "warehouse_id": ["Reno", "Louisville", "Rotterdam", "Birmingham", "Outlet"],
        "movement_type": ["initial", "purchase", "sale", "return", "adjustment", "transfer_in", "transfer_out"],
    },
}
KEYS = {
    "raw_customers": "customer_id",
    "raw_products": "product_id",
    "raw_sessions": "session_id",
    "raw_clickstream": "event_id",
    "raw_orders": "order_id",
    "raw_order_items": "order_item_id",
    "raw_reviews": "review_id",
    "raw_inventory": "movement_id",
}
OTHER_KEYS = {"raw_customers": ["email"], "raw_products": ["sku"], "raw_orders": ["session_id"]}  # unique too
PARENTS = {key: table for table, key in KEYS.items()}
REFERENCES = {
    "raw_sessions": ["customer_id"],
    "raw_clickstream": ["session_id", "customer_id", "product_id"],
    "raw_orders": ["customer_id", "session_id"],
    "raw_order_items": ["order_id", "product_id"],
    "raw_reviews": ["product_id", "customer_id", "order_id"],
    "raw_inventory": ["product_id", "order_item_id"],
}
NUMBERS: dict[str, dict[str, tuple[float, float]]] = {
    "raw_products": {"price": (0.01, 1e5), "cost": (0.01, 1e5), "weight_kg": (0, 1e3)},
    "raw_sessions": {"duration_seconds": (0, 86_400), "page_views": (1, 1e3)},
    "raw_clickstream": {"event_seq": (1, 1e3)},
    "raw_orders": {
        "exchange_rate": (0.5, 6),
        **dict.fromkeys(("discount", "shipping", "tax"), (0, 1e6)),
        **dict.fromkeys(("subtotal", "total"), (0.01, 1e6)),
    },
    "raw_order_items": {
        "line_number": (1, 100),
        "quantity": (1, 25),
        "unit_price": (0.01, 1e6),
        "discount": (0, 1e6),
        "line_total": (0.01, 1e6),
    },
    "raw_reviews": {"rating": (1, 5), "helpful_votes": (0, 1e4)},
    "raw_inventory": {"quantity": (-100, 200), "stock_after": (0, 1e4)},
}
BEFORE = "1900-01-01"
TIMES: dict[str, dict[str, tuple[str, str]]] = {
    "raw_customers": {"date_of_birth": (BEFORE, "2006-12-31"), "registration_date": (BEFORE, LAST)},
    "raw_products": {"launch_date": (BEFORE, LAST), "withdrawal_date": (BEFORE, LAST)},
    **{
        table: dict.fromkeys(columns, (BEGIN, END))
        for table, columns in {
            "raw_sessions": ["started_at", "ended_at"],
            "raw_clickstream": ["event_ts"],
            "raw_orders": ["order_ts", "shipped_at", "delivered_at"],
            "raw_reviews": ["review_ts"],
        }.items()
    },
    "raw_inventory": {"movement_ts": ("2024-12-01 00:00:00.000000Z", END)},
}
MAY_BE_MISSING = {
    "raw_products": {"withdrawal_date"},
    "raw_sessions": {"customer_id", "referrer", "utm_source", "utm_medium", "utm_campaign"},
    "raw_clickstream": {"customer_id", "product_id", "search_query"},
    "raw_orders": {"shipped_at", "delivered_at"},
    "raw_reviews": {"order_id"},
    "raw_inventory": {"order_item_id"},
}
UUID_4 = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Two builds with different seeds."""
    found = {seed: tmp_path_factory.mktemp("quality") / str(seed) for seed in (1, 2)}
    for seed, folder in found.items():
        colgen.build("ecommerce", volume="small", seed=seed, out=folder)
    return found


# SDMetrics

Frames = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def frames(folders: dict[int, Path]) -> dict[int, Frames]:
    """The builds in pandas, with decimals as floats and dates as times, which the report asks for."""
    found = {seed: {table: pd.read_parquet(folder / table) for table in KEYS} for seed, folder in folders.items()}
    for tables in found.values():
        for name, frame in tables.items():
            for column in NUMBERS.get(name, {}):
                frame[column] = frame[column].astype(float)
            for column in TIMES.get(name, {}):
                frame[column] = pd.to_datetime(frame[column])
    return found


def metadata(frames: Frames) -> dict[str, Any]:
    """The eight tables, in SDMetrics' words. What has no type of its own there is `unknown`, and only checked where it is a key."""
    tables = {}
    for name, frame in frames.items():
        columns: dict[str, dict[str, Any]] = {column: {"sdtype": "unknown"} for column in frame.columns}
        for column, (low, high) in NUMBERS.get(name, {}).items():
            columns[column] = {"sdtype": "numerical", "range_min": low, "range_max": high}
        for column, (begin, end) in TIMES.get(name, {}).items():
            columns[column] = {"sdtype": "datetime", "range_min": begin, "range_max": end}
        for column, words in WORDS[name].items():
            columns[column] = {"sdtype": "boolean" if words is BOOLEANS else "categorical", "range_values": words}
        for column in columns:
            if columns[column]["sdtype"] != "unknown":
                columns[column]["range_is_nullable"] = column in MAY_BE_MISSING.get(name, ())
        for column in (KEYS[name], *REFERENCES.get(name, ())):
            columns[column] = {"sdtype": "id"}
        if "session_id" in columns:
            columns["session_id"]["regex_format"] = UUID_4
        tables[name] = {"columns": columns, "primary_key": KEYS[name], "alternate_keys": OTHER_KEYS.get(name, [])}
    relationships = [
        {
            "parent_table_name": PARENTS[column],
            "parent_primary_key": column,
            "child_table_name": child,
            "child_foreign_key": column,
        }
        for child, columns in REFERENCES.items()
        for column in columns
    ]
    return {"tables": tables, "relationships": relationships}


def scores(real: Frames, synthetic: Frames) -> tuple[dict[str, float], dict[str, pd.DataFrame]]:
    """Of each property of the report, and its details."""
    reports = pytest.importorskip("sdmetrics.reports", reason="SDMetrics is not installed: pip install 'sdmetrics>=0.32'")
    report = reports.DiagnosticReport()
    report.generate(real, synthetic, metadata(real), verbose=False)
    properties = ["Data Validity", "Data Structure", "Relationship Validity"]
    found = report.get_properties().set_index("Property")["Score"]
    details = {name: report.get_details(name) for name in properties}
    for detail in details.values():  # the report leaves out of its mean what it could not compute
        assert detail["Score"].notna().all(), detail
    return {name: float(found[name]) for name in properties}, details


def test_sdmetrics_finds_nothing_amiss_in_a_build(frames: dict[int, Frames]) -> None:
    """A build held against itself scores 100 % in all three properties.

    Proved by it: keys are unique and never missing, numbers, times and words keep to what is written down above, session ids are UUIDs of
    version 4, nothing is missing where it must not be, and every one of 13 foreign keys is found in its parent. Not proved: the structure
    and the numbers of children for each parent, which are compared with the build's own; that is for the next test. Nor does the report
    look at text, at JSON, or at one column in the light of another.
    """
    found, details = scores(frames[1], frames[1])
    assert found == {"Data Validity": 1, "Data Structure": 1, "Relationship Validity": 1}
    assert len(details["Relationship Validity"]) == 2 * 13
    assert len(details["Data Validity"]) > 60


def test_sdmetrics_takes_two_seeds_for_data_of_one_kind(frames: dict[int, Frames]) -> None:
    """With a build of another seed as the real data, structure, validity and references are still 100 %.

    How many children a parent has is compared with the fewest and the most of the other build. That these are the same is not promised
    (the best customer of one year buys more than the best of another), so a few in a thousand parents may lie outside.
    """
    found, details = scores(frames[1], frames[2])
    assert (found["Data Validity"], found["Data Structure"]) == (1, 1)
    by_metric = details["Relationship Validity"].groupby("Metric")["Score"].min()
    assert by_metric["ReferentialIntegrity"] == 1
    assert by_metric["CardinalityBoundaryAdherence"] > 0.99


def other_status(tables: Frames) -> None:
    tables["raw_orders"].loc[3, "status"] = "lost"


def other_number(tables: Frames) -> None:
    tables["raw_inventory"].loc[3, "stock_after"] = -1


def other_time(tables: Frames) -> None:
    tables["raw_reviews"].loc[3, "review_ts"] += pd.Timedelta(days=400)


def missing_time(tables: Frames) -> None:
    tables["raw_clickstream"].loc[3, "event_ts"] = pd.NaT


def double_key(tables: Frames) -> None:
    tables["raw_customers"].loc[3, "email"] = tables["raw_customers"].loc[4, "email"]


def other_session(tables: Frames) -> None:
    tables["raw_clickstream"].loc[3, "session_id"] = "00000000-0000-4000-8000-000000000000"


def lost_item(tables: Frames) -> None:
    tables["raw_order_items"] = tables["raw_order_items"].drop(index=3)


def other_type(tables: Frames) -> None:
    tables["raw_products"]["weight_kg"] = tables["raw_products"]["weight_kg"].astype(int)


@pytest.mark.parametrize(
    ("spoil", "property"),
    [
        (other_status, "Data Validity"),
        (other_number, "Data Validity"),
        (other_time, "Data Validity"),
        (missing_time, "Data Validity"),
        (double_key, "Data Validity"),
        (other_session, "Relationship Validity"),
        (lost_item, "Relationship Validity"),
        (other_type, "Data Structure"),
    ],
)
def test_sdmetrics_finds_one_spoilt_value(spoil: Callable[[Frames], None], property: str, frames: dict[int, Frames]) -> None:
    tables = {name: frame.copy() for name, frame in frames[1].items()}
    spoil(tables)
    found, _ = scores(frames[1], tables)
    assert {name for name, score in found.items() if score < 1} == {property}


# dbt

SINGULAR = {
    "an_order_is_the_sum_of_its_items": "SELECT order_id FROM {{ ref('raw_orders') }} JOIN {{ ref('raw_order_items') }} USING (order_id) "
    "GROUP BY order_id, subtotal HAVING sum(line_total) <> subtotal",
    "stock_is_never_negative": "SELECT movement_id FROM {{ ref('raw_inventory') }} WHERE stock_after < 0",
    "nobody_buys_before_he_registers": "SELECT order_id FROM {{ ref('raw_orders') }} JOIN {{ ref('raw_customers') }} USING (customer_id) "
    "WHERE order_ts::DATE <= registration_date",
}


def dbt_tests(table: str, columns: list[str]) -> list[dict[str, Any]]:
    """The columns of a table with their tests, as schema.yml has them."""
    described = []
    for column in columns:
        tests: list[Any] = []
        if column not in MAY_BE_MISSING.get(table, ()):
            tests.append("not_null")
        if column == KEYS[table] or column in OTHER_KEYS.get(table, ()):
            tests.append("unique")
        if column in REFERENCES.get(table, ()):
            tests.append({"relationships": {"arguments": {"to": f"ref('{PARENTS[column]}')", "field": column}}})
        if column in WORDS[table]:
            words = WORDS[table][column]
            tests.append({"accepted_values": {"arguments": {"values": words, "quote": words is not BOOLEANS}}})
        described.append({"name": column, "data_tests": tests})
    return described


def dbt(project: Path, folder: Path) -> tuple[int, dict[str, str], str]:
    """Writes a project over a build and runs it: the exit code, what became of each model and test, and what was said."""
    for needed in ("dbt.cli", "dbt.adapters.duckdb"):
        pytest.importorskip(needed, reason="dbt for DuckDB is not installed: pip install 'dbt-core<1.12' dbt-duckdb")
    connection = duckdb.connect()
    tables = {name: connection.sql(f"FROM read_parquet('{folder}/{name}/*.parquet') LIMIT 0").columns for name in KEYS}
    source = {
        "name": "bronze",
        "config": {"meta": {"external_location": f"read_parquet('{folder}/{{name}}/*.parquet')"}},
        "tables": [{"name": name} for name in tables],
    }
    models = [{"name": name, "columns": dbt_tests(name, columns)} for name, columns in tables.items()]
    target = {"type": "duckdb", "path": str(project / "shop.duckdb"), "threads": 2, "settings": {"TimeZone": "UTC"}}
    files = {  # JSON is YAML
        "dbt_project.yml": {
            "name": "shop",
            "profile": "shop",
            "model-paths": ["models"],
            "test-paths": ["tests"],
            "flags": {"send_anonymous_usage_stats": False},
        },
        "profiles.yml": {"shop": {"target": "here", "outputs": {"here": target}}},
        "models/schema.yml": {"version": 2, "sources": [source], "models": models},
    }
    texts = {name: json.dumps(content, indent=1) for name, content in files.items()}
    texts |= {f"models/{name}.sql": f"SELECT * FROM {{{{ source('bronze', '{name}') }}}}" for name in tables}
    texts |= {f"tests/{name}.sql": query for name, query in SINGULAR.items()}
    for name, text in texts.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    told = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "--no-version-check", "build", "--profiles-dir", str(project)],
        cwd=project,
        env={**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    results = project / "target" / "run_results.json"
    assert results.exists(), told.stdout + told.stderr
    found = {one["unique_id"].split(".")[2]: one["status"] for one in json.loads(results.read_text())["results"]}
    return told.returncode, found, told.stdout


def test_dbt_builds_and_all_its_tests_pass(folders: dict[int, Path], tmp_path: Path) -> None:
    """Eight models over the files; every key, foreign key, list of words and column that is never missing has its test."""
    code, found, said = dbt(tmp_path, folders[1])
    assert code == 0, said
    assert set(found) >= set(KEYS) | set(SINGULAR)
    assert set(found.values()) == {"success", "pass"}
    kinds = {kind: sum(name.startswith(kind) for name in found) for kind in ("not_null", "unique", "relationships", "accepted_values")}
    assert kinds == {
        "not_null": sum(len(pd.read_parquet(folders[1] / name).columns) - len(MAY_BE_MISSING.get(name, ())) for name in KEYS),
        "unique": len(KEYS) + 3,
        "relationships": 13,
        "accepted_values": sum(map(len, WORDS.values())),
    }


def test_dbt_finds_what_was_damaged(folders: dict[int, Path], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(folders[1], tmp_path / "data"))
    for table, change in {
        "raw_customers": "email = (SELECT max(email) FROM raw_customers)",
        "raw_products": "price = NULL",
        "raw_orders": "status = 'lost'",
        "raw_order_items": "line_total = line_total + 0.01",
        "raw_reviews": "order_id = 1000000",
        "raw_inventory": "stock_after = -1",
    }.items():
        part = part_of(folder, table)
        connection = duckdb.connect()
        connection.execute(f"CREATE TABLE {table} AS FROM read_parquet('{part}')")
        connection.execute(f"UPDATE {table} SET {change} WHERE rowid = 2")
        connection.execute(f"COPY {table} TO '{part}' (FORMAT parquet)")
    code, found, _ = dbt(tmp_path / "project", folder)
    assert code == 1
    expected = [
        "accepted_values_raw_orders_status_",
        "an_order_is_the_sum_of_its_items",
        "not_null_raw_products_price",
        "relationships_raw_reviews_order_id_",
        "stock_is_never_negative",
        "unique_raw_customers_email",
    ]
    failed = sorted(name for name, status in found.items() if status == "fail")
    assert len(failed) == len(expected), failed
    assert all(name.startswith(part) for name, part in zip(failed, expected, strict=True)), failed
