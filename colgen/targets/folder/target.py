"""A build as a folder of files."""

from __future__ import annotations

import errno
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from colgen.declare.model import Model
from colgen.engines import threads
from colgen.engines.progress import Noted, Progress, RowReporter, row_reporter
from colgen.errors import ColgenError
from colgen.generate.generation import Generation
from colgen.generate.plan import Plan, Task
from colgen.generate.spec import Spec
from colgen.targets.counts import take_over
from colgen.targets.finished import FinishedBuild
from colgen.targets.folder import journal, staging
from colgen.targets.folder.attempts import AttemptOutput, remove_attempts
from colgen.targets.folder.place import FolderPlace
from colgen.targets.folder.reuse import PartReuse, PreviousBuild, SameShare
from colgen.targets.folder.views import load_sql
from colgen.targets.lake import metadata as lake
from colgen.targets.manifest import LOAD_SQL, Manifest, Origin, PartFile, table_entries
from colgen.targets.parts import FolderOutput, TaskParts, WriteParts
from colgen.targets.room import human_size, refuse_without_room
from colgen.targets.target import Published


class FolderTarget:
    """A folder that a build takes the place of.

    overwrite : whether a build that is there may be replaced
    resume : whether to go on from the parts that a killed build of the same request has finished; without it, they are cleared away
    shared : whether the parts are written by workers on other machines, which may be lost or come late
    previous : the build at the folder that this one replaces, whose parts are kept where they are the same. It is not resumed
    block_cells : about how many values are made at a time, as many as serve speed if None; it changes none
    """

    must_be_proved = False

    def __init__(
        self,
        folder: Path,
        *,
        overwrite: bool = False,
        resume: bool = False,
        shared: bool = False,
        previous: PreviousBuild | None = None,
        block_cells: int | None = None,
    ) -> None:
        self.folder, self.overwrite, self.resume, self.previous, self.block_cells = folder, overwrite, resume, previous, block_cells
        self.shared = shared
        self.exact = previous is not None
        self._made: dict[str, list[PartFile]] = defaultdict(list)

    def __str__(self) -> str:
        return str(self.folder)

    def accept(self, spec: Spec) -> Spec:
        return spec

    @property
    def counts(self) -> FolderPlace:
        """Where the counts of shares lie, of which this is to hold one."""
        return FolderPlace(self.folder.parent)

    @contextmanager
    def hold(self) -> Iterator[None]:
        with staging.hold(self.folder, spare=self.resume and self.previous is None) as self._staging:
            yield

    @property
    def _spared(self) -> int:
        """How many bytes need not be written again."""
        if self.previous is not None:
            return self.previous.spared
        if self.resume:
            with suppress(OSError, RuntimeError):
                return journal.finished_bytes(staging.staging_folder(self.folder))
        return 0

    def refuse_without_room(self, needed: int) -> None:
        refuse_without_room(needed - self._spared, self.folder)

    def refuse(self, plan: Plan, model: Model) -> None:
        self.refuse_without_room(plan.total_bytes)
        lake.refuse(plan.spec, model, self._staging.target)

    def stage(self, plan: Plan, generation: Generation, workers: int, progress: Progress) -> Sequence[Task]:
        self._plan, self._generation, self._origin = plan, generation, Origin.here(plan.spec, generation)
        self._journal = journal.Journal(self.folder, plan, generation)
        if plan.share is not None:
            self.previous = SameShare.find(self.folder, self._origin, plan.share)
            take_over(self.counts, plan.share, plan.spec, generation, progress)
        resume = self._journal.resume if self.resume and self.previous is None else None
        self._new = self._staging.open(self.previous.replaced if self.previous else self.overwrite, resume)
        if self.resume and self.previous is None:
            whole = sum(len(numbers) for name in plan.spec.tables for numbers in plan.tasks.parts_of(name))
            finished = len(self._journal.finished)
            progress(Noted(f"finished already: {finished:,} of {whole:,} parts" if finished else "nothing to resume; everything is built"))
        self._journal.start(self._new)
        for name in plan.spec.tables:
            (self._new / name).mkdir(exist_ok=True)
            staging.make_alike(self._new / name, self.folder / name)
        return self._reused(plan, workers, row_reporter(progress))

    def _reused(self, plan: Plan, workers: int, report: RowReporter) -> Sequence[Task]:
        """Takes over what is there already; the tasks that are left."""
        if self.previous is None and not self._journal.finished:
            return plan.tasks
        left: list[Task] = []

        def done(result: Reused) -> None:
            if result.parts is None:
                left.append(result.task)
            else:
                self.add(TaskParts(result.task.with_first_ids(self._generation), result.parts))

        threads.execute(plan.tasks, KeepParts(self._reuse, self._new, self._generation), done, workers, report)
        return sorted(
            left, key=lambda task: (task.root, task.first)
        )  # what lies before a task is made before it, as far as one worker goes

    @property
    def _reuse(self) -> PartReuse:
        return self.previous or self._journal

    def job(self) -> WriteParts:
        output = AttemptOutput.open(self._new, self._plan.spec.tables) if self.shared else FolderOutput(self._new)
        return WriteParts(self._generation, self._origin, output, block_cells=self.block_cells)

    def add(self, result: TaskParts) -> None:
        self._journal.add(result.task, result.parts)
        for name, part in result.parts.items():
            self._made[name].append(part)

    def load(self, workers: int, progress: Progress) -> None:
        remove_attempts(self._new)
        tables = self._plan.spec.tables
        columns = {name: self._generation.model.table(name).sql_types for name in tables}
        entries = table_entries({name: self._made[name] for name in tables}, columns)
        previous = self.previous.replaced if self.previous is not None else None
        parts = {name: entry.parts for name, entry in entries.items()}
        is_whole = self._plan.share is None
        metadata = lake.write(self._new, self._staging.target, self._plan.spec, self._generation, parts, previous) if is_whole else []
        self.manifest = Manifest.here(self._plan.spec, self._generation, tables=entries, metadata_files=metadata, share=self._plan.share)
        (self._new / LOAD_SQL).write_text(load_sql(self.manifest), encoding="utf-8")
        self.manifest.write(self._new)

    def staged(self) -> FinishedBuild:
        return FinishedBuild(self._new, self.manifest)

    def publish(self, progress: Progress) -> Published:
        self._staging.publish()
        return Published(
            rows=self.manifest.rows,
            bytes=self.manifest.bytes,
            parts=len(self.manifest.parts),
            kept=len(self._reuse.kept),
            resumed=bool(self._journal.finished),
        )

    def explain(self, error: Exception) -> Exception:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            needed = human_size(self._plan.total_bytes)
            return ColgenError(f"the disk under {str(self.folder)!r} is full: the build needs about {needed}; nothing was left behind")
        return error


@dataclass(frozen=True)
class Reused:
    """What was taken over of a task; None where it has to be made."""

    task: Task
    parts: dict[str, PartFile] | None


@dataclass(frozen=True)
class KeepParts:
    """Looks whether the parts of tasks are there already."""

    reuse: PartReuse
    folder: Path
    generation: Generation

    def __call__(self, task: Task, stop: Callable[[], bool], report: RowReporter) -> Reused:
        parts = self.reuse.keep(task, self.folder, self.generation)
        for name, part in (parts or {}).items():
            report(name, part.rows)
        return Reused(task, parts)
