"""Whole numbers in decimal, as words of up to four digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from colgen.arrays import Array, elementwise
from colgen.values.text.words import Coded, WordBytes


@dataclass(frozen=True)
class Digits:
    """Whole numbers, not negative, in decimal, with leading zeros up to `width`; in as few digits as need be where it is 0."""

    values: Array
    width: int = 0

    def take(self, rows: Array | slice) -> Digits:
        return Digits(self.values[rows], self.width)


_GROUP = 4  # digits that are one word


@cache
def _numbers(digits: int) -> WordBytes:
    """0 … 10**digits - 1 as words, with leading zeros."""
    columns = [np.arange(10**digits) // 10**place % 10 + ord("0") for place in reversed(range(digits))]
    data = np.stack(columns, axis=1).astype(np.uint8)
    begins = (np.arange(len(data) + 1) * digits).astype(np.int32)
    return WordBytes(pa.StringArray.from_buffers(len(data), pa.py_buffer(begins), pa.py_buffer(data)))


@cache
def _short_numbers(least: int) -> WordBytes:
    """0 … 9999 in as few digits as need be but at least so many, 0 in none if that is 0; after them all once more in four."""
    short = [str(number).zfill(least) if number or least else "" for number in range(10**_GROUP)]
    return WordBytes(pa.array([*short, *(f"{number:04d}" for number in range(10**_GROUP))]))


def digit_range(part: Digits) -> tuple[int, int]:
    """How many digits the least of some numbers has, and the largest. Raises ValueError for a negative one."""
    least, most = int(np.minimum.reduce(part.values)), int(np.maximum.reduce(part.values))
    if least < 0:
        raise ValueError(f"numbers in a text must not be negative, and there is {least:,}; spell it in a function")
    return len(str(least)), len(str(most))


def digit_groups(part: Digits) -> list[Coded]:
    """A number as words of up to four digits, the first digits first."""
    if not len(part.values):
        return []
    least, most = digit_range(part)
    digits, varies = max(most, part.width), max(least, part.width) < most
    short = digits <= _GROUP and part.values.dtype.kind == "i"
    kind: Any = np.uint32 if most <= 9 else np.uint64  # narrow numbers divide faster
    groups, rest = [], part.values if short else part.values.astype(kind, copy=False)
    for place in range(0, digits, _GROUP):
        last = place + _GROUP >= digits
        size = kind(10 ** (digits - place if last and not varies else _GROUP))
        quotient = rest // size if not last else None
        codes = rest - quotient * size if quotient is not None else rest
        if varies:
            table = _short_numbers(max(place == 0, min(_GROUP, part.width - place)))
            if quotient is not None:
                codes += (quotient > 0) * size
        else:
            table = _numbers(min(_GROUP, digits - place))
        groups.append(Coded(table, codes if short else codes.view(f"i{codes.itemsize}")))
        if quotient is not None:
            rest = quotient
    return groups[::-1]


_EIGHT = 2 * _GROUP  # digits that are laid into one word of 64 bits
_FEW_WORDS = 64  # so many are kept with room for one, two … eight digits before them


@lru_cache(maxsize=64)
def _after_digits(table: WordBytes, between: str) -> WordBytes:
    """The words of a short list after a constant and room for 1 … 8 digits: all of them with room for one, then for two, and so on."""
    words = [between + word for word in table.words.to_pylist()]
    return WordBytes(pa.array(["\0" * room + word for room in range(1, _EIGHT + 1) for word in words]))


def numbered_word(part: Digits, after: Sequence[str | Coded | Digits]) -> tuple[Coded, Array, int] | None:
    """A number and a word out of a short list after it, with a constant between them or not, as one word; None if they are not such ones.

    The word, the digits to be laid over its beginning (uint64, the first one lowest), and how many parts it takes the place of.
    """
    between = after[0] if after and isinstance(after[0], str) else ""
    used = 1 if between else 0
    word = after[used] if len(after) > used else None
    if not isinstance(word, Coded) or word.table.width("", "") is not None or len(word.table.words) > _FEW_WORDS or not len(part.values):
        return None
    least, most = (max(digits, part.width) for digits in digit_range(part))
    if most > _EIGHT:
        return None
    values = part.values.astype(np.int64, copy=False)
    many = least if least == most else np.maximum(np.searchsorted(10 ** np.arange(1, _EIGHT), values, side="right") + 1, part.width)
    codes = word.codes + (many - 1) * np.int64(len(word.table.words))
    return Coded(_after_digits(word.table, between), codes), elementwise(_digits, values, many), used + 1


def _digits(values: Array, many: Array | int) -> Array:
    """Numbers below 10**8 in so many digits each, as letters of which the first one is the lowest byte: uint64."""
    high = values // 10**_GROUP
    low = values - high * 10**_GROUP
    four = _numbers(_GROUP).affixed("", "")[0].view("<u4")
    letters = four.take(low).astype(np.uint64)
    letters <<= np.uint64(32)
    letters |= four.take(high)
    letters >>= (np.asarray(_EIGHT - many) * 8).astype(np.uint64)
    return letters
