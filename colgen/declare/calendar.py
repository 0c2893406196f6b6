"""Days, how busy each is, and the time of day: what rows that happen in time are drawn from."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from colgen.arrays import Array
from colgen.declare import seasons
from colgen.declare.clock import OFFICE_HOURS
from colgen.declare.days import month_of
from colgen.declare.period import EPOCH, Period
from colgen.draws.elementary import exp, log
from colgen.errors import RequestError


@dataclass(frozen=True)
class Burst:
    """Some days that are busier than usual, or quieter.

    first : a date, or a number: 1 is the first day of the period
    times : by how much, such as 3 or 0.2
    spread : over so many days before and after, it comes and goes evenly
    """

    first: datetime.date | int
    days: int
    times: float
    spread: int = 0

    def begin(self, period: Period) -> int:
        """Its first day, in days since 1970-01-01."""
        return (self.first - EPOCH).days if isinstance(self.first, datetime.date) else period.start + self.first - 1

    def factor(self, days: Array, period: Period) -> Array:
        """One factor a day: float64, 1 where it is not felt.

        days : since 1970-01-01
        """
        begin = self.begin(period)
        away = np.maximum(np.maximum(begin - days, days - (begin + self.days - 1)), 0)
        return 1 + (self.times - 1) * np.maximum(1 - away / (self.spread + 1), 0)


@dataclass(frozen=True)
class Calendar:
    """How busy the days of a period are beside one another.

    weekday : Monday to Sunday, relative
    month : relative, by the month's number; 1 where none is given
    growth : by how much a year is busier than the year before: 0.2 is a fifth
    country, holiday : the ISO code of a country, and how busy its public holidays are: 0.1 is a tenth
    ramadan : how busy the days of Ramadan are
    bursts : days that stand out
    hours : how busy each of the 24 hours of a day is
    recency : shares of the whole by how many days before the period's end a day lies: `((30, 40), (90, 30), (None, 30))` is 40 %
        up to 30 days back, 30 % 31 to 90 days, 30 % before that. Bands outside the period drop out.
    """

    weekday: Sequence[float] = (1, 1, 1, 1, 1, 1, 1)
    month: Mapping[int, float] = field(default_factory=dict)
    recency: Sequence[tuple[int | None, float]] = ()
    growth: float = 0.0
    country: str = ""
    holiday: float = 1.0
    ramadan: float = 1.0
    bursts: Sequence[Burst] = ()
    hours: Sequence[float] = OFFICE_HOURS

    @property
    def libraries(self) -> list[str]:
        """The libraries that know its holidays and feasts, where it uses them."""
        return [*(["holidays"] if self.holiday != 1 else []), *(["hijridate"] if self.ramadan != 1 else [])]

    def factor(self, days: Array, period: Period) -> Array:
        """How busy a day is beside an average one: float64. A longer period changes none, since growth is counted from its first day.

        days : since 1970-01-01; `recency`, which looks back from the end, is left out
        """
        week = np.asarray(self.weekday, np.float64)
        months = np.array([self.month.get(number, 1.0) for number in range(1, 13)])
        weight = (week * (7 / (week.sum() or 1)))[(days + 3) % 7] * months[month_of(days) - 1]
        if self.growth:
            weight = weight * exp(log(1 + self.growth) * ((days - period.start) / 365.25))
        if self.holiday != 1:
            weight = weight * np.where(np.isin(days, seasons.holidays(self.country, period)), self.holiday, 1.0)
        if self.ramadan != 1:
            weight = weight * np.where(np.isin(days, seasons.ramadan(period)), self.ramadan, 1.0)
        for burst in self.bursts:
            weight = weight * burst.factor(days, period)
        return weight

    def intensity(self, period: Period) -> Array:
        """One weight a day of the period: float64, shape (days,)."""
        days = np.arange(period.start, period.end + 1)
        weight = self.factor(days, period)
        if self.recency:
            age, low = period.end - days, -1
            for oldest, share in self.recency:
                band = (age > low) & (age <= (oldest if oldest is not None else period.days))
                if weight[band].any():
                    weight[band] *= share / weight[band].sum()
                low = oldest if oldest is not None else period.days
            weight[age > low] = 0
        return weight

    def spread(self, total: int, period: Period) -> Array:
        """An exact total shared out over the days by largest remainder: int64 rows up to the end of each day, (days + 1,).

        Raises RequestError where no day is busy.
        """
        weight = self.intensity(period)
        if not weight.any():
            raise RequestError(
                f"the calendar has no busy day from {period.first} to {period.last}; its weekdays, months and bursts must leave one"
            )
        exact = weight * (total / weight.sum())
        rows = np.floor(exact).astype(np.int64)
        short = total - int(rows.sum())
        rows[np.argsort(rows - exact, kind="stable")[:short]] += 1
        return np.concatenate([[0], np.cumsum(rows)])
