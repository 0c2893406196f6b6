"""Adding up the values of each parent's rows, as differences of a sum over all rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from colgen.arrays import Array, slices
from colgen.declare.column import Column
from colgen.errors import ModelError
from colgen.values.types import ColumnData

_MOST = (1 << 63) - 1


def summed_up(values: Array) -> Array:
    """The sums of the values before each, and of all: int64, (len(values) + 1,)."""
    sums = np.empty(len(values) + 1, np.int64)
    sums[0] = 0
    np.cumsum(values, out=sums[1:])
    return sums


def check_sums(column: Column, pieces: Sequence[ColumnData], ends: Array) -> None:
    """Raises ModelError unless the values can be added up in 64 bits for each parent, from the first row to any.

    pieces : all values, in arrays one after the other
    ends : how many values belong to the parents before each, and to all

    A sum over the rows of all parents may wrap around: differences of it are right all the same, if they have room.
    """
    for values in pieces:
        if not isinstance(values, np.ndarray) or values.dtype.kind not in "iub":
            kind = values.dtype if isinstance(values, np.ndarray) else type(values).__name__
            raise ModelError(f"{column.qualified_name} is added up, and must be a NumPy array of integers, not {kind}")
    most_values = int(np.diff(ends).max(initial=0))
    if most_values * max(map(_magnitude, pieces), default=0) > _MOST:
        _check_exactly(column, np.concatenate([np.ma.filled(values, 0) for values in pieces]), ends)


def _magnitude(values: Array) -> int:
    """What no value exceeds in magnitude: known without looking at them where the dtype is narrow."""
    if values.dtype.itemsize < 8:
        return 1 << 8 * values.dtype.itemsize
    parts = [np.ma.filled(values[rows], 0) for rows in slices(len(values))]
    return max((max(-int(np.minimum.reduce(part)), int(np.maximum.reduce(part))) for part in parts), default=0)


def _check_exactly(column: Column, values: Array, ends: Array) -> None:
    """The upper and the lower 32 bits are added up by themselves."""
    begins = np.repeat(ends[:-1], np.diff(ends))
    upper, lower = (summed_up(half) for half in ((values >> values.dtype.type(32)), (values & values.dtype.type(0xFFFFFFFF))))
    upper, lower = upper[1:] - upper.take(begins), lower[1:] - lower.take(begins)
    carried = upper + (lower >> 32)
    beyond = np.flatnonzero((carried < -(1 << 31)) | (carried >= 1 << 31))
    if len(beyond):
        total = (int(upper[beyond[0]]) << 32) + int(lower[beyond[0]])
        raise ModelError(f"{column.qualified_name} is added up to {total:,}, and 64 bits hold {-_MOST:,} to {_MOST:,}")
