"""When the rows of a table came into being."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import colgen
from colgen import Calendar, CreatedAt, Daily, Day, ExistingBy, History, Key, Model, Period, Scenario, Table, Volume
from colgen.declare.history import Births
from tests.support import model_of, refused

law = settings(max_examples=60)
YEAR = Period(dt.date(2024, 1, 1), dt.date(2024, 12, 31))
dates = st.dates(dt.date(1960, 1, 1), dt.date(2060, 1, 1))
periods = st.builds(lambda first, days: Period(first, first + dt.timedelta(days)), dates, st.integers(0, 1500))
histories = st.builds(History, years_before=st.floats(0.1, 30), share_before=st.floats(0.01, 0.99))


def births(history: History, total: int, period: Period = YEAR, key: int = 7, **volume: int) -> Births:
    return Births(history.origin(period), history.spread(total, period, volume, {"settled": 0.25}, key))


@law
@given(histories, periods, st.integers(1, 10**7), st.integers(0, 2**64 - 1))
def test_all_rows_appear_from_the_origin_to_the_periods_end_in_the_order_of_ids(history, period, total, key):
    born = births(history, total, period, key)
    ids = np.unique(np.linspace(1, total, 200).astype(np.int64))
    days = born.day_of(ids)
    assert days[0] == history.origin(period)
    assert (np.diff(days) >= 0).all()
    assert days[-1] <= period.end
    assert born.until[-1] == total


@law
@given(histories, periods, st.integers(1, 10**7), st.integers(0, 2**64 - 1))
def test_the_rows_before_a_day_are_those_whose_day_is_earlier(history, period, total, key):
    born = births(history, total, period, key)
    days = np.unique(np.linspace(history.origin(period) + 1, period.end + 1, 50).astype(np.int64))
    last = born.before(days)
    assert (born.day_of(last) < days).all()
    assert (born.day_of(np.minimum(last + 1, total))[last < total] >= days[last < total]).all()


def test_the_first_row_is_there_from_the_first_day_on():
    born = births(History(), 1)
    assert born.before(np.array([born.origin, YEAR.start])).tolist() == [1, 1]
    assert born.day_of(np.array([1])).tolist() == [born.origin]


def test_the_share_before_is_there_when_the_period_begins():
    there = births(History(years_before=4, share_before=0.9), 100_000).before(np.array([YEAR.start]))[0]
    assert abs(there - 90_000) < 5 * np.sqrt(100_000 * 0.9 * 0.1)


def test_rows_come_by_chance_and_others_with_another_seed():
    counts = [np.diff(births(History(years_before=2, share_before=1), 73_100, key=key).until)[1:731] for key in (1, 2)]
    for count in counts:
        assert 0.8 < count.var() / count.mean() < 1.25  # Poisson
    assert (counts[0] == counts[1]).mean() < 0.1


def test_without_a_share_the_time_before_counts_like_the_period():
    there = births(History(years_before=3, share_before=None), 100_000).before(np.array([YEAR.start]))[0]
    assert abs(there / 100_000 - 1096 / (1096 + 366)) < 0.01


def test_the_calendar_shapes_when_rows_come():
    weekdays = Calendar(weekday=(1, 1, 1, 1, 1, 0, 0), growth=1.0)
    until = births(History(years_before=3, share_before=None, calendar=weekdays), 100_000).until
    day = np.arange(YEAR.start - 1096, YEAR.end + 1)
    counts = np.diff(until)
    assert counts[(day + 3) % 7 >= 5][1:].sum() == 0
    assert counts[-365:].sum() > 1.8 * counts[-730:-365].sum()  # twice as many each year


@pytest.mark.parametrize("history", [History(share_before=0.0), History(share_before=1.0), History(years_before=0, share_before=0.0)])
def test_all_rows_may_lie_on_one_side_of_the_periods_start(history):
    within = births(history, 1000).day_of(np.arange(2, 1001)) >= YEAR.start
    assert within.all() if history.share_before == 0 else not within.any()


def test_with_a_setting_for_the_days_a_longer_period_changes_no_row():
    history = History(share_before=0.5, within="joining_days")
    short, long = (births(history, 1000, Period(YEAR.first, last), joining_days=90) for last in (dt.date(2024, 2, 1), YEAR.last))
    np.testing.assert_array_equal(short.until, long.until)
    assert short.day_of(np.array([1000]))[0] > dt.date(2024, 2, 1).toordinal() - dt.date(1970, 1, 1).toordinal()


def test_a_rate_may_say_how_many_were_there_before():
    there = births(History(share_before="settled"), 10_000).before(np.array([YEAR.start]))[0]
    assert abs(there - 2500) < 250


class Shops(Table):
    rows = Volume("shops")
    id = Key()
    since = CreatedAt(History(share_before="settled", within="opening_days"))


def chain(**given: Any) -> Model:
    return Model(**{"name": "chain", "tables": [Shops], "volumes": {"small": {"shops": 500, "opening_days": 30}}, **given})


def test_what_a_history_names_is_there_or_refused():
    assert chain(rates={"settled": 0.5}).name == "chain"
    with refused("shops.since", "share_before", "'settled'", "not a rate"):
        chain()
    with refused("lacks the setting 'opening_days'", "shops.since uses"):
        chain(volumes={"small": {"shops": 500}}, rates={"settled": 0.5})


def test_a_scenario_may_change_the_rate_and_the_growth_of_a_history():
    model = chain(rates={"settled": 0.9})
    new = Scenario.model_validate({"name": "new", "rates": {"settled": 0.1}})
    before = [
        (colgen.build(model, scenario=scenario).frame("shops")["since"].dt.date() < dt.date(2024, 1, 1)).sum() for scenario in (None, new)
    ]
    assert before[0] > 400
    assert before[1] < 100


def test_the_rows_that_exist_by_a_day_are_counted_in_a_column():
    class Days(Table):
        rows = Daily()
        id = Key()
        day = Day()
        shops = ExistingBy(Customers, "day", hidden=False)

    class_model = model_of(Customers, Days, customers=300)
    data = colgen.build(class_model, seed=3)
    since = data.frame("customers")["since"].dt.date().to_list()
    for row in data.frame("days").sample(20, seed=1).to_dicts():
        assert row["shops"] == sum(day < row["day"] for day in since)


class Customers(Table):
    rows = Volume("customers")
    id = Key()
    since = CreatedAt(History(years_before=1, share_before=0.5))


def test_counting_needs_a_table_with_a_history():
    class Plain(Table):
        rows = 3
        id = Key()

    with refused("days.plain", "plain", "CreatedAt"):

        class Days(Table):
            rows = Daily()
            id = Key()
            day = Day()
            plain = ExistingBy(Plain, "day")
