"""What a table format does with a build: it refuses what its tables cannot have, and writes their metadata."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from colgen.targets.manifest import PartFile


@dataclass(frozen=True)
class TableChange:
    """What a commit makes of one table.

    schema : its columns, in types that every reader has
    added : the parts that it has from now on
    removed : those of before that it has no more
    renamed : those of before that it still has, under another name: the old one and the new one
    """

    name: str
    description: str
    schema: pa.Schema
    added: Sequence[PartFile]
    removed: Sequence[PartFile] = ()
    renamed: Sequence[tuple[PartFile, PartFile]] = ()


class TableFormat(Protocol):
    """Tables of a lake, all of a build."""

    def refuse(self, tables: Mapping[str, pa.Schema], place: Path) -> None:
        """Raises RequestError for a column that such a table cannot have, and TargetError for a folder that it cannot lie in.

        place : where the build will be
        """

    def commit(self, folder: Path, place: Path, namespace: str, tables: Sequence[TableChange]) -> None:
        """Changes the tables whose metadata lies in a folder, or makes them where none does.

        folder : where the files are now
        place : where they will be
        namespace : what the tables belong to, where there is a word for it
        """


def find_table_format(name: str) -> TableFormat:
    """A table format by its name. RequestError where what it needs is not installed."""
    if name == "delta":
        from colgen.targets.lake.delta import DeltaTables

        return DeltaTables()
    if name == "iceberg":
        from colgen.targets.lake.iceberg import IcebergTables

        return IcebergTables()
    from colgen.targets.lake.ducklake import DuckLakeTables

    return DuckLakeTables()


def fields_of(schema: pa.Schema | pa.StructType) -> Iterator[tuple[str, pa.Field]]:
    """Every column of a table and every field and element in it, with its name, such as "address.street".

    >>> [name for name, _ in fields_of(pa.schema({"id": pa.int64(), "size": pa.struct({"tall": pa.float64()})}))]
    ['id', 'size', 'size.tall']
    """
    for field in schema:
        yield field.name, field
        inner = field.type if pa.types.is_struct(field.type) else [field.type.value_field] if pa.types.is_list(field.type) else []
        yield from ((f"{field.name}.{name}", part) for name, part in fields_of(inner))
