"""A distribution that could not be drawn is refused where it is declared, with the numbers that are wrong."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colgen import (
    Choice,
    DiscreteUniform,
    Draw,
    Drawn,
    Empirical,
    Exponential,
    Key,
    LogNormal,
    Normal,
    Poisson,
    Shuffle,
    Table,
    Uniform,
    Zipf,
    key,
)
from colgen.draws.alias import Alias, Weighted
from tests.draws.fit import law

NO_NUMBERS = [math.nan, math.inf, -math.inf, "5", None, True, 1j, [1, 2]]
NOT_WHOLE = [*NO_NUMBERS, 2.5, 1 << 64]


@pytest.mark.parametrize("wrong", NO_NUMBERS, ids=repr)
@pytest.mark.parametrize(
    ("declare", "name"),
    [
        (lambda x: Uniform(x, 5), "low"),
        (lambda x: Uniform(1, x), "high"),
        (lambda x: Normal(x, 1), "mean"),
        (lambda x: Normal(0, x), "deviation"),
        (lambda x: LogNormal(x), "median"),
        (lambda x: LogNormal(1, x), "sigma"),
        (lambda x: Exponential(x), "mean"),
        (lambda x: Zipf(x, 10), "exponent"),
    ],
)
def test_what_is_not_a_finite_number_is_refused(declare: Callable[[Any], Any], name: str, wrong: Any) -> None:
    with pytest.raises(ValueError, match=f"{name} must be a finite number, not "):
        declare(wrong)


@pytest.mark.parametrize("wrong", NOT_WHOLE, ids=repr)
@pytest.mark.parametrize(
    ("declare", "name"),
    [
        (lambda x: DiscreteUniform(x, 5), "low"),
        (lambda x: DiscreteUniform(1, x), "high"),
        (lambda x: Zipf(1, x), "n"),
        (lambda x: Shuffle(x), "n"),
    ],
)
def test_what_is_not_a_whole_number_is_refused(declare: Callable[[Any], Any], name: str, wrong: Any) -> None:
    with pytest.raises(ValueError, match=f"{name} must be a whole number of at most 64 bits, not "):
        declare(wrong)


@pytest.mark.parametrize(
    ("declare", "message"),
    [
        (lambda: DiscreteUniform(5, 1), r"DiscreteUniform\(low=5, high=1\): .* 5 > 1"),
        (lambda: DiscreteUniform(-(2**62), 2**62), r"there are 9,223,372,036,854,775,809 numbers"),
        (lambda: Uniform(5, 1), r"Uniform\(low=5, high=1\): .* 5 > 1"),
        (lambda: Uniform(-1e308, 1e308), "high - low must be a finite number"),
        (lambda: Normal(0, -1), r"Normal\(mean=0, deviation=-1\): .* -1 < 0"),
        (lambda: Normal(0, 1e308), "mean ± 8.3 deviations must be a finite number"),
        (lambda: LogNormal(-1), r"LogNormal\(median=-1, sigma=1.0\): .* -1 ≤ 0"),
        (lambda: LogNormal(0), "0 ≤ 0"),
        (lambda: LogNormal(1, -0.5), "-0.5 < 0"),
        (lambda: LogNormal(1, 100), "must be below 1.8e308"),
        (lambda: Exponential(-5), r"Exponential\(mean=-5\): .* -5 ≤ 0"),
        (lambda: Exponential(0), "0 ≤ 0"),
        (lambda: Exponential(1e308), "37 times the mean must be a finite number"),
        (lambda: Shuffle(0), "at least one number"),
        (lambda: Zipf(400, 10), "below 1e-300"),
        (lambda: Empirical([]), "one or more values"),
        (lambda: Empirical(5), "one or more values"),  # type: ignore[arg-type]
        (lambda: Empirical([[1, 2], [3, 4]]), "one or more values"),
        (lambda: Empirical([1.0, math.nan, math.inf]), "2 of 3 values are missing or infinite"),
        (lambda: Empirical([1, 2], 3), r"weights of the shape \(\) for 2 values"),  # type: ignore[arg-type]
    ],
)
def test_numbers_that_contradict_each_other_are_named(declare: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        declare()


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [1, math.nan], [1, math.inf], ["1"], [None], "12", 5, None, [[1, 2]]], ids=repr)
@pytest.mark.parametrize("declare", [Choice, Alias, Weighted])
def test_weights_that_are_none_are_refused_when_they_are_declared(declare: Callable[[Any], Any], weights: Any) -> None:
    with pytest.raises(ValueError, match="weights"):
        declare(weights)


@pytest.mark.parametrize("weights", [[0, 0], [1, -1], [1, math.nan], [1, math.inf], ["1", "2"], [None, 1], "12", [1]], ids=repr)
def test_so_are_those_of_values_that_were_seen(weights: Any) -> None:
    with pytest.raises(ValueError, match="weights"):
        Empirical([7, 8], weights)


@pytest.mark.parametrize(
    "mean",
    [math.nan, math.inf, -1, 1e9, "3", None, True, [1, 2], np.array(["a"]), np.array([True]), np.array([1.0, math.nan]), np.array([-1])],
    ids=repr,
)
def test_a_mean_that_no_count_has_is_refused(mean: Any) -> None:
    with pytest.raises(ValueError, match="the mean must lie between 0 and 100 million"):
        Poisson(mean)


@pytest.mark.parametrize(
    "distribution",
    [
        DiscreteUniform(np.int64(1), np.int8(3)),
        DiscreteUniform(-(2**62), 2**62 - 1),
        Uniform(np.float32(1), 5),
        Uniform(5, 5),
        Normal(3, 0),
        LogNormal(np.float64(2), 0),
        LogNormal(1, 80),
        Exponential(1e-300),
        Zipf(np.float64(0.5), np.int32(7)),
        Zipf(20, 1 << 38),
        Shuffle(np.int64(9)),
        Choice(np.array([1, 2, 0])),  # type: ignore[arg-type]
        Poisson(np.int64(3)),
        Empirical(["a", "b"], np.array([1, 0])),
    ],
    ids=repr,
)
def test_numbers_of_numpy_and_the_very_ends_are_drawn(distribution: Any) -> None:
    values = Draw(key("ends"), 1, 1000)(distribution)
    if isinstance(distribution, Shuffle):
        values = values(np.arange(1, 10))
    assert values.dtype.kind == "U" or np.isfinite(values).all()


numbers = st.integers(-(2**70), 2**70) | st.floats()


@law
@given(numbers, numbers, st.sampled_from([DiscreteUniform, Uniform, Normal, LogNormal, Zipf]))
def test_whatever_is_accepted_gives_finite_values(one: Any, other: Any, kind: Any) -> None:
    try:
        distribution = kind(one, other)
    except ValueError:
        return
    assert np.isfinite(Draw(key("any"), 1, 50)(distribution)).all()


def test_what_a_distribution_is_called_is_the_same_in_every_process() -> None:
    class Things(Table):
        rows = 1
        id = Key()
        size = Drawn(Empirical([1, 2, 2]))

    assert Things.size.description == "Empirical(3 values)"
