"""A model that has a column of every type, of its own and looked up."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from colgen import (
    Between,
    Bytes,
    Char,
    Code,
    CreatedAt,
    Double,
    Exponential,
    FanOut,
    ForeignKey,
    Integers,
    Key,
    Later,
    LocalTimestamp,
    Lookup,
    Normal,
    ParentKey,
    RandomBytes,
    Real,
    SmallInteger,
    Table,
    Text,
    Times,
    Timestamps,
    Uniform,
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
    label = Text("{opens:%H:%M} {made_at:%Y-%m-%d}")


class Parts(Table):
    """A part of it."""

    rows = FanOut(Things, Between(0, 3))
    id = Key()
    thing_id = ParentKey(Things)
    weight = Lookup(Things.weight)
    opens = Lookup(Things.opens)
    digest = Lookup(Things.digest)
    other_id = ForeignKey(Things, nullable=0.5)
    other = Lookup(Things.picture, via="other_id")

    @column(Real)
    def half(weight):  # type: ignore[no-untyped-def]
        """Half its weight."""
        return weight / 2

    @column(Bytes)
    def mark(half):  # type: ignore[no-untyped-def]
        """With a zero byte, and one that no UTF-8 has."""
        return pa.array(np.full(len(half), b"a\x00\xff", object), pa.binary())


MODEL = model_of(Things, Parts, things=200)
