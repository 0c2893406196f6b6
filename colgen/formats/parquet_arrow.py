"""Parquet by PyArrow's writer: slower and larger than colgen's own, in the encodings that every reader of Parquet has had from the start.

It is there for readers that have trouble with the format `parquet`, and as what the tests compare that format with. The values, their types
and the names of the files are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from io import RawIOBase
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from colgen.formats import COMPRESSIONS, Format, file_list, plain, plain_schema
from colgen.values.batch import Batch

ROW_GROUP_ROWS = 1 << 19
ROW_GROUP_BYTES = 32 << 20  # in memory, where they wait as Arrow

_BYTES: Mapping[str, float] = {
    "key": 4.0,
    "parent": 2.0,
    "reference": 2.2,
    "number": 1.0,
    "money": 3.0,
    "time": 5.5,
    "flag": 0.15,
    "category": 0.6,
    "repeated": 2.5,
    "text": 14.0,
    "fraction": 8.0,
    "list": 30,
    "struct": 30,
}
"""Bytes that a value takes, by the role of its column, as measured on the shipped models with Snappy."""


_NANOSECONDS: Mapping[str, float] = {
    "key": 30,
    "parent": 17,
    "reference": 29,
    "number": 12,
    "money": 52,
    "time": 26,
    "flag": 24,
    "category": 82,
    "repeated": 70,
    "text": 250,
    "fraction": 60,
    "list": 300,
    "struct": 300,
}
"""Nanoseconds of a core that a value takes to be written, by the role of its column; `benchmarks/constants.py` measures them."""


class ParquetArrowWriter:
    """Writes one file: categories and repeated texts in dictionaries, everything else plain, and statistics for every column."""

    def __init__(self, file: RawIOBase, schema: pa.Schema, compression: str) -> None:
        self._schema = plain_schema(schema)
        self._writer = pq.ParquetWriter(
            pa.PythonFile(file, "w"),
            self._schema,
            version="1.0",  # the oldest, which has all types that a batch can have
            compression=compression,
            use_dictionary=[field.name for field in schema if pa.types.is_dictionary(field.type)],
            store_decimal_as_integer=True,
            store_schema=False,  # with it, PyArrow would read other types than other readers do
        )
        self._waiting: list[pa.RecordBatch] = []
        self._waiting_rows = self._waiting_bytes = 0

    def write(self, batch: Batch) -> None:
        if not len(batch):
            return
        rows = plain(batch.to_arrow())
        self._waiting.append(rows)
        self._waiting_rows += len(rows)
        self._waiting_bytes += rows.nbytes
        if self._waiting_rows >= ROW_GROUP_ROWS or self._waiting_bytes >= ROW_GROUP_BYTES:
            self._end_group()

    def close(self) -> None:
        self._end_group()
        self._writer.close()

    def _end_group(self) -> None:
        """Writes the batches that wait as one row group."""
        if self._waiting:
            self._writer.write_table(pa.Table.from_batches(self._waiting, self._schema), row_group_size=self._waiting_rows)
            self._waiting = []
            self._waiting_rows = self._waiting_bytes = 0


class ParquetArrowFormat(Format):
    extension = "parquet"
    reads_columns = True
    compressions = COMPRESSIONS
    digit_bytes, bit_bytes = 0.0, 1 / 8
    writer_bytes = 120_000_000

    def __init__(self, compression: str) -> None:
        self._compression = compression

    def open(self, file: RawIOBase, schema: pa.Schema) -> ParquetArrowWriter:
        return ParquetArrowWriter(file, schema, self._compression)

    def reader(self, files: Sequence[Path | str], columns: Mapping[str, str]) -> str:
        return f"read_parquet({file_list(files)}, hive_partitioning = false)"

    def row_bytes(self, roles: Iterable[str]) -> float:
        return sum(_BYTES[role] for role in roles)

    def row_nanoseconds(self, roles: Iterable[str]) -> float:
        return sum(_NANOSECONDS[role] for role in roles)


def find(name: str, compression: str, encoding: str) -> ParquetArrowFormat:
    """The format of the name parquet-arrow."""
    return ParquetArrowFormat(compression)
