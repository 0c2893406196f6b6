"""What the numbers of a volume must allow for: as many different values as there are rows that must differ, enough rows for a tree's levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from colgen.declare.arguments import limits_of
from colgen.declare.columns import Key, OneOf
from colgen.declare.foreign_key import ForeignKey
from colgen.declare.pairs import pairs_of
from colgen.declare.rows import Daily, FanOut, Pairs, Volume
from colgen.declare.scope import least_members
from colgen.declare.table import TableInfo
from colgen.declare.trees import Tree


def rows_between(table: TableInfo, volume: Mapping[str, Any]) -> tuple[int, int | None]:
    """How many rows a table has at least and at most under the settings of a volume; None where there is no telling."""
    if isinstance(table.rows, int):
        return table.rows, table.rows
    if isinstance(table.rows, Volume):
        return volume[table.rows.name], volume[table.rows.name]
    if isinstance(table.rows, FanOut):
        parents, (least, most) = rows_between(table.rows.parent_table, volume), table.rows.limits(volume)
        return parents[0] * least, None if most is None or parents[1] is None else parents[1] * most
    if isinstance(table.rows, Daily):
        return 1, None
    return 0, None


def too_few(tables: Sequence[TableInfo], volume: Mapping[str, Any]) -> Iterator[str]:
    """In words, with the arithmetic: what the settings of a volume do not allow for, as far as that can be told before rows are counted."""
    for table in tables:
        least, _ = rows_between(table, volume)
        per_parent = table.rows.limits(volume)[1] if isinstance(table.rows, FanOut) and not table.rows.at_most else None
        for column in table.columns.values():
            limits = limits_of(column.type) if isinstance(column, Key) else None
            if isinstance(column, Key) and limits is not None and (last := column.start + least - 1) > limits[1]:
                yield (
                    f"{column.qualified_name}: {least:,} numbers from {column.start:,} on go up to {last:,}, and {column.type.name} up to "
                    f"{limits[1]:,}; begin lower, or say Key(BigInteger, start=…)"
                )
            if isinstance(column, OneOf):
                if column.unique and least > column.different:
                    yield column.too_many(least)
                if column.distinct and not column.unique and per_parent is not None and per_parent > column.different:
                    yield column.too_many(per_parent, f" for each of {_parent(table)}")
            if isinstance(column, ForeignKey):
                yield from _of_reference(column, least, per_parent, volume)
            if isinstance(column, Tree) and table.parent is None and least < column.roots + column.levels - 1:
                yield (
                    f"{column.qualified_name}: Tree(levels={column.levels}, roots={column.roots:,}) needs at least "
                    f"{column.roots + column.levels - 1:,} rows, and {table.name} has {least:,}"
                )
        if isinstance(table.rows, Pairs):
            left, right = (rows_between(side, volume)[1] for side in (table.rows.left, table.rows.right))
            if left is not None and right is not None and least > (there := pairs_of(table.rows, left, right)):
                others = right - (table.rows.left == table.rows.right)
                half = " / 2" * table.rows.once
                yield f"{table.name}: {least:,} pairs must differ, and {left:,} × {others:,}{half} rows have only {there:,}"


def _of_reference(key: ForeignKey, least: int, per_parent: int | None, volume: Mapping[str, Any]) -> Iterator[str]:
    _, there = rows_between(key.other, volume)
    if there is not None and key.scope is None and (there or not key.nullable):  # of no rows, all references are missing
        others = max(there - key.is_to_self - bool(key.differs_from), 0)
        if key.differs_from and not key.nullable and least and not others:
            yield (
                f"{key.qualified_name} must be another row of {key.other.name} than {key.differs_from}{' and the row itself' * key.is_to_self}, "
                f"and there {'is' if there == 1 else 'are'} {there:,}; ask for {2 + key.is_to_self}, or say nullable=True"
            )
        if key.unique and least > others:
            yield f"{key.qualified_name}: {least:,} rows must refer to different ones, and {key.other.name} has {there:,}"
        if key.distinct and not key.unique and per_parent is not None and per_parent > others:
            yield (
                f"{key.qualified_name}: up to {per_parent:,} rows for each of {_parent(key.table)} must refer to different ones, "
                f"and {key.other.name} has {there:,}{f', of which that of {key.differs_from} is none of them' if key.differs_from else ''}"
            )
    if key.scope is not None and not key.nullable:
        members = least_members(key.scope.ancestor, key.other, volume)
        if members < 1 + key.is_to_self:
            yield (
                f"{key.qualified_name}: a row of {key.scope.ancestor.name} may have {members:,} rows of {key.other.name}, and one "
                f"{'other ' * key.is_to_self}is needed; fan out at least {1 + key.is_to_self}, or say nullable=True (missing where there is none)"
            )


def _parent(table: TableInfo) -> str:
    return table.parent.name if table.parent is not None else ""
