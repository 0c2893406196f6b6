"""How a row that is referred to is found: a candidate is drawn, and drawn again where it does not qualify.

Each attempt has draws of its own, which depend on the place of the row that asks and on nothing else: so a cell is the same however many rows are
made with it. Nothing is kept that grows with the table.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from colgen.arrays import Array
from colgen.declare.clock import DAY
from colgen.declare.days import per_day
from colgen.declare.differing import avoided
from colgen.declare.ranks import Rank
from colgen.declare.relations import Lookup
from colgen.declare.rows import Rows
from colgen.declare.times import births_of
from colgen.draws.distinct import repeated
from colgen.draws.draw import Draw
from colgen.draws.shuffle import Shuffle
from colgen.errors import ModelError
from colgen.values.types import MOMENTS, Date

if TYPE_CHECKING:
    from colgen.declare.foreign_key import ForeignKey

_ATTEMPTS = (1, 3, 12, 96, 512)
"""How many more times it is tried in each round to find a row that qualifies, for those of which no attempt has been good: the rounds are few,
for each has its price, however few rows are left."""


class Limit:
    """Up to which id the rows of a table exist, for each of some rows: one number for all, one a row, or one for each row of their parent."""

    def __init__(self, limits: int | Array, parents: Array | None = None) -> None:
        self._limits, self._parents = limits, parents
        self.least = limits if isinstance(limits, int) else int(limits.min(initial=np.iinfo(np.int64).max))

    @property
    def is_one_per_parent(self) -> bool:
        """Whether it is the same for all rows of one parent."""
        return isinstance(self._limits, int) or self._parents is not None

    def of(self, positions: Array | None = None) -> int | Array:
        """Of the rows at these positions, or of all."""
        if isinstance(self._limits, int):
            return self._limits
        if self._parents is None:
            return self._limits if positions is None else self._limits.take(positions)
        return self._limits.take(self._parents if positions is None else self._parents.take(positions))


def limit_of(key: ForeignKey, rows: Rows, counted: Callable[[Any], Any] = lambda count: count) -> Limit:
    """How many of the other table's rows exist by the own column of days or moments.

    counted : what is counted of the first so many rows, such as those that match
    """
    if key.existing_at is None:
        return Limit(int(counted(rows.rows_of(key.other))))
    when = key.table.columns[key.existing_at]
    if isinstance(when, Lookup) and key.table.columns[when.lookups[0][1]].to_parent:  # once for each parent
        days, parents = rows.parent_values(when.column)
    else:
        days, parents = rows.values(when.name), None
    births = rows.births(births_of(key.other, key.qualified_name))
    days = days // DAY if when.type in MOMENTS else days
    return Limit(per_day(lambda day: counted(births.before(day)), days), parents)


class Search:
    """The search for the rows that a foreign key of some rows refers to."""

    def __init__(self, key: ForeignKey, rows: Rows) -> None:
        self._key, self._rows, self._draw = key, rows, rows.draw(key)
        self._total = rows.rows_of(key.other)
        self._limit = limit_of(key, rows)
        self._codes = [(key.other.columns[word], code) for word, code in key.codes.items()]
        self._avoided = avoided(key, rows)
        self._pick = self._picker()

    def found(self) -> Array:
        """The id that each of the rows refers to: int32 or int64, masked where there is none and it may be missing."""
        picked = self._searched(self._draw, None)
        if self._key.distinct:
            return self._all_different(picked)
        return np.ma.array(picked, mask=picked == 0) if self._key.may_leave_out and not picked.all() else picked

    def _picker(self) -> Callable[[Draw, Array | None], Array]:
        """A function that gives a candidate for each row: one that exists, or one by popularity alone; in as few bits as the table allows."""
        key, total = self._key, self._total
        kind = np.int32 if total < 1 << 31 else np.int64  # candidates are looked through again: half as many bytes
        if key.popularity is None:
            return lambda draw, positions: draw.integers(1, self._limit.of(positions), kind)
        rank = key.other.columns.get(key.popularity.by)
        if key.within and isinstance(rank, Rank):
            popularity, id_at = key.popularity.over(key.stratum.largest(total)), key.stratum.finder(rank, self._rows)
            return lambda draw, positions: id_at(self._wanted(positions), popularity.sample(draw, dtype=kind))
        popularity = key.popularity.over(total)
        named = rank.of_ids(self._rows).inverse if isinstance(rank, Rank) else self._draw(Shuffle(total, kind))
        return lambda draw, positions: popularity.sample(draw, named, kind)

    def _wanted(self, positions: Array | None) -> Array:
        """The group of the stratum that each row asks for."""
        (own,) = self._key.within.values()
        return _at(self._rows.compact(own), positions)

    def _searched(self, draw: Draw, of: Array | None) -> Array:
        """A row that qualifies for each of the rows, or of those at some positions."""
        picked = self._pick(draw, of)
        if not self._key.takes_any or (self._key.popularity is not None and self._key.existing_at is not None):
            wrong = np.flatnonzero(~self._qualifies(draw, picked, of))
            picked[wrong] = self._tried_again(draw, wrong, wrong if of is None else of.take(wrong))
        return picked

    def _tried_again(self, draw: Draw, again: Array, of: Array) -> Array:
        """A row that qualifies for each of the rows at some positions, which have none yet.

        again : the same rows in `draw`
        """
        picked, left = np.empty(len(of), np.int64), np.arange(len(of))
        for times in _ATTEMPTS:
            if not len(left):
                return picked
            draw, positions = draw.retry(again, times), of.take(left)
            if times > 1:
                positions = positions.repeat(times)
            trial = self._pick(draw, positions)
            good = self._qualifies(draw, trial, positions)
            attempt = _first_good(good, times)
            picked[left] = trial.take(attempt)  # those that do not qualify are overwritten
            missing = np.flatnonzero(~good.take(attempt))
            again, left = missing * times, left.take(missing)
        picked[left] = self._walk(of[left])
        return picked

    def _qualifies(self, draw: Draw, picked: Array, of: Array | None) -> Array:
        """Whether each candidate exists, is what the key asks for, and is taken: bool."""
        good = picked <= self._limit.least  # most candidates are among those that exist for every row
        late = np.flatnonzero(~good)
        if len(late):
            good[late] = picked.take(late) <= self._limit.of(late if of is None else of.take(late))
        if self._key.takes_any:
            return good
        good &= self._fits(picked, of)
        if self._key.likely is not None:
            likelihood = self._likelihood(picked, of)
            unsure = np.flatnonzero(good & (likelihood < 1))
            good[unsure] = draw.anew(unsure).uniform() < likelihood[unsure]
        return good

    def _fits(self, ids: Array, positions: Array | None) -> Array:
        """Whether candidates, which may not exist yet, are what the key asks for: bool."""
        key, rows = self._key, self._rows
        if key.until is None:
            good = np.ones(len(ids), bool)
        else:
            gone_on = rows.at(key.other.columns[key.until], ids, compact=True)
            days, last = self._days
            good = gone_on > last  # most stay for longer than all of these rows need
            soon = np.flatnonzero(~good)
            good[soon] = gone_on.take(soon) > days.take(soon if positions is None else positions.take(soon))
        for numbers in self._avoided:
            good &= ids != _at(numbers, positions)
        for column, wanted in self._codes:
            good &= rows.at(column, ids, compact=True) == wanted
        return good

    @cached_property
    def _days(self) -> tuple[Array, int]:
        """The day by which the row must have come into being, and on which it must not be gone, for each of all rows; and the last of them."""
        assert self._key.existing_at is not None
        when = self._key.table.columns[self._key.existing_at]
        days: Array = self._rows.compact(when.name) if when.type is Date else self._rows.values(when.name) // DAY
        return days, int(days.max(initial=0))

    def _own(self, name: str, positions: Array | None) -> Any:
        """An own column at some positions, as functions read it."""
        if positions is None or not self._key.table.columns[name].compact:
            return _at(self._rows.values(name), positions)
        values = self._rows.compact(name)  # few are needed: they alone are widened
        is_whole = isinstance(values, np.ndarray) and values.dtype.kind == "i"
        return values.take(positions).astype(np.int64, copy=False) if is_whole else _at(self._rows.values(name), positions)

    def _likelihood(self, ids: Array, positions: Array | None) -> Array:
        """How likely each candidate is taken."""
        assert self._key.likely is not None
        arguments = {
            word: self._own(meaning, positions) if isinstance(meaning, str) else self._rows.at(meaning, ids)
            for word, meaning in self._key.of_likely.items()
        }
        likelihood = np.asarray(self._key.likely(**arguments))
        if likelihood.shape == ids.shape and likelihood.dtype.kind == "f":
            return likelihood
        if likelihood.shape not in ((), ids.shape) or likelihood.dtype.kind not in "biuf":
            raise ModelError(
                f"{self._key.qualified_name}: likely must give a probability for each of {len(ids):,} rows, as one array of numbers"
            )
        return np.broadcast_to(likelihood, ids.shape)

    def _walk(self, positions: Array) -> Array:
        """For the few rows that no attempt served: the newest row that qualifies; 0 where none does and it may be missing."""
        ids = np.broadcast_to(self._limit.of(positions), len(positions)).astype(np.int64)
        left = np.arange(len(ids))
        while len(left):
            left = left[~self._fits_within(ids[left], positions[left])]
            ids[left] -= 1
            if (ids[left] < 1).any():
                if self._key.distinct or not self._key.may_leave_out:
                    raise self._key.nothing_matches()
                left = left[ids[left] > 0]
        return ids

    def _all_different(self, picked: Array) -> Array:
        """The same rows, but where one comes again for the same parent, another one that qualifies."""
        parents, most = self._rows.parent_rows, self._rows.most_siblings
        if most > self._limit.least:
            self._refuse_too_many(parents)
        twice = repeated(picked, parents, most, self._total)
        if not len(twice):
            return picked
        affected = np.zeros(int(parents[-1]) + 1, bool)
        affected[parents[twice]] = True
        those = np.flatnonzero(affected.take(parents))  # all rows of the parents that refer to one row twice
        parents = np.cumsum(np.diff(parents[those], prepend=-1) != 0)
        for _ in _ATTEMPTS:
            picked[twice] = self._tried_again(self._draw.anew(twice), np.arange(len(twice)), twice)
            twice = those[repeated(picked[those], parents, most, self._total)]
            if not len(twice):
                return picked
        for _ in range(
            most * self._total
        ):  # few are left: one of each parent moves on to the next row that qualifies, until it finds a free one
            of_parent = parents[np.searchsorted(those, twice)]
            moved = twice[np.diff(of_parent, prepend=-1) != 0]
            picked[moved] = self._next(picked[moved].astype(np.int64), moved)
            twice = those[repeated(picked[those], parents, most, self._total)]
            if not len(twice):
                return picked
        raise self._key.nothing_matches(most)

    def _next(self, ids: Array, positions: Array) -> Array:
        """The next row after each that qualifies, be it of another group; after the last that exists, the first."""
        limits, left = np.broadcast_to(self._limit.of(positions), len(ids)), np.arange(len(ids))
        for _ in range(int(limits.max())):
            ids[left] = ids[left] % limits[left] + 1
            left = left[~self._fits(ids[left], positions[left])]
            if not len(left):
                return ids
        raise self._key.nothing_matches()

    def _fits_within(self, ids: Array, positions: Array) -> Array:
        """Whether candidates are what the key asks for, and of the group that is wanted, if that has any rows."""
        good = self._fits(ids, positions)
        if self._key.within:
            wanted = self._wanted(positions)
            good &= (self._rows.at(self._key.stratum, ids) == wanted) | self._key.stratum.lacks(wanted, self._total)
        return good

    def _refuse_too_many(self, parents: Array) -> None:
        """ModelError where a parent has more rows than there are rows to refer to."""
        siblings = np.bincount(parents).take(parents)
        short = np.flatnonzero(siblings > self._limit.of(None))
        if len(short):
            needed, there = int(siblings[short[0]]), int(np.min(self._limit.of(short[:1])))
            raise ModelError(
                f"{self._key.qualified_name}: {needed:,} different rows of {self._key.other.name} are needed for one parent, "
                f"and {there:,} exist"
            )


def _first_good(good: Array, times: int) -> Array:
    """Of the attempts of each row, which follow one another, the position of the first that is good; of any if none is."""
    first = np.arange(0, len(good), times)
    return first + good.reshape(-1, times).argmax(axis=1) if times > 1 else first


def _at(values: Any, positions: Array | None) -> Any:
    return values if positions is None else values.take(positions)
