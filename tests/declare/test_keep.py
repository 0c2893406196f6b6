"""Rows that are not kept are not written, and nothing else is different for it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import colgen
from colgen import (
    Between,
    Boolean,
    Branches,
    Categorical,
    Category,
    FanOut,
    First,
    Flag,
    ForeignKey,
    Integers,
    Key,
    Lookup,
    Model,
    Ordinal,
    ParentKey,
    RequestError,
    Running,
    Sum,
    Table,
    Text,
    Volume,
    column,
)
from colgen.targets import manifest
from colgen.targets.finished import read_build
from tests import support
from tests.support import FORMATS, broken_rules, first_of, model_of, part_of, refused, rows_of, write_build

law = settings(max_examples=25)


def orders(probability: float, keep: bool = True) -> Model:
    """Customers' orders, of which so many are sent; only those are kept, and only their lines, unless told otherwise."""

    class Customers(Table):
        rows = 12
        id = Key()
        first_order = First("orders", hidden=False)
        first_line = First("lines", hidden=False)
        spent = Sum("orders.amount")

    class Orders(Table, keep="sent" if keep else None):
        rows = FanOut(Customers, Between(0, 3))
        id = Key()
        customer_id = ParentKey(Customers)
        number = Ordinal()
        sent = Flag(probability)
        amount = Integers(1, 99)
        so_far = Running("amount")
        first_line = First("lines", hidden=False)
        total = Sum("lines.price")

    class Lines(Table, keep="there" if keep else None):
        rows = FanOut(Orders, Between(0, 3))
        id = Key()
        order_id = ParentKey(Orders)
        number = Ordinal()
        there = Lookup(Orders.sent)
        price = Integers(1, 9)
        label = Text("{order_id}/{number}")
        customer_id = Lookup(Orders.customer_id)

    class Notes(Table):
        rows = 30
        id = Key()
        order = ForeignKey(Orders, hidden=True)
        amount = Lookup(Orders.amount)
        first_line = Lookup(Orders.first_line)

    return model_of(Customers, Orders, Lines, Notes)


class Things(Table, keep="there"):
    """A thing that is there or not."""

    rows = Volume("things")
    id = Key()
    there = Flag(0.5, hidden=True)
    size = Integers(1, 6)


THINGS = model_of(Things, things=1000)


def things(**request: Any) -> colgen.Dataset:
    return colgen.build(THINGS, **request)


# What is written


@law
@given(st.floats(0, 1), st.integers(0, 2**64 - 1))
def test_a_row_is_what_it_would_be_if_all_were_kept(probability: float, seed: int) -> None:
    kept, all_ = orders(probability), orders(probability, keep=False)
    assert rows_of(kept, "orders", seed=seed) == [row for row in rows_of(all_, "orders", seed=seed) if row["sent"]]
    assert rows_of(kept, "lines", seed=seed) == [row for row in rows_of(all_, "lines", seed=seed) if row["there"]]


@law
@given(st.floats(0, 1), st.integers(0, 2**64 - 1))
def test_a_row_of_another_table_knows_nothing_of_it(probability: float, seed: int) -> None:
    """Sums, first children and referred rows are among them: they take account of all rows that were made."""
    kept, all_ = orders(probability), orders(probability, keep=False)
    for name in ("customers", "notes"):
        assert rows_of(kept, name, seed=seed) == rows_of(all_, name, seed=seed)


@law
@given(st.floats(0, 1))
def test_the_lines_of_the_kept_orders_are_kept(probability: float) -> None:
    shop = orders(probability)
    sent = {order["id"] for order in rows_of(shop, "orders")}
    assert {line["order_id"] for line in rows_of(shop, "lines")} <= sent


def test_all_kept_is_as_if_nothing_were_said(tmp_path: Path) -> None:
    made = {}
    for keep in (True, False):
        colgen.build(orders(1, keep), out=tmp_path / str(keep))
        made[keep] = manifest.read(tmp_path / str(keep)).tables
    assert made[True] == made[False]


@pytest.mark.parametrize("format", first_of(FORMATS, quick=2))
def test_none_kept_is_an_empty_table_in_every_format(format: str, tmp_path: Path) -> None:
    shop = orders(0)
    summary = colgen.build(shop, out=tmp_path / "data", format=format, tables=["customers", "orders", "lines"], check=True)
    assert (summary.rows["orders"], summary.rows["lines"]) == (0, 0)
    found = read_build(tmp_path / "data").connect().sql("FROM lines")
    assert found.columns == ["id", "order_id", "number", "there", "price", "label", "customer_id"]
    assert list(map(str, found.types)) == ["BIGINT", "BIGINT", "INTEGER", "BOOLEAN", "INTEGER", "VARCHAR", "BIGINT"]
    assert found.fetchall() == []


@pytest.mark.parametrize("format", first_of(FORMATS, quick=2))
def test_a_part_may_be_empty_among_others(format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Late(Table, keep="late"):
        rows = 300
        id = Key()
        late = column(Boolean, hidden=True)(lambda id: id % 100 > 95)
        name = Text("number {id}")
        kind = Category(good=1, bad=1)

    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 300)
    colgen.build(model_of(Late), out=tmp_path / "data", format=format, check=True)
    found = manifest.read(tmp_path / "data")
    assert {0} < {part.rows for part in found.tables["late"].parts}
    wanted = [f"number {hundred + place}" for hundred in (0, 100, 200) for place in (96, 97, 98, 99)]
    assert read_build(tmp_path / "data").connect().sql("SELECT name FROM late ORDER BY id").fetchall() == [(name,) for name in wanted]


def test_load_sql_opens_an_empty_part(tmp_path: Path) -> None:
    import duckdb

    colgen.build(orders(0), out=tmp_path / "data", format="csv")
    connection = duckdb.connect()
    connection.execute(f"SET file_search_path = '{tmp_path / 'data'}'")
    connection.execute((tmp_path / "data" / "load.sql").read_text())
    assert connection.sql("FROM orders").fetchall() == []


# However the rows are cut


@pytest.mark.parametrize("format", ["parquet", "csv"])
def test_threads_change_no_byte(format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 150)
    for threads in (1, 3):
        colgen.build(orders(0.5), out=tmp_path / str(threads), threads=threads, format=format)
    one, three = (manifest.read(tmp_path / threads).tables for threads in ("1", "3"))
    assert len(one["orders"].parts) > 2
    assert one == three


@pytest.mark.parametrize("block_cells", [1, 60, 997])
def test_block_size_changes_no_byte(block_cells: int, tmp_path: Path) -> None:
    shop = orders(0.5)
    for cells in (block_cells, None):
        write_build(shop, tmp_path / str(cells), block_cells=cells, format="csv")
    assert manifest.read(tmp_path / str(block_cells)).tables == manifest.read(tmp_path / str(None)).tables


@pytest.mark.parametrize("block_cells", [1, 60, None])
def test_a_row_whose_flag_is_missing_is_not_kept(block_cells: int, tmp_path: Path) -> None:
    class Answers(Table, keep="agreed"):
        rows = 60
        id = Key()
        agreed = column(Boolean, nullable=True)(lambda id: np.ma.array(id % 3 != 1, mask=id % 3 == 2))

    shop = model_of(Answers)
    write_build(shop, tmp_path / "data", block_cells=block_cells)
    assert support.table(tmp_path / "data", "answers")["id"].to_pylist() == list(range(3, 61, 3))


def test_a_flag_that_is_always_true_or_missing_keeps_what_is_true() -> None:
    class Answers(Table, keep="agreed"):
        rows = 4
        id = Key()
        agreed = column(Boolean, nullable=True)(lambda id: np.ma.array(id > 0, mask=id == 2))

    assert [row["id"] for row in rows_of(model_of(Answers), "answers")] == [1, 3, 4]


# How many there are


def test_everybody_counts_only_what_is_kept(tmp_path: Path) -> None:
    kept = things().frame("things").height
    assert 400 < kept < 600
    assert things().rows == {"things": kept}
    assert things().table("things").num_rows == sum(map(len, things().batches("things"))) == kept
    assert things().duckdb().sql("SELECT count(*) FROM things").fetchall() == [(kept,)]
    summary = colgen.build(THINGS, out=tmp_path / "data")
    assert summary.rows == {"things": kept}
    found = manifest.read(tmp_path / "data").tables["things"]
    assert found.rows == sum(part.rows for part in found.parts) == kept


@pytest.mark.parametrize("many", [1, 10, 300, 5000])
def test_the_head_of_a_table_is_its_first_kept_rows(many: int) -> None:
    assert things().head("things", many).equals(things().table("things").slice(0, many))


@pytest.mark.parametrize("many", [1, 7, 50])
@pytest.mark.parametrize("name", ["orders", "lines"])
@pytest.mark.parametrize("probability", [0, 0.1, 0.5])
def test_the_head_of_children_is_their_first_kept_rows(name: str, probability: float, many: int) -> None:
    data = colgen.build(orders(probability))
    assert data.head(name, many).equals(data.table(name).slice(0, many))


MODEL_FILE = """
from colgen import *
class Things(Table, keep="there"):
    rows = Volume("things")
    id = Key()
    there = column(Boolean)(lambda id: id % 4 == 0)
model = Model("shop", tables=[Things], volumes={"few": {"things": 1000}})
"""


def test_the_command_line_counts_only_what_is_kept(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(MODEL_FILE)
    told = support.colgen("build", "shop.py", "--check", "--progress", "json", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    events = [json.loads(line) for line in told.stderr.splitlines()]
    assert events[-1]["rows"] == {"things": 250}
    shown = support.colgen("preview", "shop.py.things", "-n", "3", "-f", "csv", cwd=tmp_path).stdout
    assert [line.split(",")[0] for line in shown.split()] == ["id", "4", "8", "12"]


def test_a_dry_run_tells_the_rows_that_are_kept(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(MODEL_FILE)
    told = support.colgen("build", "shop.py", "--dry-run", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert re.search(r"things +250 ", told.stdout)
    assert not (tmp_path / "data").exists()


# What is checked


@pytest.mark.parametrize("probability", [0, 0.3, 1])
def test_what_is_kept_whole_is_checked_whole(probability: float, tmp_path: Path) -> None:
    shop = orders(probability)
    colgen.build(shop, out=tmp_path / "data", tables=["orders", "lines"])
    outcomes = colgen.check(tmp_path / "data", model=shop)
    assert [one.rule for one in outcomes if not one.holds] == []
    assert {"total is the sum of lines.price", "number is 1, 2, 3 … within each order_id"} <= {one.rule for one in outcomes}
    assert "0 to 3 of them for each of orders" in {one.rule for one in outcomes}


def test_gaps_between_keys_are_right(tmp_path: Path) -> None:
    colgen.build(THINGS, out=tmp_path / "data")
    outcomes = {one.rule: one.holds for one in colgen.check(tmp_path / "data", model=THINGS)}
    assert outcomes["id is 1 or more, each once"]
    assert all(outcomes.values())


@pytest.mark.parametrize(("wrong", "row"), [(lambda first: first, 1), (lambda first: "0", 0), (lambda first: "-7", 5)])
def test_a_doubled_key_and_one_below_1_are_found(wrong: Callable[[str], str], row: int, tmp_path: Path) -> None:
    colgen.build(THINGS, out=tmp_path / "data", format="csv")
    head, *lines = part_of(tmp_path / "data", "things").read_text().splitlines()
    _, *rest = lines[row].split(",")
    lines[row] = ",".join([wrong(lines[0].split(",")[0]), *rest])
    part_of(tmp_path / "data", "things").write_text("\n".join([head, *lines]) + "\n")
    assert broken_rules(tmp_path / "data", THINGS) == ["things: id is 1 or more, each once"]


def test_a_row_that_is_gone_from_what_was_kept_is_found(tmp_path: Path) -> None:
    colgen.build(THINGS, out=tmp_path / "data", format="csv")
    lines = part_of(tmp_path / "data", "things").read_text().splitlines()
    part_of(tmp_path / "data", "things").write_text("\n".join(lines[:-1]) + "\n")
    assert broken_rules(tmp_path / "data", THINGS) == [f"things: has {len(lines) - 1:,} rows"]


def test_what_only_all_rows_together_promise_is_not_asked_of_those_that_are_kept(tmp_path: Path) -> None:
    """A total over lines that are not all there, their numbers, and shares of words that the flag hangs on."""

    class Baskets(Table):
        rows = 40
        id = Key()
        total = Sum("goods.price")

    class Goods(Table, keep="dear"):
        rows = FanOut(Baskets, 5)
        id = Key()
        basket_id = ParentKey(Baskets)
        number = Ordinal()
        kind = Category(food=1, drink=1)
        price = Integers(1, 9)
        dear = column(Boolean, hidden=True)(lambda price, kind: (price > 4) & (kind == 0))

    shop = model_of(Baskets, Goods)
    colgen.build(shop, out=tmp_path / "data", check=True)
    assert {row["kind"] for row in rows_of(shop, "goods")} == {"food"}
    assert "number is 1 or more, each once within each basket_id" in {one.rule for one in colgen.check(tmp_path / "data", model=shop)}


def test_a_number_twice_within_a_parent_is_found_among_kept_rows(tmp_path: Path) -> None:
    class Baskets(Table):
        rows = 1
        id = Key()

    class Goods(Table, keep="there"):
        rows = FanOut(Baskets, 9)
        id = Key()
        number = Ordinal()
        basket_id = ParentKey(Baskets)
        there = column(Boolean, hidden=True)(lambda id: id % 2 == 0)

    shop = model_of(Baskets, Goods)
    colgen.build(shop, out=tmp_path / "data", format="csv")
    part = part_of(tmp_path / "data", "goods")
    assert part.read_text() == "id,number,basket_id\n2,2,1\n4,4,1\n6,6,1\n8,8,1\n"
    part.write_text(part.read_text().replace("4,4,1", "4,2,1"))
    assert broken_rules(tmp_path / "data", shop) == ["goods: number is 1 or more, each once within each basket_id"]


class Letters(Table, keep="sent"):
    """A letter; only those that are sent are kept."""

    rows = 20
    id = Key()
    sent = Flag(0.5)
    weight = Integers(1, 9)


def test_children_of_what_is_not_kept_are_refused() -> None:
    class Pages(Table):
        rows = FanOut(Letters, 1)
        id = Key()
        letter_id = ParentKey(Letters)

    with refused("pages.letter_id refers to rows of letters", r"class Pages\(Table, keep='sent'\) with sent = Lookup\(Letters.sent"):
        model_of(Letters, Pages)


def test_children_that_are_kept_by_a_flag_of_their_own_are_refused() -> None:
    class Pages(Table, keep="full"):
        rows = FanOut(Letters, 1)
        id = Key()
        letter_id = ParentKey(Letters)
        full = Flag(0.5)

    with refused("pages.letter_id refers to rows of letters"):
        model_of(Letters, Pages)


def test_children_whose_flag_is_made_from_that_of_their_parent_are_sound(tmp_path: Path) -> None:
    class Pages(Table, keep="full"):
        rows = FanOut(Letters, 3)
        id = Key()
        letter_id = ParentKey(Letters)
        number = Ordinal()
        full = column(Boolean, hidden=True)(lambda number, sent=Letters.sent: sent & (number < 3))

    shop = model_of(Letters, Pages)
    colgen.build(shop, out=tmp_path / "data")
    assert broken_rules(tmp_path / "data", shop) == []


def test_children_that_do_not_say_whose_they_are_may_be_of_any_parent() -> None:
    class Pages(Table):
        rows = FanOut(Letters, 1)
        id = Key()
        letter_id = ParentKey(Letters, hidden=True)
        weight = Lookup(Letters.weight)

    assert len(rows_of(model_of(Letters, Pages), "pages")) == 20


def test_a_reference_to_a_row_that_may_not_be_kept_is_refused() -> None:
    with refused("replies.letter_id refers to rows of letters", r"add where=\{'sent': True\}, or hidden=True"):

        class Replies(Table):
            rows = 5
            id = Key()
            letter_id = ForeignKey(Letters)


@pytest.mark.parametrize("sent", [False, None])
def test_a_reference_to_rows_that_are_not_kept_is_refused(sent: bool | None) -> None:
    with refused("replies.letter_id", "sent"):

        class Replies(Table):
            rows = 5
            id = Key()
            letter_id = ForeignKey(Letters, where={"sent": sent})


def test_a_foreign_key_may_ask_for_a_row_that_is_kept(tmp_path: Path) -> None:
    class Doors(Table, keep="open"):
        rows = 50
        id = Key()
        open = Flag(0.4)

    class Visits(Table):
        rows = 200
        id = Key()
        door_id = ForeignKey(Doors, where={"open": True})

    shop = model_of(Doors, Visits)
    colgen.build(shop, out=tmp_path / "data", check=True)
    assert {row["door_id"] for row in rows_of(shop, "visits")} <= {row["id"] for row in rows_of(shop, "doors")}


# Branches

KINDS = Categorical(["bought", "sold"])


def moves(keep: bool = True) -> Model:
    """Goods that come and go; only some that go are kept."""

    class Days(Table):
        rows = 30
        id = Key()

    class Moves(Table):
        rows = Branches()
        id = Key()

    class Sold(Moves, keep="paid" if keep else None):
        rows = FanOut(Days, Between(0, 2))
        day_id = ParentKey(Days, hidden=True)
        kind = column(KINDS)(lambda draw: np.full(draw.count, 1))
        many = Integers(1, 9)
        paid = column(Boolean, hidden=True)(lambda many: many % 3 != 0)

    class Bought(Moves):
        rows = 20
        kind = column(KINDS)(lambda draw: np.full(draw.count, 0))
        many = Integers(1, 9)

    return model_of(Days, Moves, Sold, Bought)


def test_a_branch_may_keep_some_of_its_rows(tmp_path: Path) -> None:
    wanted = [row for row in rows_of(moves(keep=False), "moves") if row["kind"] == "bought" or row["many"] % 3]
    assert len(wanted) < len(rows_of(moves(keep=False), "moves"))
    assert rows_of(moves(), "moves") == wanted
    summary = colgen.build(moves(), out=tmp_path / "data", check=True)
    assert summary.rows["moves"] == colgen.build(moves()).rows["moves"] == len(wanted)
    assert colgen.build(moves()).head("moves", 45).to_pylist() == wanted[:45]


def test_a_table_of_branches_leaves_it_to_them() -> None:
    with refused("moves", "paid", "branches"):

        class Moves(Table, keep="paid"):
            rows = Branches()
            id = Key()
            paid = Flag(0.5)


# Wrong declarations


@pytest.mark.parametrize("keep", ["thre", "size", "name", ""])
def test_a_flag_that_is_none_names_its_table(keep: str) -> None:
    with refused("table boxes", f"keep='{keep}'", "Boolean column"):

        class Boxes(Table, keep=keep):
            rows = 3
            id = Key()
            there = Flag(0.5)
            size = Integers(0, 1)
            name = Text("{id}")


@pytest.mark.parametrize("function", [lambda id: id % 2, lambda id: id / 2])
def test_a_flag_of_numbers_is_named(function: Callable) -> None:
    class Boxes(Table, keep="there"):
        rows = 3
        id = Key()
        there = column(Boolean, hidden=True)(function)

    with refused("boxes.there has the wrong type", "booleans"):
        rows_of(model_of(Boxes), "boxes")


def test_a_table_is_asked_for_by_its_name_whether_it_keeps_all_or_not() -> None:
    with pytest.raises(RequestError, match="no table 'thing'; did you mean 'things'"):
        things().frame("thing")
