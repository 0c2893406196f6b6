"""Iceberg, by PyIceberg: a SQL catalogue on SQLite in the folder of the build, and a snapshot of each table for a build and for each extension.

Iceberg's metadata has whole paths. They are those of the place where the build will be, although it is written beside it (`StagedFiles`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from colgen.errors import RequestError, TargetError
from colgen.formats.parquet.schema import with_field_ids
from colgen.targets.lake.files import CATALOGS
from colgen.targets.lake.table_format import TableChange

if TYPE_CHECKING:
    from pyiceberg.catalog.sql import SqlCatalog
    from pyiceberg.table import Transaction

CATALOG = "lake"
"""What the catalogue calls itself: whoever opens it has to give this name."""


class IcebergTables:
    """An Iceberg table in the folder of each table."""

    def __init__(self) -> None:
        try:
            import pyiceberg.catalog.sql  # noqa: F401
        except ImportError:
            raise RequestError("tables of Iceberg are written by PyIceberg: pip install 'colgen[iceberg]'") from None

    def refuse(self, tables: Mapping[str, pa.Schema], place: Path) -> None:
        for path in (place, *map(place.joinpath, tables)):
            if letter := re.search(r"[#?%]", str(path)):
                raise TargetError(
                    f"{str(path)!r} contains a {letter[0]!r}, and Iceberg has paths as URIs, where that means something else; choose another name"
                )

    def commit(self, folder: Path, place: Path, namespace: str, tables: Sequence[TableChange]) -> None:
        catalog = _catalog(folder, place)
        try:
            catalog.create_namespace_if_not_exists((namespace,))
            for table in tables:
                _commit(catalog, (namespace, table.name), f"file://{place}", table)
        finally:
            catalog.close()


def _catalog(folder: Path, place: Path) -> SqlCatalog:
    """The catalogue in a folder. It takes what is said to be at the build's place from there, and puts it there."""
    from pyiceberg.catalog.sql import SqlCatalog

    files = {"py-io-impl": "colgen.targets.lake.staged_files.StagedFiles", "colgen.place": str(place), "colgen.folder": str(folder)}
    return SqlCatalog(CATALOG, uri=f"sqlite:///{folder / CATALOGS['iceberg']}", warehouse=f"file://{place}", **files)


def _commit(catalog: SqlCatalog, name: tuple[str, str], root: str, table: TableChange) -> None:
    added = [f"{root}/{part.file}" for part in [*table.added, *(new for _, new in table.renamed)]]
    removed = {f"{root}/{part.file}" for part in [*table.removed, *(old for old, _ in table.renamed)]}
    if not catalog.table_exists(name):
        properties = {"comment": table.description} if table.description else {}
        schema = with_field_ids(_documented(table.schema))
        with catalog.create_table_transaction(name, schema, location=f"{root}/{table.name}", properties=properties) as transaction:
            transaction.add_files(added)
    elif added or removed:
        with catalog.load_table(name).transaction() as transaction:
            _replace(transaction, added, removed)


def _replace(transaction: Transaction, added: Sequence[str], removed: set[str]) -> None:
    """Some files come in the place of others, in one snapshot."""
    from pyiceberg.io.pyarrow import parquet_files_to_data_files

    table: Any = transaction._table  # what `Transaction.add_files` reads too
    with transaction.update_snapshot().overwrite() as snapshot:
        for task in table.scan().plan_files():
            if task.file.file_path in removed:
                snapshot.delete_data_file(task.file)
        for file in parquet_files_to_data_files(table.io, table.metadata, iter(added)):
            snapshot.append_data_file(file)


def _documented(schema: pa.Schema) -> pa.Schema:
    """The schema with what columns mean where PyIceberg looks for it."""

    def documented(field: pa.Field) -> pa.Field:
        comment = (field.metadata or {}).get(b"comment")
        return field.with_metadata({"doc": comment} if comment else None)

    return pa.schema(list(map(documented, schema)))
