"""CSV by Polars, plain or compressed by gzip or Zstandard; each part has a header, and times are ISO 8601 in UTC."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from io import RawIOBase
from pathlib import Path

import pyarrow as pa

from colgen.formats import TEXT_NANOSECONDS, Format, file_list, sql_columns, text_bytes
from colgen.formats.spelled import MOMENT, frame_of, nested, read_back, spelled
from colgen.values.batch import Batch

_CODECS = {"csv": None, "csv.gz": "gzip", "csv.zst": "zstd"}


_NANOSECONDS: Mapping[str, Mapping[str, float]] = {
    "csv.gz": {"key": 430, "parent": 1300, "reference": 940, "number": 1000, "money": 1800, "time": 4400, "flag": 970, "category": 1000, "repeated": 1100, "text": 2500, "fraction": 2900, "list": 4000, "struct": 4000},
    "csv.zst": {"key": 56, "parent": 46, "reference": 71, "number": 46, "money": 100, "time": 430, "flag": 76, "category": 180, "repeated": 150, "text": 350, "fraction": 180, "list": 1000, "struct": 1000},
}  # fmt: skip
"""Nanoseconds of a core that a value takes to be written and compressed, by the role of its column; `benchmarks/constants.py` measures them."""


class CsvWriter:
    def __init__(self, file: RawIOBase, schema: pa.Schema, codec: str | None) -> None:
        output = pa.PythonFile(file, "w")
        self._stream = pa.CompressedOutputStream(output, codec) if codec else output
        self._stream.write((",".join(schema.names) + "\n").encode())

    def write(self, batch: Batch) -> None:
        buffer = io.BytesIO()
        frame = frame_of(batch.to_arrow())
        frame.with_columns(spelled()).with_columns(nested(frame, as_text=True)).write_csv(
            buffer, include_header=False, datetime_format=MOMENT
        )
        self._stream.write(buffer.getbuffer())

    def close(self) -> None:
        self._stream.close()


class CsvFormat(Format):
    depends_on = ("polars",)

    def __init__(self, name: str) -> None:
        self.extension, self._codec = name, _CODECS[name]
        self.digit_bytes = 0.45 if self._codec else 1.0

    def open(self, file: RawIOBase, schema: pa.Schema) -> CsvWriter:
        return CsvWriter(file, schema, self._codec)

    def reader(self, files: Sequence[Path | str], columns: Mapping[str, str]) -> str:
        options = "header = true, allow_quoted_nulls = false, hive_partitioning = false"
        return read_back(f"read_csv({file_list(files)}, {options}, columns = {sql_columns(columns)})", columns)

    def row_bytes(self, roles: Iterable[str]) -> float:
        return text_bytes(roles, factor=0.33 if self._codec else 1.0)

    def row_nanoseconds(self, roles: Iterable[str]) -> float:
        return sum(_NANOSECONDS.get(self.extension, TEXT_NANOSECONDS)[role] for role in roles)


def find(name: str, compression: str, encoding: str) -> CsvFormat:
    """The format of one of the names csv, csv.gz and csv.zst."""
    return CsvFormat(name)
