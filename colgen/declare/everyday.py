"""Values that many schemas ask for, in one line each: texts, addresses on the web, days and moments. `colgen.declare.people` has names and addresses
of people, `colgen.declare.web` more of the web.

| kind | values |
|---|---|
| `Words(3, 9)` | so many everyday words |
| `Url()`, `Slug()`, `IpAddress()` | of reserved domains and networks, so that nobody is ever reached |
| `Dates()`, `Timestamps()` | a day or a moment of the period, or of some years before it |
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Unpack

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen import vocabulary
from colgen.arrays import Array
from colgen.declare.arguments import moment_type, require_number, require_text_type, require_whole, shown
from colgen.declare.clock import DAY, OFFICE_HOURS, checked_hours, time_of_day
from colgen.declare.column import Column, Options
from colgen.declare.rows import Rows
from colgen.draws.distinct import Distinct
from colgen.draws.draw import Draw
from colgen.draws.shuffle import Shuffle
from colgen.errors import ModelError
from colgen.values.text.composed import Composed, composed
from colgen.values.text.digits import Digits
from colgen.values.text.words import Coded, WordBytes
from colgen.values.types import Date, String, Timestamp, Type
from colgen.values.word_list import WordList

if TYPE_CHECKING:
    from colgen.values.text.spell import TextPart

_MOST_WORDS = 1000
_NUMBER = 12  # characters of a row's number, and a space


class Texts(Column):
    """A kind that gives texts.

    type : String, or a Varchar that holds the longest
    """

    promises: tuple[str, ...] = ("unique", "distinct")
    longest = 0

    def __init__(self, how: str, type: Type, options: Options) -> None:
        super().__init__(type, how, **options)
        place = self.__class__.__name__
        require_text_type(place, type)
        if type.limits[1] and type.limits[1] < self.longest:
            raise ModelError(f"{place}: its texts have up to {self.longest} characters, and {type.name} holds {type.limits[1]}")

    def parts(self, rows: Rows, draw: Draw) -> Sequence[TextPart]:
        """What a text is put together out of; where none may come twice, with the number of the row."""
        raise NotImplementedError

    @property
    def differs(self) -> bool:
        """Whether no two of them may be the same."""
        return self.unique or self.distinct

    def make(self, rows: Rows) -> Composed | pa.StringArray:
        return composed(list(self.parts(rows, rows.draw(self))), rows.count)


@cache
def _bytes(words: WordList) -> WordBytes:
    return WordBytes(words.type.words)


def coded(words: WordList, draw: Draw, spelled: WordBytes | None = None) -> Coded:
    """A word of a list for each row, as it is or as it is spelled otherwise."""
    return Coded(spelled or _bytes(words), words.sample(draw, words.type.dtype))


class Words(Column):
    """So many everyday words, the first with a capital letter; with `unique` or `distinct`, the number of the row behind them.

    low, high : how many, both included
    most : how many characters a text may have at most; None for no limit
    """

    promises = ("unique", "distinct")

    def __init__(self, low: int = 3, high: int = 9, *, most: int | None = None, type: Type = String, **options: Unpack[Options]) -> None:
        place = f"Words({shown(low)}, {shown(high)})"
        require_whole(place, 1, _MOST_WORDS, low=low, high=high)
        if low > high:
            raise ModelError(f"{place}: the lower end is above the upper end")
        super().__init__(type, f"{low} to {high} words", **options)
        require_text_type(place, type)
        most = most if most is not None else type.limits[1] or None
        if most is not None:
            require_whole(place, 1, 1 << 30, most=most)
        self.low, self.high, self.most = int(low), int(high), most

    def make(self, rows: Rows) -> pa.StringArray:
        words = vocabulary.column("words", "word")
        room = None if self.most is None else self.most - (_NUMBER if self.unique or self.distinct else 0)
        low, high = self.low, self.high
        if room is not None:
            lengths = pc.utf8_length(words).to_numpy()
            if room < (high + 1) * (int(lengths.max()) + 1):  # as many words of as many letters as there is room for
                high = max(1, min(high, (room + 1) // 6))
                low = min(low, high)
                words = words.filter(pa.array(lengths <= max((room + 1) // high - 1, 0)))
            if not len(words):
                raise ModelError(f"{self.qualified_name}: {self.most} characters are too few for a word; use Code('AAA')")
        draw, count = rows.draw(self), rows.count
        number = draw.integers(low, high)
        codes = np.stack([draw.below(len(words)) for _ in range(high)], axis=1)
        codes[:, 0] += len(words)
        both = pa.concat_arrays([words, pc.utf8_capitalize(words)])
        flat = codes[np.arange(high) < number[:, None]]
        ends = np.concatenate([[0], np.cumsum(number)]).astype(np.int32)
        texts = pc.binary_join(pa.ListArray.from_arrays(pa.array(ends), both.take(pa.array(flat))), " ")
        if self.unique or self.distinct:
            texts = pc.binary_join_element_wise(texts, pa.array(rows.numbers).cast(pa.string()), " ")
        return texts if count else pa.array([], pa.string())


class Slug(Texts):
    """Two words and the row's number, as they stand in the address of a page: quiet-harbour-17."""

    longest = 40

    def __init__(self, *, type: Type = String, **options: Unpack[Options]) -> None:
        super().__init__("word-word-number", type, options)
        self.unique = True

    def parts(self, rows: Rows, draw: Draw) -> Sequence[TextPart]:
        words = vocabulary.words("words", "word")
        return [coded(words, draw), "-", coded(words, draw), "-", Digits(rows.numbers)]


class Url(Slug):
    """The address of a page of example.com, none twice: https://example.com/quiet-harbour-17."""

    longest = 60

    def parts(self, rows: Rows, draw: Draw) -> Sequence[TextPart]:
        return ["https://example.com/", *super().parts(rows, draw)]


class IpAddress(Texts):
    """An address of the networks that are reserved for documentation and private use: 10.x.y.z (RFC 1918)."""

    longest = 15

    def __init__(self, *, type: Type = String, **options: Unpack[Options]) -> None:
        super().__init__("10.x.y.z", type, options)

    def parts(self, rows: Rows, draw: Draw) -> Sequence[TextPart]:
        number = draw(Distinct(rows.parent_ids, rows.ordinal(), 1 << 24)) if self.distinct and not self.unique else draw.below(1 << 24)
        if self.unique:
            if len(rows.numbers) and int(rows.numbers[-1]) >= 1 << 24:
                raise ModelError(
                    f"{self.qualified_name}: {int(rows.numbers[-1]):,} rows must differ, and the network has {1 << 24:,} addresses"
                )
            number = rows.numbers * 0x9E3779 % (1 << 24)  # an odd factor: no two are the same
        return ["10.", Digits(number >> 16), ".", Digits(number >> 8 & 255), ".", Digits(number & 255)]


class Dates(Column):
    """A day of the period, or of some years before it, each as likely as another.

    years_before : how many years before the period the first one is
    years : how many years there are from then on; up to the period's end if None
    """

    promises = ("unique", "distinct")
    per_day = 1

    def __init__(self, years_before: float = 0, *, years: float | None = None, **options: Unpack[Options]) -> None:
        place = self.__class__.__name__
        require_number(place, 0, 1000, years_before=years_before)
        if years is not None:
            require_number(place, 0, 1000, years=years)
        super().__init__(Date, f"from {years_before:g} years before the period on", **options)
        self.years_before, self.years = years_before, years

    def span(self, rows: Rows) -> tuple[int, int]:
        """The first day, and how many there are."""
        first = rows.period.start - round(self.years_before * 365.25)
        return first, rows.period.end - first + 1 if self.years is None else max(1, round(self.years * 365.25))

    def different(self, rows: Rows) -> Array:
        """Units from the first day on, none of which comes twice in the table, or for one parent: int64."""
        count, draw = self.span(rows)[1] * self.per_day, rows.draw(self)
        if self.unique:
            numbers = rows.numbers
            if len(numbers) and int(numbers[-1]) > count:
                raise ModelError(f"{self.qualified_name}: {int(numbers[-1]):,} rows must differ, and there are {count:,} different values")
            return draw(Shuffle(count))(numbers) - 1
        return draw(Distinct(rows.parent_ids, rows.ordinal(), count))

    def days(self, rows: Rows) -> Array:
        """A day for each row: int64."""
        first, count = self.span(rows)
        return rows.draw(self).apart("day").below(count) + first

    def make(self, rows: Rows) -> Array:
        return self.span(rows)[0] + self.different(rows) if self.unique or self.distinct else self.days(rows)


class Timestamps(Dates):
    """A moment of the period, or of some years before it.

    hours : how busy each of the 24 hours of a day is, relative
    type : Timestamp, or LocalTimestamp
    """

    per_day = DAY // 1000

    def __init__(
        self,
        years_before: float = 0,
        *,
        years: float | None = None,
        hours: Sequence[float] = OFFICE_HOURS,
        type: Type = Timestamp,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(years_before, years=years, **options)
        self.type = moment_type("Timestamps", type)
        self.hours = checked_hours(hours)

    def make(self, rows: Rows) -> Array:
        if self.unique or self.distinct:  # to the millisecond, at any hour
            return self.span(rows)[0] * DAY + self.different(rows) * 1000
        return self.days(rows) * DAY + time_of_day(rows.draw(self).uniform(), self.hours)
