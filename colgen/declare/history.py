"""When the rows of a table came into being."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from colgen.arrays import Array
from colgen.declare.period import Period


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
