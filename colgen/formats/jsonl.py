"""JSON Lines by Polars: one object per row, times in ISO 8601 and UTC, decimals of up to 15 digits as numbers and longer ones as text."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from io import RawIOBase
from pathlib import Path

import polars as pl
import polars.selectors as cs
import pyarrow as pa

from colgen.formats import Format, file_list, sql_columns, text_bytes
from colgen.formats.spelled import EXACT_DIGITS, MOMENT, frame_of, nested, read_back, spelled
from colgen.values.batch import Batch

_NANOSECONDS: Mapping[str, float] = {
    "key": 72,
    "parent": 70,
    "reference": 83,
    "number": 73,
    "money": 120,
    "time": 370,
    "flag": 95,
    "category": 200,
    "repeated": 150,
    "text": 250,
    "fraction": 120,
    "list": 400,
    "struct": 400,
}
"""Nanoseconds of a core that a value takes to be written, by the role of its column; `benchmarks/constants.py` measures them."""


class JsonLinesWriter:
    def __init__(self, file: RawIOBase) -> None:
        self._file = file

    def write(self, batch: Batch) -> None:
        buffer = io.BytesIO()
        frame = frame_of(batch.to_arrow())
        # up to 15 digits, the shortest form of a double is the decimal itself
        short = [name for name, type in frame.schema.items() if isinstance(type, pl.Decimal) and (type.precision or 38) <= EXACT_DIGITS]
        moments = cs.datetime(time_zone="*").dt.strftime(MOMENT)
        frame.with_columns(pl.col(short).cast(pl.Float64), moments, *spelled(), *nested(frame)).write_ndjson(buffer)
        self._file.write(buffer.getbuffer())

    def close(self) -> None:
        pass


class JsonLinesFormat(Format):
    extension = "jsonl"
    depends_on = ("polars",)

    def open(self, file: RawIOBase, schema: pa.Schema) -> JsonLinesWriter:
        return JsonLinesWriter(file)

    def reader(self, files: Sequence[Path | str], columns: Mapping[str, str]) -> str:
        options = "format = 'newline_delimited', hive_partitioning = false"
        return read_back(f"read_json({file_list(files)}, {options}, columns = {sql_columns(columns)})", columns)

    def row_bytes(self, roles: Iterable[str]) -> float:
        return text_bytes(roles, extra=15.0)

    def row_nanoseconds(self, roles: Iterable[str]) -> float:
        return sum(_NANOSECONDS[role] for role in roles)


def find(name: str, compression: str, encoding: str) -> JsonLinesFormat:
    """The format of the name jsonl."""
    return JsonLinesFormat()
