"""How busy each day of a period is: what rows that happen in time are drawn from."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from colgen.arrays import Array
from colgen.declare import seasons
from colgen.declare.arguments import is_weight, require_list, require_number, require_text, require_whole, shown
from colgen.declare.clock import OFFICE_HOURS, checked_hours
from colgen.declare.days import month_of
from colgen.declare.period import EPOCH, Period
from colgen.draws.distributions import LogNormal, Poisson
from colgen.draws.draw import Draw
from colgen.draws.elementary import exp, log, power
from colgen.draws.numbers import is_finite, is_whole
from colgen.errors import ModelError, RequestError


@dataclass(frozen=True)
class Burst:
    """Some days that are busier than usual, or quieter.

    first : a date, or a number: 1 is the first day of the period
    days : how many there are
    times : by how much they are busier, such as 3 or 0.2
    spread : the number of days before and after over which it comes and goes evenly
    """

    first: datetime.date | int
    days: int
    times: float
    spread: int = 0

    def __post_init__(self) -> None:
        is_day = isinstance(self.first, datetime.date) and not isinstance(self.first, datetime.datetime)
        if not is_day and not (is_whole(self.first) and -_MOST <= self.first <= _MOST):  # type: ignore[operator]
            raise ModelError(f"Burst: first must be a date, or a number with 1 for the first day of the period, not {shown(self.first)}")
        require_whole("Burst", 1, _MOST, days=self.days)
        require_whole("Burst", 0, _MOST, spread=self.spread)
        require_number("Burst", 0, _MOST, times=self.times)

    def start(self, period: Period) -> int:
        """Its first day, in days since 1970-01-01."""
        return (self.first - EPOCH).days if isinstance(self.first, datetime.date) else period.start + self.first - 1

    def is_felt(self, days: Array, period: Period) -> bool:
        """Whether it may be felt on some of the days, which are since 1970-01-01."""
        start = self.start(period)
        return bool(len(days)) and bool(days.max() >= start - self.spread and days.min() < start + self.days + self.spread)

    def level(self, days: Array, period: Period) -> Array:
        """How much it is felt on each day, since 1970-01-01: float64, from 0 to 1."""
        start = self.start(period)
        away = np.maximum(np.maximum(start - days, days - (start + self.days - 1)), 0)
        return np.maximum(1 - away / (self.spread + 1), 0)

    def factor(self, days: Array, period: Period) -> Array:
        """One factor a day: float64, 1 where it is not felt.

        days : since 1970-01-01
        """
        return 1 + (self.times - 1) * self.level(days, period)


def _are_weights(weights: object, count: int) -> bool:
    return isinstance(weights, Sequence | np.ndarray) and len(weights) == count and all(map(is_weight, weights))


def _check_recency(recency: Any) -> None:
    """ModelError unless it is shares by how many days ago, ascending, of which the last may be None."""
    require_list("Calendar", "((30, 40), (90, 30), (None, 30))", recency=recency)
    before = -1
    for number, band in enumerate(recency, 1):
        place = f"Calendar: recency has {shown(band)}"
        if not isinstance(band, Sequence) or len(band) != 2 or not is_weight(band[1]):
            raise ModelError(f"{place}; a band is a number of days and its share, such as (30, 40)")
        if band[0] is None and number == len(recency):
            return
        if not is_whole(band[0]) or band[0] <= before:
            raise ModelError(f"{place}; days are whole numbers, each above the one before, and None in the last band stands for all before")
        before = band[0]


_MOST = 1_000_000
MOST_DAYS = _MOST
_MOST_GROWTH = 100
_MONTH, _SLOWING = 30.0, 0.7  # of a new business: after so many days it is as busy as usual; the power of time with which it grows
_MOST_DRAWN = 1e8  # beyond that many rows a day, chance is a ten-thousandth of them


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """How busy the days of a period are, compared with one another. All weights are relative and none is negative.

    weekday : Monday to Sunday
    month : by the month's number; 1 where none is given
    recency : shares of the whole by how many days before the period's end a day lies: `((30, 40), (90, 30), (None, 30))` puts 40 % of
        the rows up to 30 days back, 30 % 31 to 90 days back and 30 % before that, without a leap between them. Bands outside the period
        drop out
    growth : by how much a year is busier than the year before: 0.2 is a fifth
    noise : how far days differ for no reason that anybody knows: the deviation of a factor whose mean is 1. How many rows a day has is
        Poisson besides
    country, holiday : the ISO code of a country, and how busy its public holidays are: 0.1 is a tenth
    ramadan : how busy the days of Ramadan are
    takeoff : the number of days in which a new business doubles, counted from the period's first; it grows on, more slowly day by day, and is
        as busy as an average day after a month. 0 for a business that is not new
    bursts : days that stand out
    hours : how busy each of the 24 hours of a day is

    >>> from datetime import date
    >>> week = Calendar(weekday=(1, 1, 1, 1, 1, 0, 0))
    >>> week.spread(10, Period(date(2024, 1, 1), date(2024, 1, 7))).tolist()
    [0, 2, 4, 6, 8, 10, 10, 10]
    """

    weekday: Sequence[float] = (1, 1, 1, 1, 1, 1, 1)
    month: Mapping[int, float] = field(default_factory=dict)
    recency: Sequence[tuple[int | None, float]] = ()
    growth: float = 0.0
    takeoff: float = 0.0
    country: str = ""
    holiday: float = 1.0
    ramadan: float = 1.0
    bursts: Sequence[Burst] = ()
    noise: float = 0.0
    hours: Sequence[float] = OFFICE_HOURS

    def __post_init__(self) -> None:
        if not _are_weights(self.weekday, 7):
            raise ModelError(f"Calendar: give seven weekdays, Monday first, and no weight below 0, not weekday={shown(self.weekday)}")
        if not isinstance(self.month, Mapping) or any(number not in range(1, 13) for number in self.month):
            raise ModelError(
                f"Calendar(month={shown(self.month)}): months are numbers from 1 to 12, each with its weight, such as {{12: 1.5}}"
            )
        require_number("Calendar", 0, _MOST, **{f"month[{number}]": weight for number, weight in self.month.items()})
        if not is_finite(self.growth) or not -1 < self.growth <= _MOST_GROWTH:
            raise ModelError(f"Calendar(growth={shown(self.growth)}): it must be above -1, such as 0.2 for a fifth more each year")
        require_number("Calendar", 0, _MOST, holiday=self.holiday, ramadan=self.ramadan)
        require_number("Calendar", 0, 1, noise=self.noise)
        require_number("Calendar", 0, _MOST, takeoff=self.takeoff)
        require_text("Calendar", country=self.country)
        require_list("Calendar", "[Burst(first=330, days=3, times=3)]", bursts=self.bursts)
        for burst in self.bursts:
            if not isinstance(burst, Burst):
                raise ModelError(f"Calendar: bursts must each be a Burst, not {shown(burst)}")
        _check_recency(self.recency)
        if self.holiday != 1 and not self.country:
            raise ModelError(f"Calendar(holiday={self.holiday}): name the country whose holidays are meant, such as country='EG'")
        checked_hours(self.hours)

    @property
    def libraries(self) -> list[str]:
        """The libraries that know its holidays and feasts, where it uses them."""
        return [*(["holidays"] if self.holiday != 1 else []), *(["hijridate"] if self.ramadan != 1 else [])]

    def factor(self, days: Array, period: Period) -> Array:
        """How busy a day is compared with an average one: float64. A longer period changes none, since growth is counted from its first day.

        days : since 1970-01-01; `recency`, which looks back from the end, is left out
        """
        week = np.asarray(self.weekday, np.float64)
        months = np.array([self.month.get(number, 1.0) for number in range(1, 13)])
        weight = (week * (7 / (week.sum() or 1)))[(days + 3) % 7] * months[month_of(days) - 1]
        if self.growth:
            weight = weight * exp(log(1 + self.growth) * ((days - period.start) / 365.25))
        if self.takeoff:
            weight = weight * (_risen(days - period.start, self.takeoff) / _risen(np.array([_MONTH]), self.takeoff))
        if self.holiday != 1:
            weight = weight * np.where(np.isin(days, seasons.holidays(self.country, period)), self.holiday, 1.0)
        if self.ramadan != 1:
            weight = weight * np.where(np.isin(days, seasons.ramadan(period)), self.ramadan, 1.0)
        for burst in self.bursts:
            if burst.is_felt(days, period):
                weight = weight * burst.factor(days, period)
        return weight

    def intensity(self, period: Period) -> Array:
        """One weight a day of the period: float64, shape (days,)."""
        days = np.arange(period.start, period.end + 1)
        weight = self.factor(days, period)
        return self._in_bands(weight * _ramp(self.recency, period.end - days), period) if self.recency else weight

    def _in_bands(self, weight: Array, period: Period) -> Array:
        """Weights of the days of a period such that each band of `recency` has its share."""
        age, low = np.arange(period.days)[::-1], -1
        for oldest, share in self.recency:
            high = oldest if oldest is not None else period.days
            band = (age > low) & (age <= high)
            if weight[band].any():
                weight[band] *= share / weight[band].sum()
            low = high
        weight[age > low] = 0
        return weight

    def chance(self, draw: Draw) -> Array:
        """The factor of days that has no reason: float64, log-normal with the mean 1, one for each row of the draw."""
        return draw(LogNormal(math.exp(-self.noise * self.noise / 2), self.noise)) if self.noise else np.ones(draw.count)

    def spread(self, total: int, period: Period, key: int | None = None) -> Array:
        """An exact total shared out over the days: int64 rows up to the end of each day, (days + 1,).

        key : of random numbers: each day's rows are a Poisson draw, and all of them are made to add up by largest remainder, which is as
            good as a multinomial draw. As expected if None

        Raises RequestError where no day is busy.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            weight = self.intensity(period)
            if not np.isfinite(weight.sum()):
                raise RequestError(
                    f"the calendar grows beyond all numbers from {period.first} to {period.last}; give less growth or fewer days"
                )
        if not weight.any():
            raise RequestError(
                f"the calendar has no busy day from {period.first} to {period.last}; its weekdays, months and bursts must leave one"
            )
        if key is not None:
            draw = Draw(key, ids=np.arange(period.start, period.end + 1))
            weight = drawn(weight * self.chance(draw), total, draw)
            weight = self._in_bands(weight, period) if self.recency else weight
        return shared_out(weight, total)


def _risen(since: Array, takeoff: float) -> Array:
    """How busy a new business is so many days after its first, on which it is 1: float64."""
    return 1 + power(np.maximum(since, 0.5) / takeoff, _SLOWING) - power(0.5 / takeoff, _SLOWING)


def drawn(weight: Array, total: int, draw: Draw) -> Array:
    """Poisson draws with means in proportion to weights, about `total` in all: float64, not all 0."""
    mean = weight * (total / weight.sum())
    most = np.minimum(mean, _MOST_DRAWN)
    rows = draw(Poisson(most)) * (mean / np.where(most > 0, most, 1))
    return rows if rows.any() else weight


def shared_out(weight: Array, total: int) -> Array:
    """An exact total shared out in proportion to weights by largest remainder: int64, how many up to the end of each, one more than weights."""
    exact = weight * (total / weight.sum())
    rows = np.floor(exact).astype(np.int64)
    short = total - int(rows.sum())
    rows[np.argsort(rows - exact, kind="stable")[:short]] += 1
    return np.concatenate([[0], np.cumsum(rows)])


def _ramp(recency: Sequence[tuple[int | None, float]], age: Array) -> Array:
    """How busy a day is by how long ago it is, without a leap between bands: float64.

    Its logarithm is linear from the edge of each band to its middle and on to its other edge. At an edge that two bands share it lies in the
    middle between theirs.
    """
    ends = np.array([oldest if oldest is not None else age.max(initial=0) for oldest, _ in recency], np.float64)
    starts = np.concatenate([[-1.0], ends[:-1]])
    wide = ends > starts
    starts, ends = starts[wide], ends[wide]
    level = log(np.array([share for _, share in recency])[wide].clip(1e-9) / (ends - starts))
    edges = np.concatenate([level[:1], (level[:-1] + level[1:]) / 2, level[-1:]])
    edges[0], edges[-1] = 2 * level[0] - edges[1], 2 * level[-1] - edges[-2]
    known_at = np.stack([starts, (starts + ends) / 2], axis=1).reshape(-1)
    known = np.stack([edges[:-1], level], axis=1).reshape(-1)
    return exp(np.interp(age, np.append(known_at, ends[-1:]), np.append(known, edges[-1:])))
