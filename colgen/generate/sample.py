"""Some rows of a family that stand for all of them: as many as can be made in a moment, however many there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from weakref import WeakValueDictionary

import numpy as np

from colgen.arrays import Array
from colgen.declare.families import Family
from colgen.declare.table import TableInfo
from colgen.generate.block import Block
from colgen.generate.places import places_of_children
from colgen.generate.sums import summed_up

if TYPE_CHECKING:
    from colgen.generate.generation import Generation

MOST_CHILDREN = 512
"""Of one row's children of one table, no more are made. A row with far more of them would have to be made in full otherwise."""

_GOLDEN_RATIO = (5**0.5 - 1) / 2


@dataclass(frozen=True)
class Sample:
    """Some roots of a family with what is fanned out from them.

    blocks : the rows of each table
    weights : how many rows each of them stands for: float64, (rows,). More than its root does where a row has more than `MOST_CHILDREN`
    complete : whether every row of the family was made
    """

    blocks: Mapping[TableInfo, Block]
    weights: Mapping[TableInfo, Array]
    complete: bool

    def rows(self, table: TableInfo) -> float:
        """About how many rows a table has."""
        return float(self.weights[table].sum())

    def kept(self, table: TableInfo) -> float:
        """About how many of them are written: as many, unless it does not keep them all."""
        block, weights = self.blocks[table], self.weights[table]
        if table.keep is None or not block.count:
            return self.rows(table)
        return float(np.dot(weights, np.asarray(block.values(table.keep), np.float64)))


def spread(roots: int, wanted: int) -> Array:
    """Ids of roots from all over a table, ascending: int64. All of them, where there are no more than are wanted.

    They lie in equal stretches, each at another place of its stretch: even steps could keep step with the week.

    >>> spread(5, 10).tolist(), spread(1000, 4).tolist()
    ([1, 2, 3, 4, 5], [1, 405, 560, 964])
    """
    if roots <= wanted:
        return np.arange(1, roots + 1)
    number = np.arange(wanted)
    first = number * roots // wanted
    size = (number + 1) * roots // wanted - first
    return first + (size * (number * _GOLDEN_RATIO % 1)).astype(np.int64) + 1


def sample(generation: Generation, family: Family, roots: Array) -> Sample:
    """Some roots of a family with what is fanned out from them.

    roots : their ids, ascending: int64

    Ids and places of fanned-out rows begin with 1, so they are right only where the sample is complete.
    """
    root, whole = family[0], generation.counts.of(family[0])
    if len(roots) and roots[-1] - roots[0] == len(roots) - 1:
        block = Block(generation, root, int(roots[0]), len(roots))
    else:
        block = Block(generation, root, ids=roots)
    block.family = at_hand = WeakValueDictionary({root: block})
    ends = {root: np.arange(len(roots) + 1)}  # how many rows of a table come from the roots before each, and from all
    blocks, weights, complete = {root: block}, {root: np.full(len(roots), whole / max(len(roots), 1))}, len(roots) == whole
    for table in family[1:]:
        parent = cast(TableInfo, table.parent)
        counts = blocks[parent].fan_out(table)
        made = np.minimum(counts, MOST_CHILDREN)
        complete = complete and bool((made == counts).all())
        ends[table] = summed_up(made).take(ends[parent])
        place = places_of_children(ends[table], 1, generation.chunk(family)) if complete else 1
        block = Block(generation, table, 1, int(made.sum()), parent=blocks[parent], counts=made, place=place)
        block.family, at_hand[table], blocks[table] = at_hand, block, block
        weights[table] = np.repeat(weights[parent] * counts / np.maximum(made, 1), made)
    return Sample(blocks, weights, complete)
