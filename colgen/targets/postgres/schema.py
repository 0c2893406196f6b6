"""A schema of a PostgreSQL database: what is there, what of it colgen made, and a lock so that one build at a time goes there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from colgen.engines.progress import Progress, no_progress
from colgen.errors import TargetError
from colgen.targets import manifest as manifests
from colgen.targets.destination import MANIFEST
from colgen.targets.fills import counted
from colgen.targets.postgres import contents, fills, record
from colgen.targets.postgres.connect import connect, driver, single, statement
from colgen.targets.postgres.explain import explained
from colgen.targets.postgres.locks import lock, patiently

if TYPE_CHECKING:
    import psycopg

LONGEST_NAME = 63
"""Bytes of a name: PostgreSQL cuts off the rest, so that another name is meant."""


def staging_name(schema: str) -> str:
    """The schema that a build goes into before it is published: at most 63 bytes, as PostgreSQL allows."""
    name = f"colgen_new_{schema}"
    return name if len(name.encode()) <= LONGEST_NAME else f"colgen_new_{hashlib.blake2b(schema.encode(), digest_size=16).hexdigest()}"


@dataclass(frozen=True)
class Snapshot:
    """A schema as it is at a moment.

    number : the schema's own, its oid; None where it does not exist
    objects : everything in it, by name; its number
    recorded : what it says of itself
    changes : of the tables that are recorded and still there, in words what is no longer as it was recorded
    """

    number: int | None
    objects: dict[str, int]
    recorded: record.Record | None
    changes: dict[str, list[str]]

    @cached_property
    def made(self) -> dict[str, int]:
        """What colgen made and nobody has changed since."""
        return {name: self.objects[name] for name, changes in self.changes.items() if not changes}

    @property
    def created(self) -> bool:
        """Whether colgen created the schema."""
        return self.recorded is not None and self.number is not None and self.recorded.created_schema == self.number


class Schema:
    """A schema of a database, held by one build at a time. TargetError for a name that PostgreSQL does not take."""

    def __init__(self, url: str, schema: str) -> None:
        refuse_name("schema", schema)
        self.url, self.schema, self.staging = url, schema, staging_name(schema)
        self.connection = connect(url)

    def close(self) -> None:
        """Ends the connection; whoever comes next need not wait until the server has seen that."""
        with suppress(driver().Error):
            self.connection.execute("SELECT pg_advisory_unlock_all()")
        self.connection.close()

    def lock(self) -> None:
        """Keeps other builds out until the connection ends, however it ends: those into this schema, and into the one it is staged in."""
        for name in (self.schema, self.staging):
            number = int.from_bytes(hashlib.blake2b(f"colgen {name}".encode(), digest_size=8).digest(), "big", signed=True)
            if not self.one("SELECT pg_try_advisory_lock(%s)", number):
                raise TargetError(f"another build into schema {name!r} is under way; wait for it or name another schema")

    def one(self, sql: Any, *values: Any) -> Any:
        """The single value that a query gives; None where it gives no row."""
        return single(self.connection, sql, *values)

    def where(self) -> dict[str, Any]:
        """Host, port and database, in the guard's words; how much room the server has is not known."""
        info = self.connection.info
        host = "" if info.host.startswith("/") else info.host
        return {"kind": "postgresql", "host": host, "port": info.port, "database": info.dbname, "free_bytes": None}

    @property
    def exists(self) -> bool:
        return self.number is not None

    @property
    def number(self) -> int | None:
        """PostgreSQL's own number of the schema; None where there is none."""
        number = self.one("SELECT oid::bigint FROM pg_namespace WHERE nspname = %s", self.schema)
        return None if number is None else int(number)

    def look(self) -> Snapshot:
        """The schema as it is now."""
        objects, recorded = contents.objects(self.connection, self.schema), record.read(self.connection, self.schema)
        there = {name: table for name, table in recorded.tables.items() if objects.get(name) == table.number} if recorded else {}
        if MANIFEST not in there:  # a copy of a record, or the record of something else
            return Snapshot(self.number, objects, None, {})
        definitions = contents.definitions(self.connection, [table.number for table in there.values()])
        changes = {name: contents.differences(table.definition, definitions[table.number]) for name, table in there.items()}
        for name in self._of_others(there[MANIFEST].number, list(there)):
            changes[name].append("its owner is another")
        return Snapshot(self.number, objects, recorded, changes)

    def _of_others(self, manifest: int, names: Sequence[str]) -> list[str]:
        """Tables that whoever owns the record could not have made: they are not believed to be colgen's."""
        rows = self.connection.execute(
            """SELECT tables.relname::text FROM pg_class AS manifest JOIN pg_class AS tables USING (relnamespace)
            WHERE manifest.oid = %s AND tables.relname = ANY(%s) AND NOT pg_has_role(manifest.relowner, tables.relowner, 'MEMBER')""",
            (manifest, list(names)),
        ).fetchall()
        return [name for (name,) in rows]

    def relations(self) -> dict[str, int]:
        """Everything of the schema that stands for itself, a function or a type like a table: its number by name."""
        return contents.objects(self.connection, self.schema)

    def made(self) -> dict[str, int]:
        """Those of them that colgen made: they are in the schema's record, and still as they were recorded."""
        return self.look().made

    def manifest(self) -> manifests.Manifest | None:
        """Of the build that is there; None where this version does not understand it."""
        recorded = self.look().recorded
        return recorded.manifest if recorded is not None else None

    def refuse_changes(self, snapshot: Snapshot) -> None:
        """TargetError where somebody has changed what colgen made: that is theirs now."""
        changed = [f"{name}: {', '.join(changes)}" for name, changes in snapshot.changes.items() if changes]
        if changed:
            raise TargetError(
                f"tables that colgen made in schema {self.schema!r} have been changed since ({'; '.join(changed)}); "
                "undo that, or leave them as they are and name another schema with --schema"
            )

    def drop(self, progress: Progress = no_progress) -> list[str]:
        """Removes what colgen made here, and the schema if colgen created it and nothing else is in it or hangs on it; the names of what is
        gone. TargetError where something was changed since, or is in use."""
        before = self.look()
        self.refuse_changes(before)

        def attempt() -> list[str]:
            with self.connection.transaction():
                lock(self.connection, self.schema, tables_of(self.connection, before.made))
                self.refuse_difference(before)
                drop(self.connection, self.schema, before.made)
                if before.created and not self._hangs_on():
                    self.connection.execute(statement("DROP SCHEMA {}", self.schema))
            return sorted(before.made)

        if not before.made:
            return []
        return patiently(attempt, self.connection, self.schema, list(before.made.values()), progress)

    def filled(self) -> dict[str, int]:
        """How many rows colgen has put into tables of the user's, by table."""
        return counted(table for fill in fills.recorded(self.connection, self.schema) for table in fill.tables)

    def empty(self, even_changed: bool = False, progress: Progress = no_progress) -> int:
        """Takes away the rows that colgen has put into tables of the user's, those of all fills or none; how many."""
        listed = fills.recorded(self.connection, self.schema)

        def attempt() -> int:
            with self.connection.transaction():
                return sum(sum(fills.remove(self.connection, fill, even_changed).values()) for fill in listed)

        return patiently(attempt, self.connection, self.schema, [table.number for fill in listed for table in fill.tables], progress)

    def refuse_difference(self, before: Snapshot) -> None:
        """TargetError where the schema is no longer as it was."""
        now = self.look()
        self.refuse_changes(now)
        if (now.number, now.objects, now.made) != (before.number, before.objects, before.made):
            raise TargetError(f"somebody else has changed what is in schema {self.schema!r} meanwhile; see what it is, and try again")

    def _hangs_on(self) -> bool:
        """Whether anything is in the schema, or is declared of it, such as default privileges."""
        sql = "SELECT count(*) FROM pg_depend JOIN pg_namespace ON pg_namespace.oid = refobjid WHERE refclassid = 'pg_namespace'::regclass AND nspname = %s"
        return bool(self.one(sql, self.schema))


def tables_of(connection: psycopg.Connection[Any], made: Mapping[str, int]) -> list[str]:
    """The tables among what colgen made, in order; the others are the enumerations that their columns have."""
    others = contents.enumerations(connection, made.values())
    return sorted(name for name, number in made.items() if number not in others)


def drop(connection: psycopg.Connection[Any], schema: str, made: Mapping[str, int]) -> None:
    """Drops tables of a schema, all at once, and then enumerations. TargetError where something else needs one."""
    enumerations = contents.enumerations(connection, made.values())
    named = {"TABLE": tables_of(connection, made), "TYPE": sorted(enumerations.values())}
    try:
        for kind, names in named.items():
            if names:
                listed = ", ".join(["{}.{}"] * len(names))
                connection.execute(statement(f"DROP {kind} {listed}", *(part for name in names for part in (schema, name))))
    except driver().errors.DependentObjectsStillExist as error:
        raise explained(error, schema) from None


def refuse_name(kind: str, name: str) -> None:
    """TargetError for a name that PostgreSQL does not take, or takes for another.

    kind : what it is the name of
    """
    try:
        is_valid = 1 <= len(name.encode()) <= LONGEST_NAME and "\0" not in name
    except UnicodeEncodeError:
        is_valid = False
    if not is_valid:
        raise TargetError(f"PostgreSQL takes no {kind} called {name!r}: a name has 1 to {LONGEST_NAME} bytes of UTF-8 without NUL")


@contextmanager
def hold(url: str, schema: str) -> Iterator[Schema]:
    """A schema that nobody else builds into meanwhile. What the server refuses is a ColgenError, in words."""
    held = Schema(url, schema)
    try:
        held.lock()
        yield held
    except driver().Error as error:
        raise explained(error, schema) from error
    finally:
        held.close()


def schemas_with_builds(url: str) -> list[str]:
    """The schemas of a database that say of themselves that they hold a build, as far as one may look into them."""
    connection = connect(url)
    try:
        rows = connection.execute(
            """SELECT nspname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
            WHERE relname = %s AND relkind = 'r'
            AND has_schema_privilege(pg_namespace.oid, 'USAGE') AND has_table_privilege(pg_class.oid, 'SELECT') ORDER BY nspname""",
            (MANIFEST,),
        ).fetchall()
    finally:
        connection.close()
    return [name for (name,) in rows]
