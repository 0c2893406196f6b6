"""Values may be missing where a column says so: masked or null while they are made, null in every format, and null to a check."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import colgen
from colgen import (
    BigInteger,
    Boolean,
    Categorical,
    Date,
    FanOut,
    FixedValues,
    ForeignKey,
    Integer,
    Integers,
    Json,
    Key,
    Lookup,
    Model,
    Money,
    ParentKey,
    Running,
    String,
    Sum,
    Table,
    Text,
    Timestamp,
    Volume,
    column,
)
from colgen.generate import generation
from colgen.targets import manifest
from colgen.targets.finished import read_build
from colgen.values.arrow import with_missing
from colgen.values.types import Type
from tests.support import FORMATS, damage, first_of, model_of, outcomes, part_of, refused, write_build

law = settings(max_examples=30)
LETTERS = Categorical(["a", "b", "c"])


def frame(name: str, *tables: type[Table], **volume: int) -> pl.DataFrame:
    return colgen.build(model_of(*tables, **volume)).frame(name)


# Arrow arrays

ARRAYS = {
    "numbers": pa.array(range(100)),
    "short numbers": pa.array(range(100), pa.int8()),
    "decimals": pa.array([Decimal(i) for i in range(100)], pa.decimal64(12, 2)),
    "dates": pa.array(range(100), pa.int32()).cast(pa.date32()),
    "flags": pa.array([i % 3 == 0 for i in range(100)]),
    "texts": pa.array([f"{'x' * (i % 7)}{i}" for i in range(100)]),
    "empty texts": pa.array([""] * 100),
    "words": pa.array([f"word {i % 5}" for i in range(100)]).dictionary_encode(),
}


@pytest.mark.parametrize("array", ARRAYS.values(), ids=ARRAYS)
@law
@given(st.data())
def test_any_values_of_an_array_may_go_missing(array: pa.Array, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, 30))
    mask = data.draw(st.lists(st.booleans(), max_size=60))
    some = array.slice(begin, len(mask))
    found = with_missing(some, np.array(mask, bool))
    found.validate(full=True)
    assert found.type == array.type
    assert found.to_pylist() == [None if gone else value for value, gone in zip(some.to_pylist(), mask, strict=True)]
    assert found.null_count == sum(mask)


def test_values_are_not_copied_to_go_missing() -> None:
    values = pa.array(range(100))
    assert with_missing(values, np.zeros(100, bool)).buffers()[1].address == values.buffers()[1].address


# Through files

DAY, AT = dt.date(2024, 2, 29), dt.datetime(2024, 2, 29, 23, 59, 59, 999_999, dt.UTC)
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def as_values(type: Type, values: Sequence[Any], missing: Sequence[bool]) -> Any:
    """What a column function gives: a masked array, or Arrow's with nulls."""
    if type in (String, Json):
        return pa.array([None if gone else value for value, gone in zip(values, missing, strict=True)], pa.string())
    return np.ma.array(values, mask=missing)


EVERY_TYPE: dict[str, tuple[Type, list[Any], list[Any]]] = {
    "number": (Integer, [-1, 2**31 - 1, 0], [-1, 2**31 - 1, 0]),
    "large": (BigInteger, [2**62, -(2**62), 7], [2**62, -(2**62), 7]),
    "money": (Money, [1, 99_999_99, -5], [Decimal("0.01"), Decimal("99999.99"), Decimal("-0.05")]),
    "open": (Boolean, [True, False, True], [True, False, True]),
    "day": (Date, [0, (DAY - EPOCH.date()).days, 1], [EPOCH.date(), DAY, dt.date(1970, 1, 2)]),
    "at": (
        Timestamp,
        [0, (AT - EPOCH) // dt.timedelta(microseconds=1), 1],
        [EPOCH, AT, EPOCH + dt.timedelta(microseconds=1)],
    ),
    "note": (String, ["plain", 'with, "quotes"\nand lines', "é"], ["plain", 'with, "quotes"\nand lines', "é"]),
    "details": (Json, ['{"a": "b, c"}', "[]", "1"], ['{"a": "b, c"}', "[]", "1"]),
    "kind": (LETTERS, [2, 0, 1], ["c", "a", "b"]),
}


class Shops(Table):
    """What things refer to."""

    rows = 3
    id = Key()
    name = Text("shop {id}")
    motto = column(String, nullable=True)(lambda id: pa.array([None, "second to none", None]).take(pa.array(id - 1)))


def table_of_every_type(patterns: Sequence[Sequence[bool]]) -> type[Table]:
    """Three rows for each pattern, in which the values that it says are missing."""
    missing = [gone for pattern in patterns for gone in pattern]
    columns: dict[str, Any] = {
        name: column(type, nullable=True)(
            lambda id, type=type, values=values * len(patterns): as_values(type, [values[i] for i in id - 1], [missing[i] for i in id - 1])
        )
        for name, (type, values, _) in EVERY_TYPE.items()
    }
    columns["shop_id"] = column(ForeignKey(Shops), nullable=True)(
        lambda id: np.ma.array((id - 1) % 3 + 1, mask=[missing[i] for i in id - 1])
    )
    return type("Things", (Table,), {"rows": len(missing), "id": Key(), **columns})


PATTERNS = {
    "some": [(False, True, False), (True, False, True), (True, True, False)],
    "none": [(False, False, False)] * 3,
    "all": [(True, True, True)] * 3,
    "some, in some blocks": [(False, False, False), (True, True, True), (False, True, True)],
}


ROW_AT_A_TIME, AT_ONCE = 1, None


@pytest.mark.parametrize(
    ("format", "block_cells"),
    first_of(
        [
            ("parquet", ROW_AT_A_TIME),
            ("csv", AT_ONCE),
            ("parquet", AT_ONCE),
            ("csv", ROW_AT_A_TIME),
            *product(FORMATS[2:], (ROW_AT_A_TIME, AT_ONCE)),
        ],
        2,
    ),
)
@pytest.mark.parametrize("patterns", PATTERNS.values(), ids=PATTERNS)
def test_what_is_missing_is_null_in_every_type_and_format(
    patterns: list[tuple[bool, ...]], format: str, block_cells: int | None, tmp_path: Path
) -> None:
    shop = model_of(Shops, table_of_every_type(patterns))
    write_build(shop, tmp_path / "data", format=format, block_cells=block_cells, check=True)
    connection = read_build(tmp_path / "data").connect()
    found = connection.sql("FROM things ORDER BY id").to_arrow_table()
    missing = [gone for pattern in patterns for gone in pattern]
    for name, (_, _, said) in {**EVERY_TYPE, "shop_id": (BigInteger, [], [1, 2, 3])}.items():
        assert found[name].to_pylist() == [None if gone else said[i % 3] for i, gone in enumerate(missing)], name


@pytest.mark.parametrize("format", first_of(FORMATS, quick=2))
def test_a_missing_text_is_not_an_empty_one(format: str, tmp_path: Path) -> None:
    class Notes(Table):
        rows = 3
        id = Key()
        note = column(String, nullable=True)(lambda id: pa.array([None, "", "b"]))
        blank = column(String)(lambda id: pa.array(["", "", ""]))

    shop = model_of(Notes)
    colgen.build(shop, out=tmp_path / "data", format=format)
    connection = read_build(tmp_path / "data").connect()
    assert connection.sql("SELECT note, blank FROM notes ORDER BY id").fetchall() == [(None, ""), ("", ""), ("b", "")]
    assert all(outcomes(tmp_path / "data", shop).values())


class Pages(Table):
    """A parent whose text is missing now and then."""

    rows = Volume("pages")
    id = Key()
    kind = column(LETTERS, nullable=True)(lambda draw, id: np.ma.array(draw.below(3), mask=id % 5 == 0))
    code = Text("page {id}", unique=True)


class Words_(Table):
    """Its children."""

    rows = FanOut(Pages, 20)
    id = Key()
    page_id = ParentKey(Pages)
    kind = Lookup(Pages.kind)
    page = Lookup(Pages.code)
    seen = column(BigInteger, nullable=True)(lambda id: np.ma.array(id, mask=id % 3 == 0))


def test_nulls_stand_in_the_dictionaries_of_a_large_part(tmp_path: Path) -> None:
    """From some 100,000 rows on, Parquet's dictionaries are those of the values."""
    book = model_of(Pages, Words_, pages=8000)
    colgen.build(book, out=tmp_path / "data", check=True)
    (file,) = (tmp_path / "data" / "words_").iterdir()
    kinds = dict(colgen.build(book).frame("pages").select("id", "kind").iter_rows())
    found = pq.read_table(file)
    assert found["kind"].to_pylist() == [kinds[page] for page in found["page_id"].to_pylist()]
    assert found["kind"].null_count == 20 * 8000 // 5
    assert found["seen"].null_count == 160_000 // 3
    assert found["page"].null_count == 0


def test_the_files_say_what_may_be_missing(tmp_path: Path) -> None:
    shop = model_of(Shops)
    colgen.build(shop, out=tmp_path / "data")
    schema = pq.read_schema(part_of(tmp_path / "data", "shops"))
    assert [field.nullable for field in schema] == [False, False, True]


# What functions give


def test_a_masked_array_that_masks_nothing_is_whole() -> None:
    class Things(Table):
        rows = 3
        id = Key()
        one = column(Integer)(lambda id: np.ma.array(id))
        two = column(Integer)(lambda id: np.ma.array(id, mask=[False] * 3))
        three = column(Integer)(lambda id: np.ma.masked_greater(id, 3))

    assert frame("things", Things).rows() == [(1, 1, 1, 1), (2, 2, 2, 2), (3, 3, 3, 3)]


def test_a_nullable_column_may_be_given_whole() -> None:
    class Things(Table):
        rows = 3
        id = Key()
        one = column(Integer, nullable=True)(lambda id: id)
        two = column(String, nullable=True)(lambda id: pa.array(["a", "b", "c"]))

    assert frame("things", Things).rows() == [(1, 1, "a"), (2, 2, "b"), (3, 3, "c")]


def test_a_function_is_given_what_is_missing() -> None:
    class Things(Table):
        rows = 4
        id = Key()
        size = column(Integer, nullable=True)(lambda id: np.ma.array(id, mask=id == 2))
        doubled = column(Integer, nullable=True)(lambda size: size * 2)
        known = column(Boolean)(lambda size: ~np.ma.getmaskarray(size))
        filled = column(Integer)(lambda size: np.asarray(size.filled(-1)))

    assert frame("things", Things).select("doubled", "known", "filled").rows() == [
        (2, True, 1),
        (None, False, -1),
        (6, True, 3),
        (8, True, 4),
    ]


def test_what_is_missing_is_left_out_of_a_sum(tmp_path: Path) -> None:
    class Orders(Table):
        rows = 3
        id = Key()
        total = Sum("lines.price")

    class Lines(Table):
        rows = FanOut(Orders, 2)
        id = Key()
        order_id = ParentKey(Orders)
        price = column(Integer, nullable=True)(lambda id: np.ma.array(id, mask=(id % 2 == 0) | (id == 5)))
        so_far = Running("price")

    shop = model_of(Orders, Lines)
    assert frame("orders", Orders, Lines)["total"].to_list() == [1, 3, 0]
    assert frame("lines", Orders, Lines)["so_far"].to_list() == [1, 1, 3, 3, 0, 0]
    colgen.build(shop, out=tmp_path / "data", check=True)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (LETTERS, [-1, 0, 3]),
        (Integer, [2**62, 1, -(2**62)]),
        (Date, [2**62, 1, -(2**62)]),
    ],
    ids=["words", "numbers", "days"],
)
def test_anything_may_stand_where_a_value_is_missing(kind: Type, values: list[int]) -> None:
    class Things(Table):
        rows = 3
        id = Key()
        value = column(kind, nullable=True)(lambda id: np.ma.array(values, mask=[True, False, True]))

    assert frame("things", Things)["value"].is_null().to_list() == [True, False, True]


@pytest.mark.parametrize(("kind", "texts"), [(Integer, ["<0>", None, "<2>"]), (LETTERS, ["<a>", None, "<c>"])], ids=["number", "word"])
def test_a_text_of_what_is_missing_is_missing(kind: Type, texts: list[str | None]) -> None:
    class Things(Table):
        rows = 3
        id = Key()
        size = column(kind, nullable=True)(lambda id: np.ma.array([0, 1, 2], mask=[False, True, False]))
        text = Text("<{size}>")

    assert frame("things", Things)["text"].to_list() == texts


# Lookups


class Sales(Table):
    """May be of a shop or not, by a key of its own or one that is drawn."""

    rows = Volume("sales")
    id = Key()

    @column(ForeignKey(Shops), nullable=True)
    def shop_id(draw):
        """Unknown for a third."""
        return np.ma.array(draw.integers(1, 3), mask=draw.chance(1 / 3))

    shop = column(String, nullable=True)(lambda name=Shops.name: name)
    number = column(BigInteger, nullable=True)(lambda id=Shops.id: id)


@pytest.mark.parametrize("index_limit", [2, 1 << 22], ids=["computed", "indexed"])
def test_a_lookup_by_a_missing_key_is_missing(index_limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "INDEX_LIMIT", index_limit)
    found = frame("sales", Shops, Sales, sales=100)
    assert 10 < found["shop_id"].null_count() < 60
    for _, shop_id, shop, number in found.iter_rows():
        assert number == shop_id
        assert shop == (None if shop_id is None else f"shop {shop_id}")


@pytest.mark.parametrize("kind", [Integer, LETTERS, Boolean, Date], ids=["number", "word", "flag", "day"])
def test_a_lookup_of_any_type_by_a_missing_key_is_missing(kind: Type) -> None:
    class Doors(Table):
        rows = 2
        id = Key()
        value = column(kind)(lambda id: id == 1 if kind is Boolean else id)

    class Visits(Table):
        rows = 3
        id = Key()
        door_id = column(ForeignKey(Doors), nullable=True)(lambda id: np.ma.array([1, 99, 2], mask=[False, True, False]))
        value = column(kind, nullable=True)(lambda value=Doors.value: value)

    values = frame("doors", Doors, Visits)["value"].to_list()
    assert frame("visits", Doors, Visits)["value"].to_list() == [values[0], None, values[1]]


def test_a_lookup_of_a_missing_value_is_missing() -> None:
    class Doors(Table):
        rows = 4
        id = Key()
        size = column(Integer, nullable=True)(lambda id: np.ma.array(id, mask=id == 2))
        name = column(String, nullable=True)(lambda id: pa.array(["a", None, "c", "d"]))

    class Visits(Table):
        rows = 30
        id = Key()
        door_id = ForeignKey(Doors)
        size = Lookup(Doors.size)
        name = Lookup(Doors.name)

    class Knocks(Table):
        rows = FanOut(Doors, 2)
        id = Key()
        door_id = ParentKey(Doors)
        size = Lookup(Doors.size)

    for _, door_id, size, name in frame("visits", Doors, Visits, Knocks).iter_rows():
        assert size == (None if door_id == 2 else door_id)
        assert name == ("a", None, "c", "d")[door_id - 1]
    assert frame("knocks", Doors, Visits, Knocks)["size"].to_list() == [1, 1, None, None, 3, 3, 4, 4]


def test_a_missing_text_looked_up_by_a_key_that_may_be_missing_is_missing() -> None:
    class Visits(Table):
        rows = 4
        id = Key()
        shop_id = column(ForeignKey(Shops), nullable=True)(lambda id: np.ma.array([1, 2, 3, 2], mask=[False, False, False, True]))
        motto = column(String, nullable=True)(lambda motto=Shops.motto: motto)

    assert frame("visits", Shops, Visits)["motto"].to_list() == [None, "second to none", None, None]


def test_a_lookup_column_by_a_key_that_may_be_missing_may_be_missing() -> None:
    class Visits(Table):
        rows = 3
        id = Key()
        shop_id = column(ForeignKey(Shops), nullable=True)(lambda id: np.ma.array([1, 2, 3], mask=[False, True, False]))
        shop = Lookup(Shops.name)

    assert frame("visits", Shops, Visits)["shop"].to_list() == ["shop 1", None, "shop 3"]


def test_a_parents_missing_text_is_missing_in_its_rows() -> None:
    class Posters(Table):
        rows = FanOut(Shops, 2)
        id = Key()
        shop_id = ParentKey(Shops)
        motto = Lookup(Shops.motto)

    assert frame("posters", Shops, Posters)["motto"].to_list() == [None, None, "second to none", "second to none", None, None]


@pytest.mark.parametrize("format", first_of(FORMATS, quick=2))
def test_a_parents_missing_text_that_comes_only_once_is_missing_in_its_rows(format: str, tmp_path: Path) -> None:
    class Codes(Table):
        rows = 3
        id = Key()
        code = column(String, nullable=True, unique=True)(lambda id: pa.array(["a", None, "c"]))

    class Uses(Table):
        rows = FanOut(Codes, 2)
        id = Key()
        code_id = ParentKey(Codes)
        code = Lookup(Codes.code)

    shop = model_of(Codes, Uses)
    colgen.build(shop, out=tmp_path / "data", format=format, check=True)
    found = read_build(tmp_path / "data").connect().sql("SELECT code FROM uses ORDER BY id").fetchall()
    assert found == [("a",), ("a",), (None,), (None,), ("c",), ("c",)]


def test_a_lookup_by_a_missing_key_within_the_own_family_is_missing() -> None:
    class Orders(Table):
        rows = 3
        id = Key()
        size = Integers(1, 9)

    class Lines(Table):
        rows = FanOut(Orders, 2)
        id = Key()
        order_id = ParentKey(Orders)
        copied_from = column(ForeignKey(Orders), nullable=True)(lambda order_id: np.ma.array(order_id, mask=order_id == 2))
        size = column(Integer, nullable=True)(lambda size=Orders.size.via("copied_from"): size)

    sizes = frame("orders", Orders, Lines)["size"].to_list()
    assert frame("lines", Orders, Lines)["size"].to_list() == [sizes[0], sizes[0], None, None, sizes[2], sizes[2]]


def test_a_text_lookup_by_a_missing_key_within_the_own_family_is_missing() -> None:
    class Orders(Table):
        rows = 3
        id = Key()
        name = Text("order {id}")

    class Lines(Table):
        rows = FanOut(Orders, 1)
        id = Key()
        order_id = ParentKey(Orders)
        copied_from = column(ForeignKey(Orders), nullable=True)(lambda order_id: np.ma.array(order_id, mask=order_id == 2))
        name = column(String, nullable=True)(lambda name=Orders.name.via("copied_from"): name)

    assert frame("lines", Orders, Lines)["name"].to_list() == ["order 1", None, "order 3"]


# What must not be missing


@pytest.mark.parametrize("kind", [Integer, BigInteger, Money, Boolean, Date, Timestamp, String, Json, LETTERS], ids=lambda kind: kind.name)
def test_a_missing_value_where_none_may_be_is_named(kind: Type) -> None:
    values: Any = ["1", "2", "3"] if kind in (String, Json) else [True, False, True] if kind is Boolean else [0, 1, 2]

    class Things(Table):
        rows = 3
        id = Key()
        value = column(kind)(lambda id: as_values(kind, values, [True, False, True]))

    with refused("things.value has 2 missing values; say nullable=True"):
        frame("things", Things)


def test_a_value_that_goes_missing_on_its_way_is_named_where_it_is_written() -> None:
    class Things(Table):
        rows = 3
        id = Key()
        size = column(Integer, nullable=True)(lambda id: np.ma.array(id, mask=id == 2))
        doubled = column(Integer)(lambda size: size * 2)

    with refused("things.doubled has 1 missing values"):
        frame("things", Things)


def test_a_text_of_a_missing_text_is_missing() -> None:
    class Signs(Table):
        rows = 3
        id = Key()
        shop_id = ForeignKey(Shops, weights=(1, 1, 1))
        motto = Lookup(Shops.motto)
        sign = Text("<{motto}>")

    signs = frame("signs", Shops, Signs)
    assert signs["sign"].to_list() == [None if motto is None else f"<{motto}>" for motto in signs["motto"].to_list()]


def test_a_hidden_column_may_miss_values_unsaid() -> None:
    class Things(Table):
        rows = 3
        id = Key()
        size = column(Integer, hidden=True)(lambda id: np.ma.array(id, mask=id == 2))
        known = column(Boolean)(lambda size: ~np.ma.getmaskarray(size))

    assert frame("things", Things)["known"].to_list() == [True, False, True]


def test_nothing_is_published_where_a_value_is_missing(tmp_path: Path) -> None:
    class Things(Table):
        rows = 3
        id = Key()
        value = column(Integer)(lambda id: np.ma.array(id, mask=id == 2))

    with refused("things.value has 1 missing values"):
        colgen.build(model_of(Things), out=tmp_path / "data")
    assert list(tmp_path.iterdir()) == []


# Checks


@pytest.fixture
def sales(tmp_path: Path) -> tuple[Path, Model]:
    shop = model_of(Shops, Sales, sales=100)
    colgen.build(shop, out=tmp_path / "data")
    return tmp_path / "data", shop


def test_a_check_asks_of_no_nullable_column_that_it_is_whole(sales: tuple[Path, Model]) -> None:
    found = outcomes(*sales)
    assert all(found.values())
    asked = {rule for rule in found if rule.endswith("is never null")}
    assert asked == {"shops: id is never null", "shops: name is never null", "sales: id is never null"}


def test_a_missing_foreign_key_refers_to_nothing_and_breaks_nothing(sales: tuple[Path, Model]) -> None:
    assert outcomes(*sales)["sales: shop_id is in shops"]


def test_a_wrong_foreign_key_is_found_among_missing_ones(sales: tuple[Path, Model]) -> None:
    damage(sales[0], "sales", "UPDATE sales SET shop_id = 4 WHERE id = 7")
    assert [rule for rule, holds in outcomes(*sales).items() if not holds] == ["sales: shop_id is in shops"]


def test_a_null_where_none_may_be_is_found(sales: tuple[Path, Model]) -> None:
    damage(sales[0], "shops", "UPDATE shops SET name = NULL WHERE id = 2")
    assert [rule for rule, holds in outcomes(*sales).items() if not holds] == ["shops: name is never null"]


def test_words_and_ranges_are_asked_of_what_is_there(tmp_path: Path) -> None:
    class Things(Table):
        rows = 50
        id = Key()
        kind = column(LETTERS, nullable=True)(lambda draw, id: np.ma.array(draw.below(3), mask=id % 2 == 0))

    shop = model_of(Things)
    colgen.build(shop, out=tmp_path / "data", check=True)
    assert outcomes(tmp_path / "data", shop)["things: kind is one of its words"]
    damage(tmp_path / "data", "things", "UPDATE things SET kind = 'd' WHERE id = 1")
    assert not outcomes(tmp_path / "data", shop)["things: kind is one of its words"]


def test_a_unique_column_may_miss_several_values(tmp_path: Path) -> None:
    class Things(Table):
        rows = 5
        id = Key()
        code = column(Integer, nullable=True, unique=True)(lambda id: np.ma.array(id, mask=id < 3))

    shop = model_of(Things)
    colgen.build(shop, out=tmp_path / "data")
    assert outcomes(tmp_path / "data", shop)["things: code is unique"]


def test_a_value_that_comes_twice_is_found_beside_a_missing_one(tmp_path: Path) -> None:
    class Things(Table):
        rows = 5
        id = Key()
        code = column(Integer, nullable=True, unique=True)(lambda id: np.ma.array([1, 2, 3, 2, 9], mask=id == 1))

    shop = model_of(Things)
    colgen.build(shop, out=tmp_path / "data")
    assert not outcomes(tmp_path / "data", shop)["things: code is unique"]


# JSON


@pytest.mark.parametrize("format", first_of(FORMATS, quick=2))
def test_json_is_read_as_json(format: str, tmp_path: Path) -> None:
    class Things(Table):
        rows = 3
        id = Key()
        size = FixedValues(4, 5, 6)
        details = Text('{{"size": {size}, "of": ["{id:03d}"]}}', type=Json)

    colgen.build(model_of(Things), out=tmp_path / "data", format=format)
    connection = read_build(tmp_path / "data").connect()
    found = connection.sql("SELECT details ->> 'size', details -> 'of' ->> 0 FROM things ORDER BY id").fetchall()
    assert found == [("4", "001"), ("5", "002"), ("6", "003")]
    assert manifest.read(tmp_path / "data").tables["things"].columns["details"] == "JSON"
