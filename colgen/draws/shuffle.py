"""Permutations of 1 … n that are computed number by number, without storage that grows with n."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from colgen.arrays import Array, slices
from colgen.draws.draw import Draw, mix_number
from colgen.draws.numbers import require_whole


@dataclass(frozen=True)
class Shuffle:
    """A permutation of 1 … n, the same for all rows of a column. Drawing it gives a function of arrays of numbers.

    This is a Feistel network with two rounds on the numbers less one: each is split into a high and a low part of about the same size, and
    each part is shifted by a random number that depends on the other. Results above n - 1, about one in √n, are shuffled again. For small n, the
    results are kept in a list.

    n : at least 1, else ValueError
    dtype : the dtype of the results

    >>> from colgen.draws.draw import Draw, key
    >>> shuffled = Draw(key("any"))(Shuffle(10))
    >>> np.sort(shuffled(np.arange(1, 11)))
    array([ 1,  2,  3,  4,  5,  6,  7,  8,  9, 10])
    """

    n: int
    dtype: Any = np.int64

    def __post_init__(self) -> None:
        require_whole(f"Shuffle({self.n!r})", n=self.n)
        object.__setattr__(self, "n", int(self.n))  # it may be a NumPy integer
        if self.n < 1:
            raise ValueError(f"Shuffle({self.n}): there must be at least one number")

    def sample(self, draw: Draw) -> Callable[[Array], Array]:
        """The permutation, as a function of an array of numbers from 1 to n."""
        if self.n <= _LISTED:
            listed = _shuffled(draw.key, self.n)
            return lambda x: listed.take(x).astype(self.dtype, copy=False)
        shuffled = _feistel(draw.key, self.n)
        return lambda x: shuffled(x).astype(self.dtype, copy=False)


_LISTED = 1 << 17  # the largest n for which the results are kept, 4 bytes each: longer lists would not stay in the second-level cache


@lru_cache(maxsize=8)
def _shuffled(key: int, n: int) -> Array:
    listed, shuffled = np.zeros(n + 1, np.int32), _feistel(key, n)
    for rows in slices(n):
        listed[1:][rows] = shuffled(np.arange(rows.start, rows.stop) + 1)
    return listed


def _feistel(key: int, n: int) -> Callable[[Array], Array]:
    lows = math.isqrt(max(n - 1, 0)) + 1
    highs = -(-n // lows)
    dtype: Any = np.int32 if n < 1 << 30 else np.int64  # narrow numbers are faster
    sign = dtype(np.iinfo(dtype).bits - 1)
    to_high = Draw(mix_number(key ^ mix_number(n)), count=lows).below(highs).astype(dtype)
    to_low = Draw(mix_number(key ^ mix_number(n + 1)), count=highs).below(lows).astype(dtype)

    def within(x: Array, end: int) -> None:
        """Subtracts `end`, in place, from numbers that are not below it."""
        x -= dtype(end)
        x += (x >> sign) & dtype(end)

    def moved(x: Array) -> Array:
        high = x // dtype(lows)
        low = x - high * dtype(lows)
        high += to_high.take(low)
        within(high, highs)
        low += to_low.take(high)
        within(low, lows)
        high *= dtype(lows)
        high += low
        return high

    def shuffled(x: Array) -> Array:
        numbers = x.astype(dtype)
        numbers -= dtype(1)
        numbers = moved(numbers)
        beyond = np.flatnonzero(numbers >= n)
        while len(beyond):
            numbers[beyond] = moved(numbers[beyond])
            beyond = beyond[numbers[beyond] >= n]
        numbers += dtype(1)
        return numbers

    return shuffled
