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

    This is a Feistel network with three rounds on the numbers less one: each is split into a high and a low part of about the same size. The
    high part is shifted by a random number that depends on the low one, that in turn by one that depends on the high part, and the high part
    once more: after two rounds, how many of the first numbers are among the last would vary eight times as much as by chance. Results above n - 1, about one in √n, are shuffled again. For small n, the
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

    def sample(self, draw: Draw) -> Permutation:
        """The permutation, as a function of an array of numbers from 1 to n."""
        if self.n <= _LISTED:
            results, numbers = _listed(draw.key, self.n)
            return Permutation(results.take, numbers.take, self.dtype)
        network = _network(draw.key, self.n)
        return Permutation(network.forwards, network.backwards, self.dtype)


class Permutation:
    """A permutation as a function of arrays of numbers; `inverse` takes each result back to its number."""

    def __init__(self, forwards: Callable[[Array], Array], backwards: Callable[[Array], Array], dtype: Any) -> None:
        self._forwards, self._backwards, self._dtype = forwards, backwards, dtype

    def __call__(self, numbers: Array) -> Array:
        return self._forwards(numbers).astype(self._dtype, copy=False)

    def inverse(self, numbers: Array) -> Array:
        return self._backwards(numbers).astype(self._dtype, copy=False)


_LISTED = 1 << 17  # the largest n for which the results are kept, 4 bytes each: longer lists would not stay in the second-level cache


@lru_cache(maxsize=16)
def _listed(key: int, n: int) -> tuple[Array, Array]:
    """The results for 0 … n, and the number that each is the result for."""
    results, numbers = np.zeros((2, n + 1), np.int32)
    network = _Network(key, n)
    for rows in slices(n):
        results[1:][rows] = network.forwards(np.arange(rows.start, rows.stop) + 1)
    numbers[results] = np.arange(n + 1)
    return results, numbers


@lru_cache(maxsize=16)
def _network(key: int, n: int) -> _Network:
    return _Network(key, n)


class _Network:
    """A Feistel network with three rounds on 0 … n - 1."""

    def __init__(self, key: int, n: int) -> None:
        self._n, lows = n, math.isqrt(max(n - 1, 0)) + 1
        highs = -(-n // lows)
        self._dtype: Any = np.int32 if n < 1 << 30 else np.int64  # narrow numbers are faster
        self._lows, self._highs = self._dtype(lows), self._dtype(highs)
        self._sign = self._dtype(np.iinfo(self._dtype).bits - 1)
        self._to_high: Array = Draw(mix_number(key ^ mix_number(n)), count=lows).below(highs).astype(self._dtype)
        self._to_high_again: Array = Draw(mix_number(key ^ mix_number(n + 2)), count=lows).below(highs).astype(self._dtype)
        self._to_low: Array = Draw(mix_number(key ^ mix_number(n + 1)), count=highs).below(lows).astype(self._dtype)

    def forwards(self, numbers: Array) -> Array:
        return self._walked(self._moved, numbers)

    def backwards(self, numbers: Array) -> Array:
        return self._walked(self._moved_back, numbers)

    def _walked(self, moved: Callable[[Array], Array], numbers: Array) -> Array:
        """Numbers moved until they are below n: those that leave it come back to it."""
        x = numbers.astype(self._dtype)
        x -= self._dtype(1)
        x = moved(x)
        beyond = np.flatnonzero(x >= self._n)
        while len(beyond):
            x[beyond] = moved(x[beyond])
            beyond = beyond[x[beyond] >= self._n]
        x += self._dtype(1)
        return x

    def _moved(self, x: Array) -> Array:
        high: Array = x // self._lows
        low: Array = x - high * self._lows
        high += self._to_high.take(low)
        self._within(high, self._highs)
        low += self._to_low.take(high)
        self._within(low, self._lows)
        high += self._to_high_again.take(low)
        self._within(high, self._highs)
        high *= self._lows
        high += low
        return high

    def _moved_back(self, x: Array) -> Array:
        high: Array = x // self._lows
        low: Array = x - high * self._lows
        high += self._highs
        high -= self._to_high_again.take(low)
        self._within(high, self._highs)
        low += self._lows
        low -= self._to_low.take(high)
        self._within(low, self._lows)
        high += self._highs
        high -= self._to_high.take(low)
        self._within(high, self._highs)
        high *= self._lows
        high += low
        return high

    def _within(self, x: Array, end: Any) -> None:
        """Subtracts `end`, in place, from numbers that are not below it."""
        x -= end
        x += (x >> self._sign) & end
