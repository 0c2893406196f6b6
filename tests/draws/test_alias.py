"""Weighted picks by tables."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colgen.draws.alias import _CHANGE, _CHANGED, Alias, Weighted
from colgen.draws.draw import Draw
from tests.draws.fit import KEY, LIMIT, N, chi_square, law


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
