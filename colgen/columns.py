"""The kinds of columns that stand for themselves, each one line of a table; those that tie rows to other rows are in `colgen.relations`.

| kind | what |
|---|---|
| `Key()` | the primary key, 1, 2, 3 … |
| `Values(…)` | a fixed list, for a table of so many rows |
| `Drawn(distribution, Type)` | draws of any distribution of `colgen.distributions` |
| `Chance(p)`, `Category(a=70, b=30)`, `Vocabulary(list)` | true or false; a word by weight; a word of a long list |
| `Text("{first_name} {id:08d}")` | other columns put together |
| `Day()`, `Moment()` | when a row of a calendar, or of a day, happens, by day and to the microsecond |
| `Since(History())` | when a row came into being; ids ascend with it |
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa

from colgen import text
from colgen.arrays import Array, narrowest, slices
from colgen.calendar import DAY, OFFICE_HOURS, History, day_of_month, month_of, per_day, time_of_day, year_of
from colgen.datatypes import BigInteger, Boolean, Date, Integer, String, Timestamp, Type, Words
from colgen.distributions import Choice
from colgen.distributions import Integers as WholeNumbers
from colgen.draw import Distribution
from colgen.errors import ModelError
from colgen.table import Column, Daily, Rows, Table

if TYPE_CHECKING:
    from colgen.vocabulary import WordList


class Key(Column):
    """The primary key: 1 … n in every table. The branches of a table share one run of numbers (`Branches`)."""

    unique = True

    def __init__(self, *, hidden: bool = False) -> None:
        super().__init__(BigInteger, unique=True, hidden=hidden, doc="1, 2, 3 …")

    encoding = "key"

    def values(self, rows: Rows) -> Array:
        return rows.numbers


class Values(Column):
    """One value for each row of a table with a fixed number of rows. Decimals are given in their smallest unit."""

    def __init__(self, *values: Any, type: Type | None = None, unique: bool = False, hidden: bool = False) -> None:
        if type is None:
            type = Words(list(dict.fromkeys(values))) if isinstance(values[0], str) else Boolean if isinstance(values[0], bool) else Integer
        super().__init__(type, unique=unique, hidden=hidden, doc="a fixed list")
        self.given = values
        codes = [type.words.to_pylist().index(value) for value in values] if isinstance(type, Words) else values
        self._array = np.array(codes)

    def bind(self, table: type[Table], name: str) -> None:
        super().bind(table, name)
        if table.rows != len(self.given):
            raise ModelError(f"{self.place}: {len(self.given)} values for a table with rows = {table.rows}")

    def values(self, rows: Rows) -> Array:
        return self._array[rows.ids - 1]


class Drawn(Column):
    """Draws of a distribution. Whole-number types take them rounded down; decimals in their smallest unit."""

    def __init__(self, distribution: Distribution[Array], type: Type = Integer, *, hidden: bool = False) -> None:
        super().__init__(type, hidden=hidden, doc=repr(distribution))
        self.distribution = distribution

    def values(self, rows: Rows) -> Array:
        drawn = rows.draw(self)(self.distribution)
        return drawn.astype(np.int64) if drawn.dtype.kind == "f" else drawn


class Integers(Drawn):
    """Whole numbers low … high, both included, equally likely."""

    narrows = True

    def __init__(self, low: int, high: int, *, type: Type = Integer, hidden: bool = False) -> None:
        super().__init__(WholeNumbers(low, high), type, hidden=hidden)
        self.low, self.high = low, high

    def values(self, rows: Rows) -> Array:
        return rows.draw(self).integers(self.low, self.high, narrowest(self.low, self.high))


class Chance(Column):
    """True with this probability."""

    def __init__(self, probability: float, *, hidden: bool = False) -> None:
        if not 0 <= probability <= 1:
            raise ModelError(f"Chance({probability}): a probability lies between 0 and 1")
        super().__init__(Boolean, hidden=hidden, doc=f"true for {probability:.0%}")
        self.probability = probability

    def values(self, rows: Rows) -> Array:
        return rows.draw(self).chance(self.probability)


class Category(Column):
    """One of a few words, each as often as its weight says: `Category(active=70, inactive=20)`."""

    narrows = True

    def __init__(self, weights: dict[str, float] | None = None, /, *, hidden: bool = False, **named: float) -> None:
        self.weights = {**(weights or {}), **named}
        super().__init__(Words(list(self.weights)), hidden=hidden)

    @property
    def sentence(self) -> str:
        return ", ".join(f"{word} {weight:g}" for word, weight in self.weights.items())

    def values(self, rows: Rows) -> Array:
        return Choice(tuple(self.weights.values())).sample(rows.draw(self), self.type.dtype)


class Vocabulary(Column):
    """A word of a list, as often as it is in life: the values are codes into the list."""

    narrows = True

    def __init__(self, words: WordList, *, hidden: bool = False) -> None:
        super().__init__(words.type, hidden=hidden, doc=f"{words.name}, {len(words.type.words):,} of them")
        self.list = words

    def values(self, rows: Rows) -> Array:
        return self.list.sample(rows.draw(self), self.type.dtype)


class Day(Column):
    """The day a row of a calendar happens."""

    def __init__(self, *, hidden: bool = False) -> None:
        super().__init__(Date, hidden=hidden, doc="by the calendar; ids ascend with it")

    def bind(self, table: type[Table], name: str) -> None:
        super().bind(table, name)
        if getattr(table.rows, "calendar", None) is None and not isinstance(table.rows, Daily):
            raise ModelError(f"{self.place}: {type(self).__name__}() needs rows that happen in time: Volume(name, Calendar()) or Daily()")

    def values(self, rows: Rows) -> Array:
        return cast(Any, rows).happening()[0]


class Moment(Day):
    """When a row of a calendar happens, to the microsecond; ids ascend with it."""

    def __init__(self, hours: Sequence[float] = OFFICE_HOURS, *, hidden: bool = False) -> None:
        super().__init__(hidden=hidden)
        self.type = Timestamp
        self.hours = tuple(hours)

    def values(self, rows: Rows) -> Array:
        day, place, count = cast(Any, rows).happening()
        draw, moments = rows.draw(self), np.empty(rows.count, np.int64)
        for some in slices(rows.count):
            quantile = draw[some].uniform()
            quantile += place[some]
            quantile /= count[some]
            np.add(time_of_day(quantile, self.hours), day[some] * DAY, out=moments[some])
        return moments


class Since(Column):
    """When a row came into being, by a history; ids ascend with its day."""

    def __init__(self, history: History | None = None, hours: Sequence[float] = OFFICE_HOURS, *, hidden: bool = False) -> None:
        super().__init__(Timestamp, hidden=hidden)
        self.history = history or History()
        self.hours = tuple(hours)

    @property
    def sentence(self) -> str:
        return f"{self.history.share_before:.0%} in the {self.history.years_before:g} years before the period, the rest in it; ids ascend with it"

    def values(self, rows: Rows) -> Array:
        draw, ids, total, moments = rows.draw(self), rows.ids, rows.rows_of(self.table), np.empty(rows.count, np.int64)
        for some in slices(rows.count):
            drawn = draw[some]
            place = drawn.bits(16) * 2.0**-16
            place[ids[some] == 1] = 0  # the first row is there from the first day on
            place += ids[some] - 1
            place /= total
            np.add(time_of_day(drawn.uniform(), self.hours), self.history.day_of(place, rows.period) * DAY, out=moments[some])
        return moments


_PIECES: dict[str, tuple[Callable[[Array], Array], int]] = {
    "Y": (lambda moments: per_day(year_of, moments // DAY), 4),
    "m": (lambda moments: per_day(month_of, moments // DAY), 2),
    "d": (lambda moments: per_day(day_of_month, moments // DAY), 2),
    "H": (lambda moments: moments % DAY // (DAY // 24), 2),
    "M": (lambda moments: moments % DAY // (DAY // 1440) % 60, 2),
    "S": (lambda moments: moments % DAY // 1_000_000 % 60, 2),
}
"""What `strftime` calls the parts of a moment (microseconds since 1970-01-01), and how many digits each has."""


class Text(Column):
    """Other columns put together: `Text("{first_name} {last_name}")`.

    A field is a column's name in braces (a brace itself is written twice); `{id:08d}` pads a number with zeros,
    `{placed_at:%Y-%m-%d %H:%M:%S}` writes a date or a moment as `strftime` does, `{name:mailbox}` a word as it may stand in an e-mail
    address.
    """

    def __init__(self, template: str, *, type: Type = String, unique: bool = False, hidden: bool = False) -> None:
        super().__init__(type, unique=unique, hidden=hidden, doc=template)
        self.template = template
        self._parts: list[str | tuple[str, str]] = []
        for constant, field, form, _ in string.Formatter().parse(template):
            self._parts += [constant] if constant else []
            self._parts += [(field, form or "")] if field is not None else []
        self._tables: dict[tuple[str, str], text.WordTable] = {}

    def bind(self, table: type[Table], name: str) -> None:
        super().bind(table, name)
        for word, form in (part for part in self._parts if not isinstance(part, str)):
            if word in table.__columns__ and table.__columns__[word].nullable and table.__columns__[word].type is not String:
                raise ModelError(f"{self.place} needs {word!r}, which may be missing; put it together in a function, with nullable=True")
            if word in table.__columns__ and not re.fullmatch(r"|0\d+d|(%[YmdHMS][^%]*)+|mailbox", form):
                raise ModelError(f"{self.place}: {{{word}:{form}}} has an unknown form; there are 08d, mailbox, and %Y %m %d %H %M %S")
            if form.startswith("%") and word in table.__columns__ and table.__columns__[word].type not in (Date, Timestamp):
                raise ModelError(f"{self.place}: {{{word}:{form}}} is a form of dates and timestamps, and {word} is neither")

    @property
    def needs(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(part[0] for part in self._parts if not isinstance(part, str)))

    def values(self, rows: Rows) -> text.Composed | pa.StringArray:
        parts: list[text.Part] = []
        for part in self._parts:
            if isinstance(part, str):
                parts.append(part)
            elif part[1].startswith("%"):
                parts += self._moment(rows, *part)
            else:
                parts += self._part(rows, *part)
        return text.composed(parts, rows.count)

    def _moment(self, rows: Rows, name: str, form: str) -> list[text.Part]:
        """The pieces of a date or a moment."""
        values = rows.values(name)
        moments = values if self.table.__columns__[name].type is Timestamp else values * DAY
        parts: list[text.Part] = []
        for mark, constant in re.findall(r"%(.)([^%]*)", form):
            function, width = _PIECES[mark]
            parts += [text.Digits(function(moments), width), constant]
        return parts

    def _part(self, rows: Rows, name: str, form: str) -> Sequence[text.Part]:
        column, values = self.table.__columns__[name], rows.narrow(name)
        if isinstance(column.type, Words):
            if (name, form) not in self._tables:
                words = column.type.words
                self._tables[name, form] = text.WordTable(text.mailbox(words) if form == "mailbox" else words)
            return [text.Coded(self._tables[name, form], values)]
        if isinstance(values, text.Composed):
            if not form:
                return values.parts
            values = values.spelled
        if isinstance(values, pa.Array) and form == "mailbox":
            return [text.mailbox(values)]
        return [values if isinstance(values, pa.Array) else text.Digits(values, int(form[1:-1]) if form else 0)]
