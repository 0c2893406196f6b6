"""Columns of every type: what they hold, and what is refused."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from colgen import (
    Between,
    Boolean,
    Bytes,
    Categorical,
    Category,
    Char,
    CreatedAt,
    Date,
    Double,
    Enum,
    FixedValues,
    Flag,
    Integer,
    Integers,
    Json,
    Key,
    List,
    LocalTimestamp,
    Moment,
    Money,
    Named,
    Normal,
    Poisson,
    RandomBytes,
    Real,
    Several,
    SmallInteger,
    String,
    Table,
    Text,
    Time,
    Times,
    Timestamps,
    Uniform,
    Uuids,
    Varchar,
    Vocabulary,
    Volume,
    column,
    vocabulary,
)
from colgen.declare.columns import Drawn
from colgen.values.fit import UnfitValue
from tests.formats.every_type import MODEL
from tests.support import broken_rules, built, damage, model_of, refused, rows_of, write_build


def test_any_row_has_the_same_values_however_many_are_made_at_once() -> None:
    assert rows_of(MODEL, "things", block_cells=300) == rows_of(MODEL, "things")


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        (Double, [1.0, np.nan], "nan does not fit double, which holds finite numbers"),
        (Double, [np.inf], "inf does not fit double"),
        (Real, [1.0, 1e39], "1e.39 does not fit real, which holds finite numbers up to 3.403e.38"),
        (Time, [86_400_000_000], "86,400,000,000 microseconds does not fit time, which holds 00:00:00 to 23:59:59.999999"),
        (SmallInteger, [32_768], "32,768 does not fit smallint, which holds -32,768 to 32,767"),
    ],
)
def test_a_value_that_a_type_cannot_hold_is_refused(kind: Any, values: list[float], words: str) -> None:
    with pytest.raises(UnfitValue, match=words):
        kind.to_arrow(np.array(values))


@pytest.mark.parametrize("texts", [["ab", "c"], ["ab", "abc"]])
def test_a_char_has_exactly_its_length(texts: list[str]) -> None:
    with pytest.raises(UnfitValue, match=r"holds exactly 2"):
        Char(2).to_arrow(pa.array(texts))
    assert Char(2).to_arrow(pa.array(["éà", "ab"])).to_pylist() == ["éà", "ab"]


def test_bytes_are_arrow_s() -> None:
    assert Bytes.to_arrow(pa.chunked_array([pa.array([b"a"]), pa.array([b"\x00"])])).to_pylist() == [b"a", b"\x00"]
    for wrong in (pa.array(["a"]), np.array([b"a"])):
        with pytest.raises(TypeError, match=r"bytes expects a pyarrow.BinaryArray, not"):
            Bytes.to_arrow(wrong)


def test_draws_of_a_double_keep_their_fractions_and_are_rounded_where_asked() -> None:
    class Lots(Table):
        rows = 500
        id = Key()
        exact = Drawn(Normal(0, 1), type=Double)
        rounded = Drawn(Uniform(0, 9), type=Real, digits=1)
        counted = Drawn(Poisson(3), type=Double)

    lots = built(Lots).table("lots").to_pydict()
    assert any(value * 8 != int(value * 8) for value in lots["exact"])
    assert all(value == np.float32(round(value, 1)) for value in lots["rounded"])
    assert all(value == int(value) for value in lots["counted"])


@pytest.mark.parametrize("at_least", [0, 8])
def test_random_bytes_are_as_many_as_asked_for(at_least: int) -> None:
    class Files(Table):
        rows = 400
        id = Key()
        salt = RandomBytes(at_least, 20, unique=at_least > 0)

    salts = built(Files).table("files")["salt"].to_pylist()
    assert {len(salt) for salt in salts} == set(range(at_least, 21))
    if at_least:
        assert len({salt[:8] for salt in salts}) == 400


def test_times_are_when_there_is_something_to_do() -> None:
    class Visits(Table):
        rows = 300
        id = Key()
        at = Times(hours=[0] * 9 + [1] * 2 + [0] * 13)

    assert {at.hour for at in built(Visits).table("visits")["at"].to_pylist()} == {9, 10}


def test_a_number_with_a_fraction_may_be_written() -> None:
    class Debts(Table):
        rows = 3
        id = Key()
        habit = column(Double)(lambda draw: draw.uniform())

    assert all(0 < habit < 1 for habit in built(Debts).table("debts")["habit"].to_pylist())


@pytest.mark.parametrize(
    ("declare", "words"),
    [
        (lambda: Key(Double), ("a key is a BigInteger, an Integer or a SmallInteger",)),
        (lambda: Drawn(Normal(0, 1), type=Integer, digits=2), ("digits= is for a Double or a Real",)),
        (lambda: Drawn(Normal(0, 1), type=Bytes), ("cannot be of the type bytes",)),
        (lambda: Integers(0, 9, type=Double), ("cannot be of the type double",)),
        (lambda: Integers(0, 99_999, type=SmallInteger), ("whole number from -32,768 to 32,767",)),
        (lambda: FixedValues(1.5, type=Real), ("cannot be of the type real",)),
        (lambda: CreatedAt(type=Date), ("CreatedAt: it is a moment, and its type must be Timestamp or LocalTimestamp, not date",)),
        (lambda: Timestamps(type=Money), ("Timestamps: it is a moment",)),
        (lambda: Moment(type="now"), ("Moment: it is a moment", "'now'")),  # type: ignore[arg-type]
        (lambda: RandomBytes(5, 3), (r"RandomBytes\(5, 3\): the lower end is above",)),
        (lambda: RandomBytes(4, unique=True), ("differ need at least 8 bytes",)),
        (lambda: Char(0), (r"Char\(0\)",)),
    ],
)
def test_what_a_type_cannot_be_is_refused(declare: Any, words: tuple[str, ...]) -> None:
    with refused(*words):
        declare()


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{weight}", ("a double has no one way to be written",)),
        ("{salt}", ("a bytes has no one way",)),
        ("{opens}", ("say how a moment is written, such as {opens:%H:%M:%S}",)),
        ("{opens:%Y}", ("is a format of dates and timestamps, and opens is of the type time",)),
        ("{seen_at}", ("such as {seen_at:%Y-%m-%d %H:%M:%S}",)),
    ],
)
def test_what_has_no_form_as_a_text_is_refused(template: str, words: tuple[str, ...]) -> None:
    with refused(*words):

        class Things(Table):
            rows = Volume("things")
            weight = Drawn(Normal(0, 1), type=Double)
            salt = RandomBytes(8)
            opens = Times()
            seen_at = Timestamps(type=LocalTimestamp)
            label = Text(template)


@pytest.mark.parametrize("of", ["weight", "salt"])
def test_a_condition_on_what_cannot_be_named_is_refused(of: str) -> None:
    with refused(f"when asks for {of} = 'x'"):

        class Things(Table):
            rows = Volume("things")
            weight = Drawn(Normal(0, 1), type=Double)
            salt = RandomBytes(8)
            note = column(String, when={of: "x"})(lambda draw: pa.array([""] * draw.count))


@pytest.mark.parametrize("name", ["", "inet; DROP TABLE x", "a.b.c", "text[]", 'in"et', 7])
def test_what_is_not_the_name_of_a_type_is_refused(name: Any) -> None:
    with refused("give the name of a type as PostgreSQL has it"):
        Named(name)


@pytest.mark.parametrize("name", ["citext", "public.ltree", "bit varying(40)", "numeric(10, 2)", "time without time zone"])
def test_a_type_of_the_server_s_is_texts_elsewhere(name: str) -> None:
    assert (Named(name).sql, Named(name).arrow, Named(name).postgres) == ("VARCHAR", pa.string(), name)


def test_words_may_be_of_a_type_of_texts() -> None:
    class Films(Table):
        rows = 4
        id = Key()
        rating = Category(G=1, PG=2, type=Enum("rating"))
        size = FixedValues("S", "M", "L", "M", type=Char(1))
        name = Vocabulary(vocabulary.words("first_names", "name"), type=Varchar(40))

    assert (Films.rating.type.sql, Films.size.type.sql, Films.name.type.sql) == ("VARCHAR", "CHAR(1)", "VARCHAR(40)")
    assert set(built(Films).table("films")["rating"].to_pylist()) <= {"G", "PG"}


@pytest.mark.parametrize(
    ("declare", "words"),
    [
        (lambda: Text("a", type=Enum("rating")), ("enum rating is for columns with a list of words",)),
        (lambda: Category(G=1, type=Integer), ("Category: words cannot be of the type integer",)),
        (lambda: Category(G=1, PG=1, type=Char(1)), ("Category: 'PG' has 2 characters, and char.1. holds exactly 1",)),
        (lambda: Category(G=1, type="rating"), ("its type must be one of texts", "'rating'")),  # type: ignore[arg-type]
        (lambda: Enum(""), ("name the type, in 1 to 63 bytes",)),
    ],
)
def test_words_of_a_type_that_cannot_have_them_are_refused(declare: Any, words: tuple[str, ...]) -> None:
    with refused(*words):
        declare()


def test_an_enumeration_has_the_same_words_everywhere_and_a_name_of_its_own() -> None:
    def films(**columns: Any) -> Any:
        return model_of(type("Films", (Table,), {"id": Key(), **columns}, rows=3))

    films(a=Category(x=1, y=2, type=Enum("e")), b=Category(x=5, y=1, type=Enum("e")))
    with refused("films.b: Enum.'e'. has the words y, x, and other ones in films.a: x, y"):
        films(a=Category(x=1, y=2, type=Enum("e")), b=Category(y=5, x=1, type=Enum("e")))
    with refused("films.a: a table is called 'films', too"):
        films(a=Category(x=1, type=Enum("films")))
    with refused("a word of an enumeration has up to 63 bytes"):
        films(a=Category({"x" * 64: 1}, type=Enum("e")))


def test_no_word_of_a_list_comes_twice_in_it_and_lists_are_as_long_as_asked_for() -> None:
    class Posts(Table):
        rows = 400
        id = Key()
        tags = Several(["a", "b", "c"], Between(0, 3))
        scores = Several(Integers(1, 2), {1: 1, 4: 1})
        pair = Several(Integers(1, 3, distinct=True), 2)

    posts = built(Posts).table("posts").to_pydict()
    assert {tuple(sorted(tags)) for tags in posts["tags"]} == {(), *"abc", *itertools.combinations("abc", 2), ("a", "b", "c")} - {
        *"abc"
    } | {(tag,) for tag in "abc"}
    assert {len(scores) for scores in posts["scores"]} == {1, 4}
    assert {tuple(sorted(pair)) for pair in posts["pair"]} == {(1, 2), (1, 3), (2, 3)}


def test_a_list_of_uuids_has_none_twice_in_the_table() -> None:
    class Posts(Table):
        rows = 100
        id = Key()
        keys = Several(Uuids(), 3)

    keys = [key for keys in built(Posts).table("posts")["keys"].to_pylist() for key in keys]
    assert len(set(keys)) == 300


@pytest.mark.parametrize(
    ("declare", "words"),
    [
        (lambda: Several(["a", "b"], 3), ("up to 3 values of a list must differ, and there are 2",)),
        (lambda: Several(["a", "a"], 1), ("a word is there twice",)),
        (lambda: Several("abc", 1), ("give the kind of its values",)),
        (lambda: Several(Key(), 1), ("a Key cannot be in a list, since its values hang on other columns",)),
        (lambda: Several(Text("{x}"), 1), ("a Text cannot be in a list",)),
        (lambda: Several(Flag(0.5, nullable=0.5), 1), ("are for the list, not for its values",)),
        (lambda: Several(Flag(0.5), "n"), ("say how many values a list has",)),  # type: ignore[arg-type]
        (lambda: Several(Flag(0.5), Between("a", 3)), ("say how many values a list has",)),
        (lambda: Several(Flag(0.5), 10_000), ("must be a whole number from 0 to 1,000",)),
        (lambda: Several(Flag(0.5), {0: 1, 2_000: 1}), ("must be a whole number from 0 to 1,000",)),
        (lambda: List(Json), ("List.json.: give the type of its values",)),
        (lambda: List(List(Integer)), ("List.list of integer.: give",)),
        (lambda: List(7), ("List.7.: give",)),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_in_a_list_is_refused(declare: Any, words: tuple[str, ...]) -> None:
    with refused(*words):
        declare()


@pytest.mark.parametrize(
    ("of", "values", "words"),
    [
        (Varchar(2), pa.array([["ab"], ["a", "abc"]]), r"row 2: 'abc' has 3 characters"),
        (SmallInteger, pa.array([[], [1, 40_000]]), "row 2: 40,000 does not fit smallint"),
        (Integer, pa.array([[1], [None]]), "row 2: a value of a list is missing"),
        (Date, pa.array([["a"], ["b"]]), "list of date expects lists of numbers, not of string"),
        (Integer, pa.array([1, 2]), "list of integer expects a pyarrow.ListArray, not int64"),
        (Categorical(["a", "b"], Char(1)), pa.array([["a"], ["bb"]]), "'bb' has 2 characters"),
    ],
)
def test_a_function_s_lists_are_checked_value_by_value(of: Any, values: pa.Array, words: str) -> None:
    class Posts(Table):
        rows = 2
        id = Key()
        odd = column(List(of))(lambda draw: values)

    with refused(words):
        built(Posts).table("posts")


def test_a_function_gives_lists_in_chunks_or_of_words_or_flags() -> None:
    class Posts(Table):
        rows = 2
        id = Key()
        words = column(List(Categorical(["a", "b"])))(lambda draw: pa.chunked_array([pa.array([["a"]]), pa.array([["b", "a"]])]))
        flags = column(List(Boolean), nullable=True)(lambda draw: pa.array([[True, False], None]))
        days = column(List(Date))(lambda draw: pa.array([[1], [2, 3]], pa.list_(pa.int64())))

    posts = built(Posts).table("posts")
    assert posts["words"].to_pylist() == [["a"], ["b", "a"]]
    assert posts["flags"].to_pylist() == [[True, False], None]
    assert posts["days"].cast(pa.list_(pa.int32())).to_pylist() == [[1], [2, 3]]


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE posts SET tags = ['a', 'b', 'c', 'd'] WHERE id = 1", "tags has 0 to 3 values"),
        ("UPDATE posts SET tags = ['a', 'a'] WHERE id = 1", "tags has no value twice"),
        ("UPDATE posts SET tags = ['x'] WHERE id = 1", "tags has only its words"),
    ],
)
def test_the_check_of_a_list_finds_damage(statement: str, rule: str, tmp_path: Path) -> None:
    class Posts(Table):
        rows = 30
        id = Key()
        tags = Several(["a", "b", "c"], Between(0, 3))

    model = model_of(Posts)
    write_build(model, tmp_path / "data")
    assert not broken_rules(tmp_path / "data", model)
    damage(tmp_path / "data", "posts", statement)
    assert f"posts: {rule}" in broken_rules(tmp_path / "data", model)
