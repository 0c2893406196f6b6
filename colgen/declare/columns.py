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
from typing import TYPE_CHECKING, Any, Unpack

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
from colgen.declare.column import Column, Options
from colgen.declare.rows import Rows
from colgen.draws.distinct import Distinct, DistinctChoice
from colgen.draws.distributions import Choice, DiscreteUniform
from colgen.draws.draw import Distribution, Draw
from colgen.draws.shuffle import Shuffle
from colgen.errors import ModelError, one_of
from colgen.values.types import WHOLE, BigInteger, Boolean, Categorical, Integer, String, TextType, Type
from colgen.values.word_list import WordList

if TYPE_CHECKING:
    from colgen.declare.table import TableInfo


class Key(Column):
    """The primary key, a whole number: 1 … n, or from another number on. The branches of a table share one run of numbers (`Branches`).

    type : BigInteger, Integer or SmallInteger
    start : the first one
    """

    role = "key"
    promises = ("unique", "distinct")
    always_there = True

    def __init__(self, type: Type = BigInteger, *, start: int = 1, **options: Unpack[Options]) -> None:
        if not isinstance(type, Type) or type not in WHOLE:
            raise ModelError(
                f"Key({shown(type)}): a key is a BigInteger, an Integer or a SmallInteger; for texts and UUIDs, name a unique column in the table's head: key='code'"
            )
        require_whole("Key", -(2**62), 2**62, start=start)
        super().__init__(type, "1, 2, 3 …" if start == 1 else f"{start}, {start + 1}, {start + 2} …", **options)
        self.unique, self.start = True, start

    @property
    def is_row_number(self) -> bool:
        return self.start == 1

    def make(self, rows: Rows) -> Array:
        return rows.numbers if self.start == 1 else rows.numbers + (self.start - 1)


class FixedValues(Column):
    """One value for each row of a table with a fixed number of rows. Decimals are given in their smallest unit."""

    promises = ("unique",)

    def __init__(self, *values: Any, type: Type | None = None, **options: Unpack[Options]) -> None:
        if not values:
            raise ModelError("FixedValues(): give one value for each row of the table")
        if isinstance(values[0], str) and (type is None or isinstance(type, TextType)):
            type = word_type("FixedValues", list(dict.fromkeys(values)), type)
        elif type is None:
            type = Boolean if isinstance(values[0], bool) else Integer
        super().__init__(type, "a fixed list", **options)
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
        if self.unique and len(set(values)) < len(values):
            raise ModelError(f"FixedValues: unique=True, but {shown(max(values, key=values.count))} occurs more than once")
        self._array = np.array(codes)

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        if table.rows != len(self.given):
            raise ModelError(f"{self.qualified_name}: {len(self.given)} values for a table with rows = {table.rows}")

    def make(self, rows: Rows) -> Array:
        return self._array[rows.ids - 1]


class Drawn(Column):
    """Draws of a distribution. Whole-number types round them down; decimals are in their smallest unit.

    digits : of a `Double` or a `Real`, how many there are after the point; as many as the draw has if None
    """

    def __init__(
        self, distribution: Distribution[Array], type: Type = Integer, *, digits: int | None = None, **options: Unpack[Options]
    ) -> None:
        if not hasattr(distribution, "sample") or isinstance(distribution, builtins.type):
            raise ModelError(f"Drawn({shown(distribution)}): give a distribution, such as Drawn(Normal(100, 15))")
        super().__init__(type, repr(distribution), **options)
        self._is_fraction = type.role == "fraction"
        if limits_of(type) is None and not self._is_fraction:
            raise ModelError(f"Drawn({distribution!r}): draws are numbers, and cannot be of the type {type.name}")
        if digits is not None:
            require_whole(f"Drawn({distribution!r})", 0, 15, digits=digits)
            if not self._is_fraction:
                raise ModelError(f"Drawn({distribution!r}): digits= is for a Double or a Real, and {type.name} has its own number of them")
        self.distribution, self.digits = distribution, digits

    def make(self, rows: Rows) -> Array:
        drawn = rows.draw(self)(self.distribution)
        if not isinstance(drawn, np.ndarray) or drawn.dtype.kind not in "iuf":
            kind = drawn.dtype if isinstance(drawn, np.ndarray) else builtins.type(drawn).__name__
            raise ModelError(f"{self.qualified_name}: {self.distribution!r} gives {kind}, not numbers")
        if self._is_fraction:
            return drawn if self.digits is None else np.rint(drawn * 10.0**self.digits) / 10.0**self.digits
        if drawn.dtype.kind != "f":
            return drawn
        low, high = drawn.min(initial=0), drawn.max(initial=0)
        if not -(2.0**63) <= low <= high < 2.0**63:  # nor if one is missing: NumPy's least and greatest are then missing, too
            raise ModelError(f"{self.qualified_name}: {self.distribution!r} gives {low:g} to {high:g}, which 64 bits cannot hold")
        return drawn.astype(np.int64)


def _require_even_numbers(place: str, low: int, high: int) -> None:
    """ModelError unless they are the ends of a range of whole numbers."""
    require_whole(place, -(1 << 63), (1 << 63) - 1, low=low, high=high)
    try:
        DiscreteUniform(low, high)
    except ValueError as error:
        raise ModelError(f"{place}: {str(error).partition(': ')[2]}") from None


def word_type(place: str, words: Sequence[str], of: Type | None = None) -> Categorical:
    """The type of a column that has one of some words. ModelError for a word that is not a text, or not of the type.

    of : the type of each word; String if None
    """
    require_text(place, **{f"word {number}": word for number, word in enumerate(words, 1)})
    if not isinstance(of, Type | None):
        raise ModelError(f"{place}: its type must be one of texts, such as Varchar(20) or Enum('status'), not {shown(of)}")
    try:
        return Categorical(words, of or String)
    except ValueError as error:
        raise ModelError(f"{place}: {error}") from None


class OneOf(Column):
    """A kind whose values are some of a known number: drawn by themselves, or all different in the table (`unique`) or for each parent (`distinct`)."""

    promises = ("unique", "distinct")
    compact = True
    weights_of_all: tuple[float, ...] | None = None
    """How often each comes, where they do not come equally often."""

    @property
    def size(self) -> int:
        """How many different values there are."""
        raise NotImplementedError

    def drawn(self, rows: Rows) -> Array:
        """A number from 0 to `size` - 1 for each row, where they may be the same."""
        raise NotImplementedError

    @property
    def different(self) -> int:
        """How many different values can come."""
        return self.size if self.weights_of_all is None else sum(map(bool, self.weights_of_all))

    def chosen(self, rows: Rows, draw: Draw | None = None) -> Array:
        """A number from 0 to `size` - 1 for each row.

        draw : where it is not the column's own
        """
        own = draw or rows.draw(self)
        if self.unique:
            numbers = rows.numbers
            if len(numbers) and int(numbers[-1]) > self.different:
                raise ModelError(self.too_many(int(numbers[-1])))
            chosen = own(Shuffle(self.different))(numbers) - 1
            return chosen if self.weights_of_all is None else np.flatnonzero(self.weights_of_all).take(chosen)
        if self.distinct:
            group, place = rows.parent_ids, rows.ordinal()
            choice = Distinct(group, place, self.size) if self.weights_of_all is None else DistinctChoice(group, place, self.weights_of_all)
            return own(choice)
        return self.drawn(rows)

    def too_many(self, rows: int, of: str = "") -> str:
        """In words: that there are more rows, in the table or for one parent, than different values."""
        return f"{self.qualified_name}: {rows:,} rows{of} must differ, and there are {self.different:,} different values"


class Integers(OneOf):
    """Whole numbers low … high, both included, equally likely."""

    def __init__(self, low: int, high: int, *, type: Type = Integer, **options: Unpack[Options]) -> None:
        place = f"Integers({shown(low)}, {shown(high)})"
        _require_even_numbers(place, low, high)
        if isinstance(type, Type):
            require_values(place, type, (low, high))
        super().__init__(type, f"{int(low)} to {int(high)}", **options)
        self.low, self.high = int(low), int(high)

    @property
    def size(self) -> int:
        return self.high - self.low + 1

    def drawn(self, rows: Rows) -> Array:
        return rows.draw(self).integers(self.low, self.high, narrowest(self.low, self.high))

    def make(self, rows: Rows) -> Array:
        return self.chosen(rows) + self.low if self.unique or self.distinct else self.drawn(rows)


class Flag(Column):
    """True with this probability."""

    def __init__(self, probability: float, **options: Unpack[Options]) -> None:
        require_number(f"Flag({shown(probability)})", 0, 1, probability=probability)
        super().__init__(Boolean, f"true for {probability:.0%}", **options)
        self.probability = probability

    def make(self, rows: Rows) -> Array:
        return rows.draw(self).chance(self.probability)


class Category(OneOf):
    """One of a few words, each as often as its weight says: `Category(active=70, inactive=20)`, or `Category({"on hold": 5, …})` for words that
    are no names, or that are called like an argument.

    type : that of each word, such as `Varchar(20)` or `Enum("status")`; String if None
    """

    def __init__(
        self,
        weights: Mapping[str, float] | None = None,
        /,
        *,
        hidden: bool = False,
        nullable: bool | float = False,
        when: Mapping[str, Any] | None = None,
        unique: bool = False,
        distinct: bool = False,
        name: str = "",
        doc: str = "",
        type: Type | None = None,
        **named: float,
    ) -> None:
        require_mapping("Category", "{'active': 70, 'inactive': 30}", weights={} if weights is None else weights)
        self.weights = {**(weights or {}), **named}
        if not self.weights:
            raise ModelError("Category: give at least one word with a weight above 0, such as Category(active=70, inactive=30)")
        checked_weights("Category", self.weights)
        super().__init__(
            word_type("Category", list(self.weights), type),
            hidden=hidden,
            nullable=nullable,
            when=when,
            unique=unique,
            distinct=distinct,
            name=name,
            doc=doc,
        )
        self.weights_of_all = tuple(map(float, self.weights.values()))

    @property
    def description(self) -> str:
        return ", ".join(f"{word} {weight:g}" for word, weight in self.weights.items())

    @property
    def size(self) -> int:
        return len(self.weights)

    def drawn(self, rows: Rows) -> Array:
        return Choice(tuple(self.weights.values())).sample(rows.draw(self), self.type.dtype)

    def make(self, rows: Rows) -> Array:
        return self.chosen(rows).astype(self.type.dtype, copy=False)


class Vocabulary(OneOf):
    """A word of a list, as often as the list says: the values are codes into the list.

    type : that of each word, such as `Varchar(20)`; String if None
    """

    def __init__(self, words: WordList, *, type: Type | None = None, **options: Unpack[Options]) -> None:
        if not isinstance(words, WordList):
            raise ModelError(f"Vocabulary({shown(words)}): give a list of words, such as vocabulary.words('first_names', 'name')")
        if not len(words.type.words):
            raise ModelError(f"Vocabulary({words.name!r}): the list has no words")
        kind = words.type if type is None else word_type(f"Vocabulary({words.name!r})", words.type.words.to_pylist(), type)
        super().__init__(kind, f"{words.name}, {len(words.type.words):,} of them", **options)
        self.list = words

    @property
    def libraries(self) -> tuple[str, ...]:
        return self.list.source

    @property
    def weights_of_all(self) -> tuple[float, ...]:  # type: ignore[override]
        return tuple(self.list.weights.tolist())

    @property
    def size(self) -> int:
        return len(self.list.type.words)

    def drawn(self, rows: Rows) -> Array:
        return self.list.sample(rows.draw(self), self.type.dtype)

    def make(self, rows: Rows) -> Array:
        return self.chosen(rows).astype(self.type.dtype, copy=False)
