"""A finished build, in a folder of files or in a schema of a DuckDB file: read, never written to."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from colgen.declare.model import Model
from colgen.errors import ColgenError, RequestError, one_of
from colgen.targets import manifest as manifests
from colgen.targets.destination import DUCKDB, MANIFEST, POSTGRESQL, Destination, folder_path, is_bucket
from colgen.targets.folder.place import FolderPlace
from colgen.targets.folder.views import select
from colgen.targets.manifest import Manifest, printable
from colgen.targets.place import Place
from colgen.targets.sql import literal, new_connection, one_line, quoted, spill

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class FinishedBuild:
    """A finished build, or one about to be published.

    path : the folder, or the file
    schema : of a file, where in it the tables are
    """

    path: Path
    manifest: Manifest
    schema: str | None = None

    def __str__(self) -> str:
        return repr(str(self.place)) if self.schema is None else f"{str(self.path)!r}, schema {self.schema!r},"

    @property
    def place(self) -> Place:
        """Where its files lie, if it is one of files."""
        return FolderPlace(self.path)

    @cached_property
    def missing(self) -> list[str]:
        """What the manifest names and is not there: files, or tables."""
        if self.schema is None:
            return self.manifest.missing(self.place)
        connection = new_connection()
        there = _tables(connection, attach(connection, self.path), self.schema)
        return [name for name in self.manifest.tables if name not in there]

    def open(self) -> duckdb.DuckDBPyConnection:
        """A DuckDB connection in which `add_view` makes its tables visible; it spills to disk rather than fill the memory."""
        connection = new_connection()
        spill(connection)
        return connection

    def add_view(self, connection: duckdb.DuckDBPyConnection, name: str, view: str | None = None) -> None:
        """Makes one of its tables visible, under its own name unless `view` is another. Raises what DuckDB or Arrow say of what they cannot
        read."""
        if self.schema is None:
            source = self.place.relation(connection, self.manifest, name)
            connection.execute(f"CREATE VIEW {quoted(view or name)} AS {select(self.manifest.tables[name].columns, source)}")
        else:
            rows = f"SELECT * FROM {quoted(attach(connection, self.path))}.{quoted(self.schema)}.{quoted(name)}"
            connection.execute(f"CREATE VIEW {quoted(view or name)} AS {rows}")

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A DuckDB connection with a view for each of its tables; it spills to disk rather than fill the memory. ColgenError for a table that
        cannot be read."""
        connection = self.open()
        for name in self.manifest.tables:
            try:
                self.add_view(connection, name)
            except Exception as error:  # DuckDB's and Arrow's words for a file that cannot be read
                raise ColgenError(f"{self} is damaged: table {name} cannot be read: {one_line(error)}; build it again") from error
        return connection

    @cached_property
    def unlisted(self) -> list[str]:
        """Files among its parts that are not its own. Nothing here reads them; a reader of the whole folder does."""
        return self.manifest.unlisted(self.place) if self.schema is None else []

    def refuse_damage(self) -> None:
        """Raises ColgenError where something of it is missing."""
        if self.missing:
            raise ColgenError(f"{self} is damaged: {self.missing[0]} is missing; build it again")

    def refuse_other(self, model: Model) -> None:
        """Raises RequestError where its tables, columns and settings are not those of a model."""
        for place, reason in self.manifest.differences(model):
            raise RequestError(
                f"{self} is not a build of this model {model.name}: in its manifest, {printable(place)}: {printable(reason)}; "
                "the model has changed, or is another"
            )


@dataclass(frozen=True)
class LoadedTables(FinishedBuild):
    """The tables of a build in an open transaction, which see each other under their names alone."""

    connection: duckdb.DuckDBPyConnection | None = None

    @cached_property
    def missing(self) -> list[str]:
        return []

    def open(self) -> duckdb.DuckDBPyConnection:
        assert self.connection is not None
        return self.connection

    def add_view(self, connection: duckdb.DuckDBPyConnection, name: str, view: str | None = None) -> None:
        pass


def read_build(where: str | Path, schema: str | None = None) -> FinishedBuild:
    """The build in a folder or in a DuckDB file; RequestError where there is none or it cannot be read.

    schema : of a file that holds several builds, which one
    """
    destination = source_of(where)
    if destination.is_objects:
        from colgen.targets.objects.finished import read_build as read_objects

        if schema is not None:
            raise RequestError(f"{destination} is not a DuckDB file: there is no schema {schema!r} in it")
        return read_objects(destination.url)
    path = destination.path
    if destination.url:
        other = "PostgreSQL" if destination.kind == POSTGRESQL else f"{destination.kind}://"
        raise RequestError(f"{destination}: a build is read from a folder, a DuckDB file or object storage, not from {other}")
    if not path.is_file():
        if schema is not None:
            raise RequestError(f"{str(path)!r} is not a DuckDB file: there is no schema {schema!r} in it")
        return FinishedBuild(path, manifests.read(path))
    connection = new_connection()
    name = attach(connection, path)
    schemas = _schemas(connection, name)
    if not schemas:
        raise RequestError(f"{str(path)!r} holds no finished build: none of its schemas has a table {MANIFEST}")
    if schema is None and len(schemas) > 1:
        raise RequestError(f"{str(path)!r} holds a build in each of the schemas {', '.join(schemas)}; name one of them with --schema")
    if schema is not None and schema not in schemas:
        raise RequestError(f"{str(path)!r} holds no build in a schema {schema!r}; {one_of(schema, schemas)}")
    chosen = schema or schemas[0]
    return FinishedBuild(path, manifest_of(connection, name, chosen), chosen)


def read_files(where: str | Path) -> FinishedBuild:
    """The build in a folder or under a prefix of object storage; RequestError where there is none or it cannot be read."""
    return read_build(where) if is_bucket(where) else FinishedBuild(path := folder_path(where), manifests.read(path))


def source_of(where: str | Path) -> Destination:
    """Where a build is read from: a file that is there is one of DuckDB, whatever its name."""
    return Destination(DUCKDB, Path(where)) if os.path.isfile(where) else Destination.parse(where)


def schemas_with_builds(path: Path) -> list[str]:
    """The schemas of a DuckDB file that say of themselves that they hold a build. RequestError where it cannot be opened."""
    if not path.is_file():
        raise RequestError(f"there is no file {str(path)!r}")
    connection = new_connection()
    return _schemas(connection, attach(connection, path))


def _schemas(connection: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    sql = "SELECT DISTINCT schema_name FROM duckdb_tables() WHERE database_name = ? AND table_name = ? ORDER BY ALL"
    return [row[0] for row in connection.execute(sql, [database, MANIFEST]).fetchall()]


def manifest_of(connection: duckdb.DuckDBPyConnection, database: str, schema: str) -> Manifest:
    """What a schema of a database says of its build."""
    where = f"{quoted(database)}.{quoted(schema)}.{quoted(MANIFEST)}"
    try:
        row = connection.execute(f"SELECT manifest FROM {where}").fetchone()
    except _error() as error:
        raise RequestError(f"{MANIFEST} in the schema {schema!r} cannot be read: {one_line(error)}") from None
    return manifests.parse(str(row[0]) if row else "", f"{MANIFEST} in the schema {schema!r}")


def _tables(connection: duckdb.DuckDBPyConnection, database: str, schema: str) -> set[str]:
    """The names of the tables of a schema."""
    sql = "SELECT table_name FROM duckdb_tables() WHERE database_name = ? AND schema_name = ?"
    return {name for (name,) in connection.execute(sql, [database, schema]).fetchall()}


def attach(connection: duckdb.DuckDBPyConnection, path: Path) -> str:
    """Opens a DuckDB file to be read, once; its name as a database. RequestError for a file that is not one, or is in use."""
    if reason := wrong_path(path.resolve()):
        raise RequestError(reason)
    name = f"build in {path.resolve()}"
    try:
        connection.execute(f"ATTACH IF NOT EXISTS {literal(str(path.resolve()))} AS {quoted(name)} (READ_ONLY)")
    except _error() as error:
        raise RequestError(explained(error, path)) from None
    return name


def wrong_path(path: Path) -> str:
    """Why DuckDB would open another file than this one; empty where it would not."""
    return (
        f"{str(path)!r}: DuckDB takes a backslash for a slash, and would open another file; give it another path"
        if "\\" in str(path)
        else ""
    )


def explained(error: Exception, path: Path) -> str:
    """Why DuckDB cannot open a file, for people."""
    words, shown = one_line(error), repr(str(path))
    if holder := re.search(r"Conflicting lock is held in (.+?) \(PID (\d+)\)", words):
        return f"{shown} is held by another process: {holder[1]} (process {holder[2]}); close it there, and try again"
    if "lock on file" in words:
        return f"{shown} is held by another process; close it there, and try again"
    if "different configuration" in words or "already attached" in words or "file handle conflict" in words:
        return f"{shown} is open in this process already; close that connection, and try again"
    if "not a valid DuckDB database" in words:
        return f"{shown} is not a DuckDB database"
    if newer := re.search(r"version number (\d+), but we can only read", words):
        return f"{shown} was written by another version of DuckDB (storage version {newer[1]}), which this one cannot read: {words}"
    return f"DuckDB cannot open {shown}: {words}"


def _error() -> type[Exception]:
    """What DuckDB raises; it takes a while to import."""
    import duckdb

    return duckdb.Error
