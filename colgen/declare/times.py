"""The kinds of columns that say when rows happen, or how many.

| kind | values |
|---|---|
| `Day()`, `Moment()` | when a row of a calendar, or of a day, happens: the day, or the microsecond |
| `DailyCount("orders_per_day")` | how many of something happen on a day |
| `CreatedAt(History())` | when a row came into being; ids ascend with it |
| `Times()` | a time of day |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Unpack

from colgen.arrays import Array
from colgen.declare.arguments import moment_type, require_flags, require_number, require_text, shown
from colgen.declare.clock import DAY, OFFICE_HOURS, checked_hours, time_of_day
from colgen.declare.column import Column, Options
from colgen.declare.days import per_day
from colgen.declare.history import History
from colgen.declare.rows import Daily, Rows, Volume
from colgen.draws.distributions import Poisson
from colgen.draws.draw import Draw
from colgen.draws.order_statistic import OrderStatistic
from colgen.errors import ModelError
from colgen.values.types import Date, Integer, Time, Timestamp, Type

if TYPE_CHECKING:
    from colgen.declare.table import TableInfo


class Day(Column):
    """The day on which a row happens."""

    def __init__(self, **options: Unpack[Options]) -> None:
        super().__init__(Date, "by the calendar; ids ascend with it", **options)

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        happens = isinstance(table.rows, Daily) or (isinstance(table.rows, Volume) and table.rows.calendar is not None)
        if not happens:
            raise ModelError(
                f"{self.qualified_name}: {type(self).__name__}() needs rows that happen in time: Volume(name, Calendar()) or Daily()"
            )

    def make(self, rows: Rows) -> Array:
        return rows.happening()[0]


class Moment(Day):
    """When a row happens, to the microsecond: by chance, as the arrivals of a Poisson process are; ids ascend with it.

    hours : how busy each of the 24 hours of a day is, relative
    type : Timestamp, or LocalTimestamp
    """

    def __init__(self, hours: Sequence[float] = OFFICE_HOURS, *, type: Type = Timestamp, **options: Unpack[Options]) -> None:
        super().__init__(**options)
        self.type = moment_type("Moment", type)
        self.hours = checked_hours(hours)

    def make(self, rows: Rows) -> Array:
        day, position, count = rows.happening()
        moments = time_of_day(rows.draw(self)(OrderStatistic(day, position + 1, count)), self.hours)
        moments += day * DAY
        return moments


class DailyCount(Column):
    """How many of something happen in each row of a `Daily` table: Poisson, around what the calendar expects of the day.

    mean : how many there are on an average day: a setting of the volume, or a function of the volume
    of_period : whether the average is that of the period, so that there are as many whatever the calendar; a longer period then changes its
        earlier days. Else it is that of a day on which the calendar's factor is 1
    """

    def __init__(self, mean: str | Callable[[Mapping[str, Any]], float], *, of_period: bool = False, **options: Unpack[Options]) -> None:
        if not callable(mean):
            require_text("DailyCount", mean=mean)
        require_flags("DailyCount", of_period=of_period)
        super().__init__(Integer, "Poisson, by the calendar", **options)
        self.mean, self.of_period = mean, of_period

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        if not isinstance(table.rows, Daily):
            raise ModelError(f"{self.qualified_name}: DailyCount() needs rows for each day of the period: rows = Daily()")

    @property
    def settings(self) -> tuple[str, ...]:
        return (self.mean,) if isinstance(self.mean, str) else ()

    def make(self, rows: Rows) -> Array:
        assert isinstance(self.table.rows, Daily)
        calendar, draw = rows.scenario.calendar, rows.draw(self)
        mean = self._mean(rows.volume)
        if self.of_period:
            mean /= rows.mean_factor or 1
        chance = draw.stream_key()  # the same for all rows of a day

        def factor(days: Array) -> Array:
            return rows.day_factors.take(days - rows.period.start) * calendar.chance(Draw(chance, ids=days))

        return draw(Poisson(per_day(factor, rows.happening()[0]) * (mean / self.table.rows.per_day(rows.volume))))

    def _mean(self, volume: Mapping[str, Any]) -> float:
        try:
            mean = self.mean(volume) if callable(self.mean) else volume[self.mean]
        except Exception as error:
            raise ModelError(f"{self.qualified_name}: its mean for each day failed: {type(error).__name__}: {error}") from error
        require_number(self.qualified_name, 0, 1e15, mean=mean)
        return float(mean)


class CreatedAt(Column):
    """When a row came into being, by a history; ids ascend with its day.

    hours : how busy each of the 24 hours of a day is, relative
    type : Timestamp, or LocalTimestamp
    """

    always_there = True

    def __init__(
        self,
        history: History | None = None,
        hours: Sequence[float] = OFFICE_HOURS,
        *,
        type: Type = Timestamp,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(moment_type("CreatedAt", type), **options)
        if not isinstance(history, History | None):
            raise ModelError(f"CreatedAt({shown(history)}): the first argument must be a History")
        self.history = history or History()
        self.hours = checked_hours(hours)

    @property
    def counted(self) -> tuple[TableInfo, ...]:
        return (self.table,)

    @property
    def description(self) -> str:
        share, years = self.history.share_before, self.history.years_before
        if share is None or isinstance(share, str):
            return f"in the {years:g} years before the period and within it; ids ascend with it"
        rest = ", the rest within it" if share < 1 else ""
        return (f"{share:.0%} in the {years:g} years before the period{rest}" if share else "within the period") + "; ids ascend with it"

    @property
    def settings(self) -> tuple[str, ...]:
        return (self.history.within,) if self.history.within else ()

    def make(self, rows: Rows) -> Array:
        moments = time_of_day(rows.draw(self).uniform(), self.hours)
        moments += rows.births(self).day_of(rows.ids) * DAY
        return moments


class Times(Column):
    """A time of day, without a date.

    hours : how busy each of the 24 hours of a day is, relative
    """

    def __init__(self, hours: Sequence[float] = OFFICE_HOURS, **options: Unpack[Options]) -> None:
        super().__init__(Time, "by how busy the hours of a day are", **options)
        self.hours = checked_hours(hours)

    def make(self, rows: Rows) -> Array:
        return time_of_day(rows.draw(self).uniform(), self.hours)


def births_of(table: TableInfo, place: str) -> CreatedAt:
    """The column that says when rows of a table came into being. ModelError where it has none.

    place : who asks, for messages
    """
    for column in table.columns.values():
        if isinstance(column, CreatedAt):
            return column
    raise ModelError(f"{place}: it is not known when rows of {table.name} came into being; give that table a column CreatedAt(History())")
