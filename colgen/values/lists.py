"""Lists: several values of one type in a cell."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from colgen.arrays import Array
from colgen.errors import ModelError
from colgen.values.arrow import numbers
from colgen.values.fit import UnfitValue
from colgen.values.text_types import REPEATED, Categorical, Json
from colgen.values.type import ColumnData, Type


class _List(Type):
    """Lists of values of one type, none of which is missing.

    of : the type of each value
    """

    of: Type

    def to_arrow(self, values: ColumnData, compact: bool = False) -> pa.Array:
        if isinstance(values, pa.ChunkedArray):
            values = values.combine_chunks()
        if not isinstance(values, pa.Array) or not pa.types.is_list(values.type):
            actual = values.type if isinstance(values, pa.Array) else type(values).__name__
            raise TypeError(f"{self.name} expects a pyarrow.ListArray, not {actual}")
        elements, ends = values.flatten(), _ends(values)
        if elements.null_count:
            row = int(np.flatnonzero(elements.is_null().to_numpy(zero_copy_only=False))[0])
            raise UnfitValue("a value of a list is missing, and none may be", _row(ends, row))
        try:
            checked = self._elements(elements)
        except UnfitValue as error:
            raise UnfitValue(str(error), None if error.row is None else _row(ends, error.row)) from error
        missing = values.is_null() if values.null_count else None
        return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), checked, type=self.arrow, mask=missing)

    def _elements(self, elements: pa.Array) -> pa.Array:
        """The values of all lists, each checked."""
        if isinstance(self.of, Categorical):
            words = elements.dictionary_decode() if pa.types.is_dictionary(elements.type) else elements
            return self.of.of.to_arrow(words)
        if self.of.dtype is None:
            return self.of.to_arrow(elements)
        if elements.type == self.of.arrow and self.of.dtype.kind == "i":
            return self.of.to_arrow(numbers(elements))
        if not (pa.types.is_integer(elements.type) or pa.types.is_floating(elements.type) or pa.types.is_boolean(elements.type)):
            raise TypeError(f"{self.name} expects lists of numbers, not of {elements.type}")
        return self.of.to_arrow(elements.to_numpy(zero_copy_only=False))


def _ends(lists: pa.ListArray) -> Array:
    """Where the values of each list begin and the last one's end among those of all that are there: int64, (lists + 1,)."""
    lengths = lists.value_lengths().fill_null(0).to_numpy()
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])


def _row(ends: Array, element: int) -> int:
    """The list that an element belongs to."""
    return int(np.searchsorted(ends, element, side="right")) - 1


def List(of: Type) -> Type:
    """Lists of values of another type: `List(Integer)`. A function gives a `pyarrow.ListArray`. Raises ModelError for what cannot be in a list: JSON,
    lists, and texts that rows have in common.

    >>> List(Categorical(["a", "b"])).to_arrow(pa.array([["a", "b"], []])).to_pylist()
    [['a', 'b'], []]
    """
    if not isinstance(of, Type) or isinstance(of, _List) or of is Json or of in REPEATED.values():
        said = of.name if isinstance(of, Type) else repr(of)
        raise ModelError(f"List({said}): give the type of its values, such as Integer, String or Date")
    element = pa.string() if pa.types.is_dictionary(of.arrow) else of.arrow
    kind = _List(
        f"list of {of.name}",
        f"{of.sql}[]",
        pa.list_(pa.field("element", element, nullable=False)),
        None,
        "list",
        postgres=f"{of.postgres}[]" if of.postgres else "",
    )
    object.__setattr__(kind, "of", of)
    return kind


def element_of(type: Type) -> Type:
    """The type of the values of a list; any other type itself."""
    return type.of if isinstance(type, _List) else type
