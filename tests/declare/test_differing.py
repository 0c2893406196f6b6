"""Two references of one row to different rows of one table, and pairs of which each two rows make one."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colgen import (
    Between,
    Category,
    CreatedAt,
    FanOut,
    FixedValues,
    ForeignKey,
    History,
    Key,
    Lookup,
    Ordinal,
    Pairs,
    ParentKey,
    Popularity,
    Table,
    Tree,
    Volume,
    column,
)
from tests.declare.proved import broken_by, is_the_same_from_one_worker_and_from_two, is_the_same_in_blocks_of_any_size, of, rules, table
from tests.draws.fit import chi_square
from tests.support import model_of, refused, rows_of

law = settings(max_examples=15)
Parts = table("Parts", 6, id=Key(start=100), kind=Category(a=1, b=1), code=FixedValues(1, 2, 3, 4, 5, 6))
Boxes = table("Boxes", 5, id=Key())
NAMES = ("first_id", "second_id")


def uses(rows: Any = 400, first: Any = None, head: dict[str, Any] | None = None, **second: Any) -> Any:
    """A table with two references to parts, of which the second differs from the first."""
    second_id = ForeignKey(Parts, differs_from="first_id", **second)
    return table("Uses", rows, head, id=Key(), first_id=first or ForeignKey(Parts), second_id=second_id)


def are_even(counts: list[int]) -> bool:
    return chi_square(np.array(counts), np.ones(len(counts))) > 1e-4


# Drawn among those that are left


@law
@given(st.integers(2, 9), st.integers(0, 2**32))
def test_the_row_is_another_one_than_that_of_the_other_reference(there: int, seed: int) -> None:
    things = table("Things", there, id=Key(start=3))
    links = table("Links", 60, a=ForeignKey(things), b=ForeignKey(things, differs_from="a"))
    for a, b in of(model_of(things, links), "links", "a", "b", seed=seed):
        assert a != b
        assert 3 <= b < 3 + there


@pytest.mark.parametrize("first", [ForeignKey(Parts), ForeignKey(Parts, popularity=Popularity())], ids=["even", "by popularity"])
def test_every_other_row_is_as_likely(first: Any) -> None:
    found = Counter(of(model_of(Parts, uses(30_000, first)), "uses", *NAMES))
    for one in range(100, 106):
        others = [found[one, other] for other in range(100, 106) if other != one]
        assert are_even(others)


def test_where_the_other_reference_is_missing_any_row_will_do() -> None:
    found = Counter(of(model_of(Parts, uses(20_000, ForeignKey(Parts, nullable=0.5))), "uses", *NAMES))
    assert are_even([found[None, other] for other in range(100, 106)])


def test_by_popularity_it_is_the_same_preference_among_the_others() -> None:
    found = Counter(of(model_of(Parts, uses(30_000, popularity=Popularity())), "uses", *NAMES))
    alone = Counter(second for first, second in found.elements() if first != 100)
    assert not any(first == second for first, second in found)
    assert max(alone.values()) > 3 * min(alone.values())


@pytest.mark.parametrize("where", [{"kind": "a"}, {"code": 3}], ids=repr)
def test_the_others_are_those_that_match(where: dict[str, Any]) -> None:
    model = model_of(Parts, uses(500, where=where, nullable=True))
    kinds = {row["id"]: row for row in rows_of(model, "parts")}
    matching = [id for id, row in kinds.items() if all(row[name] == value for name, value in where.items())]
    for first, second in of(model, "uses", *NAMES):
        assert (second is None) == (set(matching) <= {first})
        assert second is None or (second in matching and second != first)


def test_it_existed_and_is_another_one() -> None:
    people = table("People", Volume("people"), id=Key(), since=CreatedAt(History(share_before=0.3)))
    calls = table(
        "Calls", FanOut(people, 3), caller_id=ParentKey(people), day=Lookup(people.since),
        called_id=ForeignKey(people, differs_from="caller_id", existing_at="day", nullable=True, distinct=True),
        liked_id=ForeignKey(people, differs_from="caller_id", existing_at="day", nullable=True, likely=likes),
    )  # fmt: skip
    model = model_of(people, calls, people=60)
    since = dict(of(model, "people", "id", "since"))
    seen = rows_of(model, "calls")[30:]
    for row in seen:
        assert row["called_id"] != row["caller_id"] != row["liked_id"]
        assert since[row["called_id"]] <= row["day"]


def likes(caller_id: Any) -> Any:
    return caller_id % 2 / 2 + 0.5


def test_children_refer_to_different_rows_none_of_which_is_their_parent() -> None:
    links = table("Links", FanOut(Boxes, 4), {"key": ("a", "b")}, a=ParentKey(Boxes), b=ForeignKey(Boxes, differs_from="a", distinct=True))
    assert sorted(of(model_of(Boxes, links), "links", "a", "b")) == [(a, b) for a in range(1, 6) for b in range(1, 6) if a != b]


def test_a_mentor_is_neither_oneself_nor_the_manager() -> None:
    people = table("People", 300, id=Key(), manager_id=Tree(3, roots=2), mentor_id=ForeignKey("self", differs_from="manager_id"))
    found = of(model_of(people), "people", "id", "manager_id", "mentor_id")
    assert all(mentor not in (id, manager) and 1 <= mentor <= 300 for id, manager, mentor in found)
    assert {mentor for _, _, mentor in found} >= {1, 300} or len({mentor for _, _, mentor in found}) > 150


def test_within_a_row_further_up_it_is_another_one_of_the_same() -> None:
    people = table("People", FanOut(Boxes, Between(1, 4)), id=Key(), box_id=ParentKey(Boxes))
    tasks = table(
        "Tasks", FanOut(Boxes, 20), box_id=ParentKey(Boxes), done_by=ForeignKey(people, within=Boxes, nullable=0.2),
        seen_by=ForeignKey(people, within=Boxes, differs_from="done_by", nullable=True), told=ForeignKey(people, differs_from="done_by"),
    )  # fmt: skip
    model = model_of(Boxes, people, tasks)
    box = dict(of(model, "people", "id", "box_id"))
    sizes = Counter(box.values())
    for at, done, seen, told in of(model, "tasks", "box_id", "done_by", "seen_by", "told"):
        assert told != done
        assert (seen is None) == (sizes[at] == (done is not None))
        assert seen is None or (seen != done and box[seen] == at)


def test_it_is_the_same_in_blocks_of_any_size_and_from_any_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = model_of(Parts, uses(400, ForeignKey("Parts", nullable=0.2)))
    assert is_the_same_in_blocks_of_any_size(model, "uses")
    assert is_the_same_from_one_worker_and_from_two(model, tmp_path, monkeypatch)


# Proved


def test_that_they_differ_is_proved(tmp_path: Path) -> None:
    model = model_of(Parts, uses(40))
    assert "uses: second_id differs from first_id" in rules(model, tmp_path)
    assert broken_by(model, tmp_path / "b", "uses", "UPDATE uses SET second_id = first_id WHERE id = 3") == [
        "uses: second_id differs from first_id"
    ]


def test_references_of_several_columns_differ_together(tmp_path: Path) -> None:
    lines = table("Lines", FanOut(Boxes, 2), {"key": ("box_id", "line")}, box_id=ParentKey(Boxes), line=Ordinal())
    links = table(
        "Links", 30, a=ForeignKey(lines, hidden=True), b=ForeignKey(lines, hidden=True, differs_from="a"),
        a_box=Lookup(lines.box_id, via="a"), a_line=Lookup(lines.line, via="a"), b_box=Lookup(lines.box_id, via="b"), b_line=Lookup(lines.line, via="b"),
    )  # fmt: skip
    model = model_of(Boxes, lines, links)
    assert broken_by(model, tmp_path, "links", "UPDATE links SET a_box = b_box, a_line = b_line WHERE rowid = 2") == [
        "links: b_box and b_line differ from a_box and a_line"
    ]


# What is refused


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"unique": True}, ["unique=True takes each row once", "differs_from cannot be given"]),
        ({"weights": (1,) * 6}, ["weights say how often each row comes, so differs_from cannot be given"]),
        ({"distinct": True}, ["distinct=True", "name the ParentKey"]),
    ],
)
def test_what_cannot_be_derived_beside_it_is_refused(options: dict[str, Any], words: list[str]) -> None:
    with refused(*words):
        model_of(Parts, Boxes, uses(FanOut(Boxes, 3), **options))


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("thing_id", ["uses.second_id needs 'thing_id', which is not a column of uses"]),
        ("id", ["differs_from='id', it must name another reference of uses to parts", "first_id"]),
        ("second_id", ["it must name another reference of uses to parts; available: first_id"]),
        ("box_id", ["which refers to boxes"]),
        ("picked", ["it must name another reference"]),
        (3, ["differs_from"]),
    ],
)
def test_it_names_another_reference_to_the_same_table(named: Any, words: list[str]) -> None:
    with refused(*words):

        class Uses(Table):
            rows = 4
            id = Key()
            box_id = ForeignKey(Boxes)
            first_id = ForeignKey(Parts)
            second_id = ForeignKey(Parts, differs_from=named)

            @column(ForeignKey(Parts))
            def picked(id: Any) -> Any:
                return id

        model_of(Parts, Boxes, Uses)


def test_where_no_other_row_is_left_it_is_refused_with_the_numbers_or_missing() -> None:
    things = table("Things", 1, id=Key())
    with refused("links.b must be another row of things than a, and there is 1; ask for 2, or say nullable=True"):
        model_of(things, table("Links", 9, a=ForeignKey(things), b=ForeignKey(things, differs_from="a")))
    links = table("Links", 90, a=ForeignKey(things, nullable=0.5), b=ForeignKey(things, differs_from="a", nullable=True))
    assert set(of(model_of(things, links), "links", "a", "b")) == {(1, None), (None, 1)}
    with refused("and parts has 6, of which that of first_id is none of them"):
        model_of(
            Parts, table("Kids", FanOut(Parts, 6), first_id=ParentKey(Parts), b=ForeignKey(Parts, differs_from="first_id", distinct=True))
        )
    with refused("uses.second_id: parts has no other row than the one of first_id with code = 3 to refer to; ask for more of them"):
        rows_of(model_of(Parts, uses(where={"code": 3})), "uses")


# Pairs of which each two rows make one


@law
@given(st.integers(2, 12), st.integers(0, 2**32))
def test_each_two_rows_are_paired_once_the_lower_one_first(there: int, seed: int) -> None:
    people = table("People", there, id=Key())
    friends = table("Friends", Pairs(people, people, "friends", once=True), {"key": ("a", "b")}, a=ForeignKey(people), b=ForeignKey(people))
    found = of(model_of(people, friends, friends=there * (there - 1) // 2), "friends", "a", "b", seed=seed)
    assert sorted(found) == list(combinations(range(1, there + 1), 2))


def test_every_pair_is_as_likely_and_that_it_ascends_is_proved(tmp_path: Path) -> None:
    people = table("People", 9, id=Key())
    friends = table("Friends", Pairs(people, people, "friends", once=True), a=ForeignKey(people), b=ForeignKey(people))
    model = model_of(people, friends, friends=3)
    found = Counter(pair for seed in range(250) for pair in of(model, "friends", "a", "b", seed=seed))
    assert are_even([found[pair] for pair in combinations(range(1, 10), 2)])
    assert broken_by(model, tmp_path, "friends", "UPDATE friends SET a = b, b = a WHERE rowid = 1") == ["friends: a is below b"]


def test_more_pairs_than_there_are_or_pairs_of_two_tables_are_refused() -> None:
    people = table("People", 5, id=Key())
    friends = table("Friends", Pairs(people, people, "friends", once=True), a=ForeignKey(people), b=ForeignKey(people))
    with refused("friends: 11 pairs must differ, and 5 × 4 / 2 rows have only 10"):
        model_of(people, friends, friends=11)
    with refused("once=True", "two tables", "leave once out"):
        Pairs(people, Boxes, "friends", once=True)
