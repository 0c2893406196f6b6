"""Rows below other rows of their own table: as many levels as are asked for, and whoever is above has a lower number."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import colgen
from colgen import (
    Between,
    Branches,
    Code,
    CreatedAt,
    FanOut,
    Flag,
    ForeignKey,
    History,
    Integers,
    Key,
    Level,
    Lookup,
    Model,
    ParentKey,
    Popularity,
    Table,
    Text,
    Tree,
    Uuids,
    Volume,
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
from tests.support import model_of, refused, rows_of

law = settings(max_examples=40)


def tree(rows: Any = 60, levels: int = 4, roots: int = 2, /, **columns: Any) -> Model:
    """Categories below categories, of which each knows how far down it is."""
    return model_of(table("Categories", rows, id=Key(), above_id=Tree(levels, roots=roots), depth=Level("above_id"), **columns), rows=60)


def depths(above: dict[Any, Any]) -> dict[Any, int]:
    """How far down each row is, by the row above it."""
    found: dict[Any, int] = {}
    for row, upper in above.items():
        found[row] = 1 if upper is None else found[upper] + 1
    return found


@law
@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 300), st.integers(0, 2**32))
def test_a_tree_has_its_levels_and_the_rows_above_come_first(levels: int, roots: int, more: int, seed: int) -> None:
    rows = roots + levels - 1 + more * (levels > 1)
    model = tree(rows, levels, roots)
    found = of(model, "categories", "id", "above_id", "depth", seed=seed)
    above = {id: upper for id, upper, _ in found}
    assert all(upper is None or 1 <= upper < id for id, upper in above.items())
    assert {id: depth for id, _, depth in found} == depths(above)
    assert max(depths(above).values()) == levels
    assert [id for id, upper in above.items() if upper is None] == [*range(1, (rows if levels == 1 else roots) + 1)]
    assert [depth for _, _, depth in found] == sorted(depth for _, _, depth in found), "a level is a run of ids"


@law
@given(st.integers(2, 6), st.integers(1, 4), st.integers(0, 2000))
def test_no_level_is_smaller_than_the_one_above_it_by_more_than_a_rounding(levels: int, roots: int, more: int) -> None:
    rows = roots * levels + more
    sizes = Counter(of(tree(rows, levels, roots), "categories", "depth"))
    assert all(sizes[level + 1] >= sizes[level] - 1 for level in range(1, levels))


def test_the_levels_grow_by_about_the_same_factor() -> None:
    sizes = Counter(of(tree(20_000, 5, 20), "categories", "depth"))
    factors = [sizes[level + 1] / sizes[level] for level in range(1, 5)]
    assert max(factors) / min(factors) < 1.15
    assert sum(sizes.values()) == 20_000


def test_every_row_of_the_level_above_is_as_likely() -> None:
    found = of(tree(20_000, 2, 50), "categories", "above_id")
    assert found[:50] == [None] * 50
    assert fits([upper - 1 for upper in found[50:]], np.ones(50)) > 1e-4


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 100])
@pytest.mark.parametrize(("levels", "roots"), [(1, 1), (2, 1), (1, 3), (3, 2)])
def test_too_few_rows_for_all_levels_are_refused_when_the_model_is_made(rows: int, levels: int, roots: int, tmp_path: Path) -> None:
    if rows >= roots + levels - 1:
        assert broken(tree(rows, levels, roots), tmp_path) == []
        return
    words = (
        rf"categories.above_id: Tree\(levels={levels}, roots={roots}\) needs at least {roots + levels - 1} rows, and categories has {rows}"
    )
    with refused("model shop: volume 'small'", words):
        tree(rows, levels, roots)


def test_settings_that_leave_too_few_rows_are_refused() -> None:
    categories = table("Categories", Volume("categories"), id=Key(), above_id=Tree(4, roots=10))
    model = model_of(categories, categories=40)
    with refused(r"Tree\(levels=4, roots=10\) needs at least 13 rows, and categories has 12"):
        colgen.build(model, settings={"categories": 12}).frame("categories")
    with refused("needs at least 13 rows, and categories has 4"):
        colgen.build(model, scale=0.1).frame("categories")
    with refused("volume 'small'", "needs at least 13 rows, and categories has 12"):
        model_of(categories, categories=12)


def test_a_tree_is_proved(tmp_path: Path) -> None:
    model = tree()
    assert broken(model, tmp_path) == []
    assert {
        "categories: above_id is in categories",
        "categories: above_id is a lower id",
        "categories: depth is one more than that of above_id, and 1 at the top",
    } <= rules(model, tmp_path)


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE categories SET depth = depth + 1 WHERE id = 60", "depth is one more than that of above_id, and 1 at the top"),
        ("UPDATE categories SET depth = 0 WHERE id = 60", "depth is one more than that of above_id, and 1 at the top"),
        ("UPDATE categories SET above_id = NULL WHERE id = 60", "depth is one more than that of above_id, and 1 at the top"),
        ("UPDATE categories SET above_id = 0 WHERE id = 1", "above_id is in categories"),
    ],
)
def test_a_row_at_a_wrong_place_is_found(statement: str, rule: str, tmp_path: Path) -> None:
    assert broken_by(tree(), tmp_path, "categories", statement) == [f"categories: {rule}"]


def test_a_row_that_stands_below_itself_is_found_where_nothing_says_how_far_down_it_is(tmp_path: Path) -> None:
    model = model_of(table("Categories", 60, id=Key(), above_id=Tree(4)))
    assert broken_by(model, tmp_path, "categories", "UPDATE categories SET above_id = 40 WHERE id = 40") == [
        "categories: above_id is a lower id"
    ]


@pytest.mark.parametrize(("levels", "roots"), [(4, 2), (1, 1), (6, 1)])
def test_a_tree_is_the_same_in_blocks_of_any_size(levels: int, roots: int) -> None:
    assert is_the_same_in_blocks_of_any_size(tree(60, levels, roots), "categories", seed=5)


@pytest.mark.parametrize("key", [Key(start=100), Code("AA", unique=True), Uuids()], ids=["number", "code", "uuid"])
def test_the_row_above_is_told_by_its_key_whatever_that_is(key: Any, tmp_path: Path) -> None:
    categories = table("Categories", 60, {"key": "key"}, key=key, above=Tree(4, roots=2), depth=Level("above"))
    model = model_of(categories)
    found = of(model, "categories", "key", "above", "depth")
    assert {row: depth for row, _, depth in found} == depths({row: upper for row, upper, _ in found})
    assert broken(model, tmp_path) == []
    assert is_the_same_in_blocks_of_any_size(model, "categories")


def test_what_a_function_and_others_make_of_a_tree(tmp_path: Path) -> None:
    """Whoever is above was there before; the level is a whole number like any other."""
    staff = table(
        "Staff", 80, id=Key(), since=CreatedAt(History()), boss_id=Tree(3), depth=Level("boss_id"), pay=column(Integers(1, 2).type)(lambda depth: 100 // depth),
        title=Text("level {depth}"), is_free=Flag(0.5, when={"boss_id": None}), grade=Integers(1, 9, when={"depth": (2, 3)}),
    )  # fmt: skip
    visits = table(
        "Visits", 40, id=Key(), staff_id=ForeignKey(staff, where={"depth": 3}), level=Lookup(staff.depth), boss_id=Lookup(staff.boss_id)
    )
    model = model_of(staff, visits)
    since = dict(of(model, "staff", "id", "since"))
    for row in rows_of(model, "staff"):
        assert row["boss_id"] is None or since[row["boss_id"]].date() <= row["since"].date()
        assert (row["is_free"] is not None) == (row["boss_id"] is None)
        assert (row["grade"] is not None) == (row["depth"] > 1)
        assert (row["pay"], row["title"]) == (100 // row["depth"], f"level {row['depth']}")
    assert set(of(model, "visits", "level")) == {3}
    assert None not in of(model, "visits", "boss_id")
    assert broken(model, tmp_path) == []


# A tree for each parent


@law
@given(st.lists(st.integers(0, 12), min_size=1, max_size=12), st.integers(1, 5), st.integers(1, 3), st.integers(0, 2**32))
def test_the_rows_of_each_parent_are_a_tree_of_their_own(sizes: list[int], levels: int, roots: int, seed: int) -> None:
    counts = np.array([*sizes, 0])
    posts = table("Posts", len(sizes), id=Key(), size=column(Integers(1, 2).type)(lambda id: counts[id - 1]))
    comments = table(
        "Comments", FanOut(posts, "size"), id=Key(), post_id=ParentKey(posts), above_id=Tree(levels, roots=roots), depth=Level("above_id")
    )
    found = of(model_of(posts, comments), "comments", "id", "post_id", "above_id", "depth", seed=seed)
    post = {id: owner for id, owner, _, _ in found}
    above = {id: upper for id, _, upper, _ in found}
    assert all(upper is None or (upper < id and post[upper] == post[id]) for id, upper in above.items())
    assert {id: depth for id, _, _, depth in found} == depths(above)
    for number, size in enumerate(sizes, 1):
        tops = sum(upper is None for id, upper in above.items() if post[id] == number)
        deepest = max((depth for _, owner, _, depth in found if owner == number), default=0)
        assert tops == (min(size, roots) if levels > 1 else size)
        assert deepest == (min(levels, max(size - roots + 1, 1)) if size else 0)


def test_trees_of_parents_are_proved_and_the_same_in_blocks_and_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    posts = table("Posts", 40, id=Key())
    comments = table(
        "Comments", FanOut(posts, Between(0, 20)), id=Key(), post_id=ParentKey(posts), above_id=Tree(4), depth=Level("above_id")
    )
    model = model_of(posts, comments)
    assert broken(model, tmp_path) == []
    assert is_the_same_in_blocks_of_any_size(model, "comments")
    whole = rows_of(model, "comments")
    monkeypatch.setattr("colgen.generate.block.LEAF_ROWS", 50)
    assert rows_of(model, "comments") == whole


def test_a_tree_is_the_same_from_one_worker_and_from_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    posts = table("Posts", 40, id=Key())
    comments = table(
        "Comments", FanOut(posts, Between(0, 20)), id=Key(), post_id=ParentKey(posts), above_id=Tree(4), depth=Level("above_id")
    )
    for model in (tree(600), model_of(posts, comments)):
        assert is_the_same_from_one_worker_and_from_two(model, tmp_path, monkeypatch)


def test_each_table_of_a_mixin_has_a_tree_of_its_own(tmp_path: Path) -> None:
    class Nested:
        above_id = Tree(3)
        depth = Level("above_id")

    class Places(Nested, Table):
        rows = 30
        id = Key()

    class Parts(Nested, Table, key="code"):
        rows = 40
        code = Code("AA", unique=True)

    model = model_of(Places, Parts)
    assert broken(model, tmp_path) == []
    assert {type(upper) for upper in of(model, "parts", "above_id")} == {str, type(None)}


def test_a_hidden_table_may_be_a_tree(tmp_path: Path) -> None:
    hidden = table("Nodes", 30, {"hidden": True}, id=Key(), above_id=Tree(3), depth=Level("above_id"))
    leaves = table(
        "Leaves",
        FanOut(hidden, 2),
        id=Key(),
        node_id=ParentKey(hidden, hidden=True),
        above_id=Lookup(hidden.above_id),
        depth=Lookup(hidden.depth),
    )
    model = model_of(hidden, leaves)
    assert broken(model, tmp_path) == []
    assert set(of(model, "leaves", "depth")) == {1, 2, 3}


# What cannot be


@pytest.mark.parametrize("levels", [0, -1, 65, 1.5, "3", None, True])
def test_levels_are_a_whole_number(levels: Any) -> None:
    with refused("Tree: levels must be a whole number from 1 to 64"):
        Tree(levels)


@pytest.mark.parametrize("roots", [0, -1, 1.5, "3", None])
def test_roots_are_a_whole_number(roots: Any) -> None:
    with refused("Tree: roots must be a whole number from 1 to"):
        Tree(3, roots=roots)


def test_a_level_is_of_a_tree() -> None:
    with refused(r"things.depth: Level\('id'\) must name a column Tree\(\), not a bigint"):
        table("Things", 5, id=Key(), depth=Level("id"))
    with refused("things.depth needs 'above', which is not a column of things"):
        table("Things", 5, id=Key(), depth=Level("above"))


def test_a_tree_needs_a_key_to_write() -> None:
    with refused("things.above_id refers to things, which has no key to write"):
        table("Things", 5, above_id=Tree(2))


@pytest.mark.parametrize("option", ["unique", "distinct"])
def test_a_tree_cannot_promise_that_rows_stand_below_different_ones(option: str) -> None:
    with refused(f"Tree: a Tree cannot be {option}"):
        Tree(3, **{option: True})


def test_in_a_table_that_keeps_some_rows_a_tree_is_refused_or_proved(tmp_path: Path) -> None:
    try:
        model = model_of(table("Things", 60, {"keep": "there"}, id=Key(), there=Flag(0.5), above_id=Tree(3)))
    except colgen.ModelError:
        return
    assert broken(model, tmp_path) == []


def test_a_tree_of_the_rows_of_a_branch_is_refused() -> None:
    class Moves(Table):
        rows = Branches()
        id = Key()

    with refused("arrivals.above_id: the rows of a branch are numbered with those of others; a tree needs a table of its own"):
        type("Arrivals", (Moves,), {"rows": 20, "above_id": Tree(3)})


def test_who_is_liked_in_a_tree_is_drawn_apart_from_it() -> None:
    model = model_of(table("Things", 60, id=Key(), above_id=Tree(3), liked_id=ForeignKey("self", popularity=Popularity())))
    alone = model_of(table("Things", 60, id=Key(), above_id=Tree(3)))
    assert of(model, "things", "above_id") == of(alone, "things", "above_id")
