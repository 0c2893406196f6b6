"""Months and years of days."""

import datetime as dt

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from colgen.declare.days import month_of, per_day, year_of
from colgen.declare.period import EPOCH

law = settings(max_examples=100)


@law
@given(st.lists(st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1)), max_size=20))
def test_months_and_years_are_those_of_datetime(wanted):
    days = np.array([(day - EPOCH).days for day in wanted], np.int64)
    assert month_of(days).tolist() == [day.month for day in wanted]
    assert year_of(days).tolist() == [day.year for day in wanted]


@law
@given(st.lists(st.integers(19_000, 19_030) | st.integers(-500, 40_000), max_size=60))
def test_a_function_per_day_is_the_function_of_each_row(days):
    days = np.array(days, np.int64)
    np.testing.assert_array_equal(per_day(year_of, days), year_of(days))
    np.testing.assert_array_equal(per_day(lambda day: day * 3 - 7, days), days * 3 - 7)


def test_a_function_per_day_is_asked_once_a_day():
    asked = []
    per_day(lambda days: asked.append(len(days)) or days, np.arange(10_000) % 31)
    assert asked == [31]
