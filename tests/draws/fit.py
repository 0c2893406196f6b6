"""How well draws fit what they are drawn from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import settings
from scipy import stats

from colgen import Array, Draw, key
from colgen.arrays import CACHED_ROWS

N = 100_000
BLOCK = CACHED_ROWS
KEY = key(7, "distributions")
LIMIT = 0.001
law = settings(max_examples=50)


def drawn(distribution: Any, count: int = N, place: int = KEY) -> Array:
    """What the first rows of a column draw."""
    return Draw(place, 1, count)(distribution)


def fits_distribution(values: Array, distribution: Any) -> float:
    """The p-value of values against one of SciPy's distributions."""
    return stats.kstest(values, distribution.cdf).pvalue


def chi_square(observed: Array, weights: Array | Sequence[float], at_least: int = 10) -> float:
    """The p-value of counts against weights; rare outcomes are put together, in order, until so many are expected."""
    expected = np.asarray(weights) / math.fsum(weights) * observed.sum()
    bin_of = np.minimum((np.cumsum(expected) - expected / 2) // at_least, expected.sum() // at_least - 1).astype(int)
    _, bin_of = np.unique(bin_of, return_inverse=True)
    return float(stats.chisquare(np.bincount(bin_of, observed), np.bincount(bin_of, expected)).pvalue)


def fits(codes: Array | Sequence[int], weights: Array | Sequence[float], at_least: int = 20) -> float:
    """The p-value of codes against the weights of the words that they stand for."""
    return chi_square(np.bincount(codes, minlength=len(weights)), weights, at_least)
