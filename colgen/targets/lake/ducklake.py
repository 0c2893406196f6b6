"""DuckLake, by DuckDB's extension: a file of metadata in the folder of the build, and a snapshot of all tables for a build and each extension.

The extension registers files under whole paths. These lead to the folder that a build is written into, so that they are made relative to
the lake's own data path afterwards, as the specification of DuckLake 1.0 has them: https://ducklake.select/docs/stable/specification
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from colgen.errors import RequestError, TargetError
from colgen.targets.lake.files import CATALOGS
from colgen.targets.lake.table_format import TableChange
from colgen.targets.sql import literal, new_connection, quoted

if TYPE_CHECKING:
    import duckdb

_BLOCK = 16_384  # bytes of a block of the file: its tables are many and small


class DuckLakeTables:
    """Tables in the schema main of a DuckLake."""

    def __init__(self) -> None:
        with closing(_connection()):
            pass

    def refuse(self, tables: Mapping[str, pa.Schema], place: Path) -> None:
        if letter := re.search(r"[*?\[\]\\]", str(place)):
            raise TargetError(f"{str(place)!r} contains a {letter[0]!r}, which DuckDB takes for a pattern; name another folder")

    def commit(self, folder: Path, place: Path, namespace: str, tables: Sequence[TableChange]) -> None:
        file = folder / CATALOGS["ducklake"]
        is_new = not file.exists()
        with closing(_connection()) as connection:
            path = f", DATA_PATH {literal(f'{place}/')}" if is_new else ""
            connection.execute(f"ATTACH {literal(f'ducklake:{file}')} AS lake (META_BLOCK_SIZE {_BLOCK}{path})")
            connection.execute("BEGIN")
            for table in tables:
                if is_new:
                    _create(connection, table)
                _replace(connection, folder, place, table)
            connection.execute("COMMIT")
        with closing(new_connection()) as connection:
            connection.execute(f"ATTACH {literal(str(file))} AS lake (BLOCK_SIZE {_BLOCK})")
            for statement in _RELATIVE:
                connection.execute(statement)
            for table in tables:
                _rename(connection, table)


_RELATIVE = (
    "UPDATE lake.ducklake_schema SET path = '', path_is_relative = true WHERE schema_name = 'main'",
    "UPDATE lake.ducklake_table SET path = table_name || '/', path_is_relative = true",
    "UPDATE lake.ducklake_data_file SET path = parse_filename(path), path_is_relative = true WHERE NOT path_is_relative",
)
"""Tables lie in the lake's data path itself, each in the folder of its name, and the files in it."""


def _rename(connection: duckdb.DuckDBPyConnection, table: TableChange) -> None:
    """Files that stay have other names now, in every snapshot."""
    renamed = [(Path(new.file).name, Path(old.file).name, table.name) for old, new in table.renamed]
    if renamed:
        sql = "UPDATE lake.ducklake_data_file SET path = ? WHERE path = ? AND table_id IN (SELECT table_id FROM lake.ducklake_table WHERE table_name = ?)"
        connection.executemany(sql, renamed)


def _create(connection: duckdb.DuckDBPyConnection, table: TableChange) -> None:
    connection.register("columns", table.schema.empty_table())
    types = {name: sql for name, sql, *_ in connection.execute("DESCRIBE SELECT * FROM columns").fetchall()}
    columns = [f"{quoted(field.name)} {types[field.name]}{'' if field.nullable else ' NOT NULL'}" for field in table.schema]
    connection.execute(f"CREATE TABLE lake.main.{quoted(table.name)} ({', '.join(columns)})")
    for on, comment in _comments(table):
        connection.execute(f"COMMENT ON {on} IS {literal(comment)}")


def _comments(table: TableChange) -> Iterator[tuple[str, str]]:
    """What is described, in the words of SQL, and how."""
    name = f"lake.main.{quoted(table.name)}"
    if table.description:
        yield f"TABLE {name}", table.description
    for field in table.schema:
        if comment := (field.metadata or {}).get(b"comment"):
            yield f"COLUMN {name}.{quoted(field.name)}", comment.decode()


def _replace(connection: duckdb.DuckDBPyConnection, folder: Path, place: Path, table: TableChange) -> None:
    """Parts come in the place of others. A file of which no row is left is dropped from the table."""
    if table.removed:
        files = ", ".join(literal(str(place / part.file)) for part in table.removed)
        connection.execute(f"DELETE FROM lake.main.{quoted(table.name)} WHERE filename IN ({files})")
    if table.added:
        added = [str(folder / part.file) for part in table.added]
        connection.execute("CALL ducklake_add_data_files('lake', ?, ?::VARCHAR[], schema => 'main')", [table.name, added])


def _connection() -> duckdb.DuckDBPyConnection:
    """A connection that knows DuckLake. RequestError where there is no extension for this version of DuckDB.

    It comes from the package, if that is for this version, or it is one that DuckDB has installed itself. Nothing is downloaded.
    """
    import duckdb

    connection = new_connection()
    connection.execute("SET autoinstall_known_extensions = false")  # LOAD would download it
    file = _packaged(duckdb.__version__)
    try:
        connection.execute(f"LOAD {'ducklake' if file is None else literal(str(file))}")
    except duckdb.Error as error:
        connection.close()
        raise RequestError(
            f"tables of DuckLake are written by DuckDB's extension ducklake, and DuckDB {duckdb.__version__} has none here: "
            "pip install 'colgen[ducklake]', which brings one and the version of DuckDB that it is for"
        ) from error
    return connection


def _packaged(version: str) -> Path | None:
    """The extension for a version of DuckDB from the package duckdb-extension-ducklake; None where that has none."""
    package = importlib.util.find_spec("duckdb_extension_ducklake")
    folders = package.submodule_search_locations if package is not None else None
    file = Path(folders[0]) / "extensions" / f"v{version}" / "ducklake.duckdb_extension" if folders else None
    return file if file is not None and file.is_file() else None
