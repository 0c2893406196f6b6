"""Counts with one mean, and with a mean for each row."""

import math

import numpy as np
import pytest
from scipy import stats

from colgen.draws.distributions import (
    Poisson,
    _poisson_quantile,
)
from colgen.draws.draw import Draw, key
from tests.draws.fit import KEY, LIMIT, N, chi_square, drawn
from tests.support import first_of


@pytest.mark.parametrize("mean", [0.001, 0.4, 1, 3.7, 30, 144.5, 2500, 100_000])
def test_poisson_is_poisson(mean):
    values = drawn(Poisson(mean))
    low = int(stats.poisson(mean).ppf(1e-12))
    counts = np.bincount(values - low, minlength=int(stats.poisson(mean).ppf(1 - 1e-12)) - low + 1)
    assert chi_square(counts, stats.poisson(mean).pmf(np.arange(low, low + len(counts)))) > LIMIT


@pytest.mark.parametrize("mean", [3.7, 144.5, 2500])
def test_the_limit_fails_a_poisson_with_a_mean_a_little_off(mean):
    counts = np.bincount(drawn(Poisson(mean + 0.04 * math.sqrt(mean))), minlength=int(mean + 10 * math.sqrt(mean)))
    assert chi_square(counts, stats.poisson(mean).pmf(np.arange(len(counts)))) < LIMIT


def test_the_variance_of_a_poisson_is_its_mean_at_any_size():
    values = drawn(Poisson(1e8))
    assert values.mean() == pytest.approx(1e8, abs=4 * 1e4 / math.sqrt(N))
    assert values.var() == pytest.approx(1e8, rel=0.02)


def test_a_poisson_of_mean_0_is_always_0():
    assert not drawn(Poisson(0)).any()


@pytest.mark.parametrize("mean", [-1, math.nan, math.inf, 2e8])
def test_a_poisson_of_an_impossible_mean_is_refused(mean):
    with pytest.raises(ValueError, match="mean must lie"):
        Poisson(mean)


def differing(low, high, count=N):
    """Means that come evenly in order of magnitude, and 0."""
    return np.concatenate([[0.0], np.geomspace(low, high, count - 1)])


def test_a_poisson_with_a_small_mean_a_row_is_the_quantile_of_its_place():
    means = differing(1e-4, 49.9999)
    np.testing.assert_array_equal(drawn(Poisson(means)), stats.poisson(means).ppf(Draw(KEY, 1, N).uniform()))


def test_a_poisson_with_a_large_mean_a_row_is_off_by_one_count_at_most_and_seldom():
    means = np.geomspace(50, 1e5, N)
    off = drawn(Poisson(means)) - stats.poisson(means).ppf(Draw(KEY, 1, N).uniform())
    assert np.abs(off).max() <= 1
    assert (off != 0).mean() < 0.005


@pytest.mark.parametrize("mean", [0.001, 0.4, 1, 3.7, 30, 49.999, 50, 144.5, 2500, 100_000])
def test_a_poisson_of_one_mean_in_every_row_is_poisson(mean):
    values = drawn(Poisson(np.full(N, float(mean))))
    low = int(stats.poisson(mean).ppf(1e-12))
    counts = np.bincount(values - low, minlength=int(stats.poisson(mean).ppf(1 - 1e-12)) - low + 1)
    assert chi_square(counts, stats.poisson(mean).pmf(np.arange(low, low + len(counts)))) > LIMIT


@pytest.mark.parametrize("mean", [3.7, 144.5, 2500])
def test_the_limit_fails_a_poisson_of_means_a_little_off(mean):
    counts = np.bincount(drawn(Poisson(np.full(N, mean + 0.03 * math.sqrt(mean)))), minlength=int(mean + 10 * math.sqrt(mean)))
    assert chi_square(counts, stats.poisson(mean).pmf(np.arange(len(counts)))) < LIMIT


@pytest.mark.parametrize("mean", [0, 1e-9, 0.1, 3.3, 10, 20, 30, 49.999])
def test_the_counts_of_a_poisson_are_right_to_the_ends(mean):
    places = np.concatenate([2.0 ** -np.arange(1, 54), 1 - 2.0 ** -np.arange(1, 44)])
    np.testing.assert_array_equal(_poisson_quantile(places, np.full(len(places), float(mean))), stats.poisson(mean).ppf(places))


@pytest.mark.parametrize("mean", [1e-9, 0.1, 1, 10, 49.999])
def test_the_last_place_before_1_has_a_count_like_any_other(mean):
    """Probabilities that are added up in floating point need not reach it."""
    last = _poisson_quantile(np.array([1 - 2.0**-53]), np.array([mean]))[0]
    assert stats.poisson(mean).ppf(1 - 1e-12) <= last <= stats.poisson(mean).ppf(1 - 2.0**-53)


@pytest.mark.parametrize("mean", first_of([50, 1e5, 60, 1000, 1e8], quick=2))
def test_the_counts_of_a_large_poisson_are_off_by_one_at_most_within_7_deviations(mean):
    places = stats.norm.cdf(np.linspace(-7, 7, 5001))
    off = _poisson_quantile(places, np.full(len(places), float(mean))) - stats.poisson(mean).ppf(places)
    assert np.abs(off).max() <= 1


@pytest.mark.parametrize("mean", [0, 50, 1e8])
def test_a_poisson_of_means_is_never_negative(mean):
    assert _poisson_quantile(np.array([2.0**-53, 0.5, 1 - 2.0**-53]), np.full(3, float(mean))).min() >= 0


def test_a_mean_of_0_among_others_gives_0():
    means = np.tile([0.0, 5.0, 500.0], 1000)
    values = drawn(Poisson(means), 3000)
    assert not values[means == 0].any()
    assert values[means == 500].min() > 300


def test_means_may_be_whole_numbers():
    means = np.arange(200)
    np.testing.assert_array_equal(drawn(Poisson(means), 200), drawn(Poisson(means.astype(float)), 200))


def test_a_row_alone_has_the_count_it_has_among_others():
    means = np.random.default_rng(7).permutation(differing(0.01, 1000, 500))
    whole = Draw(KEY, 0, 500)(Poisson(means))
    np.testing.assert_array_equal(Draw(KEY, 100, 77)(Poisson(means[100:177])), whole[100:177])
    ids = Draw(key("ids"), 0, 300).below(500)
    np.testing.assert_array_equal(Draw(KEY, ids=ids)(Poisson(means[ids])), whole[ids])
    assert len(Draw(KEY, 0, 0)(Poisson(means[:0]))) == 0


@pytest.mark.parametrize("wrong", [-1e-9, -1, math.nan, math.inf, 2e8])
def test_an_impossible_mean_among_others_is_refused(wrong):
    with pytest.raises(ValueError, match="mean must lie"):
        Poisson(np.array([1.0, wrong, 3.0]))


@pytest.mark.parametrize("means", [np.ones(9), np.ones(11), np.ones(1), np.ones((10, 1))])
def test_another_number_of_means_than_rows_is_refused(means):
    with pytest.raises(ValueError, match="10 rows"):
        drawn(Poisson(means), 10)
