"""The least and the greatest of some values, as Parquet's statistics have them: readers skip a row group that cannot hold what is asked for."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen.arrays import Array, anywhere
from colgen.formats.parquet.encodings import LENGTH_BYTES, PlainTexts

LONGEST = 64
"""Bytes of a bound. Longer texts are cut: a bound need not be one of the values."""


class Bounds(NamedTuple):
    """What no value is below, and what none is above, in bytes; None where there is no such bound.

    Numbers are bounded by numbers, and texts by texts; these compare as their bytes do.
    """

    least: bytes | None
    most: bytes | None
    is_least_exact: bool = True
    is_most_exact: bool = True


def of_numbers(least: int, most: int, size: int) -> Bounds:
    """Bounds of whole numbers that are stored in `size` bytes."""
    return Bounds(least.to_bytes(size, "little", signed=True), most.to_bytes(size, "little", signed=True))


def of_fractions(least: float, most: float, size: int) -> Bounds:
    """Bounds of numbers with a fraction, stored in `size` bytes. Zeros have the signs that keep both zeros within them."""
    least, most = (-0.0 if least == 0 else least), (0.0 if most == 0 else most)
    lower, upper = (np.array(bound, f"<f{size}").tobytes() for bound in (least, most))
    return Bounds(lower, upper)


def of_bytes(least: bytes, most: bytes) -> Bounds:
    """Bounds of bytes, cut where they are long.

    >>> of_bytes(b"a", b"b" * 63 + bytes([255] * 7)).most[-2:], of_bytes(b"", bytes([255] * 70)).most
    (b'bc', None)
    """
    head = most[:LONGEST].rstrip(b"\xff")
    above = head[:-1] + bytes([head[-1] + 1]) if head else None
    upper = most if len(most) <= LONGEST else above
    return Bounds(least[:LONGEST], upper, len(least) <= LONGEST, upper == most)


def of_texts(least: bytes, most: bytes) -> Bounds:
    """Bounds of texts in UTF-8, cut where they are long.

    >>> of_texts(b"a", b"b" * 70)
    Bounds(least=b'a', most=b'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbc', is_least_exact=True, is_most_exact=False)
    """
    lower = least if len(least) <= LONGEST else _cut(least)
    upper = most if len(most) <= LONGEST else _next(_cut(most))
    return Bounds(lower, upper, lower == least, upper == most)


def _cut(text: bytes) -> bytes:
    """As many whole characters as a bound may have."""
    return text[:LONGEST].decode(errors="ignore").encode()


def _next(text: bytes) -> bytes | None:
    """The least text that is greater than all that begin with this one: its last character is the next one that there is."""
    characters = text.decode()
    while characters:
        following = ord(characters[-1]) + 1
        following = 0xE000 if following == 0xD800 else following  # what lies between are halves of characters
        if following <= 0x10FFFF:
            return (characters[:-1] + chr(following)).encode()
        characters = characters[:-1]
    return None


def extremes_of_words(words: pa.StringArray) -> tuple[bytes, bytes]:
    """The least and the greatest of some words, at least one, in UTF-8."""
    extremes = pc.min_max(words)
    return extremes["min"].as_py().encode(), extremes["max"].as_py().encode()


def extremes_of_texts(texts: PlainTexts) -> tuple[bytes, bytes]:
    """The least and the greatest of some texts, at least one; those that are equal in their first `LONGEST` bytes are not told apart.

    Eight bytes of each text at a time are compared as one number, and only texts that are equal so far go on.

    >>> from colgen.formats.parquet.encodings import plain_texts
    >>> extremes_of_texts(plain_texts(pa.array(["INV-00012", "INV-00007", "INV-000"])))
    (b'INV-000', b'INV-00012')
    """
    starts, lengths, data = texts.begins[:-1] + LENGTH_BYTES, np.diff(texts.begins) - LENGTH_BYTES, texts.data
    if texts.begins[-1] + _STEP > len(data):  # eight bytes can be read from the end of any text on
        starts -= texts.begins[0]
        data = np.append(np.frombuffer(texts.encoded, np.uint8), np.zeros(_STEP, np.uint8))
    first = _eight_bytes(data, starts, lengths, 0)
    return _least(data, starts, lengths, first), _least(data, starts, lengths, ~first, sign=-1)


_STEP = 8  # bytes that are compared at once
_FIRST_BYTES = np.array([(1 << 64) - (1 << 8 * (_STEP - count)) for count in range(_STEP + 1)], np.uint64)
"""Masks of the first 0 … 8 of eight bytes, the first of which is the highest."""


def _eight_bytes(data: Array, starts: Array, lengths: Array, depth: int) -> Array:
    """Eight bytes of each text from this depth on, zeros after its end, as numbers that compare as they do: uint64."""
    positions = np.minimum(starts + depth, len(data) - _STEP) if depth else starts  # a text that ends before has none of them
    values = anywhere(data, _STEP)[positions].view(">u8").astype(np.uint64)
    if np.minimum.reduce(lengths) < depth + _STEP:
        values &= _FIRST_BYTES.take(lengths - depth, mode="clip")
    return values


def _least(data: Array, starts: Array, lengths: Array, values: Array, sign: int = 1) -> bytes:
    """The least text by its bytes; the greatest with a sign of -1 and the complement of values.

    values : the first eight bytes of each text
    """
    for depth in range(_STEP, LONGEST + 2 * _STEP, _STEP):
        rows = np.flatnonzero(values == np.minimum.reduce(values))
        starts, lengths = starts.take(rows), lengths.take(rows)
        if len(rows) == 1 or np.maximum.reduce(lengths) <= depth:
            break
        values = _eight_bytes(data, starts, lengths, depth)
        values = values if sign > 0 else ~values
    row = np.argmin(lengths * sign)  # of texts that differ only in zeros at their end, the shorter is the less
    return data[starts[row] : starts[row] + lengths[row]].tobytes()
