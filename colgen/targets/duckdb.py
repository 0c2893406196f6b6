"""Into a DuckDB file: written as Parquet beside it, and from there into the tables in one transaction. Where there was no file, a new one
is made beside and takes its name when all is well. Whoever opens the file finds the old build or the whole new one.

Through Parquet, since handing Arrow batches to DuckDB is no quicker, takes twice the memory, and loses the order of the rows.

What may not be missing is declared so (NOT NULL) in every table: that costs nothing. Keys, unique columns and references do: DuckDB keeps
an index for each, which does not spill to disk, and looks every reference up as it inserts. Of 14 million rows, primary keys alone made a
load take 2.6 times as long, all three together 10 times. So unless it is said otherwise, they are declared where they are cheap: in tables
of up to `CHEAP_ROWS` rows. `checked` proves them all either way, without an index. A column that refers to its own table is never declared.
"""

from __future__ import annotations

import errno
import os
import shutil
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import duckdb

from colgen import engines
from colgen import manifest as manifests
from colgen.checks import Outcome, check, prove
from colgen.columns import Key
from colgen.errors import ColgenError, Interrupted, TargetError
from colgen.generate import Run
from colgen.memory import keep_freed_memory
from colgen.model import Model
from colgen.pipeline import CheckFailed, Progress, Silence, Summary, columns_of, make, size
from colgen.plan import Plan, Task, plan, rough_bytes
from colgen.relations import key_of
from colgen.sinks.file import PartFile
from colgen.spec import Spec
from colgen.table import Table
from colgen.targets import MANIFEST, refuse_what_is_there
from colgen.targets.duckfile import Target, held
from colgen.targets.references import parents_first, referred
from colgen.views import quoted, views

__all__ = ["CHEAP_ROWS", "Load", "Target", "held", "load"]

CHEAP_ROWS = 20_000
"""Tables of up to so many rows have their keys, unique columns and references declared, unless all or none are asked for."""

_ROOM = 3
"""So many times what the build takes as Parquet is needed: the Parquet, and up to twice as much in the file."""

_FULL = ("No space left on device", "Disk quota exceeded", "File too large")


class Load:
    """One build on its way into a database file.

    target : held; plan, model, run : what is made
    constraints : whether keys, unique columns and references are declared; None for where they are cheap
    """

    def __init__(
        self, target: Target, plan: Plan, model: Model, run: Run, threads: int, constraints: bool | None, progress: Progress
    ) -> None:
        self.target, self.plan, self.model, self.run = target, plan, model, run
        self.threads, self.constraints, self.progress = threads, constraints, progress
        self.tables = parents_first([model.table(name) for name in plan.spec.tables])
        self.folder = target.side / "rows"

    def stage(self) -> None:
        """Every row, as Parquet beside the file."""
        schemas = {name: self.run.schema(self.model.table(name)) for name in self.plan.spec.tables}
        made: dict[str, list[manifests.Part]] = defaultdict(list)
        for name in schemas:
            (self.folder / name).mkdir(parents=True)

        def work(task: Task, stop: threading.Event, progress: engines.Told) -> dict[str, manifests.Part]:
            return make(task, self.plan.spec, self.model, self.run, schemas, lambda file: PartFile(self.folder / file), stop, progress)

        def done(parts: dict[str, manifests.Part]) -> None:
            for name, part in parts.items():
                made[name].append(part)

        engines.run(self.plan.tasks, self.run, work, done, self.threads, self.progress)
        columns = {name: columns_of(self.model, name) for name in schemas}
        self.staged = manifests.Manifest.here(self.plan.spec, tables=manifests.entries({name: made[name] for name in schemas}, columns))

    def manifest(self) -> manifests.Manifest:
        """What is made, as beside files: there are no parts."""
        tables = {name: entry.model_copy(update={"parts": []}) for name, entry in self.staged.tables.items()}
        return self.staged.model_copy(update={"tables": tables})

    def create(self) -> None:
        """The schema and its tables, with constraints and comments. What colgen made there before is dropped."""
        self.target.drop_tables(self.target.made())
        self.target.run(f"CREATE SCHEMA IF NOT EXISTS {quoted(self.target.schema)}")
        for table in self.tables:
            name = self.target.named(table.__tablename__)
            said = {f"TABLE {name}": table.summary()}
            for field in self.run.schema(table):
                said[f"COLUMN {name}.{quoted(field.name)}"] = (field.metadata or {}).get(b"comment", b"").decode()
            comments = [f"COMMENT ON {what} IS {_literal(comment)}" for what, comment in said.items() if comment]
            self.target.run("; ".join([f"CREATE TABLE {name} ({', '.join(self._definitions(table))})", *comments]))

    def _definitions(self, table: type[Table]) -> list[str]:
        found = []
        for column in table.visible():
            words = [quoted(column.name), column.type.sql, *([] if column.nullable else ["NOT NULL"])]
            if self._constrained(table):
                other = referred(table, column.name, self.tables)
                if isinstance(column, Key):
                    words.append("PRIMARY KEY")
                elif column.unique:
                    words.append("UNIQUE")
                if other is not None and other is not table and self._constrained(other):
                    words.append(f"REFERENCES {self.target.named(other.__tablename__)} ({quoted(key_of(other))})")
            found.append(" ".join(words))
        return found

    def _constrained(self, table: type[Table]) -> bool:
        return self.plan.rows[table.__tablename__] <= CHEAP_ROWS if self.constraints is None else self.constraints

    def fill(self) -> None:
        """Every row, from the Parquet."""
        selects = views(self.staged, self.folder)
        for table in self.tables:
            name, made = table.__tablename__, self.staged.tables[table.__tablename__].rows
            loaded = self.target.run(f"INSERT INTO {self.target.named(name)} {selects[name]}")
            if loaded != made:
                raise ColgenError(f"{made:,} rows of {name} were made, and DuckDB read {loaded:,}; nothing was published")
            shutil.rmtree(self.folder / name)

    def check_staged(self) -> tuple[Outcome, ...]:
        """Every rule proved on the rows that are to be added."""
        self.staged.write(self.folder)
        return _all_hold(tuple(check(self.folder, self.model)))

    def check_loaded(self) -> tuple[Outcome, ...]:
        """Every rule proved on the tables, before they are committed."""
        self.target.use_memory()
        self.target.look_into()
        return _all_hold(tuple(prove(self.target.connection, self.staged, self.model)))

    def append(self) -> dict[str, int]:
        """Adds the rows whose keys, and whatever else is unique in them, are not there yet; how many were new."""
        new, selects = {}, views(self.staged, self.folder)
        for table in self.tables:
            name, columns = self.target.named(table.__tablename__), ", ".join(quoted(one.name) for one in table.visible())
            unique = [quoted(one.name) for one in table.visible() if one.unique]
            fresh = f"SELECT {columns} FROM ({selects[table.__tablename__]}) AS new"
            if unique:
                fresh += " WHERE " + " AND ".join(f"NOT EXISTS (SELECT 1 FROM {name} AS old WHERE old.{one} = new.{one})" for one in unique)
            else:  # a whole row is a key
                fresh += f" EXCEPT ALL SELECT {columns} FROM {name}"
            new[table.__tablename__] = int(self.target.run(f"INSERT INTO {name} ({columns}) {fresh}"))
        for table in self.tables:
            self._refuse_dangling(table)
        return new

    def _refuse_dangling(self, table: type[Table]) -> None:
        """A row may refer to one that was not added, since something unique in it was there already."""
        for column in table.visible():
            other = referred(table, column.name, self.tables)
            if other is not None:
                found = self.target.run(
                    f"SELECT count(*) FROM {self.target.named(table.__tablename__)} AS child WHERE {quoted(column.name)} IS NOT NULL AND NOT EXISTS ("
                    f"SELECT 1 FROM {self.target.named(other.__tablename__)} AS parent WHERE parent.{quoted(key_of(other))} = child.{quoted(column.name)})"
                )
                if found:
                    raise TargetError(
                        f"the rows do not fit to those in schema {self.target.schema!r}: {found:,} of {table.__tablename__} would refer to "
                        f"rows of {other.__tablename__} that are not there; nothing was added"
                    )

    def counts(self) -> dict[str, int]:
        """The rows of each table that are there."""
        return {name: int(self.target.run(f"SELECT count(*) FROM {self.target.named(name)}")) for name in self.plan.spec.tables}

    def sizes(self) -> dict[str, int]:
        """About how many bytes each table has in the file, by the blocks that it shares in."""
        sql = """
            SELECT count(DISTINCT block) * (SELECT any_value(block_size) FROM pragma_database_size() WHERE database_name = current_database())
            FROM (SELECT unnest([block_id] || additional_block_ids) AS block FROM pragma_storage_info(?)) WHERE block >= 0"""
        return {name: int(self.target.run(sql, [self.target.named(name)]) or 0) for name in self.plan.spec.tables}


def load(
    spec: Spec,
    model: Model,
    path: Path,
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
    """Makes the data of a spec and publishes it as the tables of a schema in a DuckDB file, whole or not at all.

    path : the file; made if it is not there. Its other schemas stay as they are
    threads : how many tasks run at once; one for each core if None
    overwrite : replace the tables that colgen made there before, in one step
    append : add the rows whose keys are not there yet to those tables; `Summary.added` says how many
    constraints : primary and foreign keys and unique columns: of all tables or of none; if None, of those up to `CHEAP_ROWS` rows
    checked : prove every rule on what was loaded before it is published (with `append`, on what is to be added); CheckFailed if one does not hold
    allowed : raises TargetError if the plan must not go there; asked before anything is written

    Raises TargetError where the file is no database, is held by another process, has no room or holds what must not be touched; nothing
    is left there after any error.
    """
    keep_freed_memory()
    began = time.perf_counter()
    progress, threads = progress or Silence(), threads or os.cpu_count() or 1
    spec = spec.model_copy(update={"format": "parquet", "compression": "snappy"})
    run = spec.run(model)
    outcomes: tuple[Outcome, ...] | None = None
    added: dict[str, int] | None = None
    with held(path, schema) as target:
        _refuse_without_room(target, rough_bytes(spec, model, run) // 2)  # counting the rows of an absurd build would take hours
        planned = plan(spec, model, run)
        if allowed is not None:
            allowed(target, planned)
        _refuse_without_room(target, _ROOM * planned.total_bytes)
        _refuse_what_is_there(target, spec, model, overwrite, append)
        target.run(f"SET threads = {threads}")
        work = Load(target, planned, model, run, threads, constraints, progress)
        try:
            progress.begin(planned)
            if schema == path.stem:
                progress.note(f"file and schema have one name: in DuckDB, say USE {schema}.{schema}, or {schema}.{schema}.TABLE")
            work.stage()
            if append and checked:
                progress.stage("checking")
                outcomes = work.check_staged()
            progress.stage("into the database")
            if append or constraints:
                target.use_memory()
            with target.transaction():
                if append:
                    added = work.append()
                    rows = work.counts()
                    target.note_again(_grown(target.manifest() or work.manifest(), rows))
                else:
                    work.create()
                    work.fill()
                    rows = {name: entry.rows for name, entry in work.staged.tables.items()}
                    if checked:
                        progress.stage("checking")
                        outcomes = work.check_loaded()
                    target.note(work.manifest(), [table.__tablename__ for table in work.tables])
            if target.settle():
                sizes = work.sizes()
            else:
                progress.note(
                    f"the disk is full: the new rows stay in {target.path.name}.wal, which belongs to the file, until there is room"
                )
                sizes = {name: sum(part.bytes for part in entry.parts) for name, entry in work.staged.tables.items()}
            target.take_place()
        except (OSError, duckdb.Error) as error:
            raise _explained(error, target, planned) from error
        except KeyboardInterrupt:
            raise Interrupted("interrupted; nothing was left behind") from None
        finally:
            progress.end()
    return Summary(f"{path} schema {schema}", spec, rows, sizes, time.perf_counter() - began, outcomes, added=added)


def _literal(text: str) -> str:
    """A text for SQL."""
    return "'" + text.replace("'", "''") + "'"


def _all_hold(outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    if not all(outcome.holds for outcome in outcomes):
        raise CheckFailed(outcomes)
    return outcomes


def _grown(found: manifests.Manifest, rows: dict[str, int]) -> manifests.Manifest:
    """The manifest of a build that rows were added to."""
    tables = {name: entry.model_copy(update={"rows": rows.get(name, entry.rows)}) for name, entry in found.tables.items()}
    return found.model_copy(update={"tables": tables})


def _refuse_without_room(target: Target, needed: int) -> None:
    free = target.free_bytes
    if needed > free:
        raise TargetError(f"the disk under {str(target.path)!r} has {size(free)} free, and the build needs about {size(needed)}")


def _refuse_what_is_there(target: Target, spec: Spec, model: Model, overwrite: bool, append: bool) -> None:
    there = target.made()
    foreign = sorted((target.relations().keys() - there.keys()) & {*spec.tables, MANIFEST})
    if foreign:
        raise TargetError(
            f"schema {target.schema!r} holds a {foreign[0]!r} that colgen did not make, or that was changed since; name another schema"
        )
    refuse_what_is_there(target, spec, model, overwrite, append)


def _explained(error: OSError | duckdb.Error, target: Target, planned: Plan) -> Exception:
    """What went wrong, for people."""
    words, shown = " ".join(str(error).split()), repr(str(target.path))
    if (isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)) or any(full in words for full in _FULL):
        return ColgenError(
            f"the disk under {shown} is full: the build needs about {size(_ROOM * planned.total_bytes)}; nothing was left behind"
        )
    if isinstance(error, OSError):
        return error
    return ColgenError(f"DuckDB could not write {shown}: {words}; nothing was left behind")
