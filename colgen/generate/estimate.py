"""About how many bytes a build has and how long it takes, before anything is made.

There are two ways. By constants for the role of each column, at once and within a factor of two: that is how work is cut into tasks, and how a
disk without room is refused. And by writing a sample in the format itself, in a moment and within a tenth: that is what `--dry-run` shows and
what `--target-size` goes by.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import RawIOBase
from typing import Any, cast

import numpy as np
import pyarrow as pa

from colgen.arrays import Array
from colgen.declare.column import Column
from colgen.declare.families import Family
from colgen.declare.model import Model
from colgen.declare.rows import Branches, Daily, FanOut, Volume
from colgen.declare.table import TableInfo
from colgen.formats import Format, find_format
from colgen.generate.generation import Generation
from colgen.generate.references import check_conditions
from colgen.generate.sample import sample
from colgen.generate.spec import Spec
from colgen.generate.walk import cells_of_block
from colgen.values.arrow import numbers
from colgen.values.batch import Batch

_PART_BYTES = 2_000  # of a table's first part, whatever its rows

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
    return round(rows * row_bytes(table, spec.file_format) + _PART_BYTES)


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
        cells = max(cells, min(made, cells_of_block(family)))
        exact |= {table for table in family if about.exact or (_is_declared(table) and table.keep is None)}
        for table in family:
            target = table.written_as
            rows[table] = about.written[table]
            if target is None or target.name in spec.tables:
                nanoseconds += about.made[table] * sum(MAKE_NANOSECONDS[column.role] for column in table.columns.values())
            if target is not None and target.name in spec.tables:
                nanoseconds += rows[table] * format.row_nanoseconds([column.role for column in table.written_columns])
    sizes = _Sizes(spec, generation, format, rows)
    written = {name: model.table(name) for name in spec.tables}
    parts = {name: model.branches(table) or [table] for name, table in written.items()}
    return Estimate(
        spec,
        {name: sum(rows[table] for table in parts[name]) for name in written},
        frozenset(name for name in written if exact.issuperset(parts[name])),
        sizes.of_tables(families),
        nanoseconds / 1e9,
        workers,
        round(cells * 8 * _HELD) + min(format.writer_bytes, sum(rows.values()) * _ROW_BYTES),
    )


def _is_declared(table: TableInfo) -> bool:
    """Whether the request says how many rows a table has."""
    if isinstance(table.rows, FanOut):
        return isinstance(table.rows.count, int) and _is_declared(table.rows.parent_table)
    return isinstance(table.rows, int | Volume | Daily)


MINIATURE_ROWS = 200_000
"""A family of more rows is looked at in a miniature of about so many: the same model and settings, with smaller counts."""

_SAMPLED_ROWS = 48_000  # of a family that are written to see how many bytes they take, at most
_TABLE_ROWS = 8_000  # the same for each table of a family

_MOST = 50_000  # that any count is in a miniature
_FEWEST = 20  # that a count is not made smaller than in a miniature: a reference may ask for a row of a kind
_GROUP_ROWS = 1 << 19  # that share a dictionary in a Parquet file, at most
_OFTEN = 32  # times that each of its words has been seen on average: a sample that knows them all


class CountedFile(RawIOBase):
    """A file of which only the length is known."""

    length = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        size = memoryview(data).nbytes
        self.length += size
        return size


class _Sizes:
    """How many bytes tables take, by writing some of their rows.

    The rows come from the middle of a miniature, in which whatever is looked up is small. Ids have fewer digits there than in the build, which
    is made up for.
    """

    def __init__(self, spec: Spec, generation: Generation, format: Format, rows: Mapping[TableInfo, int]) -> None:
        self._spec, self._real, self._format, self._rows = spec, generation, format, rows
        self._miniatures: dict[tuple[tuple[str, int], ...], Generation] = {}  # by their counts

    def of_tables(self, families: list[Family]) -> dict[str, int]:
        """Of each table that is written: bytes."""
        sizes = dict.fromkeys(self._spec.tables, 0.0)
        first = set(self._spec.tables)
        for family in families:
            branches = [table for table in family if table.written_as is not None and table.written_as.name in sizes]
            wanted = min(_SAMPLED_ROWS, len(family) * _TABLE_ROWS)
            few, many = (self._sampled(family, branches, rows) for rows in (wanted // 2, wanted))
            for table in branches:
                target = cast(TableInfo, table.written_as)
                fixed, each = self._fixed_and_each(table, few[table], many[table])
                if target.name in first:  # it has one part, or many whose first bytes weigh nothing
                    sizes[target.name] += fixed
                    first.remove(target.name)
                sizes[target.name] += self._rows[table] * each
        return {name: round(size) for name, size in sizes.items()}

    def _miniature(self, family: Family) -> Generation:
        """The same build with smaller counts, in which the family has about `MINIATURE_ROWS` rows, and no other count is very large."""
        model, volume = self._real.model, self._real.volume
        share = min(1.0, MINIATURE_ROWS / max(1, sum(self._real.counts.about(family).made.values())))
        counts = {
            name: max(model.range_of(name)[0], min(volume[name], _MOST, max(_FEWEST, round(volume[name] * share)))) for name in model.counts
        }
        key = tuple(counts.items())
        if key not in self._miniatures:
            is_real = all(counts[name] == volume[name] for name in counts)
            self._miniatures[key] = self._real if is_real else self._real.over(self._real.period, {**volume, **counts})
        return self._miniatures[key]

    def _sampled(self, family: Family, tables: list[TableInfo], wanted: int) -> dict[TableInfo, list[Batch]]:
        """Rows of some tables of a family, from the middle.

        wanted : about how many rows the family has in all
        """
        small = self._miniature(family)
        rows, roots = sum(small.counts.roughly(family).values()), small.counts.of(family[0])
        taken = max(1, min(roots, round(wanted * roots / max(rows, 1))))
        first = 1 + (roots - taken) // 2
        blocks = sample(small, family, np.arange(first, first + taken)).blocks
        return {
            table: list(blocks[table].batches(self._real.arrow_schema(self._target(table)))) if blocks[table].count else []
            for table in tables
        }

    def _target(self, table: TableInfo) -> TableInfo:
        """The table whose files its rows go to."""
        return self._real.model.table(cast(TableInfo, table.written_as).name)

    def _fixed_and_each(self, table: TableInfo, few: list[Batch], many: list[Batch]) -> tuple[float, float]:
        """The bytes of a part without rows, and those of each row."""
        fewer, rows = sum(map(len, few)), sum(map(len, many))
        if not rows:
            return _PART_BYTES, 0.0
        if rows >= self._rows[table]:
            return 0.0, self._written(many) / rows
        words = 0.0
        if self._format.bit_bytes:
            coded = _of_many_words(many)
            words = _words(many[0], coded, self._rows[table])
            few, many = _as_codes(few, coded), _as_codes(many, coded)
        whole = self._written(many)
        each = whole / rows if rows == fewer else (whole - self._written(few)) / (rows - fewer)
        return max(0.0, whole - each * rows), each + words + self._longer_ids(
            self._target(table), many[0], self._miniature(self._real.model.family_of(table))
        )

    def _written(self, batches: list[Batch]) -> int:
        """The bytes of a part with some rows."""
        file = CountedFile()
        writer = self._format.open(file, batches[0].schema)
        for batch in batches:
            writer.write(batch)
        writer.close()
        return file.length

    def _longer_ids(self, target: TableInfo, batch: Batch, miniature: Generation) -> float:
        """What the ids in a row take more in the build than in the miniature: bytes."""
        more = 0.0
        for number, column in enumerate(target.written_columns):
            if column.role not in ("key", "parent", "reference"):
                continue
            array = batch.array(number).drop_null()
            if not len(array):
                continue
            ids, share = numbers(array), len(array) / len(batch)
            owner = _owner(column)
            real, small = (self._count(generation, owner) for generation in (self._real, miniature))
            if self._format.digit_bytes:
                more += share * self._format.digit_bytes * (_mean_digits(real) - float(np.mean(_digits(ids))))
            if column.role == "reference" and 2 * int(ids.max() - ids.min()) > small:  # any row, not one nearby
                more += share * self._format.bit_bytes * max(0.0, float(np.log2(max(real, 1) / max(small, 1))))
        return more

    def _count(self, generation: Generation, table: TableInfo) -> int:
        """About how many rows a table has."""
        tables = generation.model.branches(table) if isinstance(table.rows, Branches) else [table]
        return sum(generation.counts.roughly(generation.model.family_of(one))[one] for one in tables)


def _of_many_words(batches: list[Batch]) -> list[int]:
    """The positions of the columns whose words some batches have hardly seen all of."""
    coded = []
    for number, column in enumerate(batches[0].columns):
        is_category = (batches[0].schema.field(number).metadata or {}).get(b"encoding") == b"category"
        if is_category and isinstance(column, pa.DictionaryArray):
            values = sum(len(batch) - cast(pa.Array, batch.columns[number]).null_count for batch in batches)
            if len(column.dictionary) * _OFTEN > values:
                coded.append(number)
    return coded


def _words(batch: Batch, coded: list[int], rows: int) -> float:
    """What the words in the dictionaries of some columns come to for each row of a part: bytes."""
    group, total = min(rows, _GROUP_ROWS), 0.0
    for number in coded:
        column = cast(pa.DictionaryArray, batch.columns[number])
        words, values = len(column.dictionary), group * (1 - column.null_count / len(column))
        total += words * -np.expm1(-values / words) * (column.dictionary.nbytes / words) / group
    return total


def _as_codes(batches: list[Batch], coded: list[int]) -> list[Batch]:
    """The same rows with the numbers of words in place of the words of some columns."""
    if not coded or not batches:
        return batches
    schema = batches[0].schema
    for number in coded:
        schema = schema.set(number, pa.field(schema.names[number], pa.int32(), metadata={"encoding": "number"}))
    rows = []
    for batch in batches:
        columns = [
            cast(pa.DictionaryArray, column).indices.cast(pa.int32()) if number in coded else column
            for number, column in enumerate(batch.columns)
        ]
        rows.append(Batch(batch.table, schema, columns, len(batch)))
    return rows


def _owner(column: Column) -> TableInfo:
    """The table whose ids a column holds."""
    if column.references is not None:
        return column.references
    return column.table.branch_of or column.table


def _digits(ids: Array) -> Array:
    """How many decimal digits each of some ids has: int64."""
    return np.searchsorted(10 ** np.arange(19, dtype=np.int64), ids, side="right")


def _mean_digits(rows: int) -> float:
    """How many decimal digits the ids 1 … n have on average.

    >>> _mean_digits(9), _mean_digits(99)
    (1.0, 1.9090909090909092)
    """
    digits = len(str(max(rows, 1)))
    return digits - sum(10**fewer - 1 for fewer in range(1, digits)) / max(rows, 1)
