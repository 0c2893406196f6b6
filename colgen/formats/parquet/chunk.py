"""One column of a row group: its pages, and the footer's entry for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from colgen.formats.parquet import encodings, lists, metadata, structs
from colgen.formats.parquet.encodings import Bytes, PlainTexts, plain_texts
from colgen.formats.parquet.limits import Limits
from colgen.formats.parquet.metadata import CompressionCodec, Encoding, PageType
from colgen.formats.parquet.schema import LIST_PATH, Way, is_text, leaf_of, physical_type, role_of
from colgen.formats.parquet.thrift import Field
from colgen.formats.parquet.values import Words, values_of
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
    """The pages of a column, or of a field of structs, in the current row group; one object serves all row groups of a file, one after the other.

    way : the column, and of structs the fields below it
    size, uncompressed_size : bytes of the pages so far, after compression and before it
    """

    def __init__(self, way: Way, compression: str, is_compatible: bool, limits: Limits) -> None:
        field, leaf = way[-1], leaf_of(way[-1])
        self._way, self._field, self._limits = way, field, limits
        self._role, self._type = role_of(field), physical_type(leaf.type)
        self._values = values_of(leaf, is_compatible)
        self._words = self._values if isinstance(self._values, Words) else None
        self._codec = _CODECS[compression]
        self._compressor = None if self._codec == CompressionCodec.UNCOMPRESSED else pa.Codec(self._codec.name.lower())
        self._is_compressed: bool | None = None  # None until the first page
        self._is_decided = False  # whether that holds for all row groups, since the page was large enough to tell
        self._last_dictionary_page: _DictionaryPage | None = None
        self._reset()

    def _reset(self) -> None:
        """Makes ready for the next row group."""
        self._pages: list[Bytes] = []
        self._data_pages = self._rows = self._nulls = self.size = self.uncompressed_size = 0
        self._is_compressed = self._is_compressed if self._is_decided else None
        self._values.reset()

    def continues_in(self, column: BatchColumn) -> bool:
        """Whether the column goes on with the dictionary of a block, which the next row group would have to write again."""
        if self._words is None or self._role != "repeated" or not isinstance(column, pa.DictionaryArray):
            return False
        return column.dictionary in self._words

    def add(self, column: BatchColumn) -> None:
        """Adds the pages of some rows; at least one row."""
        for page in self._split(PlainTexts(*column.spelled_with_lengths()) if isinstance(column, Composed) else self._short(column)):
            self._add_page(page)

    def _short(self, column: pa.Array) -> pa.Array:
        """The column with no more words in its dictionary than there is reason to write."""
        if not pa.types.is_dictionary(column.type):
            return column
        words_per_row = 4 if self._role == "repeated" else 1  # all batches of a block share its dictionary of repeated texts
        return _with_used_words(column) if len(column.dictionary) > words_per_row * len(column) else column

    def _split(self, column: pa.Array | PlainTexts) -> Iterator[pa.Array | PlainTexts]:
        """A column in pages of equally many rows, a multiple of eight: bits of flags then fill whole bytes."""
        rows = column.rows if isinstance(column, PlainTexts) else len(column)
        texts = structs.stored(column, self._way) if isinstance(column, pa.StructArray) else column
        pages = max(-(-_values(column) // self._limits.page_rows), -(-_text_bytes(texts) // self._limits.page_bytes))
        size = -(-rows // (8 * pages)) * 8
        for first in range(0, rows, size):
            yield column.slice(first, min(size, rows - first))

    def _add_page(self, page: pa.Array | PlainTexts) -> None:
        levels: list[bytes]
        if isinstance(page, PlainTexts):
            rows, levels = page.rows, [encodings.all_present(page.rows)] if self._field.nullable else []
        elif pa.types.is_list(page.type):
            rows, levels = lists.levels(page, self._field.nullable)
            page = page.flatten()
            self._nulls += rows - len(page)
        elif pa.types.is_struct(page.type):
            rows = len(page)
            levels, page = structs.values(page, self._way)
            self._nulls += rows - len(page)
        else:
            rows, levels = len(page), [encodings.present(page)] if self._field.nullable else []
            self._nulls += page.null_count
            page = arrow.without_nulls(page) if page.null_count else page
        if isinstance(page, pa.Array) and is_text(page.type):
            page = plain_texts(page)
        data: list[Bytes] = [*levels, *self._values.encoded(page)]
        if self._is_compressed is None:
            self._is_compressed = self._shrinks(b"".join(data))
            self._is_decided = sum(map(len, data)) >= self._limits.sample_bytes
        self._append_data_page(rows, *self._compressed(data))

    def _append_data_page(self, rows: int, pieces: list[Bytes], uncompressed_size: int) -> None:
        self._rows += rows
        self._data_pages += 1
        header = metadata.page_header(
            type=PageType.DATA_PAGE,
            uncompressed_page_size=uncompressed_size,
            compressed_page_size=sum(map(len, pieces)),
            data_page_header=_data_page_header(rows, self._values.encoding),
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
        if self._words is not None:
            words = next(iter(self._words.lists.values())).words.slice(0, size // _DICTIONARY_BYTES_PER_WORD)
            sample += bytes(plain_texts(words).encoded[:size])
        return bool(4 * self._compressor.compress(sample).size < 3 * len(sample))

    def _compressed(self, data: list[Bytes]) -> tuple[list[Bytes], int]:
        """A page's bytes, compressed if this column's are, and how many they were before."""
        uncompressed_size = sum(map(len, data))
        if self._compressor is not None and self._is_compressed:
            compressed = self._compressor.compress(data[0] if len(data) == 1 else b"".join(data))
            data = [bytes(memoryview(compressed)[: compressed.size])]  # a copy: the codec's own buffer is as long as the worst case
        return data, uncompressed_size

    def finish(self, offset: int) -> Field:
        """The footer's entry for the chunk, if it is written at this offset. No page can be added any more."""
        dictionary: list[Bytes] = []
        page_encodings, encoding_stats = {Encoding.RLE, self._values.encoding}, []
        if self._words is not None:
            dictionary = self._dictionary_page(self._words)
            page_encodings.add(self._words.dictionary_encoding)
            encoding_stats.append(metadata.page_encoding_stats(PageType.DICTIONARY_PAGE, self._words.dictionary_encoding, 1))
        encoding_stats.append(metadata.page_encoding_stats(PageType.DATA_PAGE, self._values.encoding, self._data_pages))
        self._pages = [*dictionary, *self._pages]
        bounds = self._values.bounds()
        meta_data = metadata.column_metadata(
            type=self._type,
            encodings=sorted(page_encodings),
            path_in_schema=[*(field.name for field in self._way), *(LIST_PATH if pa.types.is_list(self._field.type) else ())],
            codec=self._codec if self._is_compressed else CompressionCodec.UNCOMPRESSED,
            num_values=self._rows,
            total_uncompressed_size=self.uncompressed_size,
            total_compressed_size=self.size,
            data_page_offset=offset + sum(map(len, dictionary)),
            dictionary_page_offset=offset if dictionary else None,
            statistics=metadata.statistics(null_count=self._nulls, **(bounds._asdict() if bounds else {})),
            encoding_stats=encoding_stats,
        )
        return metadata.column_chunk(file_offset=0, meta_data=meta_data)

    def take_pages(self) -> list[Bytes]:
        """The bytes of the finished chunk, in the order in which they are written. The next row group starts empty."""
        pages = self._pages
        self._reset()
        return pages

    def _dictionary_page(self, words: Words) -> list[Bytes]:
        """Where row groups share a dictionary, it is laid out and compressed once."""
        page = self._last_dictionary_page
        if page is None or list(page.lists) != list(words.lists):
            pieces, uncompressed_size = self._compressed([plain_texts(word_list.words).encoded for word_list in words.lists.values()])
            header = metadata.page_header(
                type=PageType.DICTIONARY_PAGE,
                uncompressed_page_size=uncompressed_size,
                compressed_page_size=sum(map(len, pieces)),
                dictionary_page_header=metadata.dictionary_page_header(
                    num_values=len(words), encoding=words.dictionary_encoding, is_sorted=False
                ),
            )
            page = _DictionaryPage(words.lists, header, pieces, uncompressed_size)
        is_reusable = self._is_decided and self._role != "repeated"  # the next one may be compressed where this is not, or have other words
        self._last_dictionary_page = page if is_reusable else None
        return self._counted(page.header, page.pieces, page.uncompressed_size)


class _DictionaryPage(NamedTuple):
    """A dictionary as it is written, for further row groups that have the same lists of words."""

    lists: Mapping[Any, Any]
    header: Field
    pieces: list[Bytes]
    uncompressed_size: int


def _values(column: pa.Array | PlainTexts) -> int:
    """How many values a column has, in lists as well, and at least one a row."""
    if isinstance(column, PlainTexts):
        return column.rows
    return max(len(column), len(column.flatten())) if pa.types.is_list(column.type) else len(column)


def _text_bytes(column: pa.Array | PlainTexts) -> int:
    """What the texts of a column take; 0 for any other column."""
    if isinstance(column, pa.ListArray):
        return _text_bytes(column.flatten())
    if isinstance(column, PlainTexts):
        return int(column.begins[-1] - column.begins[0])
    return len(arrow.letters(column)[1]) if is_text(column.type) else 0


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
