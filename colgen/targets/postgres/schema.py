"""A schema of a PostgreSQL database: what is there, what of it colgen made, and a lock so that one load at a time goes there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from colgen.errors import RequestError, TargetError
from colgen.targets import manifest as manifests
from colgen.targets.destination import MANIFEST
from colgen.targets.sql import one_line

if TYPE_CHECKING:
    import psycopg
    from psycopg.sql import Composed


def driver() -> Any:
    """psycopg, or a RequestError that says what to install."""
    try:
        import psycopg
    except ImportError:
        raise RequestError("a PostgreSQL target needs psycopg: pip install 'colgen[postgres]'") from None
    return psycopg


def connect(url: str) -> psycopg.Connection[Any]:
    """A connection that commits each statement. TargetError where there is none to be had; it never shows the password."""
    psycopg = driver()
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=15, application_name="colgen")
    except psycopg.Error as error:
        raise TargetError(f"no connection to PostgreSQL: {one_line(error)}") from None


def staging_name(schema: str) -> str:
    """The schema that a load goes into before it is published: at most 63 bytes, as PostgreSQL allows."""
    name = f"colgen_new_{schema}"
    return name if len(name.encode()) <= 63 else f"colgen_new_{hashlib.blake2b(schema.encode(), digest_size=16).hexdigest()}"


class Schema:
    """A schema of a database, held by one load at a time."""

    def __init__(self, url: str, schema: str) -> None:
        self.url, self.schema, self.staging = url, schema, staging_name(schema)
        self.connection = connect(url)

    def close(self) -> None:
        """Ends the connection; whoever comes next need not wait until the server has seen that."""
        with suppress(driver().Error):
            self.connection.execute("SELECT pg_advisory_unlock_all()")
        self.connection.close()

    def lock(self) -> None:
        """Keeps other loads out until the connection ends, however it ends."""
        number = int.from_bytes(hashlib.blake2b(f"colgen {self.schema}".encode(), digest_size=8).digest(), "big", signed=True)
        if not self.one("SELECT pg_try_advisory_lock(%s)", number):
            raise TargetError(f"another build into schema {self.schema!r} is under way; wait for it or name another schema")

    def one(self, sql: Any, *values: Any) -> Any:
        """The single value that a query gives; None where it gives no row."""
        row = self.connection.execute(sql, values).fetchone()
        return row[0] if row is not None else None

    def where(self) -> dict[str, Any]:
        """Host, port and database, in the guard's words; how much room the server has is not known."""
        info = self.connection.info
        host = "" if info.host.startswith("/") else info.host
        return {"kind": "postgresql", "host": host, "port": info.port, "database": info.dbname, "free_bytes": None}

    @property
    def exists(self) -> bool:
        return bool(self.one("SELECT count(*) FROM pg_namespace WHERE nspname = %s", self.schema))

    def relations(self) -> dict[str, int]:
        """Every table, view and sequence of the schema that stands for itself: its number by name."""
        rows = self.connection.execute(
            """SELECT relname, pg_class.oid::bigint FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
            WHERE nspname = %s AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')""",
            (self.schema,),
        ).fetchall()
        return dict(rows)

    def made(self) -> dict[str, int]:
        """Those of them that colgen made: they are on the schema's own list, and their numbers are still the same."""
        there = self.relations()
        if MANIFEST not in there:
            return {}
        listed = self.one(statement("SELECT tables FROM {}.{}", self.schema, MANIFEST)) or {}
        return {name: number for name, number in {**listed, MANIFEST: there[MANIFEST]}.items() if there.get(name) == number}

    def manifest(self) -> manifests.Manifest | None:
        """Of the build that is there."""
        if MANIFEST not in self.relations():
            return None
        return manifests.Manifest.model_validate(self.one(statement("SELECT manifest FROM {}.{}", self.schema, MANIFEST)))

    def clear(self) -> None:
        """Removes what a load that was killed has left."""
        with self.connection.transaction():
            self.connection.execute("SET LOCAL client_min_messages = warning")
            self.connection.execute(statement("DROP SCHEMA IF EXISTS {} CASCADE", self.staging))

    def drop(self) -> list[str]:
        """Removes what colgen made here, and the schema if nothing else is in it; the names of what is gone."""
        names = sorted(self.made())
        with self.connection.transaction():
            self.drop_tables(names)
            if not self.relations():
                self.connection.execute(statement("DROP SCHEMA IF EXISTS {}", self.schema))
        return names

    def drop_tables(self, names: Sequence[str]) -> None:
        """Some of its tables, all at once. TargetError where something of the user's needs one."""
        if not names:
            return
        listed = ", ".join(["{}.{}"] * len(names))
        try:
            self.connection.execute(statement(f"DROP TABLE {listed}", *(part for name in names for part in (self.schema, name))))
        except driver().errors.DependentObjectsStillExist as error:
            raise TargetError(f"schema {self.schema!r}: something of yours depends on its tables: {error.diag.message_detail}") from None


def statement(text: str, *identifiers: str) -> Composed:
    """A statement with identifiers, quoted, for its braces."""
    from psycopg.sql import SQL, Identifier

    return SQL(text).format(*map(Identifier, identifiers))


@contextmanager
def hold(url: str, schema: str) -> Iterator[Schema]:
    """A schema that nobody else builds into meanwhile."""
    target = Schema(url, schema)
    try:
        target.lock()
        yield target
    finally:
        target.close()


def schemas_with_builds(url: str) -> list[str]:
    """The schemas of a database that say of themselves that they hold a build."""
    connection = connect(url)
    try:
        rows = connection.execute(
            """SELECT nspname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
            WHERE relname = %s AND relkind = 'r' AND nspname NOT LIKE 'colgen_new_%%' ORDER BY nspname""",
            (MANIFEST,),
        ).fetchall()
    finally:
        connection.close()
    return [name for (name,) in rows]
