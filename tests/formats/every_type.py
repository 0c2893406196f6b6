"""A model that has a column of every type, of its own and looked up."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from colgen import (
    Between,
    Bytes,
    Category,
    Char,
    Code,
    CreatedAt,
    Dates,
    Decimal,
    Double,
    Exponential,
    FanOut,
    Flag,
    ForeignKey,
    Integers,
    Key,
    Later,
    List,
    LocalTimestamp,
    Lookup,
    Money,
    Normal,
    ParentKey,
    RandomBytes,
    Real,
    Several,
    SmallInteger,
    Struct,
    Table,
    Text,
    Times,
    Timestamps,
    Uniform,
    Uuids,
    Varchar,
    Volume,
    column,
)
from colgen.declare.columns import Drawn
from tests.support import model_of


class Things(Table):
    """A thing that is measured."""

    rows = Volume("things")
    id = Key(SmallInteger)
    small = Integers(0, 9, type=SmallInteger)
    weight = Drawn(Normal(70, 15), type=Double)
    height = Drawn(Uniform(-90, 90), type=Real, nullable=0.3)
    price = Drawn(Uniform(1, 90), type=Double, digits=2)
    code = Code("AA", type=Char(2))
    made_at = CreatedAt(type=LocalTimestamp)
    seen_at = Timestamps(type=LocalTimestamp, nullable=0.2)
    later_at = Later("made_at", days=Exponential(3))
    opens = Times()
    closes = Times(nullable=0.5)
    digest = RandomBytes(16, unique=True)
    picture = RandomBytes(0, 40, nullable=0.2)
    tags = Several(["blue", 'say "so"', "a, b", "é\\n"], Between(0, 3), nullable=0.2)
    sizes = Several(Integers(-5, 500, type=SmallInteger), {0: 5, 2: 3, 9: 1})
    prices = Several(Integers(1, 9_999, type=Money, distinct=True), 2, nullable=0.5)
    weights = Several(Drawn(Normal(0, 1), type=Real), Between(0, 2))
    days = Several(Dates(), Between(0, 2))
    moments = Several(Timestamps(), Between(0, 2))
    local = Several(Timestamps(type=LocalTimestamp), 1)
    hours = Several(Times(), Between(0, 2))
    flags = Several(Flag(0.5), Between(0, 9))
    keys = Several(Uuids(), Between(0, 2))
    digests = Several(RandomBytes(0, 4), Between(0, 2))
    size = Struct("small", "weight", {"tall": "height"}, nullable=0.3)
    nested = Struct(
        {"size": "size", "at": "made_at", "seen": "seen_at", "opens": "opens", "code": "code", "select": "price_of", "far": "far"}
    )
    price_of = Integers(-9_999, 9_999, type=Money, hidden=True, nullable=0.2)
    far = Integers(-(10**17), 10**17, type=Decimal(18, 4), hidden=True)
    key = Uuids(hidden=True)
    flat = Struct("key", {"É 'x' \"y\"": "is_odd", "day": "day", "word": "word"}, nullable=0.2)
    is_odd = Flag(0.5, hidden=True)
    day = Dates(hidden=True)
    word = Category({'say "so"': 1, "é\\n, b": 2, "": 1}, hidden=True, nullable=0.2)
    label = Text("{opens:%H:%M} {made_at:%Y-%m-%d}")


class Parts(Table):
    """A part of it."""

    rows = FanOut(Things, Between(0, 3))
    id = Key()
    thing_id = ParentKey(Things)
    weight = Lookup(Things.weight)
    opens = Lookup(Things.opens)
    digest = Lookup(Things.digest)
    tags = Lookup(Things.tags)
    other_id = ForeignKey(Things, nullable=0.5)
    other = Lookup(Things.picture, via="other_id")
    sizes = Lookup(Things.sizes, via="other_id")
    size = Lookup(Things.nested, via="other_id")
    whole = Struct({"thing": "label", "size": "flat"})
    label = Lookup(Things.label, hidden=True)
    flat = Lookup(Things.flat)

    @column(Real)
    def half(weight):  # type: ignore[no-untyped-def]
        """Half its weight."""
        return weight / 2

    @column(List(Varchar(3)), nullable=True)
    def marks(sizes):  # type: ignore[no-untyped-def]
        """A list for each second part."""
        return pa.array([None if number % 2 else ["a", "bc"][: number % 3] for number in range(len(sizes))], pa.list_(pa.string()))

    @column(Bytes)
    def mark(half):  # type: ignore[no-untyped-def]
        """With a zero byte, and one that no UTF-8 has."""
        return pa.array(np.full(len(half), b"a\x00\xff", object), pa.binary())


MODEL = model_of(Things, Parts, things=200)
