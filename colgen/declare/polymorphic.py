"""References to a row of one of several tables, with a word beside them that says which: `subject_type` and `subject_id`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import pyarrow as pa

from colgen.arrays import Array
from colgen.declare.arguments import require_mapping, require_text, shown
from colgen.declare.column import Column, Options
from colgen.declare.rows import Branches, Rows
from colgen.declare.table import Table, TableInfo, table_of
from colgen.errors import ModelError, one_of
from colgen.values.types import BigInteger, Categorical, ColumnData, String, Type

if TYPE_CHECKING:
    from collections.abc import Sequence


class PolymorphicKey(Column):
    """The key of a row of the table that a word stands for, each row of it equally likely; missing where the word is.

    references : the table for each word, or its name in quotes if it is defined further down, such as `{"Post": Posts, "Photo": "Photos"}`
    by : the own column that has the word
    type : String, where the keys of the tables are of more than one type; they are written as text then. None for the type that they have
    """

    compact = True

    def __init__(
        self,
        references: Mapping[str, type[Table] | TableInfo | str],
        *,
        by: str,
        type: Type | None = None,
        **options: Unpack[Options],
    ) -> None:
        require_mapping("PolymorphicKey", "{'Post': Posts, 'Photo': Photos}", references=references)
        require_text("PolymorphicKey", by=by)
        if not references:
            raise ModelError("PolymorphicKey: give a table for each word, such as {'Post': Posts, 'Photo': Photos}")
        if type is not None and type is not String:
            raise ModelError(f"PolymorphicKey: type={shown(type)}: it is String, or left out for the type of the keys")
        super().__init__(type or BigInteger, f"a row of the table that {by} says", **options)
        self._given, self._as_text, self.by = dict(references), type is String, by
        self.targets: dict[str, TableInfo] = {}

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        word = table.columns.get(self.by)  # the table names what is missing
        if word is None:
            return
        if not isinstance(word.type, Categorical):
            raise ModelError(f"{self.qualified_name}: by={self.by!r} must name a column of words, such as Category(Post=70, Photo=30)")
        words = word.type.words.to_pylist()
        for given in self._given:
            if given not in words:
                raise ModelError(f"{self.qualified_name}: {given!r} is not one of the words of {self.by}; {one_of(given, words)}")
        for missing in words:
            if missing not in self._given:
                raise ModelError(f"{self.qualified_name}: {self.by} may be {missing!r}, and no table is given for it")
        self.nullable = self.nullable or word.nullable

    def resolve(self, tables: Sequence[TableInfo]) -> None:
        """Finds the tables among those of a model. ModelError where one is not there, or where their keys do not fit into one column."""
        by_name = {name: other for other in tables for name in (other.name, other.declared.__name__)}
        for word, given in self._given.items():
            if isinstance(given, str) and given not in by_name:
                classes = [other.declared.__name__ for other in tables]
                raise ModelError(f"{self.qualified_name}: {given!r} is not a table of the model; {one_of(given, classes)}")
            self.targets[word] = target = by_name[given] if isinstance(given, str) else table_of(given)
            if target not in tables:
                raise ModelError(f"{self.qualified_name} refers to {target.name}, which is not among the tables of the model")
            if target.key is None:
                raise ModelError(f"{self.qualified_name} refers to {target.name}, which has no key of one column")
            if target.branch_of is not None or isinstance(target.rows, Branches):
                raise ModelError(
                    f"{self.qualified_name} refers to {target.name}, whose rows other branches number, too; name a table of its own"
                )
            if target.keep is not None:
                raise ModelError(
                    f"{self.qualified_name} refers to rows of {target.name}, of which only those whose {target.keep!r} is true are written"
                )
        if any(isinstance(target.key.type, Categorical) for target in self.targets.values() if target.key):
            self.type, self._as_text = String, True
            return
        types = {
            target.key.type.name: f"{target.name}.{target.key.name} is {target.key.type.name}"
            for target in self.targets.values()
            if target.key
        }
        if self._as_text:
            return
        if len(types) > 1:
            raise ModelError(
                f"{self.qualified_name}: {', '.join(types.values())}: one column cannot hold both; write them as text, with type=String"
            )
        self.type = next(target.key.type for target in self.targets.values() if target.key)

    @property
    def may_leave_out(self) -> bool:  # type: ignore[override]
        return self.table.columns[self.by].nullable

    @property
    def counted(self) -> tuple[TableInfo, ...]:
        return tuple(self.targets.values())

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.by,)

    def make(self, rows: Rows) -> ColumnData:
        words = self.table.columns[self.by].type.words.to_pylist()  # type: ignore[attr-defined]
        codes = rows.compact(self.by)
        missing = np.ma.getmaskarray(codes)
        codes = np.where(missing, 0, np.ma.getdata(codes))  # what stands under a mask may be anything
        totals = np.array([rows.rows_of(self.targets[word]) for word in words])
        for code in np.flatnonzero(totals == 0):
            if ((codes == code) & ~missing).any():
                raise ModelError(f"{self.qualified_name}: {self.targets[words[code]].name} has no rows to refer to")
        numbers = (rows.draw(self).uniform() * np.maximum(totals, 1).take(codes)).astype(np.int64) + 1
        keys = [self.targets[word].key for word in words]
        if all(key is not None and key.is_row_number for key in keys) and not self._as_text:
            values: ColumnData = numbers
        else:
            values = self._keys(rows, keys, codes, numbers)
        if not missing.any():
            return values
        from colgen.values.gather import without

        return without(values, missing)

    def _keys(self, rows: Rows, keys: Sequence[Any], codes: Array, numbers: Array) -> ColumnData:
        """The keys of rows of several tables, table by table, and then in the order of the rows."""
        if not len(codes):
            return np.empty(0, np.int64) if self.type.dtype is not None else pa.array([], pa.string())
        order = np.argsort(codes, kind="stable")
        ends = np.searchsorted(codes[order], np.arange(len(keys) + 1))
        by_table: list[ColumnData] = []
        for key, begin, end in zip(keys, ends[:-1], ends[1:], strict=True):
            if end > begin:
                values = rows.at(key, numbers[order[begin:end]])
                by_table.append(_as_text(key, values) if self._as_text else values)
        back = np.empty(len(order), np.int64)
        back[order] = np.arange(len(order))
        if isinstance(by_table[0], np.ndarray):
            return np.concatenate(by_table).take(back)
        return pa.concat_arrays([values.cast(pa.string()) for values in by_table]).take(pa.array(back))


def _as_text(key: Column, values: ColumnData) -> pa.Array:
    """Keys as texts."""
    if isinstance(key.type, Categorical):
        return key.type.words.take(pa.array(values)).cast(pa.string())
    return values if isinstance(values, pa.Array) else pa.array(values).cast(pa.string())
