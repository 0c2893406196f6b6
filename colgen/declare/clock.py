"""The time of day: how busy each hour is, and when in a day a row happens."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from colgen.arrays import Array, elementwise
from colgen.declare.arguments import is_weight, shown
from colgen.errors import ModelError

DAY = 86_400_000_000
"""Microseconds."""

OFFICE_HOURS = (0, 0, 0, 0, 0, 0, 1, 3, 8, 12, 13, 11, 7, 10, 12, 11, 9, 6, 3, 2, 1, 1, 0, 0)
"""How busy each hour of the day is in an office: nothing at night, a dip at noon."""

_STEPS = 4096  # of a day


def checked_hours(hours: Sequence[float]) -> tuple[float, ...]:
    """The weights of the 24 hours of a day. ModelError where they are not 24 numbers, none negative and one of them above 0."""
    if not isinstance(hours, Sequence | np.ndarray) or len(hours) != 24 or not all(map(is_weight, hours)) or not any(hours):
        raise ModelError(f"hours = {shown(hours)}: give 24 numbers, none negative, and at least one of them above 0")
    return tuple(hours)


@cache
def _day_shape(hours: tuple[float, ...]) -> tuple[Array, Array]:
    """Where each of 4,096 even steps of a shape of hours starts and how long it is, in microseconds; and the end of the day."""
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
    starts, until = times[:-1].copy(), times[1:].copy()
    for hour in np.flatnonzero(np.asarray(hours) == 0):  # a step that would lead over closed hours ends where they start
        closes = hour * (DAY // 24)
        until[(starts < closes) & (until >= closes)] = closes
    return np.append(starts, until[-1] - 1), np.append(until - starts, 0)


def time_of_day(quantile: Array, hours: Sequence[float] = OFFICE_HOURS) -> Array:
    """Microseconds since midnight at a quantile of the day's shape; ascends with it.

    quantile : float64 in [0, 1]
    hours : how busy each of the 24 hours is, relative
    """
    starts, lengths = _day_shape(tuple(hours))

    def moments(quantile: Array) -> Array:
        offset = quantile * _STEPS
        step = offset.astype(np.int64)
        offset -= step
        offset *= lengths.take(step)
        moment = offset.astype(np.int64)
        moment += starts.take(step)
        return moment

    return elementwise(moments, quantile)
