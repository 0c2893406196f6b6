"""Text put together out of other columns."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import colgen
from colgen import (
    Boolean,
    Categorical,
    Category,
    Date,
    Decimal,
    FanOut,
    FixedValues,
    Flag,
    Integer,
    Integers,
    Json,
    Key,
    Lookup,
    Model,
    ModelError,
    Money,
    ParentKey,
    Table,
    Text,
    Timestamp,
    column,
)
from tests.declare.shops import Shifts
from tests.support import built, model_of, refused, rows_of

law = settings(max_examples=40)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda id: id.astype(np.uint64) * 7, ["7", "14", "21"]),
        (lambda id: id * 7.9, ["7", "15", "23"]),
        (lambda id: id * 99_999, ["99999", "199998", "299997"]),
    ],
    ids=["unsigned", "real", "long"],
)
def test_a_text_spells_numbers_of_any_dtype(function: Callable, said: list[str]) -> None:
    class Things(Table):
        rows = 3
        id = Key()
        number = column(Integer, hidden=True)(function)
        text = Text("no. {number}, please")

    found = colgen.build(Model("things", [Things], {"any": {}})).table("things")["text"].to_pylist()
    assert found == [f"no. {number}, please" for number in said]


@pytest.mark.parametrize("template", ["{number}", "{number:03d}", "{number} {size}"])
def test_a_text_refuses_a_negative_number(template: str) -> None:
    class Things(Table):
        rows = 300
        id = Key()
        number = Integers(-5, 5)
        size = Category(small=1, large=1)
        text = Text(template)

    with pytest.raises(ModelError, match=r"things\.text could not be computed: .* must not be negative, but one is -5"):
        colgen.build(Model("things", [Things], {"any": {}})).table("things")


@pytest.mark.parametrize("kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())], ids=str)
def test_a_text_takes_words_of_any_arrow_type(kind: pa.DataType, tmp_path: Path) -> None:
    class Things(Table):
        rows = 3
        id = Key()
        kind_of = column(Categorical(pa.array(["small", "large"], kind)))(lambda id: id % 2)
        text = Text("a {kind_of} one")
        mail = Text("{kind_of:mailbox}@example.com")

    things = Model("things", [Things], {"any": {}})
    colgen.build(things, out=tmp_path / "data")
    found = pq.read_table(tmp_path / "data" / "things").to_pylist()
    assert found == colgen.build(things).frame("things").to_dicts()
    assert [row["text"] for row in found] == ["a large one", "a small one", "a large one"]


def test_a_text_of_a_code_without_a_word_is_named() -> None:
    class Things(Table):
        rows = 3
        id = Key()
        kind = column(Categorical(["small", "large"]), hidden=True)(lambda id: id)
        text = Text("a {kind} one")

    with pytest.raises(
        ModelError, match=r"things\.text could not be computed: IndexError: codes must be 0 to 1, but they range from 1 to 3"
    ):
        colgen.build(Model("things", [Things], {"any": {}})).table("things")


def test_a_brace_in_a_text_is_written_twice() -> None:
    class Notes(Table):
        rows = 2
        id = Key()
        size = Integers(7, 7)
        note = Text("{{{id}}} {{size}} {size:02d}}}{{")
        details = Text('{{"id": {id}, "sizes": [{size}], "of": {{}}}}', type=Json)

    frame = built(Notes).frame("notes")
    assert frame["note"].to_list() == ["{1} {size} 07}{", "{2} {size} 07}{"]
    assert [json.loads(text) for text in frame["details"]] == [{"id": id, "sizes": [7], "of": {}} for id in (1, 2)]
    assert Notes.note.needs == ("id", "size")


def test_a_text_of_constants_alone() -> None:
    class Notes(Table):
        rows = 2
        id = Key()
        note = Text("always {{so}}")
        nothing = Text("")

    notes = built(Notes).frame("notes")
    assert notes["note"].to_list() == ["always {so}"] * 2
    assert notes["nothing"].to_list() == ["", ""]


PIECES = ("%Y", "%m", "%d", "%H", "%M", "%S")
forms = st.lists(st.tuples(st.sampled_from(PIECES), st.text("-./:T é日", max_size=3)), min_size=1, max_size=8).map(
    lambda pieces: "".join(piece + constant for piece, constant in pieces)
)
moments = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 12, 31, 23, 59, 59, 999_999))


def microseconds(moment: dt.datetime) -> int:
    return (moment - dt.datetime(1970, 1, 1)) // dt.timedelta(microseconds=1)


@law
@given(st.lists(moments, min_size=1, max_size=9), forms)
def test_a_moment_in_a_text_is_written_as_strftime_does(given_moments: list[dt.datetime], form: str) -> None:
    class Notes(Table):
        rows = len(given_moments)
        id = Key()
        at = column(Timestamp)(lambda id: np.array([microseconds(moment) for moment in given_moments]))
        day = column(Date)(lambda id: np.array([microseconds(moment) // 86_400_000_000 for moment in given_moments]))
        of_moment = Text(f"<{{at:{form}}}>")
        of_day = Text(f"{{day:{form}}}, {{id}}")

    frame = built(Notes).frame("notes")
    assert frame["of_moment"].to_list() == [f"<{moment.strftime(form)}>" for moment in given_moments]
    assert frame["of_day"].to_list() == [f"{moment.date().strftime(form)}, {id}" for id, moment in enumerate(given_moments, 1)]


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (dt.datetime(1969, 12, 31, 23, 59, 59, 999_999), "1969-12-31 23:59:59"),
        (dt.datetime(1970, 1, 1), "1970-01-01 00:00:00"),
        (dt.datetime(2024, 2, 29, 12, 5, 7), "2024-02-29 12:05:07"),
    ],
)
def test_a_moment_in_a_text_is_rounded_down_before_1970_too(moment: dt.datetime, said: str) -> None:
    class Notes(Table):
        rows = 1
        id = Key()
        at = column(Timestamp)(lambda id: np.array([microseconds(moment)]))
        note = Text("{at:%Y-%m-%d %H:%M:%S}")

    assert built(Notes).frame("notes")["note"].to_list() == [said]


def test_a_parents_moment_may_stand_in_a_text() -> None:
    class Notes(Table):
        rows = FanOut(Shifts, 1)
        id = Key()
        shift_id = ParentKey(Shifts)
        day = Lookup(Shifts.day, hidden=True)
        number = Text("N-{day:%Y%m%d}-{id:04d}", unique=True)

    made = built(Shifts, Notes, clerks=1, days=2)
    assert made.frame("notes")["number"].to_list() == ["N-20241230-0001", "N-20241231-0002"]


@pytest.mark.parametrize("form", ["%y", "%B", "%j", "%", "%%", "%Y%", "%Y %p", "at %H", "%-d", "%f", "iso"])
def test_an_unknown_form_of_a_moment_is_refused(form: str) -> None:
    with refused("notes.note", "unknown form", "%Y %m %d %H %M %S"):

        class Notes(Table):
            rows = 1
            id = Key()
            at = column(Timestamp)(lambda id: id)
            note = Text(f"{{at:{form}}}")


@pytest.mark.parametrize("word", ["id", "name", "there"])
def test_a_form_of_moments_is_refused_for_what_is_none(word: str) -> None:
    with refused("notes.note", f"is a format of dates and timestamps, and {word} is of the type"):

        class Notes(Table):
            rows = 1
            id = Key()
            name = Text("{id}")
            there = Flag(0.5)
            note = Text(f"{{{word}:%Y}}")


# What is written for a value of each type


def text_of(template: str, **columns: Any) -> list[str]:
    things: Any = type("Things", (Table,), {"rows": 3, "id": Key(), **columns, "text": Text(template)})
    return [row["text"] for row in rows_of(model_of(things), "things")]


def test_a_decimal_has_its_point_and_its_sign() -> None:
    assert text_of("{price} EUR", price=FixedValues(-5, 0, 12_345_67, type=Money)) == ["-0.05 EUR", "0.00 EUR", "12345.67 EUR"]
    assert text_of("{rate}", rate=FixedValues(-1, 999, -1000, type=Decimal(4, 3))) == ["-0.001", "0.999", "-1.000"]
    assert text_of("{whole}", whole=FixedValues(-1, 0, 20, type=Decimal(4, 0))) == ["-1", "0", "20"]


def test_a_flag_is_true_or_false() -> None:
    assert text_of("{large}", large=column(Boolean)(lambda id: id > 1)) == ["false", "true", "true"]


def test_a_date_is_written_as_iso_has_it() -> None:
    assert text_of("on {day}", day=FixedValues(-1, 0, 19_782, type=Date)) == ["on 1969-12-31", "on 1970-01-01", "on 2024-02-29"]


def test_a_moment_needs_a_format() -> None:
    with refused(r"things.text: \{at\}: say how a moment is written, such as \{at:%Y-%m-%d %H:%M:%S\}"):
        text_of("{at}", at=FixedValues(0, 1, 2, type=Timestamp))


@pytest.mark.parametrize("field", ["id!r", "id!s", "id!a", "id!r:08d"])
def test_a_conversion_is_refused(field: str) -> None:
    with refused("written in one way", f"leave !{field[3]} out"):
        Text(f"{{{field}}}")


@pytest.mark.parametrize(
    ("field", "of"),
    [
        *(("price:08d", "whole numbers"), ("large:08d", "whole numbers"), ("day:08d", "whole numbers"), ("word:08d", "whole numbers")),
        *(("id:mailbox", "texts"), ("large:mailbox", "texts"), ("price:mailbox", "texts"), ("day:mailbox", "texts")),
        *(("price:%Y", "dates and timestamps"), ("large:%Y", "dates and timestamps"), ("word:%Y", "dates and timestamps")),
    ],
)
def test_a_format_is_for_columns_of_its_kind(field: str, of: str) -> None:
    columns = {
        "price": Integers(1, 9, type=Money),
        "large": Flag(0.5),
        "day": Integers(1, 9, type=Date),
        "word": Category(a=1),
    }
    with refused(f"things.text: .{field}. is a format of {of}, and {field.partition(':')[0]} is of the type"):
        text_of(f"{{{field}}}", **columns)


@pytest.mark.parametrize("type", [Integer, Money, Boolean, Date, Timestamp], ids=lambda type: type.name)
def test_a_text_is_of_a_type_of_texts(type: Any) -> None:
    with refused("it is a text, and cannot be of the type"):
        Text("{id}", type=type)
