"""Snappy's stream of texts that are put together out of words and numbers, written from the parts they are made of.

A compressor looks for what a text repeats. Whoever put the text together knows: each row is some words of known lists and some digits. So
the first row in which a word comes is written in letters, and every other row copies the word from there, in five bytes. No text is spelled
but those first ones, and nothing is searched: a third of the time that spelling and compressing take. Every reader of Snappy reads it, as
fast as what a compressor writes. It is larger, names of people 1.4 times and e-mail addresses 1.7 times, since a compressor finds what words
have in common, too, and needs three bytes for a copy of what is near. Where it would be much larger, texts are left to the compressor.

All rows take as many bytes, so each piece of them is written to a column of a matrix. A number of fewer digits has a literal with a longer
head; and a row in letters takes the place of two rows, or more, in literals with heads as long as need be.

https://github.com/google/snappy/blob/main/format_description.txt
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress, takewhile
from typing import Any

import numpy as np
import pyarrow as pa

from colgen.arrays import Array, anywhere, ranges
from colgen.formats.parquet.encodings import Bytes
from colgen.formats.parquet.thrift import varint
from colgen.values import arrow
from colgen.values.text.composed import Composed
from colgen.values.text.spell import Piece, pieces
from colgen.values.text.words import Coded

_COPY, _COPY_SIZE, _LONGEST_COPY = 3, 5, 64  # the tag of one from anywhere before, its bytes, and the letters it can stand for
_SHORT, _LONGEST_LITERAL = 7, 60  # letters: of a piece that is no word to be copied, and of a literal whose head is one byte
_LEAST_HEAD, _LONGEST_HEAD = 2, 5  # bytes of a literal's head: a tag, and the number of letters in up to four, however small it is
_LONGEST_ROW = 256  # letters, whose number goes into one byte
_LARGEST = 1 << 24  # letters in all, if all words are the longest ones: their places go into three bytes
_KNOWN = np.uint32(1)  # what the tag of a copy has more than that of a word which has not come yet
_ROWS_A_WORD = 4  # at least: its first row takes as long as many others
_DIFFERENT = 1 << 16  # rows there can be at least: a compressor finds whole ones among fewer
_COPIED = 2 / 3  # of the letters at least: ascending numbers are better compressed
_SMALLER = 5 / 6  # of the letters at most is what is written in bytes
_SAMPLE = 1 << 10  # rows
_ROWS = 1 << 15  # at a time: what is known of them stays in the second-level cache
_MOST_ROWS = 1 << 18  # of a page
_FEW = 128  # rows in letters among them: what lies between these is copied at once, which is faster than row by row


@dataclass(frozen=True)
class _Layout:
    """How rows are written, in as many bytes each.

    letters : of each piece, times 256: uint32, one a word, or one for all words
    template : uint8, (bytes,): a row, without what differs from row to row
    copies : of some pieces: where in a row, and a copy's first four bytes, uint32, one a word, of a word that has not come yet
    columns : of the others: which, where in a row, and what is written there, one a word
    longest : letters of a row; words : that are copied
    """

    letters: Sequence[Array | np.uint32]
    template: Array
    copies: Mapping[int, tuple[int, Array]]
    columns: Sequence[tuple[int, int, Array]]
    longest: int
    words: int


@lru_cache(maxsize=64)
def _layout(row: tuple[Piece, ...]) -> _Layout | None:
    """How rows of some pieces are written; None where they cannot be, have no word to be copied, or are too few different ones."""
    lengths = [table.affixed(prefix, suffix)[1] for table, prefix, suffix in row]
    limits = [(int(some.min()), int(some.max())) for some in lengths]
    is_copy = [not (most <= _SHORT and 0 < least > most - _LONGEST_HEAD) for least, most in limits]
    longest = sum(most for _, most in limits)
    if longest > _LONGEST_ROW or not any(is_copy) or math.prod(map(len, lengths)) < _DIFFERENT:
        return None
    template: list[int] = []
    copies: dict[int, tuple[int, Array]] = {}
    columns: list[tuple[int, int, Array]] = []
    for place, (piece, some, (least, most)) in enumerate(zip(row, lengths, limits, strict=True)):
        if is_copy[place]:
            if least < 1 or most > _LONGEST_COPY:
                return None
            copies[place] = len(template), (some - 1 << 2 | _COPY).astype(np.uint32) - _KNOWN
            template += [0] * _COPY_SIZE
            continue
        behind = takewhile(lambda other: not is_copy[other] and limits[other][0] == limits[other][1], range(place + 1, len(row)))
        following = sum(limits[other][0] for other in behind)  # letters of the same literal
        if most + following > _LONGEST_LITERAL:
            return None
        if least == most and (place == 0 or is_copy[place - 1]):
            template.append(most + following - 1 << 2)
        written = _letters(piece, most, None if least == most else following)
        columns += [(place, len(template) + at, what) for at, what in _columns(written)]
        template += [0] * written.shape[1]
    letters = [
        np.uint32(least << 8) if least == most else some.astype(np.uint32) << 8 for some, (least, most) in zip(lengths, limits, strict=True)
    ]
    return _Layout(letters, np.array(template, np.uint8), copies, columns, longest, sum(map(len, compress(lengths, is_copy))))


def _letters(piece: Piece, most: int, following: int | None) -> Array:
    """Short words as so many bytes: uint8, (words, bytes). If their lengths differ, after the head of a literal that so many letters follow in."""
    table, prefix, suffix = piece
    data, lengths = table.affixed(prefix, suffix)
    size = most + (following is not None)
    written = np.zeros((len(lengths), size), np.uint8)
    word = np.repeat(np.arange(len(lengths)), lengths)
    written[word, ranges(size - lengths, lengths)] = data
    if following is not None:
        letters, head = lengths + following - 1, size - lengths
        written[:, 0] = np.where(head == 1, letters, 58 + head) << 2
        longer = np.flatnonzero(head > 1)
        written[longer, 1] = letters[longer]
    return written


def _columns(written: Array) -> list[tuple[int, Array]]:
    """Some bytes of each word as whole numbers, which may overlap, and where each of these begins."""
    size = written.shape[1]
    width = next(width for width in (4, 2, 1) if width <= size)
    begins = [*range(0, size - width, width), size - width]
    return [(begin, np.ascontiguousarray(written[:, begin : begin + width]).view(f"<u{width}").reshape(-1)) for begin in begins]


def stream(before: Sequence[Bytes], letters: int, elements: Bytes) -> list[Bytes]:
    """A whole stream: some bytes as they are, and what elements make so many letters of."""
    size = sum(map(len, before))
    preamble = varint(size + letters)
    if size:
        digits = (max(size - 1, 60).bit_length() + 7) // 8
        preamble += bytes([59 + digits << 2]) + (size - 1).to_bytes(digits, "little")
    return [preamble, *before, elements]


def most_rows(text: Composed) -> int:
    """How many rows of a text are written at once, so that their letters are not too many for `elements`."""
    return max(1, min(_MOST_ROWS, _LARGEST // max(1, text.longest)))


def elements(text: Composed) -> tuple[Array, Bytes] | None:
    """How long each text is, int32, and the elements of a stream that become all their letters, wherever in a stream they stand.

    None where they had better be compressed: there are too few letters to be copied, or words that come again, or rows that differ. And where
    they cannot be written like this: the digits of a number differ by five or more, or a word has more than 64 letters.

    >>> from colgen.values.text.words import Coded, WordBytes
    >>> names = WordBytes(pa.array([f"Bartholomew {number}" for number in range(256)]))
    >>> codes = np.arange(4096) % 256
    >>> lengths, found = elements(Composed([Coded(names, codes), " and ", Coded(names, codes[::-1])], 4096))
    >>> int(lengths.sum()), len(found)
    (139840, 48640)
    >>> pa.Codec("snappy").decompress(b"".join(stream([b"> "], 139840, found)), 139842).to_pybytes()[:35]
    b'> Bartholomew 0 and Bartholomew 255'
    """
    if not any(isinstance(part, Coded) for part in text.parts):
        return None
    row, codes, _ = pieces(text.parts, len(text))
    layout = _layout(tuple(row))
    if layout is None or layout.words * _ROWS_A_WORD > len(text) or layout.longest * len(text) > _LARGEST or not _pays(layout, codes):
        return None
    rows, low = _Rows(layout, len(text)), 0
    while low < len(text):
        end = min(len(text), low + (_ROWS if low else _ROWS // 32))  # few at first: most of their words are new
        rows.add([some[low:end].astype(np.intp, copy=False) for some in codes], low)
        low = end
    return rows.lengths, rows.ended(text)


def _pays(layout: _Layout, codes: Sequence[Array]) -> bool:
    """Whether enough is copied, going by rows from all over a text."""
    letters = [
        float(np.mean(some.take(code[:: -(-len(code) // _SAMPLE)]))) if isinstance(some, np.ndarray) else float(some)
        for some, code in zip(layout.letters, codes, strict=True)
    ]
    copied = sum(letters[piece] for piece in layout.copies)
    return copied >= _COPIED * sum(letters) and 256 * len(layout.template) <= _SMALLER * sum(letters)


class _Rows:
    """The rows of a text as elements, some thousand after the others.

    lengths : of the texts, int32
    """

    def __init__(self, layout: _Layout, rows: int) -> None:
        self._layout, self._size = layout, len(layout.template)
        self._copies = {piece: record.copy() for piece, (_, record) in layout.copies.items()}
        self._missing = {piece: len(record) for piece, record in self._copies.items()}  # words that have not come
        self._row_of_word = np.empty(max(self._missing.values()), np.int64)
        self._laid = np.tile(layout.template, min(rows, _ROWS))  # of each row the columns that differ are written anew
        more = layout.words * -(-layout.longest // self._size)
        self._out = np.empty((rows + more) * self._size, np.uint8)
        self._letters, self._units = np.uint32(0), 0  # so far: letters, times 256, and units of as many bytes as a row takes
        self._in_letters: list[Array] = []
        self.lengths = np.empty(rows, np.int32)

    def add(self, codes: Sequence[Array], low: int) -> None:
        """Some rows more, from row `low` on."""
        count = len(codes[0])
        letters = [
            some.take(code) if isinstance(some, np.ndarray) else some for some, code in zip(self._layout.letters, codes, strict=True)
        ]
        lengths = np.zeros(count, np.uint32)
        for some in letters:
            lengths += some
        self.lengths[low : low + count] = lengths >> 8
        until = lengths.cumsum(dtype=np.uint32)
        until += self._letters
        self._letters = until[-1]
        is_first = np.zeros(count, np.bool_)
        for piece in reversed(range(len(codes))):
            until -= letters[piece]
            if piece in self._copies:
                begin, _ = self._layout.copies[piece]
                record = self._copies[piece].take(codes[piece])
                if self._missing[piece]:
                    self._meet(piece, codes[piece], record, until, is_first)
                np.add(record, until, out=self._column(begin, np.dtype("<u4"), count))
        for piece, begin, written in self._layout.columns:
            self._column(begin, written.dtype, count)[:] = written.take(codes[piece])
        self._lay(is_first, low)

    def _column(self, begin: int, kind: np.dtype[Any], count: int) -> Array:
        return np.ndarray(count, kind, self._laid, begin, (self._size,))

    def _meet(self, piece: int, codes: Array, record: Array, begins: Array, is_first: Array) -> None:
        """Takes note of words that come for the first time, and of the rows in which they do."""
        unknown = ((record & _KNOWN) == 0).nonzero()[0]
        words = codes.take(unknown)
        self._row_of_word[words[::-1]] = unknown[::-1]
        new = self._row_of_word.take(words) == unknown
        rows, known = unknown.compress(new), self._copies[piece]
        known[words.compress(new)] += _KNOWN - begins.take(rows)
        record[unknown] = known.take(words)
        is_first[rows] = True
        self._missing[piece] -= len(rows)

    def _lay(self, is_first: Array, low: int) -> None:
        """The rows that are laid out, one after the other; the first ones with a word with room for their letters."""
        count, kind = len(is_first), f"V{self._size}"
        rows, first = self._laid[: count * self._size].view(kind), is_first.nonzero()[0]
        units = -(-(self.lengths[low + first] + _LEAST_HEAD) // self._size)
        end = self._units + count + int(units.sum()) - len(first)
        out = self._out[self._units * self._size : end * self._size].view(kind)
        if len(first) > _FEW:
            times = np.ones(count, np.int64)
            times[first] = units
            rows.take(np.repeat(np.arange(count), times), out=out, mode="clip")
        else:
            at = done = 0
            for row, many in zip([*first.tolist(), count], [*units.tolist(), 0], strict=True):  # those between two first ones at once
                out[at : at + row - done] = rows[done:row]
                at, done = at + row - done + many, row + 1
        self._in_letters.append(first + low)
        self._units = end

    def ended(self, text: Composed) -> Bytes:
        """All elements, now with the texts in letters."""
        rows, size = np.concatenate(self._in_letters), self._size
        literals, units = _literals(text.take(rows).spelled, size)
        begins = rows - np.arange(len(rows)) + np.cumsum(units) - units  # after the others before, and those in letters
        self._out.view(f"V{size}")[ranges(begins, units)] = literals.view(f"V{size}")
        self._out.resize(self._units * size, refcheck=False)
        return self._out.data


def _literals(texts: pa.StringArray, size: int) -> tuple[Array, Array]:
    """Texts as literals that take as few units of so many bytes as have room for them, uint8; and how many units each takes.

    What is left is filled with heads of up to five bytes: before the first letters one by one, if need be, and before all others.
    """
    offsets, data = arrow.letters(texts)
    letters, begins, lengths = np.frombuffer(data, np.uint8), offsets[:-1].astype(np.int64) - offsets[0], np.diff(offsets)
    units = -(-(lengths + _LEAST_HEAD) // size)
    out, ends = np.zeros(int(units.sum()) * size, np.uint8), np.cumsum(units) * size
    at = ends - units * size
    alone = -(-(units * size - lengths) // _LONGEST_HEAD) - 1  # letters that have a literal each
    head = units * size - lengths - _LONGEST_HEAD * alone
    is_short = head < _LEAST_HEAD
    head += is_short
    for number in range(int(alone.max())):
        some = np.flatnonzero(alone > number)
        before = _LONGEST_HEAD - (is_short.take(some) if number == 0 else 0)
        where = at.take(some)
        out[where] = 58 + before << 2
        out[where + before] = letters.take(begins.take(some) + number)
        at[some] += before + 1
    out[at] = 58 + head << 2
    out[at + 1] = lengths - alone - 1
    _copy(letters, begins + alone, out, at + head, lengths - alone)
    return out, units


def _copy(source: Array, froms: Array, target: Array, begins: Array, lengths: Array) -> None:
    """Some bytes from many places to as many others, up to eight at a time: the last ones of each may be some that are there already."""
    shortest = int(lengths.min())
    size = next(size for size in (8, 4, 2, 1) if size <= shortest)
    steps = lengths // size + 1
    which = np.repeat(np.arange(len(lengths)), steps)
    place = np.minimum(ranges(0, steps) * size, (lengths - size).take(which))
    anywhere(target, size)[begins.take(which) + place] = anywhere(source, size)[froms.take(which) + place]
