"""A build as the tables of a schema in a PostgreSQL database.

The rows go into a schema of their own beside the target, by binary COPY over several connections; they are indexed and linked there, and
then put in the target's place in one transaction. Whoever reads the target sees the old build or the whole new one.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from colgen.declare.columns import Key
from colgen.declare.model import Model
from colgen.declare.table import TableInfo
from colgen.engines.progress import Progress, StageStarted
from colgen.errors import ColgenError, TargetError
from colgen.generate.generation import Generation
from colgen.generate.plan import Plan, Task
from colgen.generate.spec import Spec
from colgen.targets.database import DatabaseOptions, Safeguards, refuse_other_build, refuse_unsafe
from colgen.targets.destination import MANIFEST
from colgen.targets.finished import FinishedBuild
from colgen.targets.folder.file import OutputFile
from colgen.targets.manifest import Manifest, PartFile, TableEntry, table_entries
from colgen.targets.postgres import schema as schemas
from colgen.targets.postgres.connections import Connections
from colgen.targets.postgres.copy import CopyRows, type_of
from colgen.targets.postgres.schema import statement
from colgen.targets.references import parents_first, referred
from colgen.targets.sql import one_line, quoted
from colgen.targets.target import Published
from colgen.targets.urls import without_password

if TYPE_CHECKING:
    import psycopg


class PostgresTarget:
    """A schema of a PostgreSQL database.

    url : postgresql://…, or whatever else libpq connects by
    """

    exact = True
    must_be_proved = False

    def __init__(self, url: str, schema: str, options: DatabaseOptions, safeguards: Safeguards) -> None:
        self.url, self.schema, self.options, self.safeguards = url, schema, options, safeguards
        self._rows: dict[str, int] = {}

    def __str__(self) -> str:
        return without_password(f"{self.url} schema {self.schema}")

    def accept(self, spec: Spec) -> Spec:
        return spec

    @contextmanager
    def hold(self) -> Iterator[None]:
        psycopg = schemas.driver()
        self._connections = Connections(self.url)
        with schemas.hold(self.url, self.schema) as self._held, tempfile.TemporaryDirectory(prefix="colgen-") as scratch:
            self._scratch, self._staged = Path(scratch), False
            try:
                yield
            finally:
                self._connections.close()
                if self._staged:
                    with suppress(psycopg.Error):
                        self._held.clear()

    def refuse_without_room(self, needed: int) -> None:
        """How much room a server has, it does not say."""

    def refuse(self, plan: Plan, model: Model) -> None:
        refuse_unsafe(self._held, plan, self.options, self.safeguards)
        refuse_other_build(self._held, plan, model, self.options)

    def stage(self, plan: Plan, generation: Generation, workers: int, progress: Progress) -> Sequence[Task]:
        """The staging schema and its tables, without keys: those come when all rows are there."""
        self._staged = True
        self._held.clear()  # what a load that was killed has left
        self._plan, self._generation = plan, generation
        self._tables = [generation.model.table(name) for name in plan.spec.tables]
        self._rows = dict.fromkeys(plan.spec.tables, 0)
        with self._connection.transaction():
            self._connection.execute(statement("CREATE SCHEMA {}", self._staging))
            for table in self._tables:
                types = [f"{{}} {type_of(column.type.sql)}{'' if column.nullable else ' NOT NULL'}" for column in table.written_columns]
                names = [column.name for column in table.written_columns]
                self._connection.execute(statement(f"CREATE TABLE {{}}.{{}} ({', '.join(types)})", self._staging, table.name, *names))
        return plan.tasks

    @property
    def _connection(self) -> psycopg.Connection[Any]:
        return self._held.connection

    @property
    def _staging(self) -> str:
        return self._held.staging

    def job(self) -> CopyRows:
        return CopyRows(self._generation, self._connections, self._staging, self._plan.spec.tables)

    def add(self, result: dict[str, int]) -> None:
        for name, count in result.items():
            self._rows[name] += count

    def load(self, workers: int, progress: Progress) -> None:
        """Keys, indexes and references, comments, and the planner's statistics; several tables at a time."""
        keyed = self.options.constraints is not False and not self.options.append
        if keyed:
            progress(StageStarted("keys and indexes"))
            self._each(self._keys, workers)
        self._each(self._describe, workers)
        if keyed:
            self._each(self._references, workers)

    def _each(self, step: Callable[[psycopg.Connection[Any], TableInfo], None], workers: int) -> None:
        def work(table: TableInfo) -> None:
            with self._connections.borrow() as connection:
                step(connection, table)

        largest_first = sorted(self._tables, key=lambda table: -self._rows[table.name])
        with ThreadPoolExecutor(workers) as pool:
            for done in [pool.submit(work, table) for table in largest_first]:
                done.result()

    def _keys(self, connection: psycopg.Connection[Any], table: TableInfo) -> None:
        for column in table.written_columns:
            if isinstance(column, Key):
                connection.execute(statement("ALTER TABLE {}.{} ADD PRIMARY KEY ({})", self._staging, table.name, column.name))
            elif column.unique:
                connection.execute(statement("ALTER TABLE {}.{} ADD UNIQUE ({})", self._staging, table.name, column.name))
            elif referred(table, column.name, self._tables):
                connection.execute(statement("CREATE INDEX ON {}.{} ({})", self._staging, table.name, column.name))

    def _references(self, connection: psycopg.Connection[Any], table: TableInfo) -> None:
        for column in table.written_columns:
            other = referred(table, column.name, self._tables)
            if other is not None:
                text = "ALTER TABLE {}.{} ADD FOREIGN KEY ({}) REFERENCES {}.{} ({})"
                names = (self._staging, table.name, column.name, self._staging, other.name, other.key.name)
                connection.execute(statement(text, *names))

    def _describe(self, connection: psycopg.Connection[Any], table: TableInfo) -> None:
        from psycopg.sql import SQL, Literal

        names = (self._staging, table.name)
        connection.execute(statement("COMMENT ON TABLE {}.{} IS ", *names) + SQL("{}").format(Literal(table.summary)))
        for field in self._generation.arrow_schema(table):
            comment = (field.metadata or {}).get(b"comment", b"").decode()
            if comment:
                connection.execute(statement("COMMENT ON COLUMN {}.{}.{} IS ", *names, field.name) + SQL("{}").format(Literal(comment)))
        connection.execute(statement("ANALYZE {}.{}", *names))

    def _manifest(self) -> Manifest:
        """What is made, as beside files: there are no parts."""
        tables = {table.name: TableEntry(rows=self._rows[table.name], columns=table.sql_types, parts=[]) for table in self._tables}
        return Manifest.here(self._plan.spec, self._generation, tables=tables)

    def staged(self) -> FinishedBuild:
        """What was loaded: the tables as the server gives them back."""
        manifest = self._manifest()
        spec = manifest.spec.model_copy(update={"format": "csv", "compression": "snappy"})
        parts = {table.name: [self._export(table.name)] for table in self._tables}
        tables = table_entries(parts, {table.name: table.sql_types for table in self._tables})
        return FinishedBuild(self._scratch, manifest.model_copy(update={"spec": spec, "tables": tables}))

    def _export(self, name: str) -> PartFile:
        """A table as a CSV file like those that colgen writes."""
        (self._scratch / name).mkdir()
        part = f"{name}/part-00000.csv"
        with self._connection.transaction(), OutputFile(self._scratch / part) as file:
            self._connection.execute("SET LOCAL TimeZone = 'UTC'")
            copy = statement("COPY {}.{} TO STDOUT (FORMAT csv, HEADER)", self._staging, name)
            with self._connection.cursor().copy(copy) as stream:
                for piece in stream:
                    file.write(piece)
        return PartFile(file=part, rows=self._rows[name], bytes=file.size, digest=file.digest)

    def publish(self, progress: Progress) -> Published:
        """The new tables take the place of those that colgen made before, in one transaction; or what is new in them is added."""
        added = None
        if self.options.append:
            progress(StageStarted("adding what is new"))
            added = self._append()
        else:
            self._replace()
        return Published(dict(self._rows), self._sizes(), added=added)

    def _replace(self) -> None:
        with self._connection.transaction():
            self._note(self._manifest())
            self._connection.execute(statement("CREATE SCHEMA IF NOT EXISTS {}", self.schema))
            self._held.drop_tables(sorted(self._held.made()))
            for name in (*self._plan.spec.tables, MANIFEST):
                self._connection.execute(statement("ALTER TABLE {}.{} SET SCHEMA {}", self._staging, name, self.schema))
            self._connection.execute(statement("DROP SCHEMA {}", self._staging))

    def _note(self, manifest: Manifest) -> None:
        """Lists the new tables in the staging schema, so that what is published says what it is."""
        from psycopg.types.json import Jsonb

        names = (self._staging, MANIFEST)
        self._connection.execute(statement("CREATE TABLE {}.{} (manifest jsonb NOT NULL, tables jsonb NOT NULL)", *names))
        self._connection.execute(statement("COMMENT ON TABLE {}.{} IS 'What colgen made in this schema, and from what.'", *names))
        self._connection.execute(
            statement(
                """INSERT INTO {}.{} SELECT %s, jsonb_object_agg(relname, pg_class.oid::bigint) FROM pg_class
                JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = %s AND relkind = 'r' AND relname <> %s""",
                *names,
            ),
            (Jsonb(manifest.model_dump(mode="json")), self._staging, MANIFEST),
        )

    def _append(self) -> dict[str, int]:
        """Adds the rows whose keys are not there yet to the tables that are; how many were new."""
        new = {}
        with self._connection.transaction():
            for table in parents_first(self._tables):
                names = [column.name for column in table.written_columns]
                listed = ", ".join(["{}"] * len(names))
                insert = f"INSERT INTO {{}}.{{}} ({listed}) SELECT {listed} FROM {{}}.{{}} ON CONFLICT DO NOTHING"
                done = self._connection.execute(statement(insert, self.schema, table.name, *names, *names, self._staging, table.name))
                new[table.name] = done.rowcount
            self._connection.execute(statement("DROP SCHEMA {} CASCADE", self._staging))
        return new

    def _sizes(self) -> dict[str, int]:
        """Bytes of each table in the target, indexes included."""
        tables = {name: f"{quoted(self.schema)}.{quoted(name)}" for name in self._rows}
        return {name: int(self._held.one("SELECT pg_total_relation_size(%s::regclass)", table)) for name, table in tables.items()}

    def explain(self, error: Exception) -> Exception:
        psycopg = schemas.driver()
        if not isinstance(error, psycopg.Error):
            return error
        words = one_line(error)
        if isinstance(error, psycopg.errors.InsufficientPrivilege):
            return TargetError(f"schema {self.schema!r} cannot be written: {words}")
        if isinstance(error, psycopg.errors.DiskFull):
            return ColgenError(f"the server's disk is full: {words}; nothing was left behind")
        if isinstance(error, psycopg.OperationalError):
            return ColgenError(f"the server went away: {words}; the next build clears what may be left")
        return ColgenError(f"PostgreSQL refused: {words}; nothing was left behind")
