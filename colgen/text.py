"""Text columns without a Python string.

The texts of a block lie one after the other in one buffer. Each part of a row (a word out of a list, a number, a constant) is
a record of one width, longer than most words; all records are copied, row by row and part by part, to where their text begins.
What a record has too much is overwritten by the next one, which begins where the word ends. That is one gather and one
scatter of whole records by NumPy, some 4 ns a part, and the buffer is an Arrow string array without a copy. (Arrow's own
take and join need three times as long.) Where every part has one width, the records are simply laid side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.lib.stride_tricks import as_strided

from colgen.draw import Array


class WordTable:
    """A list of words as records of one width, made once for each width and affix it is used with."""

    def __init__(self, words: pa.StringArray) -> None:
        self._words = words
        self._made: dict[tuple[str, str], tuple[Array, Array]] = {}
        self._padded: dict[tuple[str, str, int], Array] = {}

    def affixed(self, prefix: str, suffix: str) -> tuple[Array, Array]:
        """The words' bytes one after the other (uint8), and where each begins (int64, words + 1)."""
        if (prefix, suffix) not in self._made:
            texts = pc.binary_join_element_wise(prefix, self._words, suffix, "") if prefix or suffix else self._words
            texts = pa.concat_arrays([texts, pa.array([""])])  # a copy that begins at 0, so that the buffers are whole
            begins = np.frombuffer(texts.buffers()[1], np.int32)[: len(texts)].astype(np.int64)
            self._made[prefix, suffix] = np.frombuffer(texts.buffers()[2] or b"", np.uint8), begins
        return self._made[prefix, suffix]

    def lengths(self, prefix: str, suffix: str) -> Array:
        return np.diff(self.affixed(prefix, suffix)[1])

    def padded(self, prefix: str, suffix: str, width: int) -> Array:
        """One record of `width` bytes a word, zeros after its end."""
        place = prefix, suffix, width
        if place not in self._padded:
            data, begins = self.affixed(prefix, suffix)
            lengths = np.diff(begins)
            table = np.zeros((len(lengths), width), np.uint8)
            row = np.repeat(np.arange(len(lengths)), lengths)
            table[row, np.arange(begins[-1]) - begins[row]] = data[: begins[-1]]
            self._padded[place] = table.view(f"V{width}").reshape(-1)
        return self._padded[place]


@dataclass(frozen=True)
class Coded:
    """Words out of a list, by their codes."""

    table: WordTable
    codes: Array


@dataclass(frozen=True)
class Digits:
    """Whole numbers, not negative, in decimal, with leading zeros up to `width`; in as few digits as need be where it is 0."""

    values: Array
    width: int = 0


Part: TypeAlias = str | Coded | Digits | pa.Array


@cache
def _digit_table(width: int) -> Array:
    """0 … 10**width - 1 as text, each one unsigned integer of `width` bytes; width 1, 2 or 4."""
    numbers = np.arange(10**width)
    table = np.empty((len(numbers), width), np.uint8)
    for place in range(width):
        table[:, width - 1 - place] = numbers // 10**place % 10 + ord("0")
    return table.reshape(-1).view(f"<u{width}")


_CHUNKS = {0: [], 1: [1], 2: [2], 3: [2, 1]}
_POWERS = np.uint64(10) ** np.arange(20, dtype=np.uint64)


class _Piece:
    """What is copied at once: a word or a number with the constants at its sides."""

    def __init__(self, part: Coded | Digits | None, prefix: str = "") -> None:
        self.part, self.prefix, self.suffix = part, prefix, ""
        if isinstance(part, Digits):
            least, most = (len(str(int(end(part.values)))) if len(part.values) else 1 for end in (np.min, np.max))
            self.varies = max(least, part.width) < most  # ids of one block mostly have as many digits
            self.digits = max(most, part.width)

    @property
    def takes_suffix(self) -> bool:
        return not (isinstance(self.part, Digits) and self.varies)

    def lengths(self) -> int | Array:
        """Bytes in every row, or an int64 in each."""
        affixes = len((self.prefix + self.suffix).encode())
        if isinstance(self.part, Coded):
            lengths = self.part.table.lengths(self.prefix, self.suffix)
            same = len(lengths) and (lengths == lengths[0]).all()
            return int(lengths[0]) if same else lengths.take(self.part.codes)
        if self.part is None or not self.varies:
            return affixes + (self.digits if self.part is not None else 0)
        return affixes + self._own_digits

    def widest(self) -> int:
        if isinstance(self.part, Coded):
            return int(self.part.table.lengths(self.prefix, self.suffix).max(initial=0))
        return len((self.prefix + self.suffix).encode()) + (self.digits if self.part is not None else 0)

    @cached_property
    def _own_digits(self) -> Array:
        """How many digits each number is written with: int64."""
        assert isinstance(self.part, Digits)
        values = self.part.values.astype(np.uint64)
        digits = np.ones(len(values), np.int64)
        for power in _POWERS[1 : self.digits]:
            digits += values >= power
        return np.maximum(digits, self.part.width)

    def records(self, rows: slice, width: int) -> Array:
        """One record of `width` bytes for each of some rows: the text first, anything after it."""
        if isinstance(self.part, Coded):
            return self.part.table.padded(self.prefix, self.suffix, width).take(self.part.codes[rows])
        if self.part is None:
            return np.full(rows.stop - rows.start, np.frombuffer(self.prefix.encode().ljust(width, b"\0"), f"V{width}"))
        values = self.part.values[rows].astype(np.uint64)
        if self.varies:  # zeros after the number, to be overwritten, instead of before it
            values *= _POWERS.take(self.digits - self._own_digits[rows])
        elif self.digits <= 4 and width <= 16:
            return _numbers(self.digits, self.prefix, self.suffix, width).take(values.view(np.int64))
        return _digits(values, self.digits, self.prefix.encode(), self.suffix.encode(), width)


@lru_cache(maxsize=64)
def _numbers(digits: int, prefix: str, suffix: str, width: int) -> Array:
    """All numbers of so many digits with their constants: a record of `width` bytes each."""
    return _digits(np.arange(10**digits, dtype=np.uint64), digits, prefix.encode(), suffix.encode(), width)


def _digits(values: Array, digits: int, prefix: bytes, suffix: bytes, width: int) -> Array:
    """Numbers with leading zeros between two constants: a record of `width` bytes each."""
    sizes = [4] * (digits // 4) + _CHUNKS[digits % 4]
    names = [f"digits{i}" for i in range(len(sizes))]
    offsets = [len(prefix) + sum(sizes[:i]) for i in range(len(sizes))]
    kind: Any = {"names": names, "formats": [f"<u{size}" for size in sizes], "offsets": offsets, "itemsize": width}
    out: Any = np.empty(len(values), np.dtype(kind))
    if prefix or suffix:
        model = (prefix + b"0" * digits + suffix).ljust(width, b"\0")
        out.view(f"V{width}")[:] = np.frombuffer(model, f"V{width}")
    for name, size in zip(reversed(names), reversed(sizes), strict=True):
        if name == names[0]:
            out[name] = _digit_table(size).take(values.view(np.int64))
        else:
            quotient = values // np.uint64(10**size)
            out[name] = _digit_table(size).take((values - quotient * np.uint64(10**size)).view(np.int64))
            values = quotient
    return out.view(f"V{width}")


def _pieces(parts: Sequence[str | Coded | Digits]) -> list[_Piece]:
    """The parts with every constant put to the side of a word or a number, where there is one."""
    pieces: list[_Piece] = []
    waiting = ""
    for part in parts:
        if not isinstance(part, str):
            pieces.append(_Piece(part, waiting))
            waiting = ""
        elif pieces and not waiting and pieces[-1].takes_suffix:
            pieces[-1].suffix += part
        else:
            waiting += part
    return [*pieces, _Piece(None, waiting)] if waiting or not pieces else pieces


_FAST_WIDTHS = (4, 8, 16, 32)  # NumPy's take copies records of these widths several times faster than of others
_ROWS = 1 << 13  # spelled at a time: their records stay in the second-level cache


def spell(parts: Sequence[str | Coded | Digits], rows: int) -> pa.StringArray:
    """The parts of each row one after the other.

    >>> names = WordTable(pa.array(["Ann", "Bartholomew"]))
    >>> spell([Coded(names, np.array([1, 0])), "-", Digits(np.array([7, 12345]))], 2).to_pylist()
    ['Bartholomew-7', 'Ann-12345']
    """
    pieces = _pieces(parts)
    lengths = [piece.lengths() for piece in pieces]
    chunks = [slice(low, min(low + _ROWS, rows)) for low in range(0, rows, _ROWS)]
    same = [length for length in lengths if isinstance(length, int)]
    if len(same) == len(pieces):
        out = np.empty(rows, [(f"piece{i}", f"V{length}") for i, length in enumerate(same) if length])
        for i, (piece, size) in enumerate(zip(pieces, same, strict=True)):
            for chunk in chunks if size else ():
                out[f"piece{i}"][chunk] = piece.records(chunk, size)
        return _wrap(np.arange(rows + 1) * sum(same), out.view(np.uint8))
    widest = max(piece.widest() for piece in pieces)
    width = next((size for size in _FAST_WIDTHS if widest <= size), widest)
    begins = np.zeros(rows + 1, np.int64)
    np.cumsum(sum(lengths), out=begins[1:])
    total = int(begins[-1])
    buffer = np.empty(total + width, np.uint8)  # room for what the last record has too much
    anywhere = as_strided(buffer[:width].view(f"V{width}"), (total + 1,), (1,))  # a record may begin at any byte
    for chunk in chunks:
        count = chunk.stop - chunk.start
        places = np.empty((count, len(pieces)), np.int64)
        records = np.empty((count, len(pieces)), f"V{width}")
        place = begins[chunk]
        for i, (piece, length) in enumerate(zip(pieces, lengths, strict=True)):
            places[:, i] = place
            records[:, i] = piece.records(chunk, width)
            place = place + (length if isinstance(length, int) else length[chunk])
        anywhere[places.reshape(-1)] = records.reshape(-1)  # in order: each overwrites what the one before had too much
    return _wrap(begins, buffer[:total])


def _wrap(begins: Array, data: Array) -> pa.StringArray:
    if begins[-1] > np.iinfo(np.int32).max:
        raise ValueError(f"{begins[-1]:,} bytes of text in one block; make fewer rows at a time")
    return pa.StringArray.from_buffers(len(begins) - 1, pa.py_buffer(begins.astype(np.int32)), pa.py_buffer(data))


def join(parts: Sequence[Part], rows: int) -> pa.StringArray:
    """Like `spell`, with parts that are Arrow strings already.

    >>> join(["#", pa.array(["a", "bb"]), Digits(np.array([1, 22]))], 2).to_pylist()
    ['#a1', '#bb22']
    """
    runs: list[list[Part]] = []
    for part in parts:
        if isinstance(part, pa.Array) and part.type == pa.string_view():
            part = part.cast(pa.string())
        if runs and not isinstance(part, pa.Array) and not isinstance(runs[-1][-1], pa.Array):
            runs[-1].append(part)
        else:
            runs.append([part])
    columns = [run[0] if isinstance(run[0], pa.Array) else spell(run, rows) for run in runs]
    return columns[0] if len(columns) == 1 else pc.binary_join_element_wise(*columns, "")


def mailbox(words: pa.StringArray) -> pa.StringArray:
    """Words as they may stand in an e-mail address: ASCII letters and digits, lower case.

    >>> mailbox(pa.array(["O'Brien", "José"])).to_pylist()
    ['obrien', 'jose']
    """
    decomposed = pc.utf8_normalize(words, form="NFKD")
    return pc.utf8_lower(pc.replace_substring_regex(decomposed, "[^A-Za-z0-9]", ""))
