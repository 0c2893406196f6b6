"""Into PostgreSQL: loaded into a schema of its own beside the target, by binary COPY over several connections, indexed and linked there,
and then put in the target's place in one transaction. Whoever reads the target sees the old build or the whole new one.
"""

from __future__ import annotations

import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from colgen import engines
from colgen import manifest as manifests
from colgen.checks import Outcome, check
from colgen.columns import Key
from colgen.errors import ColgenError, Interrupted, TargetError
from colgen.generate import Run
from colgen.guard import without_password
from colgen.memory import keep_freed_memory
from colgen.model import Model
from colgen.pipeline import CheckFailed, Progress, Silence, Summary, batches_of, columns_of
from colgen.plan import Plan, Task, plan
from colgen.relations import key_of
from colgen.sinks import copy
from colgen.spec import Spec
from colgen.table import Table
from colgen.targets import MANIFEST, refuse_what_is_there
from colgen.targets.references import parents_first, referred
from colgen.targets.schema import Target, connect, driver, held, said, statement
from colgen.views import quoted

if TYPE_CHECKING:
    import psycopg

ENCODED_AT_ONCE = 1 << 15
"""So many rows are encoded at a time: they stay in the cache, and in memory that is at hand."""

SENT_AT_ONCE = 1 << 23
"""So many bytes of rows are gathered before they are sent."""

_ON_ITS_WAY = 1 << 22
"""So many bytes may be in a local socket, so that the server has work while NumPy holds the interpreter: by default it is a millisecond's."""

_TYPES = {"VARCHAR": "text", "JSON": "jsonb"}


def type_of(sql: str) -> str:
    """What PostgreSQL calls a type of `colgen.datatypes`.

    >>> type_of("DECIMAL(12,2)"), type_of("JSON"), type_of("TIMESTAMPTZ")
    ('numeric(12,2)', 'jsonb', 'timestamptz')
    """
    return _TYPES.get(sql, sql.lower().replace("decimal", "numeric"))


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
            self._own.connection = _roomy(connect(self.target.url))
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
            connection.execute(statement("CREATE SCHEMA {}", staging))
            for table in self.tables:
                columns = [
                    f"{{}} {kind}{'' if one.nullable else ' NOT NULL'}"
                    for one, kind in zip(table.visible(), self._types[table.__tablename__], strict=True)
                ]
                names = [one.name for one in table.visible()]
                connection.execute(statement(f"CREATE TABLE {{}}.{{}} ({', '.join(columns)})", staging, table.__tablename__, *names))

    def fill(self) -> None:
        """Every row."""
        engines.run(self.plan.tasks, self.run, self._work, self._done, self.threads, self.progress)

    def _work(self, task: Task, stop: threading.Event, progress: engines.Told) -> dict[str, int]:
        """Makes and encodes rows while the server takes in those before them."""
        connection, waiting = self.connection(), {name: _Waiting() for name in task.parts if name in self._schemas}
        with connection.transaction(), ThreadPoolExecutor(1, thread_name_prefix="colgen-send") as sender:
            sending: Future[None] | None = None

            def send(name: str) -> None:
                nonlocal sending
                if sending is not None:
                    sending.result()
                sending = sender.submit(self._send, connection, name, waiting[name].emptied())

            for name, batch in batches_of(self.model, self.run, task, self._schemas):
                if stop.is_set():
                    raise ColgenError("stopped")
                for first in range(0, len(batch), ENCODED_AT_ONCE):
                    some = batch.slice(first, ENCODED_AT_ONCE)
                    waiting[name].add(copy.rows(some, self._types[name]), len(some))
                    if waiting[name].bytes >= SENT_AT_ONCE:
                        send(name)
                progress.rows(name, len(batch))
            for name, rest in waiting.items():
                if rest.pieces:
                    send(name)
            if sending is not None:
                sending.result()
        return {name: rest.rows for name, rest in waiting.items()}

    def _done(self, rows: dict[str, int]) -> None:
        for name, count in rows.items():
            self.rows[name] += count

    def _send(self, connection: psycopg.Connection[Any], name: str, pieces: list[memoryview]) -> None:
        with connection.cursor().copy(statement("COPY {}.{} FROM STDIN (FORMAT binary)", self.target.staging, name)) as stream:
            stream.write(copy.HEADER)
            for piece in pieces:
                stream.write(piece)
            stream.write(copy.TRAILER)

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
                connection.execute(statement("ALTER TABLE {}.{} ADD PRIMARY KEY ({})", staging, name, column.name))
            elif column.unique:
                connection.execute(statement("ALTER TABLE {}.{} ADD UNIQUE ({})", staging, name, column.name))
            elif referred(table, column.name, self.tables):
                connection.execute(statement("CREATE INDEX ON {}.{} ({})", staging, name, column.name))

    def _references(self, table: type[Table]) -> None:
        connection, staging, name = self.connection(), self.target.staging, table.__tablename__
        for column in table.visible():
            other = referred(table, column.name, self.tables)
            if other is not None:
                connection.execute(
                    statement(
                        "ALTER TABLE {}.{} ADD FOREIGN KEY ({}) REFERENCES {}.{} ({})",
                        staging,
                        name,
                        column.name,
                        staging,
                        other.__tablename__,
                        key_of(other),
                    )
                )

    def _describe(self, table: type[Table]) -> None:
        from psycopg.sql import SQL, Literal

        connection, staging, name = self.connection(), self.target.staging, table.__tablename__
        connection.execute(statement("COMMENT ON TABLE {}.{} IS ", staging, name) + SQL("{}").format(Literal(table.summary())))
        for field in self._schemas[name]:
            said = (field.metadata or {}).get(b"comment", b"").decode()
            if said:
                connection.execute(statement("COMMENT ON COLUMN {}.{}.{} IS ", staging, name, field.name) + SQL("{}").format(Literal(said)))
        connection.execute(statement("ANALYZE {}.{}", staging, name))

    def manifest(self) -> manifests.Manifest:
        """What is made, as beside files: there are no parts."""
        tables = {name: manifests.TableEntry(rows=rows, columns=columns_of(self.model, name), parts=[]) for name, rows in self.rows.items()}
        return manifests.Manifest.here(self.plan.spec, tables=tables)

    def checked(self) -> tuple[Outcome, ...]:
        """Every rule proved on what was loaded: the tables as the server gives them back. CheckFailed if one does not hold."""
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            for table in self.tables:
                self._export(table.__tablename__, folder)
            found = self.manifest()
            spec = found.spec.model_copy(update={"format": "csv", "compression": "snappy"})
            found.model_copy(update={"spec": spec}).write(folder)
            outcomes = tuple(check(folder, self.model))
        if not all(outcome.holds for outcome in outcomes):
            raise CheckFailed(outcomes)
        return outcomes

    def _export(self, name: str, folder: Path) -> None:
        """A table as a CSV file like those that colgen writes."""
        connection = self.target.connection
        (folder / name).mkdir()
        with connection.transaction(), (folder / name / "part-00000.csv").open("wb") as file:
            connection.execute("SET LOCAL TimeZone = 'UTC'")
            with connection.cursor().copy(statement("COPY {}.{} TO STDOUT (FORMAT csv, HEADER)", self.target.staging, name)) as stream:
                for piece in stream:
                    file.write(piece)

    def _note(self, found: manifests.Manifest) -> None:
        """Lists the new tables in the staging schema, so that what is published says what it is."""
        from psycopg.types.json import Jsonb

        connection, staging = self.target.connection, self.target.staging
        connection.execute(statement("CREATE TABLE {}.{} (manifest jsonb NOT NULL, tables jsonb NOT NULL)", staging, MANIFEST))
        connection.execute(statement("COMMENT ON TABLE {}.{} IS 'What colgen made in this schema, and from what.'", staging, MANIFEST))
        connection.execute(
            statement(
                """INSERT INTO {}.{} SELECT %s, jsonb_object_agg(relname, pg_class.oid::bigint) FROM pg_class
                JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = %s AND relkind = 'r' AND relname <> %s""",
                staging,
                MANIFEST,
            ),
            (Jsonb(found.model_dump(mode="json")), staging, MANIFEST),
        )

    def publish(self, found: manifests.Manifest) -> None:
        """The new tables take the place of those that colgen made before, in one transaction."""
        target, connection = self.target, self.target.connection
        with connection.transaction():
            self._note(found)
            connection.execute(statement("CREATE SCHEMA IF NOT EXISTS {}", target.schema))
            target.drop_tables(sorted(target.made()))
            for name in (*self.plan.spec.tables, MANIFEST):
                connection.execute(statement("ALTER TABLE {}.{} SET SCHEMA {}", target.staging, name, target.schema))
            connection.execute(statement("DROP SCHEMA {}", target.staging))

    def append(self) -> dict[str, int]:
        """Adds the rows whose keys are not there yet to the tables that are; how many were new."""
        new, target, connection = {}, self.target, self.target.connection
        with connection.transaction():
            for table in parents_first(self.tables):
                names = [one.name for one in table.visible()]
                listed = ", ".join(["{}"] * len(names))
                done = connection.execute(
                    statement(
                        f"INSERT INTO {{}}.{{}} ({listed}) SELECT {listed} FROM {{}}.{{}} ON CONFLICT DO NOTHING",
                        target.schema,
                        table.__tablename__,
                        *names,
                        *names,
                        target.staging,
                        table.__tablename__,
                    )
                )
                new[table.__tablename__] = done.rowcount
            connection.execute(statement("DROP SCHEMA {} CASCADE", target.staging))
        return new

    def sizes(self) -> dict[str, int]:
        """Bytes of each table in the target, indexes included."""
        sizes = {}
        for name in self.rows:
            place = f"{quoted(self.target.schema)}.{quoted(name)}"
            sizes[name] = int(self.target.one("SELECT pg_total_relation_size(%s::regclass)", place))
        return sizes


def _roomy(connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """The connection with more room in its socket, if that is a local one (TCP sees to its own)."""
    seen = socket.socket(fileno=connection.fileno())
    if seen.family == getattr(socket, "AF_UNIX", None):
        seen.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ON_ITS_WAY)
    seen.detach()
    return connection


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

    def emptied(self) -> list[memoryview]:
        """What waits, and no longer does."""
        pieces, self.pieces, self.bytes = self.pieces, [], 0
        return pieces


def load(
    spec: Spec,
    model: Model,
    url: str,
    schema: str,
    *,
    threads: int | None = None,
    overwrite: bool = False,
    append: bool = False,
    constraints: bool | None = None,
    checked: bool = False,
    allowed: Callable[[Target, Plan], None] | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Makes the data of a spec and publishes it as the tables of a schema, whole or not at all.

    url : postgresql://…, or what else libpq connects by
    threads : how many tasks run at once, each over a connection of its own; one for each core if None
    overwrite : replace the tables that colgen made there before, in one step
    append : add the rows whose keys are not there yet to those tables; `Summary.added` says how many
    constraints : primary and foreign keys, unique columns and indexes on references; all of them if None
    checked : prove every rule on what was loaded before it is published; CheckFailed if one does not hold
    allowed : raises TargetError if the plan must not go there; asked before anything is written

    Raises TargetError where the database cannot be reached, refuses, or holds what must not be touched; nothing is left there after any error.
    """
    psycopg = driver()
    keep_freed_memory()
    began = time.perf_counter()
    progress, threads = progress or Silence(), threads or os.cpu_count() or 1
    run = spec.run(model)
    made = plan(spec, model, run)
    outcomes: tuple[Outcome, ...] | None = None
    added: dict[str, int] | None = None
    with held(url, schema) as target:
        if allowed is not None:
            allowed(target, made)
        refuse_what_is_there(target, spec, model, overwrite, append)
        target.clear()  # what a load that was killed has left
        work = Load(target, made, model, run, threads, progress)
        try:
            progress.begin(made)
            work.create()
            work.fill()
            keyed = constraints is not False and not append
            if keyed:
                progress.stage("keys and indexes")
            work.finish(keyed)
            if checked:
                progress.stage("checking")
                outcomes = work.checked()
            if append:
                progress.stage("adding what is new")
                added = work.append()
            else:
                work.publish(work.manifest())
            sizes = work.sizes()
        except psycopg.Error as error:
            raise _explained(error, target) from error
        except KeyboardInterrupt:
            raise Interrupted("interrupted; nothing was left behind") from None
        finally:
            progress.end()
            work.close()
            with suppress(psycopg.Error):
                target.clear()
    return Summary(
        without_password(f"{url} schema {schema}"), spec, dict(work.rows), sizes, time.perf_counter() - began, outcomes, added=added
    )


def _explained(error: Exception, target: Target) -> ColgenError:
    """What the server said, for people."""
    import psycopg

    words = said(error)
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return TargetError(f"schema {target.schema!r} cannot be written: {words}")
    if isinstance(error, psycopg.errors.DiskFull):
        return ColgenError(f"the server's disk is full: {words}; nothing was left behind")
    if isinstance(error, psycopg.OperationalError):
        return ColgenError(f"the server went away: {words}; the next build clears what may be left")
    return ColgenError(f"PostgreSQL refused: {words}; nothing was left behind")
