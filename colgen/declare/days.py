"""Days since 1970-01-01: their month, their year, and functions of the day for many rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from colgen.arrays import Array


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
