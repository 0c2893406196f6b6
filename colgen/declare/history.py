"""When the rows of a table came into being."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from colgen.arrays import Array
from colgen.declare.arguments import require_number
from colgen.declare.period import Period
from colgen.errors import ModelError

_MOST_YEARS = 1_000


@dataclass(frozen=True, kw_only=True)
class History:
    """When the rows of a table came into being: evenly over some years, a share of them before the period begins.

    `share_before` of the rows appear in the `years_before` the period, the rest within it. The i-th of n rows appears in the i-th n-th of
    that time, so ids ascend with time, and how many rows exist by a day is known without looking at any of them.
    """

    years_before: float = 3.0
    share_before: float = 0.8

    def __post_init__(self) -> None:
        require_number("History", 0, 1, share_before=self.share_before)
        require_number("History", 0, _MOST_YEARS, years_before=self.years_before)
        if self.share_before > 0 and self.years_before * 365 < 1:
            raise ModelError(f"{self}: a share lies between 0 and 1, and rows from before the period need time to appear in")

    def origin(self, period: Period) -> int:
        """The first row's day, in days since 1970-01-01."""
        return period.start - round(self.years_before * 365.25)

    def day_of(self, quantile: Array, period: Period) -> Array:
        """The day at a quantile in [0, 1) of all rows: int64, in days since 1970-01-01, ascending with it."""
        before, origin = self.share_before, self.origin(period)
        past = period.start - origin
        is_early = quantile < before
        if before and is_early.all():  # ids ascend: most blocks lie on one side
            days = quantile * (past / before)
        else:
            days = past + (quantile - before) * (period.days / (1 - before) if before < 1 else 0)
            if is_early.any():
                days = np.where(is_early, quantile * (past / before), days)
        whole = days.astype(np.int64)
        np.minimum(whole, past + period.days - 1 if before < 1 else past - 1, out=whole)
        whole += origin
        return whole

    def existing_by(self, days: Array, rows: int, period: Period) -> Array:
        """How many rows surely exist before each of the days starts, at least 1: int64. They are the first ones."""
        before, origin = self.share_before, self.origin(period)
        early = (days - origin) * (before / max(period.start - origin, 1))
        late = before + (days - period.start) * ((1 - before) / period.days)
        quantile = np.clip(np.where(days < period.start, early, late), 0.0, 1.0)
        # a little less, so that rounding cannot let in a row of the day itself
        return np.maximum((quantile * (1 - 1e-12) * rows).astype(np.int64), 1)
