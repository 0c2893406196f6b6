"""What was written, proved: DuckDB runs every invariant on the files, out of core, and shows the rows that offend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from colgen import manifest as manifests
from colgen.invariants import queries
from colgen.model import Model, load
from colgen.views import add_view, answer, new_connection

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


def check(folder: Path, model: Model | None = None) -> Iterator[Outcome]:
    """Proves every rule on a finished build (or one about to be published), one outcome each.

    A part that the manifest names and that is missing or cannot be read is an offender too.
    """
    found = manifests.read(folder)
    model = model or load(found.spec.model)
    missing = found.missing(folder)
    yield Outcome("*", "every part is there", not missing, len(missing), ("file",), tuple((file,) for file in missing[:OFFENDERS]))
    if missing:
        return
    connection = new_connection()
    for name in found.tables:
        try:
            add_view(connection, folder, found, name)
        except Exception as error:  # DuckDB's and Arrow's words for a file that is none
            yield _unreadable(name, "its parts can be read", error)
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
