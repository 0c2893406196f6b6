"""The types of texts and bytes, and which values do not fit them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen.errors import ModelError
from colgen.values import json
from colgen.values.arrow import coded, numbers
from colgen.values.fit import SameTexts, UnfitValue, first_not_uuid_once, first_of_other_length, first_too_long
from colgen.values.text.composed import Composed
from colgen.values.type import ColumnData, Type

_LONGEST_SHOWN = 60  # letters of a text in a message


class TextType(Type):
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


class _Varchar(TextType):
    def check_composed(self, text: Composed) -> None:
        if text.longest > self.limits[1]:
            self.check(text.spelled)

    def _first_unfit(self, texts: pa.StringArray) -> int | None:
        return first_too_long(texts, self.limits[1])

    def _complaint(self, text: str) -> str:
        return f"{_shown(text)} has {len(text):,} characters, and {self.name} holds at most {self.limits[1]:,}"


class _Char(TextType):
    def check_composed(self, text: Composed) -> None:
        self.check(text.spelled)

    def _first_unfit(self, texts: pa.StringArray) -> int | None:
        return first_of_other_length(texts, self.limits[1])

    def _complaint(self, text: str) -> str:
        return f"{_shown(text)} has {len(text):,} characters, and {self.name} holds exactly {self.limits[1]:,}"


class _Uuid(TextType):
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


class _Json(TextType):
    def check_composed(self, text: Composed) -> None:
        if not json.is_proved(text.parts, len(text)):
            self.check(text.spelled)

    def _first_unfit(self, texts: pa.StringArray) -> int | None:
        return json.first_not_json(texts)

    def _complaint(self, text: str) -> str:
        return f"{_shown(text)} is not JSON: {json.problem(text)}"


class _Bytes(Type):
    def to_arrow(self, values: ColumnData, compact: bool = False) -> pa.Array:
        if isinstance(values, pa.ChunkedArray):
            values = values.combine_chunks()
        if not isinstance(values, pa.Array) or not pa.types.is_binary(values.type):
            actual = values.type if isinstance(values, pa.Array) else type(values).__name__
            raise TypeError(f"bytes expects a pyarrow.BinaryArray, not {actual}")
        values.validate(full=True)
        return values


class _Repeated(TextType):
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
def _are_fit(words: SameTexts, text: TextType) -> bool:
    """Whether all words of a dictionary fit, remembered for the last few: the pieces of a block have the same."""
    try:
        text.check(words.texts)
    except UnfitValue:
        return False
    return True


_LONGEST_VARCHAR = 10_485_760  # PostgreSQL's


def Varchar(characters: int) -> Type:
    """Texts of at most so many characters, 1 to 10,485,760; a longer one is refused. Raises ModelError for another number."""
    if not isinstance(characters, int) or isinstance(characters, bool) or not 0 < characters <= _LONGEST_VARCHAR:
        raise ModelError(f"Varchar({characters!r}): give the most characters that a text may have, 1 to {_LONGEST_VARCHAR:,}")
    return _Varchar(f"varchar({characters})", f"VARCHAR({characters})", pa.string(), None, "text", (0, characters))


def Char(characters: int) -> Type:
    """Texts of exactly so many characters, 1 to 10,485,760; PostgreSQL would fill shorter ones up with blanks. Raises ModelError for another number."""
    if not isinstance(characters, int) or isinstance(characters, bool) or not 0 < characters <= _LONGEST_VARCHAR:
        raise ModelError(f"Char({characters!r}): give how many characters a text has, 1 to {_LONGEST_VARCHAR:,}")
    return _Char(f"char({characters})", f"CHAR({characters})", pa.string(), None, "text", (0, characters))


String = TextType("string", "VARCHAR", pa.string(), None, "text")
RepeatedText = _Repeated("string", "VARCHAR", pa.dictionary(pa.int32(), pa.string()), None, "repeated")
Uuid = _Uuid("uuid", "UUID", pa.string(), None, "text")
RepeatedUuid = _Repeated("uuid", "UUID", pa.dictionary(pa.int32(), pa.string()), None, "repeated")
Json = _Json("json", "JSON", pa.string(), None, "text")
Bytes = _Bytes("bytes", "BLOB", pa.binary(), None, "text")
"""Bytes of any length: a digest, a picture."""

REPEATED = {String.name: RepeatedText, Uuid.name: RepeatedUuid}
"""By the name of a text type: the type to use where all rows of a parent share one text, which is then stored once, in a dictionary."""


_NAMED = r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)?( [A-Za-z]+)*(\(\d{1,5}(, ?-?\d{1,5})?\))?( with(out)? time zone)?"


def Named(name: str) -> Type:
    """Texts that are of a type of PostgreSQL's by its name, which the server makes of them: `Named("inet")`, `Named("citext")`, `Named("bit(8)")`.
    Elsewhere they are texts. Raises ModelError for what is not the name of a type, or of several.

    >>> Named("inet").sql, Named("inet").postgres
    ('VARCHAR', 'inet')
    """
    if not isinstance(name, str) or not re.fullmatch(_NAMED, name, re.ASCII):
        raise ModelError(f"Named({name!r}): give the name of a type as PostgreSQL has it, such as 'inet', 'citext' or 'public.ltree'")
    return TextType(name, "VARCHAR", pa.string(), None, "text", (0, 0), name)


class _Enum(TextType):
    """Words of an enumeration."""


_LONGEST_LABEL = 63  # bytes


def Enum(name: str) -> Type:
    """The type of a column with a list of words that is an enumeration in PostgreSQL: `Category(G=3, PG=5, type=Enum("rating"))`. It is made with the
    tables, and its words are in the order of the list. Elsewhere they are texts. Raises ModelError for what cannot be a name.
    """
    if not isinstance(name, str) or not name.isprintable() or not 0 < len(name.encode()) <= _LONGEST_LABEL:
        raise ModelError(f"Enum({name!r}): name the type, in 1 to {_LONGEST_LABEL} bytes, such as Enum('rating')")
    return _Enum(f"enum {name}", "VARCHAR", pa.string(), None, "text", (0, 0), name)


def is_enumeration(type: Type) -> bool:
    """Whether PostgreSQL has an enumeration for it, by the name `type.postgres`."""
    return isinstance(type, _Enum) or (isinstance(type, Categorical) and isinstance(type.of, _Enum))


class Categorical(Type):
    """Text from a fixed list of words: functions work with codes into the list, and no text is built while generating.

    words : all different and fit for the type of each, else ValueError
    of : the type of each word, such as `Varchar(20)` or `Enum("rating")`, or what that is in SQL

    >>> Categorical(["card", "cash"]).to_arrow(np.array([1, 1, 0])).to_pylist()
    ['cash', 'cash', 'card']
    """

    words: pa.StringArray
    of: Type

    def __init__(self, words: Sequence[str] | pa.StringArray, of: Type | str = "VARCHAR") -> None:
        array = words if isinstance(words, pa.Array) else pa.array(list(words), pa.string())
        array = array if array.type == pa.string() else array.cast(pa.string())
        if len(array.unique()) != len(array):
            raise ValueError("a word occurs twice in the list; every word must be different")
        text = _text_type(of) if isinstance(of, str) else of
        if not isinstance(text, TextType) or text.arrow != pa.string():
            raise ValueError(f"words cannot be of the type {text.name}; give a type of texts, such as Varchar(20) or Enum('status')")
        text.check(array)
        smallest = next(size for size in (np.int8, np.int16, np.int32) if len(array) <= np.iinfo(size).max)
        dtype = np.dtype(smallest)
        arrow = pa.dictionary(pa.from_numpy_dtype(dtype), pa.string())
        super().__init__(f"one of {len(array)} words", text.sql, arrow, dtype, "category", postgres=text.postgres)
        object.__setattr__(self, "words", array)
        object.__setattr__(self, "of", text)

    def to_arrow(self, values: ColumnData, compact: bool = False) -> pa.Array:
        codes = np.ascontiguousarray(self.checked(values, "iub"))
        if len(codes) and (codes.max() >= len(self.words) or codes.min() < 0):
            raise UnfitValue(
                f"codes must be 0 to {len(self.words) - 1}, but they range from {codes.min()} to {codes.max()}",
                int(np.flatnonzero((codes < 0) | (codes >= len(self.words)))[0]),
            )
        return coded(codes.astype(self.dtype, copy=False), self.words)


def _text_type(sql: str) -> TextType:
    """The type whose texts a type in SQL can hold."""
    length = re.fullmatch(r"(VARCHAR|CHAR)\((\d+)\)", sql)
    kind = {"VARCHAR": Varchar, "CHAR": Char}[length[1]](int(length[2])) if length else {"JSON": Json, "UUID": Uuid}.get(sql, String)
    assert isinstance(kind, TextType)
    return kind
