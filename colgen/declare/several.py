"""The kind of columns whose values are lists.

| kind | values |
|---|---|
| `Several(Vocabulary(tags), Between(0, 5))` | so many values of another kind |
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Unpack, cast

import numpy as np
import pyarrow as pa

from colgen.arrays import Array, ranges
from colgen.declare.arguments import require_text, require_whole, shown
from colgen.declare.binary import RandomBytes
from colgen.declare.column import Column, Options
from colgen.declare.columns import Category, Drawn, Flag, OneOf, Vocabulary
from colgen.declare.commerce import Price, Rating
from colgen.declare.everyday import Dates, Texts, Words
from colgen.declare.identifiers import Uuids
from colgen.declare.rows import Between, Histogram, Rows, histogram
from colgen.declare.times import Times
from colgen.draws.draw import Draw
from colgen.draws.numbers import is_whole
from colgen.errors import ModelError
from colgen.values.fit import UnfitValue
from colgen.values.lists import List
from colgen.values.text.composed import Composed
from colgen.values.word_list import WordList

if TYPE_CHECKING:
    from colgen.declare.table import TableInfo

_MOST = 1_000
_ALONE = (OneOf, Flag, Drawn, Dates, Times, RandomBytes, Words, Texts, Uuids, Price, Rating)
"""The kinds whose values need nothing but themselves."""


class Several(Column):
    """A list of values of another kind: `Several(Vocabulary(tags), Between(0, 5))`. No word comes twice in a list; other values come more than once,
    unless they are `distinct`.

    of : the kind of each value, or a list of words, each as likely as another
    count : how many there are: a number, a `Between`, or a histogram such as `{0: 60, 1: 30, 2: 10}`
    """

    def __init__(self, of: Column | Sequence[str], count: int | Between | Mapping[int, float], **options: Unpack[Options]) -> None:
        place = f"Several({shown(of)}, {shown(count)})"
        if not isinstance(of, Column):
            if not isinstance(of, Sequence) or isinstance(of, str) or not len(of):
                raise ModelError(f"{place}: give the kind of its values, such as Several(Integers(1, 9), 3), or a list of words")
            require_text("Several", **{f"word {number}": word for number, word in enumerate(of, 1)})
            if len(set(of)) < len(of):
                raise ModelError(f"{place}: a word is there twice in the list")
            of = Vocabulary(WordList("words", of))
        if not isinstance(of, _ALONE) or of.needs:
            raise ModelError(
                f"{place}: a {type(of).__name__} cannot be in a list, since its values hang on other columns; give a kind that needs none, such as "
                "Integers, Vocabulary, Dates or Email"
            )
        if of.hidden or of.nullable or of.when or of.written_name or (of.unique and "unique" not in type(of).promises):
            raise ModelError(f"{place}: hidden, nullable, when, unique and name are for the list, not for its values")
        self.counts = _counts(place, count)
        super().__init__(List(of.type), f"{_said(self.counts)} × {of.description}", **options)
        self.of = copy.copy(of)
        if isinstance(of, Category | Vocabulary):
            self.of.distinct = True
        if self.of.distinct and isinstance(of, OneOf) and of.different < self.most:
            raise ModelError(f"{place}: up to {self.most:,} values of a list must differ, and there are {of.different:,}")

    @property
    def least(self) -> int:
        """The fewest values of a list."""
        return self.counts.counts[0] if isinstance(self.counts, Histogram) else cast(int, self.counts.low)

    @property
    def most(self) -> int:
        """The most values of a list."""
        return self.counts.counts[-1] if isinstance(self.counts, Histogram) else cast(int, self.counts.high)

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        self.of = copy.copy(self.of)
        self.of.table, self.of.name = table, name

    def make(self, rows: Rows) -> pa.ListArray:
        draw = rows.draw(self)
        counts = draw(self.counts) if isinstance(self.counts, Histogram) else draw.integers(self.least, self.most)
        elements = _Elements(rows, counts, self.most, draw.apart("elements").key)
        values = self.of.make(cast(Rows, elements))
        try:
            array = self.of.type.to_arrow(values.spelled if isinstance(values, Composed) else values)
        except UnfitValue as error:
            raise ModelError(f"{self.qualified_name}: {error}") from error
        array = array.dictionary_decode() if isinstance(array, pa.DictionaryArray) else array
        ends = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        return pa.ListArray.from_arrays(pa.array(ends), array, type=self.type.arrow)


class _Elements:
    """The values of the lists of some rows, as a column sees rows: each has a number by its row and its place in the list, and draws by that.

    counts : how many values the list of each row has
    most : the most that any can have
    key : of their draws
    """

    def __init__(self, rows: Rows, counts: Array, most: int, key: int) -> None:
        self._key, self.period, self.volume, self.scenario = key, rows.period, rows.volume, rows.scenario
        self._place = ranges(0, counts) if len(counts) else np.empty(0, np.int64)
        self.count = len(self._place)
        self.parent_ids = rows.ids.repeat(counts)
        self.ids = (self.parent_ids - 1) * most + self._place + 1
        self.numbers = (rows.numbers.repeat(counts) - 1) * most + self._place + 1

    def draw(self, column: Column) -> Draw:
        return Draw(self._key, ids=self.ids)

    def ordinal(self) -> Array:
        return self._place + 1


def _counts(place: str, count: Any) -> Between | Histogram:
    """How many values a list has. ModelError unless it is known how many there are at most."""
    if isinstance(count, Mapping):
        counts = histogram(place, count)
        require_whole(place, 0, _MOST, **{"count": counts.counts[-1]})
        return counts
    if is_whole(count):
        count = Between(count, count)
    if not isinstance(count, Between) or isinstance(count.low, str) or isinstance(count.high, str):
        raise ModelError(
            f"{place}: say how many values a list has: a number, a Between of numbers, or a histogram such as {{0: 60, 1: 30}}"
        )
    require_whole(place, 0, _MOST, count=count.high)
    return count


def _said(counts: Between | Histogram) -> str:
    if isinstance(counts, Histogram):
        return " or ".join(map(str, counts.counts))
    return f"{counts.low}" if counts.low == counts.high else f"{counts.low} to {counts.high}"
