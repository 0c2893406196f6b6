"""When the rows of a group happen: by chance, and in order."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from colgen.draws.draw import Draw, key
from colgen.draws.order_statistic import OrderStatistic

KEY = key(7, "shop", "orders", "placed_at")
law = settings(max_examples=50)


def places(counts):
    """The groups 0, 1, 2 … with so many rows each: group, place and count of each row."""
    group = np.repeat(np.arange(len(counts)), counts)
    return group, np.concatenate([np.arange(1, count + 1) for count in counts]), np.repeat(counts, counts)


def times(counts, seed=KEY):
    return Draw(seed)(OrderStatistic(*places(np.array(counts))))


@law
@given(st.lists(st.integers(1, 700), min_size=1, max_size=8), st.integers(0, 2**64 - 1))
def test_rows_ascend_within_their_group_between_0_and_1(counts, seed):
    found = times(counts, seed)
    group, *_ = places(np.array(counts))
    assert ((found > 0) & (found < 1)).all()
    assert (np.diff(found)[np.diff(group) == 0] > 0).all()


@law
@given(st.lists(st.integers(1, 700), min_size=1, max_size=8), st.data())
def test_a_row_is_the_same_alone_and_in_any_order(counts, data):
    rows = places(np.array(counts))
    chosen = np.array(data.draw(st.lists(st.integers(0, len(rows[0]) - 1), min_size=1, max_size=20)))
    alone = Draw(KEY)(OrderStatistic(*(values[chosen] for values in rows)))
    np.testing.assert_array_equal(alone, times(counts)[chosen])


def test_each_place_is_beta_distributed():
    """The k-th of n is Beta(k, n + 1 - k), on either side of the places that are found by halving and at both ends."""
    found = times([200] * 4000).reshape(4000, 200)
    for place in (1, 2, 63, 64, 65, 100, 128, 199, 200):
        assert stats.kstest(found[:, place - 1], stats.beta(place, 201 - place).cdf).pvalue > 1e-4


def test_the_times_of_a_group_are_as_uniform_as_if_they_were_drawn_one_by_one():
    found = times([1000] * 50)
    assert stats.kstest(found, "uniform").pvalue > 1e-4


def test_the_gaps_are_those_of_a_poisson_process():
    gaps = np.diff(times([5000] * 20).reshape(20, 5000), axis=1)
    gaps /= gaps.mean()
    assert abs(gaps.std() - 1) < 0.02  # the coefficient of variation of an exponential
    assert abs((gaps < 0.1).mean() - (1 - np.exp(-0.1))) < 0.005
    assert abs(np.corrcoef(gaps[:, 1:].ravel(), gaps[:, :-1].ravel())[0, 1]) < 0.02


def test_the_rows_of_an_hour_are_as_spread_as_chance_has_it():
    found = times([5000] * 400).reshape(400, 5000)
    counts = np.stack([np.histogram(day, 24, (0, 1))[0] for day in found])
    dispersion = counts.var(axis=0) / (5000 / 24 * (1 - 1 / 24))  # binomial
    assert 0.9 < dispersion.mean() < 1.1


def test_groups_and_streams_are_independent():
    draw = Draw(KEY)
    first, second = (draw(OrderStatistic(*places(np.array([500, 500])))) for _ in range(2))
    assert abs(np.corrcoef(first[:500] - np.arange(500) / 500, first[500:] - np.arange(500) / 500)[0, 1]) < 0.99
    assert (first != second).all()
