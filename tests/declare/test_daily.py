"""Rows for each day of the period."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import colgen
from colgen import (
    Between,
    Daily,
    Day,
    FanOut,
    ForeignKey,
    Integers,
    Key,
    Lookup,
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
