"""How the values of a column become the bytes of its pages, and what bounds they have: one class for each kind of column."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen.arrays import Array
from colgen.errors import ColgenError
from colgen.formats.parquet import encodings, statistics
from colgen.formats.parquet.encodings import Bytes, PlainTexts
from colgen.formats.parquet.metadata import Encoding, Type
from colgen.formats.parquet.schema import ASCENDING, is_text, physical_type, role_of
from colgen.formats.parquet.statistics import Bounds
from colgen.values import arrow

Page = pa.Array | PlainTexts
"""The values of a page, none of which is null."""


class Values(ABC):
    """The values of a column in the current row group.

    encoding : that of its data pages
    """

    encoding: Encoding

    @abstractmethod
    def encoded(self, page: Any) -> Iterable[Bytes]:
        """The values of one more page in bytes."""

    @abstractmethod
    def bounds(self) -> Bounds | None:
        """Those of all values so far; None where there are none."""

    @abstractmethod
    def reset(self) -> None:
        """Makes ready for the next row group."""


class Flags(Values):
    """Booleans, one bit each."""

    encoding = Encoding.PLAIN

    def __init__(self) -> None:
        self._seen: set[bool] = set()

    def encoded(self, page: pa.BooleanArray) -> Iterable[Bytes]:
        if len(page):
            self._seen |= {pc.all(page).as_py(), pc.any(page).as_py()}
            yield encodings.bits(page.buffers()[1], page.offset, len(page))

    def bounds(self) -> Bounds | None:
        return Bounds(bytes([min(self._seen)]), bytes([max(self._seen)])) if self._seen else None

    def reset(self) -> None:
        self._seen = set()


class Numbers(Values):
    """Whole numbers, and what is stored as them: decimals, dates and times."""

    def __init__(self, field: pa.Field, is_compatible: bool) -> None:
        self._field, self._role = field, role_of(field)
        self._stored: np.dtype[Any] = np.dtype(np.int32 if physical_type(field.type) == Type.INT32 else np.int64)
        self.encoding = Encoding.PLAIN if is_compatible else Encoding.DELTA_BINARY_PACKED
        self._limits: list[int] = []

    def encoded(self, page: pa.Array) -> Iterable[Bytes]:
        values = arrow.numbers(page)
        if not len(values):
            return [] if self.encoding == Encoding.PLAIN else encodings.delta(values)
        ends = values[[0, -1]] if self._role in ASCENDING else values
        least, most = int(np.minimum.reduce(ends)), int(np.maximum.reduce(ends))
        self._limits += [least, most]
        if values.itemsize > self._stored.itemsize:
            self._refuse_beyond(least, most)
            values = values.astype(self._stored)
        if self.encoding == Encoding.PLAIN:
            return [encodings.plain_numbers(values, self._stored.itemsize)]
        if self._role == "key" and most - least == len(values) - 1:
            return encodings.consecutive(least, len(values))
        if values.itemsize < self._stored.itemsize and least < 0:
            values = values.astype(self._stored)  # differences of negative numbers may need more bits than the numbers do
        return encodings.delta(values)

    def _refuse_beyond(self, least: int, most: int) -> None:
        """Decimals of up to nine digits are 64 bits in Arrow and 32 in Parquet."""
        if least < np.iinfo(self._stored).min or most > np.iinfo(self._stored).max:
            raise ColgenError(
                f"{self._field.name}: {self._field.type} has no room for values from {least:,} to {most:,} in its smallest unit"
            )

    def bounds(self) -> Bounds | None:
        return statistics.of_numbers(min(self._limits), max(self._limits), self._stored.itemsize) if self._limits else None

    def reset(self) -> None:
        self._limits = []


class Fractions(Values):
    """Numbers with a fraction."""

    encoding = Encoding.PLAIN

    def __init__(self, field: pa.Field) -> None:
        self._size = field.type.bit_width // 8
        self._limits: list[float] = []

    def encoded(self, page: pa.Array) -> Iterable[Bytes]:
        values = page.to_numpy()
        if len(values):
            self._limits += [np.minimum.reduce(values), np.maximum.reduce(values)]  # NaN if one of them is
        yield values.data.cast("B")

    def bounds(self) -> Bounds | None:
        if not self._limits or np.isnan(self._limits).any():
            return None
        return statistics.of_fractions(min(self._limits), max(self._limits), self._size)

    def reset(self) -> None:
        self._limits = []


class Texts(Values):
    """Texts, or bytes, of which few repeat.

    bounds_of : how their bounds are cut
    """

    encoding = Encoding.PLAIN

    def __init__(self, bounds_of: Callable[[bytes, bytes], Bounds] = statistics.of_texts) -> None:
        self._bounds_of = bounds_of
        self._extremes: list[bytes] = []

    def encoded(self, page: PlainTexts) -> Iterable[Bytes]:
        if page.rows:
            self._extremes += statistics.extremes_of_texts(page)
        yield page.encoded

    def bounds(self) -> Bounds | None:
        return self._bounds_of(min(self._extremes), max(self._extremes)) if self._extremes else None

    def reset(self) -> None:
        self._extremes = []


class _WordList(NamedTuple):
    """A list of words in a dictionary.

    first : the code of its first word
    is_used : of each word, whether a page has it: bool
    """

    words: pa.StringArray
    first: int
    is_used: Array


class Words(Values):
    """Codes into a dictionary of words: those of one list, or of several lists one after the other.

    A list is known by where it lies in memory, which the dictionary keeps from being used again.

    dictionary_encoding : that of the dictionary page
    """

    def __init__(self, is_compatible: bool) -> None:
        self.encoding = Encoding.PLAIN_DICTIONARY if is_compatible else Encoding.RLE_DICTIONARY
        self.dictionary_encoding = Encoding.PLAIN_DICTIONARY if is_compatible else Encoding.PLAIN
        self._lists: dict[tuple[int, int, int], _WordList] = {}
        self._size = 0

    def reset(self) -> None:
        self._lists = {}
        self._size = 0

    def __len__(self) -> int:
        """How many words the dictionary has."""
        return self._size

    def __contains__(self, words: pa.StringArray) -> bool:
        return arrow.address(words) in self._lists

    @property
    def lists(self) -> Mapping[tuple[int, int, int], _WordList]:
        """The lists in their order, each under what identifies it; it stays as it is when the next row group begins."""
        return self._lists

    def encoded(self, page: pa.DictionaryArray) -> Iterable[Bytes]:
        codes, address = arrow.numbers(page.indices), arrow.address(page.dictionary)
        if address not in self._lists:
            self._lists[address] = _WordList(page.dictionary, self._size, np.zeros(len(page.dictionary), np.bool_))
            self._size += len(page.dictionary)
        words = self._lists[address]
        if not words.is_used.all():
            words.is_used[codes] = True
        codes = codes.astype(np.int32) + words.first if words.first else codes
        return encodings.codes(codes, max(1, (self._size - 1).bit_length()))

    def bounds(self) -> Bounds | None:
        used = [words.filter(pa.array(is_used)) for words, _, is_used in self._lists.values()]
        extremes = [extreme for words in used if len(words) for extreme in statistics.extremes_of_words(words)]
        return statistics.of_texts(min(extremes), max(extremes)) if extremes else None


def values_of(field: pa.Field, is_compatible: bool) -> Values:
    """How the values of a column are encoded.

    is_compatible : in the encodings that readers had before 2018
    """
    kind = field.type
    if pa.types.is_dictionary(kind):
        return Words(is_compatible)
    if is_text(kind):
        return Texts(statistics.of_texts if pa.types.is_string(kind) else statistics.of_bytes)
    if pa.types.is_floating(kind):
        return Fractions(field)
    return Flags() if pa.types.is_boolean(kind) else Numbers(field, is_compatible)
