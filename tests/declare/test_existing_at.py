"""A foreign key to what existed by the day of a parent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import colgen
from colgen import (
    Between,
    BigInteger,
    Boolean,
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
    Lookup,
    Model,
    ModelError,
    Moment,
    ParentKey,
    Popularity,
    Table,
    Volume,
    column,
)
from tests.declare.baskets import BLOCKS
from tests.support import first_of, model_of, rows_of


def test_what_existed_by_a_day_of_a_parents_parent_is_checked(tmp_path: Path) -> None:
    class Shops(Table):
        rows = 50
        id = Key()
        since = CreatedAt(History(years_before=3, share_before=0.2))

    class Trips(Table):
        rows = Volume("trips", Calendar())
        id = Key()
        day = Day()

    class Stops(Table):
        rows = FanOut(Trips, Between(0, 1))
        id = Key()
        trip_id = ParentKey(Trips)

    class Purchases(Table):
        rows = FanOut(Stops, 2)
        id = Key()
        stop_id = ParentKey(Stops)
        day = Lookup(Trips.day, hidden=True)
        shop_id = ForeignKey(Shops, existing_at="day")

    shop = model_of(Shops, Trips, Stops, Purchases, trips=600)
    colgen.build(shop, out=tmp_path / "data")
    assert {one.rule for one in colgen.check(tmp_path / "data", model=shop) if not one.holds} == set()


def purchases(own: bool, kind: str, popularity: Popularity | None, where: dict[str, Any] | None) -> Model:
    """Purchases on a trip's day, each in a shop that existed by then; the day looked up, or worked out in a column of its own."""

    class Shops(Table):
        rows = 400
        id = Key()
        since = CreatedAt(History(years_before=3, share_before=0.2))
        open = Flag(0.7)

    class Trips(Table):
        rows = Volume("trips", Calendar())
        id = Key()
        day = Day()
        moment = Moment()
        stops = Integers(0, 2)

    class Stops(Table):
        rows = FanOut(Trips, "stops")
        id = Key()
        trip_id = ParentKey(Trips)
        day = Lookup(Trips.day)
        moment = Lookup(Trips.moment)
        purchases = Integers(0, 3)

    at_stop, at_trip = getattr(Stops, kind), getattr(Trips, kind)
    type_ = at_trip.type

    class Purchases(Table):
        rows = FanOut(Stops, "purchases")
        id = Key()
        stop_id = ParentKey(Stops)
        of_stop = column(type_)(lambda when=at_stop: when) if own else Lookup(at_stop)
        of_trip = column(type_)(lambda when=at_trip: when) if own else Lookup(at_trip)
        shop_id = ForeignKey(Shops, existing_at="of_stop", popularity=popularity, where=where)
        other_shop_id = ForeignKey(Shops, existing_at="of_trip", popularity=popularity, where=where)

    return model_of(Shops, Trips, Stops, Purchases, trips=150)


@pytest.mark.parametrize(
    ("popularity", "where"),
    first_of([(popularity, where) for popularity in (Popularity(top=0.2, share=0.8), None) for where in ({"open": True}, None)]),
    ids=["popular and open", "popular", "open", "any"],
)
@pytest.mark.parametrize("kind", ["day", "moment"])
def test_by_a_parents_day_the_rows_are_those_by_an_own_column_of_it(
    kind: str, popularity: Popularity | None, where: dict[str, Any] | None, tmp_path: Path
) -> None:
    own, looked_up = (purchases(one, kind, popularity, where) for one in (True, False))
    wanted = rows_of(own, "purchases")
    assert len({row["shop_id"] for row in wanted}) > 30
    for block_cells in BLOCKS:
        assert rows_of(looked_up, "purchases", block_cells=block_cells) == wanted
    colgen.build(looked_up, out=tmp_path / "data", check=True)


def test_by_the_day_of_a_row_that_is_no_parent_it_is_the_same() -> None:
    class Shops(Table):
        rows = 400
        id = Key()
        since = CreatedAt(History(years_before=3, share_before=0.2))

    class Trips(Table):
        rows = Volume("trips", Calendar())
        id = Key()
        day = Day()

    def notes(day: Any) -> list[dict[str, Any]]:
        class Notes(Table):
            rows = 500
            id = Key()
            trip_id = ForeignKey(Trips)
            day_of = day
            shop_id = ForeignKey(Shops, existing_at="day_of")

        return rows_of(model_of(Shops, Trips, Notes, trips=60), "notes")

    assert notes(Lookup(Trips.day)) == notes(column(Date)(lambda day=Trips.day: day))


def model_with_a_late_first_match(first_active: int, first_visited: int) -> Model:
    """A member is there from each day on; those from one on are active, and visits have calls from one day on."""

    class Members(Table):
        rows = 100

        id = Key()
        active = column(Boolean)(lambda id: id >= first_active)
        since = CreatedAt(History(years_before=0, share_before=0))

    class Visits(Table):
        rows = Volume("visits", Calendar())

        id = Key()
        date = Day()
        many = column(BigInteger)(lambda date, period: ((date - period.start) * 100 // period.days >= first_visited).astype(np.int64))

    class Calls(Table):
        rows = FanOut(Visits, "many")

        id = Key()
        visit_id = ParentKey(Visits)
        date = Lookup(Visits.date)
        member_id = ForeignKey(Members, existing_at="date", where={"active": True})

    return Model("calls", tables=[Members, Visits, Calls], volumes={"small": {"visits": 1000}})


def test_a_parent_without_children_needs_no_row_that_matches() -> None:
    calls = colgen.build(model_with_a_late_first_match(50, 60)).frame("calls")
    assert len(calls) > 300
    assert calls["member_id"].min() >= 50


def test_a_child_before_the_first_row_that_matches_is_an_error() -> None:
    with pytest.raises(ModelError, match="early enough"):
        colgen.build(model_with_a_late_first_match(50, 30)).frame("calls")
