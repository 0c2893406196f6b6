"""Tables that are only there for others to be fanned out from."""

from __future__ import annotations

from pathlib import Path

import pytest

import colgen
from colgen import (
    Between,
    FanOut,
    Integers,
    Key,
    Lookup,
    Model,
    Ordinal,
    ParentKey,
    RequestError,
    Table,
    Text,
)
from colgen.targets import manifest
from tests.declare.stock import read
from tests.support import broken_rules


class Days(Table, hidden=True):
    """A frame that is not written."""

    rows = 7
    id = Key()
    luck = Integers(1, 9)
    name = Text("day {id}")
    visits = Integers(1, 4)


class Visits(Table):
    """What happens on a day."""

    rows = FanOut(Days, "visits")
    id = Key()
    day_id = ParentKey(Days)
    place = Ordinal()
    luck = Lookup(Days.luck)
    day = Lookup(Days.name)


class Clicks(Table, hidden=True):
    """What happens in a visit: not written either."""

    rows = FanOut(Visits, 2)
    id = Key()
    visit_id = ParentKey(Visits)


class Events(Table):
    """What comes of a click."""

    rows = FanOut(Clicks, Between(0, 2))
    id = Key()
    click_id = ParentKey(Clicks, hidden=True)
    visit_id = Lookup(Clicks.visit_id)
    luck = Lookup(Days.luck)


SITE = Model("site", tables=(Days, Visits, Clicks, Events), volumes={"small": {"any": 1}})


def test_a_hidden_table_is_not_written(tmp_path: Path) -> None:
    summary = colgen.build(SITE, out=tmp_path / "data")
    assert set(summary.rows) == set(summary.bytes) == {"visits", "events"}
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["events", "load.sql", "manifest.json", "visits"]
    assert set(manifest.read(tmp_path / "data").tables) == {"visits", "events"}
    assert "days" not in (tmp_path / "data" / "load.sql").read_text()


def test_rows_are_fanned_out_from_hidden_ones(tmp_path: Path) -> None:
    data = colgen.build(SITE)
    visits, events = data.table("visits").to_pylist(), data.table("events").to_pylist()
    assert {visit["day_id"] for visit in visits} == set(range(1, 8))
    assert all(visit["day"] == f"day {visit['day_id']}" for visit in visits)
    luck = {visit["id"]: visit["luck"] for visit in visits}
    assert [event["luck"] for event in events] == [luck[event["visit_id"]] for event in events]


def test_a_build_with_hidden_tables_checks(tmp_path: Path) -> None:
    outcomes = colgen.build(SITE, out=tmp_path / "data", check=True).outcomes
    assert outcomes is not None
    assert {one.table for one in outcomes} == {"*", "visits", "events"}
    said = {one.rule for one in outcomes}
    assert "place is 1, 2, 3 … within each day_id" in said
    assert not any("days" in one or "clicks" in one for one in said)


@pytest.mark.parametrize("name", ["days", "clicks"])
def test_a_hidden_table_is_refused_by_name(name: str, tmp_path: Path) -> None:
    for ask in (
        lambda: colgen.build(SITE, tables=[name]),
        lambda: colgen.build(SITE, tables=["visits", name], out=tmp_path / "data"),
        lambda: colgen.build(SITE).frame(name),
        lambda: colgen.build(SITE).head(name),
        lambda: next(colgen.build(SITE).batches(name)),
    ):
        with pytest.raises(RequestError, match=f"no table '{name}'; available: visits, events"):
            ask()
    assert not (tmp_path / "data").exists()


def test_a_selection_below_a_hidden_table_has_the_values_of_the_whole(tmp_path: Path) -> None:
    whole = colgen.build(SITE).table("events")
    colgen.build(SITE, tables=["events"], out=tmp_path / "data")
    assert read(tmp_path / "data", "events") == whole.to_pylist()
    assert broken_rules(tmp_path / "data", SITE) == []
