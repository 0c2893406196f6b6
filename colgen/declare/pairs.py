"""The two references of a table whose rows are pairs of rows of two tables, and which pair each row is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from colgen.arrays import Array
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


def pairs_of(rows: Pairs, left: int, right: int) -> int:
    """How many different pairs there are, of so many rows on either side."""
    if rows.left != rows.right:
        return left * right
    both_ways = left * max(right - 1, 0)
    return both_ways // 2 if rows.once else both_ways


def sides_of(rows: Pairs, pairs: Array, right: int) -> tuple[Array, Array]:
    """The rows of some pairs, which are numbered from 0 on; the rows of either side from 1 on: int64.

    right : how many rows there are on the right
    """
    if rows.once:  # the second is 1, 2, 3 … rows further on in a ring: up to half of it, so that each two meet one way
        first = pairs % right
        second = (first + pairs // right + 1) % right
        return np.minimum(first, second) + 1, np.maximum(first, second) + 1
    is_one_table = rows.left == rows.right
    first, second = np.divmod(pairs, max(right - is_one_table, 1))
    return first + 1, second + (second >= first if is_one_table else 0) + 1
