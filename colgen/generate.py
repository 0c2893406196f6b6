"""A task becomes Arrow record batches. Nothing here knows of files, engines or progress.

A `Run` is a model with its numbers: rows, seed, period. A `Block` is some rows of one table, made column by column as they are
asked for: by the writer, by another column, by a child that reads its parent or a parent that sums its children.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, pairwise
from typing import Any, TypeVar, cast
from weakref import WeakValueDictionary

import numpy as np
import pyarrow as pa

from colgen import draw as draws
from colgen.arrays import Array, either, elementwise, narrowest, slices, taken
from colgen.datatypes import String, Uuid, Values, coded, with_missing
from colgen.draw import Draw
from colgen.errors import ColgenError, ModelError
from colgen.model import Model
from colgen.period import Period
from colgen.relations import ParentKey
from colgen.scenario import Conditions
from colgen.table import Between, Branches, Column, Daily, FanOut, Table, Volume
from colgen.text import Composed

K = TypeVar("K")
V = TypeVar("V")

INDEX_LIMIT = 1 << 22
"""A table of up to so many rows is looked up in an array (8 bytes a row and column); a larger one is computed anew."""

BLOCK_ROWS = 3 << 15
"""A column of a family has about so many rows in a block, on average: enough for Python's share of the work to be small, few enough for a
column's 512 KB to stay at hand until they are used. It changes no value."""

LEAF_ROWS = 3 << 16
"""Of a table that nothing is fanned out from, about so many rows are made at a time: they wait for no others, and what one column has made is
still in the cache when the next one reads it. It changes no value."""

_FEW_CHILDREN = 4
"""Where at most one row in so many has children, they are looked for; otherwise all rows are gone through."""

SAMPLE_CELLS = 1 << 17
"""How large a block's rows are is judged by its first roots: up to 256 of them, or so many values."""


class Index:
    """A whole column, to be looked up by id: numbers of which none is missing in the narrowest integers that hold them all.

    blocks : the column's values, block by block
    rows : how many there are in all
    """

    def __init__(self, blocks: Iterator[Values], rows: int) -> None:
        self._padded: Array | None = None  # with a zero before the first row, so that an id is a place
        first = next(blocks)
        if not isinstance(first, np.ndarray) or hasattr(first, "mask"):
            self.values = together([first, *blocks])
        else:
            self._dtype = first.dtype
            self._padded, end = np.zeros(rows + 1, _narrowest(first)), 1
            for block in chain([first], blocks):
                self._padded = self._padded.astype(np.promote_types(self._padded.dtype, _narrowest(block)), copy=False)
                self._padded[end : end + len(block)] = block
                end += len(block)
            self.values = self._padded[1:]

    def at(self, ids: Array, narrow: bool = False) -> Values:
        """The values at some ids, in the column's own dtype or in fewer bits."""
        if self._padded is None:
            return at_positions(self.values, ids - 1)
        return taken(self._padded, ids, None if narrow else self._dtype)


def _narrowest(values: Array) -> np.dtype[Any]:
    """The narrowest signed dtype that holds whole numbers and 0; of others, their own."""
    return narrowest(int(values.min(initial=0)), int(values.max(initial=0))) if values.dtype.kind in "iu" else values.dtype


class Run:
    """A model with a volume, a seed and a period: gives any rows of any table.

    counts : rows of every table that is not fanned out, by table name
    """

    def __init__(self, model: Model, volume: Mapping[str, Any], seed: int, period: Period, scenario: Conditions | None = None) -> None:
        self.model, self.volume, self.seed, self.period = model, volume, seed, period
        self.scenario = scenario or Conditions.of(model)
        self._keys: dict[Column, int] = {}
        self._indices: dict[Column, Index] = {}
        self._matching: dict[tuple[Any, ...], Array] = {}
        self._calendars: dict[type[Table], Array] = {}
        self._firsts: dict[type[Table], dict[int, dict[type[Table], int]]] = {}  # by root table, then by root
        self._lock = threading.RLock()

    def key(self, table: type[Table], column: str) -> int:
        return draws.key(self.seed, self.model.name, table.__tablename__, column)

    def key_of(self, column: Column) -> int:
        if column not in self._keys:
            self._keys[column] = self.key(column.table, column.name)
        return self._keys[column]

    def rows_of(self, table: type[Table]) -> int:
        """How many rows a table has; those of a fanned-out one are counted, at a few nanoseconds each, unless they were made here."""
        if isinstance(table.rows, int):
            return table.rows
        if isinstance(table.rows, Volume):
            return int(self.volume[table.rows.name])
        if isinstance(table.rows, Daily):
            return self._per_day(table, table.rows) * self.period.days
        if isinstance(table.rows, Branches):
            return sum(map(self.rows_of, self.model.branches(table)))
        family = self.model.family_of(table)
        return self.firsts(family, self.rows_of(family[0]) + 1)[table] - 1

    def _per_day(self, table: type[Table], daily: Daily) -> int:
        try:
            rows = daily.per_day(self.volume)
        except Exception as error:
            raise ModelError(f"table {table.__tablename__}: its rows for each day failed: {type(error).__name__}: {error}") from error
        if rows < 1:
            raise ModelError(f"table {table.__tablename__}: {rows:,} rows for each day; there must be at least one")
        return rows

    def rows_before(self, table: type[Table]) -> int:
        """How many rows a branch's table has from the families before its own."""
        return sum(map(self.rows_of, self.model.branches_before(table)))

    def firsts(self, family: Sequence[type[Table]], root: int) -> dict[type[Table], int]:
        """The first id that a root, or one after it, leads to in each fanned-out table: what makes their ids dense.

        What lies between the root and the last one before it of which this is known is counted; one of which it is known is where a walk
        has ended.
        """
        if len(family) == 1:
            return {}
        known = self._known_firsts(family)
        if root not in known:
            with self._lock:
                last = max(one for one in tuple(known) if one <= root)
                for _ in walk(self, family, last, root - last):
                    pass
        return known[root]

    def passed(self, family: Sequence[type[Table]], root: int, firsts: Mapping[type[Table], int]) -> None:
        """Takes note of the first ids that a root leads to, lest what lies before it be counted."""
        self._known_firsts(family)[root] = dict(firsts)

    def _known_firsts(self, family: Sequence[type[Table]]) -> dict[int, dict[type[Table], int]]:
        return self._firsts.setdefault(family[0], {1: dict.fromkeys(family[1:], 1)})

    def calendar(self, table: type[Table]) -> Array:
        """Rows up to the end of each day: int64, (days + 1,)."""
        return self._once(self._calendars, table, lambda: self._calendar(table))

    def _once(self, known: dict[K, V], key: K, make: Callable[[], V]) -> V:
        """What is known by a key; made by one thread, and asked for without a lock from then on."""
        if key not in known:
            with self._lock:
                if key not in known:
                    known[key] = make()
        return known[key]

    def _calendar(self, table: type[Table]) -> Array:
        if isinstance(table.rows, Daily):
            return np.arange(self.period.days + 1) * self._per_day(table, table.rows)
        calendar = cast(Volume, table.rows).calendar
        assert calendar is not None
        return self.scenario.over(calendar).spread(self.rows_of(table), self.period)

    def at(self, column: Column, ids: Array, narrow: bool = False) -> Values:
        """A column at any ids of its table: from an index where the table is small, computed where it is not."""
        if self.rows_of(column.table) <= INDEX_LIMIT:
            return self.index(column).at(ids, narrow)
        if column.table.parent() is not None:
            raise ModelError(
                f"{column.place} is looked up by id, but {column.table.__tablename__} is fanned out and has over {INDEX_LIMIT:,} rows; "
                f"look up a column of {column.table.parent().__tablename__} instead"  # type: ignore[union-attr]
            )
        block = Block(self, column.table, ids=ids.astype(np.int64, copy=False))
        return block.narrow(column.name) if narrow else block.values(column.name)

    def index(self, column: Column) -> Index:
        """The whole column of a small table, made once."""
        return self._once(self._indices, column, lambda: self._whole(column))

    def _whole(self, column: Column) -> Index:
        family = self.model.family_of(column.table)
        blocks = walk(self, family, 1, self.rows_of(family[0]))
        return Index((some[column.table].values(column.name) for some in blocks), self.rows_of(column.table))

    def matching(self, table: type[Table], where: Mapping[str, Any]) -> Array | None:
        """The ids of a small table's rows whose columns have these values: int32, ascending."""
        if self.rows_of(table) > INDEX_LIMIT:
            return None
        return self._once(self._matching, (table, *sorted(where.items())), lambda: self._ids_where(table, where))

    def _ids_where(self, table: type[Table], where: Mapping[str, Any]) -> Array:
        good = np.logical_and.reduce([self._whole(table.__columns__[name]).values == value for name, value in where.items()])
        ids = [(np.flatnonzero(good[rows]) + (rows.start + 1)).astype(np.int32) for rows in slices(len(good))]
        return np.concatenate(ids) if ids else np.empty(0, np.int32)

    def schema(self, table: type[Table]) -> pa.Schema:
        """The written columns; each field says what its values are like (`encoding`) and what it means (`comment`)."""

        def encoding(one: Column) -> str:  # rows of one branch come after those of another, block by block
            return "identifier" if isinstance(table.rows, Branches) and one.encoding in ("key", "parent") else one.encoding

        fields = [
            pa.field(one.name, one.type.arrow, one.nullable, {"encoding": encoding(one), "comment": one.doc or one.sentence})
            for one in table.visible()
        ]
        return pa.schema(fields)


class Block:
    """Some rows of a table. With `start` they follow one another; with `ids` they are any.

    parent, counts : the rows they are fanned out from, and how many from each
    first_parent : the position in the parent block of the row that the first of `counts` belongs to
    """

    def __init__(
        self,
        run: Run,
        table: type[Table],
        start: int = 0,
        count: int = 0,
        ids: Array | None = None,
        parent: Block | None = None,
        counts: Array | None = None,
        first_parent: int = 0,
    ) -> None:
        self.run, self.table, self.start, self._first_parent = run, table, start, first_parent
        self._given_ids = ids
        self.count = count if ids is None else len(ids)
        self.parent, self.counts = parent, counts
        self.family: WeakValueDictionary[type[Table], Block] = WeakValueDictionary()  # a circle would outlive the block
        self._made: dict[str, Values] = {}
        self._read: dict[str, Values] = {}  # of these, what functions have read
        self._encoded: dict[str, pa.DictionaryArray] = {}
        self._rows_above: dict[type[Table], tuple[Block, Array]] = {}
        self._ends_of: dict[str, Array] = {}

    @property
    def period(self) -> Period:
        return self.run.period

    @property
    def volume(self) -> Mapping[str, Any]:
        return self.run.volume

    @property
    def scenario(self) -> Conditions:
        return self.run.scenario

    @cached_property
    def ids(self) -> Array:
        return np.arange(self.start, self.start + self.count) if self._given_ids is None else self._given_ids

    @cached_property
    def numbers(self) -> Array:
        return self._numbered(self.table, self.ids)

    def draw(self, column: Column) -> Draw:
        return Draw(self.run.key_of(column), self.start, self.count, self._given_ids)

    def rows_of(self, table: type[Table]) -> int:
        return self.run.rows_of(table)

    def at(self, column: Column, ids: Array) -> Values:
        return self.run.at(column, ids)

    def matching(self, table: type[Table], where: Mapping[str, Any]) -> Array | None:
        return self.run.matching(table, where)

    @cached_property
    def pieces(self) -> tuple[Block, ...]:
        """Its rows in blocks of about `LEAF_ROWS`, each with all rows of some parents; none where it is made as a whole."""
        many = round(self.count / LEAF_ROWS)
        if many < 2 or self.parent is None or self.counts is None or self.run.model.descendants(self.table):
            return ()
        ends, _ = self.parent._ends(self.table.__tablename__)
        limits = [0, *(np.searchsorted(ends, self.count * np.arange(1, many) // many) - 1).tolist(), len(self.counts)]
        pieces = []
        for first, end in pairwise(limits):
            begin, count = int(ends[first]), int(ends[end] - ends[first])
            if count:
                piece = Block(self.run, self.table, self.start + begin, count, None, self.parent, self.counts[first:end], first)
                piece.family, piece.pieces = self.family, ()
                pieces.append(piece)
        return tuple(pieces) if len(pieces) > 1 else ()

    def values(self, name: str) -> Values:
        if name not in self._read:
            values = self.narrow(name)
            if isinstance(values, Composed):
                values = _spelled(self.table.__columns__[name], values)
            elif self.table.__columns__[name].narrows and isinstance(values, np.ndarray) and values.dtype.kind == "i":
                values = values.astype(np.int64, copy=False)
            self._read[name] = values
        return self._read[name]

    def narrow(self, name: str) -> Values:
        if name not in self._made:
            many = [piece.narrow(name) for piece in self.pieces]
            self._made[name] = together(many) if many else self._computed(self.table.__columns__[name])
        return self._made[name]

    def _computed(self, column: Column) -> Values:
        try:
            values = column.values(self)
        except ColgenError:
            raise
        except Exception as error:
            raise ModelError(f"{column.place} could not be computed: {type(error).__name__}: {error}") from error
        if isinstance(values, pa.ChunkedArray):
            values = values.combine_chunks()
        shape = getattr(values, "shape", None) or (len(values) if hasattr(values, "__len__") else "no array",)
        if shape != (self.count,):
            raise ModelError(
                f"{column.place} gave {' × '.join(map(str, shape))} values for {self.count:,} rows; one for each row is needed"
            )
        return values

    def referred(self, column: Column, via: str, narrow: bool = False) -> Values:
        if not isinstance(self.table.__columns__[via], ParentKey):
            ids = self.narrow(via)
            if not hasattr(ids, "mask"):
                return self._of(column, ids, narrow)
            missing = np.ma.getmaskarray(ids)
            found = self._of(column, either(missing, self._any_of(column.table), ids.data))
            if isinstance(found, pa.Array):
                return with_missing(found, missing)
            return np.ma.array(np.ma.getdata(found), mask=missing | np.ma.getmaskarray(found))
        block, rows = self._above(column)
        return at_positions(block.narrow(column.name) if narrow else block.values(column.name), rows)

    def _of(self, column: Column, ids: Array, narrow: bool = False) -> Values:
        """A column at any ids of its table: from the family's block at hand, if they are all there."""
        near = self.family.get(column.table)
        if near is None or not near.holds(ids):
            return self.run.at(column, ids, narrow)
        values = near.narrow(column.name) if narrow else near.values(column.name)
        return at_positions(values, np.subtract(ids, near.start, dtype=np.int64))

    def _any_of(self, table: type[Table]) -> int:
        """The id of a row that is easily come by."""
        near = self.family.get(table)
        return near.start if near is not None and near.count else 1

    def above(self, column: Column) -> tuple[Values, Array]:
        block, rows = self._above(column)
        return block.values(column.name), rows

    def _above(self, column: Column) -> tuple[Block, Array]:
        """The block of a parent, or a parent's parent, to which a column belongs, and the position of each row's there: int64."""
        if self.parent is None:
            raise ModelError(f"{self.table.__tablename__} reads its parent's {column.place}, which only its own family has at hand")
        if self.parent.table is column.table:
            return self.parent, self.parent_rows
        if column.table not in self._rows_above:
            block, rows = self.parent._above(column)
            self._rows_above[column.table] = block, rows.take(self.parent_rows)
        return self._rows_above[column.table]

    def holds(self, ids: Array) -> bool:
        """Whether all of some rows are among these."""
        return self._given_ids is None and (not len(ids) or bool(ids.min() >= self.start and ids.max() < self.start + self.count))

    def repeated(self, column: Column) -> pa.DictionaryArray:
        block, rows = self._above(column)
        words = block.values(column.name)
        if column.unique:
            indices = rows.astype(np.int32)
        else:  # a word that came twice would confuse a writer
            if column.name not in block._encoded:
                block._encoded[column.name] = words if isinstance(words, pa.DictionaryArray) else words.dictionary_encode()
            encoded = block._encoded[column.name]
            indices, words = encoded.indices.to_numpy().take(rows), encoded.dictionary
        return coded(indices, words)

    @cached_property
    def parent_rows(self) -> Array:
        """The position of each row's parent in the parent block: int64."""
        assert self.parent is not None
        assert self.counts is not None
        first, parents = self._first_parent, len(self.counts)
        if _FEW_CHILDREN * self.count < parents:
            fertile = np.flatnonzero(self.counts)
            return np.repeat(fertile + first, self.counts.take(fertile))
        return np.repeat(np.arange(first, first + parents), self.counts)

    def outermost(self, last: bool) -> Array:
        """Whether each row is the first, or the last, of those fanned out from the same one: bool."""
        assert self.counts is not None
        ends = self._until[1:].take(np.flatnonzero(self.counts))
        is_so = np.zeros(self.count + 1, bool)
        is_so[ends - 1 if last else ends] = True
        if not last and self.count:
            is_so[0] = True
        return is_so[: self.count]

    def ordinal(self) -> Array:
        assert self.parent is not None
        ends, whole = self.parent._ends(self.table.__tablename__)
        before = (ends + (whole.start - self.start)).astype(np.int32)  # the first of these rows
        ordinal = np.arange(1, self.count + 1, dtype=np.int32)
        for rows in slices(self.count):
            ordinal[rows] -= before.take(self.parent_rows[rows])
        return ordinal

    def running(self, name: str) -> Array:
        until = _summed_up(self.narrow(name))
        before = until.take(self._until)  # what the rows of earlier parents have
        return elementwise(lambda sums, parents: sums - before.take(parents - self._first_parent), until[1:], self.parent_rows)

    def first(self, table: str) -> Array:
        ends, below = self._ends(table)
        return self._numbered(below.table, ends[:-1] + below.start)

    def _numbered(self, branch: type[Table], ids: Array) -> Array:
        """What some ids of a branch, one for each of these rows, are in the table that its sisters have rows in too.

        The families come one after the other; in a family the rows are numbered root by root, and those of a root branch by branch. So
        they can be numbered before anybody knows how many rows the family will have.
        """
        before = self.run.rows_before(branch)
        sisters = self.run.model.sisters(branch)
        if len(sisters) < 2:
            return ids + before if before else ids
        root = self.family.get(self.run.model.family_of(branch)[0])
        if root is None:
            raise ModelError(f"ids of {branch.__tablename__} are known in its own family only: another branch shares its numbers there")
        more = np.full(root.count, before)
        for place, sister in enumerate(sisters):
            if sister is not branch:
                if sister not in self.family:
                    raise ModelError(
                        f"how many rows {sister.__tablename__} has depends on ids of {branch.__tablename__}, which depend on it in turn: "
                        "the branches of one family share their numbers; use another column"
                    )
                ends, block = root._ends(sister.__tablename__)
                more += (ends[1:] if place < sisters.index(branch) else ends[:-1]) + (block.start - 1)
        ends, block = root._ends(self.table.__tablename__)
        return ids + np.repeat(more, np.diff(np.clip(ends + (block.start - self.start), 0, self.count)))

    def how_many(self, table: str) -> Array:
        return np.diff(self._ends(table)[0])

    def _ends(self, table: str) -> tuple[Array, Block]:
        """How many rows further down belong to the rows before each, and to all: int64, (count + 1,); and the block of those rows."""
        below = next((block for found, block in self.family.items() if found.__tablename__ == table), None)
        if table not in self._ends_of:
            between, block = [], below
            while block is not None and block is not self:
                between.append(block)
                block = block.parent
            if block is None:
                raise ModelError(f"no rows of {table} are fanned out from {self.table.__tablename__}, or not at hand")
            ends = np.arange(self.count + 1) if not between else between.pop()._until
            for block in reversed(between):
                ends = block._until.take(ends)
            self._ends_of[table] = ends
        assert below is not None
        return self._ends_of[table], below

    @cached_property
    def _until(self) -> Array:
        """How many of these rows belong to the parents before each, and to all: int64, (parents + 1,)."""
        assert self.counts is not None
        return _summed_up(self.counts)

    def summed(self, column: Column) -> Array:
        if column.table not in self.family:
            raise ModelError(f"{column.place} is summed for rows of {self.table.__tablename__} outside their family")
        ends, below = self._ends(column.table.__tablename__)
        until, end = np.empty(below.count + 1, np.int64), 0
        until[0] = 0  # differences of a running sum, as fast as reduceat, which wants children for all
        for piece in below.pieces or (below,):
            sums = until[end + 1 : end + 1 + piece.count]
            np.cumsum(piece.narrow(column.name), out=sums)
            if end:
                sums += until[end]
            end += piece.count
        return np.diff(until.take(ends))

    def happening(self) -> tuple[Array, Array, Array]:
        """For rows of a calendar: the day since 1970-01-01, the place among the day's rows from 0, and how many the day has."""
        if "__happening" not in self._made:
            until = self.run.calendar(self.table)
            if self._given_ids is None:
                ends = np.clip(until, self.start - 1, self.start - 1 + self.count)
                day = np.repeat(np.arange(len(until) - 1), np.diff(ends))
            else:
                day = np.searchsorted(until, self._given_ids - 1, side="right") - 1
            self._made["__happening"] = (day + self.period.start, self.ids - (until + 1).take(day), np.diff(until).take(day))
        return cast(tuple[Array, Array, Array], self._made["__happening"])

    def fan_out(self, table: type[Table]) -> Array:
        """How many rows of a child table each of these has: int64."""
        rows = cast(FanOut, table.rows)
        if isinstance(rows.count, str):
            counts = self.values(rows.count)
            if len(counts) and counts.min() < 0:
                raise ModelError(
                    f"{self.table.__tablename__}.{rows.count} says how many rows of {table.__tablename__} there are, and is negative"
                )
            return counts
        if isinstance(rows.count, Between):
            low, high = rows.count.ends(self.volume)
            return Draw(self.run.key(table, "rows"), self.start, self.count, self._given_ids).integers(low, high)
        return np.full(self.count, rows.count)

    def _to_arrow(self, column: Column, values: Values, narrow: bool) -> pa.Array:
        if isinstance(values, Composed):
            if narrow and column.type.arrow == pa.string():
                return values.to_arrow()
            values = _spelled(column, values)
        if hasattr(values, "mask"):
            try:
                array = column.type.to_arrow(values.data, narrow)
            except OverflowError:  # what is masked may be anything
                array = column.type.to_arrow(values.filled(0), narrow)
            array = with_missing(array, np.ma.getmaskarray(values))
        else:
            array = column.type.to_arrow(values, narrow)
        if array.null_count and not column.nullable:
            raise ModelError(f"{column.place} has {array.null_count:,} missing values; say nullable=True if it may")
        return array

    def batches(self, schema: pa.Schema, narrow: bool = False) -> Iterator[pa.RecordBatch]:
        """The written columns as Arrow, without the rows that are not kept; piece by piece, each forgotten once it is given.

        narrow : whether whole numbers may come in fewer bits than the schema says, and texts as `Composed.to_arrow`
        """
        for piece in self.pieces:
            yield piece._batch(schema, narrow)
            piece._made.clear()
            piece._read.clear()
        if not self.pieces:
            yield self._batch(schema, narrow)

    def _batch(self, schema: pa.Schema, narrow: bool) -> pa.RecordBatch:
        arrays = [self._arrow(field.name, narrow) for field in schema]
        for place, array in enumerate(arrays if narrow else ()):
            if pa.types.is_signed_integer(array.type) or pa.types.is_struct(array.type):  # of all else the batch makes what the schema says
                schema = schema.set(place, schema.field(place).with_type(array.type))
        batch = pa.RecordBatch.from_arrays(arrays, schema=schema)
        kept = self._arrow(self.table.__keep__) if self.table.__keep__ is not None else None
        return batch if kept is None or kept.true_count == self.count else batch.filter(kept)

    def _arrow(self, name: str, narrow: bool = False) -> pa.Array:
        column = self.table.__columns__[name]
        try:
            return self._to_arrow(column, self.narrow(name), narrow)
        except TypeError as error:
            raise ModelError(f"{column.place} has the wrong type: {error}") from error
        except OverflowError as error:
            raise ModelError(f"{column.place}: {error}") from error


def _spelled(column: Column, text: Composed) -> pa.StringArray:
    try:
        return text.spelled
    except ValueError as error:
        raise ModelError(f"{column.place} could not be computed: {error}") from error


def _summed_up(values: Array) -> Array:
    """The sums of the values before each, and of all: int64, (len(values) + 1,)."""
    sums = np.empty(len(values) + 1, np.int64)
    sums[0] = 0
    np.cumsum(values, out=sums[1:])
    return sums


def together(blocks: Sequence[Values]) -> Values:
    """NumPy's or Arrow's values, one after the other."""
    if not isinstance(blocks[0], np.ndarray):
        return pa.concat_arrays([values.spelled if isinstance(values, Composed) else values for values in blocks])
    if any(isinstance(values, np.ma.MaskedArray) for values in blocks):
        return np.ma.concatenate(blocks)  # type: ignore[no-untyped-call]
    return np.concatenate(blocks)


def at_positions(values: Values, positions: Array) -> Values:
    """NumPy's or Arrow's values at some positions."""
    if isinstance(values, np.ma.MaskedArray):
        return np.ma.array(values.data.take(positions), mask=np.ma.getmaskarray(values).take(positions))
    if isinstance(values, pa.DictionaryArray) and not values.null_count:
        return coded(values.indices.to_numpy().take(positions), values.dictionary)
    return values.take(positions if isinstance(values, np.ndarray) else pa.array(positions))


Blocks = Mapping[type[Table], Block]


def _fan_out(run: Run, family: Sequence[type[Table]], start: int, rows: int, firsts: Mapping[type[Table], int]) -> dict[type[Table], Block]:
    """A block of roots and of everything fanned out from them."""
    blocks = {family[0]: Block(run, family[0], start, rows)}
    at_hand: WeakValueDictionary[type[Table], Block] = WeakValueDictionary(blocks)
    blocks[family[0]].family = at_hand
    for table in family[1:]:
        parent = blocks[cast(FanOut, table.rows).parent]
        counts = parent.fan_out(table)
        blocks[table] = Block(run, table, firsts.get(table, 1), int(counts.sum()), parent=parent, counts=counts)
        at_hand[table] = blocks[table]
        blocks[table].family = at_hand
    return blocks


def walk(run: Run, family: Sequence[type[Table]], start: int, rows: int, block_cells: int | None = None) -> Iterator[Blocks]:
    """Block after block of a family, from the root with id `start`. At its end the run knows what the next root leads to.

    block_cells : about how many values a block has, of 8 bytes each; a text counts as four. `BLOCK_ROWS` for each column if None
    """
    firsts = dict(run.firsts(family, start))
    end = start + rows
    sampled, cells = 0, 0
    while sampled < min(rows, 256) and cells < SAMPLE_CELLS:
        sampled = min(rows, 256, max(1, 2 * sampled))
        sample = _fan_out(run, family, start, sampled, firsts)
        cells = sum(block.count * _cells(table) for table, block in sample.items())
    if block_cells is None:
        block_cells = (BLOCK_ROWS if len(family) > 1 else LEAF_ROWS) * sum(map(_cells, family))
    step = max(1, min(rows, block_cells * sampled // max(cells, 1)))
    for low in range(start, end, step):
        blocks = _fan_out(run, family, low, min(step, end - low), firsts)
        yield blocks
        for table in family[1:]:
            firsts[table] += blocks[table].count
    run.passed(family, end, firsts)


def _cells(table: type[Table]) -> int:
    return sum(4 if column.type in (String, Uuid) else 1 for column in table.__columns__.values())


def estimated(run: Run, family: Sequence[type[Table]], each: Mapping[type[Table], float], rows: int) -> dict[type[Table], int]:
    """About how many rows each table of a family has, by counting about so many that come of roots all over it.

    each : about how many rows come with one root
    Raises ModelError where a count cannot do with first ids that are not quite right.
    """
    roots, found = run.rows_of(family[0]), Counter[type[Table]]()
    places = min(roots, _PLACES)
    window = max(1, round(rows / places / sum(each.values())))  # of equally many roots: those with many rows count as much as others
    for number in range(places):
        first, end = (1 + roots * (number + more) // places for more in (0, 1))
        first += int((max(0, end - first - window) + 1) * (number * _GOLDEN_RATIO % 1))  # even steps could keep step with the week
        end, most = min(first + window, end), found.total() + 2 * rows // places
        for some in (window // 8, window):  # the rest only if there are not far more rows than expected
            some = min(some, end - first)
            if some and found.total() < most:
                # about where they are, so that no two places draw alike
                firsts = {table: 1 + int((first - 1) * each[table]) for table in family[1:]}
                for table, block in _fan_out(run, family, first, some, firsts).items():
                    found[table] += block.count
                first += some
    return {table: round(found[table] * roots / found[family[0]]) for table in family}


_PLACES = 64
"""At so many places the rows of a family are counted for an estimate."""
_GOLDEN_RATIO = (5**0.5 - 1) / 2
