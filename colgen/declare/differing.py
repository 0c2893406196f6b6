"""Rows that a reference must not refer to: the row itself, and the one that another reference of the row refers to (`differs_from`).

The value is drawn among the rows that are left and moved on past those that are not: exact, even, and nothing is tried again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from colgen.arrays import Array
from colgen.declare.column import ComputedKey
from colgen.errors import ModelError, one_of

if TYPE_CHECKING:
    from colgen.declare.foreign_key import ForeignKey
    from colgen.declare.rows import Rows
    from colgen.declare.table import TableInfo

_NONE = np.int64(np.iinfo(np.int64).max)


def check_differing(table: TableInfo) -> None:
    """ModelError where what a reference of a table must differ from is not another one to the same table, or leaves what cannot be dealt out."""
    for column in table.columns.values():
        if getattr(column, "differs_from", ""):
            _check(cast("ForeignKey", column))


def _check(key: ForeignKey) -> None:
    place, table = f"{key.qualified_name}: differs_from={key.differs_from!r}", key.table
    other = table.columns[str(key.differs_from)]
    fitting = [
        column.name
        for column in table.columns.values()
        if column.references == key.other and column is not key and not isinstance(column, ComputedKey)
    ]
    if other.name not in fitting:
        is_elsewhere = other.references is not None and other.references != key.other
        why = f"which refers to {other.references.name}; " if is_elsewhere and other.references is not None else ""
        known = one_of(other.name, fitting) if fitting else "it has none"
        raise ModelError(f"{place}, {why}it must name another reference of {table.name} to {key.other.name}; {known}")
    if key.distinct and not other.to_parent:
        raise ModelError(
            f"{place} beside distinct=True: of the rows that {table.name} may refer to, another one is taken away in each row of a parent, so "
            f"what is left cannot be dealt out; name the ParentKey(), or leave distinct=True out"
        )


def avoided(key: ForeignKey, rows: Rows) -> list[Array]:
    """The numbers of rows that each row must not refer to: int64, one or two arrays, those of the first below those of the second; past all rows
    where there is none."""
    own = [rows.ids] if key.is_to_self else []
    if not key.differs_from:
        return own
    referred = rows.row_numbers(key.differs_from)
    return _ascending([*own, np.where(np.ma.getmaskarray(referred), _NONE, np.ma.getdata(referred))])


def left_of(numbers: list[Array], first: int | Array, there: int | Array) -> tuple[int | Array, list[Array]]:
    """How many of `there` numbers from `first` on are left without those to be avoided; and these, past all where they are none of them."""
    inside = [(first <= avoided) & (avoided < first + there) for avoided in numbers]
    left = there
    for is_inside in inside:
        left = left - is_inside
    return left, _ascending([np.where(is_inside, avoided, _NONE) for is_inside, avoided in zip(inside, numbers, strict=True)])


def moved_on(drawn: Array, numbers: list[Array]) -> Array:
    """Numbers drawn among those that are left, each moved on past the ones to be avoided."""
    for avoided in numbers:
        drawn = drawn + (drawn >= avoided)
    return drawn


def _ascending(numbers: list[Array]) -> list[Array]:
    return numbers if len(numbers) < 2 else [np.minimum(*numbers), np.maximum(*numbers)]
