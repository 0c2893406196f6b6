"""log and exp to within 4 units in the last place, from operations that every machine rounds alike."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colgen.arrays import CACHED_ROWS
from colgen.draws.draw import Draw, key
from colgen.draws.elementary import exp, log, power

BLOCK = CACHED_ROWS
KEY = key("elementary")
law = settings(max_examples=300)


def ulps(ours, exact):
    """How far apart, in units of the last place of the exact value."""
    return np.max(np.abs(ours.astype(np.longdouble) - exact) / np.spacing(np.abs(exact.astype(np.float64))))


RANGES = {
    "units": Draw(KEY, 1, 50_000).uniform(),
    "around 1": 1 + (Draw(KEY, 1, 50_000).uniform() - 0.5) / 1000,
    "both sides of the cut at the root of a half": np.sqrt(0.5) + np.arange(-500, 500) * 1e-16,
    "ranks": np.arange(1, 50_001, dtype=float),
    "all magnitudes": np.ldexp(1 + Draw(KEY, 1, 50_000).uniform(), Draw(KEY, 1, 50_000).integers(-1000, 1000)),
    "next to 1": np.array([np.nextafter(1, 0), 1, np.nextafter(1, 2)]),
    "ends of the uniform": np.array([2.0**-53, 1 - 2.0**-53]),
    "subnormal": np.array([5e-324, 1e-310, 2.2250738585072014e-308]),
    "largest": np.array([1.7976931348623157e308]),
}


@pytest.mark.parametrize("x", RANGES.values(), ids=RANGES)
def test_log_is_within_4_ulp(x):
    exact = np.log(x.astype(np.longdouble))
    assert ulps(log(x)[exact != 0], exact[exact != 0]) <= 4


@pytest.mark.parametrize("reach", [1e-9, 1, 20, 700])
def test_exp_is_within_4_ulp(reach):
    x = (Draw(KEY, 1, 50_000).uniform() * 2 - 1) * reach
    assert ulps(exp(x), np.exp(x.astype(np.longdouble))) <= 4


@law
@given(st.floats(5e-324, 1.7e308))
def test_log_agrees_with_math(x):
    assert abs(float(log(x)) - math.log(x)) <= 5 * math.ulp(math.log(x))


@law
@given(st.floats(-700, 700, exclude_min=True, exclude_max=True))
def test_exp_agrees_with_math(x):
    assert abs(float(exp(x)) - math.exp(x)) <= 5 * math.ulp(math.exp(x))


@pytest.mark.parametrize("exponent", [-2.5, -1.05, -1, -0.993, -0.5, 0.5, 1, 2, 3])
def test_power_is_as_exact_as_the_rounding_of_its_logarithm_allows(exponent):
    base = np.concatenate([RANGES["units"], RANGES["ranks"] * 200])
    exact = base.astype(np.longdouble) ** np.longdouble(exponent)
    size = np.abs(exponent * np.log(base)).max()  # an error of 1 ulp in y is one of |y| ulp, relative, in exp(y)
    assert ulps(power(base, exponent), exact) <= 4 + 5 * size


def test_power_is_within_4_ulp_where_the_logarithm_is_small():
    base = 1 + Draw(KEY, 1, 50_000).uniform() / 64  # what Zipf's rejection asks for
    assert ulps(power(base, -1.05), base.astype(np.longdouble) ** np.longdouble(-1.05)) <= 4


def test_log_of_1_and_exp_of_0_are_exact():
    assert float(log(1.0)) == 0.0
    assert float(exp(0.0)) == 1.0
    assert (power(np.ones(5), 3.7) == 1.0).all()
    assert (power(np.arange(1.0, 100.0), 0) == 1.0).all()


def test_log_rises_and_exp_rises():
    x = np.sort(np.concatenate([RANGES["units"], RANGES["ranks"]]))
    assert (np.diff(log(x)) >= 0).all()
    assert (np.diff(exp(np.linspace(-700, 700, 50_000)[1:-1])) > 0).all()


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 1])
@pytest.mark.parametrize("function", [log, exp])
def test_the_pieces_worked_at_a_time_do_not_show(function, size):
    x = Draw(KEY, 1, size).uniform() * 9
    whole = function(x)
    assert whole.shape == (size,)
    np.testing.assert_array_equal(whole, np.concatenate([function(piece) for piece in np.array_split(x, 5)]))


@pytest.mark.parametrize("function", [log, exp])
def test_what_is_given_is_left_alone(function):
    x = RANGES["ranks"][:300].copy()
    function(x)
    np.testing.assert_array_equal(x, RANGES["ranks"][:300])


@pytest.mark.parametrize("function", [log, exp])
def test_a_number_a_list_and_whole_numbers_are_taken_too(function):
    assert float(function(2)) == float(function(2.0)) == float(function([2])[0]) == float(function(np.array([2], np.int32))[0])
