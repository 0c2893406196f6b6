"""How the rows that references refer to are drawn: the simple ways; `colgen.declare.search` is for those that ask for more."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

import numpy as np

from colgen.arrays import Array, narrowest, taken
from colgen.declare.pairs import pair_of
from colgen.declare.rows import Pairs, Rows
from colgen.declare.search import Search, limit_of
from colgen.draws.distinct import Distinct
from colgen.draws.distributions import Choice
from colgen.draws.shuffle import Shuffle
from colgen.errors import ModelError

if TYPE_CHECKING:
    from colgen.declare.column import Column
    from colgen.declare.foreign_key import ForeignKey
    from colgen.declare.table import TableInfo


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
    asks = key.where or key.until or key.likely or key.within
    if key.unique:
        return _each_once(key, rows)
    if key.is_to_self and key.popularity is None and key.existing_at is None and not key.distinct and not asks:
        return _of_others(key, rows)
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
    left, right = (cast("TableInfo", side.references) for side in pair)
    partners = rows.rows_of(right) - (left == right)
    numbers, there = rows.numbers, rows.rows_of(left) * max(partners, 0)
    if len(numbers) and int(numbers[-1]) > there:
        raise ModelError(
            f"{key.table.name}: {int(numbers[-1]):,} pairs of {left.name} and {right.name} must differ, and there are {there:,}"
        )
    pairs = rows.draw(pair[0])(Shuffle(max(there, 1)))(numbers) - 1
    first = pairs // max(partners, 1)
    if key is pair[0]:
        return first + 1
    second = pairs - first * partners
    return second + (second >= first if left == right else 0) + 1


def _of_others(key: ForeignKey, rows: Rows) -> Array:
    """Rows of the own table, but not the row itself; where there is no other, none."""
    others = rows.rows_of(key.other) - 1
    if others < 1:
        return _none(key, rows, f"{key.table.name} has no other row to refer to")
    number = rows.draw(key).below(others)
    return number + (number + 1 >= rows.ids) + 1


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
