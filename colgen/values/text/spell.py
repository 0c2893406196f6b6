"""Text columns without a Python string.

The texts of a block lie one after the other in one buffer. Each part of a row (a word out of a list, up to four digits of a number,
each with the constants beside it) is a record of one width, longer than most words, out of one table for the whole column; the
records of all rows and parts are copied in order to where their text begins. What a record has too much is overwritten by the next
one, which begins where the word ends. That is one gather and one scatter of whole records by NumPy, some 5 ns a part, and the buffer
is an Arrow string array without a copy. (Arrow's own take and join need three times as long.) A number before a word out of a short list
is one part with it: the word has room for the digits before it, and they are laid over its record. Where every part has one width, the
records are simply laid side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from colgen.arrays import Array, anywhere, ranges
from colgen.values.text.digits import Digits, digit_groups, numbered_word
from colgen.values.text.words import Coded, WordBytes

TextPart: TypeAlias = str | Coded | Digits | pa.Array
Piece: TypeAlias = tuple[WordBytes, str, str]  # words, and the constants before and after each


@lru_cache(maxsize=64)
def _constant(text: str) -> WordBytes:
    return WordBytes(pa.array([text]))


def pieces(parts: Sequence[str | Coded | Digits], rows: int, numbered: bool = False) -> tuple[list[Piece], list[Array], dict[int, Array]]:
    """Every part as words with the constants at their sides, and the codes of each; constants alone are one word.

    numbered : whether a number and the word after it may be one piece: then the digits to be laid over some of the pieces, too
    """
    words: list[Coded] = []
    digits: dict[int, Array] = {}
    constants = [""]  # before each of the words, and after the last
    place = 0
    while place < len(parts):
        part = parts[place]
        place += 1
        if isinstance(part, str):
            constants[-1] += part
        elif numbered and isinstance(part, Digits) and (found := numbered_word(part, parts[place:])) is not None:
            if not words and constants[0]:  # the digits are laid over the very beginning of their word
                words.append(Coded(_constant(constants[0]), np.zeros(rows, np.int8)))
                constants = ["", ""]
            word, digits[len(words)], used = found
            words.append(word)
            constants.append("")
            place += used
        else:
            groups = digit_groups(part) if isinstance(part, Digits) else [part]
            words += groups
            constants += [""] * len(groups)
    if not words:
        return [(_constant(constants[0]), "", "")], [np.zeros(rows, np.int8)], {}
    found_pieces = [(word.table, "", constant) for word, constant in zip(words, constants[1:], strict=True)]
    found_pieces[0] = words[0].table, constants[0], constants[1]
    return found_pieces, [word.codes for word in words], digits


_FAST_WIDTHS = (16, 32)  # NumPy's take copies records of these widths several times faster than of others
_ROWS = 1 << 13  # spelled at a time
_RECORDS = 1 << 14  # of several pieces a row: they stay in the second-level cache


@lru_cache(maxsize=128)
def records_of(pieces: tuple[Piece, ...], width: int) -> tuple[Array, Array]:
    """Every word of every piece as a record of `width` bytes, zeros after its end; and how long each is, int64."""
    affixed = [table.affixed(prefix, suffix) for table, prefix, suffix in pieces]
    data, lengths = (np.concatenate(some) for some in zip(*affixed, strict=True))
    table = np.zeros((len(lengths), width), np.uint8)
    row = np.repeat(np.arange(len(lengths)), lengths)
    table[row, ranges(0, lengths)] = data
    return table.view(f"V{width}").reshape(-1), lengths


def spell(parts: Sequence[str | Coded | Digits], rows: int) -> pa.StringArray:
    """The parts of each row one after the other.

    >>> names = WordBytes(pa.array(["Ann", "Bartholomew"]))
    >>> spell([Coded(names, np.array([1, 0])), "-", Digits(np.array([7, 12345]))], 2).to_pylist()
    ['Bartholomew-7', 'Ann-12345']
    """
    if not rows:
        return pa.array([], pa.string())
    found, codes, digits = pieces(parts, rows, numbered=True)
    widths = [width for table, prefix, suffix in found if (width := table.width(prefix, suffix)) is not None]
    if len(widths) == len(found):
        return _side_by_side(found, codes, widths, rows)
    return _overlapping(found, codes, digits, rows)


def _chunks(rows: int, step: int) -> list[slice]:
    return [slice(low, min(low + step, rows)) for low in range(0, rows, step)]


def _side_by_side(pieces: list[Piece], codes: list[Array], widths: list[int], rows: int) -> pa.StringArray:
    chunks = _chunks(rows, _ROWS)
    out = np.empty(rows, [(f"piece{i}", f"V{width}") for i, width in enumerate(widths) if width])
    for i, (piece, code, width) in enumerate(zip(pieces, codes, widths, strict=True)):
        for chunk in chunks if width else ():
            out[f"piece{i}"][chunk] = records_of((piece,), width)[0].take(code[chunk])
    return wrapped(np.arange(0, rows * sum(widths) + 1, sum(widths)) if any(widths) else np.zeros(rows + 1, np.int64), out.view(np.uint8))


def _overlapping(pieces: list[Piece], codes: list[Array], digits: dict[int, Array], rows: int) -> pa.StringArray:
    lengths = [table.affixed(prefix, suffix)[1] for table, prefix, suffix in pieces]
    longest = [int(some.max()) for some in lengths]
    width = next((size for size in _FAST_WIDTHS if max(longest) <= size), -(-max(longest) // 8) * 8)
    records, sizes = records_of(tuple(pieces), width)
    firsts = np.cumsum([0, *map(len, lengths)])  # of each piece's words among all records
    buffer = np.empty(rows * sum(longest) + width, np.uint8)  # room for what the last record has too much
    records_anywhere = anywhere(buffer, width)
    begins, end = np.empty(rows + 1, np.int64), 0
    for chunk in _chunks(rows, _RECORDS // len(pieces) + 1):
        word = np.empty((chunk.stop - chunk.start, len(pieces)), np.int64)
        for i, (code, first) in enumerate(zip(codes, firsts[:-1], strict=True)):
            np.add(code[chunk], first, out=word[:, i])
        flat = word.reshape(-1)
        size = sizes.take(flat)
        place = np.cumsum(size)
        place += end
        end = int(place[-1])
        place -= size
        begins[chunk] = place[:: len(pieces)]
        found = records.take(flat)
        for i, letters in digits.items():
            found.view("<u8").reshape(*word.shape, -1)[:, i, 0] |= letters[chunk]
        records_anywhere[place] = found  # in order: each overwrites what the one before had too much
    begins[rows] = end
    del records_anywhere
    buffer.resize(end, refcheck=False)  # no view of it is left
    return wrapped(begins, buffer)


def wrapped(begins: Array, data: Array) -> pa.StringArray:
    if begins[-1] > np.iinfo(np.int32).max:
        raise ValueError(f"{begins[-1]:,} bytes of text in one block; make fewer rows at a time")
    return pa.StringArray.from_buffers(len(begins) - 1, pa.py_buffer(begins.astype(np.int32)), pa.py_buffer(data))
