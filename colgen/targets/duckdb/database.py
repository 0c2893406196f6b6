"""A schema of a DuckDB file: what is there, what of it colgen made, and a lock so that one load at a time goes there."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from colgen.errors import TargetError
from colgen.targets import finished
from colgen.targets import manifest as manifests
from colgen.targets.destination import MANIFEST
from colgen.targets.duckdb import fills
from colgen.targets.duckdb.catalog import Catalog, Declaration, Record, changes, declarations
from colgen.targets.fills import counted
from colgen.targets.folder import staging
from colgen.targets.sql import interruptible, literal, new_connection, one_line, quoted

MEMORY = "256MB"
"""The most that DuckDB keeps in memory while it loads: more does not make it faster."""

_DATABASE = "the database that colgen builds into"  # as it is attached: a name that no schema has, which would be ambiguous


class Database:
    """A schema of a database file, held by one load at a time.

    path : the file; a new one is made in `side`, colgen's own folder beside it, and moved to its place when all is well
    """

    def __init__(self, path: Path, schema: str, side: Path) -> None:
        self.path, self.side = path, side
        self.is_new = not path.exists()
        self._file = side / "new.duckdb" if self.is_new else path
        self.connection = new_connection()
        self.connection.execute("SET temp_directory = $folder", {"folder": str(side / "spill")})
        self.connection.execute(f"SET memory_limit = '{MEMORY}'")
        self.connection.execute("SET wal_autocheckpoint = '1TB'")  # when it is asked to, so that a commit does no more than commit
        try:
            self.connection.execute(f"ATTACH {literal(str(self._file))} AS {quoted(_DATABASE)}")
            self.connection.execute(f"USE {quoted(_DATABASE)}")
            self.schema = self._spelling(schema)
        except duckdb.Error as error:
            self.connection.close()
            raise TargetError(finished.explained(error, path)) from None

    def _spelling(self, schema: str) -> str:
        """A schema's name as it is spelt in the file, where upper and lower case are one."""
        sql = "SELECT schema_name FROM duckdb_schemas() WHERE database_name = ? AND lower(schema_name) = lower(?)"
        return self.execute(sql, [_DATABASE, schema]) or schema

    def close(self) -> None:
        """Undoes what was not committed, and closes the file."""
        with suppress(duckdb.Error):
            self.connection.execute("ROLLBACK")
        with suppress(duckdb.Error):
            self.connection.close()

    def execute(self, sql: str, values: Sequence[Any] | None = None) -> Any:
        """Executes a statement, interruptible by Ctrl-C; the first value of its result, or None."""
        row = interruptible(self.connection, lambda: self.connection.execute(sql, values).fetchone())
        return row[0] if row is not None else None

    def rows(self, sql: str, values: Any = None) -> list[Any]:
        """All rows of a query, interruptible by Ctrl-C."""
        return list(interruptible(self.connection, lambda: self.connection.execute(sql, values).fetchall()))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is done within, or nothing."""
        self.begin()
        try:
            yield
        except BaseException:
            with suppress(duckdb.Error):  # it may have been undone already
                self.connection.execute("ROLLBACK")
            raise
        self.commit()

    def qualified(self, *names: str) -> str:
        """A schema of the file, or something in it, for SQL."""
        return ".".join(map(quoted, (_DATABASE, *names)))

    def named(self, name: str) -> str:
        """A table or a sequence of the schema, for SQL."""
        return self.qualified(self.schema, name)

    @property
    def name(self) -> str:
        """What the file is called in DuckDB's catalogue."""
        return _DATABASE

    def where(self) -> dict[str, Any]:
        """The file and the room beside it, in the guard's words."""
        return {"kind": "duckdb", "host": None, "port": None, "database": str(self.path), "free_bytes": self.free_bytes}

    @property
    def free_bytes(self) -> int:
        return shutil.disk_usage(self.side).free

    @cached_property
    def _before(self) -> Catalog:
        """What was in the file when it was opened: nobody else writes to it meanwhile."""
        return Catalog.read(self.connection, _DATABASE)

    @cached_property
    def _records(self) -> dict[str, Record]:
        """What colgen noted of each schema of the file."""
        listed = [schema for schema, tables in self._before.tables.items() if MANIFEST in tables]
        records = {schema: Record.read(self.connection, _DATABASE, schema) for schema in listed}
        return {schema: record for schema, record in records.items() if record is not None and MANIFEST in record.tables}

    @property
    def _record(self) -> Record | None:
        return self._records.get(self.schema)

    @property
    def exists(self) -> bool:
        return self.schema == "main" or self.schema in self._before.schemas

    def relations(self) -> dict[str, Declaration]:
        """Everything in the schema that stands for itself: `customers`, `view late_payers`, but not the sequences of its tables. A table that
        was changed since colgen made it says in what: `customers (column note was added)`."""
        made = self._record.tables if self._record is not None else {}
        sequences = {f"sequence {name}" for name in self.sequences.values()}
        named: dict[str, Declaration] = {}
        for name, declaration in self._tables.items():
            changed = changes(made.get(name, declaration), declaration)
            named[f"{name} ({changed})" if changed else name] = declaration
        return named | {name: {} for name in self._before.others.get(self.schema, []) if name not in sequences}

    @property
    def _tables(self) -> Mapping[str, Declaration]:
        return self._before.tables.get(self.schema, {})

    def made(self) -> dict[str, Declaration]:
        """The tables that colgen made, parents first: they are on its record of the schema, and still as they were made."""
        made = self._record.tables if self._record is not None else {}
        return {name: declaration for name, declaration in made.items() if self._tables.get(name) == declaration}

    @property
    def sequences(self) -> Mapping[str, str]:
        """By table, the one that numbers its rows."""
        return self._record.sequences if self._record is not None else {}

    def manifest(self) -> manifests.Manifest:
        """Of the build that is there. RequestError where it cannot be read."""
        return finished.manifest_of(self.connection, _DATABASE, self.schema)

    def note(self, manifest: manifests.Manifest, tables: Sequence[str], sequences: Mapping[str, str]) -> None:
        """Records what was made, so that the schema says what it is, and what may be dropped.

        tables : parents first
        sequences : by table, the one that numbers its rows
        """
        self.execute(f"CREATE TABLE {self.named(MANIFEST)} (manifest JSON NOT NULL, made JSON NOT NULL)")
        self.execute(f"COMMENT ON TABLE {self.named(MANIFEST)} IS 'What colgen made in this schema, and from what.'")
        there = declarations(self.connection, _DATABASE)[self.schema]
        replaced = self._record if self.made() else None
        record = Record(
            tables={name: there[name] for name in (*tables, MANIFEST)},
            sequences=dict(sequences),
            made_schema=not self.exists or (replaced is not None and replaced.made_schema),
            made_file=self.is_new or any(record.made_file for record in self._records.values()),
        )
        self.execute(f"INSERT INTO {self.named(MANIFEST)} VALUES (?, ?)", [manifest.model_dump_json(), record.model_dump_json()])

    def note_again(self, manifest: manifests.Manifest) -> None:
        """Updates what the record says of the build."""
        self.execute(f"UPDATE {self.named(MANIFEST)} SET manifest = ?", [manifest.model_dump_json()])

    def use_memory(self) -> None:
        """Lifts the memory limit: indexes do not spill to disk, and joins are slower when they do."""
        self.execute("RESET memory_limit")

    def create_schema(self) -> None:
        """Makes the schema, if it is not there."""
        self.execute(f"CREATE SCHEMA IF NOT EXISTS {self.qualified(self.schema)}")

    def look_into(self) -> None:
        """Makes its tables visible under their names alone."""
        self.execute(f"USE {self.qualified(self.schema)}")

    def drop_schema_if_empty(self, schema: str) -> None:
        if not Catalog.read(self.connection, _DATABASE).holds_anything(schema):
            self.execute(f"DROP SCHEMA {self.qualified(schema)}")

    def drop_tables(self) -> None:
        """Those that colgen made, and their sequences; a table that was changed since stays, and keeps its own."""
        made = self.made()
        kept = self._tables.keys() - made.keys()
        statements = [f"DROP TABLE {self.named(name)}" for name in reversed(made)]
        statements += [f"DROP SEQUENCE IF EXISTS {self.named(name)}" for table, name in self.sequences.items() if table not in kept]
        for statement in statements:
            try:
                self.execute(statement)
            except duckdb.Error as error:
                if not re.search("depend|is main key table", str(error)):
                    raise
                raise TargetError(f"schema {self.schema!r}: something of yours depends on its tables: {one_line(error)}") from None

    def filled(self) -> dict[str, int]:
        """How many rows colgen has put into tables of the user's, by table."""
        return counted(table for tables in fills.recorded(self).values() for table in tables)

    def empty(self, even_changed: bool = False) -> int:
        """Takes them away; how many. TargetError where that must not be, and nothing is touched."""
        try:
            removed = fills.remove(self, even_changed)
            self.settle()
        except duckdb.Error as error:
            raise TargetError(
                f"{str(self.path)!r} could not be changed: {one_line(error)}; the rows that are left are removed when you try again"
            ) from None
        return removed

    def drop(self) -> list[str]:
        """Removes what colgen made here; the schema if colgen made it and nothing else is in it, and the file if colgen made it and nothing is
        left in it."""
        names = sorted(self.made())
        if not names or self._record is None:
            return []
        try:
            self.begin()
            self.drop_tables()
            if self._record.made_schema:
                self.drop_schema_if_empty(self.schema)
            self.commit()
            self.settle()
            is_empty = Catalog.read(self.connection, _DATABASE).is_empty
        except duckdb.Error as error:
            raise TargetError(f"{str(self.path)!r} could not be changed: {one_line(error)}") from None
        if self._record.made_file and is_empty:
            self._remove_file()
        return names

    def _remove_file(self) -> None:
        self._detach()
        try:
            self.path.with_name(f"{self.path.name}.wal").unlink(missing_ok=True)
            self.path.unlink()
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise TargetError(f"{str(self.path)!r} is empty now, but the file itself could not be removed: {reason}") from None

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
        self.connection.execute("USE memory.main")
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
    if reason := finished.wrong_path(path):
        raise TargetError(reason)
    with staging.beside(path) as side:
        target = Database(path, schema, side)
        try:
            yield target
        finally:
            target.close()
