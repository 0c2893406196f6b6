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
from functools import cache
from typing import TypeAlias

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
_POWERS = 10 ** np.arange(19)


class _Piece:
    """What is copied at once: a word or a number with the constants at its sides."""

    def __init__(self, part: Coded | Digits | None, prefix: str = "") -> None:
        self.part, self.prefix, self.suffix = part, prefix, ""
        if isinstance(part, Digits):
            top = int(part.values.max()) if len(part.values) else 0
            needed = len(str(top))
            self.varies = not part.width or needed > part.width
            self.digits = max(needed, part.width)

    @property
    def takes_suffix(self) -> bool:
        return not (isinstance(self.part, Digits) and self.varies)

    def lengths(self) -> int | Array:
        """Bytes in each row, or in every row."""
        affixes = len((self.prefix + self.suffix).encode())
        if self.part is None:
            return affixes
        if isinstance(self.part, Coded):
            lengths = self.part.table.lengths(self.prefix, self.suffix)
            same = len(lengths) and (lengths == lengths[0]).all()
            return int(lengths[0]) if same else lengths.take(self.part.codes)
        if not self.varies:
            return affixes + self.digits
        return affixes + np.maximum(self._own_digits(), self.part.width)

    def widest(self) -> int:
        if isinstance(self.part, Coded):
            return int(self.part.table.lengths(self.prefix, self.suffix).max(initial=0))
        return len((self.prefix + self.suffix).encode()) + (self.digits if self.part is not None else 0)

    def _own_digits(self) -> Array:
        values = self.part.values  # type: ignore[union-attr]
        digits = np.ones(len(values), np.int64)
        for power in _POWERS[1 : self.digits]:
            digits += values >= power
        return digits

    def records(self, rows: int, width: int) -> Array:
        """One record of `width` bytes a row: the text first, anything after it."""
        if isinstance(self.part, Coded):
            return self.part.table.padded(self.prefix, self.suffix, width).take(self.part.codes)
        prefix, suffix = self.prefix.encode(), self.suffix.encode()
        if self.part is None:
            return np.frombuffer(prefix.ljust(width, b"\0") * rows, f"V{width}")
        values = self.part.values
        if self.varies:  # zeros after the number, to be overwritten, instead of before it
            values = values * _POWERS[self.digits - np.maximum(self._own_digits(), self.part.width)]
        sizes = [4] * (self.digits // 4) + _CHUNKS[self.digits % 4]
        names = [f"digits{i}" for i in range(len(sizes))]
        ends = len(prefix) + np.cumsum(sizes)
        out = np.empty(
            rows,
            np.dtype(
                {
                    "names": names,
                    "formats": [f"<u{s}" for s in sizes],
                    "offsets": [int(e) - s for e, s in zip(ends, sizes, strict=True)],
                    "itemsize": width,
                }
            ),
        )
        if prefix or suffix:
            out.view(np.uint8).reshape(rows, width)[:] = np.frombuffer((prefix + b"0" * self.digits + suffix).ljust(width, b"\0"), np.uint8)
        for name, size in zip(reversed(names), reversed(sizes), strict=True):
            if name == names[0]:
                out[name] = _digit_table(size).take(values)
            else:
                quotient = values // 10**size
                out[name] = _digit_table(size).take(values - quotient * 10**size)
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


def spell(parts: Sequence[str | Coded | Digits], rows: int) -> pa.StringArray:
    """The parts of each row one after the other.

    >>> names = WordTable(pa.array(["Ann", "Bartholomew"]))
    >>> spell([Coded(names, np.array([1, 0])), "-", Digits(np.array([7, 12345]))], 2).to_pylist()
    ['Bartholomew-7', 'Ann-12345']
    """
    pieces = _pieces(parts)
    lengths = [piece.lengths() for piece in pieces]
    if all(isinstance(length, int) for length in lengths):
        out = np.empty(rows, [(f"piece{i}", f"V{length}") for i, length in enumerate(lengths) if length])
        for i, (piece, length) in enumerate(zip(pieces, lengths, strict=True)):
            if length:
                out[f"piece{i}"] = piece.records(rows, length)  # type: ignore[arg-type]
        return _wrap(np.arange(rows + 1) * sum(lengths), out.view(np.uint8))
    width = -(-max(piece.widest() for piece in pieces) // 8) * 8
    sizes = np.empty((rows, len(pieces)), np.int64)
    records = np.empty((rows, len(pieces)), f"V{width}")
    for i, piece in enumerate(pieces):
        sizes[:, i] = lengths[i]
        records[:, i] = piece.records(rows, width)
    ends = np.cumsum(sizes.reshape(-1))
    total = int(ends[-1]) if rows else 0
    buffer = np.empty(total + width, np.uint8)  # room for what the last record has too much
    anywhere = as_strided(buffer[:width].view(f"V{width}"), (total + 1,), (1,))  # a record may begin at any byte
    anywhere[ends - sizes.reshape(-1)] = records.reshape(-1)  # in order: each overwrites what the one before had too much
    begins = np.zeros(rows + 1, np.int64)
    begins[1:] = ends[len(pieces) - 1 :: len(pieces)]
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
