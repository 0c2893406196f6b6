"""A build as rows of tables of a DuckDB file that the user's own migrations made, all of them in one transaction or none.

The rows are staged as Parquet beside the file, as those of any build are, and can be proved there. Then one transaction takes them over, each
value cast to the type that the user declared. DuckDB looks every reference up as it inserts: rows go where none refers to one that is still
to come, tables that are referred to first, and of a table that refers to itself the upper rows before the lower.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter

import duckdb

from colgen.declare.column import Column
from colgen.declare.model import Model
from colgen.declare.polymorphic import PolymorphicKey
from colgen.declare.table import TableInfo
from colgen.engines.progress import Noted, Progress, StageStarted
from colgen.errors import TargetError
from colgen.generate.plan import Plan
from colgen.targets import existing
from colgen.targets.duckdb import fills
from colgen.targets.duckdb.existing import DeclaredReference, DuckDBTable, declared_references, holds_all, look, unfit
from colgen.targets.duckdb.sequences import number_from
from colgen.targets.duckdb.target import DuckDBTarget
from colgen.targets.fills import FilledTable
from colgen.targets.finished import FinishedBuild
from colgen.targets.offsets import moved_by, moved_by_word, numbering, offset_of
from colgen.targets.sql import literal, one_line, quoted
from colgen.targets.target import Published

_WAITING, _READY = "temp.waiting", "temp.ready"


class DuckDBFill(DuckDBTarget):
    """The user's own tables of a DuckDB file, which get the rows of a build."""

    def refuse(self, plan: Plan, model: Model) -> None:
        if self._database.is_new:
            raise TargetError(f"there is no file {str(self._database.path)!r}: only tables that are there can be filled")
        self._refuse_place(plan)
        tables = [model.table(name) for name in plan.spec.tables]
        self._existing = look(self._database, tables)
        self._references = declared_references(self._database)
        misfits = existing.misfits(tables, self._database.schema, self._existing, self.options.append)
        existing.refuse([*misfits, *unfit(self._database, tables, self._existing)], self._database.schema)

    def load(self, workers: int, progress: Progress) -> None:
        """Looks whether every value that is staged can be cast to the type that the user declared."""
        self._list_parts()
        existing.refuse(list(self._uncastable()), self._database.schema)

    def _uncastable(self) -> Iterator[str]:
        for table in self._tables:
            there = self._existing[table.name].columns
            casts = {column.name: there[column.name].type for column in table.written_columns if not holds_all(column, there[column.name])}
            lost = [f"{quoted(name)} IS NOT NULL AND TRY_CAST({quoted(name)} AS {type}) IS NULL" for name, type in casts.items()]
            if not lost:
                continue
            counts = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in lost)
            numbers = self._database.execute(f"SELECT [{counts}] FROM ({self._selects[table.name]})")
            for name, condition, number in zip(casts, lost, numbers, strict=True):
                if number:
                    sql = f"SELECT {quoted(name)}::VARCHAR FROM ({self._selects[table.name]}) WHERE {condition} LIMIT 1"
                    example = self._database.execute(sql)
                    yield f"{table.name}.{name} is {example!r} in one row, and cannot be {there[name].shown} in {number:,}"

    def staged(self) -> FinishedBuild:
        """The staged rows."""
        return FinishedBuild(self._folder, self._rows)

    def publish(self, progress: Progress) -> Published:
        progress(StageStarted("into your tables"))
        self._database.use_memory()
        self._database.begin()
        offsets = {name: self._offset(name) for name in self._existing} if self.options.append else {}
        for table in self._tables:
            self._move_sequences_on(table, offsets)
        number = fills.begin(self._database)
        filled = [self._insert(number, place, table, offsets) for place, table in enumerate(self._referred_first())]
        fills.note(self._database, number, filled, self._manifest())
        sizes = self._commit(progress)
        for there in self._existing.values():
            if not there.key:
                progress(Noted(f"{there.name} has no primary key: its rows are known by what is in them"))
        return Published({name: entry.rows for name, entry in self._rows.tables.items()}, sizes)

    def _named(self, table: str) -> str:
        return self._database.qualified(*self._existing[table].place)

    def _referred_first(self) -> list[TableInfo]:
        """The tables in an order in which none refers to a later one: DuckDB has no way to declare references in a circle."""
        by_place = {self._existing[table.name].place: table for table in self._tables}
        before = {place: [reference.parent for reference in self._references_of(place) if not reference.is_own] for place in by_place}
        return [by_place[place] for place in TopologicalSorter(before).static_order() if place in by_place]

    def _references_of(self, place: tuple[str, str]) -> list[DeclaredReference]:
        return [reference for reference in self._references if reference.child == place]

    def _insert(self, number: int, place: int, table: TableInfo, offsets: Mapping[str, int]) -> FilledTable:
        there, columns = self._existing[table.name], table.written_columns
        taken = ", ".join(f"{self._taken(column, there, offsets)} AS {quoted(column.name)}" for column in columns)
        into = f"INSERT INTO {self._named(table.name)} ({', '.join(quoted(column.name) for column in columns)})"
        source = f"SELECT {taken} FROM ({self._selects[table.name]}) AS new"
        last = fills.last_row(self._database, there)
        own = [reference for reference in self._references_of(there.place) if reference.is_own]
        try:
            loaded = self._insert_upper_first(table, into, source, own) if own else self._database.execute(f"{into} {source}")
        except (duckdb.IntegrityError, duckdb.DataError) as error:
            words = one_line(error).partition(". If this is an unexpected constraint violation")[0].rstrip(".")
            hint = (
                "; take another --seed, or leave out what must be unique"
                if self.options.append and "duplicate key" in words.lower()
                else ""
            )
            raise TargetError(f"{table.name}: DuckDB refused the rows: {words}{hint}; nothing was added") from error
        self._refuse_loss(table.name, loaded)
        noted = fills.note_rows(self._database, number, place, there, last)
        self._refuse_loss(table.name, noted.count)
        return noted

    def _insert_upper_first(self, table: TableInfo, into: str, source: str, own: list[DeclaredReference]) -> int:
        """Inserts rows that refer to one another, step by step; how many."""
        self._database.execute(f"CREATE OR REPLACE TEMP TABLE {_WAITING} AS {source}")
        ready = " AND ".join(
            f"({' OR '.join(f'child.{quoted(name)} IS NULL' for name in reference.columns)} "
            f"OR EXISTS (SELECT 1 FROM {self._named(table.name)} AS parent WHERE {reference.equal('child', 'parent')}))"
            for reference in own
        )
        loaded = 0
        while self._database.execute(
            f"CREATE OR REPLACE TEMP TABLE {_READY} AS SELECT rowid AS row FROM {_WAITING} AS child WHERE {ready}"
        ):
            chosen = f"{_WAITING} WHERE rowid IN (SELECT row FROM {_READY})"
            loaded += self._database.execute(f"{into} SELECT * FROM {chosen}")
            self._database.execute(f"DELETE FROM {chosen}")
        if left := self._database.execute(f"SELECT count(*) FROM {_WAITING}"):
            raise TargetError(
                f"{table.name}: {left:,} rows refer to one another in a circle, or to rows that are not there, and DuckDB looks up each "
                "reference as it comes; nothing was added"
            )
        return loaded

    def _taken(self, column: Column, there: DuckDBTable, offsets: Mapping[str, int]) -> str:
        """SQL: a value of a staged row as the user's column takes it; a key, and what refers to one, moved on behind those that are there."""
        value = f"new.{quoted(column.name)}"
        if isinstance(column, PolymorphicKey) and (by_word := moved_by_word(column, offsets)):
            cases = " ".join(f"WHEN {literal(word)} THEN {value}::BIGINT + {offset}" for word, offset in by_word.items())
            value = f"(CASE new.{quoted(column.by)}::VARCHAR {cases} ELSE {value}::BIGINT END)"
        elif offset := moved_by(column, offsets):
            value = f"({value} + {offset})"
        return f"{value}::{there.columns[column.name].type}"

    def _offset(self, name: str) -> int:
        """By how much the keys of a table move on so that they come after those that are there."""
        key = numbering(self._generation.model.table(name))
        if key is None:
            return 0
        return offset_of(key, self._database.execute(f"SELECT max(TRY_CAST({quoted(key.name)} AS BIGINT)) FROM {self._named(name)}"))

    def _move_sequences_on(self, table: TableInfo, offsets: Mapping[str, int]) -> None:
        """Lets the sequences behind the columns that are written go on after the rows to come. It is undone if those do not come."""
        for column in table.written_columns:
            sequence = self._existing[table.name].sequences.get(column.name)
            if sequence is not None:
                last = self._database.execute(f"SELECT max(TRY_CAST({quoted(column.name)} AS BIGINT)) FROM ({self._selects[table.name]})")
                if last is not None:
                    number_from(self._database, *sequence, last + moved_by(column, offsets))
