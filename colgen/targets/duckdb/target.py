"""A build as the tables of a schema in a DuckDB file.

The rows are written as Parquet beside the file, and from there go into the tables in one transaction. Where there was no file, a new one is
made beside it and takes its name when all is well. Whoever opens the file finds the old build or the whole new one.

They go by way of Parquet, since handing Arrow batches to DuckDB is no quicker, takes twice the memory, and loses the order of the rows.

What may not be missing is declared so (NOT NULL) in every table: that costs nothing. Keys, unique columns and references do: DuckDB keeps an
index for each, which does not spill to disk, and looks every reference up as it inserts. Of 14 million rows, primary keys alone made a load
take 2.6 times as long, all three together 10 times. So unless the user decides, they are declared where they are cheap: in tables of up to
`CHEAP_ROWS` rows. A check proves them all either way, without an index. A column that refers to its own table is never declared.

A sequence numbers the rows of each table, so that an application's INSERT without an id goes on after the last one. It is named without its
schema: DuckDB looks for it beside the table, whatever the file is called and wherever it is copied. DuckDB before 2.0 has none: after a
`kill -9` between the commit and the checkpoint, it could not open the file.
"""

from __future__ import annotations

import errno
import shutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from colgen.declare.columns import Key
from colgen.declare.keys import unique_sets
from colgen.declare.model import Model
from colgen.declare.table import TableInfo
from colgen.engines.progress import Noted, Progress, StageStarted
from colgen.errors import ColgenError, TargetError
from colgen.generate.generation import Generation
from colgen.generate.plan import Plan, Task
from colgen.generate.spec import Spec
from colgen.targets.database import DatabaseOptions, Safeguards, grown, refuse_other_build, refuse_unsafe
from colgen.targets.duckdb import database
from colgen.targets.duckdb.sequences import number_from
from colgen.targets.finished import FinishedBuild, LoadedTables
from colgen.targets.folder.views import plain, views
from colgen.targets.manifest import Manifest, Origin, PartFile, table_entries
from colgen.targets.parts import FolderOutput, TaskParts, WriteParts
from colgen.targets.references import parents_first, written_references
from colgen.targets.room import human_size
from colgen.targets.sql import literal, one_line, quoted
from colgen.targets.target import Published

CHEAP_ROWS = 20_000
"""Tables of up to this many rows have their keys, unique columns and references declared, unless all or none are asked for."""

NUMBERED = int(duckdb.__version__.partition(".")[0]) >= 2
"""Whether tables have sequences: before 2.0, DuckDB's log could not be replayed where a comment follows a default that calls a function."""

_ROOM = 3
"""How many times the build's size as Parquet is needed: the Parquet, and up to twice as much in the file."""

_FULL = ("No space left on device", "Disk quota exceeded", "File too large")


class DuckDBTarget:
    """A schema of a DuckDB file. The file is made if it is not there; its other schemas stay as they are."""

    exact = True
    must_be_proved = False

    def __init__(self, path: Path, schema: str, options: DatabaseOptions, safeguards: Safeguards) -> None:
        self.path, self.schema, self.options, self.safeguards = path, schema, options, safeguards
        self._made: dict[str, list[PartFile]] = defaultdict(list)
        self._added: dict[str, int] | None = None

    def __str__(self) -> str:
        return f"{self.path} schema {self.schema}"

    def accept(self, spec: Spec) -> Spec:
        return spec.stored_as("parquet")

    @contextmanager
    def hold(self) -> Iterator[None]:
        with database.hold(self.path, self.schema) as self._database:
            yield

    def refuse_without_room(self, needed: int) -> None:
        free = self._database.free_bytes
        if needed > free:
            shown = repr(str(self._database.path))
            raise TargetError(f"the disk under {shown} has {human_size(free)} free, and the build needs about {human_size(needed)}")

    def _refuse_place(self, plan: Plan) -> None:
        """Raises TargetError where the file must not be written to, or the disk is too small."""
        refuse_unsafe(self._database, plan, self.options, self.safeguards)
        self.refuse_without_room(_ROOM * plan.total_bytes)

    def refuse(self, plan: Plan, model: Model) -> None:
        self._refuse_place(plan)
        self.must_be_proved = refuse_other_build(self._database, plan, model, self.options)

    def stage(self, plan: Plan, generation: Generation, workers: int, progress: Progress) -> Sequence[Task]:
        self._plan, self._generation = plan, generation
        self._tables = parents_first([generation.model.table(name) for name in plan.spec.tables])
        self._folder = self._database.side / "rows"
        if self.schema == self.path.stem:
            progress(
                Noted(
                    f"file and schema have one name: in DuckDB, say USE {self.schema}.{self.schema}, or {self.schema}.{self.schema}.TABLE"
                )
            )
        self._database.execute(f"SET threads = {workers}")
        for name in plan.spec.tables:
            (self._folder / name).mkdir(parents=True)
        return plan.tasks

    def job(self) -> WriteParts:
        return WriteParts(self._generation, Origin.here(self._plan.spec, self._generation), FolderOutput(self._folder))

    def add(self, result: TaskParts) -> None:
        for name, part in result.parts.items():
            self._made[name].append(part)

    def _list_parts(self) -> None:
        """Notes what has been made, and how it is read."""
        columns = {table.name: table.sql_types for table in self._tables}
        entries = table_entries({name: self._made[name] for name in self._plan.spec.tables}, columns)
        self._rows = Manifest.here(self._plan.spec, self._generation, tables=entries)
        self._selects = views(self._rows, plain(self._folder, self._database.connection))

    def load(self, workers: int, progress: Progress) -> None:
        tables = self._plan.spec.tables
        self._list_parts()
        progress(StageStarted("into the database"))
        if self.options.append or self.options.constraints:
            self._database.use_memory()
        self._database.begin()
        if self.options.append:
            self._added = self._append()
            rows = {name: int(self._database.execute(f"SELECT count(*) FROM {self._named(name)}")) for name in tables}
            self._whole = grown(self._database.manifest(), self._manifest(), rows, self._added)
        else:
            self._create()
            self._fill()
            self._whole = self._manifest()

    def staged(self) -> FinishedBuild:
        self._database.use_memory()
        self._database.look_into()
        return LoadedTables(self.path, self._whole, self.schema, self._database.connection)

    def publish(self, progress: Progress) -> Published:
        if self.options.append:
            self._renumber()
            self._database.note_again(self._whole)
        else:
            self._database.note(self._whole, [table.name for table in self._tables], self._sequences)
        sizes = self._commit(progress)
        self._database.take_place()
        rows = {name: self._whole.tables[name].rows for name in self._plan.spec.tables}
        return Published(rows, sizes, added=self._added)

    def _commit(self, progress: Progress) -> dict[str, int]:
        """Makes what was done hold; about how many bytes each table has now."""
        self._database.commit()
        if self._database.settle():
            return self._sizes()
        log = f"{self._database.path.name}.wal"
        progress(Noted(f"the disk is full: the new rows stay in {log}, which belongs to the file, until there is room"))
        return {name: sum(part.bytes for part in entry.parts) for name, entry in self._rows.tables.items()}

    def _named(self, table: str) -> str:
        return self._database.named(table)

    def _manifest(self) -> Manifest:
        """What is made, as beside files: there are no parts."""
        tables = {name: entry.model_copy(update={"parts": []}) for name, entry in self._rows.tables.items()}
        return self._rows.model_copy(update={"tables": tables})

    def _create(self) -> None:
        """The schema and its tables, with sequences, constraints and comments. What colgen made there before is dropped."""
        self._database.drop_tables()
        self._database.create_schema()
        self._database.look_into()
        self._sequences = _sequences(self._tables)
        for table in self._tables:
            name = self._named(table.name)
            comments = {f"TABLE {name}": table.summary}
            for field in self._generation.arrow_schema(table):
                comments[f"COLUMN {name}.{quoted(field.name)}"] = (field.metadata or {}).get(b"comment", b"").decode()
            statements = [f"CREATE TABLE {name} ({', '.join(self._definitions(table))})"]
            statements += [f"COMMENT ON {subject} IS {literal(comment)}" for subject, comment in comments.items() if comment]
            if table.name in self._sequences:
                last = self._database.execute(f"SELECT max({quoted(_numbered(table))}) FROM ({self._selects[table.name]})") or 0
                statements.insert(0, f"CREATE SEQUENCE {self._named(self._sequences[table.name])} START {last + 1}")
            self._database.execute("; ".join(statements))

    def _definitions(self, table: TableInfo) -> Iterator[str]:
        for column in table.written_columns:
            nullable = self._generation.is_nullable(column, table)
            words = [quoted(column.name), column.type.sql, *([] if nullable else ["NOT NULL"])]
            if table.name in self._sequences and column.name == _numbered(table):
                words.append(f"DEFAULT nextval({literal(quoted(self._sequences[table.name]))})")
            yield " ".join(words)
        if not self._constrained(table):
            return
        for names in self._generation.unique_sets(table):
            kind = "PRIMARY KEY" if names == tuple(column.name for column in table.key_columns) else "UNIQUE"
            yield f"{kind} ({', '.join(map(quoted, names))})"
        before = self._tables[: self._tables.index(table)]
        for reference in written_references(table, before):  # not to itself, nor to what comes later where tables refer to one another
            if self._constrained(reference.target):
                own, theirs = (", ".join(quoted(column.name) for column in columns) for columns in (reference.columns, reference.targets))
                yield f"FOREIGN KEY ({own}) REFERENCES {quoted(self._database.schema)}.{quoted(reference.target.name)} ({theirs})"

    def _constrained(self, table: TableInfo) -> bool:
        return self._plan.rows[table.name] <= CHEAP_ROWS if self.options.constraints is None else self.options.constraints

    def _fill(self) -> None:
        """Every row, from the Parquet."""
        for table in self._tables:
            loaded = self._database.execute(f"INSERT INTO {self._named(table.name)} {self._selects[table.name]}")
            self._refuse_loss(table.name, loaded)
            shutil.rmtree(self._folder / table.name)

    def _refuse_loss(self, table: str, loaded: int) -> None:
        made = self._rows.tables[table].rows
        if loaded != made:
            raise ColgenError(f"{made:,} rows of {table} were made, and DuckDB read {loaded:,}; nothing was published")

    def _append(self) -> dict[str, int]:
        """Adds the rows whose keys, and whatever else is unique in them, are not there yet; how many were new."""
        new = {}
        for table in self._tables:
            name, columns = self._named(table.name), ", ".join(quoted(column.name) for column in table.written_columns)
            unique = [" AND ".join(f"old.{quoted(key)} = new.{quoted(key)}" for key in names) for names in unique_sets(table)]
            fresh = f"SELECT {columns} FROM ({self._selects[table.name]}) AS new"
            if unique:
                fresh += " WHERE " + " AND ".join(f"NOT EXISTS (SELECT 1 FROM {name} AS old WHERE {equal})" for equal in unique)
            else:  # a whole row is a key
                fresh += f" EXCEPT ALL SELECT {columns} FROM {name}"
            new[table.name] = int(self._database.execute(f"INSERT INTO {name} ({columns}) {fresh}"))
        for table in self._tables:
            self._refuse_dangling(table)
        return new

    def _renumber(self) -> None:
        """The sequences go on after the rows that were added."""
        for table in self._tables:
            if table.name in self._database.sequences:
                last = self._database.execute(f"SELECT max({quoted(_numbered(table))}) FROM {self._named(table.name)}") or 0
                number_from(self._database, self._database.schema, self._database.sequences[table.name], last)

    def _refuse_dangling(self, table: TableInfo) -> None:
        """A row may refer to one that was not added, since something unique in it was there already."""
        for reference in written_references(table, self._tables):
            pairs = [(quoted(own.name), quoted(theirs.name)) for own, theirs in zip(reference.columns, reference.targets, strict=True)]
            there = " AND ".join(f"child.{own} IS NOT NULL" for own, _ in pairs)
            equal = " AND ".join(f"parent.{theirs} = child.{own}" for own, theirs in pairs)
            dangling = self._database.execute(
                f"SELECT count(*) FROM {self._named(table.name)} AS child WHERE {there} AND NOT EXISTS ("
                f"SELECT 1 FROM {self._named(reference.target.name)} AS parent WHERE {equal})"
            )
            if dangling:
                raise TargetError(
                    f"the rows do not fit those in schema {self.schema!r}: {dangling:,} of {table.name} would refer to "
                    f"rows of {reference.target.name} that are not there; nothing was added"
                )

    def _sizes(self) -> dict[str, int]:
        """About how many bytes each table has in the file, by the blocks that it shares in."""
        sql = """
            SELECT count(DISTINCT block) * (SELECT any_value(block_size) FROM pragma_database_size() WHERE database_name = current_database())
            FROM (SELECT unnest([block_id] || additional_block_ids) AS block FROM pragma_storage_info(?)) WHERE block >= 0"""
        return {name: int(self._database.execute(sql, [self._named(name)]) or 0) for name in self._plan.spec.tables}

    def explain(self, error: Exception) -> Exception:
        if not isinstance(error, OSError | duckdb.Error):
            return error
        words, shown = one_line(error), repr(str(self._database.path))
        is_full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        if is_full or any(full in words for full in _FULL):
            needed = human_size(_ROOM * self._plan.total_bytes)
            return ColgenError(f"the disk under {shown} is full: the build needs about {needed}; nothing was left behind")
        if isinstance(error, OSError):
            return error
        return ColgenError(f"DuckDB could not write {shown}: {words}; nothing was left behind")


def _numbered(table: TableInfo) -> str:
    """The written column that numbers the rows of a table; empty where there is none."""
    return next((column.name for column in table.written_columns if isinstance(column, Key)), "")


def _sequences(tables: Sequence[TableInfo]) -> dict[str, str]:
    """The name of the sequence that numbers the rows of each table with a written key."""
    names: dict[str, str] = {}
    for table in tables if NUMBERED else ():
        if _numbered(table):
            name = f"{table.name}_{_numbered(table)}_seq"
            while name in names.values():  # as of `a`.`b_id` and `a_b`.`id`
                name += "_"
            names[table.name] = name
    return names
