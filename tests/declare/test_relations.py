"""Columns that tie rows to other rows give what plain loops over parents and children give, however the rows are cut into blocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, chain, pairwise
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
    Boolean,
    Calendar,
    Category,
    Count,
    CreatedAt,
    Date,
    Day,
    FanOut,
    First,
    FixedValues,
    Flag,
    ForeignKey,
    History,
    Integer,
    Integers,
    IsFirst,
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
    Running,
    String,
    Sum,
    Table,
    Text,
    Timestamp,
    Volume,
    column,
)
from colgen.generate import block, generation
from colgen.generate.spec import Spec
from colgen.generate.walk import walk
from colgen.targets.finished import read_build
from colgen.values.types import RepeatedText
from tests.support import first_of, model_of, refused, rows_of, write_build

law = settings(derandomize=True, deadline=None, max_examples=30)
BLOCKS = (1, 60)  # a root at a time, a few, all together

counts = st.lists(st.integers(0, 4), min_size=1, max_size=12)


def of(made: list[dict[str, Any]], name: str) -> list[Any]:
    return [row[name] for row in made]


def given_values(values: Sequence[Any], type: Any = Integer) -> Any:
    """A column with these values, row by row."""
    array = pa.array(values, pa.string()) if type in (String, Json) else np.array([*values, 0])[:-1]
    return column(type)(lambda id: array.take(pa.array(id - 1) if isinstance(array, pa.Array) else id - 1))


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


# Against plain loops


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


# A parent's text


@law
@given(counts, st.lists(st.sampled_from(["", "a", "b", "é", "long " * 9]), min_size=12, max_size=12))
def test_a_parents_text_is_the_same_in_all_its_rows_and_stands_once_in_a_block(sizes: list[int], notes: list[str]) -> None:
    class Orders(Table):
        rows = len(sizes)
        id = Key()
        size = given_values(sizes)
        note = given_values(notes[: len(sizes)], String)

    class Lines(Table):
        rows = FanOut(Orders, "size")
        id = Key()
        order_id = ParentKey(Orders)
        note = Lookup(Orders.note)

    shop = model_of(Orders, Lines)
    expected = [note for note, many in zip(notes, sizes, strict=False) for _ in range(many)]
    for block_cells in BLOCKS:
        assert of(rows_of(shop, "lines", block_cells=block_cells), "note") == expected
    generation = Spec.of(shop).generation(shop)
    orders, lines = Orders.__table__, Lines.__table__
    (blocks,) = walk(generation, (orders, lines), 1, len(sizes))
    written = next(blocks[lines].batches(generation.arrow_schema(lines))).columns[2]
    written.validate(full=True)
    assert written.type == RepeatedText.arrow
    assert len(set(written.dictionary.to_pylist())) == len(written.dictionary)


def test_a_parents_text_is_a_text_in_every_format(tmp_path: Path) -> None:
    class Orders(Table):
        rows = 40
        id = Key()
        code = Text("O-{id}", unique=True)
        kind = column(String)(lambda id: pa.array([f"kind {i % 3}" for i in id.tolist()]))

    class Lines(Table):
        rows = FanOut(Orders, Between(0, 3))
        id = Key()
        order_id = ParentKey(Orders)
        code = Lookup(Orders.code)
        kind = Lookup(Orders.kind)

    shop = model_of(Orders, Lines)
    for format in ("parquet", "csv", "jsonl", "arrow"):
        summary = colgen.build(shop, out=tmp_path / format, format=format)
        connection = read_build(tmp_path / format).connect()
        found = connection.sql("FROM lines ORDER BY id")
        assert list(map(str, found.types)) == ["BIGINT", "BIGINT", "VARCHAR", "VARCHAR"]
        lines = found.fetchall()
        assert len(lines) == summary.rows["lines"]
        assert [(code, kind) for _, _, code, kind in lines] == [(f"O-{order}", f"kind {order % 3}") for _, order, _, _ in lines]
        assert all(one.holds for one in colgen.check(tmp_path / format, model=shop))


class Chapters(Table):
    """A parent with texts, for Parquet's larger parts."""

    rows = Volume("chapters")
    id = Key()
    title = Text("A title that is long enough to be worth writing once, number {id}", unique=True)


class Pages(Table):
    """Its children."""

    rows = FanOut(Chapters, 20)
    id = Key()
    chapter_id = ParentKey(Chapters)
    title = Lookup(Chapters.title)


def test_blocks_with_texts_of_their_own_share_a_row_group(tmp_path: Path) -> None:
    book = model_of(Chapters, Pages, chapters=10_000)
    write_build(book, tmp_path / "data", block_cells=1 << 18)
    (file,) = (tmp_path / "data" / "pages").iterdir()
    found = pq.read_table(file)
    assert pq.ParquetFile(file).num_row_groups == 1
    assert found["title"].to_pylist() == [
        f"A title that is long enough to be worth writing once, number {i}" for i in found["chapter_id"].to_pylist()
    ]


def test_blocks_with_texts_of_their_own_are_written_in_one_dictionary(tmp_path: Path) -> None:
    book = model_of(Chapters, Pages, chapters=10_000)
    write_build(book, tmp_path / "data", block_cells=1 << 18)
    (file,) = (tmp_path / "data" / "pages").iterdir()
    texts = pq.ParquetFile(file).metadata.row_group(0).column(2)
    assert texts.total_uncompressed_size < 10_000 * 75 + 200_000 * 3  # each title once, and two bytes or so a row


def test_a_parents_text_may_be_put_into_another_text() -> None:
    class Orders(Table):
        rows = 2
        id = Key()
        name = Text("Ö {id}")

    class Lines(Table):
        rows = FanOut(Orders, 2)
        id = Key()
        order_id = ParentKey(Orders)
        place = Ordinal()
        name = Lookup(Orders.name)
        label = Text("{name}/{place}")
        mail = Text("{name:mailbox}@example.com")

    made = rows_of(model_of(Orders, Lines), "lines")
    assert of(made, "label") == ["Ö 1/1", "Ö 1/2", "Ö 2/1", "Ö 2/2"]
    assert of(made, "mail") == ["o1@example.com", "o1@example.com", "o2@example.com", "o2@example.com"]


def test_a_repeated_text_may_be_looked_up_by_a_foreign_key() -> None:
    class Orders(Table):
        rows = 3
        id = Key()
        name = Text("order {id}")

    class Lines(Table):
        rows = FanOut(Orders, 2)
        id = Key()
        order_id = ParentKey(Orders)
        name = Lookup(Orders.name)

    class Notes(Table):
        rows = 5
        id = Key()
        line_id = ForeignKey(Lines)
        name = Lookup(Lines.name)

    for note in rows_of(model_of(Orders, Lines, Notes), "notes"):
        assert note["name"] == f"order {(note['line_id'] + 1) // 2}"


def test_a_repeated_text_is_looked_up_by_the_next_generation() -> None:
    class Orders(Table):
        rows = 3
        id = Key()
        name = Text("order {id}")

    class Lines(Table):
        rows = FanOut(Orders, Between(0, 2))
        id = Key()
        order_id = ParentKey(Orders)
        name = Lookup(Orders.name)

    class Parts(Table):
        rows = FanOut(Lines, 2)
        id = Key()
        line_id = ParentKey(Lines)
        order_id = Lookup(Lines.order_id)
        name = Lookup(Lines.name)

    made = rows_of(model_of(Orders, Lines, Parts), "parts")
    assert of(made, "name") == [f"order {part['order_id']}" for part in made]


def test_a_parents_text_may_come_in_chunks() -> None:
    class Orders(Table):
        rows = 3
        id = Key()
        name = column(String)(lambda id: pa.chunked_array([["a"], ["b", "c"]]))

    class Lines(Table):
        rows = FanOut(Orders, 1)
        id = Key()
        order_id = ParentKey(Orders)
        name = Lookup(Orders.name)

    assert of(rows_of(model_of(Orders, Lines), "lines"), "name") == ["a", "b", "c"]


# However the rows are cut


class Carts(Table):
    """What is bought together."""

    rows = Volume("carts")
    id = Key()
    size = Integers(0, 3)
    name = Text("cart {id}", unique=True)
    first_thing = First("things", hidden=False)
    first_gift = First("gifts", hidden=False)
    total = Sum("things.price")


class Things(Table):
    """One of them."""

    rows = FanOut(Carts, "size")
    id = Key()
    cart_id = ParentKey(Carts)
    place = Ordinal()
    price = Integers(1, 9)
    so_far = Running("price")
    cart = Lookup(Carts.name)
    total = Lookup(Carts.total)

    @column(ForeignKey(Carts))
    def other_cart(cart_id):
        """One half as far on: seldom in the same block."""
        return (cart_id + 1) // 2

    other_name = column(String)(lambda name=Carts.name.via("other_cart"): name)
    other_size = Lookup(Carts.size, via="other_cart")


class Gifts(Table):
    """Comes with a thing or not."""

    rows = FanOut(Things, Between(0, 2))
    id = Key()
    thing_id = ParentKey(Things)
    cart = Lookup(Carts.name)
    size = Lookup(Carts.size)
    so_far = Lookup(Things.so_far)


BASKETS = model_of(Carts, Things, Gifts, carts=300)


@pytest.mark.parametrize("name", ["carts", "things", "gifts"])
def test_block_size_changes_no_value(name: str) -> None:
    whole = rows_of(BASKETS, name)
    for block_cells in (1, 100, 997, 5000):
        assert rows_of(BASKETS, name, block_cells=block_cells) == whole


@pytest.mark.parametrize("index_limit", [100, 1 << 22], ids=["computed", "indexed"])
def test_rows_refer_to_rows_of_their_own_family_at_hand_or_not(index_limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "INDEX_LIMIT", index_limit)
    sizes = {cart["id"]: cart["size"] for cart in rows_of(BASKETS, "carts")}
    for block_cells in (1, 997):
        for thing in rows_of(BASKETS, "things", block_cells=block_cells):
            assert thing["other_name"] == f"cart {thing['other_cart']}"
            assert thing["other_size"] == sizes[thing["other_cart"]]


@law
@given(counts=counts, leaf_rows=st.integers(1, 9))
def test_a_table_is_made_in_pieces_of_whole_parents(counts: list[int], leaf_rows: int) -> None:
    class Orders(Table):
        rows = len(counts)
        id = Key()
        many = FixedValues(*counts)
        total = Sum("lines.price")

    class Lines(Table):
        rows = FanOut(Orders, "many")
        id = Key()
        order_id = ParentKey(Orders)
        number = Ordinal()
        price = Integers(1, 9)
        word = Text("{id} of {order_id}")

    generation = Spec.of(shop := model_of(Orders, Lines)).generation(shop)
    root, child = Orders.__table__, Lines.__table__
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(block, "LEAF_ROWS", leaf_rows)
        (blocks,) = walk(generation, (root, child), 1, len(counts))
        pieces = blocks[child].pieces
        assert not pieces or sum(piece.count for piece in pieces) == sum(counts)
        assert blocks[child].values("word").to_pylist() == [row["word"] for row in rows_of(shop, "lines")]
        found = [row for batch in blocks[child].batches(generation.arrow_schema(child)) for row in batch.to_arrow().to_pylist()]
        totals = blocks[root].values("total").tolist()
    assert found == rows_of(shop, "lines")
    assert [len({row["order_id"] for row in found[begin:end]}) for begin, end in pairwise([0, *accumulate(counts)])] == [
        min(many, 1) for many in counts
    ]
    assert totals == [sum(row["price"] for row in found if row["order_id"] == order) for order in range(1, len(counts) + 1)]


@pytest.mark.parametrize("block_cells", [1, 997])
def test_parts_blocks_and_threads_change_no_value(block_cells: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 1_500)
    write_build(BASKETS, tmp_path / "data", threads=3, block_cells=block_cells)
    assert len(list((tmp_path / "data" / "gifts").iterdir())) > 3
    connection = read_build(tmp_path / "data").connect()
    for name in ("carts", "things", "gifts"):
        assert connection.sql(f"FROM {name} ORDER BY id").to_arrow_table().to_pylist() == rows_of(BASKETS, name)
    assert all(one.holds for one in colgen.check(tmp_path / "data", model=BASKETS))


# Which key


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


# What existed by a parent's day


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

    return model_of(Shops, Trips, Stops, Purchases, trips=300)


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


# Wrong declarations


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


def test_running_over_texts_is_named() -> None:
    class Words(Table):
        rows = FanOut(Carts, 1)
        id = Key()
        word = Text("word {id}")
        so_far = Running("word")

    with refused("words.so_far could not be computed"):
        rows_of(model_of(Carts, Things, Gifts, Words, carts=2), "words")


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
