"""What is written in place of numbers and times, and when that is no defect."""

from __future__ import annotations

import datetime
from decimal import Decimal as Number
from typing import Any

import pyarrow as pa
import pytest

from colgen import Date, Decimal, Integer, Money, String, Timestamp, Varchar
from colgen.defects.values import written
from colgen.draws.draw import Draw
from colgen.values.types import Type


def spoiled(kind: str, type: Type, *values: Any) -> list[Any]:
    """What is written in place of each value; None where that would be no defect."""
    others, is_defect = written(kind, pa.array(list(values), type.arrow), type, Draw(3, count=len(values)))
    return [other if wrong else None for other, wrong in zip(others.to_pylist(), is_defect.tolist(), strict=True)]


def test_a_wrong_unit_is_a_hundred_or_a_thousand_times_as_much() -> None:
    assert set(spoiled("unit", Integer, *[7] * 50)) == {700, 7_000}
    assert set(spoiled("unit", Money, *[Number("1.50")] * 50)) == {Number("150.00"), Number("1500.00")}


def test_a_number_that_does_not_change_or_fit_is_no_defect() -> None:
    assert spoiled("unit", Integer, 0, 2**31 - 1, -(2**31)) == [None] * 3
    assert spoiled("unit", Decimal(18, 0), 10**18 - 1) == [None]
    assert spoiled("stale", Money, Number("0.01")) == [None]


def test_an_old_price_is_up_to_a_fifth_lower() -> None:
    prices = spoiled("stale", Money, *[Number("100.00")] * 200)
    assert min(prices) == 80
    assert max(prices) == 99


def test_an_old_moment_is_up_to_a_year_earlier() -> None:
    days = spoiled("stale", Date, *[datetime.date(2024, 12, 31)] * 500)
    assert datetime.date(2024, 1, 1) <= min(days) < datetime.date(2024, 1, 15)
    assert datetime.date(2024, 12, 15) < max(days) <= datetime.date(2024, 12, 30)
    assert spoiled("stale", Date, datetime.date(1, 1, 1)) == [None]
    moment = datetime.datetime(2024, 3, 4, 5, 6, 7, tzinfo=datetime.UTC)
    (before,) = spoiled("stale", Timestamp, moment)
    assert datetime.timedelta(hours=1) <= moment - before <= datetime.timedelta(days=365)


def test_day_and_month_are_exchanged_where_that_is_another_day() -> None:
    days = [datetime.date(2024, 2, 11), datetime.date(1955, 12, 1), datetime.date(2024, 5, 5), datetime.date(2024, 5, 13)]
    assert spoiled("swap", Date, *days) == [datetime.date(2024, 11, 2), datetime.date(1955, 1, 12), None, None]
    moment = datetime.datetime(2024, 2, 11, 23, 59, 59, 999_999, tzinfo=datetime.UTC)
    assert spoiled("swap", Timestamp, moment) == [moment.replace(month=11, day=2)]


@pytest.mark.parametrize("kind", ["typo", "mojibake"])
def test_a_text_that_its_type_could_not_hold_stays(kind: str) -> None:
    assert all(text is None or len(text) <= 5 for text in spoiled(kind, Varchar(5), *["Zoë Ä"] * 50))
    assert len(set(spoiled(kind, Varchar(20), *["Zoë Ä"] * 50)) - {None}) == (1 if kind == "mojibake" else 15)


def test_a_short_text_has_no_typo_and_an_english_one_no_mojibake() -> None:
    assert spoiled("typo", String, "", "Bo") == [None, None]
    assert spoiled("mojibake", String, "", "Bonn") == [None, None]
