"""What a build will do: rows of each table, tasks, and about how many bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import overload

from colgen.declare.answer_key import ANSWER_KEY
from colgen.declare.families import Family
from colgen.declare.model import Model
from colgen.declare.table import TableInfo
from colgen.generate.estimate import bytes_per_root, table_bytes
from colgen.generate.generation import Generation
from colgen.generate.references import check_conditions
from colgen.generate.share import Share
from colgen.generate.spec import Spec

PART_BYTES = 48_000_000
"""About how much of a family, as Parquet, goes into one task: a part of each of its tables. The same for every format."""

_CHUNK_TASKS = 4
"""Tasks that are up to so many times smaller than a chunk of roots become as large as one."""


@dataclass(frozen=True)
class Task:
    """Some roots of a family, with all that is fanned out from them: a few numbers, for whoever makes it.

    root : the family's root table, by name
    first, rows : the roots
    parts : the number of the part it makes in each table that is written
    bytes : about how much that is, and so about how long it takes
    first_ids : the first id it makes in each fanned-out table, by name; empty until the rows before it are counted
    """

    root: str
    first: int
    rows: int
    parts: Mapping[str, int]
    bytes: int
    first_ids: Mapping[str, int] = field(default_factory=dict)

    def family(self, model: Model) -> Family:
        """The family that it makes rows of, its root first."""
        return family_of(model, self.root)

    def with_first_ids(self, generation: Generation) -> Task:
        """The same with its first ids, for a process that has not made what lies before it."""
        first_ids = generation.counts.first_ids(self.family(generation.model), self.first)
        return replace(self, first_ids={table.name: first for table, first in first_ids.items()})

    def counted_rows(self, generation: Generation) -> dict[str, int]:
        """How many rows it makes of each table that is written, counted."""
        rows: Counter[str] = Counter()
        for table, count in generation.counts.between(self.family(generation.model), self.first, self.first + self.rows).items():
            if (target := table.written_as) is not None:
                rows[target.name] += count
        return dict(rows)

    def could_make(self, rows: Mapping[str, int], generation: Generation) -> bool:
        """Whether it may make parts with these numbers of rows: of a table that does not keep all its rows, no more than it has."""
        counted = self.counted_rows(generation)
        whole = {table.name for table in generation.model.written if table.keep is None}
        for table in generation.model.written:
            if table.name in counted and (dirty := generation.dirty(table)) is not None and dirty.duplicates:
                counted[table.name], whole = 2 * counted[table.name], whole - {table.name}
        known = {name: count for name, count in rows.items() if generation.defects is None or name != ANSWER_KEY.name}
        return all(count == counted[name] or (count < counted[name] and name not in whole) for name, count in known.items())


@dataclass(frozen=True)
class Cut:
    """How the roots of a family are cut into tasks; of these, the ones from `start` up to `stop`.

    root : the family's root table, by name
    roots, step : how many roots there are, and how many of them a task makes
    root_bytes : about how many bytes come from one root
    parts : the number of the first task's part in each table that is written
    start, stop : tasks, from 0
    """

    root: str
    roots: int
    step: int
    root_bytes: float
    parts: Mapping[str, int]
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start

    def task(self, index: int) -> Task:
        """One of its tasks, from 0."""
        number = self.start + index
        low = number * self.step
        rows = min(self.step, self.roots - low)
        parts = {name: first + number for name, first in self.parts.items()}
        return Task(self.root, low + 1, rows, parts, round(rows * self.root_bytes))

    @property
    def part_of_roots(self) -> float:
        """From how many of all roots its tasks make rows, from 0 to 1."""
        return (min(self.stop * self.step, self.roots) - self.start * self.step) / self.roots

    @property
    def bytes(self) -> int:
        """About how many bytes its tasks make."""
        return round(self.part_of_roots * self.roots * self.root_bytes)


@dataclass(frozen=True)
class Tasks(Sequence[Task]):
    """The tasks of a build, made as they are asked for: a few numbers, however many tasks there are."""

    cuts: tuple[Cut, ...]

    def __len__(self) -> int:
        return sum(map(len, self.cuts))

    def __iter__(self) -> Iterator[Task]:
        return (cut.task(index) for cut in self.cuts for index in range(len(cut)))

    @overload
    def __getitem__(self, index: int) -> Task: ...
    @overload
    def __getitem__(self, index: slice) -> Tasks: ...
    def __getitem__(self, index: int | slice) -> Task | Tasks:
        low, high, step = (index if isinstance(index, slice) else slice(index, index + 1 or None)).indices(len(self))
        if step != 1:
            raise ValueError("tasks are sliced one after the other")
        cuts, before = [], 0
        for cut in self.cuts:
            start, stop = max(low - before, 0), min(high - before, len(cut))
            if start < stop:
                cuts.append(replace(cut, start=cut.start + start, stop=cut.start + stop))
            before += len(cut)
        if isinstance(index, slice):
            return Tasks(tuple(cuts))
        if not cuts:
            raise IndexError(f"there is no task {index}")
        return cuts[0].task(0)

    @property
    def bytes(self) -> int:
        """About how many bytes they make."""
        return sum(cut.bytes for cut in self.cuts)

    def parts_of(self, table: str) -> Iterator[range]:
        """The numbers of the parts that they make of a table."""
        for cut in self.cuts:
            if table in cut.parts:
                yield range(cut.parts[table] + cut.start, cut.parts[table] + cut.stop)


def bytes_of(tasks: Sequence[Task]) -> int:
    """About how many bytes some tasks make."""
    return tasks.bytes if isinstance(tasks, Tasks) else sum(task.bytes for task in tasks)


def largest_first(tasks: Sequence[Task]) -> Iterable[Task]:
    """The same tasks, the largest first, so that several workers end together; those of a family in order."""
    if isinstance(tasks, Tasks):
        return Tasks(tuple(sorted(tasks.cuts, key=lambda cut: -cut.step * cut.root_bytes)))
    return sorted(tasks, key=lambda task: -task.bytes)


@dataclass(frozen=True)
class Plan:
    """What a build will do.

    tasks : those of a family one after the other, their first ids not counted yet
    rows : of every table that is written, including those that a table does not keep
    bytes : about how many each table will take
    exact : whether `rows` are counted; if not, they are estimated
    share : which share of a build it is; None for a whole one
    """

    spec: Spec
    tasks: Tasks
    rows: Mapping[str, int]
    bytes: Mapping[str, int]
    exact: bool = True
    share: Share | None = None

    @property
    def total_bytes(self) -> int:
        return sum(self.bytes.values())


def plan(spec: Spec, generation: Generation, exact: bool = True, share: Share | None = None) -> Plan:
    """The tasks of a build, and how many rows and bytes they give.

    exact : whether all fanned-out rows are counted first, at a few nanoseconds each. If not, only those are whose number others need to
        know; the rest is counted as each task needs it, and what one process makes task after task need not be counted at all
    share : only some of the tasks; their rows are estimated
    """
    model, counts = generation.model, generation.counts
    if share is not None:
        tasks = tasks_of(spec, generation)
        return _share_of(spec, generation, tasks[share.among(len(tasks))], share)
    families = list(cut(spec, generation))
    check_conditions(generation, [table for family, _ in families for table in family])
    for table in _counted_first(model, [table for family, _ in families for table in family]):
        counts.of(table)
    rows: Counter[str] = Counter()
    for family, cut_of_family in families:
        if exact:
            for task in Tasks((cut_of_family,)):
                counts.first_ids(family, task.first)
        for table, count in (({table: counts.of(table) for table in family}) if exact else counts.about(family).made).items():
            if (target := table.written_as) is not None:
                rows[target.name] += count
    return _plan(spec, generation, Tasks(tuple(tasks for _, tasks in families)), rows, exact)


def tasks_of(spec: Spec, generation: Generation) -> Tasks:
    """All tasks of a build; nothing is counted."""
    return Tasks(tuple(tasks for _, tasks in cut(spec, generation)))


def _share_of(spec: Spec, generation: Generation, tasks: Tasks, share: Share) -> Plan:
    """The plan of a share, in which nothing is counted."""
    check_conditions(generation, [table for tasks_of_family in tasks.cuts for table in family_of(generation.model, tasks_of_family.root)])
    rows: Counter[str] = Counter()
    for tasks_of_family in tasks.cuts:
        for table, count in generation.counts.about(family_of(generation.model, tasks_of_family.root)).made.items():
            if (target := table.written_as) is not None:
                rows[target.name] += round(count * tasks_of_family.part_of_roots)
    return _plan(spec, generation, tasks, rows, False, share)


def _plan(spec: Spec, generation: Generation, tasks: Tasks, rows: Mapping[str, int], exact: bool, share: Share | None = None) -> Plan:
    made = generation.rows_with_defects(rows)
    written = {name: made.get(name, 0) for name in spec.tables}
    sizes = {name: table_bytes(generation.model.table(name), count, spec) for name, count in written.items()}
    return Plan(spec, tasks, written, sizes, exact, share)


def family_of(model: Model, root: str) -> Family:
    """A family by the name of its root table, which comes first."""
    return next(family for family in model.families if family[0].name == root)


def _counted_first(model: Model, tables: Sequence[TableInfo]) -> Iterator[TableInfo]:
    """The tables whose number of rows others need to know."""
    for table in tables:
        yield from model.branches_before(table)
        for column in table.columns.values():
            yield from column.counted


def needs_all_counts(generation: Generation) -> bool:
    """Whether some rows depend on how many rows a table has that is fanned out, as keys of rows that come again by defect do."""
    fanned_out = {table for family in generation.model.families for table in family[1:]}
    return generation.defects is not None or not fanned_out.isdisjoint(_counted_first(generation.model, generation.model.infos))


def cut(spec: Spec, generation: Generation) -> Iterator[tuple[Family, Cut]]:
    """Each family of which a table is written, in tasks of about `PART_BYTES`; nothing is counted yet.

    They are of one size, so that workers end together; but in a model that can be extended, of a size that no later day changes.
    """
    parts: Counter[str] = Counter()
    for family in generation.model.families:
        targets = [target for table in family if (target := table.written_as) is not None]
        names = dict.fromkeys(target.name for target in targets)
        if not any(name in spec.tables for name in names):
            continue
        if any(generation.dirty(generation.model.own(target)) is not None for target in targets):
            names[ANSWER_KEY.name] = None
        roots, each = generation.counts.of(family[0]), bytes_per_root(generation, family)
        step = max(1, round(PART_BYTES / each))
        if generation.model.settles_after is None:
            step = -(-roots // -(-roots // step))
        chunk = generation.chunk(family)
        if (chunk <= roots or generation.model.settles_after is not None) and _CHUNK_TASKS * step >= chunk:
            step = -(-step // chunk) * chunk  # whole chunks: what begins within one is made by counting the chunk up to there
        tasks = Cut(family[0].name, roots, step, each, {name: parts[name] for name in names}, 0, -(-roots // step))
        parts.update(dict.fromkeys(names, len(tasks)))
        yield family, tasks
