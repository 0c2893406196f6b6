"""The time of day."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from colgen.declare.clock import DAY, OFFICE_HOURS, time_of_day

HOUR = DAY // 24
law = settings(max_examples=100)
SHAPES = {
    "office": OFFICE_HOURS,
    "even": (1,) * 24,
    "one hour": (0,) * 13 + (1,) + (0,) * 10,
    "night": (3, 2, 1) + (0,) * 19 + (1, 2),
    "closed at noon": (0,) * 9 + (5, 3, 7, 0, 0, 4, 6, 9, 1) + (0,) * 6,
    "uneven": (0.1, 0.2, 0.7, *range(1, 22)),
}


@law
@given(st.sampled_from(list(SHAPES.values())), st.lists(st.floats(0, 1, exclude_max=True), min_size=2, max_size=20))
def test_time_of_day_ascends_and_stays_within_the_day(hours, quantiles):
    times = time_of_day(np.sort(quantiles), hours)
    assert (np.diff(times) >= 0).all()
    assert times[0] >= 0
    assert times[-1] < DAY


@pytest.mark.parametrize("hours", SHAPES.values(), ids=SHAPES)
def test_time_of_day_follows_its_shape(hours):
    times = time_of_day((np.arange(100_000) + 0.5) / 100_000, hours)
    shares = np.bincount(times // HOUR, minlength=24) / 100_000
    np.testing.assert_allclose(shares, np.array(hours) / sum(hours), atol=0.0005)
    assert stats.kstest(times[times // HOUR == np.argmax(hours)] % HOUR / HOUR, "uniform").statistic < 0.01


@pytest.mark.parametrize("hours", SHAPES.values(), ids=SHAPES)
def test_nothing_happens_in_a_closed_hour(hours):
    times = time_of_day((np.arange(100_000) + 0.5) / 100_000, hours)
    assert np.array(hours)[np.unique(times // HOUR)].all()


def test_time_of_day_is_fine_grained():
    assert len(np.unique(time_of_day((np.arange(100_000) + 0.5) / 100_000))) == 100_000
