"""The conductor: spec, plan, engine, sink, check, publish."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Protocol

import pyarrow as pa

from colgen import engines, journal, manifest, publish
from colgen.checks import Outcome, check
from colgen.errors import ColgenError, Interrupted, TargetError
from colgen.generate import Run, walk
from colgen.memory import keep_freed_memory
from colgen.model import Model
from colgen.plan import Plan, Task, counted, family_of, rough_bytes
from colgen.plan import plan as make_plan
from colgen.sinks import Part, sink
from colgen.sinks.file import Counted, PartFile
from colgen.spec import Spec
from colgen.views import load_sql


class Progress(Protocol):
    """Is told what a build does; called from several threads."""

    def begin(self, plan: Plan) -> None: ...
    def rows(self, table: str, rows: int) -> None: ...
    def stage(self, what: str) -> None: ...
    def note(self, what: str) -> None: ...
    def end(self) -> None: ...


class Silence:
    """Tells nobody."""

    def begin(self, plan: Plan) -> None: ...
    def rows(self, table: str, rows: int) -> None: ...
    def stage(self, what: str) -> None: ...
    def note(self, what: str) -> None: ...
    def end(self) -> None: ...


class Keeper(Protocol):
    """What may have parts already: the build that a longer one takes the place of, or what a killed one has finished.

    kept : the parts that were taken over
    """

    @property
    def kept(self) -> Sequence[manifest.Part]: ...
    def keep(self, task: Task, folder: Path, run: Run) -> dict[str, manifest.Part] | None:
        """Puts what a task makes into the new folder and gives its rows of the manifest; None where it has to be made."""


class Former(Keeper, Protocol):
    """The finished build that a longer one takes the place of, and may keep parts of.

    spared : how many bytes need not be written again
    """

    @property
    def replaced(self) -> manifest.Manifest: ...
    @property
    def spared(self) -> int: ...


@dataclass(frozen=True)
class Summary:
    """What a build made.

    target : the folder, or what else it went to, without its password
    outcomes : of the check, if it was asked for
    parts, kept : how many there are, and how many of them an extension took over, or a build that was resumed
    resumed : whether there was a killed build to go on from
    added : of an extension, how many rows each table has more than before; of an append, how many were new
    """

    target: str
    spec: Spec
    rows: Mapping[str, int]
    bytes: Mapping[str, int]
    seconds: float
    outcomes: tuple[Outcome, ...] | None = None
    parts: int = 0
    kept: int = 0
    added: Mapping[str, int] | None = None
    resumed: bool = False


class CheckFailed(ColgenError):
    """The data broke a rule, and was not published."""

    def __init__(self, outcomes: tuple[Outcome, ...]) -> None:
        self.outcomes = outcomes
        broken = [f"{outcome.table}: {outcome.says}" for outcome in outcomes if not outcome.holds]
        super().__init__(f"{len(broken)} of {len(outcomes)} checks failed, and nothing was published: " + "; ".join(broken))


def build(
    spec: Spec,
    model: Model,
    folder: Path,
    *,
    threads: int | None = None,
    checked: bool = False,
    overwrite: bool = False,
    resume: bool = False,
    former: Former | None = None,
    progress: Progress | None = None,
    block_cells: int | None = None,
) -> Summary:
    """Makes the data of a spec and publishes it at `folder`, whole or not at all.

    threads : how many tasks run at once; one for each core if None
    checked : prove every rule on what was written before it is published; CheckFailed if one does not hold
    resume : go on from the parts that a killed build of the same has finished; without it, they are cleared away
    former : the build at `folder` that this one takes the place of; its parts are kept where they are the same. It is not resumed
    block_cells : about how many values are made at a time, as many as serve speed if None; changes none

    Raises TargetError where the folder must not be written to or has no room, RequestError where what is to be resumed was another
    build. Nothing is left behind after any other error.
    """
    keep_freed_memory()
    began = time.perf_counter()
    progress = progress or Silence()
    run = spec.run(model)
    spared = former.spared if former is not None else _finished_bytes(folder) if resume else 0
    rough = rough_bytes(spec, model, run)
    _refuse_without_room(rough // 2 - spared, folder)
    plan = make_plan(spec, model, run, counted=rough < engines.LARGE or former is not None)
    _refuse_without_room(plan.total_bytes - spared, folder)
    outcomes: tuple[Outcome, ...] | None = None
    log = journal.Journal(folder, plan, model)
    try:
        progress.begin(plan)
        with publish.staging(folder, former.replaced if former else overwrite, log.resume if resume and not former else None) as new:
            if resume:
                whole = sum(name in spec.tables for task in plan.tasks for name in task.parts)
                there = f"finished already: {len(log.found):,} of {whole:,} parts"
                progress.note(there if log.found else "nothing to resume; everything is built")
            log.begin(new)
            written = _write(plan, model, run, new, threads or os.cpu_count() or 1, progress, block_cells, former or log, log)
            written.write(new)
            if checked:
                progress.stage("checking")
                outcomes = tuple(check(new, model))
                if not all(outcome.holds for outcome in outcomes):
                    raise CheckFailed(outcomes)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise ColgenError(
                f"the disk under {str(folder)!r} is full: the build needs about {size(plan.total_bytes)}; nothing was left behind"
            ) from error
        raise
    except KeyboardInterrupt:
        raise Interrupted("interrupted; nothing was left behind") from None
    finally:
        progress.end()
    sizes = {name: sum(part.bytes for part in table.parts) for name, table in written.tables.items()}
    rows = {name: table.rows for name, table in written.tables.items()}
    parts = sum(len(table.parts) for table in written.tables.values())
    kept = len((former or log).kept)
    return Summary(str(folder), spec, rows, sizes, time.perf_counter() - began, outcomes, parts, kept, resumed=bool(log.found))


def _write(
    plan: Plan,
    model: Model,
    run: Run,
    folder: Path,
    threads: int,
    progress: Progress,
    block_cells: int | None,
    keeper: Keeper,
    log: journal.Journal,
) -> manifest.Manifest:
    """Every part, and the files beside them but for the manifest itself, which is returned."""
    schemas = {name: run.schema(model.table(name)) for name in plan.spec.tables}
    for name in schemas:
        (folder / name).mkdir(exist_ok=True)

    def keep(task: Task, stop: Event, progress: engines.Told) -> tuple[Task, dict[str, manifest.Part] | None]:
        kept = keeper.keep(task, folder, run)
        for name, part in (kept or {}).items():
            progress.rows(name, part.rows)
        return task, kept

    def work(task: Task, stop: Event, progress: engines.Told) -> tuple[Task, dict[str, manifest.Part]]:
        return task, make(task, plan.spec, model, run, schemas, lambda file: PartFile(folder / file), stop, progress, block_cells)

    to_make: list[Task] = []
    made: dict[str, list[manifest.Part]] = defaultdict(list)

    def done(found: tuple[Task, dict[str, manifest.Part]]) -> None:
        task, parts = found
        log.add(task, parts)
        for name, part in parts.items():
            made[name].append(part)

    def looked_at(found: tuple[Task, dict[str, manifest.Part] | None]) -> None:
        task, kept = found
        if kept is None:
            to_make.append(task)
        else:
            done((counted(task, run), kept))

    engines.threads.run(plan.tasks, keep, looked_at, threads, progress)
    to_make.sort(key=lambda task: (task.root, task.first))  # what lies before a task is made before it, as far as one worker goes
    engines.run(to_make, run, work, done, threads, progress)
    columns = {name: columns_of(model, name) for name in schemas}
    found = manifest.Manifest.here(plan.spec, tables=manifest.entries({name: made[name] for name in schemas}, columns))
    (folder / manifest.LOAD_SQL).write_text(load_sql(found), encoding="utf-8")
    return found


def make(
    task: Task,
    spec: Spec,
    model: Model,
    run: Run,
    schemas: Mapping[str, pa.Schema],
    open: Callable[[str], Counted],
    stop: Event,
    progress: engines.Told | None = None,
    block_cells: int | None = None,
) -> dict[str, manifest.Part]:
    """Makes the part of each of a task's tables that has a schema here, and gives its row of the manifest.

    open : gives what a part, named by its file, is written to
    stop : once it is set, an error ends the work at the next block
    """
    format = sink(spec.format, spec.compression)
    names = [name for name in task.parts if name in schemas]
    files = {name: task.file(name, spec.format) for name in names}
    rows = dict.fromkeys(names, 0)
    opened: dict[str, Counted] = {}
    parts: dict[str, Part] = {}
    try:
        for name in names:
            opened[name] = open(files[name])
            parts[name] = format.open(opened[name], schemas[name])
        for name, batch in batches_of(model, run, task, schemas, block_cells, format.narrow):
            if stop.is_set():
                raise ColgenError("stopped")
            parts[name].write(batch)
            if progress is not None:
                progress.rows(name, len(batch))
            rows[name] += len(batch)
        for name in names:
            parts[name].close()
            opened[name].close()
    except BaseException:
        for part in parts.values():
            with suppress(Exception):
                part.close()  # lest Arrow complain of it later
        for file in opened.values():
            file.close()
        raise
    return {name: manifest.Part(file=files[name], rows=rows[name], bytes=opened[name].size, digest=opened[name].digest) for name in names}


def columns_of(model: Model, table: str) -> dict[str, str]:
    """The SQL types of a table's columns, as a manifest has them."""
    return {column.name: column.type.sql for column in model.table(table).visible()}


def batches_of(
    model: Model, run: Run, task: Task, schemas: Mapping[str, pa.Schema], block_cells: int | None = None, narrow: bool = False
) -> Iterator[tuple[str, pa.RecordBatch]]:
    """What a task makes, block by block: the names of tables, as far as they have a schema here, and rows of each.

    narrow : whether whole numbers may come in fewer bits than the schema says, and texts in parts
    """
    family = family_of(task, model)
    if task.firsts:
        run.passed(family, task.first, {table: task.firsts[table.__tablename__] for table in family[1:]})
    for blocks in walk(run, family, task.first, task.rows, block_cells):
        for table, block in blocks.items():
            target = table.written_as()
            if target is not None and (name := target.__tablename__) in schemas and block.count:
                yield from ((name, batch) for batch in block.batches(schemas[name], narrow))


def batches(run: Run, plan: Plan, model: Model, table: str) -> Iterator[pa.RecordBatch]:
    """The rows of one table in order, nothing written."""
    schemas = {table: run.schema(model.table(table))}
    for task in plan.tasks:
        if table in task.parts:
            for _, batch in batches_of(model, run, task, schemas):
                yield batch


def _finished_bytes(folder: Path) -> int:
    """How much of a build into a folder need not be written again; 0 where the folder cannot be written to, which is told in its time."""
    with suppress(OSError, RuntimeError):
        return journal.finished_bytes(publish.staging_folder(folder))
    return 0


def _refuse_without_room(needed: int, folder: Path) -> None:
    place = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if os.path.exists(parent))
    free = shutil.disk_usage(place).free
    if needed > free:
        raise TargetError(f"the disk under {str(folder)!r} has {size(free)} free, and the build needs about {size(needed)}")


def size(count: float) -> str:
    """Bytes for people.

    >>> size(1_234_567)
    '1.2 MB'
    """
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if count < 1000 or unit == "TB":
            return f"{count:,.0f} {unit}" if unit == "bytes" else f"{count:,.1f} {unit}"
        count /= 1000
    raise AssertionError
