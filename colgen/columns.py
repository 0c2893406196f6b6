"""The kinds of columns: each is one line of a table.

| kind | what |
|---|---|
| `Key()` | the primary key, 1, 2, 3 … |
| `ForeignKey(Table, …)` | a row of another table: evenly, by weights, by popularity, among those that existed or that match |
| `ParentKey(Table)` | the row this one is fanned out from; `Ordinal()` is its number there |
| `Values(…)` | a fixed list, for a table of so many rows |
| `Drawn(distribution, Type)` | draws of any distribution of `colgen.distributions` |
| `Chance(p)`, `Category(a=70, b=30)`, `Vocabulary(list)` | true or false; a word by weight; a word of a long list |
| `Text("{first_name} {id:08d}")` | other columns put together |
| `Lookup(Other.column)` | another table's column, by the foreign key to it |
| `Sum("children.column")` | added up over the rows fanned out from this one |
| `Day()`, `Moment()` | when a row of a calendar happens, by day and to the microsecond |
| `Since(History())` | when a row came into being; ids ascend with it |
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa

from colgen import text
from colgen.calendar import DAY, OFFICE_HOURS, History, per_day, time_of_day, year_of
from colgen.datatypes import BigInteger, Boolean, Date, Integer, String, Timestamp, Type, Words
from colgen.distributions import Choice, Zipf
from colgen.distributions import Integers as WholeNumbers
from colgen.draw import Array, Distribution, Draw
from colgen.errors import ModelError, one_of
from colgen.table import Column, Rows, Table

if TYPE_CHECKING:
    from colgen.vocabulary import WordList


class Key(Column):
    """The primary key: 1 … n in every table."""

    unique = True

    def __init__(self, *, hidden: bool = False) -> None:
        super().__init__(BigInteger, unique=True, hidden=hidden, doc="1, 2, 3 …")

    encoding = "key"

    def values(self, rows: Rows) -> Array:
        return rows.ids


class Share:
    """How popular the rows of a table are: a Zipf in which the `top` part of them gets `share` of the draws, whatever their number."""

    def __init__(self, top: float = 0.2, share: float = 0.8) -> None:
        self.top, self.share = top, share

    def over(self, rows: int) -> Zipf:
        return Zipf.for_share(rows, self.top, self.share) if rows > 1 else Zipf(0, 1)

    def __repr__(self) -> str:
        return f"{self.share:.0%} of the draws to {self.top:.0%} of the rows"


_ATTEMPTS = 40


class ForeignKey(Column):
    """A row of another table.

    weights : how often each of its rows is referred to; for a table of a fixed number of rows
    popularity : a `Share`; which row has which rank is shuffled, so the first row is not the best seller
    existing_at : the own date column that the row must have come into being before; its table says when with `Since`
    where : what must hold there, such as `{"status": "active"}`: a word, a flag or a number
    """

    def __init__(
        self,
        references: type[Table],
        *,
        weights: Sequence[float] | None = None,
        popularity: Share | None = None,
        existing_at: str | None = None,
        where: dict[str, Any] | None = None,
        hidden: bool = False,
    ) -> None:
        super().__init__(BigInteger, hidden=hidden)
        if not (isinstance(references, type) and issubclass(references, Table)):
            raise ModelError(f"ForeignKey({references!r}): it wants a table, declared before this one")
        self.references: type[Table] = references
        self.weights = tuple(weights) if weights is not None else None
        self.popularity = popularity
        self.existing_at = existing_at
        self.where = where or {}

    def bind(self, table: type[Table], name: str) -> None:
        super().bind(table, name)
        parent = self.references
        if self.weights is not None and parent.rows != len(self.weights):
            raise ModelError(f"{self.place}: {len(self.weights)} weights for {parent.__tablename__}, which has rows = {parent.rows}")
        for word, wanted in self.where.items():
            if word not in parent.__columns__:
                raise ModelError(
                    f"{self.place}: where names {word!r}, no column of {parent.__tablename__}; {one_of(word, parent.__columns__)}"
                )
            self._code(parent.__columns__[word], wanted)
        if self.existing_at is not None:
            since_of(parent, self.place)

    def _code(self, column: Column, wanted: Any) -> Any:
        """What a word of the condition is among the column's values."""
        if not isinstance(column.type, Words):
            return wanted
        words = column.type.words.to_pylist()
        if wanted not in words:
            raise ModelError(f"{self.place}: where wants {column.name} = {wanted!r}; {one_of(str(wanted), words)}")
        return words.index(wanted)

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.existing_at,) if self.existing_at else ()

    @property
    def sentence(self) -> str:
        said = [f"a row of {self.references.__tablename__}"]
        said += [f"weights {'/'.join(f'{w:g}' for w in self.weights)}"] if self.weights else []
        said += [repr(self.popularity)] if self.popularity else []
        said += [f"where {name} is {value}" for name, value in self.where.items()]
        said += [f"existing before {self.existing_at}"] if self.existing_at else []
        return ", ".join(said)

    def values(self, rows: Rows) -> Array:
        parent, draw = self.references, rows.draw(self)
        if self.weights is not None:
            return draw(Choice(self.weights)) + 1
        total = rows.rows_of(parent)
        limit: int | Array = total
        if self.existing_at is not None:
            days = rows.values(self.existing_at)
            if self.table.__columns__[self.existing_at].type is Timestamp:
                days = days // DAY
            history = since_of(parent, self.place)
            limit = per_day(lambda day: history.existing_by(day, total, rows.period), days)
        if self.where and self.popularity is None:
            matching = rows.matching(parent, {name: self._code(parent.__columns__[name], wanted) for name, wanted in self.where.items()})
            if matching is not None:
                return self._among(matching, draw, limit)
        shuffle = draw.shuffle(total) if self.popularity else None
        picked = self._candidates(draw, total, limit, shuffle)
        if not self.where and (shuffle is None or self.existing_at is None):
            return picked
        wrong = again = np.flatnonzero(~self._holds(rows, picked, limit))
        for _ in range(_ATTEMPTS):
            if not len(wrong):
                return picked
            draw = draw.retry(again)
            bound = limit[wrong] if isinstance(limit, np.ndarray) else limit
            trial = self._candidates(draw, total, bound, shuffle)
            good = self._holds(rows, trial, bound)
            picked[wrong[good]] = trial[good]
            again = np.flatnonzero(~good)
            wrong = wrong[again]
        picked[wrong] = self._walk(rows, limit[wrong] if isinstance(limit, np.ndarray) else np.full(len(wrong), limit))
        return picked

    def _among(self, matching: tuple[Array, Array], draw: Draw, limit: int | Array) -> Array:
        """One of the rows that meet the conditions, from a list of them: no search is needed."""
        ids, until = matching
        count = until.take(limit) if isinstance(limit, np.ndarray) else int(until[limit])
        if np.min(count, initial=1) < 1:
            raise self._none()
        return ids.take(draw.below(count)).astype(np.int64)

    def _none(self) -> ModelError:
        conditions = " and ".join(f"{name} = {value!r}" for name, value in self.where.items())
        return ModelError(f"{self.place}: no row of {self.references.__tablename__} has {conditions} early enough; ask for more of them")

    def _candidates(self, draw: Any, total: int, limit: int | Array, shuffle: Any) -> Array:
        if self.popularity is None:
            return draw.below(limit) + 1
        return shuffle(draw(self.popularity.over(total)) - 1) + 1

    def _holds(self, rows: Rows, ids: Array, limit: int | Array) -> Array:
        good = ids <= limit
        for word, wanted in self.where.items():
            column = self.references.__columns__[word]
            good &= rows.at(column, ids) == self._code(column, wanted)
        return good

    def _walk(self, rows: Rows, limit: Array) -> Array:
        """For the few rows that many attempts left without: the newest row that will do."""
        found, open_ = limit.copy(), np.arange(len(limit))
        while len(open_):
            bad = open_[~self._holds(rows, found[open_], limit[open_])]
            found[bad] -= 1
            if (found[bad] < 1).any():
                raise self._none()
            open_ = bad
        return found


def since_of(table: type[Table], place: str) -> History:
    """The history of a table that says since when its rows exist."""
    for declared in table.__columns__.values():
        if isinstance(declared, Since):
            return declared.history
    raise ModelError(
        f"{place}: existing_at needs to know since when rows of {table.__tablename__} exist; give it a column Since(History())"
    )


class ParentKey(Column):
    """The id of the row this one is fanned out from."""

    def __init__(self, references: type[Table], *, hidden: bool = False) -> None:
        super().__init__(BigInteger, hidden=hidden, doc=f"the row of {references.__tablename__} it belongs to")
        self.references: type[Table] = references

    def bind(self, table: type[Table], name: str) -> None:
        super().bind(table, name)
        if table.parent() is not self.references:
            raise ModelError(
                f"{self.place}: ParentKey({self.references.__name__}), but the table is not fanned out from it; use ForeignKey"
            )

    encoding = "key"

    def values(self, rows: Rows) -> Array:
        return cast(Array, rows.referred(self.references.__columns__[key_of(self.references)], self.name))


def key_of(table: type[Table]) -> str:
    """The name of a table's primary key."""
    for name, declared in table.__columns__.items():
        if isinstance(declared, Key):
            return name
    raise ModelError(f"table {table.__tablename__} has no primary key; add id = Key()")


class Ordinal(Column):
    """1 … n among the rows fanned out from the same row."""

    def __init__(self, *, hidden: bool = False) -> None:
        super().__init__(Integer, doc="1, 2, 3 … within its parent", hidden=hidden)

    def bind(self, table: type[Table], name: str) -> None:
        super().bind(table, name)
        if table.parent() is None:
            raise ModelError(f"{self.place}: Ordinal() counts within a parent, but the table is not fanned out")

    def values(self, rows: Rows) -> Array:
        return rows.ordinal()


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

    def __init__(self, low: int, high: int, *, type: Type = Integer, hidden: bool = False) -> None:
        super().__init__(WholeNumbers(low, high), type, hidden=hidden)
        self.low, self.high = low, high


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

    def __init__(self, weights: dict[str, float] | None = None, /, *, hidden: bool = False, **named: float) -> None:
        self.weights = {**(weights or {}), **named}
        super().__init__(Words(list(self.weights)), hidden=hidden)

    @property
    def sentence(self) -> str:
        return ", ".join(f"{word} {weight:g}" for word, weight in self.weights.items())

    def values(self, rows: Rows) -> Array:
        return rows.draw(self)(Choice(tuple(self.weights.values())))


class Vocabulary(Column):
    """A word of a list, as often as it is in life: the values are codes into the list."""

    def __init__(self, words: WordList, *, hidden: bool = False) -> None:
        super().__init__(words.type, hidden=hidden, doc=f"{words.name}, {len(words.type.words):,} of them")
        self.list = words

    def values(self, rows: Rows) -> Array:
        return self.list.sample(rows.draw(self))


class Lookup(Column):
    """Another table's column, at the row that the foreign key refers to."""

    def __init__(self, column: Column, *, via: str | None = None, hidden: bool = False) -> None:
        super().__init__(column.type, hidden=hidden)
        self.column = column
        self._via = via

    def bind(self, table: type[Table], name: str) -> None:
        super().bind(table, name)
        self._via = table.key_to(self.column, self.place, self._via)

    @property
    def needs(self) -> tuple[str, ...]:
        return (cast(str, self._via),)

    @property
    def looks_up(self) -> tuple[tuple[Column, str], ...]:
        return ((self.column, cast(str, self._via)),)

    @property
    def sentence(self) -> str:
        return f"{self.column.place}, by {self._via}"

    def values(self, rows: Rows) -> Any:
        return rows.referred(self.column, cast(str, self._via))


class Sum(Column):
    """A column of the rows fanned out from this one, added up: `Sum("invoice_line_items.line_total", Money)`."""

    def __init__(self, child: str, type: Type = BigInteger, *, hidden: bool = False) -> None:
        super().__init__(type, hidden=hidden, doc=f"sum of {child}")
        self._child = child
        self.child: Column | None = None  # known once the model is put together

    @property
    def sums(self) -> str:
        return self._child

    def values(self, rows: Rows) -> Array:
        return rows.summed(cast(Column, self.child))


class Day(Column):
    """The day a row of a calendar happens."""

    def __init__(self, *, hidden: bool = False) -> None:
        super().__init__(Date, hidden=hidden, doc="by the calendar; ids ascend with it")

    def bind(self, table: type[Table], name: str) -> None:
        super().bind(table, name)
        if getattr(table.rows, "calendar", None) is None:
            raise ModelError(f"{self.place}: {type(self).__name__}() needs rows that happen in time: Volume(name, Calendar())")

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
        return day * DAY + time_of_day((place + rows.draw(self).uniform()) / count, self.hours)


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
        draw = rows.draw(self)
        ids = rows.ids
        place = (ids - 1 + draw.uniform() * (ids > 1)) / rows.rows_of(self.table)
        return self.history.day_of(place, rows.period) * DAY + time_of_day(draw.uniform(), self.hours)


_FIELD = re.compile(r"\{(\w+)(?::([^}]*))?\}")


class Text(Column):
    """Other columns put together: `Text("{first_name} {last_name}")`.

    A field is a column's name in braces; `{id:08d}` pads a number with zeros, `{date:%Y}` is a date's year, `{name:mailbox}` a word
    as it may stand in an e-mail address.
    """

    def __init__(self, template: str, *, unique: bool = False, hidden: bool = False) -> None:
        super().__init__(String, unique=unique, hidden=hidden, doc=template)
        self.template = template
        self._parts: list[str | tuple[str, str]] = []
        end = 0
        for found in _FIELD.finditer(template):
            self._parts += [template[end : found.start()]] if found.start() > end else []
            self._parts.append((found[1], found[2] or ""))
            end = found.end()
        self._parts += [template[end:]] if end < len(template) else []
        self._tables: dict[tuple[str, str], text.WordTable] = {}

    def bind(self, table: type[Table], name: str) -> None:
        super().bind(table, name)
        for word, form in (part for part in self._parts if not isinstance(part, str)):
            if word in table.__columns__ and not re.fullmatch(r"|0\d+d|%Y|mailbox", form):
                raise ModelError(f"{self.place}: {{{word}:{form}}} has an unknown form; there are 08d, %Y and mailbox")

    @property
    def needs(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(part[0] for part in self._parts if not isinstance(part, str)))

    def values(self, rows: Rows) -> pa.StringArray:
        return text.join([part if isinstance(part, str) else self._part(rows, *part) for part in self._parts], rows.count)

    def _part(self, rows: Rows, name: str, form: str) -> text.Part:
        column, values = self.table.__columns__[name], rows.values(name)
        if isinstance(column.type, Words):
            if (name, form) not in self._tables:
                words = column.type.words
                self._tables[name, form] = text.WordTable(text.mailbox(words) if form == "mailbox" else words)
            return text.Coded(self._tables[name, form], values)
        if isinstance(values, pa.Array):
            return text.mailbox(values) if form == "mailbox" else values
        if form == "%Y":
            return text.Digits(per_day(year_of, values // DAY if column.type is Timestamp else values), 4)
        return text.Digits(values, int(form[1:-1]) if form else 0)
