"""CSV by Polars, plain or compressed by gzip or Zstandard; each part has a header, and times are ISO 8601 in UTC."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from io import RawIOBase
from pathlib import Path

import polars as pl
import pyarrow as pa

from colgen.formats import Format, file_list, sql_columns, text_bytes
from colgen.values.batch import Batch

_CODECS = {"csv": None, "csv.gz": "gzip", "csv.zst": "zstd"}


class CsvWriter:
    def __init__(self, file: RawIOBase, schema: pa.Schema, codec: str | None) -> None:
        output = pa.PythonFile(file, "w")
        self._stream = pa.CompressedOutputStream(output, codec) if codec else output
        self._stream.write((",".join(schema.names) + "\n").encode())

    def write(self, batch: Batch) -> None:
        buffer = io.BytesIO()
        frame = pl.from_arrow(batch.to_arrow())
        assert isinstance(frame, pl.DataFrame)
        frame.write_csv(buffer, include_header=False, datetime_format="%Y-%m-%dT%H:%M:%S%.6fZ")
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
        return f"read_csv({file_list(files)}, {options}, columns = {sql_columns(columns)})"

    def row_bytes(self, roles: Iterable[str]) -> float:
        return text_bytes(roles, factor=0.33 if self._codec else 1.0)


def find(name: str, compression: str) -> CsvFormat:
    """The format of one of the names csv, csv.gz and csv.zst."""
    return CsvFormat(name)
