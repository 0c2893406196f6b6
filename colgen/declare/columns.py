"""The kinds of columns that stand by themselves, each one line of a table; `colgen.declare.times` has
those that say when, `colgen.declare.ranks` those that say who is important, `colgen.declare.relations` those that tie rows to other rows.

| kind | values |
|---|---|
| `Key()` | the primary key, 1, 2, 3 … |
| `FixedValues(…)` | a fixed list, for a table with a fixed number of rows |
| `Drawn(distribution, Type)` | draws of any distribution |
| `Integers(1, 20)` | whole numbers, equally likely |
| `Flag(p)`, `Category(a=70, b=30)`, `Vocabulary(list)` | true or false; a word by weight; a word of a long list |
| `Text("{first_name} {id:08d}")` | other columns put together (`colgen.declare.text`) |
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from colgen.arrays import Array, narrowest
from colgen.declare.arguments import (
    checked_weights,
    limits_of,
    require_mapping,
    require_number,
    require_text,
    require_values,
    require_whole,
    shown,
)
from colgen.declare.column import Column
from colgen.declare.rows import Rows
from colgen.draws.distributions import Choice, DiscreteUniform
from colgen.draws.draw import Distribution
from colgen.errors import ModelError, one_of
from colgen.values.types import BigInteger, Boolean, Categorical, Integer, Type
from colgen.values.word_list import WordList

if TYPE_CHECKING:
    from colgen.declare.table import TableInfo


class Key(Column):
    """The primary key: 1 … n. The branches of a table share one run of numbers (`Branches`)."""

    unique = True
    role = "key"

    def __init__(self, *, hidden: bool = False) -> None:
        super().__init__(BigInteger, unique=True, hidden=hidden, doc="1, 2, 3 …")

    def make(self, rows: Rows) -> Array:
        return rows.numbers


class FixedValues(Column):
    """One value for each row of a table with a fixed number of rows. Decimals are given in their smallest unit."""

    def __init__(self, *values: Any, type: Type | None = None, unique: bool = False, hidden: bool = False) -> None:
        if not values:
            raise ModelError("FixedValues(): give one value for each row of the table")
        if type is None:
            is_text, is_flag = isinstance(values[0], str), isinstance(values[0], bool)
            type = word_type("FixedValues", list(dict.fromkeys(values))) if is_text else Boolean if is_flag else Integer
        super().__init__(type, unique=unique, hidden=hidden, doc="a fixed list")
        self.given = values
        codes: Sequence[Any] = values
        if isinstance(type, Categorical):
            words = {word: code for code, word in enumerate(type.words.to_pylist())}
            for value in values:
                if not isinstance(value, str) or value not in words:
                    raise ModelError(f"FixedValues: {shown(value)} is not one of the words of its type; {one_of(str(value), words)}")
            codes = [words[value] for value in values]
        else:
            require_values("FixedValues", type, values)
        if unique and len(set(values)) < len(values):
            raise ModelError(f"FixedValues: unique=True, but {shown(max(values, key=values.count))} occurs more than once")
        self._array = np.array(codes)

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        if table.rows != len(self.given):
            raise ModelError(f"{self.qualified_name}: {len(self.given)} values for a table with rows = {table.rows}")

    def make(self, rows: Rows) -> Array:
        return self._array[rows.ids - 1]


class Drawn(Column):
    """Draws of a distribution. Whole-number types round them down; decimals are in their smallest unit."""

    def __init__(self, distribution: Distribution[Array], type: Type = Integer, *, hidden: bool = False) -> None:
        if not hasattr(distribution, "sample") or isinstance(distribution, builtins.type):
            raise ModelError(f"Drawn({shown(distribution)}): give a distribution, such as Drawn(Normal(100, 15))")
        super().__init__(type, hidden=hidden, doc=repr(distribution))
        if limits_of(type) is None:
            raise ModelError(f"Drawn({distribution!r}): draws are numbers, and cannot be of the type {type.name}")
        self.distribution = distribution

    def make(self, rows: Rows) -> Array:
        drawn = rows.draw(self)(self.distribution)
        if not isinstance(drawn, np.ndarray) or drawn.dtype.kind not in "iuf":
            kind = drawn.dtype if isinstance(drawn, np.ndarray) else builtins.type(drawn).__name__
            raise ModelError(f"{self.qualified_name}: {self.distribution!r} gives {kind}, not numbers")
        if drawn.dtype.kind != "f":
            return drawn
        low, high = drawn.min(initial=0), drawn.max(initial=0)
        if not -(2.0**63) <= low <= high < 2.0**63:  # nor if one is missing: NumPy's least and greatest are then missing, too
            raise ModelError(f"{self.qualified_name}: {self.distribution!r} gives {low:g} to {high:g}, which 64 bits cannot hold")
        return drawn.astype(np.int64)


def _even_numbers(place: str, low: int, high: int) -> DiscreteUniform:
    require_whole(place, -(1 << 63), (1 << 63) - 1, low=low, high=high)
    try:
        return DiscreteUniform(low, high)
    except ValueError as error:
        raise ModelError(f"{place}: {str(error).partition(': ')[2]}") from None


def word_type(place: str, words: Sequence[str]) -> Categorical:
    """The type of a column that has one of some words. ModelError for a word that is not a text."""
    require_text(place, **{f"word {number}": word for number, word in enumerate(words, 1)})
    return Categorical(words)


class Integers(Drawn):
    """Whole numbers low … high, both included, equally likely."""

    compact = True

    def __init__(self, low: int, high: int, *, type: Type = Integer, hidden: bool = False) -> None:
        place = f"Integers({shown(low)}, {shown(high)})"
        distribution = _even_numbers(place, low, high)
        if isinstance(type, Type):
            require_values(place, type, (low, high))
        super().__init__(distribution, type, hidden=hidden)
        low, high = int(low), int(high)
        self.low, self.high, self.doc = low, high, f"{low} to {high}"

    def make(self, rows: Rows) -> Array:
        return rows.draw(self).integers(self.low, self.high, narrowest(self.low, self.high))


class Flag(Column):
    """True with this probability."""

    def __init__(self, probability: float, *, hidden: bool = False) -> None:
        require_number(f"Flag({shown(probability)})", 0, 1, probability=probability)
        super().__init__(Boolean, hidden=hidden, doc=f"true for {probability:.0%}")
        self.probability = probability

    def make(self, rows: Rows) -> Array:
        return rows.draw(self).chance(self.probability)


class Category(Column):
    """One of a few words, each as often as its weight says: `Category(active=70, inactive=20)`."""

    compact = True

    def __init__(self, weights: Mapping[str, float] | None = None, /, *, hidden: bool = False, **named: float) -> None:
        require_mapping("Category", "{'active': 70, 'inactive': 30}", weights={} if weights is None else weights)
        self.weights = {**(weights or {}), **named}
        if not self.weights:
            raise ModelError("Category: give at least one word with a weight above 0, such as Category(active=70, inactive=30)")
        checked_weights("Category", self.weights)
        super().__init__(word_type("Category", list(self.weights)), hidden=hidden)

    @property
    def description(self) -> str:
        return ", ".join(f"{word} {weight:g}" for word, weight in self.weights.items())

    def make(self, rows: Rows) -> Array:
        return Choice(tuple(self.weights.values())).sample(rows.draw(self), self.type.dtype)


class Vocabulary(Column):
    """A word of a list, as often as the list says: the values are codes into the list."""

    compact = True

    def __init__(self, words: WordList, *, hidden: bool = False) -> None:
        if not isinstance(words, WordList):
            raise ModelError(f"Vocabulary({shown(words)}): give a list of words, such as vocabulary.words('first_names', 'name')")
        if not len(words.type.words):
            raise ModelError(f"Vocabulary({words.name!r}): the list has no words")
        super().__init__(words.type, hidden=hidden, doc=f"{words.name}, {len(words.type.words):,} of them")
        self.list = words

    def make(self, rows: Rows) -> Array:
        return self.list.sample(rows.draw(self), self.type.dtype)
