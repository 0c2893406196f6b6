"""One column of a row group: its pages, and the footer's entry for them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen.arrays import Array
from colgen.errors import ColgenError
from colgen.formats.parquet import encodings, metadata, snappy
from colgen.formats.parquet.encodings import Bytes
from colgen.formats.parquet.limits import Limits
from colgen.formats.parquet.metadata import CompressionCodec, Encoding, PageType, Type
from colgen.formats.parquet.schema import ASCENDING, PRUNED, encoding_of, physical_type, role_of
from colgen.formats.parquet.thrift import Field
from colgen.values import arrow
from colgen.values.batch import BatchColumn
from colgen.values.text.composed import Composed

_CODECS = {
    "none": CompressionCodec.UNCOMPRESSED,
    "snappy": CompressionCodec.SNAPPY,
    "gzip": CompressionCodec.GZIP,
    "zstd": CompressionCodec.ZSTD,
    "lz4": CompressionCodec.LZ4_RAW,
}
_DICTIONARY_BYTES_PER_WORD = 8  # about: how many words of a dictionary make a sample


class ColumnChunk:
    """The pages of a column in the current row group; one object serves all row groups of a file, one after the other.

    size, uncompressed_size : bytes of the pages so far, after compression and before it
    """

    def __init__(self, field: pa.Field, compression: str, limits: Limits) -> None:
        self._field, self._limits = field, limits
        self._role = role_of(field)
        self._type, self._encoding = physical_type(field.type), encoding_of(field.type)
        self._codec = _CODECS[compression]
        self._compressor = None if self._codec == CompressionCodec.UNCOMPRESSED else pa.Codec(self._codec.name.lower())
        self._is_compressed: bool | None = None  # None until the first page
        self._is_decided = False  # whether that holds for all row groups, since the page was large enough to tell
        self._last_dictionary_page: _DictionaryPage | None = None
        self._reset()

    def _reset(self) -> None:
        """Makes ready for the next row group."""
        self._pages: list[Bytes] = []
        self._dictionary = _Dictionary()
        self._values = self._nulls = self.size = self.uncompressed_size = 0
        self._is_compressed = self._is_compressed if self._is_decided else None
        self._minima: list[int] = []
        self._maxima: list[int] = []

    def continues_in(self, column: BatchColumn) -> bool:
        """Whether the column goes on with the dictionary of a block, which the next row group would have to write again."""
        return self._role == "repeated" and isinstance(column, pa.DictionaryArray) and column.dictionary in self._dictionary

    def add(self, column: BatchColumn) -> None:
        """Adds the pages of some rows; at least one row."""
        if isinstance(column, Composed):
            self._add_composed(column)
            return
        if pa.types.is_dictionary(column.type):
            words_per_row = 4 if self._role == "repeated" else 1  # all batches of a block share its dictionary of repeated texts
            if len(column.dictionary) > words_per_row * len(column):
                column = _with_used_words(column)
        for page in self._split(column):
            self._add_page(page)

    def _split(self, column: pa.Array) -> Iterator[pa.Array]:
        """A column in pages of equally many rows, a multiple of eight: bits of flags then fill whole bytes."""
        text_bytes = len(arrow.letters(column)[1]) if pa.types.is_string(column.type) else 0
        pages = max(-(-len(column) // self._limits.page_rows), -(-text_bytes // self._limits.page_bytes))
        size = -(-len(column) // (8 * pages)) * 8
        for first in range(0, len(column), size):
            yield column.slice(first, size)

    def _add_page(self, array: pa.Array) -> None:
        rows = len(array)
        levels = [encodings.present(array)] if self._field.nullable else []
        if array.null_count:
            self._nulls += array.null_count
            array = arrow.without_nulls(array)
        data = [*levels, *self._encoded(array)]
        if self._is_compressed is None:
            self._is_compressed = self._shrinks(b"".join(data))
            self._is_decided = sum(map(len, data)) >= self._limits.sample_bytes
        pieces, uncompressed_size = self._compressed(data)
        self._append_data_page(rows, pieces, uncompressed_size)

    def _add_composed(self, texts: Composed) -> None:
        """Adds pages of texts in parts: written from the parts where that is possible and worth it, spelled otherwise."""
        for text in texts.pages(snappy.most_rows(texts)):
            if self._codec != CompressionCodec.SNAPPY or self._is_compressed is False or not self._add_unspelled(text):
                for page in self._split(text.spelled):
                    self._add_page(page)

    def _add_unspelled(self, text: Composed) -> bool:
        """Adds a page written from the parts of its texts; False where it is better to spell and compress them."""
        written = snappy.elements(text)
        if written is None:
            return False
        lengths, elements = written
        levels = [encodings.all_present(len(text))] if self._field.nullable else []
        before = [*levels, *encodings.delta(lengths)]
        letters = int(lengths.sum())
        self._is_compressed = self._is_decided = True
        self._append_data_page(len(text), snappy.stream(before, letters, elements), sum(map(len, before)) + letters)
        return True

    def _append_data_page(self, rows: int, pieces: list[Bytes], uncompressed_size: int) -> None:
        self._values += rows
        header = metadata.page_header(
            type=PageType.DATA_PAGE,
            uncompressed_page_size=uncompressed_size,
            compressed_page_size=sum(map(len, pieces)),
            data_page_header=_data_page_header(rows, self._encoding),
        )
        self._pages += self._counted(header, pieces, uncompressed_size)

    def _counted(self, header: Field, pieces: list[Bytes], uncompressed_size: int) -> list[Bytes]:
        """A page behind its header; both are added to the sizes of the chunk."""
        head = header[1]
        self.size += len(head) + sum(map(len, pieces))
        self.uncompressed_size += len(head) + uncompressed_size
        return [head, *pieces]

    def _shrinks(self, data: bytes) -> bool:
        """Whether compression saves at least a quarter of the end of the first page, where the letters of texts are, and of the dictionary."""
        if self._compressor is None:
            return False
        size = self._limits.sample_bytes
        sample = data[-size:]
        if self._dictionary.lists:
            words = self._dictionary.lists[0].slice(0, size // _DICTIONARY_BYTES_PER_WORD)
            sample += bytes(encodings.plain_texts(words)[:size])
        return bool(4 * self._compressor.compress(sample).size < 3 * len(sample))

    def _compressed(self, data: list[Bytes]) -> tuple[list[Bytes], int]:
        """A page's bytes, compressed if this column's are, and how many they were before."""
        uncompressed_size = sum(map(len, data))
        if self._compressor is not None and self._is_compressed:
            compressed = self._compressor.compress(b"".join(data))
            data = [bytes(memoryview(compressed)[: compressed.size])]  # a copy: the codec's own buffer is as long as the worst case
        return data, uncompressed_size

    def _encoded(self, array: pa.Array) -> Iterator[Bytes]:
        """The values of a page, none of which is null."""
        if self._encoding == Encoding.RLE_DICTIONARY:
            codes = self._dictionary.codes(array)
            return encodings.codes(codes, max(1, (len(self._dictionary) - 1).bit_length()))
        if self._encoding == Encoding.DELTA_LENGTH_BYTE_ARRAY:
            return encodings.delta_length(array if array.type == pa.string() else array.cast(pa.string()))
        if self._encoding == Encoding.PLAIN:
            return iter([encodings.bits(array.buffers()[1], array.offset, len(array))] if len(array) else [])
        return self._whole_numbers(arrow.numbers(array))

    def _whole_numbers(self, values: Array) -> Iterator[Bytes]:
        """Whole numbers in DELTA_BINARY_PACKED; notes their limits where the column has statistics."""
        stored = np.dtype(np.int32 if self._type == Type.INT32 else np.int64)
        if values.itemsize < stored.itemsize and np.minimum.reduce(values, initial=0) < 0:
            values = values.astype(stored)  # differences of negative numbers may need more bits than the numbers do
        elif values.itemsize > stored.itemsize:
            values = self._narrowed(values, stored)
        if self._role in PRUNED and len(values):
            limits = values[[0, -1]] if self._role in ASCENDING else values
            least, most = int(np.minimum.reduce(limits)), int(np.maximum.reduce(limits))
            self._minima.append(least)
            self._maxima.append(most)
            if self._role == "key" and most - least == len(values) - 1:
                return encodings.consecutive(least, len(values))
        return encodings.delta(values)

    def _narrowed(self, values: Array, stored: np.dtype[Any]) -> Array:
        """Decimals of up to nine digits, which are 64 bits in Arrow and 32 in Parquet."""
        least, most = int(np.minimum.reduce(values, initial=0)), int(np.maximum.reduce(values, initial=0))
        if least < np.iinfo(stored).min or most > np.iinfo(stored).max:
            raise ColgenError(
                f"{self._field.name}: {self._field.type} has no room for values from {least:,} to {most:,} in its smallest unit"
            )
        return values.astype(stored)

    def finish(self, offset: int) -> Field:
        """The footer's entry for the chunk, if it is written at this offset. No page can be added any more."""
        dictionary = self._laid_out_dictionary() if self._encoding == Encoding.RLE_DICTIONARY else []
        self._pages = [*dictionary, *self._pages]
        meta_data = metadata.column_metadata(
            type=self._type,
            encodings=sorted({self._encoding, Encoding.RLE, *([Encoding.PLAIN] if dictionary else [])}),
            path_in_schema=[self._field.name],
            codec=self._codec if self._is_compressed else CompressionCodec.UNCOMPRESSED,
            num_values=self._values,
            total_uncompressed_size=self.uncompressed_size,
            total_compressed_size=self.size,
            data_page_offset=offset + sum(map(len, dictionary)),
            dictionary_page_offset=offset if dictionary else None,
            statistics=self._statistics() if self._role in PRUNED else None,
        )
        return metadata.column_chunk(file_offset=0, meta_data=meta_data)

    def take_pages(self) -> list[Bytes]:
        """The bytes of the finished chunk, in the order in which they are written. The next row group starts empty."""
        pages = self._pages
        self._reset()
        return pages

    def _statistics(self) -> Field:
        if not self._minima:
            return metadata.statistics(null_count=self._nulls, max_value=None, min_value=None)
        size = 4 if self._type == Type.INT32 else 8
        least, most = (limit.to_bytes(size, "little", signed=True) for limit in (min(self._minima), max(self._maxima)))
        return metadata.statistics(null_count=self._nulls, max_value=most, min_value=least)

    def _laid_out_dictionary(self) -> list[Bytes]:
        """The dictionary page. Where row groups share a dictionary, it is laid out and compressed once."""
        page = self._last_dictionary_page
        if page is None or not page.dictionary.is_same_as(self._dictionary):
            pieces, uncompressed_size = self._compressed([encodings.plain_texts(words) for words in self._dictionary.lists])
            header = metadata.page_header(
                type=PageType.DICTIONARY_PAGE,
                uncompressed_page_size=uncompressed_size,
                compressed_page_size=sum(map(len, pieces)),
                dictionary_page_header=metadata.dictionary_page_header(
                    num_values=len(self._dictionary), encoding=Encoding.PLAIN, is_sorted=False
                ),
            )
            page = _DictionaryPage(self._dictionary, header, pieces, uncompressed_size)
        is_reusable = self._is_decided and self._role != "repeated"  # the next one may be compressed where this is not, or have other words
        self._last_dictionary_page = page if is_reusable else None
        return self._counted(page.header, page.pieces, page.uncompressed_size)


class _Dictionary:
    """The words that the codes of a chunk refer to: those of one list, or of several lists one after the other.

    A list is known by where it lies in memory, which `lists` keeps from being used again.
    """

    def __init__(self) -> None:
        self.lists: list[pa.Array] = []
        self._starts: dict[tuple[int, int, int], int] = {}
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def __contains__(self, words: pa.Array) -> bool:
        return arrow.address(words) in self._starts

    def codes(self, array: pa.DictionaryArray) -> Array:
        """The codes of some values, whose words are added unless they are there."""
        codes, words = arrow.numbers(array.indices), array.dictionary
        address = arrow.address(words)
        if address not in self._starts:
            self._starts[address] = self._size
            self.lists.append(words)
            self._size += len(words)
        start = self._starts[address]
        return codes.astype(np.int32) + start if start else codes

    def is_same_as(self, other: _Dictionary) -> bool:
        """Whether it has the same lists in the same order."""
        return list(self._starts) == list(other._starts)


class _DictionaryPage(NamedTuple):
    """A dictionary as it is written, for further row groups that have the same."""

    dictionary: _Dictionary
    header: Field
    pieces: list[Bytes]
    uncompressed_size: int


def _with_used_words(column: pa.DictionaryArray) -> pa.DictionaryArray:
    """The same values with a dictionary of only the words they use: a list much longer than its column would be most of the file."""
    used = pc.unique(column.indices).drop_null().sort()
    return pa.DictionaryArray.from_arrays(pc.index_in(column.indices, used), column.dictionary.take(used), safe=False)


@lru_cache(maxsize=64)
def _data_page_header(rows: int, encoding: Encoding) -> Field:
    """Nearly all pages of a file have equally many values."""
    return metadata.data_page_header(
        num_values=rows, encoding=encoding, definition_level_encoding=Encoding.RLE, repetition_level_encoding=Encoding.RLE
    )
