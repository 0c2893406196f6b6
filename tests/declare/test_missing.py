"""Values that are missing by chance (`nullable`), or unless other columns are what they must be (`when`): the same for every kind of column."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import colgen
from colgen import (
    Between,
    BigInteger,
    Boolean,
    Calendar,
    Categorical,
    Category,
    Code,
    CreatedAt,
    Date,
    Day,
    Drawn,
    FanOut,
    FixedValues,
    Flag,
    ForeignKey,
    History,
    Integer,
    Integers,
    Key,
    Later,
    Level,
    Lookup,
    Model,
    Moment,
    Money,
    Normal,
    Ordinal,
    ParentKey,
    PolymorphicKey,
    Reached,
    Stage,
    Stages,
    String,
    Text,
    Timestamp,
    Tree,
    Uuids,
    Vocabulary,
    Volume,
    column,
    vocabulary,
)
from tests.declare.proved import broken, broken_by, is_the_same_in_blocks_of_any_size, of, rules, table
from tests.support import model_of, refused, rows_of

law = settings(max_examples=25)
FIRST_NAMES = vocabulary.words("first_names", "name")
Shops = table("Shops", 7, id=Key(), title=Code("AA00"), size=Integers(1, 9))


def visits(**columns: Any) -> Model:
    """Rows that happen in time, some hundred of them, which may be of shops."""
    return model_of(
        Shops, table("Visits", Volume("visits", Calendar()), id=Key(), day=Day(), shop_id=ForeignKey(Shops), **columns), visits=600
    )


def things(rows: int = 60, **columns: Any) -> Model:
    return model_of(table("Things", rows, id=Key(), **columns))


KINDS: dict[str, Any] = {
    "Integers": lambda **options: Integers(1, 1000, **options),
    "unique Integers": lambda **options: Integers(1, 1000, unique=True, **options),
    "Money": lambda **options: Integers(1, 1000, type=Money, **options),
    "Flag": lambda **options: Flag(0.5, **options),
    "Category": lambda **options: Category(a=1, b=2, c=3, **options),
    "Vocabulary": lambda **options: Vocabulary(FIRST_NAMES, **options),
    "Text": lambda **options: Text("no. {id} of shop {shop_id}", **options),
    "Code": lambda **options: Code("AA-0000", **options),
    "Uuids": lambda **options: Uuids(**options),
    "ForeignKey": lambda **options: ForeignKey(Shops, **options),
    "Lookup": lambda **options: Lookup(Shops.title, via="shop_id", **options),
    "Moment": lambda **options: Moment(**options),
    "Day": lambda **options: Day(**options),
    "Drawn": lambda **options: Drawn(Normal(0, 100), **options),
    "Later": lambda **options: Later("day", days=Between(1, 9), **options),
    "PolymorphicKey": lambda **options: PolymorphicKey({"a": Shops, "b": "Visits"}, by="kind", **options),
    "computed number": lambda **options: column(Integer, **options)(lambda id: id * 7 % 1000),
    "computed text": lambda **options: column(String, **options)(lambda id: pa.array([f"<{number}>" for number in id])),
    "computed word": lambda **options: column(Categorical(["a", "b"]), **options)(lambda id: id % 2),
    "computed flag": lambda **options: column(Boolean, **options)(lambda id: id % 3 == 0),
    "computed reference": lambda **options: column(ForeignKey(Shops), **options)(lambda id: id % 7 + 1),
}


def one(kind: str, **options: Any) -> Model:
    """Visits with a column `x` of this kind, and what it may need."""
    return visits(kind=Category(a=1, b=1), x=KINDS[kind](**options))


def within_five_errors(found: int, share: float, rows: int) -> bool:
    return abs(found - share * rows) <= 5 * np.sqrt(rows * share * (1 - share)) + 1


# By chance


@pytest.mark.parametrize("kind", KINDS)
def test_a_share_is_missing_and_no_other_value_moves(kind: str) -> None:
    whole, some = (of(model, "visits", "x", seed=4) for model in (one(kind), one(kind, nullable=0.3)))
    assert within_five_errors(some.count(None), 0.3, 600)
    assert [value for value in some if value is not None] == [value for value, kept in zip(whole, some, strict=True) if kept is not None]


def test_a_share_is_proved_and_breaks_no_other_rule(tmp_path: Path) -> None:
    """But for a function's, which may leave out more by itself."""
    some = {f"x {kind}": declare(nullable=0.3) for kind, declare in KINDS.items()}
    model = visits(kind=Category(a=1, b=1), **some)
    assert broken(model, tmp_path, seed=3) == []
    proved = rules(model, tmp_path)
    for kind in KINDS:
        assert (f"visits: x {kind} is missing in 30% of the rows" in proved) == ("computed" not in kind)


@pytest.mark.parametrize("kind", ["Integers", "Text", "ForeignKey", "Lookup", "computed text"])
def test_which_ones_are_missing_is_the_same_in_blocks_of_any_size(kind: str) -> None:
    assert is_the_same_in_blocks_of_any_size(one(kind, nullable=0.3, when={"kind": "a"}), "visits", seed=2)


@law
@given(st.floats(0, 1), st.integers(0, 2**32))
def test_any_share_may_be_missing(share: float, seed: int) -> None:
    values = of(things(400, x=Integers(1, 9, nullable=share)), "things", "x", seed=seed)
    assert within_five_errors(values.count(None), share, 400)


@pytest.mark.parametrize(("share", "missing"), [(0, 0), (0.0, 0), (1, 60), (1.0, 60)])
def test_none_or_all_may_be_missing(share: float, missing: int, tmp_path: Path) -> None:
    model = things(x=Category(a=1, b=2, nullable=share))
    assert of(model, "things", "x").count(None) == missing
    assert broken(model, tmp_path) == []


def test_true_leaves_it_to_the_kind() -> None:
    assert None not in of(things(x=Integers(1, 9, nullable=True)), "things", "x")


def test_two_columns_miss_different_rows() -> None:
    pairs = of(things(400, x=Flag(0.5, nullable=0.5), y=Flag(0.5, nullable=0.5)), "things", "x", "y")
    assert within_five_errors(sum(x is None and y is None for x, y in pairs), 0.25, 400)


def test_what_is_missing_has_nothing_to_do_with_what_it_would_be() -> None:
    """Half of the flags that are there are true, and of the missing ones, too."""
    whole = of(things(4000, x=Flag(0.5)), "things", "x")
    some = of(things(4000, x=Flag(0.5, nullable=0.5)), "things", "x")
    gone = [value for value, kept in zip(whole, some, strict=True) if kept is None]
    assert within_five_errors(sum(gone), 0.5, len(gone))


def test_a_function_reads_a_masked_array() -> None:
    seen: list[Any] = []

    def note(x: Any) -> Any:
        seen.append(x)
        return x + 1

    values = of(things(x=Integers(1, 9, nullable=0.5), y=column(Integer, nullable=True)(note)), "things", "x", "y")
    assert all(isinstance(array, np.ma.MaskedArray) for array in seen)
    assert all(y == (None if x is None else x + 1) for x, y in values)


def test_a_function_reads_a_text_with_nulls() -> None:
    values = of(
        things(x=Code("A", nullable=0.5), y=column(Boolean)(lambda x: x.is_null().to_numpy(zero_copy_only=False))), "things", "x", "y"
    )
    assert all(y == (x is None) for x, y in values)


def test_a_lookup_by_a_reference_that_is_missing_is_missing() -> None:
    model = visits(
        other_id=ForeignKey(Shops, nullable=0.5), title=Lookup(Shops.title, via="other_id"), size=Lookup(Shops.size, via="other_id")
    )
    for other, title, size in of(model, "visits", "other_id", "title", "size"):
        assert (title is None) == (size is None) == (other is None)


def test_a_unique_column_may_be_missing_in_many_rows(tmp_path: Path) -> None:
    model = things(x=Integers(1, 60, unique=True, nullable=0.5), code=Code("A0", unique=True, nullable=0.5))
    values = [value for value in of(model, "things", "x") if value is not None]
    assert len(set(values)) == len(values) < 60
    assert broken(model, tmp_path) == []
    assert {"things: x is unique", "things: code is unique"} <= rules(model, tmp_path)


def test_rows_of_a_large_table_that_is_made_in_pieces_miss_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    parents = table("Parents", 50, id=Key())
    model = model_of(parents, table("Kids", FanOut(parents, 40), id=Key(), x=Integers(1, 9, nullable=0.4), y=Flag(0.5, when={"x": (1, 2)})))
    whole = rows_of(model, "kids")
    monkeypatch.setattr("colgen.generate.block.LEAF_ROWS", 300)
    assert rows_of(model, "kids") == whole


# When other columns are what they must be

STATES = {"active": 60, "left": 30, "on leave": 10}


def people(**columns: Any) -> Model:
    """People who are active, on leave, or have left."""
    states = Category(STATES)
    return things(
        300, state=states, is_open=Flag(0.5), size=Integers(1, 4), price=Integers(1, 3, type=Money), note=Code("A", nullable=0.3), **columns
    )


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ({"state": "left"}, lambda row: row["state"] == "left"),
        ({"state": ("left", "on leave")}, lambda row: row["state"] != "active"),
        ({"state": ["left"]}, lambda row: row["state"] == "left"),
        ({"is_open": True}, lambda row: row["is_open"]),
        ({"is_open": False}, lambda row: not row["is_open"]),
        ({"size": 2}, lambda row: row["size"] == 2),
        ({"size": (2, 4)}, lambda row: row["size"] in (2, 4)),
        ({"size": 9}, lambda row: False),
        ({"price": 2}, lambda row: str(row["price"]) == "0.02"),
        ({"note": None}, lambda row: row["note"] is None),
        ({"note": ("A", "B", "C")}, lambda row: row["note"] in ("A", "B", "C")),
        ({"state": "active", "size": 1}, lambda row: row["state"] == "active" and row["size"] == 1),
    ],
    ids=lambda value: repr(value) if isinstance(value, dict) else "",
)
def test_there_is_a_value_just_where_the_others_are_what_they_must_be(when: Any, holds: Any, tmp_path: Path) -> None:
    model = people(x=Integers(1, 9, when=when))
    for row in rows_of(model, "things"):
        assert (row["x"] is not None) == bool(holds(row))
    assert broken(model, tmp_path) == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_value_just_where_the_others_are_what_they_must_be(kind: str) -> None:
    values = of(visits(kind=Category(a=1, b=1), state=Category(STATES), x=KINDS[kind](when={"state": "left"})), "visits", "state", "x")
    whole = of(visits(kind=Category(a=1, b=1), state=Category(STATES), x=KINDS[kind]()), "visits", "x")
    assert [x for _, x in values] == [value if state == "left" else None for (state, _), value in zip(values, whole, strict=True)]


def test_where_a_condition_holds_a_share_may_be_missing_all_the_same(tmp_path: Path) -> None:
    model = people(x=Integers(1, 9, when={"state": "left"}, nullable=0.25))
    left = [x for state, x in of(model, "things", "state", "x") if state == "left"]
    assert 0 < left.count(None) < len(left) / 2
    assert broken(model, tmp_path) == []
    assert {"things: x is missing unless state is left", "things: x is missing in 25% of the rows where state is left"} <= rules(
        model, tmp_path
    )


def test_a_condition_moves_no_other_value() -> None:
    for whole, some in zip(
        of(people(x=Integers(1, 9**9)), "things", "x"), of(people(x=Integers(1, 9**9, when={"size": 1})), "things", "x"), strict=True
    ):
        assert some in (None, whole)


def test_what_is_itself_missing_is_nothing_that_is_asked_for() -> None:
    model = things(200, word=Category(a=1, b=1, nullable=0.5), x=Flag(0.5, when={"word": ("a", "b")}))
    for word, x in of(model, "things", "word", "x"):
        assert (x is None) == (word is None)


def test_conditions_may_hang_on_one_another(tmp_path: Path) -> None:
    model = things(
        200,
        kind=Category(a=1, b=1),
        x=Integers(1, 2, when={"kind": "a"}),
        y=Flag(0.5, when={"x": 1}),
        z=Code("A", when={"x": None, "kind": "a"}),
    )
    for kind, x, y, z in of(model, "things", "kind", "x", "y", "z"):
        assert (x is None) == (kind == "b")
        assert (y is None) == (x != 1)
        assert z is None
    assert broken(model, tmp_path) == []


def test_a_condition_on_a_text_of_the_parent_is_read_from_its_dictionary(tmp_path: Path) -> None:
    parents = table("Parents", 60, id=Key(), code=Code("A"), note=Code("A", nullable=0.5))
    kids = table(
        "Kids", FanOut(parents, 3), id=Key(), parent_id=ParentKey(parents), code=Lookup(parents.code), note=Lookup(parents.note),
        x=Flag(0.5, when={"code": ("A", "B", "C", "D")}), y=Flag(0.5, when={"note": None}),
    )  # fmt: skip
    model = model_of(parents, kids)
    for code, note, x, y in of(model, "kids", "code", "note", "x", "y"):
        assert (x is not None) == (code in ("A", "B", "C", "D"))
        assert (y is not None) == (note is None)
    assert broken(model, tmp_path) == []


def test_a_condition_on_a_hidden_column_is_kept_and_not_proved(tmp_path: Path) -> None:
    model = things(200, kind=Category({"a": 1, "b": 1}, hidden=True), x=Integers(1, 2, when={"kind": "a"}))
    assert 0 < of(model, "things", "x").count(None) < 200
    assert broken(model, tmp_path) == []
    assert not any("x is missing" in rule or "x is there" in rule for rule in rules(model, tmp_path))


def test_a_condition_on_a_reference_asks_for_the_key_that_is_written(tmp_path: Path) -> None:
    countries = table("Countries", 4, {"key": "code"}, code=FixedValues("DE", "EG", "FR", "US", unique=True))
    model = model_of(countries, table("Things", 100, id=Key(), country=ForeignKey(countries), x=Flag(0.5, when={"country": "EG"})))
    for country, x in of(model, "things", "country", "x"):
        assert (x is not None) == (country == "EG")
    assert broken(model, tmp_path) == []


def test_a_condition_on_a_reference_by_name_asks_for_the_key_that_is_written() -> None:
    countries = table("Countries", 4, {"key": "code"}, code=FixedValues("DE", "EG", "FR", "US", unique=True))
    things_ = table("Things", 100, id=Key(), country=ForeignKey("Countries"), x=Flag(0.5, when={"country": "EG"}))
    for country, x in of(model_of(countries, things_), "things", "country", "x"):
        assert (x is not None) == (country == "EG")


def test_the_check_tells_a_decimal_as_it_is_written(tmp_path: Path) -> None:
    assert "things: x is missing unless price is 0.02" in rules(people(x=Flag(0.5, when={"price": 2})), tmp_path)


@pytest.mark.parametrize("kind", [Date, Timestamp], ids=["day", "moment"])
def test_a_condition_on_a_time_is_refused_or_proved(kind: Any, tmp_path: Path) -> None:
    try:
        model = things(day=column(kind)(lambda id: id), x=Flag(0.5, when={"day": 3}))
    except colgen.ModelError:
        return
    assert broken(model, tmp_path) == []


# What cannot be


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan"), float("inf"), "0.5", [], 2])
def test_a_share_is_a_number_from_0_to_1(share: Any) -> None:
    with refused("Integers: nullable must be a number from 0 to 1"):
        Integers(1, 9, nullable=share)
    with refused("column: nullable must be a number from 0 to 1"):
        column(Integer, nullable=share)


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({"stat": "left"}, ("things.x needs 'stat', which is not a column of things", "did you mean 'state'")),
        ({"state": "lef"}, ("things.x: when asks for state = 'lef'", "did you mean 'left'")),
        ({"state": 1}, ("when asks for state = 1", "available: active, left, on leave")),
        ({"state": ("left", "gone")}, ("when asks for state", "available: active, left, on leave")),
        ({"state": ()}, ("name at least one value, or None where it must be missing",)),
        ({"state": None}, ("when asks for state = None, but things.state is never missing",)),
        ({"size": "2"}, ("when asks for size = '2'", "value must be a whole number")),
        ({"size": 2.5}, ("value must be a whole number",)),
        ({"size": True}, ("value must be a whole number",)),
        ({"is_open": 1}, ("value must be True or False",)),
        ({"note": 5}, ("when asks for note = 5, and things.note is a string",)),
        ({"x": 1}, ("circular column dependency: things.x → things.x",)),
        ("state", ("Integers: when must have names and what each stands for",)),
        ({1: 2}, ("Integers: when must have names and what each stands for",)),
    ],
    ids=repr,
)
def test_a_condition_that_makes_no_sense_is_refused(when: Any, words: tuple[str, ...]) -> None:
    with refused(*words):
        people(x=Integers(1, 9, when=when))


@pytest.mark.parametrize("option", [{"nullable": 0.1}, {"nullable": True}, {"when": {"id": 1}}], ids=repr)
def test_a_key_is_there_for_every_row(option: dict[str, Any]) -> None:
    with refused("Key: there is one for every row, so nullable and when do not belong here"):
        Key(**option)
    with refused("ParentKey: there is one for every row"):
        ParentKey(Shops, **option)
    with refused("CreatedAt: there is one for every row"):
        CreatedAt(History(), **option)


def test_what_may_be_missing_is_no_part_of_a_key() -> None:
    with refused(r"things: key=\(code\): code may be missing, and no part of a key may be"):
        model_of(table("Things", 5, {"key": "code"}, code=Code("AAA", unique=True, nullable=0.1)))


@pytest.mark.parametrize("options", [{"nullable": 0.5}, {"when": {"open": True}}], ids=["by chance", "when"])
@pytest.mark.parametrize("kind", ["place", "above", "level"])
def test_a_place_among_others_that_is_missing_now_and_then_is_refused_or_proved(kind: str, options: dict[str, Any], tmp_path: Path) -> None:
    def given_to(name: str) -> dict[str, Any]:
        return options if name == kind else {}

    try:
        things_ = table(
            "Things", FanOut(Shops, 30), id=Key(), open=Flag(0.5), shop_id=ParentKey(Shops), place=Ordinal(**given_to("place")),
            above=Tree(3, **given_to("above")), level=Level("above", **given_to("level")),
        )  # fmt: skip
        model = model_of(Shops, things_)
    except colgen.ModelError:
        return
    assert broken(model, tmp_path) == []


# What a careless hand breaks

SOMETIMES = things(400, state=Category(STATES), x=Integers(1, 9, when={"state": "left"}), y=Integers(1, 9, nullable=0.25), z=Flag(0.5, nullable=0.2, when={"state": "active"}))  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE things SET x = 5 WHERE id = (SELECT min(id) FROM things WHERE state = 'active')", "x is missing unless state is left"),
        ("UPDATE things SET x = NULL WHERE id = (SELECT min(id) FROM things WHERE state = 'left')", "x is there where state is left"),
        ("UPDATE things SET y = NULL WHERE id < 200", "y is missing in 25% of the rows"),
        ("UPDATE things SET y = 1 WHERE y IS NULL", "y is missing in 25% of the rows"),
        ("UPDATE things SET z = true WHERE state = 'active' AND z IS NULL", "z is missing in 20% of the rows where state is active"),
        ("UPDATE things SET z = true WHERE state = 'left'", "z is missing unless state is active"),
    ],
)
def test_what_is_missing_where_it_should_not_be_breaks_its_rule(statement: str, rule: str, tmp_path: Path) -> None:
    assert broken_by(SOMETIMES, tmp_path, "things", statement) == [f"things: {rule}"]


def test_what_a_stage_or_a_function_leaves_out_is_no_share_of_the_rows(tmp_path: Path) -> None:
    """Where the kind itself leaves values out, nothing is said of how many."""
    model = things(
        200,
        at=column(Timestamp)(lambda id, period: id + period.start * 86_400_000_000),
        stage=Stages("at", paid=Stage(0.5, days=1)),
        paid_at=Reached("stage", "paid", nullable=0.3),
        odd=column(BigInteger, nullable=0.3)(lambda id: np.ma.array(id, mask=id % 2 == 0)),
    )
    assert broken(model, tmp_path) == []
    assert not any("missing in" in rule for rule in rules(model, tmp_path))


def test_a_set_of_values_is_read_in_one_order() -> None:
    with refused(r"things.x: when asks for state = \('away', 'gone', 'here'\)"):
        people(x=Integers(1, 9, when={"state": {"here", "gone", "away"}}))
