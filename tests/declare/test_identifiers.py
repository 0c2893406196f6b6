"""Codes by a pattern and UUIDs: every one is of its pattern or version, each as likely as any other, and none comes twice where that is promised."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import colgen
from colgen import (
    Branches,
    Code,
    CreatedAt,
    FanOut,
    Flag,
    History,
    Integer,
    Json,
    Key,
    Lookup,
    Model,
    Money,
    ParentKey,
    RepeatedText,
    String,
    Table,
    Text,
    Timestamp,
    Uuid,
    Uuids,
    Varchar,
    column,
)
from tests.declare.proved import (
    broken,
    broken_by,
    is_the_same_from_one_worker_and_from_two,
    is_the_same_in_blocks_of_any_size,
    of,
    rules,
    table,
)
from tests.draws.fit import fits
from tests.support import model_of, refused, rows_of, thorough

law = settings(max_examples=60)
patterns = st.lists(st.sampled_from([*"Aa0x-_/. B1+*(", "\\A", "\\0", "\\\\", "\\-"]), min_size=1, max_size=24).map("".join)
LEAST = 1e-4
DAY = 86_400_000_000


def codes(pattern: str, rows: Any = 60, /, **options: Any) -> Model:
    return model_of(table("Things", rows, id=Key(), code=Code(pattern, **options)))


def matches(pattern: str) -> Any:
    """What a code must look like, said in another way than colgen does."""
    classes = {"A": "[A-Z]", "a": "[a-z]", "0": "[0-9]", "x": "[0-9a-f]"}
    letters, expected = iter(pattern), ""
    for letter in letters:
        expected += re.escape(next(letters)) if letter == "\\" else classes.get(letter) or re.escape(letter)
    return re.compile(expected)


# Codes


@law
@given(patterns, st.integers(0, 2**32))
@example("AA-0000", 0)
@example("\\A\\0\\\\", 0)
def test_every_code_is_like_its_pattern(pattern: str, seed: int) -> None:
    found = of(codes(pattern, 20), "things", "code", seed=seed)
    assert all(matches(pattern).fullmatch(code) for code in found)


@law
@given(patterns, st.integers(0, 2**32), st.data())
def test_unique_codes_are_unique(pattern: str, seed: int, data: st.DataObject) -> None:
    size = Code(pattern).size
    rows = data.draw(st.integers(1, min(size, 200)))
    found = of(codes(pattern, rows, unique=True), "things", "code", seed=seed)
    assert len(set(found)) == rows
    assert all(matches(pattern).fullmatch(code) for code in found)


@pytest.mark.parametrize("pattern", ["0", "a-0", "x0"])
def test_as_many_unique_codes_as_there_are_are_all_of_them(pattern: str) -> None:
    size = Code(pattern).size
    assert len(set(of(codes(pattern, size, unique=True), "things", "code"))) == size


def test_each_sign_is_as_likely_as_any_other_of_its_kind_and_apart_from_the_others() -> None:
    found = of(codes("Ax0", 20_000), "things", "code")
    for place, alphabet in enumerate(("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789abcdef", "0123456789")):
        assert fits([alphabet.index(code[place]) for code in found], np.ones(len(alphabet))) > LEAST
    assert fits([int(code[1], 16) * 10 + int(code[2]) for code in found], np.ones(160)) > LEAST


def test_codes_of_many_signs_are_put_together_of_independent_draws() -> None:
    """More than one draw can tell apart: 20 hexadecimal digits are three groups."""
    found = of(codes("x" * 20, 20_000), "things", "code")
    for one, other in ((0, 19), (8, 9), (0, 9), (9, 18)):
        assert fits([int(code[one], 16) * 16 + int(code[other], 16) for code in found], np.ones(256)) > LEAST


@pytest.mark.parametrize("options", [{}, {"unique": True}], ids=repr)
def test_a_code_is_in_no_order(options: dict[str, Any]) -> None:
    found = of(codes("0000000", 300, **options), "things", "code")
    assert 100 < sum(one < other for one, other in pairwise(found)) < 200


def test_codes_of_many_signs_that_differ_for_each_parent_are_of_independent_draws() -> None:
    parents = table("Parents", 100, id=Key())
    model = model_of(
        parents, table("Things", FanOut(parents, 2), id=Key(), parent_id=ParentKey(parents), code=Code("x" * 18, distinct=True))
    )
    found = of(model, "things", "code")
    assert len(set(found)) == 200
    assert not any(code[:9] == code[9:] for code in found)


def test_more_unique_codes_than_there_are_are_refused_before_anything_is_made() -> None:
    with refused("model shop: volume 'small': things.code: 27 rows must differ, and there are 26 different values"):
        codes("A", 27, unique=True)
    assert len(set(of(codes("A", 26, unique=True), "things", "code"))) == 26
    parents = table("Parents", 3, id=Key())
    with refused("things.code: 11 rows for each of parents must differ, and there are 10 different values"):
        model_of(parents, table("Things", FanOut(parents, 11), id=Key(), code=Code("0", distinct=True)))


def test_more_unique_codes_than_were_counted_beforehand_are_refused_when_they_are_made() -> None:
    parents = table("Parents", 3, id=Key(), size=column(Integer)(lambda id: id * 9))
    with refused("things.code: 54 rows must differ, and there are 26 different values"):
        rows_of(model_of(parents, table("Things", FanOut(parents, "size"), id=Key(), code=Code("A", unique=True))), "things")


def test_codes_are_proved_to_be_like_their_pattern(tmp_path: Path) -> None:
    patterns = ["AA-00", "A.*+?()[]{}|^$/'\"%_#&~ 0", "\\A\\\\x", "x" * 30, "A\t0"]
    ways: list[dict[str, Any]] = [{}, {"unique": True}, {"nullable": 0.3}]
    every = {f"code_{i}_{j}": Code(pattern, **options) for i, pattern in enumerate(patterns) for j, options in enumerate(ways)}
    model = model_of(table("Things", 16, id=Key(), **every))
    assert broken(model, tmp_path) == []
    assert {f"things: code_{i}_0 is like {pattern}" for i, pattern in enumerate(patterns)} <= rules(model, tmp_path)


@pytest.mark.parametrize("code", ["AB-1", "ab-12", "AB-123", "AB_12", "", "AB-12\n", "ÄB-12"])
def test_a_code_that_is_not_like_its_pattern_is_found(code: str, tmp_path: Path) -> None:
    assert broken_by(codes("AA-00"), tmp_path, "things", f"UPDATE things SET code = '{code}' WHERE id = 7") == [
        "things: code is like AA-00"
    ]


def test_a_code_that_comes_twice_is_found(tmp_path: Path) -> None:
    again = "UPDATE things SET code = (SELECT code FROM things WHERE id = 1) WHERE id = 2"
    assert broken_by(codes("AA-00", unique=True), tmp_path, "things", again) == ["things: code is unique"]


@pytest.mark.parametrize(
    ("pattern", "options"),
    [("AA-00", {}), ("AA-00", {"unique": True}), ("x" * 40, {}), ("x" * 40, {"unique": True}), ("A0", {"nullable": 0.5})],
    ids=repr,
)
def test_codes_are_the_same_in_blocks_of_any_size(pattern: str, options: dict[str, Any]) -> None:
    assert is_the_same_in_blocks_of_any_size(codes(pattern, **options), "things", seed=3)


def test_a_code_is_text_or_as_long_as_its_column_can_hold() -> None:
    assert codes("AA-00", type=Varchar(5)).table("things").sql_types["code"] == "VARCHAR(5)"
    with refused(r"Code\('AA-00'\) has 5 characters, and varchar\(4\) holds 4"):
        Code("AA-00", type=Varchar(4))
    with refused(r"Code\('AA-00'\): it is a text, and cannot be of the type integer"):
        Code("AA-00", type=Integer)
    with refused("it is a text, and cannot be of the type"):
        Code("AA-00", type=RepeatedText)


@pytest.mark.parametrize("pattern", ["", None, 5, b"A", ["A"]])
def test_a_pattern_is_a_text(pattern: Any) -> None:
    with refused("Code", "give a pattern such as 'AA-0000'"):
        Code(pattern)


def test_a_pattern_that_cannot_be_is_refused() -> None:
    with refused("it ends in a single backslash; write two for a literal one"):
        Code("A\\")
    with refused("it may contain ASCII characters only"):
        Code("Ä0")


def test_codes_of_a_type_of_texts_are_of_that_type(tmp_path: Path) -> None:
    model = model_of(
        table(
            "Things",
            40,
            id=Key(),
            a=Code("xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx", type=Uuid),
            b=Code("1000", type=Json),
            c=Code("AA", type=Varchar(9)),
        )
    )
    assert broken(model, tmp_path) == []


def test_a_function_and_a_text_read_codes() -> None:
    model = model_of(
        table(
            "Things",
            20,
            id=Key(),
            code=Code("A0"),
            label=Text("<{code}>"),
            size=column(Integer)(lambda code: np.array([len(one) for one in code.to_pylist()])),
        )
    )
    assert all(label == f"<{code}>" and size == 2 for code, label, size in of(model, "things", "code", "label", "size"))


def test_a_code_of_the_parent_is_looked_up(tmp_path: Path) -> None:
    parents = table("Parents", 20, id=Key(), code=Code("AAA", unique=True))
    model = model_of(parents, table("Things", FanOut(parents, 3), id=Key(), parent_id=ParentKey(parents), code=Lookup(parents.code)))
    code = dict(of(model, "parents", "id", "code"))
    assert all(code[parent] == own for parent, own in of(model, "things", "parent_id", "code"))
    assert broken(model, tmp_path) == []


# UUIDs


def tokens(rows: Any = 60, /, **options: Any) -> Model:
    made_at = CreatedAt(History(share_before=0.5))
    return model_of(table("Things", rows, id=Key(), made_at=made_at, token=Uuids(**options)))


@law
@given(st.integers(0, 2**64 - 1), st.sampled_from([4, 7]))
def test_a_uuid_is_of_its_version_and_variant(seed: int, version: int) -> None:
    model = tokens(20, **({"version": 7, "at": "made_at"} if version == 7 else {}))
    found = [uuid.UUID(token) for token in of(model, "things", "token", seed=seed)]
    assert all(token.version == version and token.variant == uuid.RFC_4122 for token in found)
    assert len(set(found)) == 20


def test_no_uuid_comes_twice_in_many_rows() -> None:
    assert len(set(of(tokens(100_000), "things", "token"))) == 100_000


def test_the_digits_of_random_uuids_are_even() -> None:
    found = of(tokens(20_000), "things", "token")
    for place in [*range(8), 10, 15, 17, 20, 25, 30, 35]:
        assert fits([int(token[place], 16) for token in found], np.ones(16)) > 1e-5, place


def test_uuids_of_version_7_ascend_with_their_moment_and_tell_it() -> None:
    model = tokens(300, version=7, at="made_at")
    found = sorted(of(model, "things", "made_at", "token"))
    milliseconds = [int(token[:8] + token[9:13], 16) for _, token in found]
    assert milliseconds == [int(at.timestamp() * 1_000_000) // 1000 for at, _ in found]
    by_moment = [token for _, token in found]
    assert [token[:13] for token in by_moment] == sorted(token[:13] for token in by_moment)


def test_uuids_of_version_7_of_moments_before_1970_are_refused() -> None:
    things = table("Things", 10, id=Key(), at=column(Timestamp)(lambda id: (id - 5) * DAY), token=Uuids(version=7, at="at"))
    with refused("things.token: a UUID of version 7 counts the milliseconds since 1970, and at is before that; use version 4"):
        of(model_of(things), "things", "token")


@pytest.mark.parametrize("options", [{}, {"version": 7, "at": "made_at"}, {"nullable": 0.3}, {"type": String}], ids=repr)
def test_uuids_are_proved_and_the_same_in_blocks_of_any_size(options: dict[str, Any], tmp_path: Path) -> None:
    model = tokens(**options)
    assert broken(model, tmp_path) == []
    assert "things: token is unique" in rules(model, tmp_path)
    assert is_the_same_in_blocks_of_any_size(model, "things")


def test_a_uuid_that_comes_twice_is_found(tmp_path: Path) -> None:
    again = "UPDATE things SET token = (SELECT token FROM things WHERE id = 1) WHERE id = 2"
    assert broken_by(tokens(), tmp_path, "things", again) == ["things: token is unique"]


@pytest.mark.parametrize(
    ("type", "sql"), [(Uuid, "UUID"), (String, "VARCHAR"), (Varchar(36), "VARCHAR(36)"), (Varchar(50), "VARCHAR(50)")], ids=repr
)
def test_a_uuid_is_one_or_a_text_that_is_long_enough(type: Any, sql: str) -> None:
    model = tokens(5, type=type)
    assert model.table("things").sql_types["token"] == sql
    assert {len(token) for token in of(model, "things", "token")} == {36}


@pytest.mark.parametrize(
    "type",
    [
        *(Varchar(35), Json, RepeatedText, "UUID", None, str),
        *(Integer, Money),
    ],
    ids=repr,
)  # fmt: skip
def test_a_uuid_is_nothing_else(type: Any) -> None:
    with refused(r"Uuids\(type=", "its type is Uuid, or a text of 36 characters or more"):
        Uuids(type=type)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"version": 1}, "4 for random ones, 7 for ones that ascend with a moment"),
        ({"version": True}, "4 for random ones, 7 for ones that ascend with a moment"),
        ({"version": "4"}, "4 for random ones, 7 for ones that ascend with a moment"),
        ({"version": None}, "4 for random ones, 7 for ones that ascend with a moment"),
        ({"version": 7}, "at names the own column of the moment, with version=7 and only with that"),
        ({"at": "made_at"}, "at names the own column of the moment, with version=7 and only with that"),
        ({"version": 7, "at": 5}, "Uuids: at must be a text"),
        ({"version": 7, "at": "id"}, r"things.token: at='id' must name a timestamp that is never missing, not a bigint"),
        ({"version": 7, "at": "made"}, r"things.token needs 'made', which is not a column of things; did you mean 'made_at'"),
    ],
    ids=repr,
)
def test_a_uuid_that_cannot_be_is_refused(options: dict[str, Any], words: str) -> None:
    with refused(words):
        tokens(**options)


def test_a_version_that_is_no_number_is_refused_in_words() -> None:
    with refused("4 for random ones"):
        Uuids(version=np.array([4, 7]))  # type: ignore[arg-type]


def test_a_moment_that_may_be_missing_has_no_uuid() -> None:
    at = column(Timestamp, nullable=True)(lambda id: np.ma.array(id * DAY, mask=id % 2 == 0))
    with refused("at='at' must name a timestamp that is never missing"):
        table("Things", 5, id=Key(), at=at, token=Uuids(version=7, at="at"))


def test_uuids_go_into_all_branches(tmp_path: Path) -> None:
    class Moves(Table):
        rows = Branches()
        id = Key()
        token = Uuids()

    kinds = [type(name, (Moves,), {"rows": 500}) for name in ("Arrivals", "Departures")]
    model = model_of(Moves, *kinds)
    assert max(Counter(of(model, "moves", "token")).values()) == 1
    assert broken(model, tmp_path) == []


# Together


@thorough
def test_they_are_the_same_from_one_worker_and_from_two_and_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parents = table("Parents", 60, id=Key(), made_at=CreatedAt(History()))
    things = table(
        "Things", FanOut(parents, {0: 1, 9: 3}), {"key": ("parent_id", "one")}, parent_id=ParentKey(parents), at=Lookup(parents.made_at),
        one=Code("A0", distinct=True), many=Code("x" * 25, unique=True), any=Code("a" * 20, when={"flag": True}), flag=Flag(0.5), token=Uuids(version=7, at="at"),
    )  # fmt: skip
    model = model_of(parents, things)
    whole = rows_of(model, "things")
    assert is_the_same_from_one_worker_and_from_two(model, tmp_path, monkeypatch)
    monkeypatch.setattr("colgen.generate.block.LEAF_ROWS", 70)
    assert rows_of(model, "things") == whole


def test_a_row_of_a_large_table_is_looked_up_alone() -> None:
    """So many rows that none of their codes is kept."""
    large = table("Parts", 5_000_000, id=Key(), code=Code("AA-0000-a", unique=True), token=Uuids())
    notes = table("Notes", 50, id=Key(), part_id=colgen.ForeignKey(large), code=Lookup(large.code), token=Lookup(large.token))
    model = model_of(large, notes)
    for row in rows_of(model, "notes"):
        assert matches("AA-0000-a").fullmatch(row["code"])
        assert uuid.UUID(row["token"]).version == 4
    assert is_the_same_in_blocks_of_any_size(model, "notes")
