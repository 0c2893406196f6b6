"""References to actors: those who are still there, who are likely, and who are not there yet in the same basket."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import colgen
from colgen import (
    Between,
    Calendar,
    CreatedAt,
    Date,
    Day,
    FanOut,
    Flag,
    ForeignKey,
    History,
    Integers,
    Key,
    ModelError,
    ParentKey,
    Popularity,
    Rank,
    Table,
    Volume,
    column,
)
from tests.declare.baskets import BLOCKS
from tests.support import model_of, refused, rows_of, thorough


class Customers(Table):
    rows = Volume("customers")
    id = Key()
    rank = Rank()
    registered_at = CreatedAt(History(years_before=2, share_before=0.6), hidden=True)
    registered_on = column(Date)(lambda registered_at: registered_at // 86_400_000_000)
    left_on = column(Date)(lambda draw, registered_on: registered_on + draw.integers(1, 400))
    zone = Integers(0, 3)
    is_open = Flag(0.5)


class Visits(Table):
    rows = Volume("visits", Calendar())
    id = Key()
    day = Day()
    hour = Integers(0, 3)
    customer_id = ForeignKey(Customers, popularity=Popularity(by="rank"), existing_at="day", until="left_on")
    nearby_id = ForeignKey(Customers, likely=lambda hour, zone=Customers.zone: np.where(hour == zone, 0.9, 0.1))
    open_id = ForeignKey(Customers, existing_at="day", until="left_on", where={"is_open": True})


class Items(Table):
    rows = FanOut(Visits, Between(1, 6))
    id = Key()
    visit_id = ParentKey(Visits)
    customer_id = ForeignKey(Customers, popularity=Popularity(), distinct=True)


MODEL = model_of(Customers, Visits, Items, customers=300, visits=5000)


@pytest.fixture(scope="module")
def data() -> Any:
    return colgen.build(MODEL, seed=5)


def test_a_row_is_referred_to_only_between_its_days(data):
    visits, customers = data.frame("visits"), data.frame("customers")
    for key in ("customer_id", "open_id"):
        found = customers[(visits[key] - 1).to_list()]
        assert (found["registered_on"] < visits["day"]).all()
        assert (visits["day"] < found["left_on"]).all()
    assert customers[(visits["open_id"] - 1).to_list()]["is_open"].all()


def test_the_likely_are_taken_as_much_more_often_as_they_are_likely(data):
    visits, customers = data.frame("visits"), data.frame("customers")
    zone, hour = customers["zone"].to_numpy(), visits["hour"].to_numpy()
    here = zone[visits["nearby_id"].to_numpy() - 1] == hour
    share = np.bincount(zone, minlength=4)[hour] / len(zone)
    expected = (0.9 * share / (0.9 * share + 0.1 * (1 - share))).mean()
    assert abs(here.mean() - expected) < 5 * np.sqrt(0.25 / len(here))


def test_no_row_comes_twice_for_one_parent(data):
    items = data.frame("items")
    assert len(items.unique(["visit_id", "customer_id"])) == len(items)


@pytest.mark.parametrize("cells", [pytest.param(cells, marks=thorough) for cells in BLOCKS])
def test_they_are_the_same_in_blocks_of_any_size(cells):
    for table in ("visits", "items"):
        assert rows_of(MODEL, table, seed=5, block_cells=cells) == rows_of(MODEL, table, seed=5)


def test_all_rows_of_a_small_table_fit_into_a_basket_and_one_more_is_refused():
    class Things(Table):
        rows = 5
        id = Key()

    class Boxes(Table):
        rows = Volume("boxes")
        id = Key()

    class Contents(Table):
        rows = FanOut(Boxes, Between("least", "most"))
        id = Key()
        box_id = ParentKey(Boxes)
        thing_id = ForeignKey(Things, popularity=Popularity(), distinct=True)

    full = colgen.build(model_of(Things, Boxes, Contents, boxes=50, least=5, most=5), seed=1).frame("contents")
    assert (full.group_by("box_id").n_unique()["thing_id"] == 5).all()
    with pytest.raises(
        ModelError, match=r"contents.thing_id: up to 6 rows for each of boxes must refer to different ones, and things has 5"
    ):
        colgen.build(model_of(Things, Boxes, Contents, boxes=50, least=6, most=6)).frame("contents")


def test_long_baskets_have_no_row_twice_either():
    class Things(Table):
        rows = 500
        id = Key()

    class Boxes(Table):
        rows = 3
        id = Key()

    class Contents(Table):
        rows = FanOut(Boxes, 300)
        id = Key()
        box_id = ParentKey(Boxes)
        thing_id = ForeignKey(Things, distinct=True)

    full = colgen.build(model_of(Things, Boxes, Contents)).frame("contents")
    assert (full.group_by("box_id").n_unique()["thing_id"] == 300).all()


def test_what_does_not_fit_is_refused():
    with refused("until='left_on' needs existing_at"):
        ForeignKey(Customers, until="left_on")
    with refused("until='zone' must name a date", "registered_on, left_on"):

        class Calls(Table):
            rows = Volume("visits", Calendar())
            id = Key()
            day = Day()
            customer_id = ForeignKey(Customers, existing_at="day", until="zone")

    with refused("likely's parameter 'colour'", "own column", "customers"):

        class Mails(Table):
            rows = 5
            id = Key()
            customer_id = ForeignKey(Customers, likely=lambda colour: colour)

    with refused("distinct=True", "not fanned out"):

        class Notes(Table):
            rows = 5
            id = Key()
            customer_id = ForeignKey(Customers, distinct=True)

    with refused("likely must be a function"):
        ForeignKey(Customers, likely=0.5)


def test_nobody_who_is_left_is_an_error_in_words():
    class Ghosts(Table):
        rows = 10
        id = Key()
        since = CreatedAt(History(years_before=1, share_before=1))
        gone_on = column(Date)(lambda id: np.zeros(len(id), np.int64))

    class Calls(Table):
        rows = Volume("calls", Calendar())
        id = Key()
        day = Day()
        ghost_id = ForeignKey(Ghosts, existing_at="day", until="gone_on")

    with refused("calls.ghost_id", "no row of ghosts", "gone_on after day"):
        colgen.build(model_of(Ghosts, Calls, calls=5)).frame("calls")
