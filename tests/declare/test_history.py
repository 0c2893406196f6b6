"""When the rows of a table came into being."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colgen.declare.history import History
from colgen.declare.period import Period

law = settings(max_examples=100)
YEAR = Period(dt.date(2024, 1, 1), dt.date(2024, 12, 31))
dates = st.dates(dt.date(1990, 1, 1), dt.date(2060, 1, 1))
periods = st.builds(lambda first, days: Period(first, first + dt.timedelta(days)), dates, st.integers(0, 1500))
histories = st.builds(History, years_before=st.floats(0.1, 30), share_before=st.floats(0.01, 0.99))
LAST_BEFORE_1 = 1 - 2.0**-53


def places_of(rows, n):
    """The first and the last place a row may have, as its time is drawn somewhere within its n-th."""
    return rows / n, np.minimum((rows + LAST_BEFORE_1) / n, LAST_BEFORE_1)


@law
@given(histories, periods, st.lists(st.floats(0, 1, exclude_max=True), min_size=2, max_size=30))
def test_the_day_of_a_row_ascends_from_the_origin_to_the_periods_end(history, period, places):
    days = history.day_of(np.sort([0.0, *(place * (1 - 1e-9) for place in places), 1 - 1e-9]), period)
    assert (np.diff(days) >= 0).all()
    assert days[0] == history.origin(period)
    assert days[-1] == period.end


def test_the_last_place_of_all_is_still_within_the_period():
    assert History().day_of(np.array([LAST_BEFORE_1]), YEAR)[0] == YEAR.end


@law
@given(histories, periods, st.integers(1, 10**7), st.data())
def test_every_row_that_exists_by_a_day_came_into_being_before_it(history, period, n, data):
    days = np.arange(history.origin(period) + 1, period.end + 2)
    exist = history.existing_by(days, n, period)
    last = exist - 1
    sampled = data.draw(st.lists(st.floats(0, 1), max_size=5))
    for rows in (last, *((last * part).astype(np.int64) for part in sampled)):
        earliest, latest = places_of(rows, n)
        first_row = rows == 0  # whose place is 0
        assert (history.day_of(np.where(first_row, earliest, latest), period) < days).all()


@law
@given(histories, periods, st.integers(1, 10**7))
def test_hardly_a_row_that_exists_by_a_day_is_left_out(history, period, n):
    days = np.arange(history.origin(period) + 1, period.end + 2)
    exist = history.existing_by(days, n, period)
    assert (np.diff(exist) >= 0).all()
    left_out = exist + 2  # one row may be left out for the margin, one for rounding
    some = left_out < n
    assert (history.day_of(places_of(left_out[some], n)[0], period) >= days[some]).all()


def test_the_first_row_exists_always():
    assert History().existing_by(np.array([History().origin(YEAR), YEAR.start]), 1, YEAR).tolist() == [1, 1]


def test_the_share_before_is_there_when_the_period_begins():
    history = History(years_before=4, share_before=0.9)
    places = (np.arange(10_000) + 0.5) / 10_000
    assert (history.day_of(places, YEAR) < YEAR.start).sum() == 9000
    assert history.existing_by(np.array([YEAR.start]), 10_000, YEAR)[0] in (8999, 9000)
    assert history.origin(YEAR) == YEAR.start - 1461


def test_rows_come_evenly_before_and_within_the_period():
    history = History(years_before=2, share_before=0.5)
    days = history.day_of((np.arange(73_100) + 0.5) / 73_100, YEAR)
    counts = np.bincount(days - history.origin(YEAR))
    early, late = counts[: YEAR.start - history.origin(YEAR)], counts[YEAR.start - history.origin(YEAR) :]
    assert np.ptp(early) <= 1
    assert np.ptp(late) <= 1
    assert early.sum() == late.sum()


@pytest.mark.parametrize("first", [dt.date(1971, 1, 1), dt.date(1950, 1, 1)])
def test_rows_exist_before_their_day_in_a_history_from_before_1970_too(first):
    period, history, n = Period(first, first + dt.timedelta(364)), History(), 100_000
    days = np.arange(history.origin(period) + 1, period.end + 2)
    latest = places_of(history.existing_by(days, n, period) - 1, n)[1]
    assert (history.day_of(latest, period) < days).all()
    assert history.day_of(np.array([1 - 1e-9]), period)[0] == period.end


@pytest.mark.parametrize("history", [History(share_before=0.0), History(share_before=1.0), History(years_before=0, share_before=0.0)])
def test_all_rows_may_lie_on_one_side_of_the_periods_start(history):
    places = np.array([0, 0.5, 1 - 1e-9])
    days = history.day_of(places, YEAR)
    within = days >= YEAR.start
    assert within.all() if history.share_before == 0 else not within.any()
    assert history.existing_by(np.array([YEAR.end + 1]), 100, YEAR)[0] >= 99
