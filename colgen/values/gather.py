"""Concatenating column data, taking rows of it and making it Arrow's, whether it is NumPy's or Arrow's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from colgen.arrays import Array
from colgen.values.arrow import coded, with_missing
from colgen.values.fit import UnfitValue
from colgen.values.text.composed import Composed
from colgen.values.types import ColumnData, Type


def together(blocks: Sequence[ColumnData]) -> ColumnData:
    """The values of several blocks, one block after the other; all must be of the same kind."""
    if not isinstance(blocks[0], np.ndarray):
        return pa.concat_arrays([values.spelled if isinstance(values, Composed) else values for values in blocks])
    if any(isinstance(values, np.ma.MaskedArray) for values in blocks):
        return np.ma.concatenate(blocks)  # type: ignore[no-untyped-call]
    return np.concatenate(blocks)


def at_positions(values: ColumnData, positions: Array) -> ColumnData:
    """The values at some positions, in their order; missing values stay missing."""
    if isinstance(values, np.ma.MaskedArray):
        return np.ma.array(values.data.take(positions), mask=np.ma.getmaskarray(values).take(positions))
    if isinstance(values, pa.DictionaryArray) and not values.null_count:
        return coded(values.indices.to_numpy().take(positions), values.dictionary)
    return values.take(positions if isinstance(values, np.ndarray) else pa.array(positions))


def without(values: ColumnData, missing: Array) -> ColumnData:
    """The same values, of which further ones are missing. They are not copied.

    missing : bool, one for each value
    """
    if isinstance(values, pa.Array):
        return with_missing(values, missing)
    return np.ma.array(np.ma.getdata(values), mask=missing | np.ma.getmaskarray(values) if hasattr(values, "mask") else missing)


def to_arrow(type: Type, values: ColumnData) -> pa.Array:
    """Values as an Arrow array of a type, whose whole numbers may have fewer bits than the type. Raises TypeError and UnfitValue as the type does."""
    if not hasattr(values, "mask"):
        return type.to_arrow(values, compact=True)
    try:
        array = type.to_arrow(values.data, compact=True)
    except UnfitValue:  # what is masked may be anything
        array = type.to_arrow(values.filled(0), compact=True)
    return with_missing(array, np.ma.getmaskarray(values))
