"""Rows for each day of the period."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import colgen
from colgen import (
    Between,
    Calendar,
    Daily,
    DailyCount,
    Day,
    FanOut,
    ForeignKey,
    Integers,
    Key,
    Lookup,
    Model,
    ParentKey,
    RequestError,
    Table,
)
from colgen.generate.spec import Spec
from tests.declare.shops import OFFICE, Shifts
from tests.support import model_of, refused

law = settings(max_examples=40)


def of(**request: object) -> Spec:
    return Spec.of(OFFICE, **request)  # type: ignore[arg-type]


def test_a_table_may_have_so_many_rows_for_each_day(tmp_path: Path) -> None:
    data = colgen.build(OFFICE)
    assert data.rows == {"shifts": 30}
    assert data.frame("shifts")["day"].to_list() == [dt.date(2024, 12, day) for day in range(22, 32) for _ in range(3)]
    colgen.build(OFFICE, volume="large", out=tmp_path / "data", check=True)


def test_rows_for_each_day_happen_on_it_one_after_the_other() -> None:
    shifts = colgen.build(OFFICE, volume="large").frame("shifts")
    assert shifts["begins_at"].dt.date().to_list() == shifts["day"].to_list()
    assert shifts["begins_at"].is_sorted()


@pytest.mark.parametrize("times", [1, 4])
def test_rows_for_each_day_may_be_a_number(times: int) -> None:
    class Dawns(Table):
        rows = Daily(times)
        id = Key()
        day = Day()

    days = colgen.build(model_of(Dawns), first_day="2024-02-28", last_day="2024-03-01").frame("dawns")["day"]
    assert days.to_list() == [day for day in (dt.date(2024, 2, 28), dt.date(2024, 2, 29), dt.date(2024, 3, 1)) for _ in range(times)]


class Tasks(Table):
    """What is done in a shift."""

    rows = FanOut(Shifts, Between(0, 2))
    id = Key()
    shift_id = ParentKey(Shifts)
    day = Lookup(Shifts.day)
    effort = Integers(1, 1000)


@law
@given(st.integers(1, 400), st.integers(0, 400), st.integers(1, 5), st.integers(0, 2**64 - 1))
def test_a_longer_period_adds_rows_and_changes_none(days: int, more: int, clerks: int, seed: int) -> None:
    office = model_of(Shifts, Tasks, clerks=clerks, days=1)
    short, long = (colgen.build(office, seed=seed, first_day="2023-12-01", settings={"days": length}) for length in (days, days + more))
    assert long.rows["shifts"] == (days + more) * clerks
    for name in ("shifts", "tasks"):
        assert long.table(name).slice(0, short.rows[name]).equals(short.table(name))


def test_a_row_of_a_day_is_looked_up_by_its_id_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Swaps(Table):
        rows = 20
        id = Key()
        shift_id = ForeignKey(Shifts)
        day = Lookup(Shifts.day)
        begins_at = Lookup(Shifts.begins_at)

    office = model_of(Shifts, Swaps, clerks=7)
    shifts = {row["id"]: row for row in colgen.build(office).table("shifts").to_pylist()}
    monkeypatch.setattr("colgen.generate.generation.INDEX_LIMIT", 10)
    for swap in colgen.build(office).table("swaps").to_pylist():
        shift = shifts[swap["shift_id"]]
        assert (swap["day"], swap["begins_at"]) == (shift["day"], shift["begins_at"])


@pytest.mark.parametrize(("scale", "clerks"), [(1, 3), (2, 6), (0.5, 2), (0.01, 1), (1000, 3000)])
def test_scale_multiplies_what_the_rows_of_a_day_grow_with_and_nothing_else(scale: float, clerks: int) -> None:
    spec = of(scale=scale)
    assert spec.settings == {"clerks": clerks, "days": 10}
    assert colgen.build(OFFICE, scale=scale).rows == {"shifts": clerks * 10}


def test_rows_of_a_day_that_grow_with_nothing_stay() -> None:
    class Days(Table):
        rows = Daily()
        id = Key()

    assert colgen.build(model_of(Days, clerks=3), scale=7, last_day="2024-12-31").rows == {"days": 366}


def test_what_the_rows_of_a_day_grow_with_is_a_count_itself() -> None:
    with pytest.raises(RequestError, match="clerks = 0: there must be at least one"):
        of(settings={"clerks": 0})
    with pytest.raises(RequestError, match="clerks = 30,000,000,000: at most"):
        of(scale=10**10)


def test_the_rows_of_a_day_want_their_settings() -> None:
    with refused("volume 'small' lacks the setting 'clerks', which the row count of shifts uses", "did you mean 'clerk'"):
        model_of(Shifts, clerk=3)


@pytest.mark.parametrize(
    ("times", "word"),
    [
        (lambda volume: volume["clerk"], "KeyError: 'clerk'"),
        (lambda volume: "some", "ValueError"),
        (lambda volume: -3, "-3 rows for each day; there must be at least one"),
        (lambda volume: 0, "0 rows for each day; there must be at least one"),
    ],
)
def test_rows_of_a_day_that_are_none_name_their_table(times: Any, word: str) -> None:
    class Extras(Table):
        rows = Daily(times)
        id = Key()
        day = Day()

    with refused("table extras", word):
        colgen.build(model_of(Extras, clerks=3)).rows  # noqa: B018


# How many of something happen on a day


class Hours(Table, hidden=True):
    rows = Daily(2)
    id = Key()
    day = Day()
    calls = DailyCount("calls_per_day", of_period=True)


class Calls(Table):
    rows = FanOut(Hours, "calls")
    id = Key()
    hour = ParentKey(Hours, hidden=True)
    day = Lookup(Hours.day)


def centre(**calendar: Any) -> Model:
    return Model("centre", tables=[Hours, Calls], volumes={"small": {"calls_per_day": 200}}, calendar=Calendar(**calendar))


def calls_of(model: Model, seed: int = 0) -> np.ndarray:
    return colgen.build(model, seed=seed).frame("calls").group_by("day").len().sort("day")["len"].to_numpy()


def test_the_rows_of_a_day_are_a_poisson_count_around_what_the_calendar_expects() -> None:
    calls = calls_of(centre())
    assert len(calls) == 366
    assert abs(calls.mean() - 200) < 5 * np.sqrt(200 / 366)
    assert 0.7 < calls.var() / 200 < 1.4
    assert (calls == calls_of(centre(), seed=1)).mean() < 0.1


def test_the_average_is_that_of_the_period_if_it_is_to_be() -> None:
    assert abs(calls_of(centre(growth=3.0, month={12: 5})).mean() - 200) < 6


def test_noise_is_the_same_for_all_rows_of_a_day() -> None:
    noisy = calls_of(centre(noise=0.3))
    assert 0.25 < noisy.std() / noisy.mean() < 0.36  # the two halves of a day would else even out


def test_a_daily_count_needs_daily_rows_and_a_setting_that_is_there() -> None:
    with refused("things.count", "rows = Daily"):

        class Things(Table):
            rows = 3
            id = Key()
            count = DailyCount("calls_per_day")

    with refused("lacks the setting 'calls_per_day'", "hours.calls uses"):
        model_of(Hours, Calls, any=1)


def test_no_more_rows_are_fanned_out_than_there_can_be() -> None:
    class Drawers(Table):
        rows = 50
        id = Key()
        room = Integers(0, 3)

    class Socks(Table):
        rows = FanOut(Drawers, Between(2, 9), at_most="room")
        id = Key()
        drawer_id = ParentKey(Drawers)

    data = colgen.build(model_of(Drawers, Socks))
    room = dict(data.frame("drawers").iter_rows())
    found = dict(data.frame("socks").group_by("drawer_id").len().iter_rows())
    assert all(found.get(drawer, 0) == min(room[drawer], found.get(drawer, 0)) for drawer in room)
    assert all(found.get(drawer, 0) >= min(room[drawer], 2) for drawer in room)
    with refused("no column 'rom'", "did you mean 'room'"):
        FanOut(Drawers, 3, at_most="rom")
