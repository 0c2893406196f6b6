"""Sequences of a DuckDB file: which one numbers a column, and how it goes on after rows that came with numbers of their own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import duckdb

from colgen.targets.sql import literal

if TYPE_CHECKING:
    from colgen.targets.duckdb.database import Database

_SETS = int(duckdb.__version__.partition(".")[0]) >= 2
"""Whether a function sets a sequence, which lasts as soon as it is committed. Before 2.0, it may be lost by a `kill -9` until the checkpoint."""


def sequence_of(database: Database, default: str | None, schema: str) -> tuple[str, str] | None:
    """The sequence whose next number is a default. Without a schema it is looked for beside the table, and then in `main`."""
    called = re.fullmatch(r"nextval\('((?:[^']|'')+)'\)", default or "")
    if called is None:
        return None
    parts = re.findall(r'"(?:[^"]|"")+"|[^".]+', called[1].replace("''", "'"))
    *schemas, name = [part[1:-1].replace('""', '"') if part.startswith('"') else part for part in parts]
    sql = """
        SELECT [schema_name, sequence_name] FROM duckdb_sequences()
        WHERE database_name = ? AND lower(schema_name) = lower(?) AND lower(sequence_name) = lower(?)"""
    for place in schemas[-1:] or (schema, "main"):
        if (there := database.execute(sql, [database.name, place, name])) is not None:
            return there[0], there[1]
    return None


def number_from(database: Database, schema: str, sequence: str, last: int) -> None:
    """Makes a sequence go on after a number, unless it is beyond it already."""
    sql = """
        SELECT [coalesce(last_value, start_value - increment_by), increment_by] FROM duckdb_sequences()
        WHERE database_name = ? AND schema_name = ? AND sequence_name = ?"""
    at, step = database.execute(sql, [database.name, schema, sequence])
    name = literal(database.qualified(schema, sequence))
    if step > 0 and last > at and _SETS:
        database.execute(f"SELECT setval({name}, {last})")
    while step > 0 and last > at and not _SETS:  # more than once, since some versions are one off in what they say
        at = database.execute(f"SELECT max(nextval({name})) FROM range({-((at - last) // step)})")
