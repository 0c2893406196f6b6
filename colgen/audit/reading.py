"""The tables of a build as rules read them: each column as cheaply as its format allows, and with the values that it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from colgen.engines.progress import Progress, Proving, no_progress
from colgen.errors import ColgenError
from colgen.targets.finished import FinishedBuild
from colgen.targets.folder.views import select
from colgen.targets.sql import answer, quoted

if TYPE_CHECKING:
    import duckdb

_LOADED, _TEXTS = "colgen_loaded", "colgen_texts"
"""Schemas: of tables that were read once, and of views in which JSON and UUIDs are texts."""


@dataclass(frozen=True)
class Trouble:
    """A table that cannot be read, or some of whose cells are not values of their types.

    error : why it cannot be read; None where only cells are wrong, which the rules that read them say for themselves
    """

    table: str
    error: Exception | None = None


def add_tables(connection: duckdb.DuckDBPyConnection, build: FinishedBuild, progress: Progress = no_progress) -> Iterator[Trouble]:
    """Makes the tables of a build visible under their names; gives those that there is trouble with.

    Files that can only be read whole, such as CSV, are read once into tables of this connection, which spill to disk. ColgenError where there
    is no room for that.
    """
    if build.schema is None:
        for schema in (_LOADED, _TEXTS):
            connection.execute(f"CREATE SCHEMA {quoted(schema)}")
    for number, name in enumerate(build.manifest.tables):
        progress(Proving(name, number, len(build.manifest.tables)))
        try:
            if build.schema is not None:
                build.add_view(connection, name)
            elif not _add_files(connection, build, name):
                yield Trouble(name)
        except ColgenError:
            raise
        except Exception as error:  # DuckDB's and Arrow's words for a file that cannot be read
            yield Trouble(name, error)


def _add_files(connection: duckdb.DuckDBPyConnection, build: FinishedBuild, name: str) -> bool:
    """Makes a table of files visible; whether all of its cells are known to be values of their types."""
    columns, source = build.manifest.tables[name].columns, build.place.relation(connection, build.manifest, name)
    loaded = source if build.manifest.spec.file_format.reads_columns else _loaded(connection, name, columns, source)
    is_sound = loaded is not None and _add_texts(connection, name, columns, loaded)
    connection.execute(f"CREATE VIEW {quoted(name)} AS {select(columns, loaded if loaded is not None and is_sound else source)}")
    return is_sound


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


def _loaded(connection: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, str], source: str) -> str | None:
    """A table with the rows of some files; None where a cell is not a value of its type. ColgenError where there is no room for it."""
    table = f"{quoted(_LOADED)}.{quoted(name)}"
    try:
        answer(connection, f"CREATE TABLE {table} AS {select(columns, source, casts=False)}")
    except ColgenError:
        raise
    except Exception:
        return None
    return table


def _add_texts(connection: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, str], source: str) -> bool:
    """A view of a table in which JSON and UUIDs are the texts that were written; False where not all of them are values in their usual form,
    in which equal values are equal texts.

    To cast them costs more than most rules do: DuckDB looks at a text that occurs often once, but casts it each time.
    """
    kinds = {column: type for column, type in columns.items() if type in ("JSON", "UUID")}
    if not kinds:
        return True
    conditions = []
    for column, type in kinds.items():
        at, before = quoted(column), quoted(f"(before {column})")
        valid = f"json_valid({at})" if type == "JSON" else f"CASE WHEN {at} = {before} THEN true ELSE {at}::UUID::VARCHAR = {at} END"
        conditions.append(f"count(*) FILTER ({at} IS NOT NULL AND NOT coalesce({valid}, false))")
    read = [quoted(column) for column in kinds]
    read += [f"lag({quoted(column)}) OVER () AS {quoted(f'(before {column})')}" for column, type in kinds.items() if type == "UUID"]
    try:
        rows = answer(connection, f"SELECT {' + '.join(conditions)} AS others FROM (SELECT {', '.join(read)} FROM {source})")
    except ColgenError:
        raise
    except Exception:  # such a text is not a UUID
        return False
    if rows["others"][0].as_py():
        return False
    connection.execute(f"CREATE VIEW {quoted(_TEXTS)}.{quoted(name)} AS {select(columns, source, casts=False)}")
    return True
