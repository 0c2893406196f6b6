"""A build in a DuckDB file is replaced or removed, and nothing else in the file is touched."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import duckdb
import pytest

import colgen
from colgen.errors import RequestError, TargetError
from colgen.targets.duckdb.catalog import Catalog
from colgen.targets.duckdb.database import hold
from tests.support import first_of, thorough
from tests.targets.duckdb_files import ask, build, counted, digests


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that colgen made, with some tables in the schema `shop`."""
    path = tmp_path_factory.mktemp("small") / "sales.duckdb"
    build(path, constraints=False, tables=["customers", "inventory"])
    return path


@pytest.fixture
def made(file: Path, small: Path) -> Path:
    """A copy of it."""
    file.parent.mkdir()
    return Path(shutil.copyfile(small, file))


def test_a_build_is_replaced_only_with_overwrite(file: Path) -> None:
    build(file, seed=1, tables=["customers", "invoices"])
    before = digests(file)
    with pytest.raises(TargetError, match="holds a finished build; to allow it, add --overwrite"):
        build(file, seed=2)
    assert digests(file) == before
    build(file, seed=2, overwrite=True, tables=["customers", "products"])
    assert sorted(counted(file)) == ["colgen_manifest", "customers", "products"]
    assert os.listdir(file.parent) == ["sales.duckdb"]


@thorough
def test_other_schemas_stay_as_they_are(file: Path) -> None:
    file.parent.mkdir()
    with duckdb.connect(file) as connection:
        connection.execute("CREATE TABLE notes AS SELECT 'mine' AS text; CREATE SCHEMA crm; CREATE TABLE crm.customers AS SELECT 7 AS id")
    build(file, tables=["customers", "invoices"])
    build(file, "second", seed=5, tables=["customers", "products"])
    second = digests(file, "second")
    build(file, seed=1, tables=["customers", "invoices"], overwrite=True)
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


@pytest.mark.parametrize(
    ("statement", "changed"),
    first_of(
        [
            ("ALTER TABLE shop.inventory ADD COLUMN note VARCHAR", "inventory (column note was added)"),
            ("ALTER TABLE shop.inventory DROP COLUMN reorder_point", "inventory (column reorder_point is gone)"),
            ("ALTER TABLE shop.inventory ALTER quantity_on_hand TYPE BIGINT", "inventory (column quantity_on_hand was changed)"),
            ("ALTER TABLE shop.inventory ADD PRIMARY KEY (id)", "inventory (primary key was added)"),
            ("CREATE INDEX by_level ON shop.inventory (reorder_point)", "inventory (index by_level was added)"),
            ("COMMENT ON TABLE shop.inventory IS 'mine'", "inventory (comment was changed)"),
            ("ALTER TABLE shop.inventory RENAME TO stock", "stock"),
            (
                "CREATE OR REPLACE TABLE shop.inventory AS FROM shop.inventory LIMIT 1",
                "inventory (column id was changed, column last_restocked_at was changed",
            ),
            ("ALTER TABLE shop.colgen_manifest ADD COLUMN note VARCHAR", "colgen_manifest (column note was added)"),
            ("ALTER TABLE shop.inventory ALTER quantity_on_hand SET DEFAULT 7", "inventory (column quantity_on_hand was changed)"),
            ("ALTER TABLE shop.inventory ALTER quantity_on_hand DROP NOT NULL", "inventory (column quantity_on_hand was changed)"),
            ("COMMENT ON COLUMN shop.inventory.id IS 'mine'", "inventory (column id was changed)"),
        ],
        quick=6,
    ),
)
def test_a_table_that_the_user_has_changed_is_the_users_and_it_is_said_how(made: Path, statement: str, changed: str) -> None:
    with duckdb.connect(made) as connection:
        connection.execute(statement)
    before = digests(made)
    with pytest.raises(TargetError, match=rf"did not make, or that were changed since: {re.escape(changed)}"):
        build(made, overwrite=True)
    with hold(made, "shop") as target:
        assert "inventory" not in target.made() or "colgen_manifest" not in target.made()
    assert digests(made) == before


def test_a_trigger_on_one_of_ours_is_the_users(file: Path) -> None:
    build(file, tables=["customer_types"])
    with duckdb.connect(file) as connection:
        try:
            connection.execute(
                "CREATE TABLE log (id BIGINT); CREATE TRIGGER t AFTER INSERT ON shop.customer_types FOR EACH STATEMENT INSERT INTO log SELECT 1"
            )
        except duckdb.Error:
            pytest.skip("this version of DuckDB has no triggers")
    with pytest.raises(TargetError, match=r"customer_types \(trigger t was added\)"):
        build(file, overwrite=True)


@thorough
def test_a_table_of_the_users_that_refers_to_one_of_ours_keeps_it(file: Path) -> None:
    build(file)
    with duckdb.connect(file) as connection:
        connection.execute("CREATE TABLE shop.notes (customer_id BIGINT REFERENCES shop.customers (id))")
    before = digests(file)
    with pytest.raises(TargetError, match="that were changed since: notes"):
        build(file, seed=1, overwrite=True)
    with hold(file, "shop") as held, pytest.raises(TargetError, match="something of yours depends on its tables"):
        held.drop()
    assert digests(file) == before


OBJECTS = {
    "table notes": "CREATE TABLE {}.notes (id INTEGER)",
    "view notes": "CREATE VIEW {}.notes AS SELECT 1",
    "sequence notes": "CREATE SEQUENCE {}.notes",
    "type notes": "CREATE TYPE {}.notes AS ENUM ('a')",
    "macro notes": "CREATE MACRO {}.notes(x) AS x + 1",
    "macro listed": "CREATE MACRO {}.listed(x) AS TABLE SELECT x",
    "macro customers": "CREATE MACRO {}.customers(x) AS x + 1",  # beside the table of that name
}
"""Every kind of object that a schema of a DuckDB file can hold, and how it is made."""


def test_every_kind_of_object_in_the_schema_is_seen_and_stays(made: Path) -> None:
    with duckdb.connect(made) as connection:
        connection.execute("; ".join(OBJECTS.values()).format(*["shop"] * len(OBJECTS)).replace("TABLE shop.notes", "TABLE shop.noted", 1))
    users = {"noted", *(kind for kind in OBJECTS if kind != "table notes")}
    with pytest.raises(TargetError, match="changed since: macro customers, macro listed, macro notes, noted, sequence notes and 2 more;"):
        build(made, overwrite=True)
    with hold(made, "shop") as target:
        assert target.relations().keys() - target.made().keys() == users
        assert target.drop() == ["colgen_manifest", "customers", "inventory"]
    with hold(made, "shop") as target:
        assert target.relations().keys() == users


@pytest.mark.parametrize(("schema", "kind"), first_of([(schema, kind) for kind in OBJECTS for schema in ("main", "crm", "shop")], quick=3))
def test_a_file_stays_as_long_as_anything_is_in_it(made: Path, schema: str, kind: str) -> None:
    with duckdb.connect(made) as connection:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}; {OBJECTS[kind].format(schema)}")
    with hold(made, "shop") as target:
        target.drop()
    assert made.exists()
    with hold(made, schema) as target:
        assert list(target.relations()) == [kind.removeprefix("table ")]


def test_a_file_with_an_empty_schema_of_the_users_stays(made: Path) -> None:
    with duckdb.connect(made) as connection:
        connection.execute("CREATE SCHEMA crm")
    with hold(made, "shop") as target:
        target.drop()
    assert ask(made, "SELECT schema_name FROM duckdb_schemas() WHERE NOT internal") == [("crm",)]


def test_a_schema_that_was_there_before_stays(file: Path) -> None:
    file.parent.mkdir()
    with duckdb.connect(file) as connection:
        connection.execute("CREATE SCHEMA shop")
    build(file, tables=["customers"])
    build(file, tables=["customers"], overwrite=True)
    with hold(file, "shop") as target:
        target.drop()
    assert ask(file, "SELECT schema_name FROM duckdb_schemas() WHERE NOT internal") == [("shop",)]


def test_a_file_that_was_there_before_stays(file: Path) -> None:
    file.parent.mkdir()
    duckdb.connect(file).close()
    build(file, tables=["customers"])
    build(file, tables=["customers"], overwrite=True)
    with hold(file, "shop") as target:
        target.drop()
    assert file.exists()


@thorough
@pytest.mark.parametrize("last", first_of(["second", "shop", "main"]))
def test_a_file_that_colgen_made_goes_with_the_last_of_its_schemas(file: Path, last: str) -> None:
    schemas = ("shop", "second", "main")
    for schema in schemas:
        build(file, schema, tables=["customers"])
    for schema in (*(name for name in schemas if name != last), last):
        assert file.exists()
        with hold(file, schema) as target:
            target.drop()
    assert not file.parent.exists() or os.listdir(file.parent) == []


def test_a_schema_is_one_in_upper_and_lower_case(file: Path) -> None:
    file.parent.mkdir()
    with duckdb.connect(file) as connection:
        connection.execute("CREATE SCHEMA shop; CREATE TABLE shop.notes (id INTEGER)")
    with pytest.raises(TargetError, match=r"\(?'(SHOP|shop)' contains objects .*: notes"):
        build(file, "SHOP")
    build(file, "Second", tables=["customers"])
    with pytest.raises(TargetError, match="holds a finished build"):
        build(file, "second", tables=["customers"])


@pytest.mark.parametrize("schema", first_of(["sales", "a.b", 'with "quotes"']))
def test_a_schema_may_be_called_like_the_file_or_oddly(file: Path, schema: str) -> None:
    build(file, schema, tables=["customers", "customer_types"], check=True)
    build(file, schema, tables=["customers", "customer_types"], overwrite=True)
    assert build(file, schema, tables=["customers", "customer_types"], append=True).added == {"customers": 0, "customer_types": 0}
    with hold(file, schema) as target:
        assert target.drop() == ["colgen_manifest", "customer_types", "customers"]


ODD_RECORDS = [
    "CREATE TABLE {}.colgen_manifest (id INTEGER)",
    "CREATE TABLE {}.colgen_manifest (manifest JSON, made JSON)",
    "CREATE TABLE {}.colgen_manifest AS SELECT NULL AS manifest, NULL AS made",
    "CREATE TABLE {}.colgen_manifest AS SELECT 7 AS manifest, 7 AS made",
    "CREATE TABLE {}.colgen_manifest AS SELECT '{}' AS manifest, '{}' AS made",
    "CREATE TABLE {}.colgen_manifest AS SELECT '[' AS manifest, '\\xff'::BLOB AS made",
    "CREATE TABLE {}.colgen_manifest AS SELECT {'a': 1} AS manifest, [1] AS made FROM range(3)",
    """CREATE TABLE {}.colgen_manifest AS SELECT '{"spec": 7}' AS manifest,
        '{"tables": {"mine": 7}, "sequences": [], "made_schema": 2, "made_file": null}' AS made""",
    """CREATE TABLE {}.colgen_manifest AS SELECT '{}' AS manifest,
        '{"tables": {"mine": {}}, "sequences": {"mine": "mine"}, "made_schema": true, "made_file": true}' AS made""",
    "CREATE VIEW {}.colgen_manifest AS SELECT '{}' AS manifest, '{}' AS made",
]
"""What a table called like colgen's own may hold."""


@thorough
def test_a_table_called_like_colgens_record_is_the_users_whatever_is_in_it(file: Path) -> None:
    file.parent.mkdir()
    schemas = [f"s{number}" for number in range(len(ODD_RECORDS))]
    with duckdb.connect(file) as connection:
        for schema, statement in zip(schemas, ODD_RECORDS, strict=True):
            connection.execute(f"CREATE SCHEMA {schema}; CREATE SEQUENCE {schema}.mine; CREATE TABLE {schema}.mine (id INTEGER)")
            connection.execute(statement.replace("{}", schema, 1))
    for schema, options in zip(schemas, [{"append": True}, {}, *[{"overwrite": True}] * len(schemas)], strict=False):
        with pytest.raises(TargetError, match="objects that colgen did not make"):
            build(file, schema, **options)
    for schema in schemas:
        with hold(file, schema) as target:
            assert target.made() == {}
            assert target.drop() == []
            assert len(target.relations()) == 3
    build(file, tables=["customers"], overwrite=True, check=True)
    for schema in schemas:
        with pytest.raises(RequestError):
            colgen.check(file, schema=schema)
    assert all(outcome.holds for outcome in colgen.check(file, schema="shop"))


def test_a_manifest_that_was_overwritten_is_not_understood(made: Path) -> None:
    with duckdb.connect(made) as connection:
        connection.execute("UPDATE shop.colgen_manifest SET manifest = '{}'")
    with pytest.raises(RequestError, match="not a manifest that this version understands"):
        build(made, tables=["customers"], append=True)
    build(made, tables=["customers"], overwrite=True)


@thorough
def test_dropping_leaves_nothing_of_ours_and_all_of_the_users(file: Path) -> None:
    build(file, tables=["customers", "products"])
    with hold(file, "shop") as target:
        assert target.drop() == ["colgen_manifest", "customers", "products"]
    assert os.listdir(file.parent) == []
    with duckdb.connect(file) as connection:
        connection.execute("CREATE TABLE notes AS SELECT 1 AS id")
    build(file, tables=["customers", "products"])
    with hold(file, "shop") as target:
        target.drop()
    assert ask(file, "SELECT schema_name FROM duckdb_schemas() WHERE NOT internal") == []
    assert ask(file, "SELECT count(*) FROM duckdb_sequences()") == [(0,)]
    assert counted(file, "main") == {"notes": 1}
    assert os.listdir(file.parent) == ["sales.duckdb"]


def test_the_file_is_looked_through_once(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[object] = []
    read = Catalog.read
    monkeypatch.setattr(Catalog, "read", lambda *arguments: (looks.append(arguments), read(*arguments))[1])
    build(made, tables=["customers", "inventory"], overwrite=True)
    build(made, tables=["customers", "inventory"], append=True)
    assert len(looks) == 2
