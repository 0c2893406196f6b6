"""Columns of every type, in a real PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest

import colgen
from tests.formats.every_type import MODEL

pytest.importorskip("psycopg", reason="a PostgreSQL target needs psycopg: pip install 'colgen[postgres]'")


def types_of(database: Any, schema: str, table: str) -> dict[str, str]:
    """What the columns of a table are there."""
    return dict(
        database.execute(
            "SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0",
            (f"{schema}.{table}",),
        ).fetchall()
    )


def test_every_type_is_one_of_the_server_s_and_every_value_arrives(server: str, database: Any, schema: str) -> None:
    built = colgen.build(MODEL, out=server, schema=schema, check=True)
    assert all(outcome.holds for outcome in built.outcomes or ())
    types = types_of(database, schema, "things")
    assert {name: types[name] for name in ("id", "weight", "height", "code", "made_at", "opens", "digest")} == {
        "id": "smallint",
        "weight": "double precision",
        "height": "real",
        "code": "character(2)",
        "made_at": "timestamp without time zone",
        "opens": "time without time zone",
        "digest": "bytea",
    }
    for name in ("things", "parts"):
        made = colgen.build(MODEL).table(name).sort_by("id")
        listed = ", ".join(
            f"{column}::float8" if types_of(database, schema, name)[column] == "real" else column for column in made.column_names
        )
        rows = database.execute(f'SELECT {listed} FROM "{schema}".{name} ORDER BY id').fetchall()
        for number, column in enumerate(made.column_names):
            assert [row[number] for row in rows] == made[column].to_pylist(), column
