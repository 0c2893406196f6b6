"""A build as rows of tables that the user's own migrations made, all of them in one transaction or none.

The rows go into a staging schema, as those of any build do, and can be proved there. Then one transaction takes them over, each value cast to
the type that the user declared: generated columns are left out, identities and sequences go on after the last row, foreign keys wait for the
end, triggers fire. The tables themselves are afterwards what they were before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from colgen.declare.column import Column
from colgen.declare.model import Model
from colgen.declare.polymorphic import PolymorphicKey
from colgen.declare.table import TableInfo
from colgen.engines.progress import Noted, Progress, StageStarted
from colgen.errors import TargetError
from colgen.generate.plan import Plan
from colgen.targets import existing
from colgen.targets.database import refuse_unsafe
from colgen.targets.finished import FinishedBuild
from colgen.targets.manifest import Manifest, TableEntry
from colgen.targets.offsets import moved_by, moved_by_word, numbering, offset_of
from colgen.targets.postgres import fills, types
from colgen.targets.postgres import schema as schemas
from colgen.targets.postgres.connect import driver, single, statement
from colgen.targets.postgres.deferral import deferred, without_triggers
from colgen.targets.postgres.existing import PostgresTable, cast_of, look
from colgen.targets.postgres.explain import explained
from colgen.targets.postgres.locks import patiently
from colgen.targets.postgres.target import PostgresTarget
from colgen.targets.references import parents_first
from colgen.targets.sql import one_line
from colgen.targets.target import Published


class PostgresFill(PostgresTarget):
    """The user's own tables of a schema, which get the rows of a build."""

    def refuse(self, plan: Plan, model: Model) -> None:
        tables = [model.table(name) for name in plan.spec.tables]
        for table in tables:
            for kind, name in [("table", table.name), *(("column", column.name) for column in table.written_columns)]:
                schemas.refuse_name(kind, name)
        refuse_unsafe(self._held, plan, self.options, self.safeguards)
        self._existing = look(self._connection, self.schema, tables)
        misfits = existing.misfits(tables, self.schema, self._existing, self.options.append)
        existing.refuse([*misfits, *types.unfit_structs(self._connection, tables, self._existing)], self.schema)

    @property
    def _enumerations(self) -> None:
        """None: texts are cast to the types that are there."""

    def load(self, workers: int, progress: Progress) -> None:
        """The planner's statistics of what is staged."""
        self._each(self._analyze, workers)

    def staged(self) -> FinishedBuild:
        """The staged rows, as the server gives them back."""
        return self._read_back(self._staging.name)

    def _manifest(self) -> Manifest:
        tables = {table.name: TableEntry(rows=self._rows[table.name], columns=table.sql_types, parts=[]) for table in self._tables}
        return Manifest.here(self._plan.spec, self._generation, tables=tables)

    def publish(self, progress: Progress) -> Published:
        progress(StageStarted("into your tables"))
        numbers = [there.number for there in self._existing.values()]

        def attempt() -> list[fills.FilledTable]:
            with self._connection.transaction():
                return self._take_over(numbers)

        filled = patiently(attempt, self._connection, self.schema, numbers, progress)
        for table in filled:
            self._connection.execute(statement("ANALYZE {}.{}", table.db_schema, table.name))
        for table in filled:
            if not table.key:
                progress(Noted(f"{table.name} has no primary key: its rows are known by what is in them"))
        sizes = {
            name: int(single(self._connection, "SELECT pg_total_relation_size(%s::oid)", there.number))
            for name, there in self._existing.items()
        }
        return Published(dict(self._rows), sizes)

    def _take_over(self, numbers: Sequence[int]) -> list[fills.FilledTable]:
        places = {name: (there.schema, there.name) for name, there in self._existing.items()}
        listed, own = ", ".join(["{}.{}"] * len(places)), list(dict.fromkeys([*(schema for schema, _ in places.values()), "public"]))
        self._connection.execute("SET LOCAL lock_timeout = 100")
        self._connection.execute(
            statement(f"LOCK TABLE {listed} IN SHARE ROW EXCLUSIVE MODE", *(part for place in places.values() for part in place))
        )
        number, filled = fills.begin(self._connection), []
        self._connection.execute(
            statement(f"SET LOCAL search_path = {', '.join(['{}'] * len(own))}", *own)
        )  # where triggers look for tables
        offsets = {name: self._offset(name) for name in self._existing} if self.options.append else {}
        for there in self._existing.values():
            self._move_sequences_on(there, offsets)
        with without_triggers(self._connection, [] if self.options.triggers else numbers), deferred(self._connection, numbers):
            for place, table in enumerate(parents_first(self._tables)):
                filled.append(self._insert(number, place, table, self._existing[table.name], offsets))
        for there in self._existing.values():
            self._move_sequences_on(there)
        fills.note(self._connection, number, self.schema, filled, self._manifest())
        self._staging.clear()
        return filled

    def _insert(self, number: int, place: int, table: TableInfo, there: PostgresTable, offsets: dict[str, int]) -> fills.FilledTable:
        from psycopg.sql import SQL

        columns = table.written_columns
        taken = [self._taken(column, there, offsets) for column in columns]
        source = statement("SELECT {} FROM {}.{} AS new", SQL(", ").join(taken), self._staging.name, table.name)
        try:
            return fills.insert(self._connection, number, place, there, [column.name for column in columns], source)
        except driver().Error as error:
            if isinstance(error, driver().errors.LockNotAvailable | driver().errors.DeadlockDetected):
                raise
            hint = "; take another --seed, or leave out what must be unique" if self.options.append and _is_unique(error) else ""
            raise TargetError(f"{table.name}: PostgreSQL refused the rows: {one_line(error)}{hint}; nothing was added") from error

    def _taken(self, column: Column, there: PostgresTable, offsets: dict[str, int]) -> Any:
        """SQL: a value of a staged row as the user's column takes it; a key, and what refers to one, moved on behind those that are there."""
        from psycopg.sql import SQL, Literal

        wanted = SQL(cast_of(there.columns[column.name]))
        value = statement("new.{}", column.name)
        if isinstance(column, PolymorphicKey) and (by_word := moved_by_word(column, offsets)):
            cases = [
                SQL("WHEN {} THEN {} + {}").format(Literal(word), SQL("{}::bigint").format(value), Literal(offset))
                for word, offset in by_word.items()
            ]
            value = SQL("(CASE {} {} ELSE {} END)").format(
                statement("new.{}::text", column.by), SQL(" ").join(cases), SQL("{}::bigint").format(value)
            )
        elif offset := moved_by(column, offsets):
            value = SQL("({} + {})").format(value, Literal(offset))
        if types.is_composite(column, there):
            return SQL("jsonb_populate_record(NULL::{}, {})").format(wanted, value)
        return SQL("{}::{}").format(value, wanted)

    def _offset(self, name: str) -> int:
        """By how much the keys of a table move on so that they come after those that are there."""
        key, there = numbering(self._generation.model.table(name)), self._existing[name]
        if key is None:
            return 0
        return offset_of(key, single(self._connection, statement("SELECT max({}) FROM {}.{}", key.name, there.schema, there.name)))

    def _move_sequences_on(self, there: PostgresTable, offsets: dict[str, int] | None = None) -> None:
        """Lets the sequences of a table go on after its last row.

        offsets : before rows are put there: by how much keys will be moved, so that what triggers write is numbered behind them
        """
        for column, sequence in there.sequences.items():
            last = single(self._connection, statement("SELECT max({}) FROM {}.{}", column, there.schema, there.name))
            if offsets is not None:
                last = self._last_to_come(there, column, offsets) or last
            if last is not None:
                self._connection.execute(
                    "SELECT setval(%(sequence)s::regclass, %(last)s) WHERE %(last)s > coalesce(pg_sequence_last_value(%(sequence)s::regclass), 0)",
                    {"sequence": sequence, "last": last},
                )

    def _last_to_come(self, there: PostgresTable, column: str, offsets: dict[str, int]) -> int | None:
        """The largest number that the staged rows will have in a column; None where it is not one of theirs."""
        name = next(name for name, existing in self._existing.items() if existing is there)
        table = self._generation.model.table(name)
        if column not in table.columns or table.columns[column].hidden:
            return None
        last = single(self._connection, statement("SELECT max({}) FROM {}.{}", column, self._staging.name, name))
        return int(last) + moved_by(table.columns[column], offsets) if isinstance(last, int) else None

    def explain(self, error: Exception) -> Exception:
        return explained(error, self.schema)


def _is_unique(error: Exception) -> bool:
    return isinstance(error, driver().errors.UniqueViolation)
