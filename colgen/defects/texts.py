"""Texts as they come out of fingers and wrong encodings: whole columns at a time."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen.arrays import Array
from colgen.draws.draw import Draw
from colgen.values.arrow import letters

SHORTEST = 3
"""Characters of a text that can have a typo."""

_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")


def _neighbours() -> Array:
    """By the code of a letter or digit: the key to its right, of the last one in a row that to its left; 0 for all others."""
    table = np.zeros(128, np.uint32)
    for row in {*_ROWS, *(row.upper() for row in _ROWS)}:
        for key, neighbour in zip(row, row[1:] + row[-2], strict=True):
            table[ord(key)] = ord(neighbour)
    return table


def _misread() -> tuple[Array, Array]:
    """By the value of a byte: the UTF-8 of the character that Windows-1252 takes it for, uint8 (256, 3), and how many bytes that has."""
    data, sizes = np.zeros((256, 3), np.uint8), np.empty(256, np.int64)
    for byte in range(256):
        try:
            spelled = bytes([byte]).decode("cp1252").encode()
        except UnicodeDecodeError:  # five bytes that it does not define; programs take them for control characters
            spelled = chr(byte).encode()
        data[byte, : len(spelled)], sizes[byte] = list(spelled), len(spelled)
    return data, sizes


_NEIGHBOUR = _neighbours()
_MISREAD, _MISREAD_SIZE = _misread()


def mojibake(texts: pa.StringArray) -> pa.StringArray:
    """Texts in UTF-8, read as Windows-1252. None of them is null.

    >>> mojibake(pa.array(["Müller", "Ann", "10 €"])).to_pylist()
    ['MÃ¼ller', 'Ann', '10 â‚¬']
    """
    offsets, data = letters(texts)
    read = np.frombuffer(data, np.uint8)
    sizes = _MISREAD_SIZE[read]
    ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    spelled = np.empty(ends[-1], np.uint8)
    for place in range(3):
        there = np.flatnonzero(sizes > place)
        spelled[ends[there] + place] = _MISREAD[read[there], place]
    return _array(ends[offsets - offsets[0]], spelled)


def with_typos(texts: pa.StringArray, draw: Draw) -> pa.StringArray:
    """Texts with a typo in each: two letters exchanged, one dropped, one doubled, or another one that is beside it on the keyboard.

    texts : of at least `SHORTEST` characters, none of them null; the draws are of as many rows

    Every text is another afterwards, and none is empty.
    """
    lengths = pc.utf8_length(texts).to_numpy().astype(np.int64)
    _, data = letters(texts)
    points = np.frombuffer(bytes(data).decode().encode("utf-32-le"), np.uint32).copy()
    kind, place = draw.integers(0, 3), draw.below(lengths)
    first = np.cumsum(lengths) - lengths
    at = first + place
    before = first + np.minimum(place, lengths - 2)
    near = np.where(points[at] < 128, _NEIGHBOUR[np.minimum(points[at], 127)], 0)
    exchanged = (kind == 0) & (points[before] != points[before + 1])
    hit = (kind == 3) & (near != 0)
    times = np.ones(len(points), np.int64)
    times[at[kind == 1]] = 0
    times[at[(kind != 1) & ~exchanged & ~hit]] = 2
    left, right = before[exchanged], before[exchanged] + 1
    points[left], points[right] = points[right], points[left]  # no two rows share a letter
    points[at[hit]] = near[hit]
    written = np.repeat(points, times)
    counts = np.add.reduceat(times, first) if len(first) else first
    sizes = 1 + (written > 0x7F).astype(np.int64) + (written > 0x7FF) + (written > 0xFFFF)
    ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    spelled = np.frombuffer(written.tobytes().decode("utf-32-le").encode(), np.uint8)
    return _array(ends[np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])], spelled)


def _array(offsets: Array, spelled: Array) -> pa.StringArray:
    return pa.StringArray.from_buffers(
        len(offsets) - 1, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(np.ascontiguousarray(spelled))
    )
