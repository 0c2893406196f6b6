"""What is proved of a build follows from what was declared."""

from __future__ import annotations

from pathlib import Path

import colgen
from colgen import (
    Between,
    Count,
    FanOut,
    ForeignKey,
    Integers,
    Key,
    Model,
    Money,
    Ordinal,
    ParentKey,
    Rule,
    Sum,
    Table,
    Volume,
)
from colgen.audit.invariants import unproved
from colgen.targets import manifest
from tests.declare.shops import Sales, Shops
from tests.support import model_of, part_of, refused


def test_a_rule_of_ones_own_is_checked(tmp_path: Path) -> None:
    shop = Model(
        "shop",
        tables=(Shops, Sales),
        volumes={"small": {"sales": 50}},
        rules=[Rule(Sales, "tax is never negative", "tax >= 0"), Rule(Sales, "shops tax at most 10", "shop.tax <= 10")],
    )
    colgen.build(shop, out=tmp_path / "data")
    broken = [one.rule for one in colgen.check(tmp_path / "data", model=shop) if not one.holds]
    assert broken == ["shops tax at most 10"]


def test_a_rule_that_names_nothing_known_is_refused() -> None:
    with refused(r"\$nothing", "sales"):
        Model("shop", tables=(Shops, Sales), volumes={"small": {"sales": 50}}, rules=[Rule(Sales, "odd", "tax >= $nothing")])


def test_a_rule_on_a_table_that_is_not_written_would_never_be_checked_and_is_refused() -> None:
    with refused("the rule 'odd' is about sales, which the model does not write"):
        Model("shop", tables=(Shops,), volumes={"small": {"sales": 50}}, rules=[Rule(Sales, "odd", "id > 0")])


def test_hidden_keys_leave_out_only_the_checks_that_need_them(tmp_path: Path) -> None:
    class Orders(Table):
        rows = Volume("orders")
        id = Key(hidden=True)
        size = Integers(1, 3)
        total = Sum("lines.price", Money)

    class Lines(Table):
        rows = FanOut(Orders, "size")
        id = Key()
        order_id = ParentKey(Orders, hidden=True)
        number = Ordinal()
        price = Integers(1_00, 9_99, type=Money)

    shop = Model("shop", tables=(Orders, Lines), volumes={"small": {"orders": 50}})
    colgen.build(shop, out=tmp_path / "data")
    outcomes = colgen.check(tmp_path / "data", model=shop)
    assert [one for one in outcomes if not one.holds] == []
    assert "price is 1.00 to 9.99" in {one.rule for one in outcomes}
    assert not any("sum" in one.rule for one in outcomes)


def test_sums_and_counts_are_checked_however_far_down(tmp_path: Path) -> None:
    class Orders(Table):
        rows = Volume("orders")
        id = Key()
        parts = Count("parts")
        weight = Sum("parts.weight")

    class Lines(Table):
        rows = FanOut(Orders, Between(0, 2))
        id = Key()
        order_id = ParentKey(Orders)

    class Parts(Table):
        rows = FanOut(Lines, Between(0, 3))
        id = Key()
        line_id = ParentKey(Lines)
        weight = Integers(1, 9)

    shop = Model("shop", tables=(Orders, Lines, Parts), volumes={"small": {"orders": 50}})
    colgen.build(shop, out=tmp_path / "data", format="csv")
    rules = {"parts is the number of its rows of parts", "weight is the sum of parts.weight"}
    assert rules <= {one.rule for one in colgen.check(tmp_path / "data", model=shop) if one.holds}
    file = part_of(tmp_path / "data", "parts")
    file.write_text(file.read_text().rsplit("\n", 2)[0] + "\n")  # a part is gone
    assert rules <= {one.rule for one in colgen.check(tmp_path / "data", model=shop) if not one.holds}


def test_a_fan_out_by_a_column_is_checked(tmp_path: Path) -> None:
    class Orders(Table):
        rows = Volume("orders")
        id = Key()
        size = Integers(1, 3)

    class Lines(Table):
        rows = FanOut(Orders, "size")
        id = Key()
        order_id = ParentKey(Orders)

    shop = Model("shop", tables=(Orders, Lines), volumes={"small": {"orders": 50}})
    colgen.build(shop, out=tmp_path / "data")
    assert "as many of them as size says for each of orders" in {
        one.rule for one in colgen.check(tmp_path / "data", model=shop) if one.holds
    }


def test_what_is_neither_promised_nor_proved_is_said(tmp_path: Path) -> None:
    class Playlists(Table):
        rows = 3
        id = Key()

    class Tracks(Table):
        rows = 5
        id = Key()

    class PlaylistTracks(Table):
        rows = FanOut(Playlists, 4)
        id = Key(hidden=True)
        playlist_id = ParentKey(Playlists)
        track_id = ForeignKey(Tracks)

    model = model_of(Playlists, Tracks, PlaylistTracks)
    noted: list[str] = []
    colgen.build(model, out=tmp_path / "data", check=True, progress=lambda event: noted.append(getattr(event, "note", "")))
    gap = "playlist_tracks has no written key: that its rows differ from one another is neither promised nor proved"
    assert gap in noted
    assert list(unproved(manifest.read(tmp_path / "data"), model)) == [gap]
