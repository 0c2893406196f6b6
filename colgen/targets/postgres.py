"""Into PostgreSQL: loaded into a schema of its own beside the target, by binary COPY over several connections, indexed and linked there,
and then put in the target's place in one transaction. Whoever reads the target sees the old build or the whole new one.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from colgen import engines, manifest
from colgen.columns import Key
from colgen.errors import ColgenError, Interrupted, RequestError, TargetError
from colgen.generate import BLOCK_CELLS, Run
from colgen.memory import keep_freed_memory
from colgen.model import Model
from colgen.pipeline import Progress, Silence, batches_of
from colgen.plan import Plan, Task, plan
from colgen.relations import key_of
from colgen.sinks import copy
from colgen.spec import Spec
from colgen.table import Table

if TYPE_CHECKING:
    import psycopg
    from psycopg.sql import Composed

MANIFEST = "colgen_manifest"
"""The table in a schema that says which of its tables colgen made, and from what."""

SENT_AT_ONCE = 1 << 24
"""So many bytes of rows are gathered before they are sent."""

_TYPES = {"VARCHAR": "text", "JSON": "jsonb"}


def type_of(sql: str) -> str:
    """What PostgreSQL calls a type of `colgen.datatypes`.

    >>> type_of("DECIMAL(12,2)"), type_of("JSON"), type_of("TIMESTAMPTZ")
    ('numeric(12,2)', 'jsonb', 'timestamptz')
    """
    return _TYPES.get(sql, sql.lower().replace("decimal", "numeric"))


def connect(url: str) -> psycopg.Connection[Any]:
    """A connection that commits each statement. TargetError where there is none to be had; it never shows the password."""
    try:
        import psycopg
    except ImportError:
        raise RequestError("a PostgreSQL target needs psycopg: pip install 'colgen[postgres]'") from None
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=15, application_name="colgen")
    except psycopg.Error as error:
        raise TargetError(f"no connection to PostgreSQL: {_said(error)}") from None


def _said(error: Exception) -> str:
    """The server's words in one line."""
    return " ".join(str(error).split())


def staging_name(schema: str) -> str:
    """The schema that a load goes into before it is published: at most 63 bytes, as PostgreSQL allows."""
    name = f"colgen_new_{schema}"
    return name if len(name.encode()) <= 63 else f"colgen_new_{hashlib.blake2b(schema.encode(), digest_size=16).hexdigest()}"


class Target:
    """A schema of a database, held by one load at a time.

    made : the tables there that colgen made, with their numbers (oid); strange : all others
    """

    def __init__(self, url: str, schema: str) -> None:
        self.url, self.schema, self.staging = url, schema, staging_name(schema)
        self.connection = connect(url)

    def close(self) -> None:
        self.connection.close()

    def lock(self) -> None:
        """Keeps other loads out until the connection ends, however it ends."""
        number = int.from_bytes(hashlib.blake2b(f"colgen {self.schema}".encode(), digest_size=8).digest(), "big", signed=True)
        if not self._one("SELECT pg_try_advisory_lock(%s)", number):
            raise TargetError(f"another build into schema {self.schema!r} is under way; wait for it or name another schema")

    def _one(self, sql: str, *values: Any) -> Any:
        row = self.connection.execute(sql, values).fetchone()  # type: ignore[call-overload]
        return row[0] if row is not None else None

    @property
    def exists(self) -> bool:
        return bool(self._one("SELECT count(*) FROM pg_namespace WHERE nspname = %s", self.schema))

    def relations(self) -> dict[str, int]:
        """Every table, view and sequence of the schema that stands for itself, by name, with its number."""
        rows = self.connection.execute(
            """SELECT relname, pg_class.oid::bigint FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
            WHERE nspname = %s AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')""",
            (self.schema,),
        ).fetchall()
        return dict(rows)

    def made(self) -> dict[str, int]:
        """Those of them that colgen made: the schema's own list says so, and their numbers are still the same."""
        there = self.relations()
        if MANIFEST not in there:
            return {}
        listed = self._one(_sql("SELECT tables FROM {}.{}", self.schema, MANIFEST)) or {}
        return {name: number for name, number in {**listed, MANIFEST: there[MANIFEST]}.items() if there.get(name) == number}

    def manifest(self) -> manifest.Manifest | None:
        """Of the build that is there."""
        if MANIFEST not in self.relations():
            return None
        return manifest.Manifest.model_validate(self._one(_sql("SELECT manifest FROM {}.{}", self.schema, MANIFEST)))

    def clear(self) -> None:
        """Removes what a load that was killed has left."""
        with self.connection.transaction():
            self.connection.execute("SET LOCAL client_min_messages = warning")
            self.connection.execute(_sql("DROP SCHEMA IF EXISTS {} CASCADE", self.staging))

    def drop(self) -> list[str]:
        """Removes what colgen made here, and the schema if nothing else is in it; the names of what is gone."""
        import psycopg

        names = sorted(self.made())
        try:
            with self.connection.transaction():
                self._drop(names)
                if not self.relations():
                    self.connection.execute(_sql("DROP SCHEMA IF EXISTS {}", self.schema))
        except psycopg.errors.DependentObjectsStillExist as error:
            raise TargetError(f"schema {self.schema!r}: something of yours needs its tables: {error.diag.message_detail}") from None
        return names

    def _drop(self, names: Sequence[str]) -> None:
        if names:
            listed = ", ".join(["{}.{}"] * len(names))
            self.connection.execute(_sql(f"DROP TABLE {listed}", *(part for name in names for part in (self.schema, name))))


def _sql(text: str, *identifiers: str) -> Composed:
    """A statement with identifiers, quoted, for its braces."""
    from psycopg.sql import SQL, Identifier

    return SQL(text).format(*map(Identifier, identifiers))  # type: ignore[arg-type]


@contextmanager
def held(url: str, schema: str) -> Iterator[Target]:
    """A target that no other load holds, cleared of what a killed one has left."""
    target = Target(url, schema)
    try:
        target.lock()
        target.clear()
        yield target
    finally:
        target.close()


class Load:
    """One build on its way into a database.

    target : held; plan, model, run : what is made
    """

    def __init__(self, target: Target, plan: Plan, model: Model, run: Run, threads: int, progress: Progress) -> None:
        self.target, self.plan, self.model, self.run = target, plan, model, run
        self.threads, self.progress = threads, progress
        self.tables = [model.table(name) for name in plan.spec.tables]
        self.rows = dict.fromkeys(plan.spec.tables, 0)
        self._schemas = {table.__tablename__: run.schema(table) for table in self.tables}
        self._types = {table.__tablename__: [type_of(one.type.sql) for one in table.visible()] for table in self.tables}
        self._own = threading.local()
        self._opened: list[psycopg.Connection[Any]] = []
        self._lock = threading.Lock()

    def connection(self) -> psycopg.Connection[Any]:
        """This thread's."""
        if not hasattr(self._own, "connection"):
            self._own.connection = connect(self.target.url)
            with self._lock:
                self._opened.append(self._own.connection)
        return self._own.connection

    def close(self) -> None:
        for connection in self._opened:
            with suppress(Exception):
                connection.close()

    def create(self) -> None:
        """The staging schema and its tables, without keys: those come when all rows are there."""
        connection, staging = self.target.connection, self.target.staging
        with connection.transaction():
            connection.execute(_sql("CREATE SCHEMA {}", staging))
            for table in self.tables:
                columns = [
                    f"{{}} {kind}{'' if one.nullable else ' NOT NULL'}"
                    for one, kind in zip(table.visible(), self._types[table.__tablename__], strict=True)
                ]
                names = [one.name for one in table.visible()]
                connection.execute(_sql(f"CREATE TABLE {{}}.{{}} ({', '.join(columns)})", staging, table.__tablename__, *names))

    def fill(self) -> None:
        """Every row."""
        engines.run(self.plan.tasks, self._work, self._done, self.threads)

    def _work(self, task: Task, stop: threading.Event) -> dict[str, int]:
        connection, waiting = self.connection(), {name: _Waiting() for name in task.counts if name in self._schemas}
        with connection.transaction():
            for name, batch in batches_of(self.model, self.run, task, self._schemas, BLOCK_CELLS):
                if stop.is_set():
                    raise ColgenError("stopped")
                waiting[name].add(copy.rows(batch, self._types[name]), len(batch))
                if waiting[name].bytes >= SENT_AT_ONCE:
                    self._send(connection, name, waiting[name])
                self.progress.rows(name, len(batch))
            for name, some in waiting.items():
                self._send(connection, name, some)
        return {name: some.rows for name, some in waiting.items()}

    def _done(self, rows: dict[str, int]) -> None:
        for name, count in rows.items():
            self.rows[name] += count

    def _send(self, connection: psycopg.Connection[Any], name: str, waiting: _Waiting) -> None:
        if waiting.pieces:
            with connection.cursor().copy(_sql("COPY {}.{} FROM STDIN (FORMAT binary)", self.target.staging, name)) as stream:
                stream.write(copy.HEADER)
                for piece in waiting.pieces:
                    stream.write(piece)
                stream.write(copy.TRAILER)
            waiting.empty()

    def finish(self, constraints: bool) -> None:
        """Keys, indexes and references, comments, and the planner's statistics; several tables at a time."""
        steps = [self._keys] if constraints else []
        steps += [self._describe]
        for step in steps:
            self._each(step)
        if constraints:
            self._each(self._references)

    def _each(self, step: Callable[[type[Table]], None]) -> None:
        largest_first = sorted(self.tables, key=lambda table: -self.rows[table.__tablename__])
        with ThreadPoolExecutor(self.threads) as pool:
            for done in [pool.submit(step, table) for table in largest_first]:
                done.result()

    def _keys(self, table: type[Table]) -> None:
        connection, staging, name = self.connection(), self.target.staging, table.__tablename__
        for column in table.visible():
            if isinstance(column, Key):
                connection.execute(_sql("ALTER TABLE {}.{} ADD PRIMARY KEY ({})", staging, name, column.name))
            elif column.unique:
                connection.execute(_sql("ALTER TABLE {}.{} ADD UNIQUE ({})", staging, name, column.name))
            elif self._refers(table, column.name):
                connection.execute(_sql("CREATE INDEX ON {}.{} ({})", staging, name, column.name))

    def _refers(self, table: type[Table], name: str) -> type[Table] | None:
        """The written table that a column refers to by its written key."""
        other = table.__columns__[name].references
        if other is None or other not in self.tables or other.__columns__[key_of(other)].hidden:
            return None
        return other

    def _references(self, table: type[Table]) -> None:
        connection, staging, name = self.connection(), self.target.staging, table.__tablename__
        for column in table.visible():
            other = self._refers(table, column.name)
            if other is not None:
                connection.execute(
                    _sql(
                        "ALTER TABLE {}.{} ADD FOREIGN KEY ({}) REFERENCES {}.{} ({})",
                        staging, name, column.name, staging, other.__tablename__, key_of(other),
                    )  # fmt: skip
                )

    def _describe(self, table: type[Table]) -> None:
        from psycopg.sql import SQL, Literal

        connection, staging, name = self.connection(), self.target.staging, table.__tablename__
        connection.execute(_sql("COMMENT ON TABLE {}.{} IS ", staging, name) + SQL("{}").format(Literal(table.summary())))
        for field in self._schemas[name]:
            said = (field.metadata or {}).get(b"comment", b"").decode()
            if said:
                connection.execute(_sql("COMMENT ON COLUMN {}.{}.{} IS ", staging, name, field.name) + SQL("{}").format(Literal(said)))
        connection.execute(_sql("ANALYZE {}.{}", staging, name))

    def _note(self, found: manifest.Manifest) -> None:
        """Lists the new tables in the staging schema, so that what is published says what it is."""
        from psycopg.types.json import Jsonb

        connection, staging = self.target.connection, self.target.staging
        connection.execute(_sql("CREATE TABLE {}.{} (manifest jsonb NOT NULL, tables jsonb NOT NULL)", staging, MANIFEST))
        connection.execute(_sql("COMMENT ON TABLE {}.{} IS 'What colgen made in this schema, and from what.'", staging, MANIFEST))
        connection.execute(
            _sql(
                """INSERT INTO {}.{} SELECT %s, jsonb_object_agg(relname, pg_class.oid::bigint) FROM pg_class
                JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = %s AND relkind = 'r' AND relname <> %s""",
                staging,
                MANIFEST,
            ),
            (Jsonb(found.model_dump(mode="json")), staging, MANIFEST),
        )

    def publish(self, found: manifest.Manifest) -> None:
        """The new tables take the place of those that colgen made before, in one transaction."""
        import psycopg

        target, connection = self.target, self.target.connection
        try:
            with connection.transaction():
                self._note(found)
                connection.execute(_sql("CREATE SCHEMA IF NOT EXISTS {}", target.schema))
                target._drop(sorted(target.made()))
                for name in (*self.plan.spec.tables, MANIFEST):
                    connection.execute(_sql("ALTER TABLE {}.{} SET SCHEMA {}", target.staging, name, target.schema))
                connection.execute(_sql("DROP SCHEMA {}", target.staging))
        except psycopg.errors.DependentObjectsStillExist as error:
            raise TargetError(f"schema {target.schema!r}: something of yours needs its tables: {error.diag.message_detail}") from None

    def append(self) -> dict[str, int]:
        """Adds the rows whose keys are not there yet to the tables that are; how many were new."""
        new, target, connection = {}, self.target, self.target.connection
        with connection.transaction():
            for table in self._parents_first():
                names = [one.name for one in table.visible()]
                listed = ", ".join(["{}"] * len(names))
                done = connection.execute(
                    _sql(
                        f"INSERT INTO {{}}.{{}} ({listed}) SELECT {listed} FROM {{}}.{{}} ON CONFLICT DO NOTHING",
                        target.schema, table.__tablename__, *names, *names, target.staging, table.__tablename__,
                    )  # fmt: skip
                )
                new[table.__tablename__] = done.rowcount
            connection.execute(_sql("DROP SCHEMA {} CASCADE", target.staging))
        return new

    def _parents_first(self) -> list[type[Table]]:
        """The tables in an order in which none refers to a later one."""
        ordered: list[type[Table]] = []

        def place(table: type[Table]) -> None:
            for column in table.visible():
                other = self._refers(table, column.name)
                if other is not None and other is not table and other not in ordered:
                    place(other)
            if table not in ordered:
                ordered.append(table)

        for table in self.tables:
            place(table)
        return ordered

    def sizes(self) -> dict[str, int]:
        """Bytes of each table in the target, indexes included."""
        sizes = {}
        for table in self.tables:
            name = f'"{self.target.schema.replace(chr(34), chr(34) * 2)}"."{table.__tablename__}"'
            sizes[table.__tablename__] = int(self.target._one("SELECT pg_total_relation_size(%s::regclass)", name))
        return sizes


class _Waiting:
    """Encoded rows of one table that have not been sent yet."""

    def __init__(self) -> None:
        self.pieces: list[memoryview] = []
        self.bytes = self.rows = 0

    def add(self, piece: memoryview, rows: int) -> None:
        if rows:
            self.pieces.append(piece)
        self.bytes += len(piece)
        self.rows += rows

    def empty(self) -> None:
        self.pieces, self.bytes = [], 0
