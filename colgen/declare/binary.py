"""The kind of columns whose values are bytes.

| kind | values |
|---|---|
| `RandomBytes(32)` | so many random bytes, such as a digest |
"""

from __future__ import annotations

from typing import Unpack

import numpy as np
import pyarrow as pa

from colgen.arrays import Array
from colgen.declare.arguments import require_whole, shown
from colgen.declare.column import Column, Options
from colgen.declare.rows import Rows
from colgen.draws.draw import Draw
from colgen.errors import ModelError
from colgen.values.types import Bytes

_MOST = 1_024
_WORD = 8  # bytes that are drawn at once


class RandomBytes(Column):
    """Random bytes, such as a digest or a salt: `RandomBytes(32)`, or from 16 to 64 of them: `RandomBytes(16, 64)`.

    low, high : how many, both included, up to 1,024; `low` of them if `high` is None
    """

    promises = ("unique", "distinct")

    def __init__(self, low: int, high: int | None = None, **options: Unpack[Options]) -> None:
        high = low if high is None else high
        place = f"RandomBytes({shown(low)}, {shown(high)})"
        require_whole(place, 0, _MOST, low=low, high=high)
        if low > high:
            raise ModelError(f"{place}: the lower end is above the upper end")
        super().__init__(Bytes, f"{low} random bytes" if low == high else f"{low} to {high} random bytes", **options)
        if (self.unique or self.distinct) and low < _WORD:
            raise ModelError(f"{place}: values that differ need at least {_WORD} bytes")
        self.low, self.high = int(low), int(high)

    def make(self, rows: Rows) -> pa.BinaryArray:
        draw, count = rows.draw(self), rows.count
        words = [draw.bits() for _ in range(-(-self.high // _WORD))]
        if self.unique or self.distinct:  # a hash of the row's number, which no two numbers have in common
            words[0] = Draw(draw.stream_key(), ids=rows.numbers).bits()
        data = np.stack(words, axis=1).astype("<u8").view(np.uint8) if words else np.empty((count, 0), np.uint8)
        lengths: Array = draw.integers(self.low, self.high)
        ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        there = np.ascontiguousarray(data[np.arange(data.shape[1]) < lengths[:, None]])
        return pa.Array.from_buffers(pa.binary(), count, [None, pa.py_buffer(ends), pa.py_buffer(there)])
