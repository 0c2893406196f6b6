"""Columns that tie rows to other rows: to the parent, to a table that is referred to, to the rows further down.

| kind | values |
|---|---|
| `ForeignKey(Table, …)` | a row of another table (`colgen.declare.foreign_key`) |
| `ParentKey(Table)` | the row this one is fanned out from; `Ordinal()` is its number there, `IsFirst()` and `IsLast()` say whether it is the first or the last |
| `Lookup(Other.column)` | another table's column, by the foreign key to it |
| `ExistingBy(Table, "day")` | how many rows of another table there are by a day |
| `Sum("children.column")` | added up over the rows fanned out from this one, however far down |
| `First("children")`, `Count("children")` | the first of those rows, and how many there are |
| `Running("column")` | an own column added up from the parent's first row to this one |
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack, cast

import numpy as np
import pyarrow as pa

from colgen.arrays import Array
from colgen.declare.arguments import is_text, require_text, shown
from colgen.declare.column import Column, Options, take_type
from colgen.declare.columns import Key
from colgen.declare.rows import FanOut, Rows
from colgen.declare.table import Table, table_of
from colgen.declare.times import births_of
from colgen.errors import ModelError
from colgen.values.types import REPEATED, WHOLE, BigInteger, Boolean, Date, Integer, RepeatedText, String, Type, Uuid

if TYPE_CHECKING:
    from colgen.declare.table import TableInfo


class ParentKey(Column):
    """The id of the row this one is fanned out from."""

    compact = True
    to_parent = True

    always_there = True
    promises = ("unique",)

    def __init__(self, references: type[Table] | TableInfo, **options: Unpack[Options]) -> None:
        try:
            self.references: TableInfo = table_of(references)
        except ModelError:
            raise ModelError(f"ParentKey({shown(references)}): expects a Table class defined above this one") from None
        super().__init__(BigInteger, f"the row of {self.references.name} it belongs to", **options)

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        if table.parent != self.references:
            raise ModelError(
                f"{self.qualified_name}: ParentKey({self.references.declared.__name__}), but the table is not fanned out from it; use ForeignKey"
            )

        if self.unique and (not isinstance(table.rows, FanOut) or table.rows.most_declared != 1):
            raise ModelError(
                f"{self.qualified_name}: unique=True needs at most one row for each of {self.references.name}: FanOut(…, {{0: 30, 1: 70}})"
            )
        take_type(self)

    @property
    def role(self) -> str:
        return "parent" if self.written_key is None or isinstance(self.written_key, Key) else self.type.role

    def make(self, rows: Rows) -> Array:
        key = self.references.key
        if key is not None and key.is_row_number:
            ids, positions = rows.parent_values(key)
            return (ids.astype(np.int32) if ids.max(initial=0) < 1 << 31 else ids).take(positions)
        return rows.parent_ids


class Ordinal(Column):
    """1 … n among the rows fanned out from the same row."""

    compact = True

    promises = ("distinct",)

    def __init__(self, **options: Unpack[Options]) -> None:
        super().__init__(Integer, "1, 2, 3 … within its parent", **options)
        self.distinct = True

    def bind(self, table: TableInfo, name: str) -> None:
        self.table, self.name = table, name
        if table.parent is None:
            raise ModelError(f"{self.qualified_name}: Ordinal() counts within a parent, but the table is not fanned out")
        super().bind(table, name)

    def make(self, rows: Rows) -> Array:
        return rows.ordinal()


class IsFirst(Column):
    """Whether a row is the first of those fanned out from the same row."""

    _last, _word = False, "first"

    def __init__(self, **options: Unpack[Options]) -> None:
        super().__init__(Boolean, f"whether it is the {self._word} within its parent", **options)

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        if table.parent is None:
            raise ModelError(f"{self.qualified_name}: {type(self).__name__}() is about rows of one parent, but the table is not fanned out")

    def make(self, rows: Rows) -> Array:
        return rows.is_first_or_last(self._last)


class IsLast(IsFirst):
    """Whether a row is the last of those fanned out from the same row."""

    _last, _word = True, "last"


class Lookup(Column):
    """Another table's column, at the row that the foreign key refers to."""

    def __init__(self, column: Column, *, via: str | None = None, **options: Unpack[Options]) -> None:
        if not isinstance(column, Column):
            raise ModelError(f"Lookup({shown(column)}): expects a column of another table, such as Lookup(Products.price)")
        if via is not None:
            require_text(f"Lookup({column.qualified_name})", via=via)
        super().__init__(column.type, **options)
        self.column, self.compact, self._may_be_missing = column, column.compact, self.nullable
        self._given_via, self._via = via, via

    @property
    def may_leave_out(self) -> bool:  # type: ignore[override]
        return self.column.nullable or self.table.columns[cast(str, self._via)].nullable

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        self._via = table.key_to(self.column, self.qualified_name, self._given_via)
        self.take_type()

    def take_type(self) -> None:
        """Has the type of what it looks up, which may have been found only when the tables of a model were known."""
        self.column.take_type()
        key = self.table.columns[cast(str, self._via)]
        self.type, self.nullable = self.column.type, self._may_be_missing or self.column.nullable or key.nullable
        if self.type in (String, Uuid) and isinstance(key, ParentKey) and not self.nullable:
            self.type = REPEATED[self.type.name]  # the same text for all rows of a parent: written once
        elif self.type in REPEATED.values() and not isinstance(key, ParentKey):
            self.type = String if self.type is RepeatedText else Uuid

    @property
    def needs(self) -> tuple[str, ...]:
        return (cast(str, self._via),)

    @property
    def lookups(self) -> tuple[tuple[Column, str], ...]:
        return ((self.column, cast(str, self._via)),)

    @property
    def description(self) -> str:
        return f"{self.column.qualified_name}, by {self._via}"

    def make(self, rows: Rows) -> Any:
        if self.type in REPEATED.values():
            return rows.repeated(self.column)
        values = rows.referred(self.column, cast(str, self._via), compact=self.compact)
        return values.cast(pa.string()) if isinstance(values, pa.DictionaryArray) else values


class ExistingBy(Column):
    """How many rows of another table there are before the day of an own date column starts: the first ones, since ids ascend with time."""

    compact = True

    def __init__(self, table: type[Table] | TableInfo, at: str, *, hidden: bool = True) -> None:
        require_text("ExistingBy", at=at)
        self.other, self.at = table_of(table), at
        super().__init__(BigInteger, f"how many rows of {self.other.name} there are before {at}", hidden=hidden)

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        births_of(self.other, self.qualified_name)
        when = table.columns.get(self.at)  # the table names what is missing
        if when is not None and (when.type is not Date or when.nullable):
            raise ModelError(f"{self.qualified_name}: at={self.at!r} must name a date that is never missing, not a {when.type.name}")

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.at,)

    def make(self, rows: Rows) -> Array:
        return rows.births(births_of(self.other, self.qualified_name)).before(rows.values(self.at))


class Sum(Column):
    """A column of the rows fanned out from this one, however far down, added up: `Sum("invoice_line_items.line_total", Money)`."""

    def __init__(self, child: str, type: Type = BigInteger, **options: Unpack[Options]) -> None:
        super().__init__(type, f"sum of {child}", **options)
        if not is_text(child) or "." not in child:
            raise ModelError(f"Sum({shown(child)}): expects 'table.column', such as Sum('order_lines.amount')")
        self._child = child

    @property
    def sums(self) -> str:
        return self._child

    def check_child(self, child: Column) -> None:
        """ModelError where the sum of a column would be of another kind than this one."""
        _require_same_kind(f"{self.qualified_name} adds up", child, self)

    def make(self, rows: Rows) -> Array:
        return rows.summed(self)


class First(Column):
    """The first key that the rows fanned out from this one have in a table, however far down: `First("order_items")`; the next row's where
    there are none. That table has a `Key()`."""

    def __init__(self, table: str, *, hidden: bool = True) -> None:
        super().__init__(BigInteger, f"the first row of {table} that belongs to it", hidden=hidden)
        require_text(self.__class__.__name__, table=table)
        self.descendant = table

    def make(self, rows: Rows) -> Array:
        return rows.first_descendant(self.descendant)


class Count(First):
    """How many rows of a table are fanned out from this one, however far down: `Count("order_items")`."""

    def __init__(self, table: str, type: Type = BigInteger, *, hidden: bool = False) -> None:
        super().__init__(table, hidden=hidden)
        if not isinstance(type, Type) or type not in WHOLE:
            raise ModelError(f"Count({table!r}, {shown(type)}): its type must be SmallInteger, Integer or BigInteger")
        self.type, self._how = type, f"how many rows of {table} belong to it"

    def make(self, rows: Rows) -> Array:
        return rows.descendant_count(self.descendant)


class Running(Column):
    """A whole-number column of the same table added up from the parent's first row to this one: `Running("bought")`."""

    def __init__(self, column: str, type: Type = BigInteger, **options: Unpack[Options]) -> None:
        super().__init__(type, f"{column}, added up within the parent", **options)
        require_text("Running", column=column)
        self._column = column

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        if table.parent is None:
            raise ModelError(f"{self.qualified_name}: Running() adds up within a parent, but the table is not fanned out")
        if self._column in table.columns:  # the table names what is missing
            _require_same_kind(f"{self.qualified_name} adds up", table.columns[self._column], self)

    @property
    def needs(self) -> tuple[str, ...]:
        return (self._column,)

    def make(self, rows: Rows) -> Array:
        return rows.running(self._column)


def _require_same_kind(place: str, summand: Column, total: Column) -> None:
    """ModelError unless both are whole numbers, or decimals with the same number of digits after the point."""
    if _scale(summand) is None or _scale(summand) != _scale(total):
        raise ModelError(
            f"{place} {summand.qualified_name}, a {summand.type.name}, but is of the type {total.type.name}; whole numbers add up to an "
            "Integer or a BigInteger, decimals to a Decimal with as many digits after the point, and other columns not at all"
        )


def _scale(column: Column) -> int | None:
    """The digits after the point of a number; None for what is not one."""
    if pa.types.is_decimal(column.type.arrow):
        return int(column.type.arrow.scale)
    return 0 if column.type in WHOLE else None
