"""Named distributions: each turns the draws of a column into one value a row, at a cost that does not grow.

A distribution is a small frozen object with a `sample(draw)`; a column function calls it as `draw(Normal(0, 1))`. Tables
that a distribution needs (an alias table, a list of quantiles) are made once and bounded: none grows with the rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from colgen.arrays import Array
from colgen.draws.alias import Alias, Weighted
from colgen.draws.draw import Draw
from colgen.draws.elementary import exp, log
from colgen.draws.normal import normal_quantile


@lru_cache(maxsize=256)
def _weighted(weights: tuple[float, ...]) -> Weighted:
    return Weighted(weights)


@dataclass(frozen=True)
class DiscreteUniform:
    """Whole numbers low … high, both included, equally likely: int64."""

    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(f"Integers({self.low}, {self.high}): the lower end is above the upper end")

    def sample(self, draw: Draw) -> Array:
        return draw.integers(self.low, self.high)


@dataclass(frozen=True)
class Uniform:
    """Real numbers in (low, high): float64."""

    low: float = 0.0
    high: float = 1.0

    def sample(self, draw: Draw) -> Array:
        return draw.uniform() * (self.high - self.low) + self.low


@dataclass(frozen=True)
class Choice:
    """0 … n - 1 with the given weights: int64, or of another dtype that holds them. They need not add up to anything."""

    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", tuple(self.weights))

    def sample(self, draw: Draw, dtype: Any = np.int64) -> Array:
        if len(set(self.weights)) == 1 and 0 < self.weights[0] < math.inf:
            return draw.below(len(self.weights), dtype)
        return _weighted(self.weights).sample(draw, dtype)


@dataclass(frozen=True)
class Normal:
    """The normal distribution: float64.

    Inverse transform by Wichura's algorithm AS 241 (PPND16, Applied Statistics 37, 1988): relative accuracy 1e-16.
    """

    mean: float = 0.0
    deviation: float = 1.0

    def sample(self, draw: Draw) -> Array:
        return normal_quantile(draw.uniform()) * self.deviation + self.mean


@dataclass(frozen=True)
class LogNormal:
    """exp of a normal: float64, positive. `median` is exp(mu); `sigma` the deviation of the logarithm."""

    median: float = 1.0
    sigma: float = 1.0

    def sample(self, draw: Draw) -> Array:
        return exp(normal_quantile(draw.uniform()) * self.sigma) * self.median


@dataclass(frozen=True)
class Exponential:
    """Waiting times: float64, positive, with this mean."""

    mean: float = 1.0

    def sample(self, draw: Draw) -> Array:
        return log(draw.uniform()) * -self.mean


@dataclass(frozen=True)
class Poisson:
    """Counts with this mean, one number or one a row: int64.

    One mean: an alias table over mean ± 12 deviations; beyond lies less than 1e-15. One a row: the quantile function, by adding up the
    probabilities for means below 50, above by the first terms of Cornish and Fisher's expansion, whose counts are off by less than one.
    """

    mean: float | Array

    def __post_init__(self) -> None:
        if not np.all((np.asarray(self.mean) >= 0) & (np.asarray(self.mean) <= 1e8)):
            raise ValueError(f"Poisson({self.mean}): the mean must lie between 0 and 100 million")

    def sample(self, draw: Draw) -> Array:
        if isinstance(self.mean, np.ndarray):
            if self.mean.shape != (draw.count,):
                raise ValueError(f"Poisson: {self.mean.shape} means for {draw.count:,} rows")
            return _poisson_quantile(draw.uniform(), self.mean.astype(np.float64))
        low, alias = _poisson(self.mean)
        return alias.sample(draw) + low


_SMALL_MEAN = 50.0


def _poisson_quantile(place: Array, mean: Array) -> Array:
    """The least count up to which the probabilities reach a place in (0, 1), for each row: int64."""
    count = np.zeros(len(place), np.int64)
    rows = np.flatnonzero(mean < _SMALL_MEAN)
    wanted = np.minimum(place[rows], 1 - 2.0**-45)  # what is added up is rounded, and never gets to the last places before 1
    chance = exp(-mean[rows])
    until = chance.copy()
    for number in range(1, 300):
        beyond = wanted > until
        if not beyond.any():
            break
        count[rows] += beyond
        chance *= mean[rows] / number
        until += chance
    rows = np.flatnonzero(mean >= _SMALL_MEAN)
    z, deviation = normal_quantile(place[rows]), np.sqrt(mean[rows])
    count[rows] = np.maximum(np.floor(mean[rows] + deviation * z + (z * z - 1) / 6 + 0.5), 0)
    return count


@lru_cache(maxsize=256)
def _poisson(mean: float) -> tuple[int, Alias]:
    reach = 12 * math.sqrt(mean) + 24
    low, high = max(0, math.floor(mean - reach)), math.ceil(mean + reach)
    counts = np.arange(low, high + 1)
    mode = int(mean) - low  # weights relative to the mode by p(k) = p(k - 1) * mean / k, so that nothing overflows
    weight = np.ones(len(counts))
    weight[mode + 1 :] = np.cumprod(mean / counts[mode + 1 :])
    if mode:
        weight[:mode] = np.cumprod((counts[1 : mode + 1] / mean)[::-1])[::-1]
    return low, Alias(weight)


class Empirical:
    """Values as often as they were seen: the dtype of `values`.

    values : what was seen, 1-D
    weights : how often each was, or None for equally often
    """

    def __init__(self, values: Sequence[Any] | Array, weights: Sequence[float] | Array | None = None) -> None:
        self.values = np.asarray(values)
        if weights is not None and len(weights) != len(self.values):
            raise ValueError(f"Empirical: {len(weights)} weights for {len(self.values)} values")
        self._alias = Alias(np.ones(len(self.values)) if weights is None else weights)

    def sample(self, draw: Draw) -> Array:
        return self.values[self._alias.sample(draw)]
