"""Structs in Parquet: each of their fields is stored as a column of its own, and levels say how far down it is there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from colgen.formats.parquet import encodings
from colgen.formats.parquet.schema import Way


def stored(structs: pa.StructArray, way: Way) -> pa.Array:
    """The field that a way leads to, with anything where a struct that it is in is missing."""
    for field in way[1:]:
        structs = structs.field(field.name)
    return structs


def values(structs: pa.StructArray, way: Way) -> tuple[list[bytes], pa.Array]:
    """The definition levels of a field, and its values where it is there. A level counts what is there of all on the way that may be missing.

    >>> people = pa.field("person", pa.struct([pa.field("name", pa.string(), nullable=False)]))
    >>> values(pa.array([{"name": "Ann"}, None], people.type), (people, people.type[0]))[1].to_pylist()
    ['Ann']
    """
    parts: Sequence[pa.Array] = [stored(structs, way[:length]) for length in range(1, len(way) + 1)]
    defined, is_there = np.zeros(len(structs), np.uint8), np.ones(len(structs), np.bool_)
    for part, field in zip(parts, way, strict=True):
        if field.nullable:
            if part.null_count:
                is_there &= part.is_valid().to_numpy(zero_copy_only=False)
            defined += is_there
    most = sum(field.nullable for field in way)
    levels = [encodings.levels(defined, most.bit_length())] if most else []
    return levels, parts[-1] if is_there.all() else parts[-1].filter(pa.array(is_there))
