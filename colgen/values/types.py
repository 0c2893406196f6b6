"""Logical types: what a column contains, how NumPy computes with it, and what it is in Arrow and in SQL.

| type | values while generating | Arrow | SQL |
|---|---|---|---|
| `Integer`, `BigInteger` | any integer dtype | int32, int64 | INTEGER, BIGINT |
| `Decimal(p, s)`, `Money` | int64, in units of 10**-s (cents) | decimal64(p, s) | DECIMAL(p, s) |
| `Boolean` | bool | bool | BOOLEAN |
| `Date` | integer, days since 1970-01-01 | date32 | DATE |
| `Timestamp` | int64, microseconds since 1970-01-01 UTC | timestamp[us, UTC] | TIMESTAMPTZ |
| `String` | a `pyarrow.StringArray` | string | VARCHAR |
| `RepeatedText` | a `pyarrow.DictionaryArray` | dictionary<int32, string> | VARCHAR |
| `Uuid` | a `pyarrow.StringArray` of UUIDs in 36 letters | string | UUID |
| `Json` | a `pyarrow.StringArray` of JSON | string | JSON |
| `Categorical(list)` | integer codes into the list; a bool is 0 or 1 | dictionary<int, string> | VARCHAR |

Columns of colgen's own kinds keep their whole numbers in the narrowest dtype that they are drawn in (`Column.compact`), whatever their type;
functions receive them as int64. A `Text` is spelled only where a function reads it or a writer needs its letters (`text.composed`).

Missing values are masked in a NumPy masked array, or null in an Arrow array.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from colgen.arrays import Array, slices
from colgen.values.arrow import coded

ColumnData = Any
"""The values of a column: a NumPy array, or for text a pyarrow.StringArray, a pyarrow.DictionaryArray or a `Composed`."""


@dataclass(frozen=True)
class Type:
    """A logical type.

    name : what messages call it
    sql, arrow : the types that it is written as
    dtype : NumPy's type of the values in Arrow's memory; None for text
    role : what the values are like, by which a writer chooses an encoding: "key", "reference", "number", "money", "time", "flag",
        "category", "repeated" or "text"
    """

    name: str
    sql: str
    arrow: pa.DataType
    dtype: np.dtype[Any] | None
    role: str

    def to_arrow(self, values: ColumnData, compact: bool = False) -> pa.Array:
        """The values as an Arrow array, without a copy where dtypes agree.

        compact : keep whole numbers that have fewer bits than the type as int8, int16 or int32, a decimal's in its smallest unit

        Raises TypeError for values of another kind than the module's table says, OverflowError for values that the type cannot hold.
        """
        assert self.dtype is not None
        array, arrow = self._checked(values, "iu"), self.arrow
        if compact and array.dtype.kind == "i" and array.dtype.isnative and array.dtype.itemsize < self.dtype.itemsize:
            array, arrow = np.ascontiguousarray(array), pa.from_numpy_dtype(array.dtype)
        else:
            array = self._converted(array)
        return pa.Array.from_buffers(arrow, len(array), [None, pa.py_buffer(array)])

    def _converted(self, values: Array) -> Array:
        """The values in the type's own dtype. Raises OverflowError if it cannot hold them."""
        assert self.dtype is not None
        if values.dtype.itemsize <= self.dtype.itemsize:
            return np.ascontiguousarray(values, dtype=self.dtype)
        most, converted = (1 << 8 * self.dtype.itemsize - 1) - 1, np.empty(len(values), self.dtype)
        for rows in slices(len(values)):
            low, high = np.minimum.reduce(values[rows]), np.maximum.reduce(values[rows])
            if low < ~most or high > most:
                raise OverflowError(f"{self.name} can hold {~most:,} to {most:,}, but the values range from {low:,} to {high:,}")
            converted[rows] = values[rows]
        return converted

    def _checked(self, values: ColumnData, kinds: str) -> Array:
        if not isinstance(values, np.ndarray) or values.dtype.kind not in kinds:
            actual = values.dtype if isinstance(values, np.ndarray) else type(values).__name__
            raise TypeError(f"{self.name} expects a NumPy array of {_KINDS[kinds]}, not {actual}")
        return values


_KINDS = {"iu": "integers", "b": "booleans", "iub": "integers or booleans"}


class _Boolean(Type):
    def to_arrow(self, values: ColumnData, compact: bool = False) -> pa.Array:
        bits = np.packbits(self._checked(values, "b"), bitorder="little")
        return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(bits)])


class _String(Type):
    def to_arrow(self, values: ColumnData, compact: bool = False) -> pa.Array:
        if isinstance(values, pa.ChunkedArray):
            values = values.combine_chunks()
        if not isinstance(values, pa.Array) or values.type not in (pa.string(), pa.string_view()):
            actual = values.type if isinstance(values, pa.Array) else type(values).__name__
            raise TypeError(f"string expects a pyarrow.StringArray, not {actual}")
        return values


class _Repeated(_String):
    def to_arrow(self, values: ColumnData, compact: bool = False) -> pa.Array:
        if not isinstance(values, pa.DictionaryArray):
            raise TypeError(f"repeated text expects a pyarrow.DictionaryArray, not {type(values).__name__}")
        return values


class Categorical(Type):
    """Text from a fixed list of words: functions work with codes into the list, and no text is built while generating.

    words : all different, else ValueError
    sql : the type in SQL

    >>> Categorical(["card", "cash"]).to_arrow(np.array([1, 1, 0])).to_pylist()
    ['cash', 'cash', 'card']
    """

    words: pa.StringArray

    def __init__(self, words: Sequence[str] | pa.StringArray, sql: str = "VARCHAR") -> None:
        array = words if isinstance(words, pa.Array) else pa.array(list(words), pa.string())
        array = array if array.type == pa.string() else array.cast(pa.string())
        if len(array.unique()) != len(array):
            raise ValueError("a word occurs twice in the list; every word must be different")
        smallest = next(size for size in (np.int8, np.int16, np.int32) if len(array) <= np.iinfo(size).max)
        dtype = np.dtype(smallest)
        arrow = pa.dictionary(pa.from_numpy_dtype(dtype), pa.string())
        super().__init__(f"one of {len(array)} words", sql, arrow, dtype, "category")
        object.__setattr__(self, "words", array)

    def to_arrow(self, values: ColumnData, compact: bool = False) -> pa.Array:
        codes = np.ascontiguousarray(self._checked(values, "iub"))
        if len(codes) and (codes.max() >= len(self.words) or codes.min() < 0):
            raise OverflowError(f"codes must be 0 to {len(self.words) - 1}, but they range from {codes.min()} to {codes.max()}")
        return coded(codes.astype(self.dtype, copy=False), self.words)


def Decimal(precision: int, scale: int) -> Type:
    """Exact decimals of up to 18 digits, computed as int64 in the smallest unit.

    precision : digits in all, 1 to 18
    scale : digits after the point, 0 to precision

    Raises ValueError for a precision or scale outside these limits.
    """
    if not 0 < precision <= 18 or not 0 <= scale <= precision:
        raise ValueError(f"Decimal({precision}, {scale}): the precision must be 1 to 18 digits, the scale 0 to the precision")
    name = f"decimal({precision},{scale})"
    return Type(name, f"DECIMAL({precision},{scale})", pa.decimal64(precision, scale), np.dtype(np.int64), "money")


Integer = Type("integer", "INTEGER", pa.int32(), np.dtype(np.int32), "number")
BigInteger = Type("bigint", "BIGINT", pa.int64(), np.dtype(np.int64), "number")
Money = Decimal(12, 2)
Boolean = _Boolean("boolean", "BOOLEAN", pa.bool_(), np.dtype(np.bool_), "flag")
Date = Type("date", "DATE", pa.date32(), np.dtype(np.int32), "time")
Timestamp = Type("timestamp", "TIMESTAMPTZ", pa.timestamp("us", tz="UTC"), np.dtype(np.int64), "time")
String = _String("string", "VARCHAR", pa.string(), None, "text")
RepeatedText = _Repeated("string", "VARCHAR", pa.dictionary(pa.int32(), pa.string()), None, "repeated")
Uuid = _String("uuid", "UUID", pa.string(), None, "text")
RepeatedUuid = _Repeated("uuid", "UUID", pa.dictionary(pa.int32(), pa.string()), None, "repeated")
Json = _String("json", "JSON", pa.string(), None, "text")

REPEATED = {String.name: RepeatedText, Uuid.name: RepeatedUuid}
"""By the name of a text type: the type to use where all rows of a parent share one text, which is then stored once, in a dictionary."""
