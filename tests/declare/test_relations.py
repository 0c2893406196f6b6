"""Columns that tie rows to other rows give what plain loops over parents and children give, however the rows are cut into blocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import colgen
from colgen import (
    Between,
    BigInteger,
    Category,
    Count,
    Date,
    FanOut,
    First,
    FixedValues,
    ForeignKey,
    Integer,
    Integers,
    IsFirst,
    IsLast,
    Json,
    Key,
    Lookup,
    Model,
    Money,
    Ordinal,
    ParentKey,
    Running,
    String,
    Sum,
    Table,
    Text,
    Timestamp,
    column,
)
from colgen.generate import generation
from colgen.values.types import RepeatedText
from tests.declare.baskets import BLOCKS, Carts, Gifts, Things, counts, given_values, law, of
from tests.support import model_of, refused, rows_of


@st.composite
def families(draw: Callable) -> tuple[list[int], list[int], list[int]]:
    """How many lines each order has, how many parts each line has, and a number for each part."""
    lines = draw(counts)
    parts = draw(st.lists(st.integers(0, 3), min_size=sum(lines), max_size=sum(lines)))
    return lines, parts, draw(st.lists(st.integers(-9, 9), min_size=sum(parts), max_size=sum(parts)))


def family(lines: Sequence[int], parts: Sequence[int], numbers: Sequence[int]) -> Model:
    """Orders with lines with parts, so many as is said."""

    class Orders(Table):
        rows = len(lines)
        id = Key()
        size = given_values(lines)
        name = given_values([f"order {i % 3}" for i in range(len(lines))], String)
        code = Text("O-{id}", unique=True)
        first_line = First("lines", hidden=False)
        first_part = First("parts", hidden=False)
        part_count = Count("parts")
        total = Sum("parts.number")

    class Lines(Table):
        rows = FanOut(Orders, "size")
        id = Key()
        order_id = ParentKey(Orders)
        size = given_values(parts)
        first_part = First("parts", hidden=False)
        part_count = Count("parts", Integer)
        total = Sum("parts.number")

    class Parts(Table):
        rows = FanOut(Lines, "size")
        id = Key()
        line_id = ParentKey(Lines)
        place = Ordinal()
        opens = IsFirst()
        closes = IsLast()
        number = given_values(numbers)
        so_far = Running("number")
        order_id = Lookup(Orders.id)
        name = Lookup(Orders.name)
        code = Lookup(Orders.code)
        label = column(Integer)(lambda size=Orders.size, of_line=Lines.size: size * 10 + of_line)

    return model_of(Orders, Lines, Parts)


def first_ids(of_each: Sequence[int]) -> list[int]:
    """The first child's id of each parent, the next parent's where there is none."""
    return [1 + before for before in accumulate(of_each, initial=0)][:-1]


@law
@given(families())
def test_first_is_the_first_child_or_the_next_parents_where_there_is_none(case: tuple) -> None:
    lines, parts, _ = case
    shop = family(*case)
    parts_of_orders = [sum(parts[begin - 1 : begin - 1 + many]) for begin, many in zip(first_ids(lines), lines, strict=True)]
    for block_cells in BLOCKS:
        assert of(rows_of(shop, "orders", block_cells=block_cells), "first_line") == first_ids(lines)
        assert of(rows_of(shop, "orders", block_cells=block_cells), "first_part") == first_ids(parts_of_orders)
        assert of(rows_of(shop, "lines", block_cells=block_cells), "first_part") == first_ids(parts)


@law
@given(families())
def test_first_and_count_give_the_ids_of_the_children(case: tuple) -> None:
    shop = family(*case)
    children = {(order["id"], order["first_line"] + place) for order in rows_of(shop, "orders") for place in range(order["size"])}
    assert children == {(line["order_id"], line["id"]) for line in rows_of(shop, "lines")}


@law
@given(families())
def test_count_and_sum_go_however_far_down(case: tuple) -> None:
    lines, parts, numbers = case
    shop = family(*case)
    of_lines = [numbers[begin - 1 : begin - 1 + many] for begin, many in zip(first_ids(parts), parts, strict=True)]
    of_orders = [list(chain(*of_lines[begin - 1 : begin - 1 + many])) for begin, many in zip(first_ids(lines), lines, strict=True)]
    for block_cells in BLOCKS:
        for table, expected in (("lines", of_lines), ("orders", of_orders)):
            made = rows_of(shop, table, block_cells=block_cells)
            assert of(made, "part_count") == [len(each) for each in expected]
            assert of(made, "total") == [sum(each) for each in expected]


@law
@given(families())
def test_the_first_row_of_a_parent_opens_and_the_last_one_closes(case: tuple) -> None:
    _, parts, _ = case
    expected = [(place == 0, place == many - 1) for many in parts for place in range(many)]
    shop = family(*case)
    for block_cells in BLOCKS:
        assert [(part["opens"], part["closes"]) for part in rows_of(shop, "parts", block_cells=block_cells)] == expected


def test_few_children_of_many_rows_know_their_parents() -> None:
    lines = [0] * 40
    lines[7], lines[30] = 2, 1
    shop = family(lines, [1, 0, 3], [5, 6, 7, 8])
    assert of(rows_of(shop, "lines"), "order_id") == [8, 8, 31]
    assert of(rows_of(shop, "parts"), "order_id") == [8, 31, 31, 31]


@law
@given(families())
def test_running_adds_up_from_the_parents_first_row(case: tuple) -> None:
    _, parts, numbers = case
    expected = [
        until for begin, many in zip(first_ids(parts), parts, strict=True) for until in accumulate(numbers[begin - 1 : begin - 1 + many])
    ]
    shop = family(*case)
    for block_cells in BLOCKS:
        assert of(rows_of(shop, "parts", block_cells=block_cells), "so_far") == expected


@law
@given(families())
def test_running_ends_at_the_sum(case: tuple) -> None:
    shop = family(*case)
    last = {part["line_id"]: part["so_far"] for part in rows_of(shop, "parts")}
    assert [last.get(line["id"], 0) for line in rows_of(shop, "lines")] == of(rows_of(shop, "lines"), "total")


@law
@given(families())
def test_a_child_knows_its_parent_and_its_place_there(case: tuple) -> None:
    _, parts, _ = case
    shop = family(*case)
    expected = [(line + 1, place + 1) for line, many in enumerate(parts) for place in range(many)]
    for block_cells in BLOCKS:
        made = rows_of(shop, "parts", block_cells=block_cells)
        assert of(made, "id") == list(range(1, len(expected) + 1))
        assert [(part["line_id"], part["place"]) for part in made] == expected


@law
@given(families())
def test_a_row_reads_its_parents_parent(case: tuple) -> None:
    lines, parts, _ = case
    order_of_line = [order for order, many in enumerate(lines) for _ in range(many)]
    order_of_part = [order_of_line[line] for line, many in enumerate(parts) for _ in range(many)]
    of_line = [many for many in parts for _ in range(many)]
    shop = family(*case)
    for block_cells in BLOCKS:
        made = rows_of(shop, "parts", block_cells=block_cells)
        assert of(made, "order_id") == [order + 1 for order in order_of_part]
        assert of(made, "name") == [f"order {order % 3}" for order in order_of_part]
        assert of(made, "code") == [f"O-{order + 1}" for order in order_of_part]
        assert of(made, "label") == [lines[order] * 10 + many for order, many in zip(order_of_part, of_line, strict=True)]


def test_four_generations_are_read_alike() -> None:
    class Years(Table):
        rows = 2
        id = Key()
        name = FixedValues("old", "new")
        note = given_values(["first", "second"], String)

    class Months(Table):
        rows = FanOut(Years, 2)
        id = Key()
        year_id = ParentKey(Years)

    class Days(Table):
        rows = FanOut(Months, Between(0, 2))
        id = Key()
        month_id = ParentKey(Months)
        year_id = Lookup(Months.year_id)

    class Hours(Table):
        rows = FanOut(Days, 2)
        id = Key()
        day_id = ParentKey(Days)
        month_id = Lookup(Days.month_id)
        year_id = Lookup(Years.id)
        again = Lookup(Days.year_id)
        name = Lookup(Years.name)
        note = Lookup(Years.note)
        text = column(String)(lambda note=Years.note: note)

    shop = model_of(Years, Months, Days, Hours)
    for block_cells in BLOCKS:
        for hour in rows_of(shop, "hours", block_cells=block_cells):
            year = (hour["month_id"] + 1) // 2
            assert hour["year_id"] == hour["again"] == year
            assert hour["name"] == ("old", "new")[year - 1]
            assert hour["note"] == hour["text"] == ("first", "second")[year - 1]


def test_a_parents_column_of_any_type_is_read() -> None:
    class Days(Table):
        rows = 5
        id = Key()
        price = given_values([1, 22, 333, 4444, 5], Money)
        many = given_values([2**40, 1, 2, 3, 4], BigInteger)
        open = FixedValues(True, False, True, True, False)
        day = given_values([1, 2, 3, 4, 5], Date)
        at = given_values([5, 4, 3, 2, 1], Timestamp)
        kind = Category(good=1, bad=1)
        details = Text('{{"id": {id}}}', type=Json)

    class Hours(Table):
        rows = FanOut(Days, Between(0, 3))
        id = Key()
        day_id = ParentKey(Days)
        price = Lookup(Days.price)
        many = Lookup(Days.many)
        open = Lookup(Days.open)
        day = Lookup(Days.day)
        at = Lookup(Days.at)
        kind = Lookup(Days.kind)
        details = Lookup(Days.details)

    shop = model_of(Days, Hours)
    days = {day["id"]: day for day in rows_of(shop, "days")}
    hours = rows_of(shop, "hours")
    assert hours
    for hour in hours:
        assert {**days[hour["day_id"]], "id": hour["id"]} == {name: value for name, value in hour.items() if name != "day_id"}


def test_of_several_keys_to_a_table_the_one_to_the_parent_is_taken() -> None:
    class Orders(Table):
        rows = 4
        id = Key()
        name = Text("order {id}")

    class Lines(Table):
        rows = FanOut(Orders, 2)
        id = Key()
        copied_from = ForeignKey(Orders)
        order_id = ParentKey(Orders)
        name = Lookup(Orders.name)
        origin = Lookup(Orders.name, via="copied_from")
        label = column(Integer)(lambda id=Orders.id: id)

    for line in rows_of(model_of(Orders, Lines), "lines"):
        assert line["label"] == line["order_id"] == (line["id"] + 1) // 2
        assert line["name"] == f"order {line['order_id']}"
        assert line["origin"] == f"order {line['copied_from']}"


def test_a_foreign_key_goes_before_the_way_over_a_parent() -> None:
    class Orders(Table):
        rows = 9
        id = Key()
        name = Text("order {id}")

    class Lines(Table):
        rows = FanOut(Orders, 1)
        id = Key()
        order_id = ParentKey(Orders)

    class Parts(Table):
        rows = FanOut(Lines, 1)
        id = Key()
        line_id = ParentKey(Lines)
        spare_of = ForeignKey(Orders)
        name = Lookup(Orders.name)

    made = rows_of(model_of(Orders, Lines, Parts), "parts")
    assert of(made, "name") == [f"order {part['spare_of']}" for part in made]
    assert of(made, "spare_of") != of(made, "line_id")


@pytest.mark.parametrize("kind", [RepeatedText, Integer])
def test_two_foreign_keys_neither_to_the_parent_need_a_choice(kind: Any) -> None:
    class Orders(Table):
        rows = 2
        id = Key()
        name = Text("order {id}")

    with refused("lines.name looks up orders.name", "2 foreign keys", "one, two", r"via\('one'\)"):

        class Lines(Table):
            rows = 2
            id = Key()
            one = ForeignKey(Orders)
            two = ForeignKey(Orders)
            name = column(kind)(lambda name=Orders.name: name)


def test_a_parents_parent_is_out_of_reach_without_a_key_to_the_parent() -> None:
    class Orders(Table):
        rows = 1
        id = Key()
        name = Text("order {id}")

    class Lines(Table):
        rows = FanOut(Orders, 1)
        id = Key()
        order_id = ParentKey(Orders)

    with refused("parts.name looks up orders.name", "no ParentKey to lines", "hidden=True"):

        class Parts(Table):
            rows = FanOut(Lines, 1)
            id = Key()
            name = Lookup(Orders.name)


def test_running_needs_rows_that_are_fanned_out() -> None:
    with refused(r"alone.so_far", r"Running\(\) adds up within a parent", "not fanned out"):

        class Alone(Table):
            rows = 1
            id = Key()
            number = Integers(1, 2)
            so_far = Running("number")


def test_running_names_a_column_of_its_own_table() -> None:
    with refused("things.so_far needs 'prize'", "did you mean 'price'"):

        class Things(Table):
            rows = FanOut(Carts, 1)
            id = Key()
            price = Integers(1, 2)
            so_far = Running("prize")


def test_running_over_texts_is_refused() -> None:
    with refused("words.so_far adds up words.word, a string"):

        class Words(Table):
            rows = FanOut(Carts, 1)
            id = Key()
            word = Text("word {id}")
            so_far = Running("word")


def test_running_in_a_circle_is_drawn() -> None:
    class Steps(Table):
        rows = FanOut(Carts, 2)
        id = Key()
        price = column(Integer)(lambda so_far: so_far)
        so_far = Running("price")

    with refused("circular", "steps.price → steps.so_far → steps.price"):
        model_of(Carts, Things, Gifts, Steps, carts=2)


@pytest.mark.parametrize("wanted", ["things", "nothing", "boxes"])
def test_first_wants_a_table_that_is_fanned_out_from_its_own(wanted: str) -> None:
    class Boxes(Table):
        rows = 2
        id = Key()
        first = First(wanted)

    with refused("boxes.first", f"no rows of {wanted} are fanned out from boxes"):
        model_of(Boxes, Carts, Things, Gifts, carts=2)


def test_first_is_known_only_among_ones_own_children(monkeypatch: pytest.MonkeyPatch) -> None:
    class Notes(Table):
        rows = 5
        id = Key()
        cart_id = ForeignKey(Carts)
        first = Lookup(Carts.first_gift)

    shop = model_of(Carts, Things, Gifts, Notes, carts=300)
    first = {cart["id"]: cart["first_gift"] for cart in rows_of(shop, "carts")}
    assert [note["first"] for note in rows_of(shop, "notes")] == [first[note["cart_id"]] for note in rows_of(shop, "notes")]
    monkeypatch.setattr(generation, "INDEX_LIMIT", 100)  # a row of a larger table is made alone
    with refused("no rows of gifts are fanned out from carts, or "):
        rows_of(shop, "notes")


def test_a_family_may_have_no_rows_below_its_roots(tmp_path: Path) -> None:
    shop = family([0, 0, 0], [], [])
    assert of(rows_of(shop, "orders"), "first_line") == of(rows_of(shop, "orders"), "first_part") == [1, 1, 1]
    assert rows_of(shop, "lines") == rows_of(shop, "parts") == []
    summary = colgen.build(shop, out=tmp_path / "data", check=True)
    assert summary.rows == {"orders": 3, "lines": 0, "parts": 0}


def test_an_empty_table_in_memory_has_its_columns() -> None:
    frame = colgen.build(family([0, 0, 0], [], [])).frame("parts")
    assert frame.height == 0
    assert frame.columns[:3] == ["id", "line_id", "place"]
