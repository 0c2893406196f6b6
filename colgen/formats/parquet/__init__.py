"""Parquet by colgen's own writer, each column in the encoding that its role calls for. README.md beside this file describes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from io import RawIOBase
from pathlib import Path

import pyarrow as pa

from colgen.formats import COMPRESSIONS, ENCODINGS, PARQUET_WRITER, TABLE_FORMATS, Format, file_list
from colgen.formats.parquet.limits import Limits
from colgen.formats.parquet.schema import with_field_ids
from colgen.formats.parquet.writer import WRITER, ParquetWriter

__all__ = ["WRITER", "ParquetFormat", "find"]

_BYTES: Mapping[str, float] = {
    "key": 0.1,
    "parent": 0.3,
    "reference": 3.0,
    "number": 0.9,
    "money": 3.2,
    "time": 3.0,
    "flag": 0.15,
    "category": 1.2,
    "repeated": 2.5,
    "text": 13.0,
    "fraction": 8.0,
    "list": 25,
    "struct": 25,
}
"""Bytes that a value takes, by the role of its column, as measured on the shipped models."""


_NANOSECONDS: Mapping[str, float] = {
    "key": 5.9,
    "parent": 7.1,
    "reference": 12,
    "number": 8.3,
    "money": 14,
    "time": 17,
    "flag": 9.4,
    "category": 16,
    "repeated": 9.0,
    "text": 290,
    "fraction": 7.0,
    "list": 200,
    "struct": 200,
}
"""Nanoseconds of a core that a value takes to be written, by the role of its column; `benchmarks/constants.py` measures them."""


class ParquetFormat(Format):
    extension = "parquet"
    reads_columns = True
    compressions, encodings, table_formats = COMPRESSIONS, ENCODINGS, TABLE_FORMATS
    depends_on = (PARQUET_WRITER,)
    digit_bytes, bit_bytes = 0.0, 1 / 8
    writer_bytes = 30_000_000
    row_group_bytes: int = Limits().row_group_bytes

    def __init__(self, compression: str, encoding: str) -> None:
        self._compression, self._encoding, self._has_field_ids = compression, encoding, False

    def open(self, file: RawIOBase, schema: pa.Schema) -> ParquetWriter:
        schema = with_field_ids(schema) if self._has_field_ids else schema
        limits = Limits().of(self.row_group_bytes)
        return ParquetWriter(file, schema, self._compression, is_compatible=self._encoding == "compatible", limits=limits)

    def for_table_format(self, name: str) -> ParquetFormat:
        format = copy(self)
        format._has_field_ids = name == "iceberg"
        return format

    def reader(self, files: Sequence[Path | str], columns: Mapping[str, str]) -> str:
        return f"read_parquet({file_list(files)}, hive_partitioning = false)"

    def row_bytes(self, roles: Iterable[str]) -> float:
        return sum(_BYTES[role] for role in roles)

    def row_nanoseconds(self, roles: Iterable[str]) -> float:
        return sum(_NANOSECONDS[role] for role in roles)


def find(name: str, compression: str, encoding: str) -> ParquetFormat:
    """The format of the name parquet."""
    return ParquetFormat(compression, encoding)
