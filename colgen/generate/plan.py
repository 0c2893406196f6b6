"""What a build will do: rows of each table, tasks, and about how many bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from colgen.declare.answer_key import ANSWER_KEY
from colgen.declare.families import Family
from colgen.declare.model import Model
from colgen.declare.table import TableInfo
from colgen.generate.estimate import bytes_per_root, table_bytes
from colgen.generate.generation import Generation
from colgen.generate.references import check_conditions
from colgen.generate.spec import Spec

PART_BYTES = 48_000_000
"""About how much of a family, as Parquet, goes into one task: a part of each of its tables. The same for every format."""


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

    def file(self, table: str, extension: str) -> str:
        """The part of a table that it makes, relative to the build's folder."""
        return f"{table}/part-{self.parts[table]:05d}.{extension}"

    def family(self, model: Model) -> Family:
        """The family that it makes rows of, its root first."""
        return next(family for family in model.families if family[0].name == self.root)

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
class Plan:
    """What a build will do.

    tasks : those of a family one after the other, their first ids not counted yet
    rows : of every table that is written, including those that a table does not keep
    bytes : about how many each table will take
    exact : whether `rows` are counted; if not, they are estimated
    """

    spec: Spec
    tasks: tuple[Task, ...]
    rows: Mapping[str, int]
    bytes: Mapping[str, int]
    exact: bool = True

    @property
    def total_bytes(self) -> int:
        return sum(self.bytes.values())


def plan(spec: Spec, generation: Generation, exact: bool = True) -> Plan:
    """The tasks of a build, and how many rows and bytes they give.

    exact : whether all fanned-out rows are counted first, at a few nanoseconds each. If not, only those are whose number others need to
        know; the rest is counted as each task needs it, and what one process makes task after task need not be counted at all
    """
    model, counts = generation.model, generation.counts
    families = list(cut(spec, generation))
    check_conditions(generation, [table for family, _ in families for table in family])
    for table in _counted_first(model, [table for family, _ in families for table in family]):
        counts.of(table)
    rows: Counter[str] = Counter()
    for family, tasks in families:
        if exact:
            for task in tasks:
                counts.first_ids(family, task.first)
        for table, count in (({table: counts.of(table) for table in family}) if exact else counts.about(family).made).items():
            if (target := table.written_as) is not None:
                rows[target.name] += count
    made = generation.rows_with_defects(rows)
    written = {name: made.get(name, 0) for name in spec.tables}
    sizes = {name: table_bytes(model.table(name), count, spec) for name, count in written.items()}
    return Plan(spec, tuple(task for _, tasks in families for task in tasks), written, sizes, exact)


def _counted_first(model: Model, tables: Sequence[TableInfo]) -> Iterator[TableInfo]:
    """The tables whose number of rows others need to know."""
    for table in tables:
        yield from model.branches_before(table)
        for column in table.columns.values():
            yield from column.counted


def cut(spec: Spec, generation: Generation) -> Iterator[tuple[Family, list[Task]]]:
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
        tasks = []
        for low in range(0, roots, step):
            rows = min(step, roots - low)
            tasks.append(Task(family[0].name, low + 1, rows, {name: parts[name] for name in names}, round(rows * each)))
            parts.update(names.keys())
        yield family, tasks
