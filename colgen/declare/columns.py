"""The kinds of columns that stand by themselves, each one line of a table; `colgen.declare.relations` has those that tie rows to other rows.

| kind | values |
|---|---|
| `Key()` | the primary key, 1, 2, 3 … |
| `FixedValues(…)` | a fixed list, for a table with a fixed number of rows |
| `Drawn(distribution, Type)` | draws of any distribution |
| `Integers(1, 20)` | whole numbers, equally likely |
| `Flag(p)`, `Category(a=70, b=30)`, `Vocabulary(list)` | true or false; a word by weight; a word of a long list |
| `Text("{first_name} {id:08d}")` | other columns put together (`colgen.declare.text`) |
| `Day()`, `Moment()` | when a row of a calendar, or of a day, happens: the day, or the microsecond |
| `CreatedAt(History())` | when a row came into being; ids ascend with it |
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from colgen.arrays import Array, narrowest, slices
from colgen.declare.clock import DAY, OFFICE_HOURS, checked_hours, time_of_day
from colgen.declare.column import Column
from colgen.declare.history import History
from colgen.declare.rows import Daily, Rows, Volume
from colgen.draws.distributions import Choice, DiscreteUniform
from colgen.draws.draw import Distribution
from colgen.errors import ModelError
from colgen.values.types import BigInteger, Boolean, Categorical, Date, Integer, Timestamp, Type

if TYPE_CHECKING:
    from colgen.declare.table import TableInfo
    from colgen.values.word_list import WordList


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
            type = Categorical(list(dict.fromkeys(values))) if is_text else Boolean if is_flag else Integer
        super().__init__(type, unique=unique, hidden=hidden, doc="a fixed list")
        self.given = values
        words = type.words.to_pylist() if isinstance(type, Categorical) else None
        self._array = np.array(values if words is None else [words.index(value) for value in values])

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        if table.rows != len(self.given):
            raise ModelError(f"{self.qualified_name}: {len(self.given)} values for a table with rows = {table.rows}")

    def make(self, rows: Rows) -> Array:
        return self._array[rows.ids - 1]


class Drawn(Column):
    """Draws of a distribution. Whole-number types round them down; decimals are in their smallest unit."""

    def __init__(self, distribution: Distribution[Array], type: Type = Integer, *, hidden: bool = False) -> None:
        if not hasattr(distribution, "sample"):
            raise ModelError(f"Drawn({distribution!r}): give a distribution, such as Drawn(Normal(100, 15))")
        super().__init__(type, hidden=hidden, doc=repr(distribution))
        self.distribution = distribution

    def make(self, rows: Rows) -> Array:
        drawn = rows.draw(self)(self.distribution)
        return drawn.astype(np.int64) if drawn.dtype.kind == "f" else drawn


class Integers(Drawn):
    """Whole numbers low … high, both included, equally likely."""

    compact = True

    def __init__(self, low: int, high: int, *, type: Type = Integer, hidden: bool = False) -> None:
        super().__init__(DiscreteUniform(low, high), type, hidden=hidden)
        self.low, self.high, self.doc = low, high, f"{low} to {high}"

    def make(self, rows: Rows) -> Array:
        return rows.draw(self).integers(self.low, self.high, narrowest(self.low, self.high))


class Flag(Column):
    """True with this probability."""

    def __init__(self, probability: float, *, hidden: bool = False) -> None:
        if isinstance(probability, bool) or not isinstance(probability, int | float) or not 0 <= probability <= 1:
            raise ModelError(f"Flag({probability!r}): a probability lies between 0 and 1")
        super().__init__(Boolean, hidden=hidden, doc=f"true for {probability:.0%}")
        self.probability = probability

    def make(self, rows: Rows) -> Array:
        return rows.draw(self).chance(self.probability)


class Category(Column):
    """One of a few words, each as often as its weight says: `Category(active=70, inactive=20)`."""

    compact = True

    def __init__(self, weights: Mapping[str, float] | None = None, /, *, hidden: bool = False, **named: float) -> None:
        self.weights = {**(weights or {}), **named}
        for word, weight in self.weights.items():
            if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight < math.inf:
                raise ModelError(f"Category: the weight of {word!r} is {weight!r}; it must be a number, 0 or more")
        if not any(self.weights.values()):
            raise ModelError("Category: give at least one word with a weight above 0, such as Category(active=70, inactive=30)")
        super().__init__(Categorical(list(self.weights)), hidden=hidden)

    @property
    def description(self) -> str:
        return ", ".join(f"{word} {weight:g}" for word, weight in self.weights.items())

    def make(self, rows: Rows) -> Array:
        return Choice(tuple(self.weights.values())).sample(rows.draw(self), self.type.dtype)


class Vocabulary(Column):
    """A word of a list, as often as the list says: the values are codes into the list."""

    compact = True

    def __init__(self, words: WordList, *, hidden: bool = False) -> None:
        super().__init__(words.type, hidden=hidden, doc=f"{words.name}, {len(words.type.words):,} of them")
        self.list = words

    def make(self, rows: Rows) -> Array:
        return self.list.sample(rows.draw(self), self.type.dtype)


class Day(Column):
    """The day on which a row happens."""

    def __init__(self, *, hidden: bool = False) -> None:
        super().__init__(Date, hidden=hidden, doc="by the calendar; ids ascend with it")

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        happens = isinstance(table.rows, Daily) or (isinstance(table.rows, Volume) and table.rows.calendar is not None)
        if not happens:
            raise ModelError(
                f"{self.qualified_name}: {type(self).__name__}() needs rows that happen in time: Volume(name, Calendar()) or Daily()"
            )

    def make(self, rows: Rows) -> Array:
        return rows.happening()[0]


class Moment(Day):
    """When a row happens, to the microsecond; ids ascend with it.

    hours : how busy each of the 24 hours of a day is, relative
    """

    def __init__(self, hours: Sequence[float] = OFFICE_HOURS, *, hidden: bool = False) -> None:
        super().__init__(hidden=hidden)
        self.type = Timestamp
        self.hours = checked_hours(hours)

    def make(self, rows: Rows) -> Array:
        day, position, count = rows.happening()
        draw, moments = rows.draw(self), np.empty(rows.count, np.int64)
        for part in slices(rows.count):
            quantile = draw[part].uniform()
            quantile += position[part]
            quantile /= count[part]
            np.add(time_of_day(quantile, self.hours), day[part] * DAY, out=moments[part])
        return moments


class CreatedAt(Column):
    """When a row came into being, by a history; ids ascend with its day.

    hours : how busy each of the 24 hours of a day is, relative
    """

    def __init__(self, history: History | None = None, hours: Sequence[float] = OFFICE_HOURS, *, hidden: bool = False) -> None:
        super().__init__(Timestamp, hidden=hidden)
        if not isinstance(history, History | None):
            raise ModelError(f"CreatedAt({history!r}): the first argument must be a History")
        self.history = history or History()
        self.hours = checked_hours(hours)

    @property
    def description(self) -> str:
        share, years = self.history.share_before, self.history.years_before
        rest = ", the rest within it" if share < 1 else ""
        return (f"{share:.0%} in the {years:g} years before the period{rest}" if share else "within the period") + "; ids ascend with it"

    def make(self, rows: Rows) -> Array:
        draw, ids, total, moments = rows.draw(self), rows.ids, rows.rows_of(self.table), np.empty(rows.count, np.int64)
        for part in slices(rows.count):
            drawn = draw[part]
            quantile = drawn.bits(16) * 2.0**-16
            quantile[ids[part] == 1] = 0  # the first row is there from the first day on
            quantile += ids[part] - 1
            quantile /= total
            np.add(time_of_day(drawn.uniform(), self.hours), self.history.day_of(quantile, rows.period) * DAY, out=moments[part])
        return moments
