"""How the rows that references refer to are drawn: the simple ways; `colgen.declare.search` is for those that ask for more."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

import numpy as np

from colgen.arrays import Array, narrowest, taken
from colgen.declare.differing import avoided, left_of, moved_on
from colgen.declare.pairs import pair_of, pairs_of, sides_of
from colgen.declare.rows import Pairs, Rows
from colgen.declare.search import Search, limit_of
from colgen.draws.distinct import Distinct
from colgen.draws.distributions import Choice
from colgen.draws.shuffle import Shuffle
from colgen.errors import ModelError

if TYPE_CHECKING:
    from colgen.declare.column import Column
    from colgen.declare.foreign_key import ForeignKey


def drawn(key: ForeignKey, rows: Rows) -> Array:
    """The number of the row that each of some rows refers to: 1 … n, int32 or int64."""
    if key.weights is not None:
        return Choice(key.weights).sample(rows.draw(key), narrowest(0, len(key.weights))) + np.int8(1)
    if key.scope is not None:
        return key.scope.drawn(rows)
    if isinstance(key.table.rows, Pairs) and key in (pair := pair_of(key.table)):
        return _of_pair(key, rows, pair)
    if not rows.rows_of(key.other) and rows.count:
        return _none(key, rows, f"{key.other.name} has no rows to refer to")
    if key.unique:
        return _each_once(key, rows)
    is_even = not (key.popularity or key.until or key.likely or key.within)
    moves_on = key.differs_from or (key.is_to_self and not (key.existing_at or key.where or key.distinct))
    if is_even and moves_on and (others := _of_others(key, rows)) is not None:
        return others
    if key.distinct and key.popularity is None and key.takes_any and (limit := limit_of(key, rows)).is_one_per_parent:
        return rows.draw(key)(Distinct(rows.parent_ids, rows.ordinal(), limit.of())) + 1
    if key.where and not (key.popularity or key.until or key.likely or key.distinct or key.is_to_self):
        matching = rows.matching(key.other, key.codes)
        if matching is not None:
            return _among(key, rows, matching)
    return Search(key, rows).found()


def _none(key: ForeignKey, rows: Rows, reason: str) -> Array:
    """What is missing in every row. ModelError where it must not be."""
    if not key.nullable:
        raise ModelError(f"{key.qualified_name}: {reason}; ask for more of them, or say nullable=True")
    return np.ma.array(np.ones(rows.count, np.int64), mask=True)


def _of_pair(key: ForeignKey, rows: Rows, pair: tuple[Column, Column]) -> Array:
    """One side of the pairs, which are numbered and shuffled: of one table with itself, no row is paired with itself."""
    kind = cast("Pairs", key.table.rows)
    left, right = rows.rows_of(kind.left), rows.rows_of(kind.right)
    numbers, there = rows.numbers, pairs_of(kind, left, right)
    if len(numbers) and int(numbers[-1]) > there:
        raise ModelError(
            f"{key.table.name}: {int(numbers[-1]):,} pairs of {kind.left.name} and {kind.right.name} must differ, and there are {there:,}"
        )
    first, second = sides_of(kind, rows.draw(pair[0])(Shuffle(max(there, 1)))(numbers) - 1, right)
    return first if key is pair[0] else second


def _of_others(key: ForeignKey, rows: Rows) -> Array | None:
    """Rows that exist and match, but not the row itself, nor the one that another reference of the row refers to; missing where there is no other.
    None for what has to be searched for."""
    matching = rows.matching(key.other, key.codes) if key.where else None
    if key.where and matching is None:
        return None
    limit = limit_of(key, rows, lambda count: count if matching is None else _up_to(matching, count))
    if key.distinct and not limit.is_one_per_parent:
        return None
    numbers = avoided(key, rows)
    if matching is not None:
        numbers = [_places_in(matching, ids) for ids in numbers]
    is_one_limit = not key.where and key.existing_at is None and not (key.differs_from and key.table.columns[key.differs_from].nullable)
    left, past = (rows.rows_of(key.other) - len(numbers), numbers) if is_one_limit else left_of(numbers, 1, limit.of())
    draw = rows.draw(key)
    if key.distinct:
        number = draw(Distinct(rows.parent_ids, rows.ordinal(), np.maximum(left, rows.siblings) if key.nullable else left))
    else:
        number = draw.below(np.maximum(left, 1))
    lacks = number >= left
    if not key.nullable and lacks.any():
        raise key.nothing_matches()
    number = moved_on(number + 1, past)
    if matching is not None:
        number = taken(matching, np.minimum(number, len(matching)) - 1)
    return np.ma.array(number, mask=lacks) if lacks.any() else number


def _places_in(matching: Array, ids: Array) -> Array:
    """Which ones of some ascending ids others are, from 1 on; 0 for what is not among them: int64."""
    places = np.minimum(np.searchsorted(matching, ids), max(len(matching) - 1, 0))
    return np.where(matching.take(places) == ids, places + 1, 0) if len(matching) else np.zeros(len(ids), np.int64)


def _each_once(key: ForeignKey, rows: Rows) -> Array:
    """Rows of the other table in an order of their own, none twice."""
    numbers, there = rows.numbers, rows.rows_of(key.other)
    if len(numbers) and int(numbers[-1]) > there:
        raise ModelError(
            f"{key.qualified_name}: {int(numbers[-1]):,} rows must refer to different ones, and {key.other.name} has {there:,}"
        )
    return rows.draw(key)(Shuffle(there, np.int32 if there < 1 << 31 else np.int64))(numbers)


def _among(key: ForeignKey, rows: Rows, matching: Array) -> Array:
    """One of the rows that meet the conditions, drawn from a list of them up to the limit: no search is needed."""
    count = limit_of(key, rows, partial(_up_to, matching)).of()
    if np.min(count, initial=1) < 1:
        raise key.nothing_matches()
    return taken(matching, rows.draw(key).below(count))


def _up_to(ids: Array, limit: Array | int) -> Array:
    """How many of some ascending ids do not exceed each limit."""
    return np.searchsorted(ids, np.asarray(limit, ids.dtype), side="right")
