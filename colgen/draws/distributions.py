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
from colgen.draws.numbers import is_finite, require_finite, require_whole

FARTHEST = 8.3
"""A draw of a normal distribution lies within so many deviations of its mean: it is the quantile of a multiple of 2**-53."""

_LARGEST_LOGARITHM = math.log(np.finfo(np.float64).max)


@lru_cache(maxsize=256)
def _weighted(weights: tuple[float, ...]) -> Weighted:
    return Weighted(weights)


@dataclass(frozen=True)
class DiscreteUniform:
    """Whole numbers low … high, both included, equally likely: int64."""

    low: int
    high: int

    def __post_init__(self) -> None:
        require_whole(repr(self), low=self.low, high=self.high)
        object.__setattr__(self, "low", int(self.low))  # they may be NumPy integers
        object.__setattr__(self, "high", int(self.high))
        if self.low > self.high:
            raise ValueError(f"{self}: the lower end is above the upper end, {self.low} > {self.high}")
        if self.high - self.low >= 1 << 63:
            raise ValueError(
                f"{self}: there are {self.high - self.low + 1:,} numbers from low to high, and at most 2**63 can be told apart"
            )

    def sample(self, draw: Draw) -> Array:
        return draw.integers(self.low, self.high)


@dataclass(frozen=True)
class Uniform:
    """Real numbers in (low, high): float64."""

    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        require_finite(repr(self), low=self.low, high=self.high)
        if self.low > self.high:
            raise ValueError(f"{self}: the lower end is above the upper end, {self.low} > {self.high}")
        require_finite(repr(self), **{"high - low": float(self.high) - float(self.low)})

    def sample(self, draw: Draw) -> Array:
        return draw.uniform() * (self.high - self.low) + self.low


@dataclass(frozen=True)
class Choice:
    """0 … n - 1 with the given weights: int64, or of another dtype that holds them. They need not add up to anything."""

    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "weights", tuple(self.weights))
        except TypeError:
            raise ValueError(f"{self}: weights must be a list of numbers") from None
        if not all(is_finite(weight) and weight >= 0 for weight in self.weights) or not any(self.weights):
            raise ValueError(f"{self}: weights must be finite numbers, none negative, with a positive sum")

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

    def __post_init__(self) -> None:
        require_finite(repr(self), mean=self.mean, deviation=self.deviation)
        if self.deviation < 0:
            raise ValueError(f"{self}: the deviation must not be negative, and {self.deviation} < 0")
        require_finite(repr(self), **{f"mean ± {FARTHEST} deviations": abs(self.mean) + FARTHEST * float(self.deviation)})

    def sample(self, draw: Draw) -> Array:
        return normal_quantile(draw.uniform()) * self.deviation + self.mean


@dataclass(frozen=True)
class LogNormal:
    """exp of a normal: float64, positive. `median` is exp(mu); `sigma` the deviation of the logarithm."""

    median: float = 1.0
    sigma: float = 1.0

    def __post_init__(self) -> None:
        require_finite(repr(self), median=self.median, sigma=self.sigma)
        if self.median <= 0:
            raise ValueError(f"{self}: the median must be above 0, and {self.median} ≤ 0")
        if self.sigma < 0:
            raise ValueError(f"{self}: sigma must not be negative, and {self.sigma} < 0")
        if math.log(self.median) + FARTHEST * self.sigma > _LARGEST_LOGARITHM:
            raise ValueError(f"{self}: median × exp({FARTHEST} sigma), which is about the largest value, must be below 1.8e308")

    def sample(self, draw: Draw) -> Array:
        return exp(normal_quantile(draw.uniform()) * self.sigma) * self.median


@dataclass(frozen=True)
class Exponential:
    """Waiting times: float64, positive, with this mean."""

    mean: float = 1.0

    def __post_init__(self) -> None:
        require_finite(repr(self), mean=self.mean)
        if self.mean <= 0:
            raise ValueError(f"{self}: the mean must be above 0, and {self.mean} ≤ 0")
        require_finite(repr(self), **{"37 times the mean": 37 * float(self.mean)})  # about the largest value

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
        if isinstance(self.mean, np.ndarray):
            is_valid = self.mean.dtype.kind in "iuf" and bool(np.all((self.mean >= 0) & (self.mean <= _LARGEST_MEAN)))
        else:
            is_valid = is_finite(self.mean) and 0 <= self.mean <= _LARGEST_MEAN
        if not is_valid:
            raise ValueError(
                f"Poisson({self.mean}): the mean must lie between 0 and 100 million; give one number, or a NumPy array of one per row"
            )

    def sample(self, draw: Draw) -> Array:
        if isinstance(self.mean, np.ndarray):
            if self.mean.shape != (draw.count,):
                raise ValueError(f"Poisson: {self.mean.shape} means for {draw.count:,} rows")
            return _poisson_quantile(draw.uniform(), self.mean.astype(np.float64))
        low, alias = _poisson(self.mean)
        return alias.sample(draw) + low


_SMALL_MEAN, _LARGEST_MEAN = 50.0, 1e8


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
        if self.values.ndim != 1 or not len(self.values):
            raise ValueError(f"Empirical: give a list of one or more values, not {values!r}")
        if self.values.dtype.kind == "f" and not np.isfinite(self.values).all():
            raise ValueError(f"Empirical: {int((~np.isfinite(self.values)).sum())} of {len(self.values)} values are missing or infinite")
        if weights is not None and np.shape(weights) != np.shape(self.values):
            raise ValueError(f"Empirical: weights of the shape {np.shape(weights)} for {len(self.values)} values; give one for each")
        self._alias = Alias(np.ones(len(self.values)) if weights is None else weights)

    def __repr__(self) -> str:  # is written beside the data, and so must be the same in every process
        return f"Empirical({len(self.values):,} values)"

    def sample(self, draw: Draw) -> Array:
        return self.values[self._alias.sample(draw)]
