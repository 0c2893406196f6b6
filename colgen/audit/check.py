"""What was written, proved: DuckDB runs every invariant on it, out of core, and shows the rows that offend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from colgen.audit.invariants import Query, queries
from colgen.declare.model import Model
from colgen.errors import ColgenError
from colgen.targets.finished import FinishedBuild, read_build
from colgen.targets.manifest import Manifest
from colgen.targets.sql import answer, quoted

if TYPE_CHECKING:
    import duckdb

OFFENDERS = 5
"""How many offending rows are shown."""


@dataclass(frozen=True)
class Outcome:
    """Whether a rule holds.

    violations : how many rows offend
    columns, rows : up to five of them
    """

    table: str
    rule: str
    holds: bool
    violations: int = 0
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()


class CheckFailed(ColgenError):
    """The data broke a rule, and was not published.

    advice : why that may be, and what to do
    """

    def __init__(self, outcomes: tuple[Outcome, ...], advice: str = "") -> None:
        self.outcomes = outcomes
        broken = [f"{outcome.table}: {outcome.rule}" for outcome in outcomes if not outcome.holds]
        super().__init__(
            f"{len(broken)} of {len(outcomes)} checks failed, and nothing was published: "
            + "; ".join([*broken, *([advice] if advice else [])])
        )


def check(path: str | Path, model: Model | None = None, schema: str | None = None) -> Iterator[Outcome]:
    """Proves every rule on a finished build, one outcome each.

    path : a folder, or a DuckDB file
    schema : of a file that holds several builds, which one
    """
    build = read_build(path, schema)
    yield from check_build(build, model or build.manifest.find_model())


def check_build(build: FinishedBuild, model: Model) -> Iterator[Outcome]:
    """Proves every rule on a build that is finished, or about to be published.

    A part that the manifest names and that is missing or cannot be read is an offender too.
    """
    missing, part = build.missing, "part" if build.schema is None else "table"
    offenders = tuple((name,) for name in missing[:OFFENDERS])
    yield Outcome("*", f"every {part} is there", not missing, len(missing), ("file" if part == "part" else part,), offenders)
    if missing:
        return
    if differing := list(build.manifest.differences(model)):
        yield Outcome(
            "*",
            f"tables and columns are those of the model {model.name}",
            False,
            len(differing),
            ("place", "reason"),
            tuple(differing[:OFFENDERS]),
        )
        return
    if build.unlisted:
        files = tuple((file,) for file in build.unlisted[:OFFENDERS])
        yield Outcome("*", "no other file lies among the parts", False, len(build.unlisted), ("file",), files)
    connection = build.open()
    for name in build.manifest.tables:
        try:
            build.add_view(connection, name)
        except Exception as error:  # DuckDB's and Arrow's words for a file that cannot be read
            yield _unreadable(name, "its parts can be read", error)
    yield from prove(connection, build.manifest, model)


def prove(connection: duckdb.DuckDBPyConnection, manifest: Manifest, model: Model) -> Iterator[Outcome]:
    """Proves every rule on the tables that a connection sees under their own names, one outcome each."""
    for name, reference in model.reference_tables.items():
        connection.register(name, reference)
    wanted = list(queries(manifest, model))
    held = _held(connection, wanted)
    for query in wanted:
        if query in held:
            yield Outcome(query.table, query.rule, True)
            continue
        try:
            result = answer(connection, f"SELECT * FROM ({query.sql}) LIMIT {OFFENDERS}")
            columns, rows = tuple(result.column_names), tuple(tuple(row.values()) for row in result.to_pylist())
            total = len(rows)
            if total == OFFENDERS:  # another pass only where something is wrong
                total = answer(connection, f"SELECT count(*) AS total FROM ({query.sql})")["total"][0].as_py()
        except Exception as error:  # a cell that is not a value of its type
            yield _unreadable(query.table, query.rule, error)
        else:
            yield Outcome(query.table, query.rule, not rows, total, columns, rows)


def _held(connection: duckdb.DuckDBPyConnection, wanted: Sequence[Query]) -> set[Query]:
    """The rules about each row alone that hold, in one pass over each table: a query for each of them costs as much as the table is wide."""
    held: set[Query] = set()
    for table in dict.fromkeys(query.table for query in wanted if query.condition):
        of_table = [query for query in wanted if query.table == table and query.condition]
        counts = ", ".join(f"count(*) FILTER ({query.condition})" for query in of_table)
        with suppress(Exception):  # a cell that is not a value of its type: then each rule says for itself whether it holds
            (row,) = answer(connection, f"SELECT [{counts}] AS offenders FROM {quoted(table)}").to_pylist()
            held.update(query for query, offenders in zip(of_table, row["offenders"], strict=True) if not offenders)
    return held


def _unreadable(table: str, rule: str, error: Exception) -> Outcome:
    return Outcome(table, rule, False, 1, ("error",), ((str(error).split("\n")[0],),))
