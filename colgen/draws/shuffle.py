"""A fixed shuffle of 1 … n, worked out number by number: nothing is stored that grows with n."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from colgen.arrays import Array, slices
from colgen.draws.draw import Draw, mix_number


@dataclass(frozen=True)
class Shuffle:
    """A fixed shuffle of 1 … n, the same in every row: out of a list where n is small, worked out where it is not.

    A Feistel network of two rounds on the numbers less one: x is a high and a low half of about equal size, and each is moved on by a
    random number that the other one names. What lands beyond n - 1, one in the root of n, goes round again.

    n : at least 1
    dtype : of the numbers that the shuffle gives

    >>> from colgen.draws.draw import Draw, key
    >>> shuffled = Draw(key("any"))(Shuffle(10))
    >>> np.sort(shuffled(np.arange(1, 11)))
    array([ 1,  2,  3,  4,  5,  6,  7,  8,  9, 10])
    """

    n: int
    dtype: Any = np.int64

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError(f"Shuffle({self.n}): there must be at least one number")

    def sample(self, draw: Draw) -> Callable[[Array], Array]:
        """The shuffle: a function of an array of numbers from 1 to n."""
        if self.n <= _LISTED:
            listed = _shuffled(draw.key, self.n)
            return lambda x: listed.take(x).astype(self.dtype, copy=False)
        shuffled = _feistel(draw.key, self.n)
        return lambda x: shuffled(x).astype(self.dtype, copy=False)


_LISTED = 1 << 17  # numbers whose shuffle is kept as a list, of 4 bytes each: more would not stay in the second-level cache


@lru_cache(maxsize=8)
def _shuffled(key: int, n: int) -> Array:
    listed, shuffled = np.zeros(n + 1, np.int32), _feistel(key, n)
    for rows in slices(n):
        listed[1:][rows] = shuffled(np.arange(rows.start, rows.stop) + 1)
    return listed


def _feistel(key: int, n: int) -> Callable[[Array], Array]:
    lows = math.isqrt(max(n - 1, 0)) + 1
    highs = -(-n // lows)
    kind: Any = np.int32 if n < 1 << 30 else np.int64  # narrow numbers go through faster
    sign = kind(np.iinfo(kind).bits - 1)
    to_high = Draw(mix_number(key ^ mix_number(n)), count=lows).below(highs).astype(kind)
    to_low = Draw(mix_number(key ^ mix_number(n + 1)), count=highs).below(lows).astype(kind)

    def within(x: Array, end: int) -> None:
        """Takes `end` from what is not below it."""
        x -= kind(end)
        x += (x >> sign) & kind(end)

    def moved(x: Array) -> Array:
        high = x // kind(lows)
        low = x - high * kind(lows)
        high += to_high.take(low)
        within(high, highs)
        low += to_low.take(high)
        within(low, lows)
        high *= kind(lows)
        high += low
        return high

    def shuffled(x: Array) -> Array:
        found = x.astype(kind)
        found -= kind(1)
        found = moved(found)
        beyond = np.flatnonzero(found >= n)
        while len(beyond):
            found[beyond] = moved(found[beyond])
            beyond = beyond[found[beyond] >= n]
        found += kind(1)
        return found

    return shuffled
