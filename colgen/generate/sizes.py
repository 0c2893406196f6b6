"""About how many bytes tables take in a format, by writing some of their rows."""

from __future__ import annotations

from collections.abc import Mapping
from io import RawIOBase
from typing import Any, cast

import numpy as np
import pyarrow as pa

from colgen.arrays import Array
from colgen.declare.column import Column
from colgen.declare.families import Family
from colgen.declare.rows import Branches
from colgen.declare.table import TableInfo
from colgen.formats import Format
from colgen.generate.generation import Generation
from colgen.generate.overlay import Overlay
from colgen.generate.sample import sample
from colgen.generate.spec import Spec
from colgen.values.arrow import numbers
from colgen.values.batch import Batch

PART_BYTES = 2_000
"""Of a table's first part, whatever its rows."""

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


class SampledSizes:
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
        overlay = Overlay(small) if small.defects is not None else None
        return {
            table: list(blocks[table].batches(self._real.arrow_schema(self._target(table)), overlay)) if blocks[table].count else []
            for table in tables
        }

    def _target(self, table: TableInfo) -> TableInfo:
        """The table whose files its rows go to."""
        return self._real.model.table(cast(TableInfo, table.written_as).name)

    def _fixed_and_each(self, table: TableInfo, few: list[Batch], many: list[Batch]) -> tuple[float, float]:
        """The bytes of a part without rows, and those of each row."""
        fewer, rows = sum(map(len, few)), sum(map(len, many))
        if not rows:
            return PART_BYTES, 0.0
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
