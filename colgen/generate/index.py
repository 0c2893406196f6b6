"""A whole column of a small table, to be looked up by id."""

from __future__ import annotations

from typing import Any

import numpy as np

from colgen.arrays import Array, narrowest, taken
from colgen.values.gather import at_positions, together
from colgen.values.types import ColumnData

INDEX_LIMIT = 1 << 22
"""A table of up to this many rows is looked up in an array (8 bytes a row and column); a larger one is computed again."""


class Index:
    """A whole column, to be looked up by id: whole numbers without missing ones in the narrowest integers that hold them all.

    rows : how many there are in all; they are added block by block
    """

    def __init__(self, rows: int) -> None:
        self._rows, self._end = rows, 1
        self._padded: Array | None = None  # with a zero before the first row, so that an id is a position
        self._others: list[ColumnData] = []  # the blocks of a column that is not of plain numbers

    def add(self, block: ColumnData) -> None:
        """The next rows of the column."""
        if not isinstance(block, np.ndarray) or hasattr(block, "mask"):
            self._others.append(block)
            return
        if self._padded is None:
            self._dtype, self._padded = block.dtype, np.zeros(self._rows + 1, _narrowest(block))
        self._padded = self._padded.astype(np.promote_types(self._padded.dtype, _narrowest(block)), copy=False)
        self._padded[self._end : self._end + len(block)] = block
        self._end += len(block)

    @property
    def values(self) -> ColumnData:
        """The column's values in the order of ids."""
        if self._padded is not None:
            return self._padded[1:]
        if len(self._others) > 1:
            self._others = [together(self._others)]
        return self._others[0]

    def at(self, ids: Array, compact: bool = False) -> ColumnData:
        """The values at some ids, in the column's own dtype or in fewer bits."""
        if self._padded is None:
            return at_positions(self.values, ids - 1)
        return taken(self._padded, ids, None if compact else self._dtype)


def _narrowest(values: Array) -> np.dtype[Any]:
    """The narrowest signed dtype that holds whole numbers and 0; of others, their own."""
    return narrowest(int(values.min(initial=0)), int(values.max(initial=0))) if values.dtype.kind in "iu" else values.dtype
