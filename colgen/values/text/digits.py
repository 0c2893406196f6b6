"""Whole numbers in decimal, spelled as words of up to four digits."""

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
    """A part of a text that is a whole number in each row, in decimal.

    values : not negative, shape (rows,)
    width : the least number of digits; shorter numbers get leading zeros
    """

    values: Array
    width: int = 0

    def take(self, rows: Array | slice) -> Digits:
        """The same part for some of the rows."""
        return Digits(self.values[rows], self.width)


_GROUP = 4  # digits that are spelled as one word


@cache
def _numbers(digits: int) -> WordBytes:
    """0 … 10**digits - 1 with leading zeros."""
    columns = [np.arange(10**digits) // 10**exponent % 10 + ord("0") for exponent in reversed(range(digits))]
    data = np.stack(columns, axis=1).astype(np.uint8)
    begins = (np.arange(len(data) + 1) * digits).astype(np.int32)
    return WordBytes(pa.StringArray.from_buffers(len(data), pa.py_buffer(begins), pa.py_buffer(data)))


@cache
def _short_numbers(width: int) -> WordBytes:
    """0 … 9999 without leading zeros beyond `width` digits (with width 0, the number 0 is empty), followed by 0000 … 9999."""
    short = [str(number).zfill(width) if number or width else "" for number in range(10**_GROUP)]
    return WordBytes(pa.array([*short, *(f"{number:04d}" for number in range(10**_GROUP))]))


def digit_range(part: Digits) -> tuple[int, int]:
    """The numbers of digits of the smallest and of the largest value. Raises ValueError if a value is negative."""
    least, most = int(np.minimum.reduce(part.values)), int(np.maximum.reduce(part.values))
    if least < 0:
        raise ValueError(f"numbers in a text must not be negative, but one is {least:,}; spell them in a function of your own")
    return len(str(least)), len(str(most))


def digit_groups(part: Digits) -> list[Coded]:
    """A number as words of up to four digits each, the leading digits first."""
    if not len(part.values):
        return []
    least, most = digit_range(part)
    digits, varies = max(most, part.width), max(least, part.width) < most
    short = digits <= _GROUP and part.values.dtype.kind == "i"
    dtype: Any = np.uint32 if most <= 9 else np.uint64  # narrow numbers divide faster
    groups, rest = [], part.values if short else part.values.astype(dtype, copy=False)
    for exponent in range(0, digits, _GROUP):
        last = exponent + _GROUP >= digits
        size = dtype(10 ** (digits - exponent if last and not varies else _GROUP))
        quotient = rest // size if not last else None
        codes = rest - quotient * size if quotient is not None else rest
        if varies:
            table = _short_numbers(max(exponent == 0, min(_GROUP, part.width - exponent)))
            if quotient is not None:
                codes += (quotient > 0) * size
        else:
            table = _numbers(min(_GROUP, digits - exponent))
        groups.append(Coded(table, codes if short else codes.view(f"i{codes.itemsize}")))
        if quotient is not None:
            rest = quotient
    return groups[::-1]


_EIGHT = 2 * _GROUP  # digits that fit into 64 bits as letters
_FEW_WORDS = 64  # the longest list of words that is kept with room for one, two … eight digits before each word


@lru_cache(maxsize=64)
def _after_digits(table: WordBytes, between: str) -> WordBytes:
    """The words of a short list, each after a constant and with room for digits: all words with room for one digit, then for two … eight."""
    words = [between + word for word in table.words.to_pylist()]
    return WordBytes(pa.array(["\0" * room + word for room in range(1, _EIGHT + 1) for word in words]))


def numbered_word(part: Digits, after: Sequence[str | Coded | Digits]) -> tuple[Coded, Array, int] | None:
    """A number and the word that follows it, with or without a constant between them, as a single word.

    after : the parts of the text that follow the number

    Returns the word, the digits that must be written over its first bytes (uint64, the first digit in the lowest byte), and how many of
    the parts in `after` it includes. Returns None if no word follows, its list is too long, or the number has more than eight digits.
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
    digits = least if least == most else np.maximum(np.searchsorted(10 ** np.arange(1, _EIGHT), values, side="right") + 1, part.width)
    codes = word.codes + (digits - 1) * np.int64(len(word.table.words))
    return Coded(_after_digits(word.table, between), codes), elementwise(_letters, values, digits), used + 1


def _letters(values: Array, digits: Array | int) -> Array:
    """Numbers below 10**8 in the given numbers of digits, as letters with the first digit in the lowest byte: uint64."""
    high = values // 10**_GROUP
    low = values - high * 10**_GROUP
    four = _numbers(_GROUP).affixed("", "")[0].view("<u4")
    letters = four.take(low).astype(np.uint64)
    letters <<= np.uint64(32)
    letters |= four.take(high)
    letters >>= (np.asarray(_EIGHT - digits) * 8).astype(np.uint64)
    return letters
