"""What a build will do: rows of each table, tasks, and about how many bytes: what `--dry-run` prints."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from colgen.columns import Since
from colgen.errors import ModelError, RequestError
from colgen.generate import Run, estimated
from colgen.model import Model
from colgen.period import Period
from colgen.relations import ForeignKey
from colgen.spec import Spec
from colgen.table import Daily, Table

PART_BYTES = 48_000_000
"""About so much of a family, as Parquet, goes into one task: a part of each of its tables. The same for every format."""

_SAMPLE = 256
"""By so many roots at most is judged how much comes with one."""

_ESTIMATED = 1 << 17
"""By so many rows, of roots all over a family, is judged how many there are in all."""


@dataclass(frozen=True)
class Task:
    """Some roots of a family, with all that is fanned out from them: a few numbers, for whoever makes it.

    root : the family's root table, by name
    first, rows : the roots
    parts : the number of the part it makes in each table that is written
    bytes : about how much that is, and so about how long it takes
    firsts : the first id it makes in each table fanned out, by name; none as long as what lies before it is not counted
    """

    root: str
    first: int
    rows: int
    parts: Mapping[str, int]
    bytes: int
    firsts: Mapping[str, int] = field(default_factory=dict)

    def file(self, table: str, format: str) -> str:
        """The part of a table that it makes, relative to the build's folder."""
        return f"{table}/part-{self.parts[table]:05d}.{format}"


@dataclass(frozen=True)
class Plan:
    """tasks : not counted, those of a family one after the other
    rows : of every table that is written, those included that a table does not keep
    bytes : about how many it will take, by table
    counted : whether `rows` are exact; if not, they are estimated from some thousand roots
    """

    spec: Spec
    tasks: tuple[Task, ...]
    rows: Mapping[str, int]
    bytes: Mapping[str, int]
    counted: bool = True

    @property
    def total_bytes(self) -> int:
        return sum(self.bytes.values())


# Bytes a value takes, as measured on the models here: in Parquet, and as text.
_PARQUET: dict[str, float] = {
    "key": 0.1,
    "parent": 0.3,
    "reference": 3.0,
    "number": 0.9,
    "money": 3.2,
    "time": 3.0,
    "flag": 0.15,
    "category": 1.2,
    "repeated": 2.5,
    "text": 13.0,
}
_TEXT: dict[str, float] = {
    "key": 9,
    "parent": 9,
    "reference": 8,
    "number": 4,
    "money": 8,
    "time": 22,
    "flag": 6,
    "category": 10,
    "repeated": 30,
    "text": 24,
}
_FORMATS: dict[str, tuple[dict[str, float], float, float]] = {
    "parquet": (_PARQUET, 1.0, 0.0),
    "arrow": (_TEXT, 0.9, 0.0),
    "csv": (_TEXT, 1.0, 0.0),
    "csv.gz": (_TEXT, 0.33, 0.0),
    "csv.zst": (_TEXT, 0.33, 0.0),
    "jsonl": (_TEXT, 1.0, 15.0),
}


def estimate(table: type[Table], rows: int, format: str) -> int:
    """About how many bytes the rows of a table take on disk."""
    return round(rows * row_bytes(table, format) + 2_000)


def row_bytes(table: type[Table], format: str) -> float:
    """About how many bytes a row of a table takes."""
    sizes, factor, name = _FORMATS[format]
    return sum(sizes[column.encoding] * factor + name for column in table.visible())


def plan(spec: Spec, model: Model, run: Run, counted: bool = True) -> Plan:
    """The tasks of a build, and what comes of them.

    counted : whether all fanned-out rows are counted first, at a few nanoseconds each. If not, only those are whose number others need to
        know; the rest is as each task needs it, and what the same process makes task after task need not be counted at all
    """
    tasks: list[Task] = []
    rows: Counter[str] = Counter()
    slices = list(cut(spec, model, run))
    for table in _known_first(model, [table for family, _ in slices for table in family]):
        run.rows_of(table)
    for family, some in slices:
        tasks += some
        made: Mapping[type[Table], int] = {}
        if not counted:
            with suppress(ModelError):
                made = estimated(run, family, rows_per_root(run, family), _ESTIMATED)
        if not made:
            for task in some:
                run.firsts(family, task.first)
            made = {table: run.rows_of(table) for table in family}
        for table, many in made.items():
            if (written_as := table.written_as()) is not None:
                rows[written_as.__tablename__] += many
    written = {name: rows[name] for name in spec.tables}
    sizes = {name: estimate(model.table(name), written[name], spec.format) for name in written}
    return Plan(spec, tuple(tasks), written, sizes, counted)


def _known_first(model: Model, tables: Sequence[type[Table]]) -> Iterator[type[Table]]:
    """The tables of which some others need to know how many rows there are."""
    for table in tables:
        yield from model.branches_before(table)
        for column in table.__columns__.values():
            if isinstance(column, ForeignKey) and column.weights is None:
                yield column.references
            elif isinstance(column, Since):
                yield table


def counted(task: Task, run: Run) -> Task:
    """The task with its first ids, for a process that has not made what lies before it."""
    firsts = run.firsts(family_of(task, run.model), task.first)
    return replace(task, firsts={table.__tablename__: first for table, first in firsts.items()})


def rows_of(task: Task, run: Run) -> dict[str, int]:
    """How many rows a task makes of each table that is written, counted."""
    family = family_of(task, run.model)
    firsts, ends = ({family[0]: root, **run.firsts(family, root)} for root in (task.first, task.first + task.rows))
    rows: Counter[str] = Counter()
    for table in family:
        if (written_as := table.written_as()) is not None:
            rows[written_as.__tablename__] += ends[table] - firsts[table]
    return dict(rows)


def fits(parts: Mapping[str, int], task: Task, run: Run) -> bool:
    """Whether parts of so many rows may be what a task makes: of a table that does not keep all its rows, no more than those."""
    rows = rows_of(task, run)
    whole = {table.__tablename__ for table in run.model.written if table.__keep__ is None}
    return all(many == rows[name] or (many < rows[name] and name not in whole) for name, many in parts.items())


def family_of(task: Task, model: Model) -> tuple[type[Table], ...]:
    """The family that a task makes rows of, its root first."""
    return next(family for family in model.families if family[0].__tablename__ == task.root)


def cut(spec: Spec, model: Model, run: Run) -> Iterator[tuple[tuple[type[Table], ...], list[Task]]]:
    """Each family of which a table is written, in tasks of about `PART_BYTES`; nothing is counted yet.

    They are of one size, so that workers end together; but in a model that can be extended of one that no later day changes.
    """
    parts: Counter[str] = Counter()
    for family in model.families:
        names = dict.fromkeys(_written(family))
        if not any(name in spec.tables for name in names):
            continue
        roots, each = run.rows_of(family[0]), bytes_per_root(run, family)
        step = max(1, round(PART_BYTES / each))
        if model.settles_after is None:
            step = -(-roots // -(-roots // step))
        tasks = []
        for low in range(0, roots, step):
            rows = min(step, roots - low)
            tasks.append(Task(family[0].__tablename__, low + 1, rows, {name: parts[name] for name in names}, round(rows * each)))
            parts.update(names.keys())
        yield family, tasks


def _written(family: Sequence[type[Table]]) -> list[str]:
    """The names of the tables that a family's rows are written to."""
    return [target.__tablename__ for table in family if (target := table.written_as()) is not None]


def rough_bytes(spec: Spec, model: Model, run: Run) -> int:
    """About how many bytes a build takes, from the first few hundred roots of each family: at once, however large it is."""
    total = 0
    for family in model.families:
        roots = run.rows_of(family[0])
        each = rows_per_root(run, family)
        chosen = [table for table in family if any(name in spec.tables for name in _written([table]))]
        total += sum(estimate(table, round(each[table] * roots), spec.format) for table in chosen)
    return total


def bytes_per_root(run: Run, family: tuple[type[Table], ...]) -> float:
    """About how many bytes of Parquet one root and what is fanned out from it take."""
    return sum(rows * row_bytes(table, "parquet") for table, rows in rows_per_root(run, family).items() if not table.__hidden__)


def rows_per_root(run: Run, family: tuple[type[Table], ...]) -> dict[type[Table], float]:
    """About how many rows of each table come with one root, from the first few hundred roots or 100,000 rows: the same on every machine.

    In a model that can be extended, it is the same for a short period and for a longer one, so that both are cut at the same roots.
    """
    longer = _longer(run, family[0])
    if longer is not None:
        with suppress(RequestError):  # not everything is known of what lies beyond a period, such as Ramadan after 2077
            return _sampled(longer, family)
    return _sampled(run, family)


def _sampled(run: Run, family: tuple[type[Table], ...]) -> dict[type[Table], float]:
    roots = run.rows_of(family[0])
    sample, found = 1, run.firsts(family, 2)
    while sample < min(_SAMPLE, roots) and sum(found.values()) - len(found) < 100_000:
        sample = min(_SAMPLE, roots, 4 * sample)
        found = run.firsts(family, sample + 1)
    return {family[0]: 1.0, **{table: (first - 1) / sample for table, first in found.items()}}


def _longer(run: Run, root: type[Table]) -> Run | None:
    """The same over a period that has a whole sample of a table's daily rows; None where it has, or where there are no such rows."""
    if run.model.settles_after is None or not isinstance(root.rows, Daily) or run.rows_of(root) >= _SAMPLE:
        return None
    days = -(-_SAMPLE // root.rows.per_day(run.volume))
    period = Period(run.period.first, run.period.first + datetime.timedelta(days=days - 1))
    volume = {**run.volume, "days": days} if "days" in run.volume else run.volume
    return Run(run.model, volume, run.seed, period, run.scenario)
