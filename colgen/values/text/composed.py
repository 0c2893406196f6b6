"""Texts as the parts they are put together out of, spelled only where somebody reads the letters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise, zip_longest

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen.arrays import Array
from colgen.values.text.digits import Digits, digit_range
from colgen.values.text.spell import TextPart, spell
from colgen.values.text.words import Coded


class Composed:
    """Texts as the parts that they are put together out of. They are spelled where somebody reads them; Snappy writes them without.

    >>> from colgen.values.text.words import WordBytes
    >>> text = Composed([Coded(WordBytes(pa.array(["Ann", "Bo"])), np.array([1, 0])), "-", Digits(np.array([7, 8]), 2)], 2)
    >>> text.spelled.to_pylist()
    ['Bo-07', 'Ann-08']
    >>> text.take(slice(1, 2)).spelled.to_pylist()
    ['Ann-08']
    """

    def __init__(self, parts: Sequence[str | Coded | Digits], rows: int) -> None:
        self.parts, self.rows = parts, rows

    def __len__(self) -> int:
        return self.rows

    def take(self, rows: Array | slice) -> Composed:
        """Some of them."""
        count = len(range(self.rows)[rows]) if isinstance(rows, slice) else len(rows)
        return Composed([part if isinstance(part, str) else part.take(rows) for part in self.parts], count)

    def pages(self, most: int) -> Iterator[Composed]:
        """All of them, not more than so many at a time."""
        pages = -(-self.rows // most)
        for first, end in pairwise(self.rows * page // pages for page in range(pages + 1)):
            yield self.take(slice(first, end))

    @property
    def longest(self) -> int:
        """No text has more bytes."""
        sizes = [len(part.encode()) for part in self.parts if isinstance(part, str)]
        sizes += [int(part.table.affixed("", "")[1].max(initial=0)) for part in self.parts if isinstance(part, Coded)]
        numbers = [part for part in self.parts if isinstance(part, Digits)]
        return sum(sizes) + sum(max(digit_range(part)[1], part.width) for part in numbers if self.rows)

    @cached_property
    def spelled(self) -> pa.StringArray:
        return spell(self.parts, self.rows)

    @classmethod
    def concatenated(cls, texts: Sequence[Composed]) -> Composed | None:
        """Some texts one after the other, still in parts; None where their parts are not of the same kinds."""
        parts: list[str | Coded | Digits] = []
        for pieces in zip_longest(*(text.parts for text in texts)):
            first = pieces[0]
            words = [piece for piece in pieces if isinstance(piece, Coded)]
            numbers = [piece for piece in pieces if isinstance(piece, Digits)]
            if isinstance(first, str) and all(piece == first for piece in pieces):
                parts.append(first)
            elif len(words) == len(pieces) and all(word.table is words[0].table for word in words):
                parts.append(Coded(words[0].table, np.concatenate([word.codes for word in words])))
            elif len(numbers) == len(pieces) and all(number.width == numbers[0].width for number in numbers):
                parts.append(Digits(np.concatenate([number.values for number in numbers]), numbers[0].width))
            else:
                return None
        return cls(parts, sum(map(len, texts)))


def join(parts: Sequence[TextPart], rows: int) -> pa.StringArray:
    """Like `spell`, with parts that are Arrow strings already.

    >>> join(["#", pa.array(["a", "bb"]), Digits(np.array([1, 22]))], 2).to_pylist()
    ['#a1', '#bb22']
    """
    runs: list[list[TextPart]] = []
    for part in parts:
        if isinstance(part, pa.Array) and part.type != pa.string():
            part = part.cast(pa.string())
        if runs and not isinstance(part, pa.Array) and not isinstance(runs[-1][-1], pa.Array):
            runs[-1].append(part)
        else:
            runs.append([part])
    columns = [run[0] if isinstance(run[0], pa.Array) else spell(run, rows) for run in runs]
    return columns[0] if len(columns) == 1 else pc.binary_join_element_wise(*columns, "")


def composed(parts: Sequence[TextPart], rows: int) -> Composed | pa.StringArray:
    """The parts of each row, to be spelled when they are read; `join` at once where some are Arrow strings already.

    Raises ValueError for a number below 0, and IndexError for a code that its list has no word for.
    """
    known = [_known(part) for part in parts if not isinstance(part, pa.Array)]
    return Composed(known, rows) if known and len(known) == len(parts) else join(parts, rows)


def _known(part: str | Coded | Digits) -> str | Coded | Digits:
    """A part that can be spelled, its numbers as Arrow has them."""
    if isinstance(part, Digits):
        digits = Digits(_whole(part.values, "iubf"), part.width)
        if len(digits.values):
            digit_range(digits)
        return digits
    if isinstance(part, Coded):
        codes = _whole(part.codes, "iub")
        if len(codes) and not (np.minimum.reduce(codes) >= 0 and np.maximum.reduce(codes) < len(part.table.words)):
            raise IndexError(f"codes go from 0 to {len(part.table.words) - 1}, and there are some from {codes.min()} to {codes.max()}")
        return Coded(part.table, codes)
    return part


def _whole(values: Array, kinds: str) -> Array:
    """Whole numbers in native order, contiguous. Raises TypeError for another kind of numbers, ValueError for one that is missing or infinite."""
    if not isinstance(values, np.ndarray) or values.dtype.kind not in kinds:
        found = values.dtype if isinstance(values, np.ndarray) else type(values).__name__
        raise TypeError(f"a text wants whole numbers, not {found}")
    if np.ma.is_masked(values) or (values.dtype.kind == "f" and not np.isfinite(values).all()):
        raise ValueError("some of the numbers in a text are missing, or infinite")
    kind = values.dtype.newbyteorder("=") if values.dtype.kind in "iu" else np.dtype(np.int64)
    return np.ascontiguousarray(np.ma.getdata(values), kind)
