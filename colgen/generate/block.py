"""Some rows of one table, made column by column as they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakValueDictionary

import numpy as np
import pyarrow as pa

from colgen.arrays import Array, either, elementwise, slices
from colgen.declare.column import Column
from colgen.declare.columns import Key
from colgen.declare.conditions import Conditions
from colgen.declare.history import Births
from colgen.declare.period import Period
from colgen.declare.relations import ParentKey, Sum
from colgen.declare.rows import MOST_ROWS, Between, FanOut
from colgen.declare.table import TableInfo
from colgen.declare.text import Text
from colgen.declare.times import CreatedAt
from colgen.draws.distinct import TooFewValues
from colgen.draws.draw import Draw
from colgen.errors import ColgenError, ModelError
from colgen.generate.sums import check_sums, summed_up
from colgen.values import json
from colgen.values.arrow import coded
from colgen.values.batch import Batch, BatchColumn
from colgen.values.fit import UnfitValue
from colgen.values.gather import at_positions, to_arrow, together, without
from colgen.values.text.composed import Composed
from colgen.values.types import ColumnData, Json, String

if TYPE_CHECKING:
    from colgen.generate.generation import Generation

LEAF_ROWS = 3 << 16
"""About how many rows of a table that nothing is fanned out from are made at a time: they wait for no others, and what one column has made is
still in the cache when the next one reads it. It changes no value."""

_FEW_CHILDREN = 4
"""Where at most one row in four has children, those are looked for; otherwise all rows are gone through."""


class Unnumbered(ColgenError):
    """Ids of rows are asked for that are only counted, so nobody knows yet how many come before them.

    table : the one that they are of, by name
    """

    def __init__(self, table: str) -> None:
        super().__init__(table)
        self.table = table


class Block:
    """Some rows of a table: `count` of them from the id `start` on, or those with any `ids`.

    start : None where rows that are fanned out are only counted. Whoever asks for their ids gets `Unnumbered`
    parent, counts : the rows they are fanned out from, and how many from each
    first_parent : the position in the parent block of the row that the first of `counts` belongs to
    place : what they are drawn by (`places`): the first place of rows that follow one another, or that of each; the ids if None
    """

    def __init__(
        self,
        generation: Generation,
        table: TableInfo,
        start: int | None = 0,
        count: int = 0,
        ids: Array | None = None,
        parent: Block | None = None,
        counts: Array | None = None,
        first_parent: int = 0,
        place: int | Array | None = None,
    ) -> None:
        self.generation, self.table, self._start, self._first_parent = generation, table, start, first_parent
        self._given_ids = ids
        self._place = place if place is not None else start if ids is None else ids
        self._offset = 0  # of a piece, in the block that it is one of
        self.count = count if ids is None else len(ids)
        self.parent, self.counts = parent, counts
        self.family: WeakValueDictionary[TableInfo, Block] = WeakValueDictionary()  # a circle would outlive the block
        self._made: dict[str, ColumnData] = {}
        self._read: dict[str, ColumnData] = {}  # the same as functions read them
        self._row_numbers: dict[str, ColumnData] = {}
        self._encoded: dict[str, pa.DictionaryArray] = {}
        self._parent_blocks: dict[TableInfo, tuple[Block, Array]] = {}
        self._ends_of: dict[str, Array] = {}

    @property
    def period(self) -> Period:
        return self.generation.period

    @property
    def volume(self) -> Mapping[str, Any]:
        return self.generation.volume

    @property
    def scenario(self) -> Conditions:
        return self.generation.scenario

    @property
    def start(self) -> int:
        """The id of the first row."""
        if self._start is None:
            raise Unnumbered(self.table.name)
        return self._start

    @cached_property
    def ids(self) -> Array:
        return np.arange(self.start, self.start + self.count) if self._given_ids is None else self._given_ids

    @cached_property
    def numbers(self) -> Array:
        return self._numbered(self.table, self.ids)

    def draw(self, column: Column) -> Draw:
        return self._drawing(self.generation.key_of(column))

    def draw_missing(self, column: Column) -> Draw:
        return self._drawing(self.generation.key(self.table, f"{column.name} is missing"))

    def _drawing(self, key: int) -> Draw:
        return Draw(key, ids=self._place) if isinstance(self._place, np.ndarray) else Draw(key, cast(int, self._place), self.count)

    def rows_of(self, table: TableInfo) -> int:
        return self.generation.counts.of(table)

    @property
    def day_factors(self) -> Array:
        return self.generation.day_factors

    @property
    def mean_factor(self) -> float:
        return self.generation.mean_factor

    def births(self, column: CreatedAt) -> Births:
        return self.generation.births(column)

    def at(self, column: Column, ids: Array, compact: bool = False) -> ColumnData:
        return self.generation.at(column, ids, compact)

    def matching(self, table: TableInfo, where: Mapping[str, Any]) -> Array | None:
        return self.generation.matching(table, where)

    @cached_property
    def pieces(self) -> tuple[Block, ...]:
        """Its rows in blocks of about `LEAF_ROWS`, each with all rows of some parents; none where it is made as a whole."""
        wanted = round(self.count / LEAF_ROWS)
        if wanted < 2 or self.parent is None or self.counts is None or self.generation.model.descendants(self.table):
            return ()
        ends, _ = self.parent._ends(self.table.name)
        limits = [0, *(np.searchsorted(ends, self.count * np.arange(1, wanted) // wanted) - 1).tolist(), len(self.counts)]
        pieces = []
        for first, end in pairwise(limits):
            offset, count = int(ends[first]), int(ends[end] - ends[first])
            if count:
                start = None if self._start is None else self._start + offset
                place = self._place[offset : offset + count] if isinstance(self._place, np.ndarray) else cast(int, self._place) + offset
                piece = Block(self.generation, self.table, start, count, None, self.parent, self.counts[first:end], first, place)
                piece.family, piece.pieces, piece._offset = self.family, (), offset
                pieces.append(piece)
        return tuple(pieces) if len(pieces) > 1 else ()

    def values(self, name: str) -> ColumnData:
        if name not in self._read:
            values = self.compact(name)
            if isinstance(values, Composed):
                values = _spelled(self.table.columns[name], values)
            elif self.table.columns[name].compact and isinstance(values, np.ndarray) and values.dtype.kind == "i":
                return values.astype(np.int64, copy=False)  # made again each time: twice in memory would cost more
            self._read[name] = values
        return self._read[name]

    def compact(self, name: str) -> ColumnData:
        if name not in self._made:
            key = self.table.columns[name].written_key
            if key is None:
                self._made[name] = self._drawn(name)
            elif isinstance(key, Key):
                self._made[name] = self.row_numbers(name).astype(np.int64) + (key.start - 1)
            else:
                self._made[name] = self._at_rows(key, name, compact=True)
        return self._made[name]

    def row_numbers(self, reference: str) -> ColumnData:
        """The number of the row that each row refers to: what a reference is written as is made from it."""
        if self.table.columns[reference].written_key is None:
            return self.compact(reference)
        if reference not in self._row_numbers:
            self._row_numbers[reference] = self._drawn(reference)
        return self._row_numbers[reference]

    def _drawn(self, name: str) -> ColumnData:
        """A column as its kind makes it: of a reference, numbers of rows."""
        pieces = [piece.row_numbers(name) for piece in self.pieces]
        return together(pieces) if pieces else self._computed(self.table.columns[name])

    def _computed(self, column: Column) -> ColumnData:
        try:
            values, missing = column.make(self), column.missing(self)
        except ColgenError:
            raise
        except TooFewValues as error:
            raise ModelError(f"{column.qualified_name}: {error}") from error
        except Exception as error:
            raise ModelError(f"{column.qualified_name} could not be computed: {type(error).__name__}: {error}") from error
        if isinstance(values, pa.ChunkedArray):
            values = values.combine_chunks()
        if values is None:
            raise ModelError(f"{column.qualified_name} gave no values: its function must return them")
        if not hasattr(values, "__len__"):
            raise ModelError(f"{column.qualified_name} gave a {type(values).__name__} for {self.count:,} rows; an array is needed")
        shape = getattr(values, "shape", None) or (len(values),)
        if shape != (self.count,):
            given = " × ".join(map(str, shape))
            raise ModelError(f"{column.qualified_name} gave {given} values for {self.count:,} rows; one for each row is needed")
        if missing is None:
            return values
        return without(_spelled(column, values) if isinstance(values, Composed) else values, missing)

    def referred(self, column: Column, via: str, compact: bool = False) -> ColumnData:
        if isinstance(self.table.columns[via], ParentKey):
            block, rows = self._parent_block(column)
            return at_positions(block.compact(column.name) if compact else block.values(column.name), rows)
        return self._at_rows(column, via, compact)

    def _at_rows(self, column: Column, reference: str, compact: bool = False) -> ColumnData:
        """Another table's column at the rows that a reference says; missing where that is."""
        if isinstance(self.table.columns[reference], ParentKey):
            return self.referred(column, reference, compact)
        ids = self.row_numbers(reference)
        if not hasattr(ids, "mask"):
            return self._of(column, ids, compact)
        missing = np.ma.getmaskarray(ids)
        if missing.all():
            return _nothing(column, self.count)
        values = self._of(column, either(missing, self._any_of(column.table), ids.data))
        return without(_spelled(column, values) if isinstance(values, Composed) else values, missing)

    def _of(self, column: Column, ids: Array, compact: bool = False) -> ColumnData:
        """A column at any ids of its table: from the family's block at hand, if they are all there."""
        near = self.family.get(column.table)
        if near is None or not near.contains(ids):
            return self.generation.at(column, ids, compact)
        values = near.compact(column.name) if compact else near.values(column.name)
        return at_positions(values, np.subtract(ids, near.start, dtype=np.int64))

    def _any_of(self, table: TableInfo) -> int:
        """The id of a row that is cheap to look up, to stand in for missing ones."""
        near = self.family.get(table)
        return near.start if near is not None and near.count else 1

    def parent_values(self, column: Column) -> tuple[ColumnData, Array]:
        block, rows = self._parent_block(column)
        return block.values(column.name), rows

    def _parent_block(self, column: Column) -> tuple[Block, Array]:
        """The block of a parent, or a parent's parent, to which a column belongs, and the position of each row's there: int64."""
        if self.parent is None:
            raise ModelError(
                f"{self.table.name} reads its parent's {column.qualified_name}, which is known only where they are made together"
            )
        return self._ancestors(column.table)

    def _ancestors(self, table: TableInfo) -> tuple[Block, Array]:
        """The block of a table that these rows are fanned out from, and the position of each row's there: int64."""
        assert self.parent is not None
        if self.parent.table == table:
            return self.parent, self.parent_rows
        if table not in self._parent_blocks:
            block, rows = self.parent._ancestors(table)
            self._parent_blocks[table] = block, rows.take(self.parent_rows)
        return self._parent_blocks[table]

    def members(self, ancestor: TableInfo, table: TableInfo, via: str) -> tuple[Array, Array]:
        missing: Any = False
        if via:
            referred = self.row_numbers(via)
            missing, numbers = np.ma.getmaskarray(referred), np.ma.filled(referred, 1)
        else:
            block, rows = (self, np.arange(self.count)) if self.table == ancestor else self._ancestors(ancestor)
            if table in self.family:
                ends, below = block._ends(table.name)
                return (ends[:-1] + below.start).take(rows), np.diff(ends).take(rows)
            numbers = block.ids.take(rows)
        first, there = self.generation.members(ancestor, table)
        return first.take(numbers - 1), there.take(numbers - 1) * np.logical_not(missing)

    def contains(self, ids: Array) -> bool:
        """Whether all of these ids are among its rows."""
        return self._given_ids is None and (not len(ids) or bool(ids.min() >= self.start and ids.max() < self.start + self.count))

    def repeated(self, column: Column) -> pa.DictionaryArray:
        block, rows = self._parent_block(column)
        words = block.values(column.name)
        if column.unique:
            indices = rows.astype(np.int32)
        else:  # a dictionary must not have a word twice
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
            with_children = np.flatnonzero(self.counts)
            return np.repeat(with_children + first, self.counts.take(with_children))
        return np.repeat(np.arange(first, first + parents), self.counts)

    @property
    def parent_ids(self) -> Array:
        assert self.parent is not None
        return self.parent.ids.take(self.parent_rows)

    @property
    def siblings(self) -> Array:
        assert self.counts is not None
        return self.counts.take(self.parent_rows - self._first_parent)

    @property
    def most_siblings(self) -> int:
        assert self.counts is not None
        return int(self.counts.max(initial=0))

    def is_first_or_last(self, last: bool) -> Array:
        """Whether each row is the first, or the last, of those fanned out from the same one: bool."""
        assert self.counts is not None
        ends = self._until[1:].take(np.flatnonzero(self.counts))
        flags = np.zeros(self.count + 1, bool)
        flags[ends - 1 if last else ends] = True
        if not last and self.count:
            flags[0] = True
        return flags[: self.count]

    def ordinal(self) -> Array:
        assert self.parent is not None
        ends, _ = self.parent._ends(self.table.name)
        before = (ends - self._offset).astype(np.int32)  # the first of these rows
        ordinal = np.arange(1, self.count + 1, dtype=np.int32)
        for rows in slices(self.count):
            ordinal[rows] -= before.take(self.parent_rows[rows])
        return ordinal

    def running(self, name: str) -> Array:
        values, column = self.compact(name), self.table.columns[name]
        check_sums(column, [values], self._until)
        until = summed_up(values)
        before = until.take(self._until)  # what the rows of earlier parents have
        return elementwise(lambda sums, parents: sums - before.take(parents - self._first_parent), until[1:], self.parent_rows)

    def first_descendant(self, table: str) -> Array:
        numbers, key = self.first_number(table), self._ends(table)[1].table.key
        return numbers + (key.start - 1) if isinstance(key, Key) and key.start != 1 else numbers

    def first_number(self, table: str) -> Array:
        """The number of the first row fanned out from each of these in a table further down: int64."""
        ends, below = self._ends(table)
        return self._numbered(below.table, ends[:-1] + below.start)

    def _numbered(self, branch: TableInfo, ids: Array) -> Array:
        """What some ids of a branch, one for each of these rows, are in the table that its sibling branches have rows in too.

        The families come one after the other; in a family the rows are numbered root by root, and those of a root branch by branch. So
        they can be numbered before anybody knows how many rows the family will have.
        """
        before = self.generation.counts.before(branch)
        siblings = self.generation.model.sibling_branches(branch)
        if len(siblings) < 2:
            return ids + before if before else ids
        root = self.family.get(self.generation.model.family_of(branch)[0])
        if root is None:
            raise ModelError(f"ids of {branch.name} are known in its own family only: another branch shares its numbers there")
        more = np.full(root.count, before)
        for number, sibling in enumerate(siblings):
            if sibling == branch:
                continue
            if sibling not in self.family:
                raise ModelError(
                    f"how many rows {sibling.name} has depends on ids of {branch.name}, which depend on it in turn: "
                    "the branches of one family share their numbers; use another column"
                )
            ends, block = root._ends(sibling.name)
            more += (ends[1:] if number < siblings.index(branch) else ends[:-1]) + (block.start - 1)
        ends, _ = root._ends(self.table.name)
        return ids + np.repeat(more, np.diff(np.clip(ends - self._offset, 0, self.count)))

    def descendant_count(self, table: str) -> Array:
        return np.diff(self._ends(table)[0])

    def _ends(self, table: str) -> tuple[Array, Block]:
        """How many rows further down belong to the rows before each, and to all: int64, (count + 1,); and the block of those rows."""
        below = next((block for table_below, block in self.family.items() if table_below.name == table), None)
        if table not in self._ends_of:
            between, block = [], below
            while block is not None and block is not self:
                between.append(block)
                block = block.parent
            if block is None:
                raise ModelError(f"no rows of {table} are fanned out from {self.table.name}, or they are not made together here")
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
        return summed_up(self.counts)

    def summed(self, column: Column) -> Array:
        child = self.generation.model.summed_column(cast(Sum, column))
        if child.table not in self.family:
            raise ModelError(f"{child.qualified_name} is summed for rows of {self.table.name} outside their family")
        ends, below = self._ends(child.table.name)
        pieces = below.pieces or (below,)
        check_sums(child, [piece.compact(child.name) for piece in pieces], ends)
        until, end = np.empty(below.count + 1, np.int64), 0
        until[0] = 0  # differences of a running sum: as fast as reduceat, which needs a child for every parent
        for piece in pieces:
            sums = until[end + 1 : end + 1 + piece.count]
            np.cumsum(piece.compact(child.name), out=sums)
            if end:
                sums += until[end]
            end += piece.count
        return np.diff(until.take(ends))

    def happening(self) -> tuple[Array, Array, Array]:
        if "__happening" not in self._made:
            until = self.generation.calendar(self.table)
            if self._given_ids is None:
                ends = np.clip(until, self.start - 1, self.start - 1 + self.count)
                day = np.repeat(np.arange(len(until) - 1), np.diff(ends))
            else:
                day = np.searchsorted(until, self._given_ids - 1, side="right") - 1
            self._made["__happening"] = (day + self.period.start, self.ids - (until + 1).take(day), np.diff(until).take(day))
        return cast(tuple[Array, Array, Array], self._made["__happening"])

    def fan_out(self, table: TableInfo) -> Array:
        """How many rows of a child table each of these has: int64."""
        rows = cast(FanOut, table.rows)
        counts = self._wanted(table, rows.count)
        return np.minimum(counts, self.values(rows.at_most)) if rows.at_most else counts

    def _wanted(self, table: TableInfo, count: Any) -> Array:
        """How many rows of a child table each of these is to have: int64."""
        if isinstance(count, int):
            return np.full(self.count, count)
        if isinstance(count, str):
            counts = self.values(count)
            if hasattr(counts, "mask") and np.ma.getmaskarray(counts).any():
                raise ModelError(f"{self.table.name}.{count} says how many rows of {table.name} there are, and must not be missing")
        else:
            draw = self._drawing(self.generation.key(table, "rows"))
            try:
                counts = draw.integers(*count.ends(self.volume)) if isinstance(count, Between) else draw(count)
            except ColgenError:
                raise
            except Exception as error:  # of a distribution of the user's own
                raise ModelError(
                    f"{count!r} says how many rows of {table.name} there are, and could not be drawn: {type(error).__name__}: {error}"
                ) from error
            if not isinstance(counts, np.ndarray) or counts.shape != (self.count,) or counts.dtype.kind not in "iuf":
                raise ModelError(
                    f"{count!r} says how many rows of {table.name} there are, and must give a number for each of {self.count:,} rows"
                )
            if counts.dtype.kind == "f":
                if not (np.abs(counts) <= MOST_ROWS).all():
                    raise ModelError(
                        f"{count!r} says how many rows of {table.name} there are, and one of its numbers is {counts[np.argmax(np.abs(counts))]:g}"
                    )
                counts = np.floor(counts).astype(np.int64)
        if len(counts) and counts.min() < 0:
            what = f"{self.table.name}.{count}" if isinstance(count, str) else repr(count)
            raise ModelError(f"{what} says how many rows of {table.name} there are, and must not be negative")
        return np.asarray(counts)

    def batches(self, schema: pa.Schema, lay_over: Callable[[TableInfo, Batch, Array], Batch] | None = None) -> Iterator[Batch]:
        """The written columns, without the rows that are not kept: one piece at a time, freed once yielded.

        lay_over : makes of the table, its rows and their ids what is written
        """
        for piece in self.pieces:
            yield piece._batch(schema, lay_over)
            piece._made.clear()
            piece._read.clear()
        if not self.pieces:
            yield self._batch(schema, lay_over)

    def _batch(self, schema: pa.Schema, lay_over: Callable[[TableInfo, Batch, Array], Batch] | None) -> Batch:
        target, kept = self.table.written_as or self.table, self._kept_rows()
        columns = [self._written(field.name, kept) for field in schema]
        batch = Batch(target.name, schema, columns, self.count if kept is None else len(kept))
        return batch if lay_over is None else lay_over(self.table, batch, self.ids if kept is None else self.ids.take(kept))

    def _kept_rows(self) -> Array | None:
        """The positions of the rows that are kept; None if all are."""
        if self.table.keep is None:
            return None
        kept = self._written(self.table.keep)
        assert isinstance(kept, pa.BooleanArray)
        return None if kept.true_count == self.count else np.flatnonzero(kept.to_numpy(zero_copy_only=False))

    def _written(self, name: str, kept: Array | None = None) -> BatchColumn:
        """A column as a batch has it: texts in parts as such, whole numbers in as few bits as they were made in.

        kept : the positions of the rows that are written, if not all are: what the others have may be anything
        """
        column, values = self.table.columns[name], self.compact(name)
        if kept is not None and isinstance(values, np.ndarray | pa.Array | Composed):
            values = at_positions(values, kept)
        try:
            if isinstance(values, Composed) and column.type.arrow == pa.string():
                column.type.check_composed(values)
                return values
            is_json = isinstance(column, Text) and column.type is Json and json.is_proved(column.parts(self), self.count)
            array = to_arrow(String if is_json else column.type, _spelled(column, values) if isinstance(values, Composed) else values)
        except TypeError as error:
            raise ModelError(f"{column.qualified_name} has the wrong type: {error}") from error
        except UnfitValue as error:
            ids = self.ids if kept is None else self.ids.take(kept)
            row = "" if error.row is None else f", row {ids[error.row]:,}"
            raise ModelError(f"{column.qualified_name}{row}: {error}") from error
        if array.null_count and not column.nullable:
            raise ModelError(f"{column.qualified_name} has {array.null_count:,} missing values; say nullable=True if it may")
        if array.type == column.type.arrow or pa.types.is_signed_integer(array.type):
            return array
        return array.cast(column.type.arrow)  # string views, or a dictionary of large strings


def _nothing(column: Column, count: int) -> ColumnData:
    """As many missing values of a column: where nothing is referred to, there may be no row to look at."""
    if column.type.dtype is None:
        return pa.nulls(count, pa.string() if pa.types.is_dictionary(column.type.arrow) else column.type.arrow)
    return np.ma.array(np.zeros(count, np.bool_ if column.type.dtype == np.bool_ else np.int64), mask=np.ones(count, bool))


def _spelled(column: Column, text: Composed) -> pa.StringArray:
    try:
        return text.spelled
    except ValueError as error:
        raise ModelError(f"{column.qualified_name} could not be computed: {error}") from error
