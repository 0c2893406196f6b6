"""A Parquet file: batches become pages, pages row groups, and the footer lists them. README.md beside this file describes the whole."""

from __future__ import annotations

from collections.abc import Iterator
from io import RawIOBase
from itertools import chain

import pyarrow as pa

from colgen.formats.parquet import metadata
from colgen.formats.parquet.chunk import ColumnChunk
from colgen.formats.parquet.encodings import Bytes
from colgen.formats.parquet.limits import Limits
from colgen.formats.parquet.schema import elements, root, ways
from colgen.formats.parquet.thrift import Field
from colgen.values.batch import Batch, BatchColumn, concatenated

WRITER = "8"
"""The version of what is written: it changes when the same rows become other bytes."""

_MAGIC = b"PAR1"
_MOST_GROUPS = 4  # how many times too large a row group becomes at most, because a block goes on with its dictionary
_CREATED_BY = f"colgen version {WRITER}"  # not colgen's release, since an update does not change the bytes


class ParquetWriter:
    """Writes one file.

    is_compatible : for readers from before 2018: every column plain or in a dictionary, in a file of format version 1
    limits : how large pages and row groups become
    """

    def __init__(
        self,
        file: RawIOBase,
        schema: pa.Schema,
        compression: str = "snappy",
        *,
        is_compatible: bool = False,
        limits: Limits | None = None,
    ) -> None:
        self._file, self._schema, self._limits = file, schema, limits or Limits()
        self._version = 1 if is_compatible else 2
        ways_of_columns = [ways(field) for field in schema]
        self._chunks = [ColumnChunk(way, compression, is_compatible, self._limits) for way in chain(*ways_of_columns)]
        self._columns = [
            number for number, of_column in enumerate(ways_of_columns) for _ in of_column
        ]  # of each chunk, which column has its values
        self._waiting: list[Batch] = []
        self._waiting_rows = self._group_rows = self._rows = 0
        self._groups: list[Field] = []
        self._size = 0
        self._append(_MAGIC)

    def write(self, batch: Batch) -> None:
        if not len(batch):
            return
        if self._is_full(_MOST_GROUPS) or (
            self._is_full() and not any(map(ColumnChunk.continues_in, self._chunks, self._of_chunks(batch)))
        ):
            self._add_pages()
            self._end_group()
        self._waiting.append(batch)
        self._waiting_rows += len(batch)
        if 4 * self._waiting_rows >= self._limits.page_rows:  # a quarter of a page is enough: joining batches copies them
            self._add_pages()

    def close(self) -> None:
        self._add_pages()
        self._end_group()
        _, footer = metadata.file_metadata(
            version=self._version,
            schema=[root(len(self._schema)), *chain.from_iterable(map(elements, self._schema))],
            num_rows=self._rows,
            row_groups=self._groups,
            created_by=_CREATED_BY,
            column_orders=[metadata.type_defined_order()] * len(self._chunks),
        )
        self._append(footer + len(footer).to_bytes(4, "little") + _MAGIC)

    def _of_chunks(self, batch: Batch) -> Iterator[BatchColumn]:
        """The column that each chunk has values of."""
        return (batch.columns[number] for number in self._columns)

    def _is_full(self, groups: int = 1) -> bool:
        """Whether the current row group has as much as so many should have."""
        size = sum(chunk.size for chunk in self._chunks)
        return self._group_rows >= groups * self._limits.row_group_rows or size >= groups * self._limits.row_group_bytes

    def _append(self, *pieces: Bytes) -> None:
        self._file.writelines(pieces)
        self._size += sum(map(len, pieces))

    def _add_pages(self) -> None:
        """Turns the batches that wait into one or more pages of each column."""
        if not self._waiting:
            return
        rows = concatenated(self._waiting)
        self._waiting, self._waiting_rows = [], 0
        for chunk, column in zip(self._chunks, self._of_chunks(rows), strict=True):
            chunk.add(column)
        self._group_rows += len(rows)

    def _end_group(self) -> None:
        """Writes the current row group, unless it is empty."""
        if not self._group_rows:
            return
        columns, start, uncompressed_size = [], self._size, 0
        for chunk in self._chunks:
            columns.append(chunk.finish(self._size))
            uncompressed_size += chunk.uncompressed_size
            self._append(*chunk.take_pages())
        self._groups.append(
            metadata.row_group(
                columns=columns,
                total_byte_size=uncompressed_size,
                num_rows=self._group_rows,
                file_offset=start,
                total_compressed_size=self._size - start,
            )
        )
        self._rows += self._group_rows
        self._group_rows = 0
