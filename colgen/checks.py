"""What was written, proved: DuckDB runs every invariant on the files, out of core, and shows the rows that offend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from colgen import builds
from colgen.invariants import queries
from colgen.manifest import Manifest
from colgen.model import Model, load
from colgen.views import answer, new_connection

if TYPE_CHECKING:
    import duckdb

OFFENDERS = 5
"""So many offending rows are shown."""


@dataclass(frozen=True)
class Outcome:
    """What became of a rule. rows : up to five of the offending ones, as `columns`; found : how many there are"""

    table: str
    says: str
    holds: bool
    found: int = 0
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()


def check(where: str | Path, model: Model | None = None, schema: str | None = None) -> Iterator[Outcome]:
    """Proves every rule on a finished build (or one about to be published), one outcome each.

    where : a folder, or a DuckDB file; schema : where in the file

    A part that the manifest names and that is missing or cannot be read is an offender too.
    """
    build = builds.read(where, schema)
    missing, part = build.missing, "part" if build.schema is None else "table"
    offenders = tuple((name,) for name in missing[:OFFENDERS])
    yield Outcome("*", f"every {part} is there", not missing, len(missing), ("file" if part == "part" else part,), offenders)
    if missing:
        return
    connection = new_connection()
    for name in build.manifest.tables:
        try:
            build.add_view(connection, name)
        except Exception as error:  # DuckDB's and Arrow's words for a file that is none
            yield _unreadable(name, "its parts can be read", error)
    yield from prove(connection, build.manifest, model or load(build.manifest.spec.model))


def prove(connection: duckdb.DuckDBPyConnection, found: Manifest, model: Model) -> Iterator[Outcome]:
    """Proves every rule on the tables that a connection sees under their own names, one outcome each."""
    for name, reference in model.reference_tables.items():
        connection.register(name, reference)
    for query in queries(found, model):
        try:
            result = answer(connection, f"SELECT * FROM ({query.sql}) LIMIT {OFFENDERS}")
            columns, rows = tuple(result.column_names), tuple(tuple(row.values()) for row in result.to_pylist())
            total = len(rows)
            if total == OFFENDERS:  # another pass only where something is wrong
                total = answer(connection, f"SELECT count(*) AS total FROM ({query.sql})")["total"][0].as_py()
        except Exception as error:  # a cell that is no value of its type
            yield _unreadable(query.table, query.says, error)
        else:
            yield Outcome(query.table, query.says, not rows, total, columns, rows)


def _unreadable(table: str, says: str, error: Exception) -> Outcome:
    return Outcome(table, says, False, 1, ("error",), ((str(error).split("\n")[0],),))
