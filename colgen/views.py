"""A build as DuckDB views: over its files here, and in the `load.sql` beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

from colgen.manifest import Manifest
from colgen.sinks import sink

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


def quoted(identifier: str) -> str:
    """An SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def views(manifest: Manifest, folder: Path | None = None) -> dict[str, str]:
    """A SELECT for each table, over files below `folder` or below the current one. Types are the manifest's, in any format."""
    base = "" if folder is None else f"{folder.as_posix()}/".replace("'", "''")
    format = sink(manifest.spec.format, manifest.spec.compression)
    selects = {}
    for name, table in manifest.tables.items():
        reader = format.reader(f"{base}{name}/part-*.{manifest.spec.format}", table.columns)
        if reader is not None:
            columns = [
                f"{quoted(column)}::{type} AS {quoted(column)}" if type in ("JSON", "UUID") else quoted(column)
                for column, type in table.columns.items()
            ]
            selects[name] = f"SELECT {', '.join(columns)} FROM {reader}"
    return selects


def load_sql(manifest: Manifest) -> str:
    """The file's text: one view for each table, its files found from the folder that the file lies in."""
    head = "-- Opens these files as DuckDB views. Run it in this folder: duckdb -init load.sql\n"
    statements = [f"CREATE OR REPLACE VIEW {quoted(name)} AS {select};\n" for name, select in views(manifest).items()]
    if not statements:
        return head + f"-- DuckDB has no reader of its own for {manifest.spec.format} files.\n"
    return head + "".join(statements)


def connect(folder: Path, manifest: Manifest) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection with a view for each table of a build; it spills to disk rather than fill the memory."""
    connection = new_connection()
    for name in manifest.tables:
        add_view(connection, folder, manifest, name)
    return connection


def new_connection() -> duckdb.DuckDBPyConnection:
    """An empty DuckDB database in memory, whose days are those of UTC."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")  # once connected: before, DuckDB would want to fetch its time zones
    return connection


def add_view(connection: duckdb.DuckDBPyConnection, folder: Path, manifest: Manifest, name: str, called: str | None = None) -> None:
    """A view of one table of a build, under its own name unless `called` another. Raises what DuckDB or Arrow say of files they cannot read."""
    import pyarrow.dataset as datasets

    found, called = views(manifest, folder.resolve()), called or name
    if name in found:
        connection.execute(f"CREATE VIEW {quoted(called)} AS {found[name]}")
    else:
        connection.register(called, datasets.dataset([folder / part.file for part in manifest.tables[name].parts], format="ipc"))


def answer(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
    """What a query gives."""
    return heeding(connection, lambda: connection.sql(sql, params=parameters).to_arrow_table())


def heeding(connection: duckdb.DuckDBPyConnection, work: Callable[[], Any]) -> Any:
    """What some work with a connection gives. It runs in a thread of its own, since DuckDB does not always heed Ctrl-C in the main one."""
    with ThreadPoolExecutor(1) as helper:
        asked = helper.submit(work)
        try:
            while not wait([asked], timeout=0.2).done:
                pass
        except BaseException:
            connection.interrupt()
            raise
        return asked.result()
