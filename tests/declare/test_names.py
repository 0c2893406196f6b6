"""Any name is a user's to take for a column; a table's own name is said in its head."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import colgen
from colgen import (
    Boolean,
    Column,
    FanOut,
    ForeignKey,
    Integer,
    Integers,
    Json,
    Key,
    Lookup,
    Model,
    ModelError,
    ParentKey,
    Sum,
    Table,
    Text,
    Volume,
    column,
)
from colgen.declare.table import _snake_case
from tests.support import broken_rules, first_of, model_of, refused, rows_of

TAKEN = [
    "summary",
    "parent",
    "visible",
    "name",
    "rows",
    "hidden",
    "keep",
    "columns",
    "table",
    "key",
    "children",
    "ancestors",
    "branch_of",
    "written_as",
    "model",
    "values",
    "data",
    "type",
    "kind",
    "at",
    "ids",
    "count",
    "numbers",
    "draw",
    "period",
    "volume",
    "scenario",
    "day",
    "make",
    "bind",
    "needs",
    "lookups",
    "sums",
    "role",
    "nullable",
    "unique",
    "doc",
    "via",
    "function",
    "reference",
    "says",
]


def test_a_column_may_have_any_name(tmp_path: Path) -> None:
    columns: dict[str, Any] = {word: Integers(number, number) for number, word in enumerate(TAKEN) if word != "rows"}
    things = type("Things", (Table,), {"rows": 3, "id": Key(), **columns})
    shop = model_of(things)
    assert colgen.build(shop).frame("things").row(0, named=True) == {
        "id": 1,
        **{word: number for number, word in enumerate(TAKEN) if word != "rows"},
    }
    colgen.build(shop, out=tmp_path / "data", check=True)


@pytest.mark.parametrize("word", TAKEN)
def test_a_column_of_any_name_is_read_by_functions_texts_children_and_others(word: str) -> None:
    columns: dict[str, Any] = {
        word: Integers(7, 7),
        "twice": column(Integer)(eval(f"lambda {word}: {word} * 2")),
        "text": Text(f"<{{{word}}}>"),
        "total": Sum(f"lines.{word}"),
    }
    orders: Any = type("Orders", (Table,), {"id": Key(), **columns}, rows=2)
    own: Column = orders.__table__.columns[word]
    lines = type(
        "Lines",
        (Table,),
        {"id": Key(), "order_id": ParentKey(orders), word: Integers(3, 3), "looked_up": Lookup(own)},
        rows=FanOut(orders, 2),
    )
    notes = type("Notes", (Table,), {"id": Key(), "order": ForeignKey(orders), "looked_up": Lookup(own)}, rows=2)
    shop = model_of(orders, lines, notes)
    assert rows_of(shop, "orders") == [{"id": id, word: 7, "twice": 14, "text": "<7>", "total": 6} for id in (1, 2)]
    assert {row["looked_up"] for name in ("lines", "notes") for row in rows_of(shop, name)} == {7}


@pytest.mark.parametrize("word", ["draw", "period", "volume", "scenario"])
def test_a_column_takes_precedence_over_what_a_function_may_ask_for_besides(word: str) -> None:
    class Things(Table):
        rows = 2
        id = Key()

    columns: dict[str, Any] = {word: Integers(7, 7), "twice": column(Integer)(eval(f"lambda {word}: {word} * 2"))}
    things = type("Things", (Table,), {"rows": 2, "id": Key(), **columns})
    assert rows_of(model_of(things), "things") == [{"id": id, word: 7, "twice": 14} for id in (1, 2)]


def test_a_column_called_rows_leaves_the_rows_to_the_head() -> None:
    class Shelves(Table, rows=Volume("shelves")):
        id = Key()
        rows = Integers(4, 4)
        label = Text("{rows} rows")

    assert rows_of(model_of(Shelves, shelves=2), "shelves") == [{"id": id, "rows": 4, "label": "4 rows"} for id in (1, 2)]


def test_a_column_called_rows_without_a_head_says_what_is_missing() -> None:
    with refused("table shelves", "where its rows come from"):

        class Shelves(Table):
            id = Key()
            rows = Integers(4, 4)


def test_rows_are_flagged_by_a_column_of_any_name() -> None:
    class Things(Table, keep="visible"):
        rows = 4
        id = Key()
        visible = column(Boolean, hidden=True)(lambda id: id % 2 == 0)

    assert rows_of(model_of(Things), "things") == [{"id": 2}, {"id": 4}]


# Names of tables


def test_a_tablename_of_old_is_refused_with_what_to_write() -> None:
    with pytest.raises(ModelError, match=r"class Orders\(Table, name='sales_orders'\)"):

        class Orders(Table):
            __tablename__ = "sales_orders"
            rows = 1
            id = Key()


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("Orders", "orders"),
        ("RawCustomers", "raw_customers"),
        ("HTTPLogs", "http_logs"),
        ("LogsOfHTTP", "logs_of_http"),
        ("HTTP", "http"),
        ("OrdersV2", "orders_v2"),
        ("V2Orders", "v2_orders"),
        ("A", "a"),
        ("raw_orders", "raw_orders"),
        ("Äpfel", "äpfel"),
    ],
)
def test_a_class_is_written_in_words(name: str, table: str) -> None:
    assert _snake_case(name) == table
    assert type(name, (Table,), {"rows": 1, "id": Key()}).__table__.name == table


def test_a_name_in_the_head_is_taken_as_it_is() -> None:
    class HTTPLogs(Table, name="requests"):
        rows = 1
        id = Key()

    assert HTTPLogs.__table__.name == "requests"


# Mixins


class Priced:
    """Columns that several tables have."""

    price = Integers(5, 5)
    note = Text("costs {price}")

    @column(Integer)
    def doubled(price):
        """Twice the price."""
        return price * 2


def test_a_mixin_gives_each_table_columns_of_its_own() -> None:
    class Goods(Priced, Table):
        rows = 2
        id = Key()

    class Services(Priced, Table):
        rows = 1
        id = Key()
        price = Integers(9, 9)

    shop = model_of(Goods, Services)
    assert colgen.build(shop).frame("goods").sort("id").to_dicts()[0] == {"price": 5, "note": "costs 5", "doubled": 10, "id": 1}
    assert rows_of(shop, "services")[0]["note"] == "costs 9"
    assert [table.__table__.columns["price"].table.name for table in (Goods, Services)] == ["goods", "services"]
    assert Goods.price is not Services.price


def test_a_mixin_may_say_where_the_rows_come_from() -> None:
    class Three:
        rows = 3

    class Things(Three, Table):
        id = Key()

    assert len(rows_of(model_of(Things), "things")) == 3


def test_the_columns_of_a_mixin_draw_apart() -> None:
    class Sized:
        size = Integers(1, 1000)

    first, second = (type(name, (Sized, Table), {"rows": 50, "id": Key()}) for name in ("First", "Second"))
    shop = model_of(first, second)
    assert [row["size"] for row in rows_of(shop, "first")] != [row["size"] for row in rows_of(shop, "second")]


# A check asks the right table


def test_a_table_in_two_models_is_checked_by_each_of_them(tmp_path: Path) -> None:
    class Moves(Table):
        rows = colgen.Branches()
        id = Key()

    class Small(Moves):
        rows = 20
        size = Integers(1, 3)

    class Large(Moves):
        rows = 20
        size = Integers(10, 30)

    both, small = model_of(Moves, Small, Large), Model("less", [Moves, Small], {"small": {"any": 1}})
    for name, shop in (("both", both), ("small", small), ("again", both)):
        colgen.build(shop, out=tmp_path / name)
        assert broken_rules(tmp_path / name, shop) == []
    rules = {
        name: {f"{o.table}: {o.rule}" for o in colgen.check(tmp_path / name, model=shop)}
        for name, shop in (("both", both), ("small", small))
    }
    assert "moves: size is 1 to 3" in rules["small"] - rules["both"]
    assert "moves: has 20 rows" in rules["small"]
    assert "moves: has 40 rows" in rules["both"]


@pytest.mark.parametrize(
    "word", first_of(["found", "link", "times", "rows", "first", "last", "parent", "child", "total", "expected", "n", "value"], quick=4)
)
def test_no_name_of_a_parents_column_gives_a_false_alarm(word: str, tmp_path: Path) -> None:
    columns: dict[str, Any] = {word: Integers(0, 3), "line_count": colgen.Count("lines"), "sum_of": Sum(f"lines.{word}")}
    orders = type("Orders", (Table,), {"id": Key(), **columns}, rows=30)
    lines = type(
        "Lines",
        (Table,),
        {"id": Key(), "order_id": ParentKey(orders), "number": colgen.Ordinal(), word: Integers(1, 9), "so_far": colgen.Running(word)},
        rows=FanOut(orders, word),
    )
    notes = type("Notes", (Table,), {"id": Key(), "order_id": ForeignKey(orders, where={word: 2}), word: Integers(1, 9)}, rows=20)
    shop = model_of(orders, lines, notes)
    colgen.build(shop, out=tmp_path / "data")
    assert broken_rules(tmp_path / "data", shop) == []


# Branches share nothing


def test_branches_with_a_text_of_their_table_have_words_of_their_own() -> None:
    def coded(*words: str) -> Any:
        return column(colgen.Categorical(list(words)), hidden=True)(lambda draw: np.zeros(draw.count, np.int64))

    class Moves(Table):
        rows = colgen.Branches()
        id = Key()
        kind = coded("moved")
        label = Text("{kind}: {id}")

    class Sold(Moves):
        rows = 2
        kind = coded("sold", "gone")

    class Bought(Moves):
        rows = 2
        kind = coded("bought", "here")

    for tables in ((Moves, Sold, Bought), (Moves, Bought, Sold)):
        frame = colgen.build(model_of(*tables)).frame("moves").sort("id")
        names = [table.__name__.lower() for table in tables[1:]]
        assert frame["label"].to_list() == [f"{names[(id - 1) // 2]}: {id}" for id in range(1, 5)]


def test_a_parameter_of_an_inherited_function_goes_by_each_branchs_own_key() -> None:
    class Shops(Table):
        rows = 2
        id = Key()
        name = Text("shop {id}")

    class Moves(Table):
        rows = colgen.Branches()
        id = Key()
        first_id = ForeignKey(Shops)
        place = column(colgen.String)(lambda name=Shops.name: name)

    class Bought(Moves):
        rows = 20

    class Sold(Moves):
        rows = FanOut(Shops, 3)
        first_id = ParentKey(Shops)

    for move in colgen.build(model_of(Shops, Moves, Bought, Sold)).frame("moves").to_dicts():
        assert move["place"] == f"shop {move['first_id']}"


def test_a_key_that_branches_call_by_other_names_is_found_in_each() -> None:
    class Shops(Table):
        rows = 2
        id = Key()
        name = Text("shop {id}")

    class Located:
        place = column(colgen.String)(lambda name=Shops.name: name)

    first = type("First", (Located, Table), {"rows": 9, "id": Key(), "here_id": ForeignKey(Shops)})
    second = type("Second", (Located, Table), {"rows": 9, "id": Key(), "there_id": ForeignKey(Shops)})
    shop = model_of(Shops, first, second)
    for name, key in (("first", "here_id"), ("second", "there_id")):
        assert all(row["place"] == f"shop {row[key]}" for row in rows_of(shop, name))


# Names that a target could not hold


def table_called(name: Any, **columns: Any) -> Any:
    return type("Things", (Table,), {"rows": 2, "id": Key(), **columns}, name=name)


@pytest.mark.parametrize(
    "name",
    ["", " ", "a/b", "../a", "a\\b", "a'b", 'a"b', "*", "a[1]", "status=paid", "a;b", "a\0", "a\n", "\ud800", "x" * 64, "é" * 32],
)
def test_a_table_has_a_name_that_every_target_can_hold(name: str) -> None:
    with refused("not every target can hold a table of this name", "1 to 63 bytes"):
        table_called(name)


@pytest.mark.parametrize("name", ["orders", "Sales Orders", "sales-2024", "select", "заказы", "طلبات", "été", "x" * 63])
def test_a_table_may_have_a_name_of_any_language(name: str) -> None:
    assert table_called(name).__table__.name == name


@pytest.mark.parametrize("name", ["colgen_manifest", "Colgen_Manifest"])
def test_a_table_is_not_called_as_colgens_own(name: str) -> None:
    with refused("not every target can hold a table of this name"):
        table_called(name)


@pytest.mark.parametrize("name", ["", "a\0", "a\nb", "\ud800", "x" * 64, "ctid", "xmin", "tableoid"])
def test_a_column_has_a_name_that_every_target_can_hold(name: str) -> None:
    with refused("table things: a column cannot be called"):
        table_called("things", **{name: Integers(1, 2)})
    table_called("things", **{name: Integers(1, 2, hidden=True)})


def test_columns_that_differ_in_case_only_are_refused() -> None:
    with refused("the columns 'size' and 'Size' differ in case only"):
        table_called("things", size=Integers(1, 2), Size=Integers(1, 2))


def test_tables_that_differ_in_case_only_are_refused() -> None:
    with refused("2 of its tables are called 'things' and 'Things', which differ in case only"):
        model_of(table_called("things"), table_called("Things"))


def test_a_table_is_not_called_as_a_reference_table() -> None:
    with refused("a table and a reference table are called 'things'"):
        Model("shop", [table_called("things")], {"small": {"n": 1}}, reference_tables={"Things": None})


# Attributes that were meant as columns


@pytest.mark.parametrize(
    ("lost", "words"),
    [
        (column(Integer), r"things.odd is column\(…\) without a function"),
        (Key, r"things.odd is the class Key, not a column; write odd = Key\(…\)"),
        (lambda id: id, r"things.odd is a function, not a column; write @column\(Type\) above it"),
        *((lost, "things.odd is .*, not a column; give it one") for lost in (Integer, 5, "text", None, [1, 2])),
    ],
)
def test_an_attribute_that_is_no_column_would_be_lost_and_is_refused(lost: Any, words: str) -> None:
    with refused(words):
        table_called("things", odd=lost)


def test_an_annotation_without_a_column_would_be_lost_and_is_refused() -> None:
    with refused("things.price has an annotation, but no value"):

        class Things(Table):
            rows = 2
            id: Key = Key()
            price: int


def test_what_starts_with_an_underscore_is_no_column() -> None:
    assert list(table_called("things", _note="a constant", _helper=lambda: 0).__table__.columns) == ["id"]


def test_a_column_given_two_names_is_two_columns_and_one_shared_by_two_tables_is_one_in_each() -> None:
    shared = Integers(1, 9)
    things, others = table_called("things", a=shared, b=shared), table_called("others", a=shared)
    assert [row.keys() for row in rows_of(model_of(things, others), "things")] == [{"id", "a", "b"}] * 2
    assert [columns["a"].qualified_name for columns in (things.__table__.columns, others.__table__.columns)] == ["things.a", "others.a"]


# What no database could hold


def test_a_table_has_one_primary_key() -> None:
    with refused("table things has 2 primary keys, id and number"):
        table_called("things", number=Key())


def test_json_is_not_unique() -> None:
    with refused("no database can tell whether two JSON values are the same"):
        Text("{{}}", type=Json, unique=True)


def test_a_table_has_at_most_as_many_columns_as_postgresql_holds() -> None:
    with refused("1,601 columns; PostgreSQL holds at most 1,600"):
        table_called("things", **{f"c{number}": Integers(1, 2) for number in range(1_600)})


def test_a_written_table_has_a_column() -> None:
    with refused("table things: all of its columns are hidden"):
        model_of(type("Things", (Table,), {"rows": 2, "id": Key(hidden=True)}))
