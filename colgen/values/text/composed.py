"""Texts kept as the parts that they are composed of, and spelled only where their letters are read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import zip_longest

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen.arrays import Array
from colgen.values.text.digits import Digits, digit_range
from colgen.values.text.spell import TextPart, spell, spell_with_lengths
from colgen.values.text.words import Coded


class Composed:
    """A column of texts as the parts that they are composed of. Each writer spells them as it needs them.

    parts : constants, words from lists, and numbers
    rows : the number of texts

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
        """The texts of some of the rows."""
        count = len(range(self.rows)[rows]) if isinstance(rows, slice) else len(rows)
        return Composed([part if isinstance(part, str) else part.take(rows) for part in self.parts], count)

    @property
    def longest(self) -> int:
        """An upper bound for the length of a text, in bytes."""
        sizes = [len(part.encode()) for part in self.parts if isinstance(part, str)]
        sizes += [int(part.table.affixed("", "")[1].max(initial=0)) for part in self.parts if isinstance(part, Coded)]
        numbers = [part for part in self.parts if isinstance(part, Digits)]
        return sum(sizes) + sum(max(digit_range(part)[1], part.width) for part in numbers if self.rows)

    @cached_property
    def spelled(self) -> pa.StringArray:
        """The texts as an Arrow array. Raises ValueError if they have more than 2 GB together."""
        return spell(self.parts, self.rows)

    def spelled_with_lengths(self) -> tuple[Array, Array]:
        """The bytes of the texts, each after its length: see `spell_with_lengths`."""
        return spell_with_lengths(self.parts, self.rows)

    @classmethod
    def concatenated(cls, texts: Sequence[Composed]) -> Composed | None:
        """Several columns of texts one after the other, still in parts; None if their parts are not of the same kinds."""
        parts: list[str | Coded | Digits] = []
        for corresponding in zip_longest(*(text.parts for text in texts)):
            first = corresponding[0]
            words = [part for part in corresponding if isinstance(part, Coded)]
            numbers = [part for part in corresponding if isinstance(part, Digits)]
            if isinstance(first, str) and all(part == first for part in corresponding):
                parts.append(first)
            elif len(words) == len(corresponding) and all(word.table is words[0].table for word in words):
                parts.append(Coded(words[0].table, np.concatenate([word.codes for word in words])))
            elif len(numbers) == len(corresponding) and all(number.width == numbers[0].width for number in numbers):
                parts.append(Digits(np.concatenate([number.values for number in numbers]), numbers[0].width))
            else:
                return None
        return cls(parts, sum(map(len, texts)))


def join(parts: Sequence[TextPart], rows: int) -> pa.StringArray:
    """Like `spell`, for parts of which some are Arrow strings already.

    >>> join(["#", pa.array(["a", "bb"]), Digits(np.array([1, 22]))], 2).to_pylist()
    ['#a1', '#bb22']
    """
    runs: list[list[TextPart]] = []  # an Arrow array alone, or neighbouring parts that are spelled together
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
    """The texts of all rows, to be spelled when they are read; if a part is an Arrow array, they are joined at once.

    Raises TypeError for numbers that are not whole, ValueError for negative or missing ones, and IndexError for a code outside its list.
    """
    checked = [_checked(part) for part in parts if not isinstance(part, pa.Array)]
    return Composed(checked, rows) if checked and len(checked) == len(parts) else join(parts, rows)


def _checked(part: str | Coded | Digits) -> str | Coded | Digits:
    """The same part, checked so that spelling it cannot fail, with its numbers in the form that Arrow has them."""
    if isinstance(part, Digits):
        digits = Digits(_whole_numbers(part.values, "iubf"), part.width)
        if len(digits.values):
            digit_range(digits)
        return digits
    if isinstance(part, Coded):
        codes = _whole_numbers(part.codes, "iub")
        if len(codes) and not (np.minimum.reduce(codes) >= 0 and np.maximum.reduce(codes) < len(part.table.words)):
            raise IndexError(f"codes must be 0 to {len(part.table.words) - 1}, but they range from {codes.min()} to {codes.max()}")
        return Coded(part.table, codes)
    return part


def _whole_numbers(values: Array, kinds: str) -> Array:
    """Whole numbers, contiguous and in native byte order.

    kinds : the allowed kinds of dtypes, in NumPy's letters; floats are truncated

    Raises TypeError for another kind, and ValueError if a value is missing or not finite.
    """
    if not isinstance(values, np.ndarray) or values.dtype.kind not in kinds:
        actual = values.dtype if isinstance(values, np.ndarray) else type(values).__name__
        raise TypeError(f"a text expects whole numbers, not {actual}")
    if np.ma.is_masked(values) or (values.dtype.kind == "f" and not np.isfinite(values).all()):
        raise ValueError("some of the numbers in a text are missing or infinite")
    dtype = values.dtype.newbyteorder("=") if values.dtype.kind in "iu" else np.dtype(np.int64)
    return np.ascontiguousarray(np.ma.getdata(values), dtype)
