"""What is appended to a build in PostgreSQL is there as a whole, and proved as a whole, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from colgen.audit.check import CheckFailed
from colgen.errors import ColgenError, TargetError
from colgen.targets.postgres.schema import hold, staging_name
from colgen.targets.postgres.target import PostgresTarget
from tests.support import refused
from tests.targets.postgres_schemas import build, tables

psycopg = pytest.importorskip("psycopg", reason="a PostgreSQL target needs psycopg: pip install 'colgen[postgres]'")

SOME = ["customer_types", "customers", "customer_addresses"]
"""Tables that refer to each other, with few rules to prove."""


@pytest.mark.parametrize("constraints", [None, False])
def test_the_same_again_adds_nothing_with_keys_or_without(server: str, database: Any, schema: str, constraints: bool | None) -> None:
    build(server, schema, constraints=constraints)
    before = tables(database, schema)
    summary = build(server, schema, append=True, constraints=constraints)
    assert set(summary.added.values()) == {0}
    assert tables(database, schema) == before


@pytest.mark.parametrize("constraints", [None, False])
def test_what_is_new_is_proved_with_what_was_there(server: str, database: Any, schema: str, constraints: bool | None) -> None:
    build(server, schema, tables=SOME, constraints=constraints)
    summary = build(server, schema, tables=SOME, settings={"customers": 40}, append=True, check=True)
    assert summary.added["customers"] == 15
    assert all(outcome.holds for outcome in summary.outcomes)
    with hold(server, schema) as held:
        manifest = held.manifest()
    assert {name: entry.rows for name, entry in manifest.tables.items()} == {
        name: rows for name, rows in tables(database, schema).items() if name != "colgen_manifest"
    }


def test_what_is_proved_is_the_whole_and_what_does_not_hold_is_not_added(server: str, database: Any, schema: str) -> None:
    build(server, schema, tables=["invoices"])
    before = tables(database, schema)
    database.execute(f"UPDATE {schema}.invoices SET total = total + 1 WHERE id = 1")
    with pytest.raises(CheckFailed, match="total"):
        build(server, schema, tables=["invoices"], append=True, check=True)
    assert tables(database, schema) == before
    assert tables(database, staging_name(schema)) == {}


def test_a_row_that_would_refer_to_none_is_refused(server: str, database: Any, schema: str) -> None:
    request = {"tables": ["products", "product_categories"], "constraints": False}
    build(server, schema, **request)
    database.execute(f"DELETE FROM {schema}.products WHERE product_category_id = 1")
    database.execute(f"UPDATE {schema}.product_categories SET id = 100 WHERE id = 1")  # whose unique prefix keeps the first one out
    before = tables(database, schema)
    with refused("of products would refer to rows of product_categories", "nothing was added", error=TargetError):
        build(server, schema, append=True, **request)
    assert tables(database, schema) == before


def test_after_an_error_nothing_is_added(server: str, database: Any, schema: str, monkeypatch: pytest.MonkeyPatch) -> None:
    build(server, schema, tables=SOME)
    before = tables(database, schema)

    def fail(*arguments: Any) -> None:
        raise ColgenError("not now")

    monkeypatch.setattr(PostgresTarget, "publish", fail)
    with pytest.raises(ColgenError, match="not now"):
        build(server, schema, tables=SOME, settings={"customers": 40}, append=True)
    assert tables(database, schema) == before
    assert tables(database, staging_name(schema)) == {}


def test_a_table_that_is_gone_is_told(server: str, database: Any, schema: str) -> None:
    build(server, schema)
    database.execute(f"DROP TABLE {schema}.inventory")
    with refused("'inventory'", "no longer there", error=TargetError):
        build(server, schema, tables=["customers", "customer_types"], append=True)


def test_a_few_tables_leave_the_record_of_the_others(server: str, database: Any, schema: str) -> None:
    build(server, schema)
    before = tables(database, schema)
    summary = build(server, schema, tables=["customers", "customer_types"], append=True, check=True)
    assert len(summary.outcomes) > 100, "all that is there is proved"
    with hold(server, schema) as held:
        assert held.manifest().tables.keys() == before.keys() - {"colgen_manifest"}
        assert set(held.manifest().spec.tables) == held.manifest().tables.keys()
