"""Rows become bytes: one module a format.

A format is found by its name. One that ships with colgen is a line of `_SHIPPED`; a package adds its own by an entry point of the group
`colgen.formats`, whose name is the format's and which gives a function `(name, compression) -> Format`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from importlib.metadata import entry_points
from io import RawIOBase
from typing import Protocol, cast

import pyarrow as pa

from colgen.errors import RequestError, one_of
from colgen.values.batch import Batch

GROUP = "colgen.formats"

PARQUET_WRITER = "parquet writer"
"""What the version of colgen's own Parquet writer is called among those of libraries."""

_SHIPPED = {
    "parquet": "colgen.formats.parquet",
    "csv": "colgen.formats.csv",
    "csv.gz": "colgen.formats.csv",
    "csv.zst": "colgen.formats.csv",
    "jsonl": "colgen.formats.jsonl",
    "arrow": "colgen.formats.arrow",
}

COMPRESSIONS = ("snappy", "zstd", "lz4", "gzip", "none")
"""Of Parquet, whose columns are compressed one by one."""


class PartWriter(Protocol):
    """Writes one part of one table."""

    def write(self, batch: Batch) -> None: ...

    def close(self) -> None:
        """Writes what is still waiting. A part that is not closed is not complete."""


class Format(Protocol):
    """Opens parts, tells SQL how to read them, and knows about how large they get.

    depends_on : the libraries, besides PyArrow, whose version its bytes depend on
    """

    depends_on: Sequence[str]

    def open(self, file: RawIOBase, schema: pa.Schema) -> PartWriter:
        """A new part, written to an open file."""

    def reader(self, files: str, columns: dict[str, str]) -> str | None:
        """A DuckDB table function over `files` (a glob) whose columns have these SQL types; None where DuckDB has none."""

    def row_bytes(self, roles: Iterable[str]) -> float:
        """About how many bytes a row takes whose columns have these roles."""


def format_names() -> list[str]:
    """The names of all formats that can be found: those that ship with colgen, then those of plug-ins."""
    return list(dict.fromkeys([*_SHIPPED, *(point.name for point in entry_points(group=GROUP))]))


def find_format(name: str, compression: str = "snappy") -> Format:
    """A format by its name. Raises RequestError for a format or a compression that there is not."""
    if compression not in COMPRESSIONS:
        raise RequestError(f"there is no compression {compression!r}; {one_of(compression, COMPRESSIONS)}")
    if name in _SHIPPED:
        if not name.startswith("parquet") and compression != "snappy":
            raise RequestError(f"compression {compression!r} is Parquet's own, not that of {name!r}; CSV has formats csv.gz and csv.zst")
        return cast(Format, import_module(_SHIPPED[name]).find(name, compression))
    for point in entry_points(group=GROUP, name=name):
        return cast(Format, point.load()(name, compression))
    raise RequestError(f"there is no format {name!r}; {one_of(name, format_names())}")


TEXT_BYTES: Mapping[str, float] = {
    "key": 9,
    "parent": 9,
    "reference": 8,
    "number": 4,
    "money": 8,
    "time": 22,
    "flag": 6,
    "category": 10,
    "repeated": 30,
    "text": 24,
}
"""Bytes that a value takes as text, by the role of its column, as measured on the shipped models."""


def text_bytes(roles: Iterable[str], factor: float = 1.0, more: float = 0.0) -> float:
    """About how many bytes a row takes as text.

    factor : what is left of them
    more : bytes for each field, such as its name
    """
    return sum(TEXT_BYTES[role] * factor + more for role in roles)


def sql_columns(columns: dict[str, str]) -> str:
    """Names and SQL types as DuckDB's text readers take them; JSON is read as text there."""
    return "{" + ", ".join(f"'{name}': '{'VARCHAR' if type == 'JSON' else type}'" for name, type in columns.items()) + "}"


def plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch in types that every reader knows: words as strings, decimals in 128 bits."""
    schema = plain_schema(batch.schema)
    return batch if schema == batch.schema else batch.cast(schema)


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """The schema of `plain` batches."""
    return pa.schema([field.with_type(_plain(field.type)) for field in schema])


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        return kind.value_type
    return pa.decimal128(kind.precision, kind.scale) if pa.types.is_decimal64(kind) else kind
