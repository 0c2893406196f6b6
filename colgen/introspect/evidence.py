"""Keys and references that nobody declared, guessed from samples, each with what speaks for it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from colgen.introspect.guesses import TEXTS, WHOLE
from colgen.introspect.names import rules_of
from colgen.introspect.observed import Summary, shares
from colgen.introspect.personal import FEW
from colgen.introspect.shapes import ColumnShape, ForeignKeyShape, TableShape
from colgen.targets.sql import quoted

if TYPE_CHECKING:
    import duckdb

_MOST_PAIRS, _MOST_BINS = 15, 10
_KEY_WORDS = r"(^|_)(id|uuid|guid|key|code|sku|isbn|number|no|nr)$"
_UNIQUE_WORDS = r"e_?mail|user_?name|login|slug|sku|isbn|(^|_)(code|uuid|guid|number)$|_(code|number|no|key)$"
_PART_WORDS = r"(^|_)(id|uuid|code|no|nr|number|line|position|seq|sequence|day|date|month|year|locale|language|lang)$"
_ORDINAL_WORDS = r"(^|_)(line|position|pos|seq|sequence|ordinal|item|row)_?(no|nr|num|number)?$"
_CONTAINED, _LARGEST_FAMILY, _ENOUGH = 0.99, 200, 10


@dataclass(frozen=True)
class Sampled:
    """A table of samples: where its rows are read, and what its columns are like."""

    view: str
    shape: TableShape
    seen: Mapping[str, Summary]


def singular(name: str) -> str:
    """A row of a table of this name.

    >>> singular("categories"), singular("addresses"), singular("order_lines"), singular("status")
    ('category', 'address', 'order_line', 'status')
    """
    for ending, becomes in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh")):
        if name.endswith(ending):
            return name.removesuffix(ending) + becomes
    return name if name.endswith(("ss", "us", "is")) else name.removesuffix("s")


def find_key(connection: duckdb.DuckDBPyConnection, table: Sampled) -> None:
    """Notes the column, or the two, by which the rows differ and which is called like a key; and others that are unique and called so."""
    shape, rows = table.shape, table.shape.rows or 0
    if rows < 2:
        return
    there = [column for column in shape.columns if not column.nullable and not column.is_array]
    nearly = [column for column in there if table.seen[column.name].different > 0.9 * rows]
    alone = [column for column in nearly if column.type in (*WHOLE, *TEXTS, "uuid")]
    for column in sorted(alone, key=lambda column: _key_rank(shape, column)):
        if _key_rank(shape, column) < 4 and _different(connection, table, column.name) == rows:
            shape.key, shape.key_evidence = (column.name,), f"{rows:,} rows, all different"
            break
    else:
        parts = [column.name for column in there if re.search(_PART_WORDS, rules_of(column.name)) and column.type not in ("boolean",)]
        for names in itertools.islice(itertools.combinations(parts, 2), _MOST_PAIRS):
            if (
                table.seen[names[0]].different * table.seen[names[1]].different >= 0.9 * rows
                and _different(connection, table, *names) == rows
            ):
                shape.key, shape.key_evidence = names, f"{rows:,} rows, all different"
                break
    for column in nearly:
        is_called_so = re.search(_UNIQUE_WORDS, rules_of(column.name)) and column.type in (*TEXTS, "uuid")
        if rows >= 100 and is_called_so and (column.name,) != shape.key and _different(connection, table, column.name) == rows:
            shape.uniques.append((column.name,))


def _key_rank(table: TableShape, column: ColumnShape) -> int:
    """How much a name is that of its table's key: 0 for `id`; 4 for not at all."""
    name, own = rules_of(column.name), rules_of(table.name)
    if name == "id":
        return 0
    if re.fullmatch(rf"({re.escape(singular(own))}|{re.escape(own)})_?(id|key|code|no|nr|number|uuid|sk)", name):
        return 1
    if name in ("uuid", "guid", "code", "key", "sku", "isbn", "number", "no"):
        return 2
    return 3 if re.search(_KEY_WORDS, name) and table.columns[0] is column else 4


def _different(connection: duckdb.DuckDBPyConnection, table: Sampled, *names: str) -> int:
    """How many different values there are, exactly; the groups spill to disk."""
    row = connection.execute(f"SELECT count(*) FROM (SELECT 1 FROM {table.view} GROUP BY {', '.join(map(quoted, names))})").fetchone()
    return row[0] if row is not None else 0


def find_references(connection: duckdb.DuckDBPyConnection, tables: list[Sampled]) -> None:
    """Notes the columns whose values are the keys of another table: those that are called so, and texts all of which are keys."""
    for table in tables:
        for column in table.shape.columns:
            if not column.is_array and (reference := _reference(connection, table, column, tables)) is not None:
                table.shape.foreign_keys.append(reference)
        parent = _choose_parent(table, {other.shape.full_name: other for other in tables})
        if parent is not None:
            _find_ordinals(connection, table, parent)


def _reference(connection: duckdb.DuckDBPyConnection, table: Sampled, column: ColumnShape, tables: list[Sampled]) -> ForeignKeyShape | None:
    for target, is_called_so in _targets(table, column, tables):
        values, contained = _contained(connection, table, column.name, target)
        if not values or not contained or (not is_called_so and (contained < values or values < 5)):
            continue
        evidence = f"all {values:,} values" if contained == values else f"{contained:,} of {values:,} values"
        reference = ForeignKeyShape(
            (column.name,),
            target.shape.full_name,
            target.shape.key,
            evidence=f"{evidence} are in {target.shape.name}.{target.shape.key[0]}",
        )
        return _counted(connection, table, reference, target) if contained >= _CONTAINED * values else reference
    return None


def _targets(table: Sampled, column: ColumnShape, tables: list[Sampled]) -> Iterator[tuple[Sampled, bool]]:
    """Tables that a column may refer to, and whether it is called so; those first."""
    name, others = rules_of(column.name), list[Sampled]()
    for target in tables:
        if len(target.shape.key) != 1 or (target is table and (column.name,) == table.shape.key):
            continue
        key = target.shape.column(target.shape.key[0])
        if _kind(key) != _kind(column):
            continue
        row, own = singular(rules_of(target.shape.name)), rules_of(key.name)
        stems = "|".join(map(re.escape, {row, rules_of(target.shape.name)}))
        is_called_so = re.search(rf"(^|_)({stems})(_?(id|key|code|no|nr|number|uuid|sk|{re.escape(own)}))?$", name) is not None
        is_same = name == own and _key_rank(target.shape, key) == 1
        is_above = target is table and re.search(r"(^|_)(parent|manager|boss|supervisor|reports_to|superior)(_?id)?$", name) is not None
        if is_called_so or is_same or is_above:
            yield target, True
        elif target is not table and _kind(column) in ("text", "uuid") and (column.name,) != table.shape.key:
            others.append(target)
    yield from ((target, False) for target in others)


def _kind(column: ColumnShape) -> str:
    """Types whose values may be each other's."""
    return "whole" if column.type in WHOLE else "text" if column.type in TEXTS else column.type


def _contained(connection: duckdb.DuckDBPyConnection, table: Sampled, name: str, target: Sampled) -> tuple[int, int]:
    """How many different values a column has, and how many of them are keys of another table."""
    own, key = quoted(name), quoted(target.shape.key[0])
    row = connection.execute(
        f"SELECT count(*), count(found) FROM (SELECT {own} AS value FROM {table.view} WHERE {own} IS NOT NULL GROUP BY 1) "
        f"LEFT JOIN (SELECT {key} AS found FROM {target.view}) ON value = found"
    ).fetchone()
    return row if row is not None else (0, 0)


def _counted(connection: duckdb.DuckDBPyConnection, table: Sampled, reference: ForeignKeyShape, target: Sampled) -> ForeignKeyShape:
    """A reference with how many rows refer to each row of its target."""
    own, key = quoted(reference.columns[0]), quoted(reference.targets[0])
    counts = connection.execute(
        f"""SELECT children, count(*) FROM (
            SELECT count(own) AS children FROM (SELECT {key} AS key FROM {target.view})
            LEFT JOIN (SELECT {own} AS own FROM {table.view}) ON own = key GROUP BY key
        ) GROUP BY 1 ORDER BY 1"""
    ).fetchall()
    is_many = (table.shape.rows or 0) >= _ENOUGH * (target.shape.rows or 0)  # of fewer, chance alone makes some popular
    return replace(reference, children=tuple(histogram(counts).items()), top_share=top_share(counts) if is_many else None)


def histogram(counts: list[tuple[int, int]]) -> dict[int, float]:
    """Shares, in percent, of rows that have so many children; about, where there are many different numbers.

    counts : numbers of children, ascending, and how many rows have each

    >>> histogram([(0, 30), (1, 60), (2, 10)])
    {0: 30, 1: 60, 2: 10}
    """
    total, bins = sum(rows for _, rows in counts), list[tuple[int, int]]()
    children, rows = 0, 0
    for number, having in counts:
        if len(counts) <= _MOST_BINS or number == 0:
            bins.append((number, having))
            continue
        children, rows = children + number * having, rows + having
        if rows >= total / _MOST_BINS or (number, having) == counts[-1]:
            bins.append((round(children / rows), rows))
            children, rows = 0, 0
    whole: dict[int, float] = {}
    for number, having in bins:
        whole[number] = whole.get(number, 0) + having / total
    return shares(whole)


def top_share(counts: list[tuple[int, int]], top: float = 0.2) -> float:
    """The share of the children that the rows with the most of them have."""
    left, mine, all_of_them = top * sum(rows for _, rows in counts), 0.0, sum(number * rows for number, rows in counts)
    for number, rows in reversed(counts):
        mine, left = mine + number * min(rows, left), left - min(rows, left)
    return mine / all_of_them if all_of_them else 0.0


def _find_ordinals(connection: duckdb.DuckDBPyConnection, table: Sampled, parent: str) -> None:
    """Notes the columns that number the rows of a parent, and are called so."""
    for column in table.shape.columns:
        if column.type in WHOLE and not column.nullable and re.search(_ORDINAL_WORDS, rules_of(column.name)):
            names = (parent, column.name)
            if names != table.shape.key and _different(connection, table, *names) == table.shape.rows:
                table.shape.uniques.append(names)


def _choose_parent(table: Sampled, tables: Mapping[str, Sampled]) -> str | None:
    """Marks the reference that rows are best fanned out from: one that is never missing, to a table by whose name theirs begins, or else to the
    largest. Its column; None where there is no such reference."""
    shape = table.shape

    def rank(reference: ForeignKeyShape) -> tuple[bool, int]:
        target = tables[reference.target].shape
        return rules_of(shape.name).startswith(singular(rules_of(target.name))), target.rows or 0

    fitting = [
        reference
        for reference in shape.foreign_keys
        if reference.children
        and reference.target != shape.full_name
        and (tables[reference.target].shape.rows or 0) >= FEW
        and not shape.column(reference.columns[0]).nullable
        and max(count for count, _ in reference.children) <= _LARGEST_FAMILY
    ]
    if not fitting:
        return None
    chosen = max(fitting, key=rank)
    shape.foreign_keys = [replace(key, cascades=True) if key is chosen else key for key in shape.foreign_keys]
    return chosen.columns[0]
