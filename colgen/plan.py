"""What a build will do: rows of each table, tasks, and about how many bytes: what `--dry-run` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from colgen.generate import Run, count
from colgen.model import Model
from colgen.spec import Spec
from colgen.table import Table

PART_BYTES = 48_000_000
"""About so much of a family, as Parquet, goes into one task: a part of each of its tables. The same for every format."""


@dataclass(frozen=True)
class Task:
    """Some roots of a family, with all that is fanned out from them: a few numbers, for whoever runs it.

    root : the family's root table, by name
    first, rows : the roots
    parts : the number of the part it writes in each table that is written
    firsts : the first id it makes in each table fanned out
    counts : how many rows it makes in each table that is written
    bytes : about how much that is, and so about how long it takes
    """

    root: str
    first: int
    rows: int
    parts: Mapping[str, int]
    firsts: Mapping[str, int]
    counts: Mapping[str, int]
    bytes: int


@dataclass(frozen=True)
class Plan:
    """rows : of every table that is written, those included that a table does not keep; bytes : about how many it will take, by table"""

    spec: Spec
    tasks: tuple[Task, ...]
    rows: Mapping[str, int]
    bytes: Mapping[str, int]

    @property
    def total_bytes(self) -> int:
        return sum(self.bytes.values())


# Bytes a value takes, as measured on the models here: in Parquet, and as text.
_PARQUET: dict[str, float] = {
    "key": 0.3,
    "reference": 3.0,
    "number": 0.9,
    "money": 3.2,
    "time": 3.0,
    "flag": 0.15,
    "category": 1.2,
    "text": 13.0,
}
_TEXT: dict[str, float] = {"key": 9, "reference": 8, "number": 4, "money": 8, "time": 22, "flag": 6, "category": 10, "text": 24}
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


def plan(spec: Spec, model: Model, run: Run) -> Plan:
    """The tasks of a build, and what comes of them. Counts fanned-out rows, a few nanoseconds each."""
    tasks: list[Task] = []
    rows: Counter[str] = Counter()
    parts: Counter[str] = Counter()
    for family in model.families():
        names = dict.fromkeys(_written(family))
        if not any(name in spec.tables for name in names):
            continue
        roots = run.rows_of(family[0])
        step = max(1, round(PART_BYTES / bytes_per_root(run, family)))
        starts = list(range(0, roots, step))
        counted = count(run, family, [*starts, roots])
        for number, low in enumerate(starts):
            firsts = {table.__tablename__: counted[number][table] + 1 for table in family[1:]}
            size = min(step, roots - low)
            made = {family[0]: size, **{table: counted[number + 1][table] - counted[number][table] for table in family[1:]}}
            counts: Counter[str] = Counter()
            for table, many in made.items():
                if (written_as := table.written_as()) is not None:
                    counts[written_as.__tablename__] += many
            weight = sum(estimate(table, many, "parquet") for table, many in made.items() if not table.__hidden__)
            numbers = {name: parts[name] for name in names}
            parts.update(names.keys())
            rows.update(counts)
            tasks.append(Task(family[0].__tablename__, low + 1, size, numbers, firsts, dict(counts), weight))
        run.counted(counted[-1])
    written = {name: rows[name] for name in spec.tables}
    sizes = {name: estimate(model.table(name), written[name], spec.format) for name in written}
    return Plan(spec, tuple(tasks), written, sizes)


def _written(family: Sequence[type[Table]]) -> list[str]:
    """The names of the tables that a family's rows are written to."""
    return [target.__tablename__ for table in family if (target := table.written_as()) is not None]


def rough_bytes(spec: Spec, model: Model, run: Run) -> int:
    """About how many bytes a build takes, from the first few hundred roots of each family: at once, however large it is."""
    total = 0
    for family in model.families():
        roots = run.rows_of(family[0])
        each = rows_per_root(run, family)
        chosen = [table for table in family if any(name in spec.tables for name in _written([table]))]
        total += sum(estimate(table, round(each[table] * roots), spec.format) for table in chosen)
    return total


def bytes_per_root(run: Run, family: tuple[type[Table], ...]) -> float:
    """About how many bytes of Parquet one root and what is fanned out from it take."""
    return sum(rows * row_bytes(table, "parquet") for table, rows in rows_per_root(run, family).items() if not table.__hidden__)


def rows_per_root(run: Run, family: tuple[type[Table], ...]) -> dict[type[Table], float]:
    """About how many rows of each table come with one root, from the first few hundred roots or 100,000 rows: the same on every machine."""
    roots = run.rows_of(family[0])
    sample, found = 1, count(run, family, [1])[-1]
    while sample < min(256, roots) and sum(found.values()) < 100_000:
        sample = min(256, roots, 4 * sample)
        found = count(run, family, [sample])[-1]
    return {family[0]: 1.0, **{table: rows / sample for table, rows in found.items()}}
