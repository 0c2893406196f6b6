"""Delta Lake, by delta-rs: each table's folder becomes a Delta table, with a transaction for a build and one for each extension."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from colgen.errors import RequestError, TargetError
from colgen.targets.lake.files import FOLDERS
from colgen.targets.lake.statistics import statistics
from colgen.targets.lake.table_format import TableChange, fields_of
from colgen.targets.manifest import PartFile

if TYPE_CHECKING:
    from deltalake import Schema
    from deltalake.transaction import AddAction

_NOT_IN_NAMES = re.compile(r"[ ,;{}()\n\t=]")  # without column mapping, which many readers do not know


class DeltaTables:
    """A Delta table in the folder of each table."""

    def __init__(self) -> None:
        try:
            import deltalake.transaction  # noqa: F401
        except ImportError:
            raise RequestError("tables of Delta Lake are written by deltalake: pip install 'colgen[delta]'") from None

    def refuse(self, tables: Mapping[str, pa.Schema], place: Path) -> None:
        for table, schema in tables.items():
            if "%" in str(place / table):
                raise TargetError(
                    f"{str(place / table)!r} contains a '%', which delta-rs takes for the start of a letter; choose another name"
                )
            for name, field in fields_of(schema):
                if pa.types.is_time(field.type):
                    raise RequestError(
                        f"table {table}, column {name}: Delta Lake has no type for a time of day; "
                        "choose the table format iceberg or ducklake, or leave the table out"
                    )
                if letter := _NOT_IN_NAMES.search(field.name):
                    raise RequestError(
                        f"table {table}, column {name}: the names of a Delta table's columns must not contain {letter[0]!r}; "
                        "choose the table format iceberg or ducklake, or leave the table out"
                    )

    def commit(self, folder: Path, place: Path, namespace: str, tables: Sequence[TableChange]) -> None:
        for table in tables:
            _commit(folder, table)


def _commit(folder: Path, table: TableChange) -> None:
    from deltalake import DeltaTable
    from deltalake.transaction import RemoveAction, create_table_with_add_actions

    where, schema = folder / table.name, _schema(table.schema)
    added = [_add(folder, part, table.schema, is_new=True) for part in table.added]
    if not any((where / FOLDERS["delta"]).glob("*.json")):
        create_table_with_add_actions(str(where), schema, added, mode="error", name=table.name, description=table.description)
        return
    now = time.time_ns() // 1_000_000
    added += [_add(folder, part, table.schema, is_new=False) for _, part in table.renamed]
    removed = [RemoveAction(_name(part), True, now, part.bytes, {}) for part in table.removed]
    removed += [RemoveAction(_name(part), False, now, part.bytes, {}) for part, _ in table.renamed]
    if added or removed:
        DeltaTable(str(where)).create_write_transaction([*removed, *added], "append", schema)


def _schema(schema: pa.Schema) -> Schema:
    from deltalake import Schema

    def with_comment(field: pa.Field) -> pa.Field:
        comment = (field.metadata or {}).get(b"comment")
        return field.with_metadata({"comment": comment} if comment else None)

    return Schema.from_arrow(pa.schema(list(map(with_comment, schema))))


def _add(folder: Path, part: PartFile, schema: pa.Schema, *, is_new: bool) -> AddAction:
    from deltalake.transaction import AddAction

    file = folder / part.file
    return AddAction(_name(part), part.bytes, {}, file.stat().st_mtime_ns // 1_000_000, is_new, statistics(file, schema))


def _name(part: PartFile) -> str:
    """A part's name in the folder of its table."""
    return part.file.partition("/")[2]
