"""Databases with others in them: whatever colgen is asked to do there, what others made stays, and what is there afterwards holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import strategies as st

import colgen
from colgen import CheckFailed
from colgen.pipeline import cleanup
from tests.attack.attack import Attack, share
from tests.attack.outcomes import outcome

SCHEMAS = ("mine", "main", "other", "colgen_new_mine")
COMMANDS: dict[str, Callable[[str, str], Any]] = {
    "build": lambda out, schema: build(out, schema),
    "another seed": lambda out, schema: build(out, schema, overwrite=True, seed=1),
    "fewer tables": lambda out, schema: build(out, schema, overwrite=True, tables=["customer_types"]),
    "append": lambda out, schema: build(out, schema, append=True),
    "append another": lambda out, schema: build(out, schema, append=True, seed=2),
    "append more": lambda out, schema: build(out, schema, append=True, settings={"products": 5}),
    "append another model": lambda out, schema: build(out, schema, append=True, model="ecommerce", tables=["products"]),
    "without keys": lambda out, schema: build(out, schema, overwrite=True, constraints=False),
    "cleanup": lambda out, schema: cleanup.remove(out, schema, cleanup.CONFIRMATION),
}
OBJECTS = {
    "table": "CREATE TABLE {schema}.victim AS SELECT 1 AS precious",
    "table of a build's name": "CREATE TABLE {schema}.customer_types AS SELECT 1 AS precious",
    "list of a build's name": "CREATE TABLE {schema}.colgen_manifest AS SELECT 1 AS precious",
    "view": "CREATE VIEW {schema}.victim AS SELECT 1 AS precious",
    "view on a build": "CREATE VIEW {schema}.victim AS SELECT * FROM {schema}.customer_types",
    "sequence": "CREATE SEQUENCE {schema}.victim",
    "type": "CREATE TYPE {schema}.victim AS ENUM ('a')",
    "column": "ALTER TABLE {schema}.customer_types ADD COLUMN precious INTEGER DEFAULT 7",
    "index": "CREATE INDEX victim ON {schema}.customer_types (name)",
    "row": "UPDATE {schema}.customer_types SET name = 'precious' WHERE id = 1",
}


def build(
    out: str, schema: str, *, model: str = "invoicing", tables: Any = ("customer_types", "product_categories"), **options: Any
) -> None:
    """A small build; what it promises must hold."""
    try:
        colgen.build(model, tables=list(tables), out=out, schema=schema, check=True, **options)
    except CheckFailed as error:
        if options.get("append"):
            raise
        raise AssertionError(f"a build of its own does not hold: {error}") from error


def contents(execute: Callable[[str], Any], schema: str) -> list[Any]:
    """What others made in a schema: their objects, by name, and the rows of their tables."""
    objects = execute(
        f"SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = '{schema}' AND table_name = 'victim'"
    )
    columns = execute(f"SELECT table_name FROM information_schema.columns WHERE table_schema = '{schema}' AND column_name = 'precious'")
    return [sorted(objects), sorted(columns), *(execute(f'SELECT precious FROM {schema}."{name}"')[:1] for (name,) in sorted(columns))]


def strikes() -> st.SearchStrategy[Any]:
    objects = st.tuples(st.sampled_from(list(OBJECTS)), st.sampled_from(SCHEMAS))
    commands = st.tuples(st.sampled_from(list(COMMANDS)), st.sampled_from(SCHEMAS))
    return st.tuples(st.lists(commands, max_size=1), st.lists(objects, min_size=1, max_size=2), st.lists(commands, min_size=1, max_size=2))


def run(out: str, execute: Callable[[str], Any], given: Any, schemas: Callable[[str], str]) -> str:
    """Some commands, some objects of others', and more commands; then all of the others' must be as it was."""
    before, objects, after = given
    for command, schema in before:
        outcome(lambda command=command, schema=schema: COMMANDS[command](out, schemas(schema)))
    for kind, schema in objects:
        try:
            execute(f"CREATE SCHEMA IF NOT EXISTS {schemas(schema)}")
            execute(OBJECTS[kind].format(schema=schemas(schema)))
        except Exception:  # such as a view on a build that is not there
            continue
    was = {schema: contents(execute, schemas(schema)) for schema in SCHEMAS}
    came = ""
    for command, schema in after:
        came = outcome(lambda command=command, schema=schema: COMMANDS[command](out, schemas(schema)))
    assert {schema: contents(execute, schemas(schema)) for schema in SCHEMAS} == was
    return came


@share(0.0003)
def test_what_others_made_in_a_duckdb_file_stays(attack: Attack, tmp_path: Path) -> None:
    file = tmp_path / "shop.duckdb"

    def execute(sql: str) -> list[Any]:
        if not file.exists() and not sql.startswith("CREATE"):
            return []
        with duckdb.connect(str(file)) as connection:
            return connection.execute(sql).fetchall()

    def strike(given: Any) -> str:
        file.unlink(missing_ok=True)
        return run(str(file), execute, given, lambda schema: schema)

    attack(strikes(), strike)


@pytest.fixture
def url(server: str, database: Any) -> Iterator[str]:
    """The URL of a database of its own."""
    database.execute("DROP DATABASE IF EXISTS attacked")
    database.execute("CREATE DATABASE attacked")
    parts = server.partition("?")
    yield parts[0].rpartition("/")[0] + "/attacked" + parts[1] + parts[2]
    database.execute("DROP DATABASE attacked WITH (FORCE)")


@share(0.0008)
def test_what_others_made_in_a_postgresql_database_stays(attack: Attack, url: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:

        def execute(sql: str) -> list[Any]:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []

        def strike(given: Any) -> str:
            for schema in SCHEMAS:
                execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE; DROP SCHEMA IF EXISTS colgen_new_{schema} CASCADE")
            return run(url, execute, given, lambda schema: schema)

        attack(strikes(), strike)
