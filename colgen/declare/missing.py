"""Which values of a column are missing: what own columns must be for there to be one (`when`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen.arrays import Array
from colgen.declare.arguments import is_text, limits_of, require_values, shown
from colgen.errors import ModelError, one_of
from colgen.values.types import Boolean, Categorical

if TYPE_CHECKING:
    from colgen.declare.column import Column
    from colgen.declare.rows import Rows


_TEXTS = (pa.string(), pa.dictionary(pa.int32(), pa.string()))


@dataclass(frozen=True)
class Condition:
    """What an own column must be.

    wanted : the values that it may have, as they are declared; none for a column that must be missing
    codes : the same as it is made: codes of words, decimals in their smallest unit
    """

    column: Column
    wanted: tuple[Any, ...]
    codes: tuple[Any, ...]

    def holds(self, rows: Rows) -> Array:
        """Whether it is so in each row: bool."""
        values = rows.values(self.column.name)
        if isinstance(values, pa.Array):
            there = values.is_valid().to_numpy(zero_copy_only=False)
            equal = pc.is_in(values, pa.array(self.codes, pa.string())).to_numpy(zero_copy_only=False) if self.codes else ~there
            return np.asarray(equal & there if self.codes else equal)
        missing = np.ma.getmaskarray(values)
        if not self.codes:
            return missing
        data = np.ma.getdata(values)
        equal = data == self.codes[0]
        for code in self.codes[1:]:
            equal |= data == code
        return np.asarray(equal & ~missing)


def condition_on(column: Column, word: str, wanted: Any) -> Condition:
    """What `when={word: wanted}` of a column asks for. ModelError for what the other column can never be."""
    other = column.table.columns[word]
    wanted = tuple(sorted(wanted, key=repr)) if isinstance(wanted, set | frozenset) else wanted  # a set has no order that lasts
    place = f"{column.qualified_name}: when asks for {word} = {shown(wanted)}"
    values = tuple(wanted) if isinstance(wanted, tuple | list) else () if wanted is None else (wanted,)
    if other.references is None and getattr(other, "named", False):  # of which it is not known yet what it is written as
        return Condition(other, values, values)
    if wanted is None and not other.nullable:
        raise ModelError(f"{place}, but {other.qualified_name} is never missing")
    if wanted is not None and not values:
        raise ModelError(f"{place}; name at least one value, or None where it must be missing")
    if isinstance(other.type, Categorical):
        words = other.type.words.to_pylist()
        for value in values:
            if value not in words:
                raise ModelError(f"{place}; {one_of(str(value), words)}")
        return Condition(other, values, tuple(map(words.index, values)))
    if other.type is Boolean or limits_of(other.type) is not None:
        require_values(place, other.type, values)
    elif not all(map(is_text, values)) or (values and other.type.arrow not in _TEXTS):
        raise ModelError(f"{place}, and {other.qualified_name} is a {other.type.name}")
    return Condition(other, values, values)
