"""A build as objects of a bucket."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

import xxhash

from colgen.declare.model import Model
from colgen.engines.processes import aside
from colgen.engines.progress import Noted, Progress, RowReporter, row_reporter
from colgen.errors import TargetError
from colgen.generate.generation import Generation
from colgen.generate.plan import Plan, Task
from colgen.generate.spec import Spec
from colgen.targets.counts import take_over
from colgen.targets.finished import FinishedBuild
from colgen.targets.folder.journal import Heading
from colgen.targets.manifest import NAME, Manifest, Origin, PartFile, table_entries
from colgen.targets.objects.bucket import Bucket, Entry, Version
from colgen.targets.objects.contents import is_intact, refuse_changed, refuse_foreign
from colgen.targets.objects.file import BucketOutput
from colgen.targets.objects.finished import BuildOfObjects
from colgen.targets.objects.journal import Journal, TaskRecord, TaskRecords
from colgen.targets.objects.publication import There, not_asked_for, other_won, publish
from colgen.targets.parts import TaskParts, WriteParts
from colgen.targets.target import Published

ROW_GROUP_BYTES = 16 << 20
"""Of Parquet, unless something else is asked for: a reader fetches a column of a row group by one request."""


class SettledParts(Protocol):
    """The finished build that a longer one replaces, and those of its parts that stay as they are.

    replaced : its manifest
    """

    @property
    def replaced(self) -> Manifest: ...
    def settled(self, task: Task, generation: Generation) -> dict[str, PartFile] | None:
        """The parts of a task that has settled, whether or not they are intact; None where it has to be made."""


@dataclass(frozen=True)
class WriteObjects:
    """Makes the parts of a task and puts them into the bucket, between the two states of its record.

    marker : which version of its marker the build has put. It is looked for before anything is put, since a worker on another machine may
        reach another store
    """

    write: WriteParts
    records: TaskRecords
    marker: Version

    @property
    def generation(self) -> Generation:
        return self.write.generation

    def __call__(self, task: Task, stop: Callable[[], bool], report: RowReporter) -> TaskParts:
        files = list(self.write.origin.files_of(task).values())
        self.records.refuse_lost(self.marker)
        self.records.write(task, TaskRecord(files=files))
        made = self.write(task, stop, report)
        self.records.write(task, TaskRecord(files=files, parts=list(made.parts.values()), first_ids=task.first_ids))
        return made


class ObjectsTarget:
    """A prefix of a bucket. Parts are put where they stay, under names that follow from the request; what publishes them is the manifest.

    url : s3://, gs:// or az://
    overwrite : whether a build that is there may be replaced
    resume : whether to go on from the parts that a killed build of the same request has finished
    previous : the build under the prefix that this one replaces, whose parts are kept where they are the same. It is not resumed
    block_cells : about how many values are made at a time, as many as serve speed if None; it changes none
    """

    must_be_proved = False

    def __init__(
        self,
        url: str,
        *,
        overwrite: bool = False,
        resume: bool = False,
        previous: SettledParts | None = None,
        block_cells: int | None = None,
    ) -> None:
        self.bucket, self.overwrite, self.previous, self.block_cells = Bucket(url), overwrite, previous, block_cells
        self.resume = resume and previous is None
        self.exact = previous is not None
        self._made: dict[str, list[PartFile]] = defaultdict(list)
        self._journal: Journal | None = None
        self._there: There | None = None
        self._kept = 0
        self._same_share = False

    def __str__(self) -> str:
        return str(self.bucket)

    def accept(self, spec: Spec) -> Spec:
        return spec if self.previous is not None else spec.in_row_groups_of(ROW_GROUP_BYTES)

    @property
    def counts(self) -> Bucket:
        """Where the counts of shares lie, of which this is to hold one."""
        return Bucket(self.bucket.url.rpartition("/")[0])

    @contextmanager
    def hold(self) -> Iterator[None]:
        """No lock: another build may go on meanwhile, and the one that puts its manifest first wins."""
        self.bucket.prepare()
        try:
            yield
        finally:
            if self._journal is not None:
                with suppress(Exception):  # `colgen cleanup` finds what cannot be removed now
                    self._journal.remove()

    def refuse_without_room(self, needed: int) -> None:
        pass

    def refuse(self, plan: Plan, model: Model) -> None:
        there = self._there = aside(lambda: There.read(self.bucket))
        if self.previous is not None:
            if there is None or there.manifest != self.previous.replaced:
                raise TargetError(f"{self} no longer holds the build that it held a moment ago; look what is there, and try again")
        elif there is not None and plan.share is not None and there.holds(plan.share, Origin.here(plan.spec, plan.spec.generation(model))):
            self._same_share = True
        elif there is not None and not self.overwrite:
            raise not_asked_for(self.bucket)

    def stage(self, plan: Plan, generation: Generation, workers: int, progress: Progress) -> Sequence[Task]:
        self._plan, self._generation, self._origin = plan, generation, Origin.here(plan.spec, generation)
        if plan.share is not None:
            take_over(self.counts, plan.share, plan.spec, generation, progress)
        tasks = xxhash.xxh3_128_hexdigest(repr(plan.tasks.cuts).encode())
        self._journal, reused = aside(lambda: self._open(Heading.here(plan.spec, generation, tasks=tasks), workers))
        report, left = row_reporter(progress), []
        for task in plan.tasks:
            parts = reused.get((task.root, task.first))
            if parts is None:
                left.append(task)
                continue
            self._kept += len(parts)
            for name, part in parts.items():
                self._made[name].append(part)
                report(name, part.rows)
        if self.resume:
            whole = sum(len(numbers) for name in plan.spec.tables for numbers in plan.tasks.parts_of(name))
            progress(
                Noted(f"finished already: {self._kept:,} of {whole:,} parts" if self._kept else "nothing to resume; everything is built")
            )
        return sorted(left, key=lambda task: (task.root, task.first))

    def _open(self, heading: Heading, workers: int) -> tuple[Journal, dict[tuple[str, int], dict[str, PartFile]]]:
        """Refuses what must not be written over, puts the marker, and looks which parts are there already."""
        if self.bucket.version(NAME) != (self._there.version if self._there is not None else None):
            raise other_won(self.bucket)
        journal, entries = Journal(self.bucket, heading), dict(self.bucket.entries())
        files = {file for task in self._plan.tasks for file in self._origin.files_of(task).values()}
        listed = set(self._there.manifest.files) if self._there is not None else set()
        if self._there is not None:
            refuse_changed(self.bucket, self._there.manifest, entries)
        refuse_foreign(self.bucket, files, entries, listed | journal.records.files())
        journal.start(self.resume)
        try:
            with ThreadPoolExecutor(workers) as pool:
                kept = list(pool.map(lambda task: self._reusable(task, journal.records, entries), self._plan.tasks))
        except BaseException:
            if not journal.resumed:
                with suppress(Exception):
                    journal.remove()
            raise
        return journal, {(task.root, task.first): parts for task, parts in zip(self._plan.tasks, kept, strict=True) if parts is not None}

    def _reusable(self, task: Task, records: TaskRecords, entries: dict[str, Entry]) -> dict[str, PartFile] | None:
        """The parts of a task that are there, byte for byte; None where it has to be made."""
        if self.previous is not None:
            parts, listed_at = self.previous.settled(task, self._generation), entries[NAME].modified
        elif self._same_share and self._there is not None:
            parts, listed_at = self._there.parts_of(task), entries[NAME].modified
        elif self.resume and records.name(task) in entries:
            parts, listed_at = self._recorded(task, records), entries[records.name(task)].modified
        else:
            return None
        if parts is None or not all(is_intact(self.bucket, part, entries.get(part.file), listed_at) for part in parts.values()):
            return None
        return self._renamed(task, parts, records)

    def _renamed(self, task: Task, parts: dict[str, PartFile], records: TaskRecords) -> dict[str, PartFile]:
        """The same parts under the names that they have in this build, where those are others."""
        files = self._origin.files_of(task)
        if all(part.file == files[name] for name, part in parts.items()):
            return parts
        records.write(task, TaskRecord(files=list(files.values())))
        for name, part in parts.items():
            self.bucket.copy(part.file, files[name])
        return {name: part.model_copy(update={"file": files[name]}) for name, part in parts.items()}

    def _recorded(self, task: Task, records: TaskRecords) -> dict[str, PartFile] | None:
        """What a killed build says of a task that it has finished; None where that is not what the task would make now."""
        record = records.read(records.name(task))
        files = self._origin.files_of(task)
        recorded = {part.file: part for part in record.parts} if record is not None else {}
        if record is None or set(recorded) != set(files.values()) or record.first_ids != task.with_first_ids(self._generation).first_ids:
            return None
        parts = {name: recorded[file] for name, file in files.items()}
        return parts if task.could_make({name: part.rows for name, part in parts.items()}, self._generation) else None

    def job(self) -> WriteObjects:
        assert self._journal is not None
        write = WriteParts(self._generation, self._origin, BucketOutput(self.bucket), block_cells=self.block_cells)
        return WriteObjects(write, self._journal.records, self._journal.version)

    def add(self, result: TaskParts) -> None:
        for name, part in result.parts.items():
            self._made[name].append(part)

    def load(self, workers: int, progress: Progress) -> None:
        tables = self._plan.spec.tables
        columns = {name: self._generation.model.table(name).sql_types for name in tables}
        entries = table_entries({name: self._made[name] for name in tables}, columns)
        self.manifest = Manifest.here(self._plan.spec, self._generation, tables=entries, share=self._plan.share)

    def staged(self) -> FinishedBuild:
        return BuildOfObjects.of(self.bucket, self.manifest)

    def publish(self, progress: Progress) -> Published:
        journal = self._journal
        assert journal is not None
        publish(journal, self.manifest, self._there)
        self._journal = None
        return Published(
            rows=self.manifest.rows,
            bytes=self.manifest.bytes,
            parts=len(self.manifest.parts),
            kept=self._kept,
            resumed=self.resume and self._kept > 0,
        )

    def explain(self, error: Exception) -> Exception:
        return error
