"""Where batches go: one module a format, and how each column is encoded there.

A sink writes one part of one table to one file. Adding one is a module with a `Sink` and a line in `SINKS`.
"""

from __future__ import annotations

from importlib import import_module
from io import RawIOBase
from typing import Protocol

import pyarrow as pa

from colgen.errors import RequestError, one_of

SINKS = {
    "parquet": "colgen.sinks.parquet",
    "csv": "colgen.sinks.csv",
    "csv.gz": "colgen.sinks.csv",
    "csv.zst": "colgen.sinks.csv",
    "jsonl": "colgen.sinks.jsonl",
    "arrow": "colgen.sinks.arrow",
}


class Part(Protocol):
    """A part being written."""

    def write(self, batch: pa.RecordBatch) -> None: ...

    def close(self) -> None:
        """Writes what is still to come. A part that is not closed is not a part."""


class Sink(Protocol):
    """A format: opens parts, and tells SQL how to read them.

    narrow : whether its parts take whole numbers in fewer bits than their schema says, and texts in parts (`text.Composed`)
    """

    narrow: bool

    def open(self, file: RawIOBase, schema: pa.Schema) -> Part:
        """A new part, written to an open file."""

    def reader(self, files: str, columns: dict[str, str]) -> str | None:
        """A DuckDB table function over `files` (a glob) whose columns have these SQL types; None where DuckDB has none."""


COMPRESSIONS = ("snappy", "zstd", "lz4", "gzip", "none")
"""Of Parquet, whose columns are compressed one by one."""


def sink(format: str, compression: str = "snappy") -> Sink:
    """The sink of a format. Raises RequestError for a format or a compression there is not."""
    if format not in SINKS:
        raise RequestError(f"there is no format {format!r}; {one_of(format, SINKS)}")
    if compression not in COMPRESSIONS:
        raise RequestError(f"there is no compression {compression!r}; {one_of(compression, COMPRESSIONS)}")
    if format != "parquet" and compression != "snappy":
        raise RequestError(f"compression {compression!r} is Parquet's own, not that of {format!r}; CSV has formats csv.gz and csv.zst")
    return import_module(SINKS[format]).sink(format, compression)


def sql_columns(columns: dict[str, str]) -> str:
    """Names and SQL types as DuckDB's text readers take them; JSON is text there like any other."""
    return "{" + ", ".join(f"'{name}': '{'VARCHAR' if type == 'JSON' else type}'" for name, type in columns.items()) + "}"


def plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch in types that every reader knows: words as strings, decimals in 128 bits."""
    schema = plain_schema(batch.schema)
    return batch if schema == batch.schema else batch.cast(schema)


def plain_schema(schema: pa.Schema) -> pa.Schema:
    return pa.schema([field.with_type(_plain(field.type)) for field in schema])


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        return kind.value_type
    return pa.decimal128(kind.precision, kind.scale) if pa.types.is_decimal64(kind) else kind
