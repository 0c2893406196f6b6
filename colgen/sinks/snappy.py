"""Snappy's stream of texts that are put together out of words and numbers, written from the parts they are made of.

A compressor looks for what a text repeats. Whoever put the text together knows: each row is some words of known lists and some digits. So
the first row in which a word comes is written in letters, and every other row copies the word from there, in five bytes. No text is spelled
but those first ones, and nothing is searched: a third to a half of what spelling and compressing take. Every reader of Snappy reads it as
fast as what a compressor writes. It is larger, names by 1.4 and e-mail addresses by 1.7 times, since a compressor finds what words have in
common, too, and needs three bytes for a copy of what is near.

https://github.com/google/snappy/blob/main/format_description.txt
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress, pairwise, takewhile

import numpy as np

from colgen.arrays import Array
from colgen.sinks import buffers
from colgen.sinks.encodings import Bytes
from colgen.sinks.thrift import varint
from colgen.text import Composed, Piece, pieces

_COPY, _COPY_SIZE, _LONGEST_COPY = 3, 5, 64  # the tag of one from anywhere before, its bytes, and the letters it can stand for
_SHORT = 7  # letters that go into 64 bits with the tag of their literal
_LONGEST_LITERAL = 60  # letters, of one that takes no more than a tag
_ROW, _ROW_HEAD, _LONGEST_ROW = 61 << 2, 3, 1 << 16  # the tag of a literal whose length follows in two bytes
_LARGEST = 1 << 25  # letters in all, if all words are the longest ones
_UNKNOWN = 1 << 61  # more than any place among them: of a word that has not come yet
_COPIED = 2 / 3  # of the letters at least, if all words come equally often: ascending numbers are better compressed
_ROWS_A_WORD = 4  # at least: its first row takes as long as many others
_ROWS = 1 << 14  # at a time: what is known of them stays in the second-level cache
_LOWER_HALF = (1 << 32) - 1


@dataclass(frozen=True)
class _Element:
    """How one piece of every row is written: a copy of a word, or up to seven letters.

    record : int64, one a word; its last bytes are what is written, of a copy less the place that it is from
    letters : how many each word has; None where their number differs from word to word
    advance : int64, one a word: its letters in the upper half; in the lower one those written whose number differs
    size : bytes written beside these
    """

    is_copy: bool
    record: Array
    letters: int | None
    advance: Array
    size: int


@dataclass(frozen=True)
class _Layout:
    """How a row is written.

    behind : how many of its bytes come behind each element; width : of a row and what its first element has too much, divisible by 8
    longest : letters of a row; words : that are copied
    """

    elements: Sequence[_Element]
    behind: Sequence[int]
    width: int
    longest: int
    words: int


@lru_cache(maxsize=64)
def _layout(row: tuple[Piece, ...]) -> _Layout | None:
    """How rows of some pieces are written; None where they cannot be, or where too little of them would be copied."""
    lengths = [table.affixed(prefix, suffix)[1] for table, prefix, suffix in row]
    limits = [(int(some.min()), int(some.max())) for some in lengths]
    # the number of letters may differ where a row begins: there they lie behind nothing that would have to give way
    copied = [most > _SHORT or (least < most and place > 0) for place, (least, most) in enumerate(limits)]
    mean, longest = [float(some.mean()) for some in lengths], sum(most for _, most in limits)
    if longest > _LONGEST_ROW or sum(compress(mean, copied)) < max(1, _COPIED * sum(mean)):
        return None
    elements: list[_Element] = []
    for place, (piece, some, (least, most)) in enumerate(zip(row, lengths, limits, strict=True)):
        letters = most if least == most else None
        if copied[place]:
            if least < 1 or most > _LONGEST_COPY:
                return None
            record = ((some - 1 << 2 | _COPY) << 64 - 8 * _COPY_SIZE) + _UNKNOWN
            elements.append(_Element(True, record, letters, some << 32, _COPY_SIZE))
        else:
            begins = not elements or elements[-1].is_copy
            following = sum(most for _, most in takewhile(lambda one: one[1] <= _SHORT and one[0] == one[1], limits[place + 1 :]))
            if most + following > _LONGEST_LITERAL:
                return None
            record = _letters(piece, following if begins else None)
            elements.append(_Element(False, record, letters, some << 32 | (some if letters is None else 0), begins + (letters or 0)))
    behind = np.cumsum([0, *(one.size for one in reversed(elements))])[-2::-1].tolist()
    return _Layout(elements, behind, -(-(behind[0] + 8) // 8) * 8, longest, sum(map(len, compress(lengths, copied))))


def _letters(piece: Piece, following: int | None) -> Array:
    """Short words as the last bytes of 64 bits, int64; behind the tag of a literal that so many letters follow in, unless that has begun."""
    table, prefix, suffix = piece
    data, lengths = table.affixed(prefix, suffix)
    records = np.zeros((len(lengths), 8), np.uint8)
    word = np.repeat(np.arange(len(lengths)), lengths)
    records[word, np.arange(len(data)) - np.repeat(np.cumsum(lengths), lengths)] = data
    if following is not None:
        records[np.arange(len(lengths)), _SHORT - lengths] = lengths + following - 1 << 2
    return records.view("<i8").reshape(-1)


def stream(before: Sequence[Bytes], letters: int, elements: Bytes) -> list[Bytes]:
    """A whole stream: some bytes as they are, and what elements make so many letters of."""
    size = sum(map(len, before))
    preamble = varint(size + letters)
    if size:
        digits = (max(size - 1, 60).bit_length() + 7) // 8
        preamble += bytes([59 + digits << 2]) + (size - 1).to_bytes(digits, "little")
    return [preamble, *before, elements]


def elements(text: Composed) -> tuple[Array, Bytes] | None:
    """How long each text is, int32, and the elements of a stream that become all their letters, wherever in a stream they stand.

    None where there is nothing to copy, or too many words for so few rows, or what comes behind a number is not always as far behind it.
    """
    row, codes, _ = pieces(text.parts, len(text))
    layout = _layout(tuple(row))
    if layout is None or layout.words * _ROWS_A_WORD > len(text) or layout.longest * len(text) > _LARGEST:
        return None
    rows = _Rows(layout, len(text))
    for low, end in pairwise([0, *range(_ROWS // 16, len(text), _ROWS), len(text)]):  # few at first: most of their words are new
        rows.add([some[low:end].astype(np.intp, copy=False) for some in codes], low)
    return rows.lengths, rows.ended(text)


class _Rows:
    """The rows of a text as elements, some thousand after the others.

    A row's elements are laid side by side, from the last to the first: each covers what the one behind it has too much before it. So are the
    rows.

    lengths : of the texts, int32
    """

    def __init__(self, layout: _Layout, rows: int) -> None:
        self._layout = layout
        self._records = [one.record.copy() if one.is_copy else one.record for one in layout.elements]
        self._missing = [len(one.record) if one.is_copy else 0 for one in layout.elements]  # words that have not come
        self._row_of_word = np.empty(max(len(one.record) for one in layout.elements), np.int64)
        self._size = sum(one.size + ((one.letters or 0) << 32) for one in layout.elements)
        self._laid = np.empty(_ROWS * layout.width, np.uint8)
        self._out = np.empty(layout.width + rows * layout.width + layout.words * (layout.longest + _ROW_HEAD), np.uint8)
        self._end = 0  # letters so far in the upper half, bytes written in the lower one
        self._written = 0
        self._in_letters: list[Array] = []
        self._ends_in_letters: list[Array] = []
        self.lengths = np.empty(rows, np.int32)

    def add(self, codes: Sequence[Array], low: int) -> None:
        """Some rows more, from row `low` on."""
        elements, width, count = self._layout.elements, self._layout.width, len(codes[0])
        advances = [one.advance.take(some) if one.letters is None else one.letters << 32 for one, some in zip(elements, codes, strict=True)]
        records = [known.take(some) for known, some in zip(self._records, codes, strict=True)]
        sizes = np.full(count, self._size)
        for one, advance in zip(elements, advances, strict=True):
            if one.letters is None:
                sizes += advance
        new = {place: self._new(place, codes[place], record) for place, record in enumerate(records) if self._missing[place]}
        if new:
            is_first = np.zeros(count, np.bool_)
            for _, rows, _ in new.values():
                is_first[rows] = True
            first = is_first.nonzero()[0]
            sizes[first] = (sizes.take(first) >> 32) * ((1 << 32) + 1) + _ROW_HEAD
        self.lengths[low : low + count] = sizes >> 32
        until = sizes.cumsum()
        until += self._end
        self._end = int(until[-1])
        ends = until & _LOWER_HALF
        until ^= ends
        for place in reversed(range(len(elements))):  # the last row first
            until -= advances[place]
            target = np.ndarray(count, np.int64, self._laid, count * width - self._layout.behind[place] - 8, (-width,))
            if place in new:
                unknown, rows, words = new[place]
                self._records[place][words] -= until.take(rows) + _UNKNOWN
                records[place][unknown] = self._records[place].take(codes[place].take(unknown))
            if elements[place].is_copy:
                np.add(records[place], until, out=target)
            else:
                target[:] = records[place]
        covered = self._out[self._written : self._written + width]  # by what the first row has too much before it
        before = covered.copy()
        _anywhere(self._out, width)[ends[::-1].copy()] = self._laid[: count * width].view(f"V{width}")
        covered[:] = before
        self._written = int(ends[-1])
        if new:
            self._in_letters.append(first + low)
            self._ends_in_letters.append(ends.take(first))

    def _new(self, place: int, codes: Array, records: Array) -> tuple[Array, Array, Array]:
        """The rows whose words had not come before these rows; of them, the first ones with each word; and their words."""
        unknown = (records >= _UNKNOWN).nonzero()[0]
        words = codes.take(unknown)
        self._row_of_word[words[::-1]] = unknown[::-1]
        is_first = self._row_of_word.take(words) == unknown
        rows = unknown.compress(is_first)
        self._missing[place] -= len(rows)
        return unknown, rows, words.compress(is_first)

    def ended(self, text: Composed) -> Bytes:
        """All elements, now with the texts in letters, each to where it ends."""
        rows, ahead = np.concatenate(self._in_letters), self._layout.width
        offsets, data = buffers.letters(text.take(rows).spelled)
        lengths = np.diff(offsets)
        begins = np.concatenate(self._ends_in_letters) + ahead - lengths
        for place, byte in enumerate((np.full(len(rows), _ROW), lengths - 1 & 0xFF, lengths - 1 >> 8)):
            self._out[begins - _ROW_HEAD + place] = byte
        _copy(np.frombuffer(data, np.uint8), offsets[:-1] - offsets[0], self._out, begins, lengths)
        self._out.resize(ahead + self._written, refcheck=False)
        return self._out[ahead:].data


def _copy(source: Array, froms: Array, target: Array, begins: Array, lengths: Array) -> None:
    """Some bytes from many places to as many others, up to eight at a time: the last ones of each may be some that are there already."""
    shortest = int(lengths.min())
    size = next(size for size in (8, 4, 2, 1) if size <= shortest)
    steps = lengths // size + 1
    which = np.repeat(np.arange(len(lengths)), steps)
    place = np.arange(len(which)) - (np.cumsum(steps) - steps).take(which)
    place = np.minimum(place * size, (lengths - size).take(which))
    _anywhere(target, size)[begins.take(which) + place] = _anywhere(source, size)[froms.take(which) + place]


def _anywhere(data: Array, size: int) -> Array:
    """Records of so many bytes that begin at any byte: a view, which overlaps itself."""
    return np.ndarray(len(data) - size + 1, f"V{size}", data, strides=(1,))
