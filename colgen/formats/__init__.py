"""Rows become bytes: one module for each format.

A format is a `Format` under a name. Those that ship with colgen are lines of `_SHIPPED`; a package adds its own by an entry point of the
group `colgen.formats`. Either names a function `(name, compression, encoding) -> Format`:

    [project.entry-points."colgen.formats"]
    avro = "colgen_avro:find"
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from io import RawIOBase
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from colgen.errors import ColgenError, RequestError, one_of
from colgen.formats.readers import file_list as file_list
from colgen.formats.readers import sql_columns as sql_columns
from colgen.values.batch import Batch

GROUP = "colgen.formats"

PARQUET_WRITER = "parquet writer"
"""The name that colgen's own Parquet writer has among the libraries whose versions a manifest lists."""

_SHIPPED = {
    "parquet": "colgen.formats.parquet:find",
    "parquet-arrow": "colgen.formats.parquet_arrow:find",
    "csv": "colgen.formats.csv:find",
    "csv.gz": "colgen.formats.csv:find",
    "csv.zst": "colgen.formats.csv:find",
    "jsonl": "colgen.formats.jsonl:find",
    "arrow": "colgen.formats.arrow:find",
}

COMPRESSIONS = ("snappy", "zstd", "lz4", "gzip", "none")
"""Those of Parquet, which compresses columns one by one. The first is the default."""


ENCODINGS = ("compact", "compatible")
"""Those of Parquet: the second one for readers from before 2018. The first is the default."""


TABLE_FORMATS = ("delta", "iceberg", "ducklake")
"""The formats of tables of a lake over files of Parquet."""

LEAST_ROW_GROUP, LARGEST_ROW_GROUP = 1 << 20, 1 << 30
"""Bytes that may be asked for."""


class PartWriter(Protocol):
    """Writes one part of one table."""

    def write(self, batch: Batch) -> None: ...

    def close(self) -> None:
        """Writes what is still waiting. A part that is not closed is not complete."""


class Format(ABC):
    """Opens parts, reads them, and says what they cost. Subclasses set `extension` and implement `open` and one of the readers.

    extension : what the names of its files end in, without the first dot
    compressions, encodings : those that can be chosen for it
    table_formats : those whose tables can lie over its files
    depends_on : the distributions, apart from PyArrow, whose versions its bytes depend on
    reads_columns : whether a few columns can be read without the others, so that files may be read often
    digit_bytes : what an id takes more in it for each decimal digit more that it has
    bit_bytes : what a reference takes more in it for each bit more that the ids of the table referred to have
    writer_bytes : about how much memory a worker needs to write it, with the rows that wait to be written
    row_group_bytes : how large its row groups become, as written; None where it has none
    """

    extension: str
    compressions: Sequence[str] = ()
    encodings: Sequence[str] = ()
    table_formats: Sequence[str] = ()
    depends_on: Sequence[str] = ()
    reads_columns: bool = False
    digit_bytes: float = 1.0
    bit_bytes: float = 0.0
    writer_bytes: int = 130_000_000
    row_group_bytes: int | None = None

    @abstractmethod
    def open(self, file: RawIOBase, schema: pa.Schema) -> PartWriter:
        """A new part, written to an open file."""

    def reader(self, files: Sequence[Path | str], columns: Mapping[str, str]) -> str | None:
        """A DuckDB table function over some files, at least one, whose columns have these SQL types; None where DuckDB has none.

        `file_list` and `sql_columns` write both for it. What the names of folders say is not data: `hive_partitioning = false`.
        """
        return None

    def dataset(self, files: Sequence[Path | str], filesystem: Any = None) -> Any:
        """The files as a `pyarrow.dataset.Dataset`; needed where DuckDB has no reader.

        filesystem : Arrow's, where the files are not local ones
        """
        raise ColgenError(f"{self.extension} files cannot be read back: the format has neither a reader nor a dataset")

    def for_table_format(self, name: str) -> Format:
        """The format as the files of one of its table formats need it."""
        return self

    def row_bytes(self, roles: Iterable[str]) -> float:
        """About how many bytes a row takes whose columns have these roles: at once, and within a factor of two."""
        return text_bytes(roles)

    def row_nanoseconds(self, roles: Iterable[str]) -> float:
        """About how many nanoseconds of a core it takes to write a row whose columns have these roles."""
        return sum(TEXT_NANOSECONDS[role] for role in roles)


def format_names() -> list[str]:
    """The names of all formats that can be found: those that ship with colgen, then those of plug-ins."""
    return list(dict.fromkeys([*_SHIPPED, *(point.name for point in entry_points(group=GROUP))]))


def find_format(name: str, compression: str = COMPRESSIONS[0], encoding: str = ENCODINGS[0], row_group_bytes: int | None = None) -> Format:
    """A format by its name. Raises RequestError for a format, a compression or an encoding that does not exist, or that do not go together.

    row_group_bytes : how large row groups become, the format's own choice if None
    """
    if compression not in COMPRESSIONS:
        raise RequestError(f"there is no compression {compression!r}; {one_of(compression, COMPRESSIONS)}")
    if encoding not in ENCODINGS:
        raise RequestError(f"there is no encoding {encoding!r}; {one_of(encoding, ENCODINGS)}")
    point = _entry_point(name)
    if point is None:
        raise RequestError(f"there is no format {name!r}; {one_of(name, format_names())}")
    format = point.load()(name, compression, encoding)
    if not isinstance(format, Format):
        raise ColgenError(f"the plug-in {point.value} gives a {type(format).__name__} for the format {name!r}, not a colgen.formats.Format")
    if compression != COMPRESSIONS[0] and compression not in format.compressions:
        hint = one_of(compression, format.compressions) if format.compressions else "that is for Parquet; CSV has csv.gz and csv.zst"
        raise RequestError(f"format {name!r} has no compression {compression!r}: {hint}")
    if encoding != ENCODINGS[0] and encoding not in format.encodings:
        raise RequestError(f"format {name!r} has no encoding {encoding!r}: that is for parquet")
    if row_group_bytes is not None:
        if format.row_group_bytes is None:
            raise RequestError(f"format {name!r} has no row groups whose size could be chosen: that is for parquet")
        if not LEAST_ROW_GROUP <= row_group_bytes <= LARGEST_ROW_GROUP:
            raise RequestError(f"row groups of {row_group_bytes:,} bytes: they can have 1 MiB to 1 GiB")
        format.row_group_bytes = row_group_bytes
    return format


def choices_of(name: str) -> Mapping[str, Sequence[str]]:
    """What can be chosen for a format, by the name of the option; nothing for one that does not exist."""
    if _entry_point(name) is None:
        return {}
    format = find_format(name)
    return {"compression": format.compressions, "encoding": format.encodings, "table_format": format.table_formats}


def _entry_point(name: str) -> EntryPoint | None:
    if name in _SHIPPED:
        return EntryPoint(name, _SHIPPED[name], GROUP)
    return next(iter(entry_points(group=GROUP, name=name)), None)


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
    "fraction": 19,
    "list": 30,
    "struct": 30,
}
"""Bytes that a value takes as text, by the role of its column, as measured on the shipped models."""


TEXT_NANOSECONDS: Mapping[str, float] = {
    "key": 90,
    "parent": 34,
    "reference": 44,
    "number": 35,
    "money": 60,
    "time": 300,
    "flag": 39,
    "category": 130,
    "repeated": 86,
    "text": 210,
    "fraction": 70,
    "list": 700,
    "struct": 700,
}
"""Nanoseconds of a core that a value takes to be written as text, by the role of its column; `benchmarks/constants.py` measures them."""


def text_bytes(roles: Iterable[str], *, factor: float = 1.0, extra: float = 0.0) -> float:
    """About how many bytes a row takes as text.

    factor : what compression leaves of them
    extra : bytes added for each field, such as its name
    """
    return sum(TEXT_BYTES[role] * factor + extra for role in roles)


def plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch in types that every reader has: dictionaries as strings, decimals in 128 bits."""
    schema = plain_schema(batch.schema)
    return batch if schema == batch.schema else batch.cast(schema)


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """The schema of `plain` batches."""
    return pa.schema([field.with_type(_plain(field.type)) for field in schema])


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        return kind.value_type
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(_plain(kind.value_type)))
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_plain(field.type)) for field in kind])
    return pa.decimal128(kind.precision, kind.scale) if pa.types.is_decimal64(kind) else kind
