"""Values that many schemas ask for: texts of words, people, addresses, days and moments."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest

from colgen import (
    Between,
    Dates,
    Email,
    FanOut,
    FullName,
    IpAddress,
    Json,
    Key,
    ParentKey,
    Phone,
    Slug,
    StreetAddress,
    Table,
    Timestamps,
    Url,
    Varchar,
    Volume,
    Words,
)
from tests.support import model_of, refused, rows_of


def made(column: Any, rows: int = 300) -> list[Any]:
    """The values of a column."""
    things = type("Things", (Table,), {"rows": rows, "id": Key(), "value": column})
    return [row["value"] for row in rows_of(model_of(things), "things")]


def per_parent(column: Any) -> list[tuple[int, Any]]:
    """The parent and the value of each row."""

    class Owners(Table):
        rows = Volume("owners")
        id = Key()

    things = type("Things", (Table,), {"rows": FanOut(Owners, Between(0, 12)), "owner_id": ParentKey(Owners), "value": column})
    return [(row["owner_id"], row["value"]) for row in rows_of(model_of(Owners, things, owners=200), "things")]


def test_words_are_as_many_as_asked_for_and_begin_with_a_capital_letter() -> None:
    texts = made(Words(3, 5))
    assert {len(text.split()) for text in texts} == {3, 4, 5}
    assert all(text[0].isupper() and text[1:].islower() for text in texts)


@pytest.mark.parametrize("most", [4, 8, 14, 20, 60])
def test_words_fit_into_as_many_characters_as_there_are(most: int) -> None:
    assert max(map(len, made(Words(2, 9, most=most)))) <= most
    assert max(map(len, made(Words(2, 9, type=Varchar(most))))) <= most


def test_words_that_differ_have_the_number_of_their_row() -> None:
    texts = made(Words(1, 2, most=20, unique=True))
    assert len(set(texts)) == 300
    assert max(map(len, texts)) <= 20


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        (FullName(), r"[A-Z][\w' -]+ [A-Z][\w' -]+"),
        (Email(), r"[a-z]+\.[a-z]+\.\d+@[a-z.]*example\.(com|net|org)"),
        (Phone(), r"\(\d{3}\) 555-01\d\d"),
        (StreetAddress(), r"\d{1,4} .+"),
        (Slug(), r"[a-z]+-[a-z]+-\d+"),
        (Url(), r"https://example\.com/[a-z]+-[a-z]+-\d+"),
        (IpAddress(), r"10(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_kind_looks_like_what_it_is(kind: Any, pattern: str) -> None:
    assert [text for text in made(kind) if not re.fullmatch(pattern, text)] == []


@pytest.mark.parametrize(
    "kind", [FullName(unique=True), Email(), Slug(), Url(), IpAddress(unique=True), Dates(unique=True), Timestamps(unique=True)]
)
def test_what_is_unique_comes_once(kind: Any) -> None:
    assert len(set(made(kind))) == 300


@pytest.mark.parametrize(
    "kind", [FullName(distinct=True), IpAddress(distinct=True), Dates(distinct=True), Timestamps(distinct=True), Words(1, 1, distinct=True)]
)
def test_what_is_distinct_comes_once_for_each_parent(kind: Any) -> None:
    rows = per_parent(kind)
    assert len(set(rows)) == len(rows) > 500


def test_dates_and_timestamps_lie_where_they_are_asked_for() -> None:
    assert {day.year for day in made(Dates())} == {2024}
    assert {day.year for day in made(Dates(10, years=5))} <= {2013, 2014, 2015, 2016, 2017, 2018, 2019}
    moments = made(Timestamps(1))
    assert {moment.year for moment in moments} == {2023, 2024}
    assert all(datetime.time(6) <= moment.time() for moment in moments)


def test_more_different_days_than_there_are_is_refused() -> None:
    with refused("things.value: 400 rows must differ, and there are 366 different values"):
        made(Dates(unique=True), 400)


def test_a_type_that_is_too_short_or_no_text_is_refused() -> None:
    with refused("Email: its texts have up to 60 characters, and varchar(20) holds 20".replace("(", r"\(").replace(")", r"\)")):
        Email(type=Varchar(20))
    with refused("Url: it is a text, and cannot be of the type json"):
        Url(type=Json)
    with refused(r"Words\(5, 3\): the lower end is above the upper end"):
        Words(5, 3)
    with refused("things.value: 2 characters are too few for a word"):
        made(Words(1, 1, most=2))
