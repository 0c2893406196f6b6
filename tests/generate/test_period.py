"""Which days a build covers: a table of all that may be given, and what counts as a day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

import colgen
from colgen import Daily, Day, Key, Model, RequestError, Table
from colgen.generate.period import choose_period, parse_day
from colgen.generate.spec import Spec

FIRST, LAST, MODEL = "2024-03-01", "2024-03-10", "2024-02-01"
YEAR_OF_2024 = ("2024-01-01", "2024-12-31")


@pytest.mark.parametrize(
    ("first", "last", "days", "days_given", "model_first", "period"),
    [
        # both: as given, whatever else there is
        (FIRST, LAST, None, False, "", (FIRST, LAST)),
        (FIRST, LAST, 30, False, "", (FIRST, LAST)),
        (FIRST, LAST, 30, True, "", (FIRST, LAST)),
        (FIRST, LAST, 30, True, MODEL, (FIRST, LAST)),
        (FIRST, FIRST, None, False, MODEL, (FIRST, FIRST)),
        # the first day
        (FIRST, None, None, False, "", (FIRST, "2025-02-28")),  # a year, since less than one is left of 2024
        ("2023-03-01", None, None, False, "", ("2023-03-01", "2024-12-31")),
        (FIRST, None, 30, False, "", (FIRST, "2024-03-30")),
        (FIRST, None, 30, True, "", (FIRST, "2024-03-30")),
        (FIRST, None, 30, False, MODEL, (FIRST, "2024-03-30")),
        (FIRST, None, None, False, MODEL, (FIRST, "2025-02-28")),
        # the last day
        (None, LAST, None, False, "", ("2023-03-11", LAST)),
        (None, LAST, 10, False, "", (FIRST, LAST)),
        (None, LAST, 10, True, "", (FIRST, LAST)),
        (None, LAST, None, False, MODEL, (MODEL, LAST)),
        (None, LAST, 10, False, MODEL, (MODEL, LAST)),
        (None, LAST, 10, True, MODEL, (FIRST, LAST)),
        (None, MODEL, 10, False, MODEL, (MODEL, MODEL)),
        (None, "2024-01-31", 10, False, MODEL, ("2024-01-22", "2024-01-31")),  # before the model's first day
        (None, "2024-01-31", None, False, MODEL, ("2023-02-01", "2024-01-31")),
        (None, "2024-02-28", None, False, "", ("2023-02-28", "2024-02-28")),  # a day more, since there is no 29 February 2023
        # neither
        (None, None, None, False, "", YEAR_OF_2024),
        (None, None, 31, False, "", ("2024-12-01", "2024-12-31")),
        (None, None, 31, True, "", ("2024-12-01", "2024-12-31")),
        (None, None, 29, False, MODEL, (MODEL, "2024-02-29")),
        (None, None, 29, True, MODEL, (MODEL, "2024-02-29")),
        (None, None, None, False, MODEL, (MODEL, "2025-01-30")),
        (None, None, None, False, "2020-02-29", ("2020-02-29", "2024-12-31")),
    ],
)
def test_the_period_by_what_is_given(
    first: str | None, last: str | None, days: int | None, days_given: bool, model_first: str, period: tuple[str, str]
) -> None:
    found = choose_period(first, last, days=days, days_given=days_given, model_first_day=model_first)
    assert (str(found.first), str(found.last)) == period


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((LAST, FIRST), f"the period starts on {LAST}, after it ends on {FIRST}"),
        (("1899-12-31", None), "must lie between 1900 and 2200"),
        ((None, "2201-01-01"), "must lie between 1900 and 2200"),
    ],
)
def test_a_period_that_is_none_is_refused(given: tuple[str | None, str | None], message: str) -> None:
    with pytest.raises(RequestError, match=message):
        choose_period(*given)


@pytest.mark.parametrize("days", [10**5, 10**9])
@pytest.mark.parametrize("given", [(None, None), (FIRST, None), (None, LAST)])
def test_more_days_than_there_are_are_refused(given: tuple[str | None, str | None], days: int) -> None:
    with pytest.raises(RequestError, match="must lie between 1900 and 2200"):
        choose_period(*given, days=days, days_given=True)


# What counts as a day


class Dawns(Table):
    rows = Daily(1)
    id = Key()
    day = Day()


DAWNS = Model("dawns", [Dawns], {"small": {"any": 1}})


def timestamp(text: str) -> Any:
    return pytest.importorskip("pandas", reason="needs pandas").Timestamp(text)


@pytest.mark.parametrize(
    "day",
    [
        dt.date(2024, 3, 1),
        dt.datetime(2024, 3, 1, 23, 59),
        dt.datetime(2024, 3, 1, 12, tzinfo=dt.UTC),
        "2024-03-01",
        lambda: timestamp("2024-03-01"),
        lambda: timestamp("2024-03-01T23:59:59Z"),
    ],
)
def test_a_day_may_be_a_date_a_moment_or_a_text(day: Any) -> None:
    day = day() if callable(day) else day
    assert colgen.build(DAWNS, first_day=day, last_day="2024-03-02").frame("dawns")["day"].to_list() == [
        dt.date(2024, 3, 1),
        dt.date(2024, 3, 2),
    ]
    spec = Spec.of(DAWNS, first_day=day, last_day=day)
    assert (type(spec.first_day), spec.last_day) == (dt.date, dt.date(2024, 3, 1))
    assert Spec.model_validate_json(spec.model_dump_json()) == spec


def test_yesterday_is_the_day_before_today() -> None:
    before = dt.datetime.now(dt.UTC).date()
    assert parse_day("to", "yesterday") in (before - dt.timedelta(1), before)


def test_today_is_a_day() -> None:
    before = dt.datetime.now(dt.UTC).date()
    assert before <= parse_day("to", "today") <= dt.datetime.now(dt.UTC).date()


@pytest.mark.parametrize(
    "day",
    [
        "",
        "2024-13-01",
        "2024-02-30",
        "tomorrow",
        20240301,
        1.5,
        True,
        b"2024-03-01",
        [2024, 3, 1],
        np.datetime64("NaT"),
        lambda: timestamp("NaT"),
    ],
    ids=lambda day: "NaT of pandas" if callable(day) else repr(day),
)
@pytest.mark.parametrize("which", ["first_day", "last_day"])
def test_what_is_not_a_day_is_a_wrong_request(which: str, day: Any) -> None:
    day = day() if callable(day) else day
    with pytest.raises(RequestError, match=f"{which} = .*: it must be (a day such as 2024-12-31, or today|text that is not empty)"):
        colgen.build(DAWNS, **{which: day})
