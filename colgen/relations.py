"""Columns that tie rows to other rows: of another table, of the parent, of the children.

| kind | what |
|---|---|
| `ForeignKey(Table, …)` | a row of another table: evenly, by weights, by popularity, among those that existed or that match |
| `ParentKey(Table)` | the row this one is fanned out from; `Ordinal()` is its number there, `Opens()` and `Closes()` say if it is the first or last |
| `Lookup(Other.column)` | another table's column, by the foreign key to it |
| `Sum("children.column")` | added up over the rows fanned out from this one, or from those |
| `First("children")`, `Count("children")` | the first of those rows, and how many they are |
| `Running("column")` | an own column added up from the parent's first row to this one |
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, cast

import numpy as np
import pyarrow as pa

from colgen.arrays import Array, narrowest, taken
from colgen.calendar import DAY, History, per_day
from colgen.columns import Key, Since
from colgen.datatypes import REPEATED, BigInteger, Boolean, Integer, Repeated, String, Timestamp, Type, Uuid, Words
from colgen.distributions import Choice, Zipf
from colgen.draw import Draw
from colgen.errors import ModelError, one_of
from colgen.table import Column, Rows, Table


class Share:
    """How popular the rows of a table are: a Zipf in which the `top` part of them gets `share` of the draws, whatever their number."""

    def __init__(self, top: float = 0.2, share: float = 0.8) -> None:
        self.top, self.share = top, share

    def over(self, rows: int) -> Zipf:
        return Zipf.for_share(rows, self.top, self.share) if rows > 1 else Zipf(0, 1)

    def __repr__(self) -> str:
        return f"{self.share:.0%} of the draws to {self.top:.0%} of the rows"


_ROUNDS, _AT_ONCE = 6, 8  # of attempts: one in the first round, so many in the others, for few are left by then


def _up_to(ids: Array, limit: Array | int) -> Array:
    """How many of some ascending ids do not exceed each limit."""
    return np.searchsorted(ids, np.asarray(limit, ids.dtype), side="right")


class _Limit:
    """Up to which id the rows of a table exist, for each of some rows: one number for all, one a row, or one for each row of their parent."""

    def __init__(self, limits: int | Array, parents: Array | None = None) -> None:
        self._limits, self._parents = limits, parents

    @property
    def least(self) -> int:
        return self._limits if isinstance(self._limits, int) else int(self._limits.min(initial=np.iinfo(np.int64).max))

    def of(self, positions: Array | None = None) -> int | Array:
        """Of the rows at these positions, or of all."""
        if isinstance(self._limits, int):
            return self._limits
        if self._parents is None:
            return self._limits if positions is None else self._limits.take(positions)
        return self._limits.take(self._parents if positions is None else self._parents.take(positions))


class ForeignKey(Column):
    """A row of another table.

    weights : how often each of its rows is referred to; for a table of a fixed number of rows
    popularity : a `Share`; which row has which rank is shuffled, so the first row is not the best seller
    existing_at : the own date column that the row must have come into being before; its table says when with `Since`
    where : what must hold there, such as `{"status": "active"}`: a word, a flag or a number
    """

    narrows = True

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
            return Choice(self.weights).sample(draw, narrowest(0, len(self.weights))) + np.int8(1)
        total = rows.rows_of(parent)
        if self.where and self.popularity is None:
            matching = rows.matching(parent, {name: self._code(parent.__columns__[name], wanted) for name, wanted in self.where.items()})
            if matching is not None:
                return self._among(matching, draw, self._limit(rows, total, partial(_up_to, matching)))
        limit = self._limit(rows, total, lambda limit: limit)
        pick = self._picker(draw, total)
        picked = pick(draw, limit, None)
        if not self.where and (self.popularity is None or self.existing_at is None):
            return picked
        again = wrong = self._wrong(rows, picked, limit)
        for times in [1] + [_AT_ONCE] * (_ROUNDS - 1):
            if not len(wrong):
                break
            draw, tried = draw.retry(again, times), wrong.repeat(times)
            trial = pick(draw, limit, tried)
            good = self._holds(rows, trial, limit.of(tried))
            first = good.reshape(-1, times).argmax(axis=1) + np.arange(0, len(tried), times)  # the first attempt that will do
            done = good[first]
            picked[wrong[done]] = trial[first[done]]
            again, wrong = first[~done], wrong[~done]
        else:
            picked[wrong] = self._walk(rows, np.broadcast_to(limit.of(wrong), len(wrong)))
        return picked

    def _limit(self, rows: Rows, total: int, counted: Callable[[Any], Any]) -> _Limit:
        """How many of the other table's rows there are by a column of days or moments, or what is counted of them."""
        if self.existing_at is None:
            return _Limit(int(counted(total)))
        when = self.table.__columns__[self.existing_at]
        if isinstance(when, Lookup) and self.table.__columns__[when.looks_up[0][1]].to_parent:  # once for each parent
            days, parents = rows.above(when.column)
        else:
            days, parents = rows.values(when.name), None
        history = since_of(self.references, self.place)
        days = days // DAY if when.type is Timestamp else days
        return _Limit(per_day(lambda day: counted(history.existing_by(day, total, rows.period)), days), parents)

    def _among(self, matching: Array, draw: Draw, limit: _Limit) -> Array:
        """One of the first so many rows that meet the conditions, from a list of them: no search is needed."""
        count = limit.of()
        if np.min(count, initial=1) < 1:
            raise self._none()
        return taken(matching, draw.below(count))

    def _none(self) -> ModelError:
        conditions = " and ".join(f"{name} = {value!r}" for name, value in self.where.items())
        return ModelError(f"{self.place}: no row of {self.references.__tablename__} has {conditions} early enough; ask for more of them")

    def _picker(self, draw: Draw, total: int) -> Callable[[Draw, _Limit, Array | None], Array]:
        """Gives a candidate for each of some rows, or for all: one that exists, or one by popularity alone. As narrow as the table allows."""
        kind = np.int32 if total < 1 << 31 else np.int64  # what is looked through once more is half as long
        if self.popularity is None:
            return lambda draw, limit, positions: draw.integers(1, limit.of(positions), kind)
        shuffle, popularity = draw.shuffle(total, kind), self.popularity.over(total)
        return lambda draw, limit, positions: popularity.sample(draw, shuffle, kind)

    def _wrong(self, rows: Rows, picked: Array, limit: _Limit) -> Array:
        """The positions of the rows whose candidate will not do."""
        if self.where:
            return np.flatnonzero(~self._holds(rows, picked, limit.of()))
        late = np.flatnonzero(picked > limit.least)  # most are among what always exists
        return late[picked[late] > limit.of(late)]

    def _holds(self, rows: Rows, ids: Array, limit: int | Array) -> Array:
        good = ids <= limit
        for word, wanted in self.where.items():
            column = self.references.__columns__[word]
            good &= rows.at(column, ids.astype(np.int64, copy=False)) == self._code(column, wanted)
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

    narrows = True
    to_parent = True

    def __init__(self, references: type[Table], *, hidden: bool = False) -> None:
        super().__init__(BigInteger, hidden=hidden, doc=f"the row of {references.__tablename__} it belongs to")
        self.references: type[Table] = references

    def bind(self, table: type[Table], name: str) -> None:
        super().bind(table, name)
        if table.parent() is not self.references:
            raise ModelError(
                f"{self.place}: ParentKey({self.references.__name__}), but the table is not fanned out from it; use ForeignKey"
            )

    encoding = "parent"

    def values(self, rows: Rows) -> Array:
        ids, positions = rows.above(self.references.__columns__[key_of(self.references)])
        return (ids.astype(np.int32) if ids.max(initial=0) < 1 << 31 else ids).take(positions)


def key_of(table: type[Table]) -> str:
    """The name of a table's primary key."""
    for name, declared in table.__columns__.items():
        if isinstance(declared, Key):
            return name
    raise ModelError(f"table {table.__tablename__} has no primary key; add id = Key()")


class Ordinal(Column):
    """1 … n among the rows fanned out from the same row."""

    narrows = True

    def __init__(self, *, hidden: bool = False) -> None:
        super().__init__(Integer, doc="1, 2, 3 … within its parent", hidden=hidden)

    def bind(self, table: type[Table], name: str) -> None:
        super().bind(table, name)
        if table.parent() is None:
            raise ModelError(f"{self.place}: Ordinal() counts within a parent, but the table is not fanned out")

    def values(self, rows: Rows) -> Array:
        return rows.ordinal()


class Opens(Column):
    """Whether a row is the first of those fanned out from the same row."""

    _last, _word = False, "first"

    def __init__(self, *, hidden: bool = False) -> None:
        super().__init__(Boolean, doc=f"whether it is the {self._word} within its parent", hidden=hidden)

    def bind(self, table: type[Table], name: str) -> None:
        super().bind(table, name)
        if table.parent() is None:
            raise ModelError(f"{self.place}: {type(self).__name__}() is of rows within a parent, but the table is not fanned out")

    def values(self, rows: Rows) -> Array:
        return rows.outermost(self._last)


class Closes(Opens):
    """Whether a row is the last of those fanned out from the same row."""

    _last, _word = True, "last"


class Lookup(Column):
    """Another table's column, at the row that the foreign key refers to."""

    def __init__(self, column: Column, *, via: str | None = None, hidden: bool = False) -> None:
        super().__init__(column.type, hidden=hidden, nullable=column.nullable)
        self.column, self.narrows = column, column.narrows
        self._via = via

    def bind(self, table: type[Table], name: str) -> None:
        super().bind(table, name)
        self._via = table.key_to(self.column, self.place, self._via)
        key = table.__columns__[self._via]
        self.nullable = self.column.nullable or key.nullable
        if self.type in (String, Uuid) and isinstance(key, ParentKey) and not self.nullable:
            self.type = REPEATED[self.type.name]  # the same text for all rows of a parent: written once
        elif self.type in REPEATED.values() and not isinstance(key, ParentKey):
            self.type = String if self.type is Repeated else Uuid

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
        if self.type in REPEATED.values():
            return rows.repeated(self.column)
        found = rows.referred(self.column, cast(str, self._via), narrow=self.narrows)
        return found.cast(pa.string()) if isinstance(found, pa.DictionaryArray) else found


class Sum(Column):
    """A column of the rows fanned out from this one, however far down, added up: `Sum("invoice_line_items.line_total", Money)`."""

    def __init__(self, child: str, type: Type = BigInteger, *, hidden: bool = False) -> None:
        super().__init__(type, hidden=hidden, doc=f"sum of {child}")
        self._child = child
        self.child: Column | None = None  # known once the model is put together

    @property
    def sums(self) -> str:
        return self._child

    def values(self, rows: Rows) -> Array:
        return rows.summed(cast(Column, self.child))


class First(Column):
    """The first id that the rows fanned out from this one have in a table: `First("order_items")`, however far down; the next row's where
    there are none."""

    def __init__(self, table: str, *, hidden: bool = True) -> None:
        super().__init__(BigInteger, hidden=hidden, doc=f"the first row of {table} that belongs to it")
        self.descendant = table
        self.below: type[Table] | None = None  # known once the model is put together

    def values(self, rows: Rows) -> Array:
        return rows.first(self.descendant)


class Count(First):
    """How many rows of a table are fanned out from this one: `Count("order_items")`, however far down."""

    def __init__(self, table: str, type: Type = BigInteger, *, hidden: bool = False) -> None:
        super().__init__(table, hidden=hidden)
        self.type, self.doc = type, f"how many rows of {table} belong to it"

    def values(self, rows: Rows) -> Array:
        return rows.how_many(self.descendant)


class Running(Column):
    """A whole-number column of the same table added up from the parent's first row to this one: `Running("bought")`."""

    def __init__(self, column: str, type: Type = BigInteger, *, hidden: bool = False) -> None:
        super().__init__(type, hidden=hidden, doc=f"{column}, added up within the parent")
        self._column = column

    def bind(self, table: type[Table], name: str) -> None:
        super().bind(table, name)
        if table.parent() is None:
            raise ModelError(f"{self.place}: Running() adds up within a parent, but the table is not fanned out")

    @property
    def needs(self) -> tuple[str, ...]:
        return (self._column,)

    def values(self, rows: Rows) -> Array:
        return rows.running(self._column)
