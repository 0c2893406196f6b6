"""A whole column of a small table, to be looked up by id."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np

from colgen.arrays import Array, narrowest, taken
from colgen.values.gather import at_positions, together
from colgen.values.types import ColumnData

INDEX_LIMIT = 1 << 22
"""A table of up to this many rows is looked up in an array (8 bytes a row and column); a larger one is computed again."""


class Index:
    """A whole column, to be looked up by id: whole numbers without missing ones in the narrowest integers that hold them all.

    blocks : the column's values, block by block
    rows : how many there are in all
    """

    def __init__(self, blocks: Iterator[ColumnData], rows: int) -> None:
        self._padded: Array | None = None  # with a zero before the first row, so that an id is a position
        first = next(blocks)
        if not isinstance(first, np.ndarray) or hasattr(first, "mask"):
            self.values = together([first, *blocks])
        else:
            self._dtype = first.dtype
            self._padded, end = np.zeros(rows + 1, _narrowest(first)), 1
            for block in chain([first], blocks):
                self._padded = self._padded.astype(np.promote_types(self._padded.dtype, _narrowest(block)), copy=False)
                self._padded[end : end + len(block)] = block
                end += len(block)
            self.values = self._padded[1:]

    def at(self, ids: Array, compact: bool = False) -> ColumnData:
        """The values at some ids, in the column's own dtype or in fewer bits."""
        if self._padded is None:
            return at_positions(self.values, ids - 1)
        return taken(self._padded, ids, None if compact else self._dtype)


def _narrowest(values: Array) -> np.dtype[Any]:
    """The narrowest signed dtype that holds whole numbers and 0; of others, their own."""
    return narrowest(int(values.min(initial=0)), int(values.max(initial=0))) if values.dtype.kind in "iu" else values.dtype
