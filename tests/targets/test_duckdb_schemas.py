"""A build in a DuckDB file is replaced, added to or removed, and nothing else in the file is touched."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

import colgen
from colgen.errors import TargetError
from colgen.targets.duckdb.database import hold
from tests.support import first_of, table
from tests.targets.duckdb_files import MODELS, ask, build, counted, digests


def test_a_build_is_replaced_only_with_overwrite(file: Path) -> None:
    build(file, seed=1)
    before = digests(file)
    with pytest.raises(TargetError, match="holds a finished build; to allow it, add --overwrite"):
        build(file, seed=2)
    assert digests(file) == before
    build(file, seed=2, overwrite=True, tables=["customers", "products"])
    assert sorted(counted(file)) == ["colgen_manifest", "customers", "products"]
    assert os.listdir(file.parent) == ["sales.duckdb"]


def test_other_schemas_stay_as_they_are(file: Path) -> None:
    file.parent.mkdir()
    with duckdb.connect(file) as connection:
        connection.execute("CREATE TABLE notes AS SELECT 'mine' AS text; CREATE SCHEMA crm; CREATE TABLE crm.customers AS SELECT 7 AS id")
    build(file)
    build(file, "second", seed=5, tables=["customers", "products"])
    second = digests(file, "second")
    build(file, seed=1, overwrite=True)
    assert ask(file, "SELECT * FROM notes") == [("mine",)]
    assert ask(file, "SELECT * FROM crm.customers") == [(7,)]
    assert digests(file, "second") == second


@pytest.mark.parametrize(
    "strange",
    [
        "CREATE TABLE shop.customers AS SELECT 1 AS id",
        "CREATE VIEW shop.customers AS SELECT 1 AS id",
        "CREATE TABLE shop.colgen_manifest AS SELECT 'a note' AS manifest",
    ],
)
def test_what_colgen_did_not_make_is_not_replaced(file: Path, strange: str) -> None:
    file.parent.mkdir()
    with duckdb.connect(file) as connection:
        connection.execute(f"CREATE SCHEMA shop; {strange}")
    with pytest.raises(TargetError, match="colgen did not make"):
        build(file, overwrite=True)
    with hold(file, "shop") as target:
        assert target.made() == {}
        assert target.drop() == []
        assert len(target.relations()) == 1


def test_a_table_that_the_user_has_changed_or_made_anew_is_the_users(file: Path) -> None:
    build(file)
    with duckdb.connect(file) as connection:
        connection.execute("CREATE OR REPLACE TABLE shop.inventory AS SELECT * FROM shop.inventory")
        connection.execute("ALTER TABLE shop.customer_addresses ADD COLUMN note VARCHAR")
    with hold(file, "shop") as target:
        assert target.relations().keys() - target.made().keys() == {"inventory", "customer_addresses"}
    with pytest.raises(TargetError, match="objects that colgen did not make: customer_addresses, inventory"):
        build(file, overwrite=True)


def test_a_table_of_the_users_that_refers_to_one_of_ours_keeps_it(file: Path) -> None:
    build(file)
    with duckdb.connect(file) as connection:
        connection.execute("CREATE TABLE shop.notes (customer_id BIGINT REFERENCES shop.customers (id))")
    before = digests(file)
    with pytest.raises(TargetError, match="objects that colgen did not make: notes"):
        build(file, seed=1, overwrite=True)
    with hold(file, "shop") as held, pytest.raises(TargetError, match="something of yours depends on its tables"):
        held.drop()
    assert digests(file) == before


def test_everything_that_has_a_name_in_the_schema_is_seen(file: Path) -> None:
    build(file, tables=["customer_types"])
    with duckdb.connect(file) as connection:
        connection.execute(
            "CREATE VIEW shop.v AS SELECT 1; CREATE SEQUENCE shop.s; CREATE TYPE shop.t AS ENUM ('a'); CREATE MACRO shop.m(x) AS x + 1"
        )
    with hold(file, "shop") as target:
        assert sorted(target.relations()) == ["colgen_manifest", "customer_types", "m", "s", "t", "v"]
        assert list(target.made()) == ["customer_types", "colgen_manifest"]
        assert target.exists
        assert target.where()["free_bytes"] > 0
        assert target.drop() == ["colgen_manifest", "customer_types"]
        assert sorted(target.relations()) == ["m", "s", "t", "v"]


def test_dropping_leaves_nothing_of_ours_and_all_of_the_users(file: Path) -> None:
    build(file)
    with hold(file, "shop") as target:
        assert len(target.drop()) == 9
    assert os.listdir(file.parent) == []
    with duckdb.connect(file) as connection:
        connection.execute("CREATE TABLE notes AS SELECT 1 AS id")
    build(file)
    with hold(file, "shop") as target:
        target.drop()
        assert not target.exists
    assert counted(file, "main") == {"notes": 1}
    assert os.listdir(file.parent) == ["sales.duckdb"]


@pytest.mark.parametrize(("model", "keys"), first_of([(model, keys) for model in MODELS for keys in (None, False)]))
def test_appending_the_same_adds_nothing(model: str, keys: bool | None, file: Path) -> None:
    summary = build(file, model=model, constraints=keys)
    before = digests(file)
    again = build(file, model=model, append=True, check=True)
    assert again.added == dict.fromkeys(summary.rows, 0)
    assert again.rows == summary.rows
    assert digests(file) == before


def test_appending_adds_the_rows_whose_keys_are_new(file: Path) -> None:
    build(file)
    more = build(file, append=True, settings={"invoices": 200, "customers": 40})
    assert more.added is not None
    assert (more.added["customers"], more.added["invoices"], more.added["products"]) == (15, 125, 0)
    assert more.rows["invoices"] == 200 == counted(file)["invoices"]
    assert build(file, append=True, settings={"invoices": 200, "customers": 40}).added == dict.fromkeys(more.rows, 0)
    says = [one for one in colgen.check(file) if " is in " in one.rule or one.rule.endswith("is unique")]
    assert says
    assert all(one.holds for one in says)


def test_a_longer_period_adds_its_rows(file: Path) -> None:
    build(file, model="ecommerce", last_day="2024-12-31", settings={"days": 20})
    more = build(file, model="ecommerce", last_day="2025-01-05", settings={"days": 25}, append=True)
    assert more.added is not None
    assert more.added["raw_sessions"] > 0


def test_rows_that_would_refer_to_nothing_are_not_added(file: Path) -> None:
    build(file, constraints=False)
    with duckdb.connect(file) as connection:
        connection.execute("DELETE FROM shop.invoices WHERE id > 70; DELETE FROM shop.customers WHERE id > 20")
    colgen.build("invoicing", volume="small", out=file.parent / "data")
    wanted = table(file.parent / "data", "customers").to_pylist()[24]["email"]
    with duckdb.connect(file) as connection:
        connection.execute("UPDATE shop.customers SET email = ? WHERE id = 1", [wanted])
    before = digests(file)
    with pytest.raises(TargetError, match="would refer to rows of customers that are not there; nothing was added"):
        build(file, append=True)
    assert digests(file) == before


def test_there_must_be_something_to_append_to(file: Path) -> None:
    with pytest.raises(TargetError, match="to append to; build it first"):
        build(file, append=True)
    assert not file.parent.exists()
    build(file, tables=["customers"])
    with pytest.raises(TargetError, match="no table 'products' of colgen's"):
        build(file, append=True, tables=["products"])
