"""When things are open in Egypt: working days, banking days, and the hours of Cairo, two hours ahead of UTC the year round."""

from __future__ import annotations

import datetime
from functools import lru_cache

import numpy as np

from colgen import DAY, Array, Calendar, Period, year_of

HOUR, MINUTE, SECOND = DAY // 24, DAY // 1440, 1_000_000
CAIRO = 2 * HOUR
FRIDAY, SATURDAY = 4, 5  # 0 is Monday
_LONGEST_FEAST = 30  # days; no feast keeps offices closed for so long


@lru_cache(maxsize=512)
def _holidays(year: int) -> Array:
    """Whether each day of a year is a public holiday: bool."""
    period = Period(datetime.date(year, 1, 1), datetime.date(year, 12, 31))
    return Calendar(country="EG", holiday=0.0).factor(np.arange(period.start, period.end + 1), period) == 0


def _closed(days: Array, weekend: tuple[int, ...]) -> Array:
    """Whether each of some days in a row is a holiday or part of the weekend."""
    first, last = (int(year) for year in year_of(days[[0, -1]]))
    whole = np.concatenate([_holidays(year) for year in range(first, last + 1)])
    start = (datetime.date(first, 1, 1) - datetime.date(1970, 1, 1)).days
    return whole[days - start] | np.isin((days + 3) % 7, weekend)


def _open(days: Array, weekend: tuple[int, ...], back: bool = False) -> Array:
    """The first open day from each day on, or the last one up to it: days since 1970, as they are given."""
    if not len(days):
        return days
    first = int(days.min()) - _LONGEST_FEAST
    every = np.arange(first, int(days.max()) + _LONGEST_FEAST)
    closed = _closed(every, weekend)
    if back:
        nearest = np.maximum.accumulate(np.where(closed, 0, every))
    else:
        nearest = np.minimum.accumulate(np.where(closed, every[-1], every)[::-1])[::-1]
    return nearest.take(days - first)


def working_day(days: Array) -> Array:
    """The first day from each day on, on which the distributor works: not a Friday, not a holiday."""
    return _open(days, (FRIDAY,))


def banking_day(days: Array) -> Array:
    """The first day from each day on, on which banks are open: Sunday to Thursday, not a holiday."""
    return _open(days, (FRIDAY, SATURDAY))


def banking_day_before(days: Array) -> Array:
    """The last day up to each day, on which banks are open."""
    return _open(days, (FRIDAY, SATURDAY), back=True)


def moment(day: Array, quantile: Array, opens: float, closes: float) -> Array:
    """A moment of a day between two hours of Cairo, in microseconds since 1970."""
    return day * DAY + (round(opens * HOUR) - CAIRO) + (quantile * ((closes - opens) * HOUR)).astype(np.int64)


def day_end(day: Array) -> Array:
    """The last second of a day in Cairo."""
    return (day + 1) * DAY - CAIRO - SECOND
