"""The tables of a build as rules read them: each column as cheaply as its format allows, and with the values that it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from colgen.engines.progress import Progress, Proving, no_progress
from colgen.errors import ColgenError
from colgen.targets.finished import FinishedBuild
from colgen.targets.folder.views import files_of, select
from colgen.targets.sql import answer, interruptible, out_of_room, quoted

if TYPE_CHECKING:
    import duckdb

_LOADED, _TEXTS = "colgen_loaded", "colgen_texts"
"""Schemas: of tables that were read once, and of views in which JSON and UUIDs are texts."""


def add_tables(
    connection: duckdb.DuckDBPyConnection, build: FinishedBuild, progress: Progress = no_progress
) -> Iterator[tuple[str, Exception]]:
    """Makes the tables of a build visible under their names; gives those that cannot be read, with DuckDB's or Arrow's reason.

    Files that can only be read whole, such as CSV, are read once into tables of this connection, which spill to disk.
    """
    if build.schema is None:
        for schema in (_LOADED, _TEXTS):
            connection.execute(f"CREATE SCHEMA {quoted(schema)}")
    for number, (name, table) in enumerate(build.manifest.tables.items()):
        progress(Proving(name, number, len(build.manifest.tables)))
        try:
            if build.schema is not None:
                build.add_view(connection, name)
                continue
            source = files_of(connection, build.path, build.manifest, name)
            if not build.manifest.spec.file_format.reads_columns:
                source = _loaded(connection, name, table.columns, source)
            connection.execute(f"CREATE VIEW {quoted(name)} AS {select(table.columns, source)}")
            _add_texts(connection, name, table.columns, source)
        except ColgenError:
            raise
        except Exception as error:
            yield name, error


@contextmanager
def texts(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """While this lasts, JSON and UUIDs are read as texts where `add_tables` has found that to be the same."""
    there = connection.execute("SELECT 1 FROM duckdb_schemas() WHERE schema_name = ?", [_TEXTS]).fetchall()
    if not there:
        yield
        return
    connection.execute(f"SET search_path = '{_TEXTS},main'")
    try:
        yield
    finally:
        connection.execute("SET search_path = 'main'")


def _loaded(connection: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, str], source: str) -> str:
    """A table with the rows of some files; the files themselves where a cell is not a value of its type, which each rule then says for itself."""
    table = f"{quoted(_LOADED)}.{quoted(name)}"
    try:
        sql = f"CREATE TABLE {table} AS {select(columns, source, casts=False)}"
        interruptible(connection, lambda: connection.execute(sql).fetchall())
    except Exception as error:
        if reason := out_of_room(error):
            raise ColgenError(reason) from error
        return source
    return table


def _add_texts(connection: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, str], source: str) -> None:
    """A view of a table in which JSON and UUIDs are the texts that were written, where equal values have equal texts and each is a value.

    To cast them costs more than most rules do; DuckDB judges a text that occurs often once, but casts it each time.
    """
    kinds = {column: type for column, type in columns.items() if type in ("JSON", "UUID")}
    if not kinds:
        return
    conditions = []
    for column, type in kinds.items():
        at, before = quoted(column), quoted(f"(before {column})")
        valid = f"json_valid({at})" if type == "JSON" else f"CASE WHEN {at} = {before} THEN true ELSE {at}::UUID::VARCHAR = {at} END"
        conditions.append(f"count(*) FILTER ({at} IS NOT NULL AND NOT coalesce({valid}, false))")
    read = [quoted(column) for column in kinds]
    read += [f"lag({quoted(column)}) OVER () AS {quoted(f'(before {column})')}" for column, type in kinds.items() if type == "UUID"]
    with suppress(Exception):  # such a text is not a value: then they are cast, and each rule says for itself whether it holds
        rows = answer(connection, f"SELECT {' + '.join(conditions)} AS others FROM (SELECT {', '.join(read)} FROM {source})")
        if rows["others"][0].as_py() == 0:
            plain = select(columns, source, casts=False)
            connection.execute(f"CREATE VIEW {quoted(_TEXTS)}.{quoted(name)} AS {plain}")
