"""Feasts and fasts: where countries and religions have theirs."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colgen.declare.period import EPOCH, Period
from colgen.declare.seasons import holidays, ramadan
from colgen.errors import ModelError, RequestError

law = settings(max_examples=60)
Y2024 = Period(dt.date(2024, 1, 1), dt.date(2024, 12, 31))
dates = st.dates(dt.date(1925, 1, 1), dt.date(2070, 1, 1))
periods = st.builds(lambda first, days: Period(first, first + dt.timedelta(days)), dates, st.integers(0, 1500))


def days(found: np.ndarray) -> list[dt.date]:
    return [EPOCH + dt.timedelta(int(day)) for day in found]


# Ramadan


def test_ramadan_2024_was_from_11_march_to_9_april() -> None:
    assert days(ramadan(Y2024)) == [dt.date(2024, 3, 11) + dt.timedelta(offset) for offset in range(30)]


@pytest.mark.parametrize(("first", "last"), [("2023-03-23", "2023-04-20"), ("2025-03-01", "2025-03-29"), ("2026-02-18", "2026-03-19")])
def test_ramadan_of_other_years(first: str, last: str) -> None:
    year = int(first[:4])
    found = days(ramadan(Period(dt.date(year, 1, 1), dt.date(year, 12, 31))))
    assert (str(found[0]), str(found[-1]), len(found)) == (first, last, (found[-1] - found[0]).days + 1)


def test_2030_has_two() -> None:
    found = days(ramadan(Period(dt.date(2030, 1, 1), dt.date(2030, 12, 31))))
    assert {day.month for day in found} == {1, 2, 12}


def test_a_period_between_two_has_none() -> None:
    found = ramadan(Period(dt.date(2024, 6, 1), dt.date(2024, 8, 31)))
    assert (found.tolist(), found.dtype) == ([], np.int64)


@law
@given(periods, st.integers(0, 800))
def test_a_part_of_a_period_has_its_part_of_the_days(period: Period, more: int) -> None:
    longer = Period(period.first, period.last + dt.timedelta(more))
    for known in (ramadan, lambda one: holidays("EG", one)):
        found = known(longer)
        assert found[found <= period.end].tolist() == known(period).tolist()
        assert (np.diff(found) > 0).all()
        assert ((found >= longer.start) & (found <= longer.end)).all()


@law
@given(dates)
def test_ramadan_lasts_29_or_30_days_and_comes_11_days_earlier(first: dt.date) -> None:
    found = ramadan(Period(first, first + dt.timedelta(800)))
    begins = [int(day) for before, day in pairwise(found) if day != before + 1]
    assert all(354 <= later - earlier <= 355 for earlier, later in pairwise(begins))
    whole = [int((found[found >= begin] < begin + 40).sum()) for begin in begins[:-1]]
    assert set(whole) <= {29, 30}


@pytest.mark.parametrize(
    ("first", "last"),
    [("1900-01-01", "1900-12-31"), ("1923-01-01", "1925-12-31"), ("2077-01-01", "2078-12-31"), ("2100-01-01", "2100-12-31")],
)
def test_ramadan_before_1924_and_after_2077_is_a_wrong_request(first: str, last: str) -> None:
    with pytest.raises(RequestError, match=f"from 1924 to 2077, and the period is {first} to {last}"):
        ramadan(Period(dt.date.fromisoformat(first), dt.date.fromisoformat(last)))


def test_the_first_and_the_last_known_years_are_known() -> None:
    assert days(ramadan(Period(dt.date(1925, 1, 1), dt.date(1925, 12, 31))))[0] == dt.date(1925, 3, 27)
    assert days(ramadan(Period(dt.date(2077, 1, 1), dt.date(2077, 11, 1))))[0].year == 2077


# Public holidays


def test_eid_al_fitr_2024_is_a_holiday_in_egypt() -> None:
    found = days(holidays("EG", Y2024))
    assert {dt.date(2024, 4, 10), dt.date(2024, 4, 11), dt.date(2024, 1, 7), dt.date(2024, 10, 6)} <= set(found)
    assert dt.date(2024, 4, 9) not in found
    assert len(found) == len(set(found))


def test_each_country_has_its_own() -> None:
    assert dt.date(2024, 7, 4) in days(holidays("US", Y2024))
    assert dt.date(2024, 7, 4) not in days(holidays("EG", Y2024))
    assert dt.date(2024, 10, 3) in days(holidays("DE", Y2024))


def test_a_period_over_new_year_has_both_years() -> None:
    found = days(holidays("US", Period(dt.date(2023, 12, 20), dt.date(2024, 1, 5))))
    assert found == [dt.date(2023, 12, 25), dt.date(2024, 1, 1)]


def test_a_period_without_a_holiday_has_none() -> None:
    found = holidays("EG", Period(dt.date(2024, 8, 1), dt.date(2024, 8, 31)))
    assert (found.tolist(), found.dtype) == ([], np.int64)


@pytest.mark.parametrize("country", ["", "Atlantis", "XX", "eg"])
def test_an_unknown_country_is_a_wrong_model(country: str) -> None:
    with pytest.raises(ModelError, match=f"country '{country}' are not known; give its ISO code, such as EG"):
        holidays(country, Y2024)
