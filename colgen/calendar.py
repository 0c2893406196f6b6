"""Days, how busy each is, and the time of day: what rows that happen in time are drawn from."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from colgen import seasons
from colgen.arrays import Array, elementwise
from colgen.elementary import exp, log
from colgen.errors import RequestError
from colgen.period import EPOCH, Period

DAY = 86_400_000_000  # microseconds

OFFICE_HOURS = (0, 0, 0, 0, 0, 0, 1, 3, 8, 12, 13, 11, 7, 10, 12, 11, 9, 6, 3, 2, 1, 1, 0, 0)
"""How busy each hour of the day is in an office: nothing at night, a dip at noon."""


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


def month_of(days: Array) -> Array:
    """1 … 12 of days since 1970-01-01: int64."""
    return days.astype("M8[D]").astype("M8[M]").astype(np.int64) % 12 + 1


def day_of_month(days: Array) -> Array:
    """1 … 31 of days since 1970-01-01: int64."""
    dates = days.astype("M8[D]")
    return (dates - dates.astype("M8[M]")).astype(np.int64) + 1


def year_of(days: Array) -> Array:
    """The year of days since 1970-01-01: int64."""
    return days.astype("M8[D]").astype("M8[Y]").astype(np.int64) + 1970


def per_day(function: Callable[[Array], Array], days: Array) -> Array:
    """A function of the day for many rows: worked out once a day where the rows are more than the days between them."""
    if not len(days):
        return function(days)
    first = int(days.min())
    span = int(days.max()) - first + 1
    return function(np.arange(first, first + span)).take(days - first) if span < len(days) else function(days)


_STEPS = 4096


@cache
def _day_shape(hours: tuple[float, ...]) -> tuple[Array, Array]:
    """Where each of 4,096 even steps of a shape of hours begins and how long it is, in microseconds; and the end of the day."""
    cumulated = np.concatenate([[0.0], np.cumsum(hours)])
    busy = np.concatenate([[True], np.diff(cumulated) > 0])
    ends = np.arange(25.0)
    # a quiet stretch has no quantile of its own: step from its start to its end
    quantile = np.arange(_STEPS + 1) / _STEPS * cumulated[-1]
    slot = np.clip(np.searchsorted(cumulated, quantile, side="right") - 1, 0, 23)
    while (quiet := ~busy[slot + 1]).any():
        slot[quiet] -= 1
    fraction = (quantile - cumulated[slot]) / (cumulated[slot + 1] - cumulated[slot])
    times = np.minimum(((ends[slot] + fraction) * (DAY / 24)).astype(np.int64), DAY - 1)
    begins, until = times[:-1].copy(), times[1:].copy()
    for hour in np.flatnonzero(np.asarray(hours) == 0):  # a step that would lead over closed hours ends where they begin
        closes = hour * (DAY // 24)
        until[(begins < closes) & (until >= closes)] = closes
    return np.append(begins, until[-1] - 1), np.append(until - begins, 0)


def time_of_day(quantile: Array, hours: Sequence[float] = OFFICE_HOURS) -> Array:
    """Microseconds since midnight at a quantile of the day's shape; ascends with it.

    quantile : float64 in [0, 1]
    hours : how busy each of the 24 hours is, relative
    """
    begins, lengths = _day_shape(tuple(hours))

    def moments(quantile: Array) -> Array:
        place = quantile * _STEPS
        step = place.astype(np.int64)
        place -= step
        place *= lengths.take(step)
        found = place.astype(np.int64)
        found += begins.take(step)
        return found

    return elementwise(moments, quantile)


@dataclass(frozen=True)
class History:
    """When the rows of a table came into being: evenly over some years, a share of them before the period begins.

    `share_before` of the rows appear in the `years_before` the period, the rest within it. The i-th of n is placed in the i-th
    n-th of that time, so that ids ascend with time and how many rows are there by a day needs no look at any of them.
    """

    years_before: float = 3.0
    share_before: float = 0.8

    def __post_init__(self) -> None:
        if not 0 <= self.share_before <= 1 or self.years_before < 0 or (self.share_before > 0 and self.years_before * 365 < 1):
            raise ValueError(f"{self}: a share lies between 0 and 1, and what came before the period needs time there")

    def origin(self, period: Period) -> int:
        """The first row's day, in days since 1970-01-01."""
        return period.start - round(self.years_before * 365.25)

    def day_of(self, place: Array, period: Period) -> Array:
        """The day at a place in [0, 1) among all rows: int64, ascending with it."""
        before, origin = self.share_before, self.origin(period)
        past = period.start - origin
        is_early = place < before
        if before and is_early.all():  # ids ascend: most blocks lie on one side
            days = place * (past / before)
        else:
            days = past + (place - before) * (period.days / (1 - before) if before < 1 else 0)
            if is_early.any():
                days = np.where(is_early, place * (past / before), days)
        found = days.astype(np.int64)
        np.minimum(found, past + period.days - 1 if before < 1 else past - 1, out=found)
        found += origin
        return found

    def existing_by(self, days: Array, rows: int, period: Period) -> Array:
        """How many rows surely exist before each of the days begins, at least 1: int64. They are the first ones."""
        before, origin = self.share_before, self.origin(period)
        early = (days - origin) * (before / max(period.start - origin, 1))
        late = before + (days - period.start) * ((1 - before) / period.days)
        place = np.clip(np.where(days < period.start, early, late), 0.0, 1.0)
        # a little less, so that rounding cannot let in a row of the day itself
        return np.maximum((place * (1 - 1e-12) * rows).astype(np.int64), 1)
