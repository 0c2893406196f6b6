"""A schema of a DuckDB file: what is there, what of it colgen made, and a lock so that one load at a time goes there."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb

from colgen.errors import TargetError
from colgen.targets import finished
from colgen.targets import manifest as manifests
from colgen.targets.destination import MANIFEST
from colgen.targets.folder import staging
from colgen.targets.sql import interruptible, new_connection, quoted

MEMORY = "256MB"
"""The most that DuckDB keeps in memory while it loads: more does not make it faster."""

_DATABASE = "the database that colgen builds into"  # as it is attached: a name that no schema has, which would be ambiguous


class Database:
    """A schema of a database file, held by one load at a time.

    path : the file; a new one is made in `side`, colgen's own folder beside it, and moved to its place when all is well
    """

    def __init__(self, path: Path, schema: str, side: Path) -> None:
        self.path, self.schema, self.side = path, schema, side
        self.is_new = not path.exists()
        self._file = side / "new.duckdb" if self.is_new else path
        self.connection = new_connection()
        self.connection.execute("SET temp_directory = $folder", {"folder": str(side / "spill")})
        self.connection.execute(f"SET memory_limit = '{MEMORY}'")
        self.connection.execute("SET wal_autocheckpoint = '1TB'")  # when it is asked to, so that a commit does no more than commit
        try:
            where = str(self._file).replace("'", "''")
            self.connection.execute(f"ATTACH '{where}' AS {quoted(_DATABASE)}")
            self.connection.execute(f"USE {quoted(_DATABASE)}")
        except duckdb.Error as error:
            self.connection.close()
            raise TargetError(finished.explained(error, path)) from None

    def close(self) -> None:
        """Undoes what was not committed, and closes the file."""
        with suppress(duckdb.Error):
            self.connection.execute("ROLLBACK")
        with suppress(duckdb.Error):
            self.connection.close()

    def execute(self, sql: str, values: Sequence[Any] | None = None) -> Any:
        """Executes a statement, interruptible Ctrl-C; the first value of what it gives, or None."""
        row = interruptible(self.connection, lambda: self.connection.execute(sql, values).fetchone())
        return row[0] if row is not None else None

    def named(self, table: str) -> str:
        """A table of the schema, for SQL."""
        return f"{quoted(self.schema)}.{quoted(table)}"

    def where(self) -> dict[str, Any]:
        """The file and the room beside it, in the guard's words."""
        return {"kind": "duckdb", "host": None, "port": None, "database": str(self.path), "free_bytes": self.free_bytes}

    @property
    def free_bytes(self) -> int:
        return shutil.disk_usage(self.side).free

    @property
    def exists(self) -> bool:
        return bool(
            self.execute("SELECT count(*) FROM duckdb_schemas() WHERE database_name = ? AND schema_name = ?", [_DATABASE, self.schema])
        )

    def relations(self) -> dict[str, str]:
        """Everything that has a name in the schema; for each table, a text that changes with its columns, their types and its comment."""
        others = " UNION ALL ".join(
            f"SELECT {kind}_name AS name FROM duckdb_{kind}s() WHERE database_name = $database AND schema_name = $schema AND NOT {internal}"
            for kind, internal in (("view", "internal"), ("type", "internal"), ("function", "internal"), ("sequence", "temporary"))
        )
        rows = self.connection.execute(others, {"database": _DATABASE, "schema": self.schema}).fetchall()
        return finished.tables(self.connection, _DATABASE, self.schema) | {name: "not a table" for (name,) in rows}

    def made(self) -> dict[str, str]:
        """Those of them that colgen made, parents first: they are on the schema's own list, and still as they were made."""
        there = self.relations()
        listed = self._listed("tables") if MANIFEST in there else None
        if not isinstance(listed, str):
            return {}
        return {name: text for name, text in json.loads(listed).items() if there.get(name) == text} | {MANIFEST: there[MANIFEST]}

    def _listed(self, column: str) -> Any:
        """What the schema's list says; None where a table of this name is not colgen's list."""
        try:
            return self.execute(f"SELECT {column} FROM {self.named(MANIFEST)}")
        except duckdb.Error:
            return None

    def manifest(self) -> manifests.Manifest | None:
        """Of the build that is there."""
        return finished.manifest_of(self.connection, _DATABASE, self.schema) if MANIFEST in self.relations() else None

    def note(self, manifest: manifests.Manifest, tables: Sequence[str]) -> None:
        """Lists the tables, so that the schema says what it is, and whether the file was made for it."""
        there = finished.tables(self.connection, _DATABASE, self.schema)
        self.execute(f"CREATE TABLE {self.named(MANIFEST)} (manifest JSON NOT NULL, tables JSON NOT NULL, makes_file BOOLEAN NOT NULL)")
        self.execute(f"COMMENT ON TABLE {self.named(MANIFEST)} IS 'What colgen made in this schema, and from what.'")
        listed = json.dumps({name: there[name] for name in tables})
        self.execute(f"INSERT INTO {self.named(MANIFEST)} VALUES (?, ?, ?)", [manifest.model_dump_json(), listed, self.makes_file])

    def note_again(self, manifest: manifests.Manifest) -> None:
        """Updates what the list says of the tables."""
        self.execute(f"UPDATE {self.named(MANIFEST)} SET manifest = ?", [manifest.model_dump_json()])

    def use_memory(self) -> None:
        """Lifts the memory limit: indexes do not spill to disk, and joins are slower when they do."""
        self.execute("RESET memory_limit")

    def look_into(self) -> None:
        """Makes its tables visible under their names alone."""
        self.execute(f"USE {quoted(_DATABASE)}.{quoted(self.schema)}")

    def drop_tables(self, names: Iterable[str]) -> None:
        """Some of its tables, which come parents first."""
        names = list(names)
        self.makes_file = self.is_new or (MANIFEST in names and bool(self._listed("makes_file")))
        for name in reversed(names):
            try:
                self.execute(f"DROP TABLE {self.named(name)}")
            except duckdb.CatalogException as error:
                raise TargetError(f"schema {self.schema!r}: something of yours depends on its tables: {error}") from None

    def drop(self) -> list[str]:
        """Removes what colgen made here, the schema if nothing else is in it, and the file if colgen made it and nothing is left in it."""
        names = self.made()
        if not names:
            return []
        self.begin()
        self.drop_tables(names)
        if not self.relations() and self.schema != "main":
            self.execute(f"DROP SCHEMA IF EXISTS {quoted(self.schema)}")
        self.commit()
        self.settle()
        schemas = "SELECT count(*) FROM duckdb_schemas() WHERE database_name = ? AND NOT internal"
        tables = "SELECT count(*) FROM duckdb_tables() WHERE database_name = ?"
        if self.makes_file and not self.execute(schemas, [_DATABASE]) and not self.execute(tables, [_DATABASE]):
            self._detach()
            self.path.unlink()
        return sorted(names)

    def begin(self) -> None:
        """Starts a transaction: all that is done until `commit`, or nothing. Closing the database without it undoes everything."""
        self.connection.execute("BEGIN TRANSACTION")

    def commit(self) -> None:
        self.connection.execute("COMMIT")

    def settle(self) -> bool:
        """Moves what was committed from the log into the file. False where there is no room for that: it is just as safe in the log, and moves
        the next time the file is opened. A new file must hold it all."""
        try:
            self.connection.execute(f"CHECKPOINT {quoted(_DATABASE)}")
        except duckdb.Error:
            if self.is_new:
                raise
            return False
        return True

    def _detach(self) -> None:
        self.connection.execute("USE memory")
        self.connection.execute(f"DETACH {quoted(_DATABASE)}")

    def take_place(self) -> None:
        """Moves a new file to its place, whole."""
        if self.is_new:
            self._detach()
            if os.path.lexists(self.path):
                raise TargetError(f"{str(self.path)!r} was not there a moment ago, and now is; see what it is, and try again")
            self._file.rename(self.path)


@contextmanager
def hold(path: Path, schema: str) -> Iterator[Database]:
    """A target that no other load holds, cleared of what a killed one has left. The file is made only by `take_place`.

    Raises TargetError where the file cannot be written: it is not a DuckDB database, another process holds it, or there is no such folder.
    """
    try:
        path = path.resolve()
        if path.is_dir():
            raise TargetError(f"{str(path)!r} is a folder; name a file, such as {str(path / 'shop.duckdb')!r}")
    except (OSError, RuntimeError) as error:
        raise TargetError(f"{str(path)!r} cannot be written: {error}") from None
    with staging.beside(path) as side:
        target = Database(path, schema, side)
        try:
            yield target
        finally:
            target.close()
