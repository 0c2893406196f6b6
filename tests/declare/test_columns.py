"""The kinds of columns that stand by themselves."""

from __future__ import annotations

import numpy as np
import pytest

import colgen
from colgen import (
    Calendar,
    Category,
    Day,
    Double,
    Flag,
    ForeignKey,
    Integer,
    Key,
    Popularity,
    Table,
    Volume,
    column,
)
from tests.support import built, model_of, refused


def test_a_condition_that_no_row_meets_is_named() -> None:
    class Doors(Table):
        rows = 4
        id = Key()
        open = Flag(0)

    class Visits(Table):
        rows = 4
        id = Key()
        door_id = ForeignKey(Doors, where={"open": True})

    with refused("visits.door_id", "no row of doors has open = True"):
        built(Doors, Visits).frame("visits")


def test_a_rare_condition_is_found() -> None:
    class Doors(Table):
        rows = Volume("doors")
        id = Key()
        open = column(colgen.Boolean)(lambda id: id == 17)

    class Visits(Table):
        rows = Volume("visits")
        id = Key()
        door_id = ForeignKey(Doors, where={"open": True})

    frame = built(Doors, Visits, doors=5000, visits=50).frame("visits")
    assert set(frame["door_id"]) == {17}


def test_popularity_gives_most_to_few() -> None:
    class Goods(Table):
        rows = Volume("goods")
        id = Key()

    class Hits(Table):
        rows = Volume("hits")
        id = Key()
        good_id = ForeignKey(Goods, popularity=Popularity(top=0.1, share=0.9))

    counts = np.sort(np.bincount(built(Goods, Hits, goods=1000, hits=100_000).frame("hits")["good_id"].to_numpy(), minlength=1001)[1:])[
        ::-1
    ]
    assert counts[:100].sum() / counts.sum() == pytest.approx(0.9, abs=0.01)


def test_a_calendar_may_hang_on_any_table() -> None:
    class Visits(Table):
        rows = Volume("visits", Calendar(weekday=(1, 1, 1, 1, 1, 0, 0)))
        id = Key()
        day = Day()

    days = built(Visits, visits=1000).frame("visits")["day"]
    assert days.is_sorted()
    assert set(days.dt.weekday()) == {1, 2, 3, 4, 5}


def test_a_category_needs_no_percentages() -> None:
    class Coins(Table):
        rows = Volume("coins")
        id = Key()
        side = Category({"heads up": 3, "tails up": 1})

    sides = built(Coins, coins=4000).frame("coins")["side"].cast(str)
    assert (sides == "heads up").mean() == pytest.approx(0.75, abs=0.03)


def test_a_hidden_trait_has_a_fraction() -> None:
    class Debtors(Table):
        rows = 1000
        id = Key()
        habit = column(Double, hidden=True)(lambda draw: draw.uniform() ** 3)
        days_late = column(Integer)(lambda habit: (habit * 60).astype(np.int64))

    days = colgen.build(model_of(Debtors)).frame("debtors")["days_late"]
    assert abs(days.mean() - 15) < 2
