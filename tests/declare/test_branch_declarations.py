"""Which branches a table may have, and what they must agree in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import colgen
from colgen import (
    BigInteger,
    Branches,
    Category,
    FanOut,
    ForeignKey,
    Integer,
    Integers,
    Key,
    Lookup,
    Model,
    RequestError,
    Table,
    column,
)
from colgen.targets import manifest
from tests.declare.stock import STOCK, Moves, Opening, Orders, Received, Suppliers, written
from tests.support import model_of, refused


def two(first: dict[str, Any], second: dict[str, Any]) -> Callable[[], Model]:
    """A model whose table has two branches with these columns."""

    def declare() -> Model:
        class Rolls(Table):
            rows = Branches()
            id = Key()

        one = type("One", (Rolls,), {"rows": 3, **first})
        other = type("Other", (Rolls,), {"rows": 3, **second})
        return model_of(Rolls, one, other)

    return declare


DIFFERENT = {
    "a name": ({"size": Integers(1, 2)}, {"sice": Integers(1, 2)}),
    "a type": ({"size": Integers(1, 2)}, {"size": Integers(1, 2, type=BigInteger)}),
    "a column more": ({"size": Integers(1, 2)}, {"size": Integers(1, 2), "shape": Integers(1, 2)}),
    "the order": ({"size": Integers(1, 2), "shape": Integers(1, 2)}, {"shape": Integers(1, 2), "size": Integers(1, 2)}),
    "one that is hidden": ({"size": Integers(1, 2)}, {"size": Integers(1, 2, hidden=True)}),
    "the number of words": ({"size": Category(a=1, b=1)}, {"size": Category(a=1, b=1, c=1)}),
}


@pytest.mark.parametrize(("first", "second"), DIFFERENT.values(), ids=DIFFERENT)
def test_branches_agree_in_their_written_columns(first: dict[str, Any], second: dict[str, Any]) -> None:
    with refused("other and one are branches of one table", "differ in their written columns"):
        two(first, second)()


def test_branches_may_differ_in_their_hidden_columns(tmp_path: Path) -> None:
    shop = two(
        {"luck": Integers(1, 2, hidden=True), "size": column(Integer)(lambda luck: luck)},
        {"size": column(Integer)(lambda draw: draw.integers(1, 2))},
    )()
    written(tmp_path / "data", shop)
    assert list(manifest.read(tmp_path / "data").tables["rolls"].columns) == ["id", "size"]


def test_branches_agree_in_their_words() -> None:
    with refused("differ in their written columns"):
        two({"size": Category(a=1, b=1)}, {"size": Category(c=1, d=1)})()


def test_branches_agree_in_what_may_be_missing() -> None:
    missing = column(Integer, nullable=True)(lambda id: np.ma.array(id, mask=id == 1))
    with refused("differ in their written columns"):
        two({"size": Integers(1, 2)}, {"size": missing})()


def test_a_table_without_a_branch_is_named() -> None:
    with refused("table moves has no branches", "subclass it"):
        model_of(Moves)


def test_a_subclass_of_a_table_with_rows_of_its_own_is_refused() -> None:
    with refused("table more is a branch of orders, which does not set rows = Branches"):

        class More(Orders):
            rows = 3


def test_a_branch_of_a_branch_is_refused() -> None:
    with refused("table more is a branch of opening", "does not set rows = Branches"):

        class More(Opening):
            rows = 3


def test_a_branch_says_where_its_rows_come_from() -> None:
    with refused("table more", "does not say where its rows come from"):

        class More(Moves):
            size = Integers(1, 2)


def test_branches_want_a_parent_of_the_model() -> None:
    class Rolls(Table):
        rows = Branches()
        id = Key()

    class Left(Rolls):
        rows = FanOut(Orders, 2)

    with refused("table left is fanned out from orders, which is not in model shop"):
        model_of(Rolls, Left)


def test_branches_want_their_settings() -> None:
    with refused("lacks the setting 'least', which the row count of received uses"):
        model_of(Suppliers, Moves, Received, suppliers=3)


def test_a_branch_is_no_table_of_its_own() -> None:
    assert [table.name for table in STOCK.written] == ["suppliers", "orders", "moves"]
    with pytest.raises(RequestError, match="no table 'sold'; available: suppliers, orders, moves"):
        colgen.build(STOCK, tables=["sold"])
    with pytest.raises(RequestError, match="no table 'sold'"):
        colgen.build(STOCK).frame("sold")


def test_a_branch_whose_table_is_not_in_the_model_is_refused() -> None:
    with refused("moves"):
        model_of(Opening)


def test_rows_fanned_out_from_a_table_of_branches_are_refused() -> None:
    with refused("moves has no rows of its own; fan out from each of its branches"):
        FanOut(Moves, 1)


def test_a_lookup_in_a_table_of_branches_finds_the_row() -> None:
    class Rolls(Table):
        rows = Branches()
        id = Key()
        points = Integers(1, 6)

    class Left(Rolls):
        rows = 3

    class Right(Rolls):
        rows = 3

    class Notes(Table):
        rows = 20
        id = Key()
        roll_id = ForeignKey(Rolls)
        points = Lookup(Rolls.points)

    data = colgen.build(model_of(Rolls, Left, Right, Notes))
    points, notes = data.frame("rolls")["points"].to_list(), data.frame("notes")
    assert notes["points"].to_list() == [points[id - 1] for id in notes["roll_id"]]


def test_a_count_that_depends_on_ids_that_depend_on_it_is_refused() -> None:
    class Steps(Table):
        rows = Branches()
        id = Key()

    class There(Steps):
        rows = 3
        again = column(BigInteger, hidden=True)(lambda id: id % 2)

    class Back(Steps):
        rows = FanOut(There, "again")

    with refused("how many rows back has", "ids of there", "share their numbers"):
        colgen.build(model_of(Steps, There, Back)).frame("steps")


@pytest.mark.parametrize("branch", ["first", "second", "later"])
def test_a_foreign_key_to_a_branch_whose_ids_others_share_is_refused(branch: str) -> None:
    class Steps(Table):
        rows = Branches()
        id = Key()

    class There(Steps):
        rows = 3

    class Back(Steps):
        rows = FanOut(There, 2)

    class Aside(Steps):
        rows = 4

    class Notes(Table):
        rows = 2
        id = Key()
        step = ForeignKey({"first": There, "second": Back, "later": Aside}[branch])

    with refused("notes.step draws a row of", "branches of steps share", "draw one of steps"):
        model_of(Steps, There, Back, Aside, Notes)
