"""When the rows of a group happen: the order statistics of uniform draws, each computed by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from colgen.arrays import Array, slices
from colgen.draws.draw import Draw, mix_number
from colgen.draws.normal import normal_quantile

_RUN_BITS = 6
_RUN = 1 << _RUN_BITS
"""How many places of a group lie between two that are found by halving; those between are uniform draws, sorted."""

_SHIFT = np.uint64(18)  # a draw has 46 bits
_GROUP_BITS = 34  # a group has at most ten billion rows


@dataclass(frozen=True)
class OrderStatistic:
    """The place-th smallest of `count` uniform draws that the rows of a group share: float64 in (0, 1), ascending with the place.

    So the rows of a day are spread over it as the arrivals of a Poisson process are, of which it is known how many there are: by chance, with
    gaps and bursts. A row needs no other row. Its group is halved until a run of 63 places is left: the middle one of 2m - 1 places divides
    the way between the ends by a Beta(m, m), which from m = 64 on is as good as normal; the 63 places are as many uniform draws, sorted. What
    lies beyond the last place is cut off, which leaves the others as they are distributed (David and Nagaraja, "Order Statistics", 2.5).

    group : what the rows have in common, such as their day: whole numbers, one a row
    place : 1 … count within the group, one a row
    count : of the group, one a row

    >>> from colgen.draws.draw import key
    >>> day, place = np.array([0, 0, 0]), np.array([1, 2, 3])
    >>> Draw(key("any"), count=3)(OrderStatistic(day, place, np.array([3, 3, 3]))).round(3)
    array([0.221, 0.533, 0.822])
    """

    group: Array
    place: Array
    count: Array

    def sample(self, draw: Draw) -> Array:
        key = draw.stream_key()
        group, place, count = (values.astype(np.int64, copy=False) for values in (self.group, self.place, self.count))
        begins = _changes(group)
        beyond = count.take(begins) + 1  # what lies beyond the last place of each group
        run = place >> _RUN_BITS
        first = begins if len(begins) == len(run) else np.flatnonzero(_is_new(run) | _is_new(group))
        runs = _Runs(
            key,
            np.concatenate([group.take(first), group.take(begins)]),
            np.concatenate([run.take(first), beyond >> _RUN_BITS]),
            np.concatenate([count.take(first), beyond - 1]),
        )
        ends = runs.at(np.arange(len(first), len(first) + len(begins)), beyond)
        out = np.empty(len(place))
        number = np.repeat(np.arange(len(first)), np.diff(first, append=len(run)))
        for rows in slices(len(out)):
            out[rows] = runs.at(number[rows], place[rows])
        out /= ends.repeat(np.diff(begins, append=len(group)))
        return out


def _is_new(values: Array) -> Array:
    """Whether each value differs from the one before it."""
    new = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=new[1:])
    return new


def _changes(values: Array) -> Array:
    return np.flatnonzero(_is_new(values))


class _Runs:
    """Runs of places, of as many as there are in the least power of two runs that is more than `count`."""

    def __init__(self, key: int, group: Array, run: Array, count: Array) -> None:
        self._numbers = (group << _GROUP_BITS) + (run << _RUN_BITS)
        self._low, high = _halved(key, group, run, (count + 1) >> _RUN_BITS)
        self._width = high - self._low
        self._key = mix_number(key)

    def at(self, number: Array, place: Array) -> Array:
        """The order statistics at places, given the number of each one's run; the numbers ascend."""
        if not len(number):
            return np.empty(0)
        first, end = int(number[0]), int(number[-1]) + 1
        inner = Draw(self._key, ids=np.add.outer(self._numbers[first:end], np.arange(_RUN - 1)).reshape(-1)).bits()
        inner >>= _SHIFT
        runs = inner.reshape(-1, _RUN - 1)
        runs.sort(axis=1)  # run by run: NumPy sorts so few numbers in registers
        ordered = np.zeros((end - first, _RUN))
        np.multiply(runs, 0.5 ** (64 - int(_SHIFT)), out=ordered[:, 1:])
        ordered[:, 1:] += 0.5 ** (65 - int(_SHIFT))
        ordered *= self._width[first:end, None]
        ordered += self._low[first:end, None]
        return ordered.reshape(-1).take(((number - first) << _RUN_BITS) + (place & (_RUN - 1)))


def _halved(key: int, group: Array, run: Array, last: Array) -> tuple[Array, Array]:
    """Where runs start and end, by halving all of the group's from 0 to the least power of two above `last`."""
    levels = np.frexp(last.astype(np.float64))[1].astype(np.int64)
    deepest = int(levels.max(initial=0))
    level = np.arange(deepest)[:, None]
    below = levels - 1 - level  # the levels below each level of each run: a row for each level
    halved, shift = below >= 0, np.maximum(below, 0)
    node = (run >> (shift + 1)) + (1 << level)  # as in a heap
    ids = ((group << _GROUP_BITS) + node).reshape(-1)
    distinct = _is_new(ids)  # runs that lie side by side share most of their nodes
    z = normal_quantile(Draw(key, ids=ids[distinct]).uniform()).take(np.cumsum(distinct) - 1).reshape(node.shape)
    deviation = 0.5 / np.sqrt(2 * _RUN * 2.0 ** np.arange(deepest) + 1)
    share = np.clip(0.5 + z * deviation.take(shift), 0.01, 0.99)
    is_right = (run >> shift) & 1 == 1
    low, high = np.zeros(len(run)), np.ones(len(run))
    for number in range(deepest):
        middle = low + (high - low) * share[number]
        low = np.where(halved[number] & is_right[number], middle, low)
        high = np.where(halved[number] & ~is_right[number], middle, high)
    return low, high
