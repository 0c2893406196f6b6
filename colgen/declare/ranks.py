"""The kinds of columns that say who is important: ranks, and groups of rows that each have their exact share of all ranks.

| kind | values |
|---|---|
| `Rank()` | the place of a row among all rows, the most important first |
| `Stratum({"coffee": 60, "tea": 40})` | the group of a row, each with its share of all ranks |
| `RankWithin("category")` | the rank of a row within its group |

Ranks are dealt out to groups in a cycle, in which the rows of a group lie as evenly as they can. So each group has its share of the most
important rows and of the least, whatever the seed, and the row with a given rank within its group is known without a look at any other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Unpack, cast

import numpy as np

from colgen.arrays import Array, elementwise
from colgen.declare.arguments import checked_weights, is_text, require_mapping, require_text, shown
from colgen.declare.column import Column, Options
from colgen.declare.columns import word_type
from colgen.declare.rows import Rows, Volume
from colgen.draws.draw import Draw
from colgen.draws.shuffle import Permutation, Shuffle
from colgen.errors import ModelError
from colgen.values.types import BigInteger
from colgen.values.word_list import WordList

if TYPE_CHECKING:
    from colgen.declare.table import TableInfo

_MOST_LISTED = 1 << 17  # rows of a table whose ids are listed by group
_MOST_PLACES = 1 << 18  # of all groups: a megabyte
_CYCLE = 1 << 12
"""How many ranks the cycle has: a share is exact to within half of one."""


class Rank(Column):
    """The place of a row among all rows of its table, 1 being the most important: each number from 1 to n once, whatever the id.

    What else is known of a row can follow from it, such as its size; and references can prefer the first ranks
    (`Popularity(by="rank")`), so that who is big is who buys.
    """

    compact = True
    promises = ("unique",)
    always_there = True

    def __init__(self, *, hidden: bool = True) -> None:
        super().__init__(BigInteger, "1 is the most important", hidden=hidden, unique=True)

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        if not isinstance(table.rows, int | Volume):
            raise ModelError(f"{self.qualified_name}: Rank() needs a table whose number of rows is given: rows = Volume('customers')")

    def make(self, rows: Rows) -> Array:
        return self.of_ids(rows)(rows.ids)

    def of_ids(self, rows: Rows) -> Permutation:
        """The ranks of ids, as a function; its inverse gives the id that has a rank.

        rows : any rows, of this table or another
        """
        total = rows.rows_of(self.table)
        return rows.draw(self)(Shuffle(total, np.int32 if total < 1 << 31 else np.int64))


class Stratum(Column):
    """The group that a row belongs to: a word of a few, each with its exact share of the rows and of every range of ranks.

    shares : the words with their weights: a mapping, or a list of words such as `vocabulary.words(…)`
    by : the table's `Rank` column
    """

    compact = True

    def __init__(self, shares: Mapping[str, float] | WordList, *, by: str = "rank", **options: Unpack[Options]) -> None:
        if isinstance(shares, WordList):
            type, weights = shares.type, shares.weights
        else:
            require_mapping("Stratum", "{'coffee': 60, 'tea': 40}", shares=shares)
            checked_weights("Stratum", shares)
            type, weights = word_type("Stratum", list(shares)), np.array(list(shares.values()), np.float64)
        require_text("Stratum", by=by)
        super().__init__(type, f"each word has its share of all, by {by}", **options)
        self.by = by
        self._cycle = _Cycle(weights)

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        rank = table.columns.get(self.by)
        if rank is not None and not isinstance(rank, Rank):  # the table names what is missing
            raise ModelError(f"{self.qualified_name}: by={self.by!r} must name a column Rank(), not a {rank.type.name}")

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.by,)

    def make(self, rows: Rows) -> Array:
        return self._cycle.group_of(rows.compact(self.by))

    def finder(self, rank: Rank, rows: Rows) -> Callable[[Array, Array], Array]:
        """A function of groups and places that gives the id of the row that lies as far down in its group as its place does in the largest one:
        int32 or int64. Where a group has no row, it is one of all rows.

        The places are 1 … `largest(total)`. Of a table that is not too large, the ids of every group are listed once.
        """
        total, permutation = rows.rows_of(self.table), rank.of_ids(rows)
        counts = self._cycle.rows_of(total)
        width = np.where(counts == 0, total, counts) / max(1, int(counts.max()))  # of a place
        if total <= _MOST_LISTED and len(counts) * int(counts.max()) <= _MOST_PLACES:
            ids, places = _ids_by_place(rows.draw(rank).key, self._cycle, total)

            def listed(group: Array, place: Array) -> Array:
                return ids.take(group * np.int32(places) + place)

            return lambda group, place: elementwise(listed, group, place)

        def computed(group: Array, place: Array) -> Array:
            place = ((place - 1) * width.take(group)).astype(np.int64) + 1
            within_group = self._cycle.rank_of(group, place)
            return permutation.inverse(np.where((counts == 0).take(group), place, within_group))

        return computed

    def lacks(self, group: Array, total: int) -> Array:
        """Whether there is no row in a group: bool."""
        return (self._cycle.rows_of(total) == 0).take(group)

    def largest(self, total: int) -> int:
        """How many rows the largest group has."""
        return max(1, int(self._cycle.rows_of(total).max()))


class RankWithin(Column):
    """The rank of a row within its stratum: 1 … n of each group, in the order of the table's ranks."""

    compact = True

    def __init__(self, stratum: str, *, hidden: bool = True) -> None:
        require_text("RankWithin", stratum=stratum)
        super().__init__(BigInteger, f"1 is the most important of its {stratum}", hidden=hidden)
        self._stratum = stratum

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        stratum = table.columns.get(self._stratum)
        if stratum is not None and not isinstance(stratum, Stratum):
            raise ModelError(
                f"{self.qualified_name}: RankWithin({self._stratum!r}) must name a column Stratum(), not a {stratum.type.name}"
            )

    @property
    def needs(self) -> tuple[str, ...]:
        stratum = self.table.columns.get(self._stratum)
        return (self._stratum, stratum.by) if isinstance(stratum, Stratum) else (self._stratum,)

    def make(self, rows: Rows) -> Array:
        stratum = cast(Stratum, self.table.columns[self._stratum])
        return stratum._cycle.place_of(rows.values(stratum.by))


class _Cycle:
    """The group of each rank of a cycle: the i-th of m rows of a group lies (i + 1/2) / m of the way through it, or as near as there is room."""

    def __init__(self, weights: Array) -> None:
        share = weights / weights.sum()
        self.rows = np.maximum(np.rint(share * _CYCLE).astype(np.int64), share > 0)  # of each group in the cycle
        self.length = int(self.rows.sum())
        of_group = np.repeat(np.arange(len(weights)), self.rows)
        number = np.arange(self.length) - np.repeat(np.cumsum(self.rows) - self.rows, self.rows)
        order = np.lexsort((of_group, (number + 0.5) / self.rows[of_group]))
        self._group, self._number = of_group[order].astype(np.int32), number[order]
        self._position = np.argsort(self._group, kind="stable")  # in the cycle, group after group
        self._first = np.cumsum(self.rows) - self.rows

    def group_of(self, rank: Array) -> Array:
        return self._group.take((rank - 1) % self.length)

    def place_of(self, rank: Array) -> Array:
        turn, position = np.divmod(rank - 1, self.length)
        return turn * self.rows.take(self._group.take(position)) + self._number.take(position) + 1

    def rank_of(self, group: Array, place: Array) -> Array:
        rows = np.maximum(self.rows, 1).take(group)
        turn, number = np.divmod(place - 1, rows)
        number += self._first.take(group)
        return turn * self.length + self._position.take(number, mode="clip") + 1

    def rows_of(self, total: int) -> Array:
        """How many of the first ranks each group has: int64."""
        turns, rest = divmod(total, self.length)
        return turns * self.rows + np.bincount(self._group[:rest], minlength=len(self.rows))


@lru_cache(maxsize=8)
def _ids_by_place(key: int, cycle: _Cycle, total: int) -> tuple[Array, int]:
    """The id at each place of each group, group after group, the most important first, and how many numbers a group takes up: 0 is not a place.
    Those of a group with fewer rows than the largest are spread over its places; of a group without any, it is all ids.

    key : of the ranks
    """
    ids = Draw(key)(Shuffle(total, np.int32)).inverse(np.arange(1, total + 1))
    counts = cycle.rows_of(total)
    largest = max(1, int(counts.max()))
    by_group = np.concatenate([ids.take(np.argsort(cycle.group_of(np.arange(1, total + 1)), kind="stable")), ids])
    first, width = np.where(counts == 0, total, np.cumsum(counts) - counts), np.where(counts == 0, total, counts) / largest
    listed = np.zeros((len(counts), largest + 1), np.int32)
    listed[:, 1:] = by_group.take(first[:, None] + (np.arange(largest) * width[:, None]).astype(np.int64))
    return listed.reshape(-1), largest + 1


def stratum_of(table: TableInfo, within: Mapping[str, str], by: str, place: str) -> Stratum:
    """The stratum that a reference chooses within. ModelError where there is none, or where its ranks are not those it goes by.

    within : the stratum and the own column that has the group wanted
    by : the ranks that the reference prefers
    place : who asks, for messages
    """
    if len(within) != 1 or not all(map(is_text, [*within, *within.values()])):
        raise ModelError(
            f"{place}: within={shown(within)} must have one Stratum() and the own column that says which group, such as {{'category': 'wanted'}}"
        )
    stratum = table.columns.get(next(iter(within)))
    if not isinstance(stratum, Stratum):
        raise ModelError(f"{place}: within names {next(iter(within))!r}, which is not a Stratum() of {table.name}")
    if stratum.by != by:
        raise ModelError(
            f"{place}: {stratum.qualified_name} goes by {stratum.by!r}; prefer the same ranks: popularity=Popularity(by={stratum.by!r})"
        )
    return stratum
