"""Parquet, with the encoding that each column's declaration calls for.

| what the column is like | encoding | statistics |
|---|---|---|
| key, parent, identifier, time | DELTA_BINARY_PACKED | yes: readers prune by them |
| reference, number, money (as an integer) | DELTA_BINARY_PACKED | no |
| category | the dictionary it is generated in | no |
| repeated | the same; each block brings its own, and a row group ends where none goes on | no |
| text | DELTA_LENGTH_BYTE_ARRAY; put together out of words, with Snappy, it is written without being spelled (`snappy`) | no |
| flag | plain | no |

A column that compression does not make smaller by a quarter, going by its first full page, is not compressed: numbers packed to the bit, UUIDs,
telephone numbers. It would cost more than all else that is done to it.

Every one of them opens in DuckDB, Polars, PyArrow, pandas and Spark's default reader. The pages are ours, not PyArrow's: packing bits a value
at a time is what its writer spends its time on, and whole columns are packed in a third to a half of it.

https://parquet.apache.org/docs/file-format/
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from io import RawIOBase
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen.arrays import Array
from colgen.errors import ColgenError
from colgen.formats.parquet import encodings, snappy
from colgen.formats.parquet.encodings import Bytes
from colgen.formats.parquet.thrift import Field, binary, boolean, i32, i64, sequence, struct
from colgen.values import arrow
from colgen.values.batch import Batch, BatchColumn, concatenated
from colgen.values.text.composed import Composed

ROW_GROUP_ROWS = 1 << 19
ROW_GROUP_BYTES = 3 << 20  # as they are written, which is how they wait: wide rows make smaller groups, so that memory stays flat
PAGE_ROWS = 1 << 17
PAGE_BYTES = 1 << 19  # of text, before it is compressed
_SAMPLE = 1 << 14  # bytes that are compressed to see what comes of it

WRITER = "6"
"""The version of what is written here: it changes when the same rows become other bytes."""

_PRUNED = ("key", "parent", "identifier", "time")  # where readers find statistics
_ASCENDING = ("key", "parent")
_MAGIC, _CREATED_BY = b"PAR1", f"colgen version {WRITER}"  # not the release's: an update leaves the bytes as they are
_BOOLEAN, _INT32, _INT64, _BYTE_ARRAY = 0, 1, 2, 6  # numbers from parquet.thrift
_PLAIN, _RLE, _DELTA_BINARY_PACKED, _DELTA_LENGTH_BYTE_ARRAY, _RLE_DICTIONARY = 0, 3, 5, 6, 8
_DATA_PAGE, _DICTIONARY_PAGE = 0, 2
_SNAPPY = 1
_CODECS = {"none": (0, None), "snappy": (_SNAPPY, "snappy"), "gzip": (2, "gzip"), "zstd": (6, "zstd"), "lz4": (7, "lz4_raw")}


class ParquetWriter:
    def __init__(self, file: RawIOBase, schema: pa.Schema, compression: str = "snappy") -> None:
        self._file, self._schema = file, schema
        codec, name = _CODECS[compression]
        self._chunks = [_Chunk(field, codec, pa.Codec(name) if name else None) for field in schema]
        self._waiting: list[Batch] = []
        self._waiting_rows = self._group_rows = self._rows = 0
        self._groups: list[Field] = []
        self._size = 0
        self._write(_MAGIC)

    def write(self, batch: Batch) -> None:
        if not len(batch):
            return
        if self._is_full() and not any(map(_Chunk.has_dictionary_of, self._chunks, batch.columns)):
            self._pages()
            self._group()
        self._waiting.append(batch)
        self._waiting_rows += len(batch)
        if 4 * self._waiting_rows >= PAGE_ROWS:  # not whole pages: what waits is copied together
            self._pages()

    def close(self) -> None:
        self._pages()
        self._group()
        footer = _footer(self._schema, self._rows, self._groups)
        self._write(footer + len(footer).to_bytes(4, "little") + _MAGIC)

    def _is_full(self) -> bool:
        return self._group_rows >= ROW_GROUP_ROWS or sum(chunk.size for chunk in self._chunks) >= ROW_GROUP_BYTES

    def _write(self, *pieces: Bytes) -> None:
        self._file.writelines(pieces)
        self._size += sum(map(len, pieces))

    def _pages(self) -> None:
        """A page of each column, or some, of the rows that wait."""
        if not self._waiting:
            return
        rows = concatenated(self._waiting)
        self._waiting, self._waiting_rows = [], 0
        for chunk, column in zip(self._chunks, rows.columns, strict=True):
            if isinstance(column, Composed):
                chunk.add_texts(column)
                continue
            if pa.types.is_dictionary(column.type) and len(column.dictionary) > chunk.spare * len(rows):
                column = _with_used_words(column)
            for page in _pages_of(column):
                chunk.add(page)
        self._group_rows += len(rows)

    def _group(self) -> None:
        """The row group at hand."""
        if not self._group_rows:
            return
        columns, begin, unpacked = [], self._size, 0
        for chunk in self._chunks:
            columns.append(chunk.described(self._size))
            unpacked += chunk.unpacked
            self._write(*chunk.emptied())
        self._groups.append(
            struct(
                {
                    1: sequence(columns),
                    2: i64(unpacked),
                    3: i64(self._group_rows),
                    5: i64(begin),
                    6: i64(self._size - begin),
                }
            )
        )
        self._rows += self._group_rows
        self._group_rows = 0


class _Chunk:
    """The pages of one column in the row group at hand.

    size : bytes of them; unpacked : as many before they were compressed
    spare : a dictionary of more words a row is not written whole
    """

    def __init__(self, field: pa.Field, codec: int, compressor: pa.Codec | None) -> None:
        self._field, self._codec, self._compressor = field, codec, compressor
        self._encoding, self._type = _encoding(field.type), _physical(field.type)
        self._shape = _shape(field)
        self.spare = 4 if self._shape == "repeated" else 1  # the pieces of a block have it in common
        self._shrinks: bool | None = None  # known from the first page on
        self._judged = False  # for good: that page was large enough to tell
        self._laid_out: list[pa.Array] = []  # the words of the last dictionary
        self._last_dictionary: tuple[list[Bytes], int] = [], 0
        self._begin()

    def _begin(self) -> None:
        self._pages: list[Bytes] = []
        self._words: list[pa.Array] = []
        self._places: dict[tuple[int, int, int], int] = {}
        self._values = self._nulls = self.size = self.unpacked = 0
        self._shrinks = self._shrinks if self._judged else None
        self._least: list[int] = []
        self._most: list[int] = []

    def has_dictionary_of(self, column: BatchColumn) -> bool:
        """Whether the column goes on with a block's own dictionary, which another row group would have to write once more."""
        return self._shape == "repeated" and isinstance(column, pa.DictionaryArray) and arrow.address(column.dictionary) in self._places

    def add(self, array: pa.Array) -> None:
        """One page."""
        count = len(array)
        levels = [encodings.present(array)] if self._field.nullable else []
        if array.null_count:
            self._nulls += array.null_count
            array = arrow.without_nulls(array)
        data = [*levels, *self._encoded(array)]
        self._values += count
        if self._shrinks is None:
            self._shrinks, self._judged = self._is_smaller(b"".join(data)), sum(map(len, data)) >= _SAMPLE
        self._pages += self._counted(self._page(_DATA_PAGE, 5, _data_page(count, self._encoding), data))

    def add_texts(self, texts: Composed) -> None:
        """Pages of texts in parts, each written from these if it can be."""
        for text in texts.pages(snappy.most_rows(texts)):
            if self._codec != _SNAPPY or self._shrinks is False or not self._add_unspelled(text):
                for page in _pages_of(text.spelled):
                    self.add(page)

    def _add_unspelled(self, text: Composed) -> bool:
        """One page of texts, or none where they had better be spelled and compressed."""
        found = snappy.elements(text)
        if found is None:
            return False
        lengths, elements = found
        levels = [encodings.all_present(len(text))] if self._field.nullable else []
        before = [*levels, *encodings.delta(lengths)]
        self._values += len(text)
        self._shrinks = self._judged = True
        letters = int(lengths.sum())
        data, unpacked = snappy.stream(before, letters, elements), sum(map(len, before)) + letters
        self._pages += self._counted(self._headed(_DATA_PAGE, 5, _data_page(len(text), self._encoding), data, unpacked))
        return True

    def _is_smaller(self, data: bytes) -> bool:
        """Whether compression makes something of the end of the first page, where the letters of texts are, and of the dictionary."""
        if self._compressor is None:
            return False
        sample = data[-_SAMPLE:]
        if self._words:
            sample += bytes(encodings.plain_texts(self._words[0].slice(0, _SAMPLE // 8))[:_SAMPLE])
        return bool(4 * self._compressor.compress(sample).size < 3 * len(sample))

    def _page(self, kind: int, place: int, described: Field, data: list[Bytes]) -> tuple[list[Bytes], int]:
        """A page after its header, which describes it at a field of its own; and how many bytes it had before it was compressed."""
        unpacked = sum(map(len, data))
        if self._compressor is not None and self._shrinks:
            compressed = self._compressor.compress(b"".join(data))
            data = [bytes(memoryview(compressed)[: compressed.size])]  # its own buffer is as long as the most that it could have become
        return self._headed(kind, place, described, data, unpacked)

    def _headed(self, kind: int, place: int, described: Field, data: list[Bytes], unpacked: int) -> tuple[list[Bytes], int]:
        _, head = struct({1: i32(kind), 2: i32(unpacked), 3: i32(sum(map(len, data))), place: described})
        return [head, *data], len(head) + unpacked

    def _counted(self, page: tuple[list[Bytes], int]) -> list[Bytes]:
        """The page, which is written now."""
        pieces, unpacked = page
        self.size += sum(map(len, pieces))
        self.unpacked += unpacked
        return pieces

    def _encoded(self, array: pa.Array) -> Iterator[Bytes]:
        if self._encoding == _RLE_DICTIONARY:
            places, words = self._among(array)
            return encodings.codes(places, max(1, (words - 1).bit_length()))
        if self._encoding == _DELTA_LENGTH_BYTE_ARRAY:
            return encodings.delta_length(array if array.type == pa.string() else array.cast(pa.string()))
        if self._encoding == _PLAIN:
            return iter([encodings.bits(array.buffers()[1], array.offset, len(array))] if len(array) else [])
        values, kind = arrow.numbers(array), np.dtype(np.int32 if self._type == _INT32 else np.int64)
        if values.itemsize < kind.itemsize and np.minimum.reduce(values, initial=0) < 0:
            values = values.astype(kind)  # their differences may take more bits than they do
        elif values.itemsize > kind.itemsize:
            values = self._fitted(values, kind)
        if self._shape in _PRUNED and len(values):
            ends = values[[0, -1]] if self._shape in _ASCENDING else values
            least, most = int(np.minimum.reduce(ends)), int(np.maximum.reduce(ends))
            self._least.append(least)
            self._most.append(most)
            if self._shape == "key" and most - least == len(values) - 1:
                return encodings.consecutive(least, len(values))
        return encodings.delta(values)

    def _fitted(self, values: Array, kind: np.dtype[Any]) -> Array:
        """Decimals of up to nine digits, which are 64 bits in Arrow and 32 in Parquet."""
        least, most = int(np.minimum.reduce(values, initial=0)), int(np.maximum.reduce(values, initial=0))
        if least < np.iinfo(kind).min or most > np.iinfo(kind).max:
            raise ColgenError(
                f"{self._field.name}: {self._field.type} has no room for values from {least:,} to {most:,} in its smallest unit"
            )
        return values.astype(kind)

    def _among(self, array: pa.DictionaryArray) -> tuple[Array, int]:
        """Where in the chunk's dictionary the words are, and how many that has by now."""
        places, words = arrow.numbers(array.indices), array.dictionary
        place = arrow.address(words)
        if place not in self._places:
            self._places[place] = sum(map(len, self._words))
            self._words.append(words)
        before = self._places[place]
        return places.astype(np.int32) + before if before else places, sum(map(len, self._words))

    def _dictionary(self) -> list[Bytes]:
        """The page of its words. A list that one row group after the other has is laid out and compressed once."""
        lists = list(map(arrow.address, self._words))
        if lists != list(map(arrow.address, self._laid_out)):
            count, data = sum(map(len, self._words)), list(map(encodings.plain_texts, self._words))
            self._laid_out = self._words  # and held, so that no other ones can lie at their place
            self._last_dictionary = self._page(_DICTIONARY_PAGE, 7, struct({1: i32(count), 2: i32(_PLAIN), 3: boolean(False)}), data)
        if not self._judged or self._shape == "repeated":  # the next one may be compressed where this one is not, or has other words
            self._laid_out = []
        return self._counted(self._last_dictionary)

    def emptied(self) -> list[Bytes]:
        """Its bytes; it begins anew."""
        pages = self._pages
        self._begin()
        return pages

    def described(self, offset: int) -> Field:
        """What the footer says of the chunk, if it begins at this offset."""
        dictionary = self._dictionary() if self._encoding == _RLE_DICTIONARY else []
        self._pages = [*dictionary, *self._pages]
        data_offset = offset + sum(map(len, dictionary))
        known = {
            1: i32(self._type),
            2: sequence([i32(one) for one in sorted({self._encoding, _RLE, *([_PLAIN] if dictionary else [])})]),
            3: sequence([binary(self._field.name)]),
            4: i32(self._codec if self._shrinks else _CODECS["none"][0]),
            5: i64(self._values),
            6: i64(self.unpacked),
            7: i64(self.size),
            9: i64(data_offset),
        }
        if dictionary:
            known[11] = i64(offset)
        if self._shape in _PRUNED:
            limits = {}
            if self._least:
                size = 4 if self._type == _INT32 else 8
                most, least = (number.to_bytes(size, "little", signed=True) for number in (max(self._most), min(self._least)))
                limits = {5: binary(most), 6: binary(least)}
            known[12] = struct({3: i64(self._nulls), **limits})
        return struct({2: i64(0), 3: struct(known)})


def _pages_of(column: pa.Array) -> Iterator[pa.Array]:
    """Equally many rows of a column for each page, whole bytes of flags."""
    characters = len(arrow.letters(column)[1]) if pa.types.is_string(column.type) else 0
    pages = max(-(-len(column) // PAGE_ROWS), -(-characters // PAGE_BYTES))
    size = -(-len(column) // (8 * pages)) * 8
    for first in range(0, len(column), size):
        yield column.slice(first, size)


def _with_used_words(column: pa.DictionaryArray) -> pa.DictionaryArray:
    """The same without the words that do not come: a list much longer than its column would be most of the file."""
    used = pc.unique(column.indices).drop_null().sort()
    return pa.DictionaryArray.from_arrays(pc.index_in(column.indices, used), column.dictionary.take(used), safe=False)


@lru_cache(maxsize=64)
def _data_page(count: int, encoding: int) -> Field:
    """What a page's header says of its values; nearly all pages have as many."""
    return struct({1: i32(count), 2: i32(encoding), 3: i32(_RLE), 4: i32(_RLE)})


def _shape(field: pa.Field) -> str:
    return (field.metadata or {}).get(b"encoding", b"").decode()


def _encoding(kind: pa.DataType) -> int:
    if pa.types.is_dictionary(kind):
        return _RLE_DICTIONARY
    if pa.types.is_string(kind):
        return _DELTA_LENGTH_BYTE_ARRAY
    return _PLAIN if pa.types.is_boolean(kind) else _DELTA_BINARY_PACKED


def _physical(kind: pa.DataType) -> int:
    if pa.types.is_dictionary(kind) or pa.types.is_string(kind):
        return _BYTE_ARRAY
    if pa.types.is_boolean(kind):
        return _BOOLEAN
    if pa.types.is_decimal(kind):
        return _INT32 if kind.precision <= 9 else _INT64
    return _INT32 if kind.bit_width == 32 else _INT64


def _logical(kind: pa.DataType) -> dict[int, Field]:
    """What a column's values mean, as readers of today and of before 2018 are told."""
    if pa.types.is_dictionary(kind) or pa.types.is_string(kind):
        return {6: i32(0), 10: struct({1: struct({})})}
    if pa.types.is_decimal(kind):
        said = struct({5: struct({1: i32(kind.scale), 2: i32(kind.precision)})})
        return {6: i32(5), 7: i32(kind.scale), 8: i32(kind.precision), 10: said}
    if pa.types.is_date(kind):
        return {6: i32(6), 10: struct({6: struct({})})}
    if pa.types.is_timestamp(kind):
        return {6: i32(10), 10: struct({8: struct({1: boolean(kind.tz is not None), 2: struct({2: struct({})})})})}
    return {}


def _footer(schema: pa.Schema, rows: int, groups: list[Field]) -> bytes:
    root = struct({3: i32(0), 4: binary("schema"), 5: i32(len(schema))})
    columns = [
        struct({1: i32(_physical(field.type)), 3: i32(int(field.nullable)), 4: binary(field.name), **_logical(field.type)})
        for field in schema
    ]
    _, footer = struct(
        {
            1: i32(2),
            2: sequence([root, *columns]),
            3: i64(rows),
            4: sequence(groups),
            6: binary(_CREATED_BY),
            7: sequence([struct({1: struct({})})] * len(schema)),  # numbers and text are compared as their types say
        }
    )
    return footer
