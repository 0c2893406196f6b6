"""What a column holds: how NumPy works on it, and what Arrow and SQL call it.

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

Columns of colgen's own kinds hold their whole numbers in as few bits as they come in (`Column.compact`), whatever their type; a function
reads them as int64. A `Text` is put together only where a function reads it, or a writer wants its letters (`text.Composed`).

A value that is missing is one that is masked in a NumPy masked array, or null in an Arrow one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from colgen.arrays import Array, slices
from colgen.values.arrow import coded

ColumnData = Any  # a NumPy array, or a pyarrow.StringArray for String


@dataclass(frozen=True)
class Type:
    """A logical type. `role` tells a writer what the values are like: key, reference, number, money, time, flag, category, repeated, text."""

    name: str
    sql: str
    arrow: pa.DataType
    dtype: np.dtype[Any] | None
    role: str

    def to_arrow(self, values: ColumnData, compact: bool = False) -> pa.Array:
        """An Arrow array over the values, without a copy where dtypes agree.

        narrow : whether whole numbers in fewer bits may stay so: int8, int16 or int32, a decimal's in its smallest unit

        Raises TypeError when the values are not what the type's table says.
        """
        assert self.dtype is not None
        array, kind = self._checked(values, "iu"), self.arrow
        if compact and array.dtype.kind == "i" and array.dtype.isnative and array.dtype.itemsize < self.dtype.itemsize:
            array, kind = np.ascontiguousarray(array), pa.from_numpy_dtype(array.dtype)
        else:
            array = self._narrowed(array)
        return pa.Array.from_buffers(kind, len(array), [None, pa.py_buffer(array)])

    def _narrowed(self, values: Array) -> Array:
        """The values in the type's own dtype; OverflowError for one that it cannot hold."""
        assert self.dtype is not None
        if values.dtype.itemsize <= self.dtype.itemsize:
            return np.ascontiguousarray(values, dtype=self.dtype)
        most, compact = (1 << 8 * self.dtype.itemsize - 1) - 1, np.empty(len(values), self.dtype)
        for rows in slices(len(values)):
            some = values[rows]
            low, high = np.minimum.reduce(some), np.maximum.reduce(some)
            if low < ~most or high > most:
                raise OverflowError(f"{self.name} holds {~most:,} to {most:,}, and there are values from {low:,} to {high:,}")
            compact[rows] = some
        return compact

    def _checked(self, values: ColumnData, kinds: str) -> Array:
        if not isinstance(values, np.ndarray) or values.dtype.kind not in kinds:
            found = values.dtype if isinstance(values, np.ndarray) else type(values).__name__
            raise TypeError(f"{self.name} wants a NumPy array of {_KINDS[kinds]}, not {found}")
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
            found = values.type if isinstance(values, pa.Array) else type(values).__name__
            raise TypeError(f"string wants a pyarrow.StringArray, not {found}")
        return values


class _Repeated(_String):
    def to_arrow(self, values: ColumnData, compact: bool = False) -> pa.Array:
        if not isinstance(values, pa.DictionaryArray):
            raise TypeError(f"repeated text wants a pyarrow.DictionaryArray, not {type(values).__name__}")
        return values


class Categorical(Type):
    """Text out of a list that is known beforehand: functions work on codes, the text is never built.

    >>> Categorical(["card", "cash"]).to_arrow(np.array([1, 1, 0])).to_pylist()
    ['cash', 'cash', 'card']
    """

    words: pa.StringArray

    def __init__(self, words: Sequence[str] | pa.StringArray, sql: str = "VARCHAR") -> None:
        array = words if isinstance(words, pa.Array) else pa.array(list(words), pa.string())
        array = array if array.type == pa.string() else array.cast(pa.string())
        if len(array.unique()) != len(array):
            raise ValueError("the words of a list must differ from one another")
        smallest = next(size for size in (np.int8, np.int16, np.int32) if len(array) <= np.iinfo(size).max)
        dtype = np.dtype(smallest)
        arrow = pa.dictionary(pa.from_numpy_dtype(dtype), pa.string())
        super().__init__(f"one of {len(array)} words", sql, arrow, dtype, "category")
        object.__setattr__(self, "words", array)

    def to_arrow(self, values: ColumnData, compact: bool = False) -> pa.Array:
        codes = np.ascontiguousarray(self._checked(values, "iub"))
        if len(codes) and (codes.max() >= len(self.words) or codes.min() < 0):
            raise OverflowError(f"codes go from 0 to {len(self.words) - 1}, and there are some from {codes.min()} to {codes.max()}")
        return coded(codes.astype(self.dtype, copy=False), self.words)


def Decimal(precision: int, scale: int) -> Type:
    """Exact decimals of up to 18 digits, `scale` of them after the point; int64 in the smallest unit."""
    if not 0 < precision <= 18 or not 0 <= scale <= precision:
        raise ValueError(f"Decimal({precision}, {scale}): 1 to 18 digits, and not more of them after the point")
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
"""What texts are called where the same one stands in all rows of a parent, by the name of their type: written once, as a dictionary."""
