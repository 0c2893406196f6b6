"""The quantile of the normal distribution."""

import numpy as np
import pytest
from scipy import stats

from colgen.draws.normal import normal_quantile


def test_the_normal_quantile_is_scipys():
    p = np.concatenate([10.0 ** -np.arange(1, 16), np.linspace(0.001, 0.999, 999), [0.075, 0.925, 0.5, 2.0**-53, 1e-300]])
    np.testing.assert_allclose(normal_quantile(p), stats.norm.ppf(p), rtol=3e-15, atol=1e-16)


def test_the_upper_tail_of_the_normal_quantile_mirrors_the_lower():
    p = np.ldexp(1.0, -np.arange(1, 54))  # 1 - p is exact
    np.testing.assert_array_equal(normal_quantile(1 - p), -normal_quantile(p))
    assert normal_quantile(np.array([1e-12]))[0] == pytest.approx(-7.034483825301131, abs=1e-14)
