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

from colgen.errors import ColgenError, RequestError, TargetError
from colgen.targets.lake.files import CATALOGS
from colgen.targets.lake.table_format import TableChange
from colgen.targets.sql import literal, new_connection, one_line, quoted

if TYPE_CHECKING:
    import duckdb

_BLOCK = 16_384  # bytes of a block of the file: its tables are many and small
_EXTENSION = "duckdb_extension_ducklake"


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
            connection.execute(f"ATTACH {literal(str(file))} AS metadata (BLOCK_SIZE {_BLOCK})")
            connection.execute(
                "UPDATE metadata.ducklake_schema SET path = '' WHERE schema_name = 'main'"
            )  # tables lie in the data path itself
            connection.execute(
                "UPDATE metadata.ducklake_data_file SET path = parse_filename(path), path_is_relative = true WHERE NOT path_is_relative"
            )


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
    """A connection that knows DuckLake. RequestError where there is no extension for this version of DuckDB."""
    import duckdb

    connection = new_connection()
    try:
        connection.execute(f"LOAD {literal(str(_extension(duckdb.__version__)))}")
    except duckdb.Error as error:
        connection.close()
        raise ColgenError(f"DuckDB cannot load its extension ducklake: {one_line(error)}") from error
    return connection


def _extension(version: str) -> Path | str:
    """The file of the extension from the package, or the name of one that DuckDB has installed itself."""
    package = importlib.util.find_spec(_EXTENSION)
    if package is None or not package.submodule_search_locations:
        raise RequestError("tables of DuckLake are written by DuckDB's extension ducklake: pip install 'colgen[ducklake]'")
    folder = Path(package.submodule_search_locations[0]) / "extensions"
    file = folder / f"v{version}" / "ducklake.duckdb_extension"
    if not file.is_file():
        there = ", ".join(sorted(path.name.removeprefix("v") for path in folder.iterdir()))
        raise RequestError(
            f"duckdb-extension-ducklake is for DuckDB {there}, and DuckDB {version} is installed: give both the same version, "
            f"such as pip install duckdb=={version} duckdb-extension-ducklake=={version}"
        )
    return file
