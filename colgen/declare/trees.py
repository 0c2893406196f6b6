"""Rows that stand below other rows of their own table: employees under managers, categories under categories, replies under comments.

| kind | values |
|---|---|
| `Tree(levels=4, roots=1)` | the row above; missing at the top |
| `Level("parent_id")` | how far down a row is: 1 at the top |
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Unpack

import numpy as np

from colgen.arrays import Array
from colgen.declare.arguments import require_text, require_whole
from colgen.declare.column import Column, Options, take_type
from colgen.declare.rows import MOST_ROWS, Rows
from colgen.errors import ModelError
from colgen.values.types import BigInteger, Integer

if TYPE_CHECKING:
    from colgen.declare.table import TableInfo

_MOST_LEVELS = 64


@dataclass(frozen=True)
class Standing:
    """Where rows stand in their trees.

    first : the number of the first row of each one's tree
    level : from 0
    tree : which kind of tree it is, by its size
    until : for each kind of tree, up to which row each level goes
    """

    first: Array
    level: Array
    tree: Array
    until: Array

    def end_of(self, level: Array) -> Array:
        """How many rows there are in each one's tree down to a level; 0 above the top."""
        return np.where(level < 0, 0, self.until[self.tree, np.maximum(level, 0)])


class Tree(Column):
    """The row that a row stands under, of the same table; missing for those at the top. A row above has a lower number, so it was there before.

    The levels follow one another, each larger than the one before by about the same factor. Of rows that are fanned out, those of one parent
    are a tree of their own; where they are too few for all levels, it has fewer.

    levels : how many there are, the top one included
    roots : how many rows are at the top
    """

    compact = True

    def __init__(self, levels: int, roots: int = 1, **options: Unpack[Options]) -> None:
        require_whole("Tree", 1, _MOST_LEVELS, levels=levels)
        require_whole("Tree", 1, MOST_ROWS, roots=roots)
        super().__init__(BigInteger, f"the row above; {levels} levels, {roots:,} at the top", **options)
        self.levels, self.roots, self.nullable = int(levels), int(roots), True

    may_leave_out = True

    def bind(self, table: TableInfo, name: str) -> None:
        self.references = table
        super().bind(table, name)
        if table.branch_of is not None:
            raise ModelError(
                f"{self.qualified_name}: the rows of a branch are numbered with those of others; a tree needs a table of its own"
            )
        if table.keep is not None and not self.hidden:
            raise ModelError(
                f"{self.qualified_name} refers to rows of {table.name}, of which only those whose {table.keep!r} is true are written"
            )
        take_type(self)

    @property
    def counted(self) -> tuple[TableInfo, ...]:
        return (self.table,) if self.table.parent is None else ()

    def make(self, rows: Rows) -> Array:
        standing = self.standing(rows)
        is_top = standing.level == 0
        above = standing.end_of(standing.level - 1) - (begin := standing.end_of(standing.level - 2))
        number = standing.first + begin + rows.draw(self).below(np.where(is_top, 1, above))
        return np.ma.array(number, mask=is_top)

    def standing(self, rows: Rows) -> Standing:
        """Where some rows stand."""
        if self.table.parent is None:
            until = _levels(self._refuse_too_few(rows.rows_of(self.table)), self.roots, self.levels)
            place, tree = rows.ids - 1, np.zeros(rows.count, np.int64)
            return Standing(np.ones(rows.count, np.int64), np.searchsorted(until, place, side="right"), tree, until[None, :])
        place = rows.ordinal().astype(np.int64) - 1
        sizes, tree = np.unique(rows.siblings, return_inverse=True)
        until = np.array([_levels(int(size), self.roots, self.levels) for size in sizes], np.int64).reshape(len(sizes), self.levels)
        return Standing(rows.ids - place, (place[:, None] >= until[tree]).sum(axis=1), tree, until)

    def _refuse_too_few(self, rows: int) -> int:
        if rows < self.roots + self.levels - 1:
            raise ModelError(
                f"{self.qualified_name}: Tree(levels={self.levels}, roots={self.roots:,}) needs at least {self.roots + self.levels - 1:,} rows, "
                f"and {self.table.name} has {rows:,}"
            )
        return rows


class Level(Column):
    """How far down its tree a row is: 1 at the top.

    tree : the own column `Tree`
    """

    compact = True

    def __init__(self, tree: str, **options: Unpack[Options]) -> None:
        require_text("Level", tree=tree)
        super().__init__(Integer, f"how far down by {tree}, 1 at the top", **options)
        self.tree = tree

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        tree = table.columns.get(self.tree)  # the table names what is missing
        if tree is not None and not isinstance(tree, Tree):
            raise ModelError(f"{self.qualified_name}: Level({self.tree!r}) must name a column Tree(), not a {tree.type.name}")

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.tree,)

    def make(self, rows: Rows) -> Array:
        tree = self.table.columns[self.tree]
        assert isinstance(tree, Tree)
        return tree.standing(rows).level + 1


@lru_cache(maxsize=4096)
def _levels(rows: int, roots: int, levels: int) -> Array:
    """Up to which row each level goes: `roots` rows, then more and more by one factor, until all are used up. int64, (levels,).

    >>> _levels(1_000_000, 20, 5).tolist()
    [20, 314, 4631, 68062, 1000000]
    """
    low, high = 1.0, float(max(rows, 2))
    for _ in range(100):
        factor = (low + high) / 2
        total = sum(roots * factor**level for level in range(levels))
        low, high = (factor, high) if total < rows else (low, factor)
    until = np.rint(np.cumsum([roots * low**level for level in range(levels)])).astype(np.int64)
    number = np.arange(levels)
    until[-1] = rows
    return np.minimum(np.clip(until, roots + number, np.maximum(rows - number[::-1], roots + number)), rows)
