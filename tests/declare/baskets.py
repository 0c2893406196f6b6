"""Families of tables for several tests of what ties rows to other rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import settings
from hypothesis import strategies as st

from colgen import (
    Between,
    FanOut,
    First,
    ForeignKey,
    Integer,
    Integers,
    Json,
    Key,
    Lookup,
    Ordinal,
    ParentKey,
    Running,
    String,
    Sum,
    Table,
    Text,
    Volume,
    column,
)

law = settings(max_examples=30)
BLOCKS = (1, 60)  # a root at a time, a few, all together
counts = st.lists(st.integers(0, 4), min_size=1, max_size=12)


def of(made: list[dict[str, Any]], name: str) -> list[Any]:
    return [row[name] for row in made]


def given_values(values: Sequence[Any], type: Any = Integer) -> Any:
    """A column with these values, row by row."""
    array = pa.array(values, pa.string()) if type in (String, Json) else np.array([*values, 0])[:-1]
    return column(type)(lambda id: array.take(pa.array(id - 1) if isinstance(array, pa.Array) else id - 1))


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
