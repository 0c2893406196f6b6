"""Every distribution against its theory; the same limits fail a distribution that is a little wrong.

All draws are fixed by their keys, so a test passes always or never.
"""

import math

import numpy as np
import pytest
from scipy import stats

from colgen.draws.alias import Alias, Weighted
from colgen.draws.distributions import (
    Choice,
    DiscreteUniform,
    Empirical,
    Exponential,
    LogNormal,
    Normal,
    Poisson,
    Uniform,
)
from colgen.draws.draw import Draw, key
from colgen.draws.zipf import Zipf
from tests.draws.fit import BLOCK, KEY, LIMIT, N, chi_square, drawn, fits_distribution

EVERY = [
    DiscreteUniform(-5, 1000),
    DiscreteUniform(0, 1 << 40),
    Uniform(2, 5),
    Choice((1, 2, 3)),
    Choice((1, 1, 1)),
    Normal(5, 2),
    LogNormal(20, 0.7),
    Exponential(3),
    Poisson(0.4),
    Poisson(4000),
    Empirical([2.5, 3.5, 9]),
    Alias(np.arange(1, 2000)),
    Weighted(np.arange(1, 2000)),
    Weighted(np.arange(1, 6000)),
    Zipf(0, 1000),
    Zipf(1.05, 100_000),
    Zipf(6, 10**7),  # retries the most
]


@pytest.mark.parametrize(
    "distribution", EVERY, ids=lambda d: repr(d) if not isinstance(d, Empirical | Alias | Weighted) else type(d).__name__
)
class Test_any_rows_of_any_distribution:
    whole = staticmethod(lambda distribution: Draw(KEY, 0, 3 * BLOCK)(distribution))

    def test_a_slice_equals_the_slice_of_the_whole(self, distribution):
        whole = self.whole(distribution)
        for low, high in ((0, 1), (1, 300), (BLOCK - 150, BLOCK + 150), (BLOCK, 2 * BLOCK), (3 * BLOCK - 1, 3 * BLOCK)):
            np.testing.assert_array_equal(Draw(KEY, low, high - low)(distribution), whole[low:high])

    def test_ids_in_any_order_equal_their_rows(self, distribution):
        ids = Draw(key("ids"), 0, 500).below(3 * BLOCK)
        np.testing.assert_array_equal(Draw(KEY, ids=ids)(distribution), self.whole(distribution)[ids])

    def test_no_rows_are_no_values(self, distribution):
        assert len(Draw(KEY, 0, 0)(distribution)) == 0

    def test_two_draws_of_one_column_are_independent(self, distribution):
        draw = Draw(KEY, 1, N)
        first, second = draw(distribution).astype(float), draw(distribution).astype(float)
        ranks = stats.rankdata(first, "average"), stats.rankdata(second, "average")
        assert abs(np.corrcoef(*ranks)[0, 1]) < 0.012


@pytest.mark.parametrize(("low", "high"), [(1, 6), (-3, 3), (0, 999), (5, 5), (1, (1 << 16) + 7)])
def test_integers_are_equally_likely_from_low_to_high(low, high):
    values = drawn(DiscreteUniform(low, high))
    assert values.min() >= low
    assert values.max() <= high
    assert high == low or chi_square(np.bincount(values - low, minlength=high - low + 1), np.ones(high - low + 1)) > LIMIT


def test_integers_the_wrong_way_round_are_refused():
    with pytest.raises(ValueError, match="lower end is above"):
        DiscreteUniform(2, 1)


def test_uniform_is_uniform_between_its_ends():
    values = drawn(Uniform(-2, 3))
    assert fits_distribution(values, stats.uniform(-2, 5)) > LIMIT
    assert -2 < values.min() < values.max() < 3


def test_the_limit_fails_a_uniform_a_little_too_wide():
    assert fits_distribution(drawn(Uniform(-2, 3.1)), stats.uniform(-2, 5)) < LIMIT


def test_a_choice_comes_in_proportion_to_its_weights():
    assert chi_square(np.bincount(drawn(Choice((50, 30, 15, 5)))), [0.5, 0.3, 0.15, 0.05]) > LIMIT


def test_a_choice_of_equal_weights_is_even():
    assert chi_square(np.bincount(drawn(Choice((5, 5, 5)))), [1, 1, 1]) > LIMIT


@pytest.mark.parametrize("weights", [(), (0,), (0, 0), (-1, -1), (1, -1), (math.inf, math.inf)])
def test_a_choice_of_bad_weights_is_refused(weights):
    with pytest.raises(ValueError, match="weights must be"):
        drawn(Choice(weights))


def test_the_limit_fails_a_choice_with_weights_a_little_off():
    assert chi_square(np.bincount(drawn(Choice((51, 29, 15, 5)))), [0.5, 0.3, 0.15, 0.05]) < LIMIT


def test_weights_need_not_add_up_to_anything():
    np.testing.assert_array_equal(drawn(Choice((0.5, 0.25))), drawn(Choice((200, 100))))


def test_empirical_gives_values_as_often_as_they_were_seen():
    values = drawn(Empirical([10, 20, 40], [5, 0, 15]))
    assert set(values.tolist()) == {10, 40}
    assert stats.binomtest(int((values == 40).sum()), N, 0.75).pvalue > LIMIT


def test_empirical_without_weights_is_even_and_keeps_the_dtype():
    values = drawn(Empirical(np.array(["a", "b", "c"])))
    assert values.dtype.kind == "U"
    assert chi_square(np.unique(values, return_counts=True)[1], [1, 1, 1]) > LIMIT


@pytest.mark.parametrize("weights", [[1, 1], [1, 1, 1, 1]])
def test_empirical_with_another_number_of_weights_than_values_is_refused(weights):
    with pytest.raises(ValueError):
        Empirical([10, 20, 30], weights)


def test_normal_is_normal():
    assert fits_distribution(drawn(Normal(5, 2)), stats.norm(5, 2)) > LIMIT


def test_the_limit_fails_a_normal_a_little_too_wide_or_off():
    assert fits_distribution(drawn(Normal(5, 2.1)), stats.norm(5, 2)) < LIMIT
    assert fits_distribution(drawn(Normal(5.05, 2)), stats.norm(5, 2)) < LIMIT


def test_log_normal_has_its_median_and_sigma():
    values = drawn(LogNormal(20, 0.7))
    assert fits_distribution(values, stats.lognorm(0.7, scale=20)) > LIMIT
    assert values.min() > 0


def test_the_limit_fails_a_log_normal_with_sigma_a_little_off():
    assert fits_distribution(drawn(LogNormal(20, 0.74)), stats.lognorm(0.7, scale=20)) < LIMIT


def test_exponential_has_its_mean():
    values = drawn(Exponential(3))
    assert fits_distribution(values, stats.expon(scale=3)) > LIMIT
    assert values.min() > 0


def test_the_limit_fails_an_exponential_with_a_mean_a_little_off():
    assert fits_distribution(drawn(Exponential(3.1)), stats.expon(scale=3)) < LIMIT
