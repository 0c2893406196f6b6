"""What a table's head promises follows from its columns or is refused; what refers to a key, whatever it is, is a foreign key everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import colgen
from colgen import (
    Between,
    BigInteger,
    Branches,
    Calendar,
    Category,
    Code,
    Count,
    CreatedAt,
    Day,
    FanOut,
    First,
    FixedValues,
    Flag,
    ForeignKey,
    History,
    Integer,
    Integers,
    Key,
    Lookup,
    Model,
    Money,
    Ordinal,
    Pairs,
    ParentKey,
    Popularity,
    String,
    Sum,
    Table,
    Text,
    Uuids,
    Varchar,
    Vocabulary,
    Volume,
    column,
    vocabulary,
)
from colgen.declare.keys import references_of, unique_sets
from tests.declare.proved import broken, broken_by, is_the_same_in_blocks_of_any_size, of, rules, table
from tests.support import model_of, refused, rows_of, thorough
from tests.targets.duckdb_files import ask, counted
from tests.targets.duckdb_files import build as into_duckdb

Shops = table("Shops", 6, id=Key())
Goods = table("Goods", 5, id=Key())


Brands = table("Brands", 8, id=Key(), code=Code("AA", unique=True))


def things(head: dict[str, Any], rows: Any = 5, **columns: Any) -> Model:
    return model_of(Shops, Goods, Brands, table("Things", rows, head, **columns))


def keys(model: Model, name: str) -> set[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    """The foreign keys of a table: own columns, the other table, and its columns."""
    return {
        (tuple(one.name for one in reference.columns), reference.target.name, tuple(one.name for one in reference.targets))
        for reference in references_of(model.table(name))
    }


# What follows, and what does not


@pytest.mark.parametrize(
    ("head", "rows", "columns"),
    [
        ({"key": "id"}, 5, {"id": Key()}),
        ({"key": "code"}, 5, {"code": Code("A0", unique=True)}),
        ({"key": ["code"]}, 5, {"code": Uuids()}),
        ({"key": "word"}, 5, {"word": Category({"a": 1, "b": 2, "c": 1, "d": 1, "e": 1}, unique=True)}),
        ({"key": "name"}, 5, {"name": Vocabulary(vocabulary.words("first_names", "name"), unique=True)}),
        ({"key": "number"}, 3, {"number": FixedValues(3, 1, 2, unique=True)}),
        ({"key": "number"}, 5, {"number": Integers(1, 5, unique=True)}),
        ({"key": "text"}, 5, {"id": Key(), "text": Text("no. {id}", unique=True)}),
        ({"key": "made"}, 5, {"id": Key(), "made": column(Integer, unique=True)(lambda id: id * 2)}),
        ({"key": "shop_id"}, 5, {"shop_id": ForeignKey(Shops, unique=True)}),
        ({"key": "shop_id"}, FanOut(Shops, 1), {"shop_id": ParentKey(Shops)}),
        ({"key": "shop_id"}, FanOut(Shops, Between(0, 1)), {"shop_id": ParentKey(Shops)}),
        ({"key": "shop_id"}, FanOut(Shops, {1: 70, 0: 30}), {"shop_id": ParentKey(Shops)}),
        ({"key": ("shop_id", "place")}, FanOut(Shops, 3), {"shop_id": ParentKey(Shops), "place": Ordinal()}),
        ({"key": ("good_id", "shop_id")}, FanOut(Shops, 3), {"shop_id": ParentKey(Shops), "good_id": ForeignKey(Goods, distinct=True)}),
        ({"key": ("shop_id", "size")}, FanOut(Shops, 3), {"shop_id": ParentKey(Shops), "size": Integers(1, 9, distinct=True)}),
        ({"key": ("shop_id", "word")}, FanOut(Shops, 3), {"shop_id": ParentKey(Shops), "word": Category({"a": 1, "b": 2, "c": 1}, distinct=True)}),
        ({"key": ("shop_id", "code")}, FanOut(Shops, 3), {"shop_id": ParentKey(Shops), "code": Code("A", distinct=True)}),
        ({"key": ("shop_id", "place", "size")}, FanOut(Shops, 3), {"shop_id": ParentKey(Shops), "place": Ordinal(), "size": Integers(1, 2)}),
        ({"key": ("shop_id", "good_id")}, Pairs(Shops, Goods, "any"), {"shop_id": ForeignKey(Shops), "good_id": ForeignKey(Goods)}),
        ({"key": ("shop_id", "code")}, FanOut(Shops, 3), {"shop_id": ParentKey(Shops), "by": ForeignKey(Brands, distinct=True, hidden=True), "code": Lookup(Brands.code)}),
        ({"key": "code"}, 5, {"by": ForeignKey(Brands, unique=True, hidden=True), "code": Lookup(Brands.code)}),
        ({"unique": [("size", "id")]}, 5, {"id": Key(), "size": Integers(1, 2)}),
        ({"unique": [("shop_id", "place"), "code"]}, FanOut(Shops, 3), {"id": Key(), "shop_id": ParentKey(Shops), "place": Ordinal(), "code": Uuids()}),
        ({"unique": [("a", "b")]}, 5, {"id": Key(), "a": Code("A0", unique=True, nullable=0.5), "b": Flag(0.5)}),
    ],
)  # fmt: skip
def test_a_set_that_is_unique_by_its_columns_is_proved_to_be(head: Any, rows: Any, columns: Any, tmp_path: Path) -> None:
    model = things(head, rows, **columns)
    assert broken(model, tmp_path) == []
    for names in unique_sets(model.table("things")):
        said = f"{', '.join(names[:-1])} and {names[-1]} are unique together" if len(names) > 1 else names[0]
        assert any(rule.startswith(f"things: {said}") for rule in rules(model, tmp_path))


@pytest.mark.parametrize("word", ["key", "unique"])
@pytest.mark.parametrize(
    ("names", "rows", "columns", "words"),
    [
        (("size",), 5, {"size": Integers(1, 9)}, ("none of them is unique; declare one so, such as size = …", "or fan the rows out")),
        (("a", "b"), 5, {"a": Flag(0.5), "b": Flag(0.5)}, (r"(a, b) does not follow from its columns", "such as b = …(unique=True)")),
        (
            ("shop_id",),
            FanOut(Shops, 3),
            {"shop_id": ParentKey(Shops)},
            ("none of them differs within a row of shops", "or add an Ordinal"),
        ),
        (("shop_id",), FanOut(Shops, {0: 1, 2: 1}), {"shop_id": ParentKey(Shops)}, ("none of them differs within a row of shops",)),
        (("shop_id",), FanOut(Shops, Between(0, "any")), {"shop_id": ParentKey(Shops)}, ("none of them differs within a row of shops",)),
        (("place",), FanOut(Shops, 3), {"place": Ordinal()}, ("none of them tells the row of shops", "add the key of shops")),
        (("a", "b"), FanOut(Shops, 3), {"a": Ordinal(), "b": Integers(1, 9, distinct=True)}, ("none of them tells the row of shops",)),
        (
            ("shop_id", "good_id"),
            FanOut(Shops, 3),
            {"shop_id": ParentKey(Shops), "good_id": ForeignKey(Goods)},
            ("none of them differs", "such as good_id = …(distinct=True)"),
        ),
        (
            ("good_id", "place"),
            FanOut(Shops, 3),
            {"shop_id": ParentKey(Shops), "place": Ordinal(), "good_id": ForeignKey(Goods)},
            ("none of them tells the row of shops",),
        ),
        (
            ("shop_id",),
            Pairs(Shops, Goods, "any"),
            {"shop_id": ForeignKey(Shops), "good_id": ForeignKey(Goods)},
            ("none of them is unique",),
        ),
    ],
)
def test_a_set_that_need_not_be_unique_is_refused_with_what_to_do(
    word: str, names: Any, rows: Any, columns: Any, words: tuple[str, ...]
) -> None:
    with refused(*(part.replace("(", r"\(").replace(")", r"\)") for part in (f"things: {word}=({', '.join(names)})", *words))):
        things({word: names if word == "key" else [names]}, rows, **columns)


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ({"key": "kode"}, "its head names 'kode', which is not one of its columns; did you mean 'code'"),
        ({"unique": [("code", "sise")]}, "its head names 'sise', which is not one of its columns; did you mean 'size'"),
        ({"key": ("code", "code")}, "has a column twice"),
        ({"unique": [()]}, "unique has an empty set of columns"),
        ({"unique": "code"}, "unique must be a list"),
        ({"unique": [5]}, r"unique\[0\] must be a list"),
        ({"key": 5}, "key must be a list"),
        ({"key": [5]}, "must be a text, not 5"),
        ({"key": None}, "key must be a list"),
    ],
    ids=repr,
)
def test_a_head_names_columns_of_its_table(head: dict[str, Any], words: str) -> None:
    with refused("things", words):
        things(head, code=Code("AA", unique=True), size=Integers(1, 9))


def test_a_table_has_one_key() -> None:
    with refused("table things has 2 primary keys, id and number; it has one Key", r"class Things\(Table, key=\(…\)\)"):
        things({}, id=Key(), number=Key())


def test_a_key_of_its_head_makes_the_numbers_a_further_unique_column() -> None:
    model = things({"key": "code"}, id=Key(), code=Code("AA", unique=True))
    assert unique_sets(model.table("things")) == [("code",), ("id",)]


def test_what_was_proved_to_be_unique_and_is_no_longer_is_found(tmp_path: Path) -> None:
    model = things({"key": ("shop_id", "good_id"), "unique": [("shop_id", "place")]}, FanOut(Shops, 3), shop_id=ParentKey(Shops), place=Ordinal(), good_id=ForeignKey(Goods, distinct=True))  # fmt: skip
    swapped = "UPDATE things SET good_id = (SELECT good_id FROM things WHERE shop_id = 2 AND place = 1) WHERE shop_id = 2 AND place = 2"
    assert broken_by(model, tmp_path, "things", swapped) == [
        "things: shop_id and good_id are unique together",
        "things: good_id comes once for each shop_id",
    ]


def test_a_set_that_is_no_longer_unique_breaks_that_rule_alone(tmp_path: Path) -> None:
    model = things({"unique": [("code", "size")]}, 50, id=Key(), code=Code("AAA", unique=True), size=Integers(1, 2))
    same = "UPDATE things SET code = (SELECT code FROM things WHERE id = 1), size = (SELECT size FROM things WHERE id = 1) WHERE id = 2"
    assert broken_by(model, tmp_path, "things", same) == ["things: code and size are unique together", "things: code is unique"]


def test_a_parent_key_is_unique_only_where_no_row_has_two_children() -> None:
    things({}, FanOut(Shops, Between(0, 1)), id=Key(), shop_id=ParentKey(Shops, unique=True))
    with refused("things.shop_id", "unique"):
        things({}, FanOut(Shops, 3), id=Key(), shop_id=ParentKey(Shops, unique=True))


# Numbers that begin elsewhere


@pytest.mark.parametrize("start", [1, 0, -5, 10_248, 2**31 - 5, 2**40])
def test_a_key_may_begin_with_another_number(start: int, tmp_path: Path) -> None:
    model = model_of(table("Things", 20, id=Key(start=start)), table("Notes", 50, id=Key(), thing_id=ForeignKey("Things")))
    assert of(model, "things", "id") == [*range(start, start + 20)]
    assert set(of(model, "notes", "thing_id")) <= {*range(start, start + 20)}
    assert broken(model, tmp_path) == []
    assert f"things: id is {start}, {start + 1}, {start + 2} … without a gap, each once" in rules(model, tmp_path)


def test_a_small_key_is_an_integer_and_so_are_the_references_to_it() -> None:
    model = model_of(table("Things", 3, id=Key(Integer)), table("Notes", 5, id=Key(), thing_id=ForeignKey("Things")))
    assert [model.table("things").sql_types["id"], model.table("notes").sql_types["thing_id"]] == ["INTEGER", "INTEGER"]
    assert str(colgen.build(model).table("notes").schema.field("thing_id").type) == "int32"


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE things SET id = 99 WHERE id = 100", "id is 100, 101, 102 … without a gap, each once"),
        ("UPDATE things SET id = 101 WHERE id = 100", "id is 100, 101, 102 … without a gap, each once"),
        ("UPDATE things SET id = 200 WHERE id = 119", "id is 100, 101, 102 … without a gap, each once"),
    ],
)
def test_a_gap_in_the_numbers_is_found_wherever_they_begin(statement: str, rule: str, tmp_path: Path) -> None:
    assert broken_by(things({}, 20, id=Key(start=100)), tmp_path, "things", statement) == [f"things: {rule}"]


@pytest.mark.parametrize("number", [99, 120, 1])
def test_a_reference_to_a_number_that_is_not_there_is_found(number: int, tmp_path: Path) -> None:
    model = model_of(table("Things", 20, id=Key(start=100)), table("Notes", 50, id=Key(), thing_id=ForeignKey("Things")))
    assert broken_by(model, tmp_path, "notes", f"UPDATE notes SET thing_id = {number} WHERE id = 7") == ["notes: thing_id is in things"]


def test_rows_that_are_not_kept_leave_gaps(tmp_path: Path) -> None:
    model = things({"keep": "there"}, 60, id=Key(start=100), there=Flag(0.5, hidden=True))
    assert broken_by(model, tmp_path, "things", "UPDATE things SET id = 99 WHERE id = (SELECT min(id) FROM things)") == [
        "things: id is 100 or more, each once"
    ]


def test_references_that_ask_for_something_find_rows_whatever_their_numbers_are(tmp_path: Path) -> None:
    customers = table("Customers", 40, id=Key(start=1000), made_at=CreatedAt(History(share_before=0.3)), kind=Category(a=1, b=1))
    orders = table(
        "Orders", Volume("orders", Calendar()), id=Key(start=7), day=Day(),
        customer_id=ForeignKey(customers, existing_at="day", popularity=Popularity()),
        a_id=ForeignKey(customers, where={"kind": "a"}),
        kind=Lookup(customers.kind, via="a_id"),
        seen=column(BigInteger)(lambda customer_id: customer_id),
    )  # fmt: skip
    model = model_of(customers, orders, orders=300)
    assert broken(model, tmp_path) == []
    assert set(of(model, "orders", "kind")) == {"a"}
    for written, read in of(model, "orders", "customer_id", "seen"):
        assert 1000 <= written == read < 1040
    assert is_the_same_in_blocks_of_any_size(model, "orders")


def test_the_first_of_the_rows_below_is_told_by_its_key() -> None:
    owners = table("Owners", 5, id=Key(), first=First("things", hidden=False))
    model = model_of(owners, table("Things", FanOut(owners, 2), id=Key(start=100), owner_id=ParentKey(owners)))
    assert of(model, "owners", "first") == [100, 102, 104, 106, 108]


def test_numbers_that_a_key_cannot_hold_are_refused_before_any_row_is_made() -> None:
    things = table("Things", Volume("things"), id=Key(Integer, start=2**31 - 3))
    assert len(of(model_of(things, things=3), "things", "id")) == 3
    with refused("things.id: 4 numbers from 2,147,483,645 on go up to 2,147,483,648, and integer up to 2,147,483,647"):
        model_of(things, things=4)


@pytest.mark.parametrize("start", [True, "1", 1.5, None, 2**63])
def test_a_start_is_a_whole_number(start: Any) -> None:
    with refused("Key: start must be a whole number"):
        Key(start=start)


@pytest.mark.parametrize("kind", [String, Money, Varchar(5), "INTEGER", int], ids=repr)
def test_a_key_is_a_whole_number_and_what_to_do_for_another_is_said(kind: Any) -> None:
    with refused("Key", "for texts and UUIDs, name a unique column in the table's head: key='code'"):
        Key(kind)


# References to any key

KINDS: dict[str, Any] = {
    "code": lambda: Code("AAA", unique=True),
    "varchar": lambda: Code("AA-0", type=Varchar(4), unique=True),
    "uuid": lambda: Uuids(),
    "number": lambda: Integers(1, 999, unique=True),
    "money": lambda: Integers(1, 999, type=Money, unique=True),
    "word": lambda: Vocabulary(vocabulary.words("first_names", "name"), unique=True),
    "text": lambda: Text("no. {number}", unique=True),
}


@pytest.mark.parametrize("kind", list(KINDS))
def test_what_refers_to_a_key_is_written_as_it_is(kind: str, tmp_path: Path) -> None:
    customers = table("Customers", 30, {"key": "key"}, number=Key(), key=KINDS[kind](), title=Code("AA"))
    orders = table("Orders", 25, id=Key(), customer=ForeignKey(customers, unique=True), title=Lookup(customers.title))
    lines = table("Lines", FanOut(customers, Between(0, 3)), {"key": ("customer", "line")}, customer=ParentKey(customers), line=Ordinal(), friend=ForeignKey(customers, distinct=True))  # fmt: skip
    model = model_of(customers, orders, lines)
    assert broken(model, tmp_path) == []
    titles = dict(of(model, "customers", "key", "title"))
    assert len(titles) == 30
    assert dict(of(model, "orders", "customer", "title")).items() <= titles.items()
    assert {name for pair in of(model, "lines", "customer", "friend") for name in pair} <= titles.keys()
    assert model.table("orders").sql_types["customer"] == model.table("customers").sql_types["key"]
    assert is_the_same_in_blocks_of_any_size(model, "lines")


@pytest.mark.parametrize("kind", ["code", "uuid"])
def test_a_reference_to_a_text_that_is_not_there_is_found(kind: str, tmp_path: Path) -> None:
    customers = table("Customers", 30, {"key": "key"}, key=KINDS[kind]())
    model = model_of(customers, table("Orders", 25, id=Key(), customer=ForeignKey(customers, nullable=0.2)))
    other = {"code": "zzz", "uuid": "00000000-0000-4000-8000-000000000000"}[kind]
    assert broken_by(model, tmp_path, "orders", f"UPDATE orders SET customer = '{other}' WHERE id = (SELECT min(id) FROM orders WHERE customer IS NOT NULL)") == ["orders: customer is in customers"]  # fmt: skip


def test_a_function_gives_the_number_of_the_row_and_the_key_is_written() -> None:
    customers = table("Customers", 5, {"key": "key"}, number=Key(), key=Code("AAA", unique=True))
    orders = table("Orders", 5, id=Key(), customer=column(ForeignKey(customers))(lambda id: 6 - id), number=Lookup(customers.number))
    model = model_of(customers, orders)
    assert of(model, "orders", "customer") == of(model, "customers", "key")[::-1]
    assert of(model, "orders", "number") == [5, 4, 3, 2, 1]


def test_a_key_that_may_be_referred_to_by_texts_is_unique_in_every_row_of_many(tmp_path: Path) -> None:
    """So many that none of them is looked up in a list."""
    customers = table("Customers", 5_000_000, {"key": "key"}, key=Code("AAAAAA", unique=True))
    model = model_of(customers, table("Orders", 300, id=Key(), customer=ForeignKey(customers)))
    first = rows_of(model, "orders")
    assert first == rows_of(model, "orders", block_cells=50)
    assert len({row["customer"] for row in first}) > 290


# Several columns: a hidden reference, and what is looked up by it


class Parts(Table, key="part"):
    rows = 20
    part = Key(start=100)


class Suppliers(Table, key="supplier"):
    rows = 6
    supplier = Code("AA0", unique=True)


class Offers(Table, key=("part", "supplier")):
    rows = FanOut(Parts, 4)
    part = ParentKey(Parts)
    supplier = ForeignKey(Suppliers, distinct=True)
    cost = Integers(1_00, 9_00, type=Money)


class Orders(Table):
    rows = Volume("orders")
    number = Key(Integer)
    lines = Count("lines", hidden=False)
    total = Sum("lines.cost", Money)


class Lines(Table, key=("order", "line"), unique=[("order", "line", "part")]):
    rows = FanOut(Orders, Between(1, 7))
    order = ParentKey(Orders)
    line = Ordinal()
    offer = ForeignKey(Offers, hidden=True)
    part = Lookup(Offers.part)
    supplier = Lookup(Offers.supplier)
    cost = Lookup(Offers.cost)


class Notes(Table):
    rows = FanOut(Lines, Between(0, 2))
    line_ = ParentKey(Lines, hidden=True)
    order = Lookup(Lines.order)
    line = Lookup(Lines.line)
    note = Ordinal()


WAREHOUSE = model_of(Parts, Suppliers, Offers, Orders, Lines, Notes, orders=40)


def test_the_columns_that_make_up_a_key_are_a_foreign_key_together() -> None:
    assert keys(WAREHOUSE, "lines") == {(("order",), "orders", ("number",)), (("part", "supplier"), "offers", ("part", "supplier"))}
    assert keys(WAREHOUSE, "notes") == {(("order", "line"), "lines", ("order", "line"))}
    assert keys(WAREHOUSE, "offers") == {(("part",), "parts", ("part",)), (("supplier",), "suppliers", ("supplier",))}


def test_they_are_of_one_row_and_proved_to_be(tmp_path: Path) -> None:
    assert broken(WAREHOUSE, tmp_path) == []
    assert {
        "lines: part and supplier are in offers",
        "notes: order and line are in lines",
        "lines: order and line are unique together",
        "lines: order, line and part are unique together",
        "lines: line is 1, 2, 3 … within each order",
        "notes: note is 1, 2, 3 … within each order and line",
        "notes: 0 to 2 of them for each of lines",
        "orders: lines is the number of its rows of lines",
        "orders: total is the sum of lines.cost",
        "offers: supplier comes once for each part",
    } <= rules(WAREHOUSE, tmp_path)
    costs = {(part, supplier): cost for part, supplier, cost in of(WAREHOUSE, "offers", "part", "supplier", "cost")}
    assert all(costs[part, supplier] == cost for part, supplier, cost in of(WAREHOUSE, "lines", "part", "supplier", "cost"))


@pytest.mark.parametrize("name", ["offers", "lines", "notes"])
def test_they_are_the_same_in_blocks_of_any_size(name: str) -> None:
    assert is_the_same_in_blocks_of_any_size(WAREHOUSE, name, seed=3)


ALONE, PAIRED = (f'SELECT "order", line FROM notes GROUP BY ALL HAVING count(*) = {number} ORDER BY ALL LIMIT 1' for number in (1, 2))


@pytest.mark.parametrize(
    ("name", "statement", "rule"),
    [
        ("lines", """UPDATE lines SET supplier = 'zzz' WHERE "order" = 1 AND line = 1""", "part and supplier are in offers"),
        ("notes", f"""UPDATE notes SET "order" = 999 WHERE ("order", line) IN ({ALONE})""", "order and line are in lines"),
        ("notes", f"""UPDATE notes SET note = 2 WHERE ("order", line) IN ({ALONE})""", "note is 1, 2, 3 … within each order and line"),
        (
            "notes",
            f"""UPDATE notes SET "order" = other."order", line = other.line, note = 3 FROM ({PAIRED}) AS other
            WHERE (notes."order", notes.line) IN ({ALONE})""",
            "0 to 2 of them for each of lines",
        ),
    ],
)
def test_what_is_not_of_one_row_is_found(name: str, statement: str, rule: str, tmp_path: Path) -> None:
    assert broken_by(WAREHOUSE, tmp_path, name, statement) == [f"{name}: {rule}"]


def test_a_reference_to_several_columns_is_hidden_and_says_how() -> None:
    with refused(
        "sales.offer refers to offers, whose key is part and supplier together: hide it",
        r"part = Lookup\(Offers.part\), supplier = Lookup\(Offers.supplier\)",
    ):
        table("Sales", 5, id=Key(), offer=ForeignKey(Offers))
    with refused("sales.offer refers to offers, whose key is part and supplier together"):
        table("Sales", FanOut(Offers, 2), id=Key(), offer=ParentKey(Offers))


def test_a_number_beside_a_key_of_several_columns_is_what_is_referred_to(tmp_path: Path) -> None:
    tasks = table("Tasks", FanOut(Shops, 3), {"key": ("shop_id", "id")}, id=Key(), shop_id=ParentKey(Shops))
    model = model_of(Shops, tasks, table("Hours", 30, id=Key(), task_id=ForeignKey(tasks)))
    assert keys(model, "hours") == {(("task_id",), "tasks", ("id",))}
    assert broken(model, tmp_path) == []


def test_half_of_a_key_is_no_reference() -> None:
    model = model_of(Parts, Suppliers, Offers, table("Sales", 5, id=Key(), offer=ForeignKey(Offers, hidden=True), part=Lookup(Offers.part)))
    assert keys(model, "sales") == set()


def test_a_unique_column_may_be_referred_to_in_place_of_a_key(tmp_path: Path) -> None:
    members = table("Members", 30, id=Key(hidden=True), code=Code("AAA", unique=True), size=Integers(1, 9))
    visits = table("Visits", 60, id=Key(), member=ForeignKey(members, hidden=True, nullable=0.3), code=Lookup(members.code))
    model = model_of(members, visits)
    assert keys(model, "visits") == {(("code",), "members", ("code",))}
    other = "UPDATE visits SET code = 'zzz' WHERE id = (SELECT min(id) FROM visits WHERE code IS NOT NULL)"
    assert broken_by(model, tmp_path, "visits", other) == ["visits: code is in members"]


def test_a_unique_set_of_the_parents_tells_which_one_it_is(tmp_path: Path) -> None:
    hidden = table("Batches", 10, {"hidden": True}, id=Key(), code=Code("AA", unique=True))
    items = table(
        "Items", FanOut(hidden, 3), {"key": ("code", "place")}, of=ParentKey(hidden, hidden=True), code=Lookup(hidden.code), place=Ordinal()
    )
    parts = table("Pieces", FanOut(items, 2), {"key": ("code", "place", "piece")}, of=ParentKey(items, hidden=True), code=Lookup(items.code), place=Lookup(items.place), piece=Ordinal())  # fmt: skip
    model = model_of(hidden, items, parts)
    assert keys(model, "pieces") == {(("code", "place"), "items", ("code", "place"))}
    assert broken(model, tmp_path) == []


# Without a key


def test_a_table_needs_no_key(tmp_path: Path) -> None:
    logs = table("Logs", 20, size=Integers(1, 9))
    model = model_of(logs, table("Notes", 10, id=Key(), log=ForeignKey(logs, hidden=True), size=Lookup(logs.size)))
    assert unique_sets(model.table("logs")) == []
    assert keys(model, "notes") == set()
    assert broken(model, tmp_path) == []
    with refused(
        r"notes.log refers to logs, which has no key to write; add id = Key\(\) there, name one in its head", r"or hide the reference"
    ):
        table("Notes", 10, id=Key(), log=ForeignKey(logs))


def test_rows_of_a_table_without_a_key_may_have_children(tmp_path: Path) -> None:
    logs = table("Logs", 20, size=Integers(1, 9))
    model = model_of(logs, table("Notes", FanOut(logs, 2), id=Key(), size=Lookup(logs.size), log=ParentKey(logs, hidden=True)))
    assert broken(model, tmp_path) == []
    with refused("notes.log refers to logs, which has no key to write"):
        table("Notes", FanOut(logs, 2), id=Key(), log=ParentKey(logs))


# Branches


def branched(**columns: Any) -> Model:
    class Moves(Table):
        rows = Branches()
        id = Key()

    kinds = [type(name, (Moves,), {"rows": 400, **{word: kind() for word, kind in columns.items()}}) for name in ("Arrivals", "Departures")]
    return model_of(Moves, *kinds)


def test_uuids_are_unique_among_all_branches(tmp_path: Path) -> None:
    assert broken(branched(token=Uuids), tmp_path) == []


@pytest.mark.parametrize("kind", [lambda: Integers(1, 5000, unique=True), lambda: Code("AAA", unique=True)], ids=["number", "code"])
def test_what_is_unique_is_so_among_all_branches(kind: Any, tmp_path: Path) -> None:
    assert broken(branched(value=kind), tmp_path) == []


@pytest.mark.parametrize("key", [Key(start=100), Uuids()], ids=["start", "uuid"])
def test_a_table_with_branches_may_have_any_key(key: Any) -> None:
    class Moves(Table, key="id"):
        rows = Branches()
        id = key

    class Arrivals(Moves):
        rows = 10

    class Departures(Moves):
        rows = 10

    model = model_of(Moves, Arrivals, Departures, table("Notes", 30, id=Key(), move_id=ForeignKey(Moves)))
    assert set(of(model, "notes", "move_id")) <= set(of(model, "moves", "id"))


@pytest.mark.parametrize(
    ("one", "other"),
    [(Integers(1, 5, nullable=0.1), Integers(1, 5, nullable=0.9)), (Code("AA"), Code("00"))],
    ids=["share", "pattern"],
)
def test_a_table_promises_no_more_than_its_branches_agree_on(one: Any, other: Any, tmp_path: Path) -> None:
    class Moves(Table):
        rows = Branches()
        id = Key()

    class Arrivals(Moves):
        rows = 300
        value = one

    class Departures(Moves):
        rows = 300
        value = other

    assert broken(model_of(Moves, Arrivals, Departures), tmp_path) == []


@pytest.mark.parametrize("name", ["code", "kode"])
def test_the_head_of_a_table_with_branches_names_columns_of_its_branches(name: str, tmp_path: Path) -> None:
    class Moves(Table, key=name):
        rows = Branches()
        id = Key()

    kinds = [type(kind, (Moves,), {"rows": 20, "code": Code("AAA", unique=True)}) for kind in ("Arrivals", "Departures")]
    if name == "code":
        assert broken(model_of(Moves, *kinds), tmp_path) == []
        return
    with refused("moves: its head names 'kode', which is not one of its columns; did you mean 'code'"):
        model_of(Moves, *kinds)


def test_a_key_that_a_branch_does_not_keep_unique_is_refused() -> None:
    class Moves(Table, key="code"):
        rows = Branches()

    kinds = [
        type(name, (Moves,), {"rows": 20, "code": Code("AAA", unique=unique)})
        for name, unique in (("Arrivals", True), ("Departures", False))
    ]
    with refused("code"):
        model_of(Moves, *kinds)


def test_branches_that_choose_from_other_values_promise_nothing_together(tmp_path: Path) -> None:
    class Moves(Table):
        rows = Branches()
        id = Key()

    ends = {"Arrivals": 90, "Departures": 50}
    try:
        model = model_of(Moves, *(type(name, (Moves,), {"rows": 24, "value": Integers(1, end, unique=True)}) for name, end in ends.items()))
    except colgen.ModelError:
        return
    assert broken(model, tmp_path) == []


def test_a_key_that_branches_choose_from_other_values_is_refused_or_unique(tmp_path: Path) -> None:
    class Moves(Table, key="value"):
        rows = Branches()

    ends = {"Arrivals": 90, "Departures": 50}
    try:
        model = model_of(Moves, *(type(name, (Moves,), {"rows": 24, "value": Integers(1, end, unique=True)}) for name, end in ends.items()))
    except colgen.ModelError:
        return
    assert broken(model, tmp_path) == []


def test_a_key_is_written() -> None:
    with refused("things: key='code': that column is hidden; a key is written"):
        table("Things", 5, {"key": "code"}, id=Key(), code=Code("AA", unique=True, hidden=True))


# Names


class Named(Table, key="Customer No."):
    rows = 12
    number = Key(name="Customer No.")
    begin = Integers(1, 9, name="from")
    end = column(Integer, name="to")(lambda begin, draw: begin + draw.integers(0, 3))
    label = Text("{from}-{to}", name="label of it")
    boss = ForeignKey("self", name='up"per')


def test_a_column_is_written_under_another_name_and_read_by_that_of_its_attribute() -> None:
    model = model_of(Named, table("Notes", 5, id=Key(), named=ForeignKey(Named), begin=Lookup(Named.begin)))
    (first, *_) = rows_of(model, "named")
    assert [*first] == ["Customer No.", "from", "to", "label of it", 'up"per']
    assert first["label of it"] == f"{first['from']}-{first['to']}"
    begins = dict(of(model, "named", "Customer No.", "from"))
    assert all(begins[number] == begin for number, begin in of(model, "notes", "named", "begin"))


def test_what_is_proved_names_a_column_as_it_is_written(tmp_path: Path) -> None:
    model = model_of(Named)
    assert broken(model, tmp_path) == []
    assert {"named: from is 1 to 9", 'named: up"per is in named'} <= rules(model, tmp_path)


def test_two_columns_of_one_name_are_refused() -> None:
    with refused("things: two of its columns are called 'id'; give one of them another name"):
        things({}, id=Key(), number=Integers(1, 2, name="id"))
    with refused("things: the columns 'id' and 'ID' differ in case only; rename one"):
        things({}, id=Key(), number=Integers(1, 2, name="ID"))


@pytest.mark.parametrize("name", ["a\0b", "ctid", "x" * 64, "a\nb"])
def test_a_name_that_not_every_target_can_hold_is_refused(name: str) -> None:
    with refused("Integers: name=", "1 to 63 printable bytes"):
        Integers(1, 2, name=name)


def test_a_word_that_is_called_like_an_argument_is_given_in_a_list() -> None:
    with refused("Category: name must be a text, not 5"):
        Category(a=1, name=5)  # type: ignore[arg-type]
    assert list(Category({"a": 1, "name": 5}).weights) == ["a", "name"]


# In databases


def test_duckdb_holds_to_all_of_it(tmp_path: Path) -> None:
    file = tmp_path / "place" / "sales.duckdb"
    model = model_of(Parts, Suppliers, Offers, Orders, Lines, Notes, Named, orders=40)
    into_duckdb(file, model=model, constraints=True, check=True)
    found = ask(file, """SELECT table_name, constraint_type, constraint_column_names, referenced_table, referenced_column_names FROM duckdb_constraints()
        WHERE constraint_type IN ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY') AND table_name <> 'colgen_manifest'""")  # fmt: skip
    assert {(name, kind, *map(tuple, (own,)), target, tuple(theirs)) for name, kind, own, target, theirs in found} == {
        ("parts", "PRIMARY KEY", ("part",), None, ()),
        ("suppliers", "PRIMARY KEY", ("supplier",), None, ()),
        ("offers", "PRIMARY KEY", ("part", "supplier"), None, ()),
        ("offers", "FOREIGN KEY", ("part",), "parts", ("part",)),
        ("offers", "FOREIGN KEY", ("supplier",), "suppliers", ("supplier",)),
        ("orders", "PRIMARY KEY", ("number",), None, ()),
        ("lines", "PRIMARY KEY", ("order", "line"), None, ()),
        ("lines", "UNIQUE", ("order", "line", "part"), None, ()),
        ("lines", "FOREIGN KEY", ("order",), "orders", ("number",)),
        ("lines", "FOREIGN KEY", ("part", "supplier"), "offers", ("part", "supplier")),
        ("notes", "FOREIGN KEY", ("order", "line"), "lines", ("order", "line")),
        ("named", "PRIMARY KEY", ("Customer No.",), None, ()),
    }


def test_postgres_holds_to_all_of_it(server: str, database: Any, schema: str) -> None:
    model = model_of(Parts, Suppliers, Offers, Orders, Lines, Notes, Named, orders=40)
    colgen.build(model, out=server, schema=schema, constraints=True, check=True)
    found = database.execute(
        "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = %s::regnamespace AND contype IN ('p', 'u', 'f')",
        (schema,),
    ).fetchall()
    said = {f"{name.removeprefix(f'{schema}.')}: {text.replace(f'{schema}.', '')}" for name, text in found}
    assert said - {"colgen_manifest: PRIMARY KEY (id)"} == {
        "parts: PRIMARY KEY (part)",
        "suppliers: PRIMARY KEY (supplier)",
        "offers: PRIMARY KEY (part, supplier)",
        "offers: FOREIGN KEY (part) REFERENCES parts(part)",
        "offers: FOREIGN KEY (supplier) REFERENCES suppliers(supplier)",
        "orders: PRIMARY KEY (number)",
        'lines: PRIMARY KEY ("order", line)',
        'lines: UNIQUE ("order", line, part)',
        'lines: FOREIGN KEY ("order") REFERENCES orders(number)',
        "lines: FOREIGN KEY (part, supplier) REFERENCES offers(part, supplier)",
        'notes: FOREIGN KEY ("order", line) REFERENCES lines("order", line)',
        'named: PRIMARY KEY ("Customer No.")',
        'named: FOREIGN KEY ("up""per") REFERENCES named("Customer No.")',
    }


@thorough
def test_rows_that_are_new_are_added_by_their_keys_whatever_these_are(tmp_path: Path) -> None:
    file = tmp_path / "place" / "sales.duckdb"
    into_duckdb(file, model=WAREHOUSE, constraints=True)
    before = counted(file)
    into_duckdb(file, model=WAREHOUSE, constraints=True, append=True, check=True)
    assert counted(file) == before
    into_duckdb(file, model=WAREHOUSE, constraints=True, append=True, check=True, settings={"orders": 60})
    after = counted(file)
    assert [after[name] - before[name] for name in ("orders", "parts", "offers")] == [20, 0, 0]
    assert after["lines"] > before["lines"]
    assert after["notes"] > before["notes"]
