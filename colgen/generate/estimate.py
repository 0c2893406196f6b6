"""About how many bytes a build has and how long it takes, before anything is made.

There are two ways. By constants for the role of each column, at once and within a factor of two: that is how work is cut into tasks, and how a
disk without room is refused. And by writing a sample in the format itself, in a moment and within a tenth: that is what `--dry-run` shows and
what `--target-size` goes by.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from colgen.declare.answer_key import ANSWER_KEY
from colgen.declare.families import Family
from colgen.declare.model import Model
from colgen.declare.rows import Daily, FanOut, Volume
from colgen.declare.table import TableInfo
from colgen.formats import Format, find_format
from colgen.generate.generation import Generation
from colgen.generate.references import check_conditions
from colgen.generate.sizes import PART_BYTES, SampledSizes
from colgen.generate.spec import Spec
from colgen.generate.walk import cells_of_block

MAKE_NANOSECONDS: Mapping[str, float] = {
    "key": 2.9,
    "parent": 1.7,
    "reference": 59,
    "number": 23,
    "money": 14,
    "time": 20,
    "flag": 4.1,
    "category": 15,
    "repeated": 16,
    "text": 150,
    "fraction": 23,
    "list": 150,
    "struct": 150,
}
"""Nanoseconds of a core that a value takes to be made, by the role of its column; `benchmarks/constants.py` measures them."""

START_SECONDS = 0.1
"""What a build takes however small it is, once colgen has been loaded."""

_HELD = 1.6  # as much as the values of a block take is held in all, by what they are made from
_ROW_BYTES = 1_000  # in memory, at most

BASE_BYTES = 110_000_000
"""Memory that a build takes however small it is: Python, the libraries and the vocabulary."""


def table_bytes(table: TableInfo, rows: int, spec: Spec) -> int:
    """About how many bytes the rows of a table take on disk, in the format of a build, by constants."""
    return round(rows * row_bytes(table, spec.file_format) + PART_BYTES)


def row_bytes(table: TableInfo, format: Format) -> float:
    """About how many bytes a row of a table takes in a format, by constants."""
    return format.row_bytes([column.role for column in table.written_columns])


def bytes_per_root(generation: Generation, family: Family) -> float:
    """About how many bytes of Parquet one root and what is fanned out from it take, by constants: above 0."""
    parquet = find_format("parquet")
    sizes = {table: row_bytes(table, parquet) for table in family if not table.hidden}
    each = generation.counts.per_root(family)
    if not (size := sum(each[table] * of_row for table, of_row in sizes.items())):  # the first roots lead to nothing that is written
        rows = generation.counts.about(family).made
        size = sum(rows[table] * of_row for table, of_row in sizes.items()) / rows[family[0]]
    return size or 1.0


def rough_bytes(spec: Spec, generation: Generation) -> int:
    """About how many bytes a build takes, by constants and by the first few hundred roots of each family."""
    rows = Counter[str]()
    for family in _families(spec, generation.model):
        roots, each = generation.counts.of(family[0]), generation.counts.per_root(family)
        for table in family:
            if (target := table.written_as) is not None and target.name in spec.tables:
                rows[target.name] += round(each[table] * roots)
    return sum(table_bytes(generation.model.table(name), count, spec) for name, count in rows.items())


def _families(spec: Spec, model: Model) -> Iterator[Family]:
    """Those of which a table is written."""
    for family in model.families:
        if any(target.name in spec.tables for table in family if (target := table.written_as) is not None):
            yield family


@dataclass(frozen=True)
class Estimate:
    """About what a build would make and take, found in a moment, however large it is.

    spec : the build
    rows : of each table
    exact : the tables whose rows are not estimated: the request says how many there are, or they are few enough to be counted
    bytes : about how many each table takes on disk
    cpu_seconds : about how long one core would take. Measured on one machine (`benchmarks/constants.py`): another one may take half as
        long, or twice
    workers : how many tasks run at once
    worker_bytes : about how much memory each of them takes; it does not grow with the rows
    """

    spec: Spec
    rows: Mapping[str, int]
    exact: frozenset[str]
    bytes: Mapping[str, int]
    cpu_seconds: float
    workers: int
    worker_bytes: int

    @property
    def total_rows(self) -> int:
        """Rows of all tables."""
        return sum(self.rows.values())

    @property
    def total_bytes(self) -> int:
        """About how many bytes all tables take on disk."""
        return sum(self.bytes.values())

    @property
    def seconds(self) -> float:
        """About how long the build takes with so many workers, each on a core of its own, and a disk that keeps up with them."""
        return START_SECONDS + self.cpu_seconds / self.workers

    @property
    def memory(self) -> int:
        """About how many bytes of memory it takes, with all its workers."""
        return BASE_BYTES + self.workers * self.worker_bytes

    @property
    def as_json(self) -> dict[str, Any]:
        """Itself as JSON has it."""
        return {
            "rows": dict(self.rows),
            "exact": sorted(self.exact),
            "bytes": dict(self.bytes),
            "totalRows": self.total_rows,
            "totalBytes": self.total_bytes,
            "seconds": round(self.seconds, 1),
            "memory": self.memory,
            "firstDay": self.spec.first_day.isoformat(),
            "lastDay": self.spec.last_day.isoformat(),
        }


def estimate(spec: Spec, generation: Generation, workers: int) -> Estimate:
    """About what a build would make and take.

    workers : how many tasks may run at once

    Raises ModelError where a reference asks for a row that a small table does not have.
    """
    model, format = generation.model, spec.file_format
    families = list(_families(spec, model))
    check_conditions(generation, [table for family in families for table in family])
    rows: Counter[TableInfo] = Counter()
    exact: set[TableInfo] = set()
    nanoseconds, cells = 0.0, 0
    for family in families:
        about = generation.counts.about(family)
        made = sum(about.made[table] * len(table.columns) for table in family)
        cells = max(cells, min(made, cells_of_block(about.made)))
        exact |= {table for table in family if about.exact or (_is_declared(table) and table.keep is None)}
        for table in family:
            target = table.written_as
            rows[table] = about.written[table]
            if target is None or target.name in spec.tables:
                nanoseconds += about.made[table] * sum(MAKE_NANOSECONDS[column.role] for column in table.columns.values())
            if target is not None and target.name in spec.tables:
                nanoseconds += rows[table] * format.row_nanoseconds([column.role for column in table.written_columns])
    sizes = SampledSizes(spec, generation, format, rows)
    written = {name: model.table(name) for name in spec.tables}
    parts = {name: model.branches(table) or [table] for name, table in written.items()}
    clean = {name: sum(rows[table] for table in parts[name]) for name in written}
    dirty = generation.rows_with_defects(clean)
    return Estimate(
        spec,
        dirty,
        frozenset(name for name in written if exact.issuperset(parts[name]) and dirty[name] == clean[name]),
        sizes.of_tables(families)
        | {name: table_bytes(ANSWER_KEY, dirty[name], spec) for name in dirty if spec.defects and name == ANSWER_KEY.name},
        nanoseconds / 1e9,
        workers,
        round(cells * 8 * _HELD) + min(format.writer_bytes, sum(rows.values()) * _ROW_BYTES),
    )


def _is_declared(table: TableInfo) -> bool:
    """Whether the request says how many rows a table has."""
    if isinstance(table.rows, FanOut):
        return isinstance(table.rows.count, int) and _is_declared(table.rows.parent_table)
    return isinstance(table.rows, int | Volume | Daily)
