"""Logical types: what a column contains, how NumPy computes with it, and what it is in Arrow and in SQL.

| type | values while generating | Arrow | SQL |
|---|---|---|---|
| `Integer`, `BigInteger` | any integer dtype | int32, int64 | INTEGER, BIGINT |
| `Decimal(p, s)`, `Money` | int64, in units of 10**-s (cents) | decimal64(p, s) | DECIMAL(p, s) |
| `Boolean` | bool | bool | BOOLEAN |
| `Real` | float64, in hidden columns only | | |
| `Date` | integer, days since 1970-01-01 | date32 | DATE |
| `Timestamp` | int64, microseconds since 1970-01-01 UTC | timestamp[us, UTC] | TIMESTAMPTZ |
| `String` | a `pyarrow.StringArray` | string | VARCHAR |
| `Varchar(n)` | a `pyarrow.StringArray` of at most n characters | string | VARCHAR(n) |
| `RepeatedText` | a `pyarrow.DictionaryArray` | dictionary<int32, string> | VARCHAR |
| `Uuid` | a `pyarrow.StringArray` of UUIDs in 36 letters | string | UUID |
| `Json` | a `pyarrow.StringArray` of JSON | string | JSON |
| `Categorical(list)` | integer codes into the list; a bool is 0 or 1 | dictionary<int, string> | VARCHAR |

Columns of colgen's own kinds keep their whole numbers in the narrowest dtype that they are drawn in (`Column.compact`), whatever their type;
functions receive them as int64. A `Text` is spelled only where a function reads it or a writer needs its letters (`text.composed`).

Missing values are masked in a NumPy masked array, or null in an Arrow array.

A value that its type cannot hold is refused where a column becomes Arrow (`UnfitValue`), so that no format and no database is given one. Dates
and timestamps are those of the years 1 to 9999, which all of them hold.
"""

from __future__ import annotations

import datetime as dt
import decimal
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen.arrays import Array, slices
from colgen.errors import ModelError
from colgen.values import json
from colgen.values.arrow import coded, numbers
from colgen.values.fit import SameTexts, UnfitValue, first_not_uuid_once, first_too_long
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
        "category", "repeated" or "text"
    limits : the least and the greatest whole number that it can hold, those of the dtype unless given; of a text, how many characters it may have
    """

    name: str
    sql: str
    arrow: pa.DataType
    dtype: np.dtype[Any] | None
    role: str
    limits: tuple[int, int] = (0, 0)

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
        array, arrow, dtype = self._checked(values, "iu"), self.arrow, self.dtype
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

    def _checked(self, values: ColumnData, kinds: str) -> Array:
        if not isinstance(values, np.ndarray) or values.dtype.kind not in kinds:
            actual = values.dtype if isinstance(values, np.ndarray) else type(values).__name__
            raise TypeError(f"{self.name} expects a NumPy array of {_KINDS[kinds]}, not {actual}{self._hint(values)}")
        return values

    def _hint(self, values: ColumnData) -> str:
        fractions = isinstance(values, np.ndarray) and values.dtype.kind == "f" and self.dtype is not None and self.dtype.kind == "i"
        return "; divide with //, or end with .astype(np.int64)" if fractions else ""


_KINDS = {"iu": "integers", "b": "booleans", "iub": "integers or booleans"}


class _Decimal(Type):
    def _words(self, value: int) -> str:
        scale = self.arrow.scale
        return f"{decimal.Decimal((int(value < 0), tuple(map(int, str(abs(value)))), -scale)):,.{scale}f}"


_DAY = 86_400_000_000  # microseconds


class _Time(Type):
    """Dates, in days, and timestamps, in microseconds."""

    def _words(self, value: int) -> str:
        least, most = self.limits
        if not least <= value <= most:
            return f"{value:,} {'days' if self.dtype == np.int32 else 'microseconds'} since 1970-01-01"
        if self.dtype == np.int32:
            return dt.date.fromordinal(dt.date(1970, 1, 1).toordinal() + value).isoformat()
        return (dt.datetime(1970, 1, 1) + dt.timedelta(microseconds=value)).isoformat(" ")

    def _hint(self, values: ColumnData) -> str:
        if not isinstance(values, np.ndarray) or values.dtype.kind != "M":
            return ""
        return f"; give values.astype('M8[{'D' if self.dtype == np.int32 else 'us'}]').astype(np.int64)"


class _Boolean(Type):
    def to_arrow(self, values: ColumnData, compact: bool = False) -> pa.Array:
        bits = np.packbits(self._checked(values, "b"), bitorder="little")
        return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(bits)])


_LONGEST_SHOWN = 60  # letters of a text in a message


class _String(Type):
    """Texts. Subclasses say which texts do not fit."""

    def to_arrow(self, values: ColumnData, compact: bool = False) -> pa.Array:
        if isinstance(values, pa.ChunkedArray):
            values = values.combine_chunks()
        if not isinstance(values, pa.Array) or values.type not in (pa.string(), pa.string_view()):
            actual = values.type if isinstance(values, pa.Array) else type(values).__name__
            raise TypeError(f"string expects a pyarrow.StringArray, not {actual}")
        self.check(values)
        return values

    def check(self, texts: pa.Array) -> None:
        """Raises UnfitValue if one of the texts does not fit the type, or is not UTF-8."""
        row = self._first_unfit_row(_as_strings(texts))
        if row is not None:
            raise UnfitValue(self._complaint(texts[row].as_py()), row)

    def _first_unfit_row(self, texts: pa.StringArray) -> int | None:
        if not texts.null_count:
            return self._first_unfit(texts)
        position = self._first_unfit(texts.drop_null())
        return None if position is None else int(np.flatnonzero(texts.is_valid().to_numpy(zero_copy_only=False))[position])

    def _first_unfit(self, texts: pa.StringArray) -> int | None:
        """The position of the first text that does not fit; none of them is null."""
        return None

    def _complaint(self, text: str) -> str:
        return f"{_shown(text)} does not fit {self.name}"


def _as_strings(texts: pa.Array) -> pa.StringArray:
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid as error:
        raise UnfitValue(f"a text is not valid UTF-8, or its array is damaged: {error}") from error
    return texts if texts.type == pa.string() else texts.cast(pa.string())


def _shown(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…")


class _Varchar(_String):
    def check_composed(self, text: Composed) -> None:
        if text.longest > self.limits[1]:
            self.check(text.spelled)

    def _first_unfit(self, texts: pa.StringArray) -> int | None:
        return first_too_long(texts, self.limits[1])

    def _complaint(self, text: str) -> str:
        return f"{_shown(text)} has {len(text):,} characters, and {self.name} holds at most {self.limits[1]:,}"


class _Uuid(_String):
    def check(self, texts: pa.Array) -> None:
        if texts.type == pa.string() and not texts.null_count:
            texts.validate()
            if self._first_unfit(texts) is None:
                return  # they are ASCII, too, which is not looked for again
        super().check(texts)

    def check_composed(self, text: Composed) -> None:
        self.check(text.spelled)

    def _first_unfit(self, texts: pa.StringArray) -> int | None:
        return first_not_uuid_once(texts)

    def _complaint(self, text: str) -> str:
        return f"{_shown(text)} is not a UUID: 32 hexadecimal digits with hyphens, such as '123e4567-e89b-42d3-a456-426614174000'"


class _Json(_String):
    def check_composed(self, text: Composed) -> None:
        if not json.is_proved(text.parts, len(text)):
            self.check(text.spelled)

    def _first_unfit(self, texts: pa.StringArray) -> int | None:
        return json.first_not_json(texts)

    def _complaint(self, text: str) -> str:
        return f"{_shown(text)} is not JSON: {json.problem(text)}"


class _Repeated(_String):
    """Texts that rows have in common.

    text : the type of each
    """

    def to_arrow(self, values: ColumnData, compact: bool = False) -> pa.Array:
        if not isinstance(values, pa.DictionaryArray):
            raise TypeError(f"repeated text expects a pyarrow.DictionaryArray, not {type(values).__name__}")
        if values.type.value_type not in (pa.string(), pa.string_view(), pa.large_string()):
            raise TypeError(f"repeated text expects a pyarrow.DictionaryArray of strings, not of {values.type.value_type}")
        if values.dictionary.null_count:  # the rows are missing, which no writer looks for among the words
            values = values.dictionary_decode().dictionary_encode()
        self._check_codes(values)
        self._check_words(values)
        return values

    def _check_codes(self, values: pa.DictionaryArray) -> None:
        codes = numbers(values.indices if not values.null_count else values.indices.drop_null())
        if len(codes) and not 0 <= np.minimum.reduce(codes) <= np.maximum.reduce(codes) < len(values.dictionary):
            raise UnfitValue(f"codes must be 0 to {len(values.dictionary) - 1}, but they range from {codes.min()} to {codes.max()}")

    def _check_words(self, values: pa.DictionaryArray) -> None:
        """Raises UnfitValue for a word that does not fit and that a row has."""
        text = Uuid if self.sql == Uuid.sql else String
        if _are_fit(SameTexts(values.dictionary), text):
            return
        words = _as_strings(values.dictionary)
        used = pc.unique(values.indices).drop_null().sort()
        position = text._first_unfit(words.take(used))
        if position is not None:
            raise UnfitValue(text._complaint(words[used[position].as_py()].as_py()), pc.index(values.indices, used[position]).as_py())


@lru_cache(maxsize=8)
def _are_fit(words: SameTexts, text: _String) -> bool:
    """Whether all words of a dictionary fit, remembered for the last few: the pieces of a block have the same."""
    try:
        text.check(words.texts)
    except UnfitValue:
        return False
    return True


class Categorical(Type):
    """Text from a fixed list of words: functions work with codes into the list, and no text is built while generating.

    words : all different and fit for the type in SQL, else ValueError
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
        _text_type(sql).check(array)
        smallest = next(size for size in (np.int8, np.int16, np.int32) if len(array) <= np.iinfo(size).max)
        dtype = np.dtype(smallest)
        arrow = pa.dictionary(pa.from_numpy_dtype(dtype), pa.string())
        super().__init__(f"one of {len(array)} words", sql, arrow, dtype, "category")
        object.__setattr__(self, "words", array)

    def to_arrow(self, values: ColumnData, compact: bool = False) -> pa.Array:
        codes = np.ascontiguousarray(self._checked(values, "iub"))
        if len(codes) and (codes.max() >= len(self.words) or codes.min() < 0):
            raise UnfitValue(
                f"codes must be 0 to {len(self.words) - 1}, but they range from {codes.min()} to {codes.max()}",
                int(np.flatnonzero((codes < 0) | (codes >= len(self.words)))[0]),
            )
        return coded(codes.astype(self.dtype, copy=False), self.words)


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


_LONGEST_VARCHAR = 10_485_760  # PostgreSQL's


def Varchar(characters: int) -> Type:
    """Texts of at most so many characters, 1 to 10,485,760; a longer one is refused. Raises ModelError for another number."""
    if not isinstance(characters, int) or isinstance(characters, bool) or not 0 < characters <= _LONGEST_VARCHAR:
        raise ModelError(f"Varchar({characters!r}): give the most characters that a text may have, 1 to {_LONGEST_VARCHAR:,}")
    return _Varchar(f"varchar({characters})", f"VARCHAR({characters})", pa.string(), None, "text", (0, characters))


_YEARS = tuple((dt.date(year, month, day) - dt.date(1970, 1, 1)).days for year, month, day in ((1, 1, 1), (9999, 12, 31)))

Integer = Type("integer", "INTEGER", pa.int32(), np.dtype(np.int32), "number")
BigInteger = Type("bigint", "BIGINT", pa.int64(), np.dtype(np.int64), "number")
Real = Type("Real", "DOUBLE", pa.float64(), np.dtype(np.float64), "number")
"""Numbers with a fraction, for other columns to use: a trait, a probability. They are not written, and so must be hidden."""
Money = Decimal(12, 2)
Boolean = _Boolean("boolean", "BOOLEAN", pa.bool_(), np.dtype(np.bool_), "flag")
Date = _Time("date", "DATE", pa.date32(), np.dtype(np.int32), "time", (_YEARS[0], _YEARS[1]))
Timestamp = _Time(
    "timestamp", "TIMESTAMPTZ", pa.timestamp("us", tz="UTC"), np.dtype(np.int64), "time", (_YEARS[0] * _DAY, (_YEARS[1] + 1) * _DAY - 1)
)
String = _String("string", "VARCHAR", pa.string(), None, "text")
RepeatedText = _Repeated("string", "VARCHAR", pa.dictionary(pa.int32(), pa.string()), None, "repeated")
Uuid = _Uuid("uuid", "UUID", pa.string(), None, "text")
RepeatedUuid = _Repeated("uuid", "UUID", pa.dictionary(pa.int32(), pa.string()), None, "repeated")
Json = _Json("json", "JSON", pa.string(), None, "text")

REPEATED = {String.name: RepeatedText, Uuid.name: RepeatedUuid}
"""By the name of a text type: the type to use where all rows of a parent share one text, which is then stored once, in a dictionary."""


def _text_type(sql: str) -> _String:
    """The type whose texts a type in SQL can hold."""
    length = re.fullmatch(r"VARCHAR\((\d+)\)", sql)
    kind = Varchar(int(length[1])) if length else {"JSON": Json, "UUID": Uuid}.get(sql, String)
    assert isinstance(kind, _String)
    return kind
