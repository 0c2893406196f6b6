"""Columns that functions compute: what they are given, and what they may give."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import colgen
from colgen import (
    BigInteger,
    Categorical,
    Category,
    Decimal,
    FanOut,
    ForeignKey,
    Integer,
    Integers,
    Key,
    Lookup,
    Model,
    Ordinal,
    ParentKey,
    String,
    Table,
    Text,
    Volume,
    column,
)
from colgen.declare.column import Column
from colgen.values.types import RepeatedText
from tests.declare.shops import Sales
from tests.support import built, refused, write_build


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

    with refused("things.price, row 1: 85,899,345.92 does not fit decimal.9,2., which holds -9,999,999.99 to 9,999,999.99"):
        colgen.build(Model("things", [Things], {"any": {}}), out=tmp_path / "data")


def test_an_unknown_parameter_is_named() -> None:
    with refused("sales.tax", "'amuont'", "did you mean 'amount'"):

        class Sales(Table):
            rows = 1
            id = Key()
            amount = Integers(1, 2)
            tax = column(Integer)(lambda amuont: amuont)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda draw: draw.integers(1, 2)[:-1], ("gave 9 values for 10 rows",)),
        (lambda draw: 7, ("gave an? int for 10 rows", "array")),
        (lambda draw: np.zeros((10, 2)), ("10 × 2 values",)),
        (
            lambda draw: draw.uniform(),
            ("wrong type", "integer expects a NumPy array of integers", "float64", r"divide with //, or end with \.astype"),
        ),
        (lambda draw: None, ("wrong.value gave no values: its function must return them",)),
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
        built(Wrong).frame("wrong")


def test_text_from_a_function_must_be_arrow() -> None:
    class Notes(Table):
        rows = 2
        id = Key()
        note = column(String)(lambda draw: np.array(["a", "b"]))

    with refused("notes.note", "string expects a pyarrow.StringArray"):
        built(Notes).frame("notes")


def test_text_from_a_function() -> None:
    class Notes(Table):
        rows = 2
        id = Key()
        note = column(String)(lambda id: pa.array(["a", "b"]))
        long = Text("<{note}>-{id}")

    assert built(Notes).frame("notes")["long"].to_list() == ["<a>-1", "<b>-2"]


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
    assert built(Before).frame("before")["b"].to_list() == built(After).frame("before")["b"].to_list()
    frame = built(After).frame("before")
    assert frame["a"].to_list() != frame["b"].to_list()


def test_the_base_column_makes_nothing() -> None:
    with pytest.raises(NotImplementedError):
        Column(Integer).make(None)  # type: ignore[arg-type]
