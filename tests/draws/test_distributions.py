"""Every distribution against its theory; the same limits fail a distribution that is a little wrong.

All draws are fixed by their keys, so a test passes always or never.
"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from colgen.arrays import CACHED_ROWS
from colgen.draws.alias import _CHANGE, _CHANGED, Alias, Weighted
from colgen.draws.distributions import (
    Choice,
    DiscreteUniform,
    Empirical,
    Exponential,
    LogNormal,
    Normal,
    Poisson,
    Uniform,
    _poisson_quantile,
)
from colgen.draws.draw import Draw, key
from colgen.draws.normal import normal_quantile
from colgen.draws.zipf import Zipf, _harmonic, _pieces

N = 100_000
BLOCK = CACHED_ROWS
KEY = key(7, "distributions")
LIMIT = 0.001
law = settings(derandomize=True, deadline=None, max_examples=50)


def drawn(distribution, count=N, place=KEY):
    return Draw(place, 1, count)(distribution)


def chi_square(observed, probabilities, at_least=10):
    """The p-value of counts against probabilities; rare outcomes are put together, in order, until so many are expected."""
    expected = np.asarray(probabilities) / math.fsum(probabilities) * observed.sum()
    bin_of = np.minimum((np.cumsum(expected) - expected / 2) // at_least, expected.sum() // at_least - 1).astype(int)
    _, bin_of = np.unique(bin_of, return_inverse=True)
    return stats.chisquare(np.bincount(bin_of, observed), np.bincount(bin_of, expected)).pvalue


def fits(values, distribution):
    return stats.kstest(values, distribution.cdf).pvalue


# Purity: whatever a distribution does, a row alone is what it is among others

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


# Even ones


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
    assert fits(values, stats.uniform(-2, 5)) > LIMIT
    assert -2 < values.min() < values.max() < 3


def test_the_limit_fails_a_uniform_a_little_too_wide():
    assert fits(drawn(Uniform(-2, 3.1)), stats.uniform(-2, 5)) < LIMIT


# Weighted ones


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


@pytest.mark.parametrize("kind", [Alias, Weighted])
@pytest.mark.parametrize("n", [1, 2, 3, 64, 65, 1000, 5000])
def test_each_index_gets_its_share(n, kind):
    weights = np.arange(1.0, n + 1) ** 1.5
    counts = np.bincount(kind(weights).sample(Draw(KEY, 1, N)), minlength=n)
    assert len(counts) == n
    assert n == 1 or chi_square(counts, weights) > LIMIT


@law
@given(st.lists(st.integers(0, 50), min_size=1, max_size=70).filter(any), st.integers(0, 1 << 60), st.sampled_from([Alias, Weighted]))
def test_what_has_no_weight_is_never_drawn(weights, seed, kind):
    assert (np.array(weights)[kind(weights).sample(Draw(seed, 1, 2000))] > 0).all()


def shares(alias):
    """What part of the draws each index gets: every slot and coin, summed."""
    size = 1 << alias._bits
    change = alias._slots & _CHANGED
    keep = ((alias._slots >> _CHANGE) + 1) / 2.0**32
    keep[change == 0] = 1.0
    share = np.zeros(size)
    np.add.at(share, np.arange(size), keep)
    np.add.at(share, np.arange(size) ^ change, 1 - keep)
    return share / size


@law
@given(st.lists(st.floats(0, 1e9, allow_subnormal=False), min_size=1, max_size=70).filter(lambda w: sum(w) > 1e-200))
def test_the_cells_and_the_rest_of_a_short_list_add_up_to_the_weights(weights):
    found = Weighted(weights)
    cells = np.bincount(found._cells[: found._whole], minlength=len(weights))
    share = cells + shares(found._rest)[: len(weights)] * (65_536 - found._whole)
    np.testing.assert_allclose(share / 65_536, np.array(weights) / math.fsum(weights), atol=2.0**-31)


@law
@given(st.lists(st.floats(0, 1e9, allow_subnormal=False), min_size=1, max_size=70).filter(lambda w: sum(w) > 1e-200))
def test_the_tables_of_alias_add_up_to_the_weights(weights):
    share = shares(Alias(weights))
    np.testing.assert_allclose(share[: len(weights)], np.array(weights) / math.fsum(weights), atol=2.0**-31)
    assert (share[len(weights) :] == 0).all()


def test_a_hundred_thousand_weights_are_as_good_as_ten():
    weights = 1.0 / np.arange(1, 100_001)
    weights[50_000:60_000] = 0
    values = Alias(weights).sample(Draw(KEY, 1, N))
    assert chi_square(np.bincount(values, minlength=100_000), weights) > LIMIT
    assert not ((values >= 50_000) & (values < 60_000)).any()
    assert values.max() > 95_000


@pytest.mark.parametrize("kind", [Alias, Weighted])
@pytest.mark.parametrize("weights", [[], [0], [0, 0.0], [1, -1], [1, math.nan], [1, math.inf], [[1, 2], [3, 4]], 3])
def test_bad_weights_are_refused(weights, kind):
    with pytest.raises(ValueError, match="weights must be"):
        kind(weights)


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


# Continuous ones


def test_normal_is_normal():
    assert fits(drawn(Normal(5, 2)), stats.norm(5, 2)) > LIMIT


def test_the_limit_fails_a_normal_a_little_too_wide_or_off():
    assert fits(drawn(Normal(5, 2.1)), stats.norm(5, 2)) < LIMIT
    assert fits(drawn(Normal(5.05, 2)), stats.norm(5, 2)) < LIMIT


def test_the_normal_quantile_is_scipys():
    p = np.concatenate([10.0 ** -np.arange(1, 16), np.linspace(0.001, 0.999, 999), [0.075, 0.925, 0.5, 2.0**-53, 1e-300]])
    np.testing.assert_allclose(normal_quantile(p), stats.norm.ppf(p), rtol=3e-15, atol=1e-16)


def test_the_upper_tail_of_the_normal_quantile_mirrors_the_lower():
    p = np.ldexp(1.0, -np.arange(1, 54))  # 1 - p is exact
    np.testing.assert_array_equal(normal_quantile(1 - p), -normal_quantile(p))
    assert normal_quantile(np.array([1e-12]))[0] == pytest.approx(-7.034483825301131, abs=1e-14)


def test_log_normal_has_its_median_and_sigma():
    values = drawn(LogNormal(20, 0.7))
    assert fits(values, stats.lognorm(0.7, scale=20)) > LIMIT
    assert values.min() > 0


def test_the_limit_fails_a_log_normal_with_sigma_a_little_off():
    assert fits(drawn(LogNormal(20, 0.74)), stats.lognorm(0.7, scale=20)) < LIMIT


def test_exponential_has_its_mean():
    values = drawn(Exponential(3))
    assert fits(values, stats.expon(scale=3)) > LIMIT
    assert values.min() > 0


def test_the_limit_fails_an_exponential_with_a_mean_a_little_off():
    assert fits(drawn(Exponential(3.1)), stats.expon(scale=3)) < LIMIT


# Counts


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


# Counts with a mean a row


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


@pytest.mark.parametrize("mean", [50, 60, 1000, 1e5, 1e8])
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


# Zipf


def zipf_weights(exponent, n):
    return np.arange(1.0, n + 1) ** -exponent


def fits_zipf(values, exponent, n):
    """Rank by rank for what goes wrong at one of them, and in broad bins for a slope that is a little off everywhere."""
    counts, weights = np.bincount(values, minlength=n + 1)[1:], zipf_weights(exponent, n)
    assert len(counts) == n
    return min(chi_square(counts, weights), chi_square(counts, weights, at_least=len(values) // 40))


@pytest.mark.parametrize("exponent", [0, 0.5, 1, 1.05, 2, 4])
@pytest.mark.parametrize("n", [1, 2, 127, 128, 129, 1000, 20_000])
def test_zipf_gives_each_rank_its_probability(exponent, n):
    values = drawn(Zipf(exponent, n))
    assert (values == 1).all() if n == 1 else fits_zipf(values, exponent, n) > LIMIT


@pytest.mark.parametrize("off", [-0.02, 0.02])
def test_the_limit_fails_a_zipf_with_an_exponent_2_hundredths_off(off):
    assert fits_zipf(drawn(Zipf(1.05 + off, 1000)), 1.05, 1000) < LIMIT


def pieces_of(distribution):
    """The first rank of each piece, and how many ranks it has."""
    pieces = _pieces(distribution.exponent, distribution.n)
    return pieces.first[: pieces.count], 1 << (64 - pieces.shift[: pieces.count]).astype(np.int64)


@pytest.fixture
def wide_pieces(monkeypatch, request):
    """Pieces so wide that what falls within one matters to any test."""
    monkeypatch.setattr("colgen.draws.zipf._OCTAVE", request.param)
    _pieces.cache_clear()
    yield
    _pieces.cache_clear()


@pytest.mark.parametrize("wide_pieces", [0, 1], indirect=True)
@pytest.mark.parametrize("exponent", [0.5, 1.05, 3])
def test_a_zipf_falls_within_its_pieces_too(wide_pieces, exponent):
    assert fits_zipf(drawn(Zipf(exponent, 2000)), exponent, 2000) > LIMIT


@pytest.mark.parametrize("wide_pieces", [0], indirect=True)
def test_the_limit_fails_a_zipf_that_is_even_within_its_pieces(wide_pieces, monkeypatch):
    monkeypatch.setattr(Zipf, "_stays", lambda self, coin, piece, place: np.ones(len(piece), bool))
    assert fits_zipf(drawn(Zipf(1.05, 2000)), 1.05, 2000) < LIMIT


@law
@given(st.floats(0, 4), st.integers(1, 1 << 30))
def test_the_whole_cells_of_a_zipf_hold_what_every_rank_of_a_piece_has(exponent, n):
    pieces = _pieces(exponent, n)
    cells = int(pieces.whole) >> 48 if pieces.whole < np.uint64(2**64 - 1) else 1 << 16
    first, count = np.unique(pieces.cells[:cells] >> 7, return_counts=True)
    lows, widths = pieces_of(Zipf(exponent, n))
    place = np.searchsorted(lows, first)
    np.testing.assert_array_equal(lows[place], first)
    least = (first + widths[place] - 1.0) ** -exponent * widths[place] / _harmonic(n, exponent)
    assert (count / 2**16 <= least * (1 + 1e-9) + 1e-12).all()


@pytest.mark.parametrize("exponent", [1.05, 1.5])
def test_zipf_over_ten_million_is_right_from_head_to_tail(exponent):
    n = 10_000_000
    values = drawn(Zipf(exponent, n))
    ends = np.unique(np.concatenate([np.arange(1, 101), np.geomspace(100, n + 1, 80).astype(np.int64)]))
    from_here_on = special.zeta(exponent, ends.astype(float)) - special.zeta(exponent, n + 1.0)
    counts = np.histogram(values, ends)[0]
    assert counts.sum() == N
    assert chi_square(counts, -np.diff(from_here_on)) > LIMIT


def test_zipf_over_ten_million_reaches_the_end():
    values = drawn(Zipf(1.05, 10_000_000), 200_000)
    assert values.max() > 9_990_000
    assert values.max() <= 10_000_000
    assert len(np.unique(values[values > 1_000_000])) > 0.99 * (values > 1_000_000).sum()


@law
@given(st.floats(0, 6), st.integers(1, 1 << 34), st.integers(0, 1 << 60))
def test_zipf_is_never_outside_1_to_n(exponent, n, seed):
    values = Draw(seed, 1, 200)(Zipf(exponent, n))
    assert values.min() >= 1
    assert values.max() <= n


@law
@given(st.integers(1, 1 << 34))
def test_the_pieces_of_a_zipf_cover_1_to_n_without_a_gap_and_are_few(n):
    lows, widths = pieces_of(Zipf(1.05, n))
    assert lows[0] == 1
    np.testing.assert_array_equal(lows[1:], (lows + widths)[:-1])
    assert lows[-1] + widths[-1] == n + 1
    assert (widths * 256 <= np.maximum(lows, 256)).all()
    assert len(lows) < 20_000


@pytest.mark.parametrize("n", [1_000_000, 100_000_000])
def test_zipf_over_millions_is_right_from_head_to_tail(n):
    values = drawn(Zipf(1, n))
    ends = np.unique(np.concatenate([np.arange(1, 101), np.geomspace(100, n + 1, 80).astype(np.int64)]))
    until = np.array([_harmonic(int(end) - 1, 1.0) if end > 1 else 0.0 for end in ends])
    assert chi_square(np.histogram(values, ends)[0], np.diff(until)) > LIMIT


@pytest.mark.parametrize("n", [1 << 36, 1 << 40])
def test_zipf_over_more_than_32_bits_is_right_or_refused(n):
    try:
        distribution = Zipf(0, n)
    except ValueError:
        return
    values = drawn(distribution, 20_000)
    assert len(np.unique(values)) > 19_990
    assert fits(values / n, stats.uniform()) > LIMIT


@pytest.mark.parametrize(("exponent", "n"), [(-0.1, 10), (1, 0), (1, -5)])
def test_an_impossible_zipf_is_refused(exponent, n):
    with pytest.raises(ValueError, match="exponent must not be negative"):
        Zipf(exponent, n)


@pytest.mark.parametrize("exponent", [0.0, 0.5, 1.0, 1 + 1e-7, 1.05, 2.0])
@pytest.mark.parametrize("n", [1, 1024, 1025, 300_000])
def test_the_harmonic_sum_is_the_sum(n, exponent):
    assert _harmonic(n, exponent) == pytest.approx(math.fsum(zipf_weights(exponent, n)), rel=1e-8)


@pytest.mark.parametrize("n", [5, 10, 100, 2000, 1_000_000])
@pytest.mark.parametrize(("top", "share"), [(0.2, 0.8), (0.1, 0.5), (0.5, 0.6)])
def test_for_share_gives_the_top_its_share_of_the_probability(n, top, share):
    weights = zipf_weights(Zipf.for_share(n, top, share).exponent, n)
    head = max(1, round(top * n))
    wanted = max(share, head / n)  # a head of one rank among few may have more when all are equal
    assert weights[:head].sum() / weights.sum() == pytest.approx(wanted, abs=1e-4)


@pytest.mark.parametrize("n", [100, 10_000_000])
def test_for_share_gives_the_top_its_share_of_the_draws(n):
    values = drawn(Zipf.for_share(n))
    assert stats.binomtest(int((values <= n // 5).sum()), N, 0.8).pvalue > LIMIT


@pytest.mark.parametrize(("top", "share"), [(0.8, 0.2), (0, 0.5), (0.5, 1), (0.3, 0.3)])
def test_a_share_no_falling_distribution_has_is_refused(top, share):
    with pytest.raises(ValueError, match="is needed"):
        Zipf.for_share(100, top, share)


def test_a_retry_after_a_zipf_is_apart_from_the_zipfs_own():
    """A Zipf draws some rows anew; a column that then refuses such a row must not be given the same rank again."""
    draw, everyone = Draw(KEY, 1, N), np.arange(N)
    first = draw(Zipf(1, 10_000_000))
    again = draw.retry(everyone)(Zipf(1, 10_000_000))
    share = zipf_weights(1, 10_000_000)
    by_chance = N * (share**2).sum() / share.sum() ** 2
    assert (first == again).sum() < by_chance + 5 * math.sqrt(by_chance)
