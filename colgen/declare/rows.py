"""Where the rows of a table come from, and what a column may ask of rows while they are made.

| declaration | rows |
|---|---|
| `rows = 12` | a fixed number |
| `rows = Volume("customers")` | as many as the volume says, multiplied by `--scale`; with a `Calendar` they happen in time |
| `rows = Daily(24)` | a number for each day of the period |
| `rows = FanOut(Orders, Between(1, 6))` | a number for each row of a parent: fixed, from a range, a histogram, a distribution, or a column of the parent |
| `rows = Pairs(Users, Groups, "memberships")` | as many as the volume says, each a different pair of rows of two tables |
| `rows = Branches()` | those of its subclasses |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np

from colgen.arrays import Array
from colgen.declare.arguments import checked_weights, is_text, require_flags, require_list, require_text, require_whole, shown
from colgen.declare.calendar import Calendar
from colgen.declare.period import Period
from colgen.draws.distributions import Choice
from colgen.draws.draw import Distribution, Draw
from colgen.draws.numbers import is_whole
from colgen.errors import ModelError, one_of
from colgen.values.types import WHOLE, ColumnData

if TYPE_CHECKING:
    from colgen.declare.column import Column
    from colgen.declare.conditions import Conditions
    from colgen.declare.history import Births
    from colgen.declare.table import Table, TableInfo
    from colgen.declare.times import CreatedAt

MOST_ROWS = 10**10
"""A count goes up to ten billion roots: what is fanned out from them is counted before it is made, at some nanoseconds each."""


@dataclass(frozen=True)
class Volume:
    """As many rows as the volume's count of this name; `--scale` multiplies it. With a calendar the rows happen in time."""

    name: str
    calendar: Calendar | None = None

    def __post_init__(self) -> None:
        if not is_text(self.name) or not self.name:
            raise ModelError(f"Volume({shown(self.name)}): name a count of the model's volumes, such as Volume('customers')")
        if not isinstance(self.calendar, Calendar | None):
            raise ModelError(f"Volume({self.name!r}, {shown(self.calendar)}): the second argument must be a Calendar")


@dataclass(frozen=True)
class Daily:
    """Rows for each day of the period, one day after the other: a number a day, or a function of the volume. A longer period adds rows.

    grows : the volume's settings that `--scale` multiplies for what is fanned out from these rows
    """

    times: int | Callable[[Mapping[str, Any]], int] = 1
    grows: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not callable(self.times):
            require_whole(f"Daily({shown(self.times)})", 1, MOST_ROWS, times=self.times)
        require_list(f"Daily(…, {shown(self.grows)})", "('orders_per_day',)", grows=self.grows)
        require_text("Daily", **{f"grows[{number}]": name for number, name in enumerate(self.grows)})
        object.__setattr__(self, "grows", tuple(self.grows))

    def per_day(self, volume: Mapping[str, Any]) -> int:
        """Rows a day, under the settings of a volume."""
        times = self.times(volume) if callable(self.times) else self.times
        if times != int(times):
            raise ValueError(f"{times} is not a whole number; round it")
        return int(times)


@dataclass(frozen=True)
class Branches:
    """The rows of every subclass: a table that is fed from several places.

    A subclass is a branch: it says where its rows come from, and has the same written columns as its sibling branches. They share one run
    of keys: family after family (a root table with everything fanned out from it, in the order of their first branches), within a family
    root after root, and within a root branch after branch. So what a day's rows lead to is numbered day by day.
    """


@dataclass(frozen=True)
class Between:
    """A whole number from low to high, both included; a name stands for a setting of the volume."""

    low: int | str
    high: int | str

    def __post_init__(self) -> None:
        for end in (self.low, self.high):
            if not is_text(end) and (not is_whole(end) or not 0 <= cast(int, end) <= MOST_ROWS):
                raise ModelError(
                    f"Between({shown(self.low)}, {shown(self.high)}): each end must be a whole number of rows, 0 or more, or the name of a setting"
                )
        if isinstance(self.low, int) and isinstance(self.high, int) and self.low > self.high:
            raise ModelError(f"{self}: the lower end is above the upper end")

    def ends(self, volume: Mapping[str, Any]) -> tuple[int, int]:
        """Both ends, under the settings of a volume."""
        low, high = (volume[end] if isinstance(end, str) else end for end in (self.low, self.high))
        return int(low), int(high)


class Pairs(Volume):
    """Different pairs of rows of two tables, as many as the volume's count of this name, in an order of their own; every pair is equally likely.

    The table has a `ForeignKey` to each; where both are one table, the first two of them.

    once : of one table with itself, whether any two rows are paired at most one way: the first is then the one with the lower number
    """

    def __init__(self, left: type[Table] | TableInfo, right: type[Table] | TableInfo, name: str, *, once: bool = False) -> None:
        super().__init__(name)
        for side in (left, right):
            if not hasattr(getattr(side, "__table__", side), "columns"):
                raise ModelError(
                    f"Pairs({shown(left)}, {shown(right)}, {name!r}): the first two arguments must be Table classes defined above this one"
                )
        require_flags(f"Pairs(…, {name!r})", once=once)
        object.__setattr__(self, "left", getattr(left, "__table__", left))
        object.__setattr__(self, "right", getattr(right, "__table__", right))
        object.__setattr__(self, "once", once)
        if once and self.left != self.right:
            raise ModelError(
                f"Pairs({self.left.declared.__name__}, {self.right.declared.__name__}, {name!r}, once=True): rows of two tables are paired one "
                "way only as it is, so leave once out"
            )

    left: TableInfo
    right: TableInfo
    once: bool


@dataclass(frozen=True)
class Histogram:
    """Numbers of rows, each as often as its weight says."""

    counts: tuple[int, ...]
    weights: tuple[float, ...]

    def sample(self, draw: Draw) -> Array:
        return np.array(self.counts).take(Choice(self.weights).sample(draw))


@dataclass(frozen=True)
class FanOut:
    """Rows for each row of a parent.

    count : a number; a `Between`; a histogram such as `{0: 60, 1: 30, 2: 10}`, a weight for each number; a distribution such as `Poisson(3)`,
        whose draws are rounded down; or the name of a whole-number column of the parent that says how many
    at_most : the name of a whole-number column of the parent that says how many there can be at most, such as how many products there are to
        refer to; empty for no limit
    """

    parent: type[Table] | TableInfo
    count: int | Between | str | Histogram | Mapping[int, float] | Distribution[Array]
    at_most: str = ""

    def __post_init__(self) -> None:
        info: Any = getattr(self.parent, "__table__", self.parent)
        if not hasattr(info, "columns"):
            raise ModelError(f"FanOut({shown(self.parent)}, …): the first argument must be a Table class defined above this one")
        object.__setattr__(self, "parent", info)
        place = f"FanOut({info.declared.__name__}, {shown(self.count)})"
        if isinstance(info.rows, Branches):
            raise ModelError(f"{place}: {info.name} has no rows of its own; fan out from each of its branches")
        require_text(place, at_most=self.at_most)
        if self.at_most:
            self._check_counting_column(place, info, self.at_most)
        if isinstance(self.count, str):
            self._check_counting_column(place, info, self.count)
        elif isinstance(self.count, Mapping):
            object.__setattr__(self, "count", histogram(place, self.count))
        elif _is_count(self.count):
            object.__setattr__(self, "count", int(cast(int, self.count)))
        elif isinstance(self.count, type) or not (isinstance(self.count, Between) or hasattr(self.count, "sample")):
            raise ModelError(
                f"{place}: the count must be a whole number, 0 or more, a Between, a histogram such as {{0: 60, 1: 30}}, a distribution such as "
                "Poisson(3), or the name of a column of the parent"
            )

    def limits(self, volume: Mapping[str, Any]) -> tuple[int, int | None]:
        """The least and the most rows that a row of the parent may have, under the settings of a volume; None where there is no limit."""
        count = self.count
        if isinstance(count, Between):
            least, most = count.ends(volume)
        elif isinstance(count, Histogram):
            least, most = count.counts[0], count.counts[-1]
        elif isinstance(count, int):
            least = most = count
        else:
            return 0, None
        return (0 if self.at_most else least), most

    @property
    def most_declared(self) -> int | None:
        """The most rows that a row of the parent may have, whatever the volume; None where that is not known."""
        if isinstance(self.count, Between) and not isinstance(self.count.high, int):
            return None
        return self.limits({self.count.low: 0} if isinstance(self.count, Between) and isinstance(self.count.low, str) else {})[1]

    def _check_counting_column(self, place: str, parent: TableInfo, name: str) -> None:
        if name not in parent.columns:
            raise ModelError(f"{place}: there is no column {name!r} in {parent.name}; {one_of(name, parent.columns)}")
        column = parent.columns[name]
        if column.type not in WHOLE or column.nullable:
            kind = f"{column.type.name}, which may be missing" if column.nullable else column.type.name
            raise ModelError(
                f"{place}: {column.qualified_name} is of the type {kind}; how many rows there are is told by an Integer column"
            )

    @property
    def parent_table(self) -> TableInfo:
        """What colgen knows of the parent."""
        return cast("TableInfo", self.parent)


def _is_count(count: object) -> bool:
    return is_whole(count) and 0 <= cast(int, count) <= MOST_ROWS


def histogram(place: str, weights: Mapping[Any, Any]) -> Histogram:
    """Numbers of rows by their weights, ascending; those without weight are left out."""
    for count in weights:
        if not _is_count(count):
            raise ModelError(
                f"{place}: {shown(count)} is not a number of rows; a histogram has a weight for each number, such as {{0: 60, 1: 30}}"
            )
    checked_weights(place, weights)
    counts = sorted(int(count) for count in weights if weights[count])
    return Histogram(tuple(counts), tuple(float(weights[count]) for count in counts))


RowSource = int | Volume | Daily | FanOut | Branches
"""Everything that `rows` of a table may be."""


class Rows(Protocol):
    """Some rows of a table while they are made: what a column may ask for."""

    @property
    def count(self) -> int: ...
    @property
    def ids(self) -> Array:
        """1 … n within the table or branch: int64."""

    @property
    def numbers(self) -> Array:
        """1 … n within the table that is written, whose numbers its branches share: int64."""

    @property
    def period(self) -> Period: ...
    @property
    def volume(self) -> Mapping[str, Any]: ...
    @property
    def scenario(self) -> Conditions: ...
    def draw(self, column: Column) -> Draw: ...
    def draw_missing(self, column: Column) -> Draw:
        """The draws that decide which values of a column are missing: independent of what they are."""

    def values(self, name: str) -> ColumnData:
        """A column of these rows, as functions read it."""

    def compact(self, name: str) -> ColumnData:
        """A column of these rows as it was made, to be copied, added up or looked up: whole numbers in fewer bits, texts as their parts."""

    def row_numbers(self, reference: str) -> ColumnData:
        """The numbers of the rows that an own reference refers to, whatever is written of them: int32 or int64, masked where it may be missing."""

    def referred(self, column: Column, via: str, compact: bool = False) -> ColumnData:
        """Another table's column, at the row that each of these refers to by the foreign key `via`."""

    @property
    def parent_rows(self) -> Array:
        """The position of each row's parent among the parents that are made with these rows: int64."""

    @property
    def parent_ids(self) -> Array:
        """The number of each row's parent, 1 … n within its table: int64."""

    @property
    def siblings(self) -> Array:
        """How many rows are fanned out from the same one as each: int64."""

    @property
    def most_siblings(self) -> int:
        """How many rows the parent with the most of them has."""

    def at(self, column: Column, ids: Array, compact: bool = False) -> ColumnData:
        """Another table's column, at any of its rows; whole numbers in fewer bits if compact."""

    def parent_values(self, column: Column) -> tuple[ColumnData, Array]:
        """A column of the parent, or of its parent, at its own rows; and for each of these rows its position there: int64."""

    def matching(self, table: TableInfo, where: Mapping[str, Any]) -> Array | None:
        """The ids of the rows whose columns have these values: int32, ascending. None where the table is large."""

    def rows_of(self, table: TableInfo) -> int: ...
    def members(self, ancestor: TableInfo, table: TableInfo, via: str) -> tuple[Array, Array]:
        """The first of a table's rows that are fanned out, however far down, from the row of `ancestor` that each row belongs to, and how many
        they are: int64.

        via : the own column that refers to the row of `ancestor`; empty where rows are fanned out from it, or are its own
        """

    @property
    def day_factors(self) -> Array:
        """How busy each day of the period is, by the scenario's calendar: float64."""

    @property
    def mean_factor(self) -> float:
        """How busy the average day of the period is, by the scenario's calendar."""

    def births(self, column: CreatedAt) -> Births:
        """How many rows of a table have come into being by the end of each day."""

    def ordinal(self) -> Array:
        """1 … n among the rows of the same parent: int32."""

    def is_first_or_last(self, last: bool) -> Array:
        """Whether each row is the first of its parent's rows, or the last: bool."""

    def running(self, name: str) -> Array:
        """An own column added up from the parent's first row to each: int64."""

    def first_descendant(self, table: str) -> Array:
        """The first key that the rows fanned out from each of these have in a table further down: int64."""

    def descendant_count(self, table: str) -> Array:
        """How many rows each of these has in a table further down: int64."""

    def repeated(self, column: Column) -> ColumnData:
        """The parent's text at each row, as an Arrow dictionary."""

    def summed(self, column: Column) -> Array:
        """What a `Sum` adds up: the sum over the rows fanned out from each of these, int64."""

    def happening(self) -> tuple[Array, Array, Array]:
        """For rows that happen in time: the day since 1970-01-01, the position among the day's rows from 0, and how many the day has."""
