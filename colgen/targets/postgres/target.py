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
from colgen.errors import TargetError
from colgen.generate.generation import Generation
from colgen.generate.plan import Plan, Task
from colgen.generate.spec import Spec
from colgen.targets.database import DatabaseOptions, Safeguards, grown, refuse_other_build, refuse_unsafe
from colgen.targets.destination import MANIFEST
from colgen.targets.finished import FinishedBuild
from colgen.targets.folder.file import OutputFile
from colgen.targets.manifest import Manifest, PartFile, TableEntry, table_entries
from colgen.targets.postgres import record, types
from colgen.targets.postgres import schema as schemas
from colgen.targets.postgres.append import add_new_rows, move_sequence_on, move_sequences_on
from colgen.targets.postgres.connect import driver, statement
from colgen.targets.postgres.connections import Connections
from colgen.targets.postgres.copy import Copied, CopyRows
from colgen.targets.postgres.explain import explained
from colgen.targets.postgres.locks import lock, patiently
from colgen.targets.postgres.replacement import take_place
from colgen.targets.postgres.staging import Staging
from colgen.targets.references import parents_first, written_references
from colgen.targets.sql import quoted
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
        self._added: dict[str, int] | None = None

    def __str__(self) -> str:
        return without_password(f"{self.url} schema {self.schema}")

    def accept(self, spec: Spec) -> Spec:
        return spec

    @contextmanager
    def hold(self) -> Iterator[None]:
        psycopg = driver()
        self._connections = Connections(self.url)
        with schemas.hold(self.url, self.schema) as self._held, tempfile.TemporaryDirectory(prefix="colgen-") as scratch:
            self._scratch, self._staging, self._is_staged = Path(scratch), Staging(self._held), False
            try:
                yield
            finally:
                self._connections.close()
                if self._is_staged:
                    with suppress(psycopg.Error, TargetError):
                        self._connection.execute("ROLLBACK")
                        self._staging.clear()

    def refuse_without_room(self, needed: int) -> None:
        """How much room a server has, it does not say."""

    def refuse(self, plan: Plan, model: Model) -> None:
        for table in (model.table(name) for name in plan.spec.tables):
            for kind, name in [("table", table.name), *(("column", column.name) for column in table.written_columns)]:
                schemas.refuse_name(kind, name)
        if MANIFEST in plan.spec.tables:
            raise TargetError(f"a table {MANIFEST!r} of a model cannot go into a database, where colgen's own is called so")
        self._before = self._held.look()
        self._held.refuse_changes(self._before)
        refuse_unsafe(self._held, plan, self.options, self.safeguards)
        types.refuse_unknown(self._connection, [model.table(name) for name in plan.spec.tables])
        if self.options.append and self._before.recorded is not None:
            self._refuse_append(self._before.recorded.manifest)
        self.must_be_proved = refuse_other_build(self._held, plan, model, self.options)

    def _refuse_append(self, manifest: Manifest | None) -> None:
        """An append grows the whole build that is recorded, which has to be there."""
        if manifest is None:
            raise TargetError(f"the build in schema {self.schema!r} was made by another version of colgen; build it again with --overwrite")
        missing = sorted(manifest.tables.keys() - self._before.made.keys())
        if missing:
            raise TargetError(
                f"table {missing[0]!r} of the build in schema {self.schema!r} is no longer there; build it again with --overwrite"
            )

    def stage(self, plan: Plan, generation: Generation, workers: int, progress: Progress) -> Sequence[Task]:
        """The staging schema and its tables, without keys: those come when all rows are there."""
        self._plan, self._generation = plan, generation
        self._tables = [generation.model.table(name) for name in plan.spec.tables]
        self._rows = dict.fromkeys(plan.spec.tables, 0)
        self._last = dict.fromkeys(plan.spec.tables, 0)
        self._staging.clear()  # what a build that was killed has left
        self._is_staged = True
        self._staging.create(self._tables, generation.is_nullable, self._enumerations)
        return plan.tasks

    @property
    def _enumerations(self) -> str | None:
        """The schema whose enumerations the staged tables use: what is appended is of the types that are there."""
        return self.schema if self.options.append else self._staging.name

    @property
    def _connection(self) -> psycopg.Connection[Any]:
        return self._held.connection

    def job(self) -> CopyRows:
        return CopyRows(self._generation, self._connections, self._staging.name, self._plan.spec.tables)

    def add(self, result: dict[str, Copied]) -> None:
        for name, copied in result.items():
            self._rows[name] += copied.rows
            self._last[name] = max(self._last[name], copied.last or 0)

    def load(self, workers: int, progress: Progress) -> None:
        """Keys, indexes and references, comments, and the planner's statistics; several tables at a time. Of an append, the new rows are added,
        in a transaction that stays open until it is published."""
        self._each(self._convert, workers)
        if self.options.append:
            self._each(self._analyze, workers)
            progress(StageStarted("adding what is new"))
            self._append(progress)
            return
        keyed = self.options.constraints is not False
        if keyed:
            progress(StageStarted("keys and indexes"))
            self._each(self._keys, workers)
        self._each(self._describe, workers)
        if keyed:
            self._each(self._references, 1 if self._is_circular else workers)

    @property
    def _is_circular(self) -> bool:
        """Whether tables refer to one another in a circle: two that lock each other for a foreign key would wait for ever."""
        number = {table: place for place, table in enumerate(parents_first(self._tables))}
        return any(
            number[reference.target] > number[table] for table in self._tables for reference in written_references(table, self._tables)
        )

    def _each(self, step: Callable[[psycopg.Connection[Any], TableInfo], None], workers: int) -> None:
        def work(table: TableInfo) -> None:
            with self._connections.borrow() as connection:
                step(connection, table)

        largest_first = sorted(self._tables, key=lambda table: -self._rows[table.name])
        with ThreadPoolExecutor(workers) as pool:
            for done in [pool.submit(work, table) for table in largest_first]:
                done.result()

    def _keys(self, connection: psycopg.Connection[Any], table: TableInfo) -> None:
        indexed = self._generation.unique_sets(table)
        for names in indexed:
            is_key = names == tuple(column.name for column in table.key_columns)
            listed = ", ".join(["{}"] * len(names))
            kind = "PRIMARY KEY" if is_key else "UNIQUE"
            connection.execute(statement(f"ALTER TABLE {{}}.{{}} ADD {kind} ({listed})", self._staging.name, table.name, *names))
        for reference in written_references(table, self._tables):
            names = tuple(column.name for column in reference.columns)
            if not any(index[: len(names)] == names for index in indexed):
                listed = ", ".join(["{}"] * len(names))
                connection.execute(statement(f"CREATE INDEX ON {{}}.{{}} ({listed})", self._staging.name, table.name, *names))

    def _references(self, connection: psycopg.Connection[Any], table: TableInfo) -> None:
        for reference in written_references(table, self._tables):
            own, theirs = [column.name for column in reference.columns], [column.name for column in reference.targets]
            listed = ", ".join(["{}"] * len(own))
            text = f"ALTER TABLE {{}}.{{}} ADD FOREIGN KEY ({listed}) REFERENCES {{}}.{{}} ({listed})"
            connection.execute(statement(text, self._staging.name, table.name, *own, self._staging.name, reference.target.name, *theirs))

    def _describe(self, connection: psycopg.Connection[Any], table: TableInfo) -> None:
        from psycopg.sql import SQL, Literal

        names = (self._staging.name, table.name)
        comments = {field.name: (field.metadata or {}).get(b"comment", b"").decode() for field in self._generation.arrow_schema(table)}
        commands = [
            statement("COMMENT ON TABLE {}.{} IS {}", *names, Literal(table.summary)),
            *(
                statement("COMMENT ON COLUMN {}.{}.{} IS {}", *names, name, Literal(comment))
                for name, comment in comments.items()
                if comment
            ),
            statement("ANALYZE {}.{}", *names),
        ]
        with connection.transaction():  # one for all, since each waits for the disk
            connection.execute(SQL("; ").join(commands))
            for column in table.written_columns:
                if isinstance(column, Key):
                    move_sequence_on(connection, *names, column.name, self._last[table.name])

    def _convert(self, connection: psycopg.Connection[Any], table: TableInfo) -> None:
        types.convert(connection, self._staging.name, table, self._enumerations or self._staging.name)

    def _analyze(self, connection: psycopg.Connection[Any], table: TableInfo) -> None:
        connection.execute(statement("ANALYZE {}.{}", self._staging.name, table.name))

    def _append(self, progress: Progress) -> None:
        names = schemas.tables_of(self._connection, self._before.made)

        def attempt() -> None:
            self._connection.execute("BEGIN")
            try:
                lock(self._connection, self.schema, names, "SHARE ROW EXCLUSIVE")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise

        patiently(attempt, self._connection, self.schema, list(self._before.made.values()), progress)
        self._held.refuse_difference(self._before)
        self._added = add_new_rows(self._connection, self._staging.name, self.schema, self._tables)
        recorded = self._before.recorded
        assert recorded is not None
        assert recorded.manifest is not None
        for name in recorded.manifest.tables:
            self._rows[name] = self._held.one(statement("SELECT count(*) FROM {}.{}", self.schema, name))

    def _manifest(self) -> Manifest:
        """What is made, as beside files: there are no parts. After an append it is of all that is there then."""
        tables = {table.name: TableEntry(rows=self._rows[table.name], columns=table.sql_types, parts=[]) for table in self._tables}
        manifest = Manifest.here(self._plan.spec, self._generation, tables=tables)
        old = self._before.recorded.manifest if self.options.append and self._before.recorded else None
        return grown(old, manifest, self._rows, self._added or {}) if old is not None else manifest

    def staged(self) -> FinishedBuild:
        """What is about to be published: the tables as the server gives them back."""
        return self._read_back(self.schema if self.options.append else self._staging.name)

    def _read_back(self, schema: str) -> FinishedBuild:
        """The tables of a schema as CSV files."""
        manifest = self._manifest()
        as_csv = manifest.model_copy(update={"spec": manifest.spec.stored_as("csv")})
        parts = {name: [self._export(schema, name, as_csv.part(name, 0))] for name in manifest.tables}
        tables = table_entries(parts, {name: entry.columns for name, entry in manifest.tables.items()})
        return FinishedBuild(self._scratch, as_csv.model_copy(update={"tables": tables}))

    def _export(self, schema: str, name: str, part: str) -> PartFile:
        """A table as a CSV file like those that colgen writes."""
        (self._scratch / name).mkdir()
        with OutputFile(self._scratch / part) as file:
            columns = self._generation.model.table(name).written_columns  # of which arrays are written as JSON, as elsewhere
            listed = ", ".join("to_json({}) AS {}" if column.type.role == "list" else "{}" for column in columns)
            names = [part for column in columns for part in [column.name] * (1 + (column.type.role == "list"))]
            copy = statement(f"COPY (SELECT {listed} FROM {{}}.{{}}) TO STDOUT (FORMAT csv, HEADER, ENCODING 'UTF8')", *names, schema, name)
            with self._connection.cursor().copy(copy) as stream:
                for piece in stream:
                    file.write(piece)
        return PartFile(file=part, rows=self._rows[name], bytes=file.size, digest=file.digest)

    def publish(self, progress: Progress) -> Published:
        """The new tables take the place of those that colgen made before, in one transaction; or what is new in them is added."""
        if self.options.append:
            record.update(self._connection, self.schema, self._manifest())
            move_sequences_on(self._connection, self.schema, self._tables)
            self._staging.clear()
            self._connection.execute("COMMIT")
        else:
            take_place(self._held, self._staging, self._before, self._manifest(), progress)
        return Published(dict(self._rows), self._sizes(), added=self._added)

    def _sizes(self) -> dict[str, int]:
        """Bytes of each table in the target, indexes included."""
        tables = {name: f"{quoted(self.schema)}.{quoted(name)}" for name in self._rows}
        return {name: int(self._held.one("SELECT pg_total_relation_size(%s::regclass)", table)) for name, table in tables.items()}

    def explain(self, error: Exception) -> Exception:
        return explained(error, self.schema)
