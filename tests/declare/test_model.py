"""A model that is declared wrongly says so: model, table, column, and what to do."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import colgen
from colgen import (
    Between,
    BigInteger,
    Calendar,
    Categorical,
    Category,
    Count,
    Daily,
    Date,
    Day,
    Decimal,
    FanOut,
    FixedValues,
    Flag,
    ForeignKey,
    Integer,
    Integers,
    IsLast,
    Json,
    Key,
    Lookup,
    Model,
    ModelError,
    Moment,
    Money,
    Ordinal,
    ParentKey,
    Popularity,
    RequestError,
    Rule,
    String,
    Sum,
    Table,
    Text,
    Timestamp,
    Volume,
    column,
)
from colgen.declare.column import Column
from colgen.declare.find import find_model
from colgen.errors import ColgenError
from colgen.generate.spec import Spec
from colgen.values.types import RepeatedText
from tests import support
from tests.support import model_of, refused, write_build

law = settings(derandomize=True, deadline=None, max_examples=40)


class Shops(Table):
    """Where things are sold."""

    rows = 3
    id = Key()
    name = FixedValues("North", "South", "West", unique=True)
    tax = FixedValues(7, 19, 20)


class Sales(Table):
    """What is sold there."""

    rows = Volume("sales")
    id = Key()
    shop_id = ForeignKey(Shops, weights=(5, 3, 2))
    amount = column(Money)(lambda draw: draw.integers(1_00, 99_00))

    @column(Money)
    def tax(amount, rate=Shops.tax):
        """The shop's rate, rounded down."""
        return amount * rate // 100


def build(*tables: type[Table], **volume: int) -> colgen.Dataset:
    return colgen.build(model_of(*tables, **volume))


def test_a_model_of_ones_own_builds_and_checks(tmp_path: Path) -> None:
    shop = model_of(Shops, Sales, sales=1000)
    frame = colgen.build(shop, seed=1).frame("sales")
    assert frame.height == 1000
    assert set(frame["shop_id"]) == {1, 2, 3}
    colgen.build(shop, seed=1, out=tmp_path / "data")
    assert all(one.holds for one in colgen.check(tmp_path / "data", model=shop))


def test_a_column_function_can_be_called_with_arrays() -> None:
    assert Sales.tax.function(np.array([100, 50]), np.array([7, 20])).tolist() == [7, 10]


def test_a_function_reads_whole_numbers_of_64_bits() -> None:
    """However few bits a kind of column comes by them in; what another function made is as it made it."""

    class Shops(Table):
        rows = 3
        id = Key()
        size = Integers(1, 9)
        kind = Category(small=1, large=1)
        floors = column(Integer)(lambda draw: draw.integers(1, 3, np.int16))

    class Orders(Table):
        rows = Volume("orders")
        id = Key()
        shop_id = ForeignKey(Shops)
        size = Lookup(Shops.size)
        floors = Lookup(Shops.floors)

        @column(String)
        def read(shop_id, size, shop_size=Shops.size, kind=Shops.kind, floors=Shops.floors):
            return said(shop_id, size, shop_size, kind, floors)

    class Items(Table):
        rows = FanOut(Orders, 2)
        id = Key()
        order_id = ParentKey(Orders)
        number = Ordinal()
        shop_id = Lookup(Orders.shop_id)

        @column(String)
        def read(order_id, number, shop_id, size=Orders.size, floors=Orders.floors):
            return said(order_id, number, shop_id, size, floors)

    def said(*arrays):
        return pa.array([" ".join(array.dtype.name for array in arrays)] * len(arrays[0]))

    data = colgen.build(Model("shops", [Shops, Orders, Items], {"any": {"orders": 40}}))
    for table in ("orders", "items"):
        assert data.frame(table)["read"].unique().to_list() == ["int64 int64 int64 int64 int16"]


CURRENCIES = Categorical(pa.array(["EUR", "USD", "EGP"], pa.large_string()))


@pytest.mark.parametrize(
    ("type", "function"),
    [
        (Integer, lambda draw: draw.integers(1, 9).astype(">i2")),
        (Integer, lambda draw: draw.integers(1, 9, np.uint8)),
        (Integer, lambda draw: draw.integers(-128, 127, np.int8)),
        (BigInteger, lambda id: (id * 50).astype(np.int16 if id[-1] < 600 else np.int32)),
        (Decimal(9, 2), lambda draw: draw.integers(-(10**9) + 1, 10**9 - 1)),
        (CURRENCIES, lambda draw: draw.below(3, np.int8)),
        (String, lambda id: pa.array([f"{one}" for one in id], pa.string() if id[0] < 300 else pa.string_view())),
        (RepeatedText, lambda id: pa.array([f"{one % 2}" for one in id], pa.large_string()).dictionary_encode()),
    ],
    ids=["another byte order", "unsigned", "signed", "more bits later", "decimal", "large words", "views", "large repeated"],
)
def test_what_a_function_gives_is_written_as_it_is_in_memory(type: Any, function: Callable, tmp_path: Path) -> None:
    """Whatever Arrow or NumPy call it, and if it is called otherwise in another block."""

    class Things(Table):
        rows = Volume("things")
        id = Key()
        value = column(type)(function)

    model = Model("things", [Things], {"any": {"things": 1000}})
    expected = colgen.build(model).table("things")["value"].to_pylist()
    write_build(model, tmp_path / "data", block_cells=200)
    assert pq.read_table(tmp_path / "data" / "things")["value"].to_pylist() == expected


def test_a_decimal_that_has_no_room_for_a_value_is_named(tmp_path: Path) -> None:
    class Things(Table):
        rows = 3
        id = Key()
        price = column(Decimal(9, 2))(lambda id: id * 2**33)

    with pytest.raises(ColgenError, match=r"price: decimal64\(9, 2\) has no room for values from 0 to 25,769,803,776"):
        colgen.build(Model("things", [Things], {"any": {}}), out=tmp_path / "data")


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda id: id.astype(np.uint64) * 7, ["7", "14", "21"]),
        (lambda id: id * 7.9, ["7", "15", "23"]),
        (lambda id: id * 99_999, ["99999", "199998", "299997"]),
    ],
    ids=["unsigned", "real", "long"],
)
def test_a_text_spells_numbers_of_any_dtype(function: Callable, said: list[str]) -> None:
    class Things(Table):
        rows = 3
        id = Key()
        number = column(Integer, hidden=True)(function)
        text = Text("no. {number}, please")

    found = colgen.build(Model("things", [Things], {"any": {}})).table("things")["text"].to_pylist()
    assert found == [f"no. {number}, please" for number in said]


@pytest.mark.parametrize("template", ["{number}", "{number:03d}", "{number} {size}"])
def test_a_text_refuses_a_negative_number(template: str) -> None:
    class Things(Table):
        rows = 300
        id = Key()
        number = Integers(-5, 5)
        size = Category(small=1, large=1)
        text = Text(template)

    with pytest.raises(ModelError, match=r"things\.text could not be computed: .* must not be negative, but one is -5"):
        colgen.build(Model("things", [Things], {"any": {}})).table("things")


@pytest.mark.parametrize("kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())], ids=str)
def test_a_text_takes_words_of_any_arrow_type(kind: pa.DataType, tmp_path: Path) -> None:
    class Things(Table):
        rows = 3
        id = Key()
        kind_of = column(Categorical(pa.array(["small", "large"], kind)))(lambda id: id % 2)
        text = Text("a {kind_of} one")
        mail = Text("{kind_of:mailbox}@example.com")

    things = Model("things", [Things], {"any": {}})
    colgen.build(things, out=tmp_path / "data")
    found = pq.read_table(tmp_path / "data" / "things").to_pylist()
    assert found == colgen.build(things).frame("things").to_dicts()
    assert [row["text"] for row in found] == ["a large one", "a small one", "a large one"]


def test_a_text_of_a_code_without_a_word_is_named() -> None:
    class Things(Table):
        rows = 3
        id = Key()
        kind = column(Categorical(["small", "large"]), hidden=True)(lambda id: id)
        text = Text("a {kind} one")

    with pytest.raises(
        ModelError, match=r"things\.text could not be computed: IndexError: codes must be 0 to 1, but they range from 1 to 3"
    ):
        colgen.build(Model("things", [Things], {"any": {}})).table("things")


def test_a_lookup_takes_the_row_that_is_referred_to() -> None:
    frame = build(Shops, Sales, sales=100).frame("sales")
    rates = {1: 7, 2: 19, 3: 20}
    assert all(
        int(tax * 100) == int(amount * 100) * rates[shop] // 100
        for shop, amount, tax in frame.select("shop_id", "amount", "tax").iter_rows()
    )


def test_an_unknown_parameter_is_named() -> None:
    with refused("sales.tax", "'amuont'", "did you mean 'amount'"):

        class Sales(Table):
            rows = 1
            id = Key()
            amount = Integers(1, 2)
            tax = column(Integer)(lambda amuont: amuont)


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


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda draw: draw.integers(1, 2)[:-1], ("gave 9 values for 10 rows",)),
        (lambda draw: 7, ("gave an? int for 10 rows", "array")),
        (lambda draw: np.zeros((10, 2)), ("10 × 2 values",)),
        (lambda draw: draw.uniform(), ("wrong type", "integer expects a NumPy array of integers", "float64")),
        (lambda draw: pa.array(["x"] * 10), ("wrong type", "not StringArray")),
        (lambda draw: draw.nothing(), ("could not be computed", "AttributeError")),
        (lambda draw: 1 / 0, ("ZeroDivisionError",)),
    ],
)
def test_a_wrong_length_or_type_names_its_column(function: Callable, words: tuple[str, ...]) -> None:
    class Wrong(Table):
        rows = 10
        id = Key()
        value = column(Integer)(function)

    with refused("wrong.value", *words):
        build(Wrong).frame("wrong")


def test_text_from_a_function_must_be_arrow() -> None:
    class Notes(Table):
        rows = 2
        id = Key()
        note = column(String)(lambda draw: np.array(["a", "b"]))

    with refused("notes.note", "string expects a pyarrow.StringArray"):
        build(Notes).frame("notes")


def test_text_from_a_function() -> None:
    class Notes(Table):
        rows = 2
        id = Key()
        note = column(String)(lambda id: pa.array(["a", "b"]))
        long = Text("<{note}>-{id}")

    assert build(Notes).frame("notes")["long"].to_list() == ["<a>-1", "<b>-2"]


def test_a_reference_to_a_table_outside_the_model_is_named() -> None:
    with refused("sales.shop_id refers to shops", "not among the tables of model shop"):
        model_of(Sales, sales=10)


def test_a_reference_to_no_table_is_refused() -> None:
    with refused("expects a Table class"):
        ForeignKey("shops")  # type: ignore[arg-type]


def test_a_lookup_without_a_foreign_key_says_which_to_add() -> None:
    with refused("lost.tax looks up shops.tax", r"shops_id = ForeignKey\(Shops\)"):

        class Lost(Table):
            rows = 1
            id = Key()
            tax = Lookup(Shops.tax)


def test_two_foreign_keys_to_one_table_need_a_choice() -> None:
    with refused("moves.tax", "2 foreign keys", "source_id, target_id", r"via\('source_id'\)"):

        class Moves(Table):
            rows = 1
            id = Key()
            source_id = ForeignKey(Shops)
            target_id = ForeignKey(Shops)
            tax = column(Integer)(lambda rate=Shops.tax: rate)


def test_a_choice_between_two_foreign_keys_is_kept() -> None:
    class Moves(Table):
        rows = 40
        id = Key()
        source_id = ForeignKey(Shops)
        target_id = ForeignKey(Shops)
        paid = column(Integer)(lambda source=Shops.tax.via("source_id"), target=Shops.tax.via("target_id"): source * 100 + target)
        rate = Lookup(Shops.tax, via="target_id")

    frame = build(Shops, Moves).frame("moves")
    rates = {1: 7, 2: 19, 3: 20}
    for source, target, paid, rate in frame.select("source_id", "target_id", "paid", "rate").iter_rows():
        assert (paid, rate) == (rates[source] * 100 + rates[target], rates[target])


def test_via_names_a_foreign_key() -> None:
    with refused("'shop' is not a foreign key to shops", "did you mean 'shop_id'"):

        class Lost(Table):
            rows = 1
            id = Key()
            shop_id = ForeignKey(Shops)
            tax = Lookup(Shops.tax, via="shop")


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
        (lambda: Flag(1.5), ("between 0 and 1",)),
    ],
)  # fmt: skip
def test_a_wrong_declaration_is_named(declare: Callable[[], object], words: tuple[str, ...]) -> None:
    with refused(*words):
        declare()


def test_a_table_without_a_key_is_named() -> None:
    class Keyless(Table):
        rows = 1
        value = Integers(1, 2)

    with refused("keyless has no primary key", r"id = Key\(\)"):
        model_of(Keyless)


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
        build(Orders, Lines).frame("lines")


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
        build(Doors, Visits).frame("visits")


def test_a_rare_condition_is_found() -> None:
    class Doors(Table):
        rows = Volume("doors")
        id = Key()
        open = column(colgen.Boolean)(lambda id: id == 17)

    class Visits(Table):
        rows = Volume("visits")
        id = Key()
        door_id = ForeignKey(Doors, where={"open": True})

    frame = build(Doors, Visits, doors=5000, visits=50).frame("visits")
    assert set(frame["door_id"]) == {17}


def test_popularity_gives_most_to_few() -> None:
    class Goods(Table):
        rows = Volume("goods")
        id = Key()

    class Hits(Table):
        rows = Volume("hits")
        id = Key()
        good_id = ForeignKey(Goods, popularity=Popularity(top=0.1, share=0.9))

    counts = np.sort(np.bincount(build(Goods, Hits, goods=1000, hits=100_000).frame("hits")["good_id"].to_numpy(), minlength=1001)[1:])[
        ::-1
    ]
    assert counts[:100].sum() / counts.sum() == pytest.approx(0.9, abs=0.01)


def test_a_calendar_may_hang_on_any_table() -> None:
    class Visits(Table):
        rows = Volume("visits", Calendar(weekday=(1, 1, 1, 1, 1, 0, 0)))
        id = Key()
        day = Day()

    days = build(Visits, visits=1000).frame("visits")["day"]
    assert days.is_sorted()
    assert set(days.dt.weekday()) == {1, 2, 3, 4, 5}


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


def test_a_rule_that_names_nothing_known_says_so(tmp_path: Path) -> None:
    shop = Model("shop", tables=(Shops, Sales), volumes={"small": {"sales": 50}}, rules=[Rule(Sales, "odd", "tax >= $nothing")])
    colgen.build(shop, out=tmp_path / "data")
    with refused(r"\$nothing", r"\$sales"):
        colgen.check(tmp_path / "data", model=shop)


def test_adding_a_column_changes_no_other_one() -> None:
    class Before(Table):
        rows = 20
        id = Key()
        b = Integers(1, 1000)

    class After(Table):
        rows = 20
        id = Key()
        a = Integers(1, 1000)
        b = Integers(1, 1000)

    After.__table__.name = "before"
    assert build(Before).frame("before")["b"].to_list() == build(After).frame("before")["b"].to_list()
    frame = build(After).frame("before")
    assert frame["a"].to_list() != frame["b"].to_list()


MODEL_FILE = """
from colgen import *
class Things(Table):
    "A thing."
    rows = Volume("things")
    id = Key()
    size = Integers(1, 6)
    kind = Category(big=1, small=3)
model = Model("things", tables=[Things], volumes={"few": {"things": 12}})
"""


def test_a_model_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "things.py"
    file.write_text(MODEL_FILE)
    assert colgen.build(str(file)).frame("things").height == 12
    colgen.build(str(file), out=tmp_path / "data")
    assert all(one.holds for one in colgen.check(tmp_path / "data"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = 1", ("declares 0 models",)),
        (MODEL_FILE + "other = Model('other', tables=[Things], volumes={'few': {'things': 1}})", ("declares 2 models",)),
        ("x = (", ("could not be read", "SyntaxError", "line 1")),
        ("import colgen\n\n1 / 0\n", ("ZeroDivisionError", "line 3")),
        ("from colgen import Nothing", ("Nothing",)),
    ],
)
def test_a_wrong_file_says_what_is_wrong(text: str, words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text(text)
    with refused("wrong.py", *words):
        find_model(str(tmp_path / "wrong.py"))


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(RequestError, match="no model 'invoicin'; did you mean 'invoicing'"):
        find_model("invoicin")


def test_the_base_column_makes_nothing() -> None:
    with pytest.raises(NotImplementedError):
        Column(Integer).make(None)  # type: ignore[arg-type]


def test_a_category_needs_no_percentages() -> None:
    class Coins(Table):
        rows = Volume("coins")
        id = Key()
        side = Category({"heads up": 3, "tails up": 1})

    sides = build(Coins, coins=4000).frame("coins")["side"].cast(str)
    assert (sides == "heads up").mean() == pytest.approx(0.75, abs=0.03)


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
    file = tmp_path / "data" / "parts" / "part-00000.csv"
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


# Rows for each day, and days


class Shifts(Table):
    """One for each day and clerk."""

    rows = Daily(lambda volume: volume["clerks"], grows=("clerks",))
    id = Key()
    day = Day()
    begins_at = Moment()


OFFICE = Model("office", tables=(Shifts,), volumes={"small": {"clerks": 3, "days": 10}, "large": {"clerks": 50, "days": 90}})


def of(**request: object) -> Spec:
    return Spec.of(OFFICE, **request)  # type: ignore[arg-type]


def test_a_table_may_have_so_many_rows_for_each_day(tmp_path: Path) -> None:
    data = colgen.build(OFFICE)
    assert data.rows == {"shifts": 30}
    assert data.frame("shifts")["day"].to_list() == [dt.date(2024, 12, day) for day in range(22, 32) for _ in range(3)]
    colgen.build(OFFICE, volume="large", out=tmp_path / "data", check=True)


def test_rows_for_each_day_happen_on_it_one_after_the_other() -> None:
    shifts = colgen.build(OFFICE, volume="large").frame("shifts")
    assert shifts["begins_at"].dt.date().to_list() == shifts["day"].to_list()
    assert shifts["begins_at"].is_sorted()


@pytest.mark.parametrize("times", [1, 4])
def test_rows_for_each_day_may_be_a_number(times: int) -> None:
    class Dawns(Table):
        rows = Daily(times)
        id = Key()
        day = Day()

    days = colgen.build(model_of(Dawns), first_day="2024-02-28", last_day="2024-03-01").frame("dawns")["day"]
    assert days.to_list() == [day for day in (dt.date(2024, 2, 28), dt.date(2024, 2, 29), dt.date(2024, 3, 1)) for _ in range(times)]


class Tasks(Table):
    """What is done in a shift."""

    rows = FanOut(Shifts, Between(0, 2))
    id = Key()
    shift_id = ParentKey(Shifts)
    day = Lookup(Shifts.day)
    effort = Integers(1, 1000)


@law
@given(st.integers(1, 400), st.integers(0, 400), st.integers(1, 5), st.integers(0, 2**64 - 1))
def test_a_longer_period_adds_rows_and_changes_none(days: int, more: int, clerks: int, seed: int) -> None:
    office = model_of(Shifts, Tasks, clerks=clerks, days=1)
    short, long = (colgen.build(office, seed=seed, first_day="2023-12-01", settings={"days": length}) for length in (days, days + more))
    assert long.rows["shifts"] == (days + more) * clerks
    for name in ("shifts", "tasks"):
        assert long.table(name).slice(0, short.rows[name]).equals(short.table(name))


def test_a_row_of_a_day_is_looked_up_by_its_id_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Swaps(Table):
        rows = 20
        id = Key()
        shift_id = ForeignKey(Shifts)
        day = Lookup(Shifts.day)
        begins_at = Lookup(Shifts.begins_at)

    office = model_of(Shifts, Swaps, clerks=7)
    shifts = {row["id"]: row for row in colgen.build(office).table("shifts").to_pylist()}
    monkeypatch.setattr("colgen.generate.generation.INDEX_LIMIT", 10)
    for swap in colgen.build(office).table("swaps").to_pylist():
        shift = shifts[swap["shift_id"]]
        assert (swap["day"], swap["begins_at"]) == (shift["day"], shift["begins_at"])


@pytest.mark.parametrize(("scale", "clerks"), [(1, 3), (2, 6), (0.5, 2), (0.01, 1), (1000, 3000)])
def test_scale_multiplies_what_the_rows_of_a_day_grow_with_and_nothing_else(scale: float, clerks: int) -> None:
    spec = of(scale=scale)
    assert spec.settings == {"clerks": clerks, "days": 10}
    assert colgen.build(OFFICE, scale=scale).rows == {"shifts": clerks * 10}


def test_rows_of_a_day_that_grow_with_nothing_stay() -> None:
    class Days(Table):
        rows = Daily()
        id = Key()

    assert colgen.build(model_of(Days, clerks=3), scale=7, last_day="2024-12-31").rows == {"days": 366}


def test_what_the_rows_of_a_day_grow_with_is_a_count_itself() -> None:
    with pytest.raises(RequestError, match="clerks = 0: there must be at least one"):
        of(settings={"clerks": 0})
    with pytest.raises(RequestError, match="clerks = 30,000,000,000: at most"):
        of(scale=10**10)


def test_the_rows_of_a_day_want_their_settings() -> None:
    with refused("volume 'small' lacks the setting 'clerks', which the row count of shifts uses", "did you mean 'clerk'"):
        model_of(Shifts, clerk=3)


@pytest.mark.parametrize(
    ("times", "word"),
    [
        (lambda volume: volume["clerk"], "KeyError: 'clerk'"),
        (lambda volume: "some", "ValueError"),
        (lambda volume: -3, "-3 rows for each day; there must be at least one"),
        (lambda volume: 0, "0 rows for each day; there must be at least one"),
    ],
)
def test_rows_of_a_day_that_are_none_name_their_table(times: Any, word: str) -> None:
    class Extras(Table):
        rows = Daily(times)
        id = Key()
        day = Day()

    with refused("table extras", word):
        colgen.build(model_of(Extras, clerks=3)).rows  # noqa: B018


@pytest.mark.parametrize(
    ("request_", "period", "days"),
    [
        ({}, ("2024-12-22", "2024-12-31"), 10),
        ({"volume": "large"}, ("2024-10-03", "2024-12-31"), 90),
        ({"settings": {"days": 1}}, ("2024-12-31", "2024-12-31"), 1),
        ({"settings": {"days": 366}}, ("2024-01-01", "2024-12-31"), 366),
        ({"last_day": "2023-03-01"}, ("2023-02-20", "2023-03-01"), 10),
        ({"last_day": "2024-03-01", "settings": {"days": 2}}, ("2024-02-29", "2024-03-01"), 2),
        ({"first_day": "2024-12-30"}, ("2024-12-30", "2025-01-08"), 10),
        ({"first_day": "2024-02-01", "last_day": "2024-02-29"}, ("2024-02-01", "2024-02-29"), 29),
        ({"first_day": "2024-02-01", "last_day": "2024-02-01", "settings": {"days": 500}}, ("2024-02-01", "2024-02-01"), 1),
    ],
)
def test_a_setting_days_decides_the_period_and_is_then_the_periods(request_: dict[str, object], period: tuple[str, str], days: int) -> None:
    spec = of(**request_)
    assert (str(spec.first_day), str(spec.last_day)) == period
    assert spec.settings["days"] == spec.period.days == days


def test_days_that_are_asked_for_begin_on_the_first_day() -> None:
    spec = of(first_day="2024-06-01", settings={"days": 10})
    assert (str(spec.first_day), str(spec.last_day), spec.settings["days"]) == ("2024-06-01", "2024-06-10", 10)


@pytest.mark.parametrize("days", [10**6, 10**10])
def test_days_before_all_calendars_are_refused(days: int) -> None:
    with pytest.raises(RequestError, match="the period"):
        of(settings={"days": days})


def test_a_spec_with_days_rebuilds_the_data() -> None:
    spec = of(first_day="2024-02-01", last_day="2024-02-29")
    again = Spec.model_validate_json(spec.model_dump_json())
    assert again == spec
    assert again.generation(OFFICE).counts.of(Shifts.__table__) == 29 * 3


OFFICE_FILE = """
from colgen import *
class Shifts(Table):
    rows = Daily(lambda volume: volume["clerks"], grows=("clerks",))
    id = Key()
model = Model("office", tables=[Shifts], volumes={"small": {"clerks": 3, "days": 10}})
"""


@pytest.mark.parametrize(
    ("arguments", "environment", "first"),
    [
        ([], {}, "2024-12-22"),
        ([], {"COLGEN_DAYS": "7", "COLGEN_NOTHING": "x"}, "2024-12-25"),
        (["--days", "5"], {"COLGEN_DAYS": "7"}, "2024-12-27"),
        (["--days", "5", "--set", "days=2"], {"COLGEN_DAYS": "7"}, "2024-12-30"),
        (["--days", "5", "--from", "2024-12-01"], {}, "2024-12-01"),
    ],
)
def test_days_are_asked_for_in_the_environment_over_it_by_options_over_them_by_set(
    arguments: list[str], environment: dict[str, str], first: str, tmp_path: Path
) -> None:
    (tmp_path / "office.py").write_text(OFFICE_FILE)
    done = support.colgen("build", "office.py", "--dry-run", "--to", "2024-12-31", *arguments, cwd=tmp_path, env=environment)
    assert f"{first} to 2024-12-31" in done.stdout, done.stderr


# Texts


def test_a_brace_in_a_text_is_written_twice() -> None:
    class Notes(Table):
        rows = 2
        id = Key()
        size = Integers(7, 7)
        note = Text("{{{id}}} {{size}} {size:02d}}}{{")
        details = Text('{{"id": {id}, "sizes": [{size}], "of": {{}}}}', type=Json)

    frame = build(Notes).frame("notes")
    assert frame["note"].to_list() == ["{1} {size} 07}{", "{2} {size} 07}{"]
    assert [json.loads(text) for text in frame["details"]] == [{"id": id, "sizes": [7], "of": {}} for id in (1, 2)]
    assert Notes.note.needs == ("id", "size")


def test_a_text_of_constants_alone() -> None:
    class Notes(Table):
        rows = 2
        id = Key()
        note = Text("always {{so}}")

    assert build(Notes).frame("notes")["note"].to_list() == ["always {so}"] * 2


PIECES = ("%Y", "%m", "%d", "%H", "%M", "%S")
forms = st.lists(st.tuples(st.sampled_from(PIECES), st.text("-./:T é日", max_size=3)), min_size=1, max_size=8).map(
    lambda pieces: "".join(piece + constant for piece, constant in pieces)
)
moments = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 12, 31, 23, 59, 59, 999_999))


def microseconds(moment: dt.datetime) -> int:
    return (moment - dt.datetime(1970, 1, 1)) // dt.timedelta(microseconds=1)


@law
@given(st.lists(moments, min_size=1, max_size=9), forms)
def test_a_moment_in_a_text_is_written_as_strftime_does(given_moments: list[dt.datetime], form: str) -> None:
    class Notes(Table):
        rows = len(given_moments)
        id = Key()
        at = column(Timestamp)(lambda id: np.array([microseconds(moment) for moment in given_moments]))
        day = column(Date)(lambda id: np.array([microseconds(moment) // 86_400_000_000 for moment in given_moments]))
        of_moment = Text(f"<{{at:{form}}}>")
        of_day = Text(f"{{day:{form}}}, {{id}}")

    frame = build(Notes).frame("notes")
    assert frame["of_moment"].to_list() == [f"<{moment.strftime(form)}>" for moment in given_moments]
    assert frame["of_day"].to_list() == [f"{moment.date().strftime(form)}, {id}" for id, moment in enumerate(given_moments, 1)]


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (dt.datetime(1969, 12, 31, 23, 59, 59, 999_999), "1969-12-31 23:59:59"),
        (dt.datetime(1970, 1, 1), "1970-01-01 00:00:00"),
        (dt.datetime(2024, 2, 29, 12, 5, 7), "2024-02-29 12:05:07"),
    ],
)
def test_a_moment_in_a_text_is_rounded_down_before_1970_too(moment: dt.datetime, said: str) -> None:
    class Notes(Table):
        rows = 1
        id = Key()
        at = column(Timestamp)(lambda id: np.array([microseconds(moment)]))
        note = Text("{at:%Y-%m-%d %H:%M:%S}")

    assert build(Notes).frame("notes")["note"].to_list() == [said]


def test_a_parents_moment_may_stand_in_a_text() -> None:
    class Notes(Table):
        rows = FanOut(Shifts, 1)
        id = Key()
        shift_id = ParentKey(Shifts)
        day = Lookup(Shifts.day, hidden=True)
        number = Text("N-{day:%Y%m%d}-{id:04d}", unique=True)

    made = build(Shifts, Notes, clerks=1, days=2)
    assert made.frame("notes")["number"].to_list() == ["N-20241230-0001", "N-20241231-0002"]


@pytest.mark.parametrize("form", ["%y", "%B", "%j", "%", "%%", "%Y%", "%Y %p", "at %H", "%-d", "%f", "iso"])
def test_an_unknown_form_of_a_moment_is_refused(form: str) -> None:
    with refused("notes.note", "unknown form", "%Y %m %d %H %M %S"):

        class Notes(Table):
            rows = 1
            id = Key()
            at = column(Timestamp)(lambda id: id)
            note = Text(f"{{at:{form}}}")


@pytest.mark.parametrize("word", ["id", "name", "there"])
def test_a_form_of_moments_is_refused_for_what_is_none(word: str) -> None:
    with refused("notes.note", f"{word} is neither"):

        class Notes(Table):
            rows = 1
            id = Key()
            name = Text("{id}")
            there = Flag(0.5)
            note = Text(f"{{{word}:%Y}}")
