"""When the rows of a table came into being."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from colgen.arrays import Array
from colgen.declare.arguments import is_text, require_number, require_text, shown
from colgen.declare.calendar import Calendar, drawn, shared_out
from colgen.declare.period import Period
from colgen.draws.draw import Draw
from colgen.errors import ModelError

_MOST_YEARS = 1_000


@dataclass(frozen=True, kw_only=True)
class History:
    """When the rows of a table came into being: over some years before the period and within it, by chance. Ids ascend with time.

    years_before : how long before the period the first row appeared
    share_before : the share of the rows that appeared before the period, or the name of a rate of the model's that says so; None for as many as
        its part of the whole time
    calendar : how busy the days are; growth is counted from the first row on, and bursts are left out
    within : the setting that says in how many days from the period's first the others appear; the whole period if empty. With a setting a
        longer period changes none of them, and rows of days beyond the period have not appeared yet
    """

    years_before: float = 3.0
    share_before: float | str | None = 0.8
    calendar: Calendar = field(default_factory=Calendar)
    within: str = ""

    def __post_init__(self) -> None:
        require_number("History", 0, _MOST_YEARS, years_before=self.years_before)
        require_text("History", within=self.within)
        if not isinstance(self.calendar, Calendar):
            raise ModelError(f"History: calendar must be a Calendar, not {shown(self.calendar)}")
        if self.share_before is None or is_text(self.share_before):
            return
        require_number("History", 0, 1, share_before=self.share_before)
        if float(self.share_before) > 0 and self.years_before * 365 < 1:
            raise ModelError(f"{self}: a share lies between 0 and 1, and rows from before the period need time to appear in")

    def origin(self, period: Period) -> int:
        """The first row's day, in days since 1970-01-01."""
        return period.start - round(self.years_before * 365.25)

    def spread(self, total: int, period: Period, volume: Mapping[str, Any], rates: Mapping[str, float], key: int) -> Array:
        """How many of all rows have appeared by the end of each day from the origin on, 0 before it: int64. The first row is there from the
        first day on.

        volume, rates : the settings and rates, for `within` and `share_before`
        key : of random numbers
        """
        origin = self.origin(period)
        days_within = int(volume[self.within]) if self.within else period.days
        days = np.arange(origin, period.start + max(days_within, 1))
        whole = Period(_date(days[0]), _date(days[-1]))
        weight = dataclasses.replace(self.calendar, bursts=(), recency=()).factor(days, whole)
        past = period.start - origin
        before = rates[self.share_before] if isinstance(self.share_before, str) else self.share_before
        if before is not None:
            for part, share in ((slice(0, past), before), (slice(past, None), 1 - before)):
                weight[part] *= share / (weight[part].sum() or 1)
        if not weight.any():
            weight[:] = 1
        draw = Draw(key, ids=days)
        until = shared_out(drawn(weight * self.calendar.chance(draw), total, draw), total)
        until[1:] = np.maximum(until[1:], min(total, 1))
        return until


def _date(day: int) -> datetime.date:
    return datetime.date(1970, 1, 1) + datetime.timedelta(int(day))


@dataclass(frozen=True)
class Births:
    """How many rows of a table have come into being by the end of each day.

    origin : the first row's day, in days since 1970-01-01
    until : int64, one more than there are days, with 0 first
    """

    origin: int
    until: Array

    def day_of(self, ids: Array) -> Array:
        """The day of each row: int64, in days since 1970-01-01."""
        if len(ids) > len(self.until) and ids[-1] - ids[0] == len(ids) - 1:  # of ids that follow one another, each day has a stretch
            rows = np.diff(np.clip(self.until, ids[0] - 1, ids[-1]))
            return np.repeat(np.arange(len(rows)) + self.origin, rows)
        return np.searchsorted(self.until, ids - 1, side="right") - 1 + self.origin

    def before(self, days: Array) -> Array:
        """How many rows there are before each of the days starts, at least 1: int64. They are the first ones."""
        return np.maximum(self.until.take(np.clip(days - self.origin, 0, len(self.until) - 1)), 1)
