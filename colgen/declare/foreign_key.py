"""A reference to a row of another table: evenly, by weights, by popularity, among those that existed or that match."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from colgen.arrays import Array, narrowest, taken
from colgen.declare.arguments import checked_weights, limits_of, require_list, require_mapping, require_text, require_values, shown
from colgen.declare.clock import DAY
from colgen.declare.column import Column
from colgen.declare.columns import CreatedAt
from colgen.declare.days import per_day
from colgen.declare.history import History
from colgen.declare.relations import Lookup
from colgen.declare.rows import Rows
from colgen.declare.table import Table, TableInfo, table_of
from colgen.draws.distributions import Choice
from colgen.draws.draw import Draw
from colgen.draws.numbers import is_finite
from colgen.draws.shuffle import Shuffle
from colgen.draws.zipf import Zipf
from colgen.errors import ModelError, one_of
from colgen.values.types import BigInteger, Boolean, Categorical, Date, Timestamp

_LEAST_PART = 1e-6  # with less, the exponent of a Zipf would be steeper than it can be


@dataclass(frozen=True, kw_only=True)
class Popularity:
    """How popular the rows of a table are: a Zipf in which the `top` part of them gets `share` of the draws, however many rows there are."""

    top: float = 0.2
    share: float = 0.8

    def __post_init__(self) -> None:
        if not (is_finite(self.top) and is_finite(self.share) and _LEAST_PART <= self.top < self.share <= 1 - _LEAST_PART):
            raise ModelError(
                f"Popularity(top={shown(self.top)}, share={shown(self.share)}): 0 < top < share < 1 is needed, by a millionth or more, such as Popularity(top=0.2, share=0.8)"
            )

    def over(self, rows: int) -> Zipf:
        """The distribution over the ranks 1 … rows."""
        return Zipf.for_share(rows, self.top, self.share) if rows > 1 else Zipf(0, 1)

    @property
    def description(self) -> str:
        return f"{self.share:.0%} of the draws to {self.top:.0%} of the rows"


_ROUNDS, _AT_ONCE = 6, 8  # of attempts: one in the first round, eight in each of the others, when few rows are left


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

    weights : how often each of its rows is referred to, for a table with a fixed number of rows; nothing else may be given beside them
    popularity : how popular its rows are; which row has which rank is shuffled, so the first row is not the best seller
    existing_at : the own date column by which the row must have come into being; its table says when with `CreatedAt`
    where : what must hold there, such as `{"status": "active"}`: a word, a flag or a number
    """

    compact = True

    def __init__(
        self,
        references: type[Table] | TableInfo,
        *,
        weights: Sequence[float] | None = None,
        popularity: Popularity | None = None,
        existing_at: str | None = None,
        where: Mapping[str, Any] | None = None,
        hidden: bool = False,
    ) -> None:
        super().__init__(BigInteger, hidden=hidden)
        try:
            self.references: TableInfo = table_of(references)
        except ModelError:
            raise ModelError(f"ForeignKey({shown(references)}): expects a Table class defined above this one") from None
        place = f"ForeignKey({self.references.declared.__name__}, …)"
        if weights is not None:
            require_list(place, "(50, 30, 20)", weights=weights)
        if where is not None:
            require_mapping(place, "{'status': 'active'}", where=where)
        if existing_at is not None:
            require_text(place, existing_at=existing_at)
        self.weights = tuple(weights) if weights is not None else None
        self.popularity = popularity
        self.existing_at = existing_at
        self.where = dict(where or {})
        self._refuse_contradictions(place)

    def _refuse_contradictions(self, place: str) -> None:
        if not isinstance(self.popularity, Popularity | None):
            raise ModelError(
                f"{place}: popularity = {shown(self.popularity)}; it must be a Popularity, such as Popularity(top=0.2, share=0.8)"
            )
        given = {"popularity": self.popularity, "existing_at": self.existing_at, "where": self.where}
        beside = [name for name, value in given.items() if value]
        if self.weights is not None and beside:
            raise ModelError(f"{place}: weights say how often each row comes, so {' and '.join(beside)} cannot be given beside them")
        if self.weights is not None:
            checked_weights(place, {f"row {number}": weight for number, weight in enumerate(self.weights, 1)})

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        parent = self.references
        if self.weights is not None and parent.rows != len(self.weights):
            raise ModelError(f"{self.qualified_name}: {len(self.weights)} weights for {parent.name}, which has rows = {parent.rows}")
        for word, wanted in self.where.items():
            if word not in parent.columns:
                raise ModelError(
                    f"{self.qualified_name}: where names {word!r}, which is not a column of {parent.name}; {one_of(word, parent.columns)}"
                )
            self._code(parent.columns[word], wanted)
        if self.existing_at is not None:
            history_of(parent, self.qualified_name)
            when = table.columns.get(self.existing_at)  # the table names what is missing
            if when is not None and (when.type not in (Date, Timestamp) or when.nullable):
                kind = f"{when.type.name}, which may be missing" if when.nullable else when.type.name
                raise ModelError(f"{self.qualified_name}: existing_at={self.existing_at!r} must name a date or a timestamp, not a {kind}")
        self._refuse_rows_that_are_not_written()

    def _refuse_rows_that_are_not_written(self) -> None:
        parent, table = self.references, self.table
        if parent.keep is None or self.where.get(parent.keep) is True or self.hidden or table.hidden:
            return
        raise ModelError(
            f"{self.qualified_name} refers to rows of {parent.name}, of which only those whose {parent.keep!r} is true are written; "
            f"add where={{{parent.keep!r}: True}}, or hidden=True"
        )

    def _code(self, column: Column, wanted: Any) -> Any:
        """What a word, a flag or a number of the condition is among the column's values: a decimal is given in its smallest unit."""
        place = f"{self.qualified_name}: where asks for {column.name} = {shown(wanted)}"
        if column.nullable:
            raise ModelError(f"{place}, which may be missing; ask for a flag that is computed from it")
        if isinstance(column.type, Categorical):
            words = column.type.words.to_pylist()
            if not isinstance(wanted, str) or wanted not in words:
                raise ModelError(f"{place}; {one_of(str(wanted), words)}")
            return words.index(wanted)
        if (limits_of(column.type) is None and column.type is not Boolean) or column.type in (Date, Timestamp):
            raise ModelError(
                f"{place}, a {column.type.name}; it can ask for a word of a list, a flag or a number, such as a flag computed from it"
            )
        require_values(place, column.type, [wanted])
        return wanted

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.existing_at,) if self.existing_at is not None else ()

    @property
    def description(self) -> str:
        phrases = [f"a row of {self.references.name}"]
        phrases += [f"weights {'/'.join(f'{weight:g}' for weight in self.weights)}"] if self.weights else []
        phrases += [self.popularity.description] if self.popularity else []
        phrases += [f"where {name} is {value}" for name, value in self.where.items()]
        phrases += [f"existing before {self.existing_at}"] if self.existing_at is not None else []
        return ", ".join(phrases)

    def make(self, rows: Rows) -> Array:
        parent, draw = self.references, rows.draw(self)
        if self.weights is not None:
            return Choice(self.weights).sample(draw, narrowest(0, len(self.weights))) + np.int8(1)
        total = rows.rows_of(parent)
        if self.where and self.popularity is None:
            matching = rows.matching(parent, self.codes)
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
            good = self._qualifies(rows, trial, limit.of(tried))
            first = good.reshape(-1, times).argmax(axis=1) + np.arange(0, len(tried), times)  # the first attempt that qualifies
            done = good[first]
            picked[wrong[done]] = trial[first[done]]
            again, wrong = first[~done], wrong[~done]
        else:
            picked[wrong] = self._walk(rows, np.broadcast_to(limit.of(wrong), len(wrong)))
        return picked

    def _limit(self, rows: Rows, total: int, counted: Callable[[Any], Any]) -> _Limit:
        """How many of the other table's rows exist by the own column of days or moments.

        counted : what is counted of the first so many rows, such as those that match
        """
        if self.existing_at is None:
            return _Limit(int(counted(total)))
        when = self.table.columns[self.existing_at]
        if isinstance(when, Lookup) and self.table.columns[when.lookups[0][1]].to_parent:  # once for each parent
            days, parents = rows.parent_values(when.column)
        else:
            days, parents = rows.values(when.name), None
        history = history_of(self.references, self.qualified_name)
        days = days // DAY if when.type is Timestamp else days
        return _Limit(per_day(lambda day: counted(history.existing_by(day, total, rows.period)), days), parents)

    def _among(self, matching: Array, draw: Draw, limit: _Limit) -> Array:
        """One of the rows that meet the conditions, drawn from a list of them up to the limit: no search is needed."""
        count = limit.of()
        if np.min(count, initial=1) < 1:
            raise self.nothing_matches()
        return taken(matching, draw.below(count))

    @property
    def codes(self) -> dict[str, Any]:
        """Its conditions, with the number of each word in the column's list."""
        return {name: self._code(self.references.columns[name], wanted) for name, wanted in self.where.items()}

    def nothing_matches(self) -> ModelError:
        """The error of a condition that no row meets."""
        conditions = " and ".join(f"{name} = {value!r}" for name, value in self.where.items())
        return ModelError(f"{self.qualified_name}: no row of {self.references.name} has {conditions} early enough; ask for more of them")

    def _picker(self, draw: Draw, total: int) -> Callable[[Draw, _Limit, Array | None], Array]:
        """A function that gives a candidate for each row: one that exists, or one by popularity alone; in as few bits as the table allows."""
        kind = np.int32 if total < 1 << 31 else np.int64  # candidates are looked through again: half as many bytes
        if self.popularity is None:
            return lambda draw, limit, positions: draw.integers(1, limit.of(positions), kind)
        shuffle, popularity = draw(Shuffle(total, kind)), self.popularity.over(total)
        return lambda draw, limit, positions: popularity.sample(draw, shuffle, kind)

    def _wrong(self, rows: Rows, picked: Array, limit: _Limit) -> Array:
        """The positions of the rows whose candidate does not qualify."""
        if self.where:
            return np.flatnonzero(~self._qualifies(rows, picked, limit.of()))
        late = np.flatnonzero(picked > limit.least)  # most candidates are among those that exist for every row
        return late[picked[late] > limit.of(late)]

    def _qualifies(self, rows: Rows, ids: Array, limit: int | Array) -> Array:
        good = ids <= limit
        for word, wanted in self.where.items():
            column = self.references.columns[word]
            good &= rows.at(column, ids.astype(np.int64, copy=False)) == self._code(column, wanted)
        return good

    def _walk(self, rows: Rows, limit: Array) -> Array:
        """For the few rows that no attempt served: the newest row that qualifies."""
        ids, left = limit.copy(), np.arange(len(limit))
        while len(left):
            left = left[~self._qualifies(rows, ids[left], limit[left])]
            ids[left] -= 1
            if (ids[left] < 1).any():
                raise self.nothing_matches()
        return ids


def history_of(table: TableInfo, place: str) -> History:
    """The history of a table whose rows come into being over time. ModelError where it has no `CreatedAt`.

    place : who asks, for messages
    """
    for column in table.columns.values():
        if isinstance(column, CreatedAt):
            return column.history
    raise ModelError(f"{place}: existing_at needs to know when rows of {table.name} came into being; give it a column CreatedAt(History())")
