"""Zipf's law, from the first rank to the last of ten million."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from colgen.draws.draw import Draw
from colgen.draws.zipf import Zipf, _harmonic, _pieces
from tests.draws.fit import KEY, LIMIT, N, chi_square, drawn, fits_distribution, law


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
    monkeypatch.setattr(Zipf, "_accepted", lambda self, coin, piece, offset: np.ones(len(piece), bool))
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
    assert fits_distribution(values / n, stats.uniform()) > LIMIT


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
    with pytest.raises(ValueError, match="0 < top < share < 1"):
        Zipf.for_share(100, top, share)


def test_a_retry_after_a_zipf_is_apart_from_the_zipfs_own():
    """A Zipf draws some rows anew; a column that then refuses such a row must not be given the same rank again."""
    draw, everyone = Draw(KEY, 1, N), np.arange(N)
    first = draw(Zipf(1, 10_000_000))
    again = draw.retry(everyone)(Zipf(1, 10_000_000))
    share = zipf_weights(1, 10_000_000)
    by_chance = N * (share**2).sum() / share.sum() ** 2
    assert (first == again).sum() < by_chance + 5 * math.sqrt(by_chance)
