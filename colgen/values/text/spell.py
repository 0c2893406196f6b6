"""Spells columns of text without creating a Python string.

The texts of a block are written one after the other into a single buffer. Each piece of a text (a word from a list, or up to four digits of
a number, with the constants beside it) is copied as a record of fixed width, at least as long as the longest word, from one table for the
whole column. Records are copied in order to where their text begins; the bytes that a record has beyond the end of its word are overwritten
by the next record, which begins there. This takes NumPy one gather and one scatter of whole records, about 5 ns per piece, and the buffer
becomes an Arrow string array without a copy. (Arrow's own take and join take three times as long.)

A number followed by a word from a short list is a single piece: the list is kept with room for the digits before each word, and the
digits are written over the beginning of the record. Where all words of every piece have the same width, the records are simply placed side
by side.

Parquet stores texts one after the other too, each after its length. `spell_with_lengths` leaves room for the length in the first record
of a text and writes it there, so that its buffer is the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from colgen.arrays import Array, anywhere, chunks, ranges
from colgen.values.text.digits import Digits, digit_groups, numbered_word
from colgen.values.text.words import Coded, WordBytes

TextPart: TypeAlias = str | Coded | Digits | pa.Array
Piece: TypeAlias = tuple[WordBytes, str, str]
"""A list of words, and the constants before and after each word."""


@lru_cache(maxsize=64)
def _constant(text: str) -> WordBytes:
    return WordBytes(pa.array([text]))


def _pieces(parts: Sequence[str | Coded | Digits], rows: int) -> tuple[list[Piece], list[Array], dict[int, Array]]:
    """The parts of a text as pieces: lists of words with the constants beside them.

    Returns the pieces, the codes of each, and by the position of a piece the digits to be written over it. A text of
    constants alone is one piece with a single word.
    """
    words: list[Coded] = []
    digits: dict[int, Array] = {}
    constants = [""]  # before each word, and after the last one
    position = 0
    while position < len(parts):
        part = parts[position]
        position += 1
        if isinstance(part, str):
            constants[-1] += part
        elif isinstance(part, Digits) and (combined := numbered_word(part, parts[position:])) is not None:
            if not words and constants[0]:  # the digits are written over the first bytes of a piece, so no constant may precede them
                words.append(Coded(_constant(constants[0]), np.zeros(rows, np.int8)))
                constants = ["", ""]
            word, digits[len(words)], used = combined
            words.append(word)
            constants.append("")
            position += used
        else:
            groups = digit_groups(part) if isinstance(part, Digits) else [part]
            words += groups
            constants += [""] * len(groups)
    if not words:
        return [(_constant(constants[0]), "", "")], [np.zeros(rows, np.int8)], {}
    result = [(word.table, "", constant) for word, constant in zip(words, constants[1:], strict=True)]
    result[0] = words[0].table, constants[0], constants[1]
    return result, [word.codes for word in words], digits


_FAST_WIDTHS = (16, 32)  # NumPy's take copies records of these widths several times faster than others
_ROWS = 1 << 13  # spelled at a time
_RECORDS = 1 << 14  # spelled at a time where a row has several: they stay in the second-level cache


@lru_cache(maxsize=128)
def records_of(pieces: tuple[Piece, ...], width: int) -> tuple[Array, Array]:
    """Every word of every piece as a record of `width` bytes, padded with zeros; and the length of each word, int64."""
    affixed = [table.affixed(prefix, suffix) for table, prefix, suffix in pieces]
    data, lengths = (np.concatenate(arrays) for arrays in zip(*affixed, strict=True))
    table = np.zeros((len(lengths), width), np.uint8)
    row = np.repeat(np.arange(len(lengths)), lengths)
    table[row, ranges(0, lengths)] = data
    return table.view(f"V{width}").reshape(-1), lengths


def spell(parts: Sequence[str | Coded | Digits], rows: int) -> pa.StringArray:
    """The texts of all rows, in each of which the parts follow one another.

    parts : constants, words from lists, and numbers
    rows : the number of texts

    Raises ValueError for negative numbers, and if the texts have more than 2 GB together.

    >>> names = WordBytes(pa.array(["Ann", "Bartholomew"]))
    >>> spell([Coded(names, np.array([1, 0])), "-", Digits(np.array([7, 12345]))], 2).to_pylist()
    ['Bartholomew-7', 'Ann-12345']
    """
    begins, letters = _spelled(parts, rows, "")
    return wrapped(begins, letters)


def spell_with_lengths(parts: Sequence[str | Coded | Digits], rows: int) -> tuple[Array, Array]:
    """The texts of all rows, each after its length in four bytes, the lowest first: as Parquet's PLAIN encoding has them.

    parts, rows : as `spell` takes them

    Returns where each length begins and the last text ends (int64, rows + 1), and the bytes (uint8). Raises ValueError for negative numbers.

    >>> names = WordBytes(pa.array(["Ann", "Bartholomew"]))
    >>> begins, data = spell_with_lengths([Coded(names, np.array([1, 0])), "!"], 2)
    >>> begins.tolist(), bytes(data)
    ([0, 16, 24], b'\\x0c\\x00\\x00\\x00Bartholomew!\\x04\\x00\\x00\\x00Ann!')
    """
    begins, data = _spelled(parts, rows, _LENGTH)
    return begins, data


_LENGTH = "\0" * 4  # room for the length of a text


def _spelled(parts: Sequence[str | Coded | Digits], rows: int, room: str) -> tuple[Array, Array]:
    """The bytes of all texts (uint8), and where each begins and the last one ends (int64).

    room : what precedes each text: nothing, or `_LENGTH`, over which its length is written
    """
    if not rows:
        return np.zeros(1, np.int64), np.empty(0, np.uint8)
    words, codes, digits = _pieces(parts, rows)
    table, prefix, suffix = words[0]
    words[0] = table, room + prefix, suffix
    widths = [width for table, prefix, suffix in words if (width := table.width(prefix, suffix)) is not None]
    if len(widths) == len(words):
        return _side_by_side(words, codes, widths, rows, len(room))
    return _overlapping(words, codes, digits, rows, len(room))


def _side_by_side(pieces: list[Piece], codes: list[Array], widths: list[int], rows: int, room: int) -> tuple[Array, Array]:
    size = sum(widths)
    out = np.empty(rows, [(f"piece{i}", f"V{width}") for i, width in enumerate(widths) if width])
    for i, (piece, code, width) in enumerate(zip(pieces, codes, widths, strict=True)):
        for chunk in chunks(rows, _ROWS) if width else ():
            out[f"piece{i}"][chunk] = records_of((piece,), width)[0].take(code[chunk])
    if room:
        np.ndarray(rows, "<u4", out, 0, (size,))[:] = size - room
    return np.arange(rows + 1) * size, out.view(np.uint8) if size else np.empty(0, np.uint8)


def _overlapping(pieces: list[Piece], codes: list[Array], digits: dict[int, Array], rows: int, room: int) -> tuple[Array, Array]:
    lengths = [table.affixed(prefix, suffix)[1] for table, prefix, suffix in pieces]
    longest = [int(piece_lengths.max()) for piece_lengths in lengths]
    width = next((size for size in _FAST_WIDTHS if max(longest) <= size), -(-max(longest) // 8) * 8)
    records, sizes = records_of(tuple(pieces), width)
    first_records = np.cumsum([0, *map(len, lengths)])  # the first record of each piece
    buffer = np.empty(rows * sum(longest) + width, np.uint8)  # with room for the padding of the last record
    records_anywhere = anywhere(buffer, width)
    begins, end = np.empty(rows + 1, np.int64), 0
    for chunk in chunks(rows, _RECORDS // len(pieces) + 1):
        record = np.empty((chunk.stop - chunk.start, len(pieces)), np.int64)
        for i, (code, first_record) in enumerate(zip(codes, first_records[:-1], strict=True)):
            np.add(code[chunk], first_record, out=record[:, i])
        flat = record.reshape(-1)
        size = sizes.take(flat)
        position = np.cumsum(size)
        position += end
        end = int(position[-1])
        position -= size
        begins[chunk], begins[chunk.stop] = position[:: len(pieces)], end
        copies = records.take(flat)
        step = width * len(pieces)
        for i, letters in digits.items():
            np.ndarray(len(record), "<u8", copies, i * width + (room if i == 0 else 0), (step,))[:] |= letters[chunk]
        if room:
            np.ndarray(len(record), "<u4", copies, 0, (step,))[:] = np.diff(begins[chunk.start : chunk.stop + 1]) - room
        records_anywhere[position] = copies  # in order: each record overwrites the padding of the one before
    del records_anywhere
    buffer.resize(end, refcheck=False)  # no view of it is left
    return begins, buffer


def wrapped(begins: Array, data: Array) -> pa.StringArray:
    """A string array over its bytes. Raises ValueError if there are more than Arrow's 32-bit offsets can address.

    begins : where each text begins and the last one ends, int64
    data : the bytes, uint8
    """
    if begins[-1] > np.iinfo(np.int32).max:
        raise ValueError(f"{begins[-1]:,} bytes of text in one block; generate fewer rows at a time")
    return pa.StringArray.from_buffers(len(begins) - 1, pa.py_buffer(begins.astype(np.int32)), pa.py_buffer(data))
