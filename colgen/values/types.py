"""Logical types: what a column contains, how NumPy computes with it, and what it is in Arrow and in SQL.

| type | values while generating | Arrow | SQL |
|---|---|---|---|
| `SmallInteger`, `Integer`, `BigInteger` | any integer dtype | int16, int32, int64 | SMALLINT, INTEGER, BIGINT |
| `Decimal(p, s)`, `Money` | int64, in units of 10**-s (cents) | decimal64(p, s) | DECIMAL(p, s) |
| `Double`, `Real` | float64, float32 | double, float | DOUBLE, REAL |
| `Boolean` | bool | bool | BOOLEAN |
| `Date` | integer, days since 1970-01-01 | date32 | DATE |
| `Timestamp` | int64, microseconds since 1970-01-01 UTC | timestamp[us, UTC] | TIMESTAMPTZ |
| `LocalTimestamp` | int64, microseconds since 1970-01-01 where the clock hangs | timestamp[us] | TIMESTAMP |
| `Time` | int64, microseconds since midnight | time64[us] | TIME |
| `String` | a `pyarrow.StringArray` | string | VARCHAR |
| `Varchar(n)`, `Char(n)` | a `pyarrow.StringArray` of at most, or exactly, n characters | string | VARCHAR(n), CHAR(n) |
| `RepeatedText` | a `pyarrow.DictionaryArray` | dictionary<int32, string> | VARCHAR |
| `Uuid` | a `pyarrow.StringArray` of UUIDs in 36 letters | string | UUID |
| `Json` | a `pyarrow.StringArray` of JSON | string | JSON |
| `Bytes` | a `pyarrow.BinaryArray` | binary | BLOB |
| `Named("inet")` | a `pyarrow.StringArray` of what PostgreSQL's type of this name is read from | string | VARCHAR |
| `Categorical(list)` | integer codes into the list; a bool is 0 or 1 | dictionary<int, string> | VARCHAR |
| `Categorical(list, Enum("rating"))` | the same | the same | VARCHAR, in PostgreSQL an enumeration |
| `List(Integer)` | a `pyarrow.ListArray` | list<int32> | INTEGER[] |

Columns of colgen's own kinds keep their whole numbers in the narrowest dtype that they are drawn in (`Column.compact`), whatever their type;
functions receive them as int64. A `Text` is spelled only where a function reads it or a writer needs its letters (`text.composed`).

Missing values are masked in a NumPy masked array, or null in an Arrow array.

A value that its type cannot hold is refused where a column becomes Arrow (`UnfitValue`), so that no format and no database is given one. Dates
and timestamps are those of the years 1 to 9999, which all of them hold, and a number with a fraction is neither infinite nor NaN.
"""

from __future__ import annotations

import datetime as dt
import decimal

import numpy as np
import pyarrow as pa

from colgen.arrays import slices
from colgen.values.fit import UnfitValue
from colgen.values.lists import List as List
from colgen.values.lists import element_of as element_of
from colgen.values.text_types import REPEATED as REPEATED
from colgen.values.text_types import Bytes as Bytes
from colgen.values.text_types import Categorical as Categorical
from colgen.values.text_types import Char as Char
from colgen.values.text_types import Enum as Enum
from colgen.values.text_types import Json as Json
from colgen.values.text_types import Named as Named
from colgen.values.text_types import RepeatedText as RepeatedText
from colgen.values.text_types import RepeatedUuid as RepeatedUuid
from colgen.values.text_types import String as String
from colgen.values.text_types import TextType as TextType
from colgen.values.text_types import Uuid as Uuid
from colgen.values.text_types import Varchar as Varchar
from colgen.values.text_types import is_enumeration as is_enumeration
from colgen.values.type import ColumnData as ColumnData
from colgen.values.type import Type as Type


class _Decimal(Type):
    def _words(self, value: int) -> str:
        scale = self.arrow.scale
        return f"{decimal.Decimal((int(value < 0), tuple(map(int, str(abs(value)))), -scale)):,.{scale}f}"


_DAY = 86_400_000_000  # microseconds


class _Time(Type):
    """Dates, in days, and timestamps and times of day, in microseconds."""

    def _words(self, value: int) -> str:
        least, most = self.limits
        if self.sql == "TIME":
            is_held = least <= value <= most
            return (dt.datetime.min + dt.timedelta(microseconds=value)).time().isoformat() if is_held else f"{value:,} microseconds"
        if not least <= value <= most:
            return f"{value:,} {'days' if self.dtype == np.int32 else 'microseconds'} since 1970-01-01"
        if self.dtype == np.int32:
            return dt.date.fromordinal(dt.date(1970, 1, 1).toordinal() + value).isoformat()
        return (dt.datetime(1970, 1, 1) + dt.timedelta(microseconds=value)).isoformat(" ")

    def _hint(self, values: ColumnData) -> str:
        if not isinstance(values, np.ndarray) or values.dtype.kind != "M":
            return ""
        return f"; give values.astype('M8[{'D' if self.dtype == np.int32 else 'us'}]').astype(np.int64)"


class _Fraction(Type):
    """Numbers with a fraction. One that is infinite or NaN is refused, and so is one that is beyond the type."""

    def to_arrow(self, values: ColumnData, compact: bool = False) -> pa.Array:
        array = self.checked(values, "iuf")
        out = np.empty(len(array), self.dtype)
        for rows in slices(len(array)):
            with np.errstate(over="ignore"):
                out[rows] = array[rows]
            fits = np.isfinite(out[rows])
            if not fits.all():
                row = rows.start + int(np.flatnonzero(~fits)[0])
                raise UnfitValue(
                    f"{array[row]} does not fit {self.name}, which holds finite numbers up to {np.finfo(out.dtype).max:.4g}", row
                )
        return pa.Array.from_buffers(self.arrow, len(out), [None, pa.py_buffer(out)])


class _Boolean(Type):
    def to_arrow(self, values: ColumnData, compact: bool = False) -> pa.Array:
        bits = np.packbits(self.checked(values, "b"), bitorder="little")
        return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(bits)])


def Decimal(precision: int, scale: int) -> Type:
    """Exact decimals of up to 18 digits, computed as int64 in the smallest unit.

    precision : digits in all, 1 to 18
    scale : digits after the point, 0 to precision

    Raises ValueError for a precision or scale outside these limits.
    """
    if not 0 < precision <= 18 or not 0 <= scale <= precision:
        raise ValueError(f"Decimal({precision}, {scale}): the precision must be 1 to 18 digits, the scale 0 to the precision")
    most = 10**precision - 1
    return _Decimal(
        f"decimal({precision},{scale})",
        f"DECIMAL({precision},{scale})",
        pa.decimal64(precision, scale),
        np.dtype(np.int64),
        "money",
        (-most, most),
    )


_YEARS = tuple((dt.date(year, month, day) - dt.date(1970, 1, 1)).days for year, month, day in ((1, 1, 1), (9999, 12, 31)))
_MOMENTS = (_YEARS[0] * _DAY, (_YEARS[1] + 1) * _DAY - 1)

SmallInteger = Type("smallint", "SMALLINT", pa.int16(), np.dtype(np.int16), "number")
Integer = Type("integer", "INTEGER", pa.int32(), np.dtype(np.int32), "number")
BigInteger = Type("bigint", "BIGINT", pa.int64(), np.dtype(np.int64), "number")
Double = _Fraction("double", "DOUBLE", pa.float64(), np.dtype(np.float64), "fraction")
"""Numbers with a fraction, in 64 bits: a measurement, a coordinate; in a hidden column a trait or a probability. Not for money."""
Real = _Fraction("real", "REAL", pa.float32(), np.dtype(np.float32), "fraction")
"""Numbers with a fraction, in 32 bits: about seven digits."""
Money = Decimal(12, 2)
Boolean = _Boolean("boolean", "BOOLEAN", pa.bool_(), np.dtype(np.bool_), "flag")
Date = _Time("date", "DATE", pa.date32(), np.dtype(np.int32), "time", (_YEARS[0], _YEARS[1]))
Timestamp = _Time("timestamp", "TIMESTAMPTZ", pa.timestamp("us", tz="UTC"), np.dtype(np.int64), "time", _MOMENTS)
LocalTimestamp = _Time("local timestamp", "TIMESTAMP", pa.timestamp("us"), np.dtype(np.int64), "time", _MOMENTS)
"""A moment without a time zone, as a clock on the wall shows it."""
Time = _Time("time", "TIME", pa.time64("us"), np.dtype(np.int64), "time", (0, _DAY - 1))
"""A time of day without a date."""

WHOLE = (SmallInteger, Integer, BigInteger)
"""The types of whole numbers."""
MOMENTS = (Timestamp, LocalTimestamp)
"""The types of moments: microseconds since 1970-01-01."""
