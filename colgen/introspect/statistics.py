"""What PostgreSQL's own statistics say of a database's rows: no table is read, and nothing is taken over that could be about one person."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from colgen.introspect.guesses import FRACTIONS, MOMENTS, TEXTS, WHOLE
from colgen.introspect.observed import LONGEST_WORD, MOST_WORDS, covers, observe_time, rounded_outwards, shares
from colgen.introspect.personal import FEW, is_personal
from colgen.introspect.shapes import ColumnShape, ForeignKeyShape, Observed, SchemaShape, TableShape

if TYPE_CHECKING:
    import psycopg

_BY = "the statistics"

_ROWS = """
    SELECT nspname::text, relname::text, reltuples::float8 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind IN ('r', 'p') AND nspname = ANY(%s) AND reltuples >= 0"""

_SHARES = """
    SELECT DISTINCT ON (schemaname, tablename, attname) schemaname::text, tablename::text, attname::text, null_frac::float8, n_distinct::float8
    FROM pg_stats WHERE schemaname = ANY(%s) ORDER BY schemaname, tablename, attname, inherited DESC"""
"""Of each column, the share of NULLs and the number of different values; of partitioned tables, those of all partitions."""

_VALUES = """
    SELECT most_common_vals::text::text[], most_common_freqs::float8[], histogram_bounds::text::text[]
    FROM pg_stats WHERE schemaname = %s AND tablename = %s AND attname = %s ORDER BY inherited DESC LIMIT 1"""
"""Asked for only of columns that do not look personal."""


@dataclass(frozen=True)
class _Share:
    nulls: float
    different: float  # of a negative number, the share of the rows


def add(connection: psycopg.Connection[Any], shape: SchemaShape, schemas: Sequence[str]) -> None:
    """Notes in the tables of a database how many rows there are, about, and in their columns what these hold, as far as ANALYZE has seen it."""
    rows = {(schema, table): round(count) for schema, table, count in connection.execute(_ROWS, (list(schemas),)).fetchall()}
    known = {tuple(row[:3]): _Share(*row[3:]) for row in connection.execute(_SHARES, (list(schemas),)).fetchall()}
    times: list[tuple[ColumnShape, float | None, float | None]] = []
    unknown = []
    for table in shape.tables:
        schema = table.schema or schemas[0]
        table.rows = rows.get((schema, table.name))
        if table.rows is None:
            unknown.append(table.full_name)
        for column in table.columns:
            share = known.get((schema, table.name, column.name))
            if share is None or column.is_array:
                continue
            column.observed = Observed(_BY, nulls=share.nulls)
            if _is_open(table, column, share):
                common, shares_of, bounds = connection.execute(_VALUES, (schema, table.name, column.name)).fetchone() or (None, None, None)
                _observe(table, column, dict(zip(common or (), shares_of or (), strict=True)), bounds or (), times)
    observe_time(times)
    _count_children(shape, known, schemas)
    if unknown:
        shape.notes.append(f"no statistics, for want of ANALYZE: {', '.join(unknown)}")


def _is_open(table: TableShape, column: ColumnShape, share: _Share) -> bool:
    """Whether values of a column may be looked at: numbers, moments and flags, and texts of which there are few; none of what looks personal, and no
    key."""
    if is_personal(column.name, table.name) or column.name in table.key or any(column.name in key.columns for key in table.foreign_keys):
        return False
    if column.type in TEXTS or column.words is not None:
        return 0 < share.different <= MOST_WORDS
    return column.type in (*WHOLE, *FRACTIONS, "date", *MOMENTS, "boolean")


def _observe(
    table: TableShape,
    column: ColumnShape,
    common: Mapping[str, float],
    bounds: Sequence[str],
    times: list[tuple[ColumnShape, float | None, float | None]],
) -> None:
    """Notes what is known of the values of a column.

    common : values that come often, and the share of the rows that has each
    bounds : ends of ranges that the other values fall into
    times : where the first and the last of days and moments are noted
    """
    assert column.observed is not None
    rows, present = table.rows or 0, 1 - column.observed.nulls
    if rows * present < FEW:
        return
    often = {value: share / present for value, share in common.items() if share * rows >= FEW}
    if column.type == "boolean":
        column.observed = replace(column.observed, true=min(1.0, often.get("t", 0.0)))
    elif column.type in TEXTS or column.words is not None:
        if all(len(word) <= LONGEST_WORD for word in often) and covers(sum(often.values())):
            column.observed = replace(column.observed, words=shares(often))
    elif column.type in (*WHOLE, *FRACTIONS):
        numbers = [float(value.replace("$", "").replace(",", "")) for value in (*common, *bounds)]
        numbers = [number for number in numbers if math.isfinite(number)]
        if numbers:
            low, high = rounded_outwards(min(numbers), max(numbers))
            column.observed = replace(column.observed, low=low, high=high)
    elif days := [day for value in (*common, *bounds) if (day := _day(value)) is not None]:
        times.append((column, min(days), max(days)))


def _day(value: str) -> float | None:
    """The days since 1970 of a day or a moment; None for infinity, and for years before Christ."""
    try:
        return float((datetime.date.fromisoformat(value[:10]) - datetime.date(1970, 1, 1)).days) if not value.endswith("BC") else None
    except ValueError:
        return None


def _count_children(shape: SchemaShape, known: Mapping[Any, _Share], schemas: Sequence[str]) -> None:
    """Notes how many rows refer to a row: on average, and to how many any do."""
    tables = {table.full_name: table for table in shape.tables}
    for table in shape.tables:
        schema = table.schema or schemas[0]
        counted = [
            _with_children(key, table, tables[key.target], known.get((schema, table.name, key.columns[0]))) for key in table.foreign_keys
        ]
        table.foreign_keys = counted


def _with_children(key: ForeignKeyShape, table: TableShape, target: TableShape, share: _Share | None) -> ForeignKeyShape:
    if share is None or len(key.columns) > 1 or not table.rows or not target.rows or table.rows < FEW:
        return key
    different = share.different if share.different > 0 else -share.different * table.rows
    parents = min(float(target.rows), max(1.0, different))
    children = max(1.0, table.rows * (1 - share.nulls) / parents)
    less, more = math.floor(children), math.floor(children) + 1
    parts = {0: 1 - parents / target.rows, less: parents / target.rows * (more - children), more: parents / target.rows * (children - less)}
    return replace(key, children=tuple(shares({count: part for count, part in parts.items() if part > 0.001}).items()))
