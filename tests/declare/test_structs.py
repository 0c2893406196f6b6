"""Structs: other columns of the row under one name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import colgen
from colgen import (
    Between,
    Category,
    Code,
    Dates,
    FanOut,
    ForeignKey,
    Integers,
    Json,
    Key,
    Lookup,
    ParentKey,
    RandomBytes,
    Several,
    Struct,
    Table,
    Text,
    Varchar,
    Volume,
    column,
)
from colgen.values.structs import struct_of
from tests.support import broken_rules, built, damage, model_of, refused, write_build


class Homes(Table):
    """Where somebody lives."""

    rows = Volume("homes")
    id = Key()
    place = Struct("town", {"name": "label", "at": "since"}, nullable=0.2)
    town = Category(Rome=2, Oslo=1)
    since = Dates(hidden=True, nullable=0.3)
    label = Text("{town} {id}", hidden=True)


class Rooms(Table):
    """A room of it."""

    rows = FanOut(Homes, 2)
    id = Key()
    home_id = ParentKey(Homes)
    whole = Struct({"home": "home_id", "town": "town", "place": "place"})
    town = Lookup(Homes.town, hidden=True)
    place = Lookup(Homes.place)


MODEL = model_of(Homes, Rooms, homes=60)


def test_a_struct_has_the_values_of_the_columns_that_it_puts_together() -> None:
    class Tens(Table):
        rows = 10
        id = Key()
        pair = Struct({"first": "id", "name": "label"})
        label = Text("n {id}")

    tens = built(Tens).table("tens")
    assert tens["pair"].to_pylist() == [{"first": number, "name": f"n {number}"} for number in range(1, 11)]


def test_a_field_may_be_missing_where_its_column_may_and_a_struct_where_it_says_so() -> None:
    places = built(Homes, homes=300).table("homes")["place"]
    assert [field.nullable for field in places.type] == [False, False, True]
    assert 30 < places.null_count < 90
    assert {place["at"] is None for place in places.to_pylist() if place} == {True, False}


def test_a_struct_is_looked_up_and_put_into_another_one() -> None:
    homes = {row["id"]: row for row in built(Homes, Rooms, homes=60).table("homes").to_pylist()}
    for room in built(Homes, Rooms, homes=60).table("rooms").to_pylist():
        home = homes[room["home_id"]]
        assert room["place"] == home["place"]
        assert room["whole"] == {"home": home["id"], "town": home["town"], "place": home["place"]}


def test_a_function_reads_a_struct() -> None:
    class Tens(Table):
        rows = 10
        id = Key()
        pair = Struct("id", hidden=True)

        @column(Json)
        def text(pair):  # type: ignore[no-untyped-def]
            """What is in it."""
            return pa.array([str(value["id"]) for value in pair.to_pylist()])

    assert built(Tens).table("tens")["text"].to_pylist() == [str(number) for number in range(1, 11)]


@pytest.mark.parametrize(
    ("declare", "words"),
    [
        (lambda: {"x": Struct()}, ("name the columns that it puts together",)),
        (lambda: {"x": Struct("id", {"ID": "id"})}, ("two of its fields are called 'ID'",)),
        (lambda: {"x": Struct({"a\n": "id"})}, ("cannot be the name of a field",)),
        (lambda: {"x": Struct("ix")}, ("things.x needs 'ix', which is not a column", "id")),
        (lambda: {"x": Struct("y"), "y": Struct("id")}, ("things.x: y is a struct, too; declare it above",)),
        (
            lambda: {"x": Struct("salt"), "salt": RandomBytes(8)},
            ("things.x: salt is of the type bytes, and neither bytes, JSON nor lists",),
        ),
        (lambda: {"x": Struct("tags"), "tags": Several(["a"], 1)}, ("tags is of the type list of",)),
        (lambda: {"x": Struct("more"), "more": Text("{{}}", type=Json)}, ("more is of the type json",)),
        (lambda: {"x": Struct("id"), "y": Text("{x}")}, ("things.y: {x}: a struct of id has no one way to be written",)),
        (
            lambda: {"x": Struct("home"), "home": ForeignKey(Homes, hidden=True)},
            ("home is a hidden reference", r"homes_id = Lookup\(Homes.id, hidden"),
        ),
    ],
)
def test_what_a_struct_cannot_be_is_refused(declare: Callable[[], dict[str, Any]], words: tuple[str, ...]) -> None:
    with refused(*words):
        type("Things", (Table,), {"id": Key(), **declare()}, rows=3)


def test_it_is_not_unique_and_its_fields_are_named_by_texts() -> None:
    with refused("a Struct cannot be unique"):
        Struct("a", unique=True)
    with refused("Struct: field must be"):
        Struct({1: "a"})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("third", "words"),
    [("ab", "tens.code, row 3: 'ab' has 2 characters"), (None, "tens.code has 1 missing values; say nullable=True if it may")],
)
def test_a_value_that_a_field_cannot_have_is_refused(third: str | None, words: str) -> None:
    class Tens(Table):
        rows = 10
        id = Key()
        pair = Struct("code")
        code = column(Varchar(1), hidden=True)(lambda id: pa.array([third if number == 3 else "a" for number in id]))

    with refused(words):
        built(Tens).table("tens")


def test_only_arrow_s_structs_of_its_type_are_taken() -> None:
    pair = struct_of({"a": (Varchar(3), False)})
    for wrong in (np.array([1]), pa.array([{"b": "x"}])):
        with pytest.raises(TypeError, match=r"struct of a expects a pyarrow\.StructArray of struct<a: string not null>"):
            pair.to_arrow(wrong)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("place = struct_update(place, town := 'Paris')", "homes: place has the town of town"),
        ("place = struct_update(place, name := NULL)", "homes: place has a name"),
        ("place = NULL", "homes: place is missing in 20% of the rows"),
    ],
)
def test_the_check_of_a_struct_finds_damage(change: str, rule: str, tmp_path: Path) -> None:
    write_build(MODEL, tmp_path / "data")
    assert not broken_rules(tmp_path / "data", MODEL)
    damage(tmp_path / "data", "homes", f"UPDATE homes SET {change}")
    assert rule in broken_rules(tmp_path / "data", MODEL)


def test_dirty_data_leave_structs_alone() -> None:
    class Notes(Table):
        rows = Volume("notes")
        id = Key()
        word = Code("aaaaaa", hidden=True)
        count = Integers(1, 9)
        kept = Struct("word", "count")
        lines = Several(["a", "b"], Between(0, 1))

    model = model_of(Notes, notes=200)
    dirty = colgen.build(model, settings={"defects": 0.2})
    assert dirty.table("notes")["kept"].to_pylist() == colgen.build(model).table("notes")["kept"].to_pylist()
    assert set(dirty.table("defects")["column_name"].to_pylist()) == {"count"}
