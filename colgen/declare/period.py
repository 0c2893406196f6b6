"""The days a build covers."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from colgen.errors import RequestError

EPOCH = datetime.date(1970, 1, 1)

RELATIVE_DAYS = {"today": 0, "yesterday": 1}
"""Words for days, and how many days ago they are. The whole of a day is made, so that of today some rows are later than now."""


@dataclass(frozen=True)
class Period:
    """The days a build covers: `first` and `last` as dates, `start` and `end` the same as numbers, both included.

    >>> Period(datetime.date(2024, 1, 1), datetime.date(2024, 12, 31)).days
    366
    """

    first: datetime.date
    last: datetime.date

    def __post_init__(self) -> None:
        for day in (self.first, self.last):
            if not isinstance(day, datetime.date) or isinstance(day, datetime.datetime):
                raise RequestError(f"Period({self.first!r}, {self.last!r}): give two dates, such as datetime.date(2024, 12, 31)")
        if self.first > self.last:
            raise RequestError(f"Period: it starts on {self.first}, after it ends on {self.last}")

    @property
    def start(self) -> int:
        """The first day, in days since 1970-01-01."""
        return (self.first - EPOCH).days

    @property
    def end(self) -> int:
        """The last day, in days since 1970-01-01."""
        return (self.last - EPOCH).days

    @property
    def days(self) -> int:
        return self.end - self.start + 1
