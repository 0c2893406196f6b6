"""Defects laid over batches: some cells are written as something else, some rows come again, and the answer key says which.

What is computed from a value has been computed from the clean one: only what is written is dirty. Whether a cell has a defect, and which, is
a function of (seed, table, column, row id), by streams of its own; no other value moves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen.arrays import Array
from colgen.declare.answer_key import ANSWER_KEY
from colgen.declare.table import TableInfo
from colgen.defects.places import DirtyTable
from colgen.defects.shares import KINDS
from colgen.defects.values import written
from colgen.draws.draw import Draw
from colgen.errors import ModelError
from colgen.values.arrow import arrow_numbers, coded, numbers
from colgen.values.batch import Batch, BatchColumn, as_declared
from colgen.values.gather import at_positions

if TYPE_CHECKING:
    from colgen.generate.generation import Generation

_TYPO_OF_DUPLICATE = 0.25
"""How many texts of a row that comes again have a typo, in addition to those that any row has."""


@dataclass(frozen=True)
class _CellDefects:
    """Some defects of one kind in one column.

    rows : the positions of their rows in the batch
    clean, written : the values as texts
    """

    rows: Array
    column: str
    kind: str
    clean: pa.StringArray
    written: pa.StringArray


class Overlay:
    """Lays the defects of a task's rows over its batches, and notes them."""

    def __init__(self, generation: Generation) -> None:
        dirty = [table for table in map(generation.dirty, generation.model.written) if table is not None]
        self._generation = generation
        self._tables = {table.table.name: table for table in dirty}
        self._noted: dict[TableInfo, list[Batch]] = defaultdict(list)
        self._schema = generation.arrow_schema(ANSWER_KEY)
        columns = sorted({name for table in dirty for name in (*table.columns, *table.key)})
        words = {"table_name": list(self._tables), "column_name": columns, "kind": list(KINDS)}
        self._words = {name: pa.array(known, pa.string()) for name, known in words.items()}  # one dictionary for all batches of a file

    def __call__(self, source: TableInfo, batch: Batch, ids: Array) -> Batch:
        """The rows as they are written.

        source : the table that they were made for, which may be a branch of the one that they are written to
        ids : of the rows in `source`: int64
        """
        dirty = self._tables.get(batch.table)
        if dirty is None:
            return batch
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        rows = _Rows(self._generation, dirty, source, columns, ids)
        rows.come_again()
        for name in dirty.columns:
            columns[name] = _plain(columns[name], batch.schema.field(name).type)
        for (one, other), share in dirty.pairs.items():
            rows.exchange(one, other, share)
        for name, shares in dirty.cells.items():
            rows.spoil(name, shares)
        if rows.found:
            self._noted[source].append(self._key_to(rows))
        return Batch(batch.table, batch.schema, [columns[name] for name in batch.schema.names], len(rows.ids))

    def noted(self, source: TableInfo) -> Iterator[Batch]:
        """The answer key to the rows of a table so far, each once; only as many as a task has defects are held."""
        yield from self._noted.pop(source, ())

    def _key_to(self, rows: _Rows) -> Batch:
        """The answer key to some rows, row by row and column by column."""
        found, names = rows.found, list(rows.columns)
        positions = np.concatenate([defects.rows for defects in found])
        columns = np.repeat([names.index(defects.column) for defects in found], [len(defects.rows) for defects in found])
        order = np.lexsort((columns, positions))

        def words(name: str, each: list[str]) -> pa.DictionaryArray:
            codes = np.repeat([self._words[name].index(word).as_py() for word in each], [len(defects.rows) for defects in found])
            return coded(codes.take(order).astype(np.int32), self._words[name])

        def texts(each: list[pa.StringArray]) -> pa.StringArray:
            return pa.concat_arrays(each).take(pa.array(order))

        key = [
            words("table_name", [rows.dirty.table.name] * len(found)),
            rows.keys(positions.take(order)),
            words("column_name", [defects.column for defects in found]),
            words("kind", [defects.kind for defects in found]),
            texts([defects.clean for defects in found]),
            texts([defects.written for defects in found]),
        ]
        return Batch(ANSWER_KEY.name, self._schema, key, len(order))


class _Rows:
    """Some rows of a table on their way to being dirty.

    columns : as they are written, changed step by step
    ids : in `source`
    again : which rows come again
    found : the defects so far
    """

    def __init__(self, generation: Generation, dirty: DirtyTable, source: TableInfo, columns: dict[str, BatchColumn], ids: Array) -> None:
        self._generation, self.dirty, self._source, self.columns, self.ids = generation, dirty, source, columns, ids
        self.again = np.zeros(len(ids), np.bool_)
        self.found: list[_CellDefects] = []
        self._exchanged: dict[str, Array] = {}  # by column, in which rows the value has gone to another one

    def come_again(self) -> None:
        """Puts some rows behind themselves once more, with keys after those of all rows."""
        if not self.dirty.duplicates:
            return
        positions = np.repeat(np.arange(len(self.ids)), 1 + self._draw("duplicate").chance(self.dirty.duplicates))
        self.again = np.diff(positions, prepend=-1) == 0
        for name, values in self.columns.items():
            self.columns[name] = at_positions(values, positions)
        key, later = self.dirty.table.columns[self.dirty.key[0]], self._generation.counts.of(self.dirty.table) * self.again
        first = _plain(self.columns[key.name], key.type.arrow)
        self.columns[key.name] = _moved(first, later, key.type.limits[1], f"{key.qualified_name}: a row that comes again")
        self.ids = self.ids.take(positions) + later
        rows = np.flatnonzero(self.again)
        self._note(rows, key.name, "duplicate", *(values.take(pa.array(rows)) for values in (first, self.columns[key.name])))

    def exchange(self, one: str, other: str, share: float) -> None:
        """Exchanges two fields of some rows."""
        first: pa.Array = self.columns[one]
        second: pa.Array = self.columns[other]
        differ = pc.fill_null(pc.not_equal(first, second), False).to_numpy(zero_copy_only=False)
        chosen = differ & self._draw(f"swap {one} and {other}").chance(share)
        mask = pa.array(chosen)
        self.columns[one], self.columns[other] = pc.if_else(mask, second, first), pc.if_else(mask, first, second)
        self._exchanged[one] = self._exchanged[other] = chosen
        left, right = first.filter(mask), second.filter(mask)
        self._note(np.flatnonzero(chosen), one, "swap", left, right)
        self._note(np.flatnonzero(chosen), other, "swap", right, left)

    def spoil(self, name: str, shares: Mapping[str, float]) -> None:
        """Gives some cells of a column another value."""
        values: pa.Array = self.columns[name]
        fraction = self._draw(name).uniform()
        if self.dirty.may_have_typos(name) and self.again.any():
            shares = {"typo": 0.0, **shares}  # the first kind, which those below 0 have, too
            fraction -= _TYPO_OF_DUPLICATE * self.again
        number = np.searchsorted(np.cumsum(list(shares.values())), fraction, side="right")
        free = values.is_valid().to_numpy(zero_copy_only=False)
        if name in self._exchanged:
            free &= ~self._exchanged[name]
        positions, replaced = np.arange(len(values)), [values]
        for kind_number, kind in enumerate(shares):
            rows = np.flatnonzero((number == kind_number) & free)
            if len(rows):
                others, is_defect = self._others(name, kind, rows)
                rows, others = rows[is_defect], others.filter(pa.array(is_defect))
                positions[rows] = sum(map(len, replaced)) + np.arange(len(rows))
                replaced.append(others)
                self._note(rows, name, kind, values.take(pa.array(rows)), others)
        if len(replaced) > 1:
            self.columns[name] = pa.concat_arrays(replaced).take(pa.array(positions))

    def _others(self, name: str, kind: str, rows: Array) -> tuple[pa.Array, Array]:
        """What may stand in some cells of a column in place of their values, and where that is a defect."""
        column, clean = self.dirty.table.columns[name], self.columns[name].take(pa.array(rows))
        if kind != "orphan":
            return written(kind, clean, column.type, self._draw(f"{kind} in {name}", self.ids.take(rows)))
        assert column.references is not None
        beyond = 2 * self._generation.counts.of(column.references)  # those that are there, and those that come again
        others = _moved(clean, beyond, column.type.limits[1], f"{column.qualified_name}: the key of a row that is not there")
        return others, np.ones(len(rows), np.bool_)

    def keys(self, rows: Array) -> pa.StringArray:
        """What names some rows in the answer key."""
        types = [self.dirty.table.columns[name].type.arrow for name in self.dirty.key]
        parts = [_plain(self.columns[name], arrow).take(pa.array(rows)) for name, arrow in zip(self.dirty.key, types, strict=True)]
        texts = [pc.cast(part, pa.string()) for part in parts]
        return pc.binary_join_element_wise(*texts, ",") if len(texts) > 1 else texts[0]

    def _draw(self, what: str, ids: Array | None = None) -> Draw:
        return Draw(self._generation.key(self._source, f"defects: {what}"), ids=self.ids if ids is None else ids)

    def _note(self, rows: Array, column: str, kind: str, clean: pa.Array, written: pa.Array) -> None:
        if len(rows):
            self.found.append(_CellDefects(rows, column, kind, *(pc.cast(values, pa.string()) for values in (clean, written))))


def _plain(column: BatchColumn, declared: pa.DataType) -> pa.Array:
    """A column in its declared type; a dictionary as plain texts."""
    array = as_declared(column, declared)
    return array.cast(pa.string()) if pa.types.is_dictionary(array.type) else array


def _moved(keys: pa.Array, by: Array | int, limit: int, what: str) -> pa.Array:
    """Whole numbers that are larger by some number. ModelError where one is above a limit."""
    values = numbers(keys).astype(np.int64) + by
    if len(values) and int(values.max()) > limit:
        raise ModelError(f"{what} would be {int(values.max()):,}, and its type holds at most {limit:,}; make it a BigInteger")
    return as_declared(arrow_numbers(values), keys.type)
