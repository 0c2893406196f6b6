"""A model file from the manifest of a dbt project: types, contracts and tests, read and never run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import colgen
from colgen import RequestError
from colgen.introspect.new import new_model
from tests.introspect.support import assert_clean
from tests.support import thorough


def column(name: str, data_type: str | None = None, *constraints: dict[str, Any], description: str = "") -> dict[str, Any]:
    return {"name": name, "data_type": data_type, "description": description, "constraints": list(constraints)}


def node(kind: str, name: str, *columns: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resource_type": kind, "name": name, "schema": "main", "columns": {one["name"]: one for one in columns}, "config": {}, **more}


def data_test(name: str, of: str, column_name: str = "", config: dict[str, Any] | None = None, **kwargs: Any) -> dict[str, Any]:
    kwargs["model"] = "{{ get_where_subquery(" + of + ") }}"
    return {"resource_type": "test", "test_metadata": {"name": name, "kwargs": kwargs}, "column_name": column_name, "config": config or {}}


ORDERS = "ref('shop', 'orders', v=2)"
MANIFEST: dict[str, Any] = {
    "metadata": {"project_name": "shop"},
    "nodes": {
        "model.shop.orders": node(
            "model", "orders", column("order_id", "INT64"), column("customer_id", "INT64"), column("status", "STRING"), column("amount", "NUMERIC(10, 2)"),
            column("rating", "INT64"), column("score", "INT64"), column("code", "varchar(8)"), column("share", "numeric(5, 2)"), description='What "they" bought',
        ),
        "model.shop.customers": node(
            "model", "customers", column("customer_id", "integer", {"type": "primary_key"}, description="Its number"),
            column("email", "varchar", {"type": "not_null"}, {"type": "unique"}), column("tier", "varchar", {"type": "check", "expression": "tier in ('gold', 'new')"}),
            column("country", "varchar", {"type": "foreign_key", "expression": '"db"."main"."countries" (code)'}), column("created_at", None),
        ),
        "seed.shop.countries": node("seed", "countries", column("code", "varchar(2)")),
        "model.shop.lines": node(
            "model", "order_lines", column("order_id"), column("line", "integer"), constraints=[{"type": "check", "expression": "line > 0 and line < 9"}]),
        "model.shop.passing": node("model", "passing", column("id"), config={"materialized": "ephemeral"}),
        "model.shop.bare": node("model", "bare"),
        "t0": data_test("unique", "ref('countries')", "code"), "t1": data_test("not_null", "ref('countries')", "code"),
        "t2": data_test("unique", ORDERS, "order_id"), "t3": data_test("not_null", ORDERS, "order_id"), "t4": data_test("not_null", ORDERS, "status"),
        "t5": data_test("accepted_values", ORDERS, "status", arguments={"values": ["paid", "it's late"]}),
        "t6": data_test("relationships", ORDERS, "customer_id", to="ref('customers')", field="customer_id"),
        "t7": data_test("not_null", ORDERS, "amount", {"severity": "WARN"}), "t8": data_test("accepted_values", ORDERS, "rating", values=[3, 1, 2]),
        "t9": data_test("accepted_values", ORDERS, "score", {"where": "amount > 3"}, values=[9]),
        "t10": data_test("accepted_range", ORDERS, "share", min_value=0, max_value=1.5), "t11": data_test("is_pretty", ORDERS, "code"),
        "t12": data_test("unique_combination_of_columns", "ref('order_lines')", combination_of_columns=["order_id", "line"]),
        "t13": data_test("not_null", "ref('order_lines')", "order_id"), "t14": data_test("not_null", "ref('order_lines')", "line"),
        "t15": data_test("relationships", "ref('order_lines')", "order_id", to="ref('orders')", field="ORDER_ID"),
        "t16": data_test("not_null", "source('raw', 'events')", "id"), "t17": data_test("unique", "source('raw', 'events')", "id"),
        "t18": data_test("unique", ORDERS, "no_such"), "t19": data_test("relationships", ORDERS, "code", to="ref('no_such')", field="id"),
        "t20": {"resource_type": "test", "test_metadata": None},
    },
    "sources": {"source.shop.raw.events": node("source", "events", identifier="raw_events", schema="raw")},
}  # fmt: skip
CATALOGUE = {"sources": {"source.shop.raw.events": {"columns": {"ID": {"type": "BIGINT"}, "HAPPENED": {"type": "TIMESTAMP_NTZ"}}}}}


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "manifest.json").write_text(json.dumps(MANIFEST))
    (tmp_path / "target" / "catalog.json").write_text(json.dumps(CATALOGUE))
    return tmp_path / "target" / "manifest.json"


def test_types_contracts_and_tests_are_read(manifest: Path) -> None:
    made = new_model(str(manifest), "shop", ["main"])
    for line in (
        "A model for the dbt project shop, written by `colgen new`.",
        '    """What "they" bought"""',
        "    order_id = Key()",
        '    customer_id = ForeignKey("Customers", nullable=0.2)',
        '    status = Category({"paid": 1, "it\'s late": 1})',
        "    amount = Integers(100, 100_000, type=Decimal(10, 2), nullable=0.1)  # ? its name",
        "    rating = Integers(1, 3, nullable=0.1)  # ? a CHECK",
        "    score = Integers(1, 5, nullable=0.1)  # ? its name",
        "    share = Integers(0, 150, type=Decimal(5, 2), nullable=0.1)  # ? a CHECK",
        '    customer_id = Key(doc="Its number")',
        "    email = Email()  # ? its name",
        '    tier = Category({"gold": 1, "new": 1}, nullable=0.1)',
        '    country = ForeignKey("Countries", nullable=0.2)',
        "    created_at = Timestamps(type=LocalTimestamp, nullable=0.1)  # ? its name",
        'class OrderLines(Table, key=("order_id", "line")):',
        "    order_id = ParentKey(Orders)",
    ):
        assert line in made.text, line
    assert "Passing" not in made.text
    assert made.notes == [
        "customers: types guessed from names: created_at",
        "order_lines: types guessed from names: order_id",
        "bare: none of its columns is documented, and it is left out",
        "orders.code: the test is_pretty",
    ]


@thorough
def test_what_is_written_builds_and_is_clean(manifest: Path, tmp_path: Path) -> None:
    path = tmp_path / "shop.py"
    path.write_text(new_model(str(manifest), "shop").text)
    assert_clean(path)
    built = colgen.build(path, out=tmp_path / "data", check=True)
    assert {*built.rows} == {"main.orders", "main.customers", "main.countries", "main.order_lines", "raw.raw_events"}
    assert all(outcome.holds for outcome in built.outcomes or ())


def test_types_come_from_the_catalogue_beside_it(manifest: Path) -> None:
    text = new_model(str(manifest), "shop", ["raw"]).text
    assert 'class RawEvents(Table):\n    rows = Volume("raw_events")\n\n    ID = Key()\n    HAPPENED = Timestamps(' in text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not valid JSON"),
        ("[]", "is not a manifest of dbt"),
        ('{"nodes": {}}', "is not a manifest of dbt: give target/manifest.json"),
        ('{"nodes": {}, "metadata": {}}', "no table has columns"),
    ],
)
def test_what_is_no_manifest_is_refused(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(RequestError, match=message):
        new_model(str(tmp_path / "manifest.json"), "shop")


@thorough
def test_a_manifest_that_dbt_writes_is_read(tmp_path: Path) -> None:
    pytest.importorskip("dbt.adapters.duckdb", reason="needs dbt: pip install 'colgen[quality]'")
    for name, content in {
        "dbt_project.yml": "name: shop\nversion: '1.0'\nprofile: shop\n",
        "profiles.yml": "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb}\n",
        "models/customers.sql": "SELECT 1 AS id",
        "models/orders.sql": "SELECT 1 AS id, 1 AS customer_id, 'paid' AS status FROM {{ ref('customers') }}",
        "models/schema.yml": """
models:
  - name: customers
    columns: [{name: id, data_type: integer, data_tests: [unique, not_null]}]
  - name: orders
    columns:
      - {name: id, data_type: integer, data_tests: [unique, not_null]}
      - {name: customer_id, data_type: integer, data_tests: [not_null, {relationships: {arguments: {to: ref('customers'), field: id}}}]}
      - {name: status, data_type: varchar, data_tests: [{accepted_values: {arguments: {values: [paid, open]}}}]}
""",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    run = "from dbt.cli.main import dbtRunner; import sys; sys.exit(not dbtRunner().invoke(['parse', '--profiles-dir', '.']).success)"
    done = subprocess.run([sys.executable, "-c", run], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    text = new_model(str(tmp_path / "target" / "manifest.json"), "shop").text
    assert "    customer_id = ForeignKey(" in text
    assert '    status = Category({"paid": 1, "open": 1}, nullable=0.1)' in text
