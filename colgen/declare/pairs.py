"""The two references of a table whose rows are pairs of rows of two tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from colgen.declare.rows import Pairs
from colgen.errors import ModelError

if TYPE_CHECKING:
    from colgen.declare.column import Column
    from colgen.declare.table import TableInfo


def pair_of(table: TableInfo) -> tuple[Column, Column]:
    """The two references of a table of `Pairs`. ModelError where they are not there."""
    rows = table.rows
    assert isinstance(rows, Pairs)
    keys = [column for column in table.columns.values() if column.references is not None and not column.to_parent]
    left = next((column for column in keys if column.references == rows.left), None)
    right = next((column for column in keys if column.references == rows.right and column is not left), None)
    if left is None or right is None:
        missing = rows.left if left is None else rows.right
        name = missing.declared.__name__
        raise ModelError(
            f"table {table.name} has rows = Pairs(…), and no reference to {missing.name}; add one: {missing.name}_id = ForeignKey({name})"
        )
    return left, right
