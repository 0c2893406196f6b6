"""A model that is declared wrongly says so: model, table, column, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import colgen
from colgen import (
    Between,
    Count,
    Date,
    FanOut,
    FixedValues,
    Flag,
    ForeignKey,
    Integer,
    Integers,
    IsLast,
    Key,
    Lookup,
    Model,
    Moment,
    Ordinal,
    ParentKey,
    Sum,
    Table,
    Text,
    Volume,
    column,
)
from tests.declare.shops import Sales, Shops
from tests.support import built, model_of, refused


def test_a_model_of_ones_own_builds_and_checks(tmp_path: Path) -> None:
    shop = model_of(Shops, Sales, sales=1000)
    frame = colgen.build(shop, seed=1).frame("sales")
    assert frame.height == 1000
    assert set(frame["shop_id"]) == {1, 2, 3}
    colgen.build(shop, seed=1, out=tmp_path / "data")
    assert all(one.holds for one in colgen.check(tmp_path / "data", model=shop))


def test_a_circle_of_columns_is_drawn() -> None:
    class Loops(Table):
        rows = 1
        id = Key()
        one = column(Integer)(lambda two: two)
        two = column(Integer)(lambda one: one)

    with refused("circular", "loops.one → loops.two → loops.one"):
        model_of(Loops)


def test_a_circle_over_two_tables_is_drawn() -> None:
    class Orders(Table):
        rows = 2
        id = Key()
        total = Sum("lines.price")

    class Lines(Table):
        rows = FanOut(Orders, 2)
        id = Key()
        order_id = ParentKey(Orders)
        price = Lookup(Orders.total)

    with refused("circular", "orders.total → lines.price → orders.total"):
        model_of(Orders, Lines)


def test_a_reference_to_a_table_outside_the_model_is_named() -> None:
    with refused("sales.shop_id refers to shops", "not among the tables of model shop"):
        model_of(Sales, sales=10)


def test_a_reference_to_no_table_is_refused() -> None:
    with refused("expects a Table class"):
        ForeignKey(7)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("declare", "words"),
    [
        (lambda: type("Empty", (Table,), {"id": Key()}), ("table empty", "rows")),
        (lambda: type("None_", (Table,), {"rows": 0, "id": Key()}), ("at least one row",)),
        (lambda: type("Few", (Table,), {"rows": 3, "id": Key(), "name": FixedValues("a", "b")}), ("few.name", "2 values", "rows = 3")),
        (lambda: type("Heavy", (Table,), {"rows": 1, "id": Key(), "shop_id": ForeignKey(Shops, weights=(1, 2))}), ("heavy.shop_id", "2 weights for shops")),
        (lambda: type("Alone", (Table,), {"rows": 1, "id": Key(), "n": Ordinal()}), ("alone.n", "not fanned out")),
        (lambda: type("Alone", (Table,), {"rows": 1, "id": Key(), "n": IsLast()}), ("alone.n", r"IsLast\(\)", "not fanned out")),
        (lambda: type("Orphan", (Table,), {"rows": 1, "id": Key(), "shop_id": ParentKey(Shops)}), ("orphan.shop_id", "not fanned out from it", "ForeignKey")),
        (lambda: type("Timeless", (Table,), {"rows": 1, "id": Key(), "at": Moment()}), ("timeless.at", "Calendar")),
        (lambda: type("Spoken", (Table,), {"rows": 1, "id": Key(), "text": Text("{nam}")}), ("spoken.text", "'nam'")),
        (lambda: type("Formed", (Table,), {"rows": 1, "id": Key(), "text": Text("{id:x}")}), ("formed.text", "{id:x}", "08d")),
        (lambda: type("Where", (Table,), {"rows": 1, "id": Key(), "shop_id": ForeignKey(Shops, where={"nam": 1})}), ("where.shop_id", "'nam'", "did you mean 'name'")),
        (lambda: type("Where", (Table,), {"rows": 1, "id": Key(), "shop_id": ForeignKey(Shops, where={"name": "Nort"})}), ("where.shop_id", "did you mean 'North'")),
        (lambda: type("When", (Table,), {"rows": 1, "id": Key(), "day": column(Date)(lambda id: id), "shop_id": ForeignKey(Shops, existing_at="day")}), ("when.shop_id", r"CreatedAt\(History\(\)\)")),
        (lambda: Flag(1.5), ("from 0 to 1",)),
    ],
)  # fmt: skip
def test_a_wrong_declaration_is_named(declare: Callable[[], object], words: tuple[str, ...]) -> None:
    with refused(*words):
        declare()


def test_a_reference_to_a_table_without_a_key_is_named() -> None:
    class Keyless(Table):
        rows = 1
        value = Integers(1, 2)

    with refused("readings.of_id refers to keyless, which has no key to write", r"id = Key\(\)"):

        class Readings(Table):
            rows = 1
            of_id = ForeignKey(Keyless)


def test_a_sum_of_nothing_is_named() -> None:
    class Orders(Table):
        rows = 1
        id = Key()
        total = Sum("lines.prise")

    class Lines(Table):
        rows = FanOut(Orders, 1)
        id = Key()
        price = Integers(1, 2)

    with refused("orders.total", "'lines.prise'", "did you mean 'price'"):
        model_of(Orders, Lines)


def test_a_count_of_rows_of_another_is_named() -> None:
    class Orders(Table):
        rows = 1
        id = Key()
        many = Count("sales")

    with refused("orders.many", "no rows of sales are fanned out from orders"):
        model_of(Orders, Shops, Sales)


def test_a_sum_over_rows_of_another_is_named() -> None:
    class Orders(Table):
        rows = 1
        id = Key()
        total = Sum("sales.amount")

    with refused("orders.total adds up sales.amount", "not fanned out from orders"):
        model_of(Orders, Shops, Sales)


def test_a_volume_must_say_what_the_rows_need() -> None:
    with refused("volume 'small' lacks the setting 'sales'", "did you mean 'sale'"):
        model_of(Shops, Sales, sale=3)


def test_a_model_needs_a_volume() -> None:
    with refused("no volumes"):
        Model("shop", tables=(Shops,), volumes={})


def test_a_fan_out_may_follow_a_column_of_the_parent() -> None:
    class Orders(Table):
        rows = Volume("orders")
        id = Key()
        size = Integers(0, 3)

    class Lines(Table):
        rows = FanOut(Orders, "size")
        id = Key()
        order_id = ParentKey(Orders)
        number = Ordinal()

    class Parts(Table):
        rows = FanOut(Lines, Between(1, 2))
        id = Key()
        line_id = ParentKey(Lines)
        size = Lookup(Lines.number)

    shop = Model("shop", tables=(Parts, Lines, Orders), volumes={"small": {"orders": 500}})
    data = colgen.build(shop)
    orders, lines, parts = (data.frame(name) for name in ("orders", "lines", "parts"))
    assert lines["order_id"].to_list() == [id for id, size in orders.iter_rows() for _ in range(size)]
    assert lines["id"].to_list() == list(range(1, lines.height + 1))
    numbers = dict(zip(lines["id"], lines["number"], strict=True))
    assert parts["size"].to_list() == [numbers[line] for line in parts["line_id"]]


def test_a_negative_fan_out_is_named() -> None:
    class Orders(Table):
        rows = 5
        id = Key()
        size = Integers(-3, -1)

    class Lines(Table):
        rows = FanOut(Orders, "size")
        id = Key()

    with refused("orders.size", "negative"):
        built(Orders, Lines).frame("lines")


def test_a_sum_is_of_its_children() -> None:
    class Orders(Table):
        rows = Volume("orders")
        id = Key()
        size = Integers(0, 2)
        total = Sum("lines.price")

    class Lines(Table):
        rows = FanOut(Orders, "size")
        id = Key()
        order_id = ParentKey(Orders)
        price = Integers(1, 9)

    data = colgen.build(Model("shop", tables=(Orders, Lines), volumes={"small": {"orders": 300}}))
    sums = dict(data.duckdb().sql("SELECT order_id, sum(price) FROM lines GROUP BY 1").fetchall())
    assert data.frame("orders")["total"].to_list() == [sums.get(id, 0) for id in range(1, 301)]
