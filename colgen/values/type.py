"""What a logical type is; `colgen.values.types` has all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from colgen.arrays import Array, slices
from colgen.values.fit import UnfitValue
from colgen.values.text.composed import Composed

ColumnData = Any
"""The values of a column: a NumPy array, or for text a pyarrow.StringArray, a pyarrow.DictionaryArray or a `Composed`."""


@dataclass(frozen=True)
class Type:
    """A logical type.

    name : what messages call it
    sql, arrow : the types that it is written as
    dtype : NumPy's type of the values in Arrow's memory; None for text
    role : what the values are like, by which a writer chooses an encoding: "key", "reference", "number", "money", "time", "flag",
        "category", "repeated", "text", "fraction", "list" or "struct"
    postgres : what PostgreSQL calls it, where that does not follow from `sql`
    limits : the least and the greatest whole number that it can hold, those of the dtype unless given; of a text, how many characters it may have
    """

    name: str
    sql: str
    arrow: pa.DataType
    dtype: np.dtype[Any] | None
    role: str
    limits: tuple[int, int] = (0, 0)
    postgres: str = ""

    def __post_init__(self) -> None:
        if self.limits == (0, 0) and self.dtype is not None and self.dtype.kind == "i":
            held = np.iinfo(self.dtype)
            object.__setattr__(self, "limits", (int(held.min), int(held.max)))

    def to_arrow(self, values: ColumnData, compact: bool = False) -> pa.Array:
        """The values as an Arrow array, without a copy where dtypes agree.

        compact : keep whole numbers that have fewer bits than the type as int8, int16 or int32, a decimal's in its smallest unit

        Raises TypeError for values of another kind than the module's table says, UnfitValue for values that the type cannot hold.
        """
        assert self.dtype is not None
        array, arrow, dtype = self.checked(values, "iu"), self.arrow, self.dtype
        if compact and array.dtype.kind == "i" and array.dtype.isnative and array.dtype.itemsize < dtype.itemsize:
            arrow, dtype = pa.from_numpy_dtype(array.dtype), array.dtype
        array = self._within_limits(array, dtype)
        return pa.Array.from_buffers(arrow, len(array), [None, pa.py_buffer(array)])

    def check_composed(self, text: Composed) -> None:
        """Raises UnfitValue if one of the texts does not fit the type. They are spelled only if their parts do not tell."""

    def _within_limits(self, values: Array, dtype: np.dtype[Any]) -> Array:
        """The values in a dtype, contiguous. Raises UnfitValue if one is outside the limits."""
        least, most = self.limits
        held = np.iinfo(values.dtype)
        if least <= held.min and held.max <= most:
            return np.ascontiguousarray(values, dtype)
        same = values.dtype == dtype and values.flags.c_contiguous
        converted = values if same else np.empty(len(values), dtype)
        for rows in slices(len(values)):
            part = values[rows]
            if int(np.minimum.reduce(part)) < least or int(np.maximum.reduce(part)) > most:
                row = rows.start + int(np.flatnonzero((part < least) | (part > most))[0])
                value, limits = self._words(int(values[row])), f"{self._words(least)} to {self._words(most)}"
                raise UnfitValue(f"{value} does not fit {self.name}, which holds {limits}", row)
            if not same:
                converted[rows] = part
        return converted

    def _words(self, value: int) -> str:
        """A value as a message shows it."""
        return f"{value:,}"

    def checked(self, values: ColumnData, kinds: str) -> Array:
        if not isinstance(values, np.ndarray) or values.dtype.kind not in kinds:
            actual = values.dtype if isinstance(values, np.ndarray) else type(values).__name__
            raise TypeError(f"{self.name} expects a NumPy array of {_KINDS[kinds]}, not {actual}{self._hint(values)}")
        return values

    def _hint(self, values: ColumnData) -> str:
        fractions = isinstance(values, np.ndarray) and values.dtype.kind == "f" and self.dtype is not None and self.dtype.kind == "i"
        return "; divide with //, or end with .astype(np.int64)" if fractions else ""


_KINDS = {"iu": "integers", "b": "booleans", "iub": "integers or booleans", "iuf": "numbers"}
