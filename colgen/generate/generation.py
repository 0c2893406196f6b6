"""A model with its numbers: rows, seed and period. It gives any rows of any table."""

from __future__ import annotations

import dataclasses
import math
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

import numpy as np
import pyarrow as pa

from colgen.arrays import Array, slices
from colgen.declare.answer_key import ANSWER_KEY
from colgen.declare.column import Column
from colgen.declare.conditions import Conditions
from colgen.declare.families import Family
from colgen.declare.history import Births
from colgen.declare.keys import unique_sets
from colgen.declare.model import Model
from colgen.declare.period import Period
from colgen.declare.rows import Branches, Daily, Volume
from colgen.declare.table import TableInfo
from colgen.declare.times import CreatedAt
from colgen.defects.places import Defects, DirtyTable
from colgen.draws import draw
from colgen.errors import ColgenError, ModelError
from colgen.generate.block import Block
from colgen.generate.counting import RowCounts
from colgen.generate.index import INDEX_LIMIT, Index
from colgen.generate.period import choose_period
from colgen.generate.places import WHOLE, chunk_of_rows
from colgen.generate.sample import sample, spread
from colgen.generate.walk import walk
from colgen.values.gather import at_positions, together
from colgen.values.types import ColumnData

_CHUNK_ROOTS = 8  # by which is judged how many rows come from one
_CHUNK_COUNTS = 50_000  # of any table in the miniature meanwhile

_chunks: WeakKeyDictionary[Model, Mapping[TableInfo, int]] = WeakKeyDictionary()

K = TypeVar("K")
V = TypeVar("V")


class Generation:
    """A model with a volume, a seed and a period, under the conditions of a scenario.

    volume : the counts and settings, by name
    defects : what is to be wrong with what is written; None for nothing
    counts : how many rows there are
    """

    def __init__(
        self,
        model: Model,
        volume: Mapping[str, Any],
        seed: int,
        period: Period,
        scenario: Conditions | None = None,
        defects: Defects | None = None,
    ) -> None:
        self.model, self.volume, self.seed, self.period = model, volume, seed, period
        self.scenario = scenario or model.conditions
        self.defects = defects
        self.counts = RowCounts(self)
        self._keys: dict[Column, int] = {}
        self._indices: dict[Column, Index] = {}
        self._matching: dict[tuple[Any, ...], Array] = {}
        self._members: dict[tuple[TableInfo, TableInfo], tuple[Array, Array]] = {}
        self._calendars: dict[TableInfo, Array] = {}
        self._births: dict[TableInfo, Births] = {}
        self._dirty: dict[TableInfo, DirtyTable | None] = {}
        self._chunks: Mapping[TableInfo, int] | None = None
        self._lock = threading.RLock()

    def __reduce__(self) -> tuple[type[Generation], tuple[Any, ...]]:
        """It is pickled as what it was made from: what it has computed is computed again where it is unpickled."""
        return Generation, (self.model, dict(self.volume), self.seed, self.period, self.scenario, self.defects)

    def over(self, period: Period, volume: Mapping[str, Any]) -> Generation:
        """The same over another period."""
        return Generation(self.model, volume, self.seed, period, self.scenario, self.defects)

    def chunk(self, family: Family) -> int:
        """How many roots of a family are in a chunk: for a model always the same, so that no setting, seed or scenario moves a place."""
        if len(family) == 1:
            return WHOLE
        if self._chunks is None:
            self._chunks = chunks_of(self.model)
        return self._chunks[family[0]]

    @property
    def libraries(self) -> list[str]:
        """The libraries that its calendars and lists of words depend on: forecasts of feasts, and names, differ from version to version."""
        tables = self.model.infos
        calendars = [table.rows.calendar for table in tables if isinstance(table.rows, Volume) and table.rows.calendar]
        columns = [column for table in tables for column in table.columns.values()]
        calendars += [column.history.calendar for column in columns if isinstance(column, CreatedAt)]
        chosen = [self.scenario.calendar, *map(self.scenario.over, calendars)]
        seasonal = {library for calendar in chosen for library in calendar.libraries}
        return sorted(seasonal.union(*(column.libraries for column in columns)))

    def key(self, table: TableInfo, column: str) -> int:
        """The key of a column's draws."""
        return draw.key(self.seed, self.model.name, table.name, column)

    def key_of(self, column: Column) -> int:
        """The key of a column's draws, remembered."""
        if column not in self._keys:
            table = column.table.branch_of if column.unique and column.table.branch_of is not None else column.table
            self._keys[column] = self.key(table, column.name)  # what is unique in all branches comes of one order
        return self._keys[column]

    def calendar(self, table: TableInfo) -> Array:
        """Rows up to the end of each day: int64, (days + 1,)."""
        return self._once(self._calendars, table, lambda: self._calendar(table))

    def _once(self, known: dict[K, V], key: K, make: Callable[[], V]) -> V:
        """What is known by a key; made by one thread, and read without a lock from then on."""
        if key not in known:
            with self._lock:
                if key not in known:
                    known[key] = make()
        return known[key]

    def _calendar(self, table: TableInfo) -> Array:
        if isinstance(table.rows, Daily):
            return np.arange(self.period.days + 1) * self.counts.per_day(table)
        calendar = cast(Volume, table.rows).calendar
        assert calendar is not None
        return self.scenario.over(calendar).spread(self.counts.of(table), self.period, self.key(table, "rows of days"))

    @cached_property
    def day_factors(self) -> Array:
        """How busy each day of the period is, by the scenario's calendar: float64."""
        return self.scenario.calendar.factor(np.arange(self.period.start, self.period.end + 1), self.period)

    @cached_property
    def mean_factor(self) -> float:
        """How busy the average day of the period is, by the scenario's calendar."""
        return math.fsum(self.day_factors.tolist()) / self.period.days

    def births(self, column: CreatedAt) -> Births:
        """How many rows of a table have come into being by the end of each day."""
        return self._once(self._births, column.table, lambda: self._born(column))

    def _born(self, column: CreatedAt) -> Births:
        history = dataclasses.replace(column.history, calendar=self.scenario.over(column.history.calendar))
        key = self.key(column.table, "births")
        return Births(
            history.origin(self.period), history.spread(self.counts.of(column.table), self.period, self.volume, self.scenario.rates, key)
        )

    def at(self, column: Column, ids: Array, compact: bool = False) -> ColumnData:
        """A column at any ids of its table: from an index where the table is small, computed where it is not."""
        if self.counts.of(column.table) <= INDEX_LIMIT:
            return self.index(column).at(ids, compact)
        parent = column.table.parent
        if isinstance(column.table.rows, Branches):
            raise ModelError(
                f"{column.qualified_name} is looked up by id, but the rows of {column.table.name} are those of its branches, and over {INDEX_LIMIT:,}"
            )
        if parent is not None:
            raise ModelError(
                f"{column.qualified_name} is looked up by id, but {column.table.name} is fanned out and has over {INDEX_LIMIT:,} rows; "
                f"look up a column of {parent.name} instead"
            )
        block = Block(self, column.table, ids=ids.astype(np.int64, copy=False))
        return block.compact(column.name) if compact else block.values(column.name)

    def index(self, column: Column) -> Index:
        """The whole column of a small table, made once; with it those of the table's other columns that are looked up, in one walk."""
        if column not in self._indices:
            with self._lock:
                if column not in self._indices:
                    together = [other for other in self.model.looked_up(column.table) if other not in self._indices]
                    columns = list(dict.fromkeys([column, *together]))
                    self._indices.update(zip(columns, self._whole(columns), strict=True))
        return self._indices[column]

    def _whole(self, columns: Sequence[Column]) -> list[Index]:
        """Whole columns of one table."""
        table = columns[0].table
        if isinstance(table.rows, Branches):
            return [self._of_branches(column) for column in columns]
        family = self.model.family_of(table)
        indices = [Index(self.counts.of(table)) for _ in columns]
        for tables in walk(self, family, 1, self.counts.of(family[0])):
            for column, index in zip(columns, indices, strict=True):
                index.add(tables[table].values(column.name))
        return indices

    def _of_branches(self, column: Column) -> Index:
        """A whole column of a table with branches, in the order of its numbers."""
        numbers, values = list[Array](), list[ColumnData]()
        for branch in self.model.branches(column.table):
            family = self.model.family_of(branch)
            for tables in walk(self, family, 1, self.counts.of(family[0])):
                numbers.append(tables[branch].numbers)
                values.append(tables[branch].values(column.name))
        index, order = Index(self.counts.of(column.table)), np.argsort(np.concatenate(numbers))
        index.add(at_positions(together(values), order))
        return index

    def members(self, ancestor: TableInfo, table: TableInfo) -> tuple[Array, Array]:
        """For each row of a small table, the first row of a table that is fanned out from it, however far down, and how many there are: int64."""
        if self.counts.of(ancestor) > INDEX_LIMIT:
            raise ModelError(
                f"rows of {table.name} are chosen within {ancestor.name}, which has over {INDEX_LIMIT:,} rows; fan the rows that choose them out from it"
            )
        return self._once(self._members, (ancestor, table), lambda: self._members_of(ancestor, table))

    def _members_of(self, ancestor: TableInfo, table: TableInfo) -> tuple[Array, Array]:
        family, first, there = self.model.family_of(ancestor), list[Array](), list[Array]()
        for blocks in walk(self, family, 1, self.counts.of(family[0])):
            first.append(blocks[ancestor].first_number(table.name))
            there.append(blocks[ancestor].descendant_count(table.name))
        return np.concatenate(first), np.concatenate(there)

    def matching(self, table: TableInfo, where: Mapping[str, Any]) -> Array | None:
        """The ids of a small table's rows whose columns have these values: int32, ascending. None where the table is large."""
        if self.counts.of(table) > INDEX_LIMIT:
            return None
        return self._once(self._matching, (table, *sorted(where.items())), lambda: self._ids_where(table, where))

    def _ids_where(self, table: TableInfo, where: Mapping[str, Any]) -> Array:
        columns = self._whole([table.columns[name] for name in where])
        good = np.logical_and.reduce([index.values == value for index, value in zip(columns, where.values(), strict=True)])
        ids = [(np.flatnonzero(good[rows]) + (rows.start + 1)).astype(np.int32) for rows in slices(len(good))]
        return np.concatenate(ids) if ids else np.empty(0, np.int32)

    def dirty(self, table: TableInfo) -> DirtyTable | None:
        """Where a written table may have defects; None where it stays as it is."""
        defects = self.defects
        return None if defects is None else self._once(self._dirty, table, lambda: defects.of(table, self.model))

    def rows_with_defects(self, rows: Mapping[str, int]) -> dict[str, int]:
        """About how many rows of each table are written, those that come again among them, and how many the answer key has.

        rows : of each table, by name, without defects
        """
        written = dict(rows)
        for table in self.model.written:
            if table.name in rows and (dirty := self.dirty(table)) is not None:
                written[table.name] += round(rows[table.name] * dirty.duplicates)
                written[ANSWER_KEY.name] = written.get(ANSWER_KEY.name, 0) + round(rows[table.name] * dirty.each_row)
        return written

    def is_nullable(self, column: Column, table: TableInfo) -> bool:
        """Whether a value of a column may be missing where its table is written."""
        dirty = self.dirty(table)
        return column.nullable or (dirty is not None and dirty.may_be_missing(column.name))

    def unique_sets(self, table: TableInfo) -> list[tuple[str, ...]]:
        """The sets of written columns in which no two rows are the same, the primary key first: those declared, unless defects break them."""
        dirty = self.dirty(table)
        return [names for names in unique_sets(table) if dirty is None or dirty.keeps_unique(names)]

    def arrow_schema(self, table: TableInfo) -> pa.Schema:
        """The written columns; each field says what its values are like (`encoding`) and what it means (`comment`)."""
        dirty = self.dirty(table)

        def role(column: Column) -> str:  # rows of one branch come after those of another, block by block
            ascends = not isinstance(table.rows, Branches) and not (dirty and dirty.duplicates)
            if dirty is not None and dirty.is_plain(column.name):
                return "text"
            return column.role if ascends or column.role not in ("key", "parent") else "identifier"

        return pa.schema(
            [
                pa.field(
                    column.name,
                    pa.string() if dirty is not None and dirty.is_plain(column.name) else column.type.arrow,
                    self.is_nullable(column, table),
                    {"encoding": role(column), "comment": column.doc or column.description},
                )
                for column in table.written_columns
            ]
        )


def chunks_of(model: Model) -> Mapping[TableInfo, int]:
    """How many roots of each family with fanned-out rows are in a chunk, by its root table.

    Judged by a miniature of the model's largest volume, in which whatever is looked up is small.
    """
    if model not in _chunks:
        settings = dict(max(model.volumes.values(), key=lambda volume: sum(volume[name] for name in model.counts)))
        share = min(1.0, _CHUNK_COUNTS / max((settings[name] for name in model.counts), default=1))
        settings |= {name: max(model.range_of(name)[0], round(share * settings[name])) for name in model.counts}
        period = choose_period(None, None, days=settings.get("days"), model_first_day=model.first_day)
        largest = Generation(model, settings, 0, period)
        families = [family for family in model.families if len(family) > 1]
        largest._chunks = {family[0]: WHOLE for family in families}
        _chunks[model] = {family[0]: chunk_of_rows(_rows_per_root(largest, family)) for family in families}
    return _chunks[model]


def _rows_per_root(generation: Generation, family: Family) -> float:
    """About how many rows of the table that has most come from one root."""
    roots = spread(generation.counts.of(family[0]), _CHUNK_ROOTS)
    try:
        rows = sample(generation, family, roots)
    except ColgenError:  # of a model that fails at its largest volume
        return 1.0
    return max(map(rows.rows, family)) / generation.counts.of(family[0])
