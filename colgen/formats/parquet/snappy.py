"""Snappy's stream of texts that are put together out of words and numbers, written from the parts they are made of.

A compressor looks for what a text repeats. Whoever put the text together knows: each row is some words of known lists and some digits. So
the first row in which a word comes is written in letters, and every other row copies the word from there, in five bytes. No text is spelled
but those first ones, and nothing is searched: a third of the time that spelling and compressing take. Every reader of Snappy reads it, as
fast as what a compressor writes. It is larger, names of people 1.4 times and e-mail addresses 1.7 times, since a compressor finds what words
have in common, too, and needs three bytes for a copy of what is near. Where it would be much larger, texts are left to the compressor.

All rows that are not in letters take as many bytes, so each piece of them is written to a column of a matrix. A number of fewer digits makes up
for them with more literals, of one digit each; where even that is not enough, the row is written in letters. Every literal has the shortest head
that its length allows: some decoders look for the four bytes that a longer head may have, and refuse a stream that ends before.

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

from colgen.arrays import Array, anywhere, ranges
from colgen.formats.parquet.encodings import Bytes
from colgen.formats.parquet.thrift import varint
from colgen.values import arrow
from colgen.values.text.composed import Composed
from colgen.values.text.spell import Piece, pieces
from colgen.values.text.words import Coded

_COPY, _COPY_SIZE, _LONGEST_COPY = 3, 5, 64  # the tag of one from anywhere before, its bytes, and the letters it can stand for
_SHORT, _LONGEST_LITERAL = 7, 60  # letters: of a piece that is no word to be copied, and of a literal whose head is one byte
_LEAST_VARYING = 5  # how many fewer letters than the longest a word may not have, to be a piece of varying length
_LONGEST_ROW = 256  # letters, whose number goes into one byte
_LONGEST_HEAD = 2  # bytes, before the letters of a row
_LARGEST = 1 << 24  # letters in all, if all words are the longest ones: their places go into three bytes
_KNOWN = np.uint32(1)  # what the tag of a copy has more than that of a word which has not come yet
_FEW_WORDS = 1 << 10  # of different lengths, to be copied however short they are: they are soon all there
_SHORT_ROWS = 8  # at most one row in so many is written in letters since its number has too few digits
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
    short : of some of these: the words with too few letters, for which a row is written in letters: bool, one a word
    longest : letters of a row; words : that are copied
    """

    letters: Sequence[Array | np.uint32]
    template: Array
    copies: Mapping[int, tuple[int, Array]]
    columns: Sequence[tuple[int, int, Array]]
    short: Mapping[int, Array]
    longest: int
    words: int


@lru_cache(maxsize=64)
def _layout(row: tuple[Piece, ...]) -> _Layout | None:
    """How rows of some pieces are written; None where they cannot be, have no word to be copied, or are too few different ones."""
    lengths = [table.affixed(prefix, suffix)[1] for table, prefix, suffix in row]
    limits = [(int(some.min()), int(some.max())) for some in lengths]
    is_copy = [
        not (most <= _SHORT and 0 < least > most - _LEAST_VARYING)
        or (least < min(most, _fewest_letters(most, 0)) and len(words) <= _FEW_WORDS)
        for words, (least, most) in zip(lengths, limits, strict=True)
    ]
    longest = sum(most for _, most in limits)
    if longest > _LONGEST_ROW or not any(is_copy) or math.prod(map(len, lengths)) < _DIFFERENT:
        return None
    template: list[int] = []
    copies: dict[int, tuple[int, Array]] = {}
    columns: list[tuple[int, int, Array]] = []
    short: dict[int, Array] = {}
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
        fewest = _fewest_letters(most, following)
        if least < min(fewest, most):
            short[place] = some < fewest
        written = _letters(piece) if least == most else _literals(piece, most, following)
        columns += [(place, len(template) + at, what) for at, what in _columns(written)]
        template += [0] * written.shape[1]
    letters = [
        np.uint32(least << 8) if least == most else some.astype(np.uint32) << 8 for some, (least, most) in zip(lengths, limits, strict=True)
    ]
    return _Layout(letters, np.array(template, np.uint8), copies, columns, short, longest, sum(map(len, compress(lengths, is_copy))))


def _fewest_letters(most: int, following: int) -> int:
    """How many letters a piece needs, to take as many bytes as one of `most` letters: with every letter less, it has a literal more.

    A literal has a letter at least; the last one has those that follow, too.
    """
    return (most + (following == 0) + 1) // 2


def _letters(piece: Piece) -> Array:
    """Words of one length: uint8, (words, letters)."""
    table, prefix, suffix = piece
    data, lengths = table.affixed(prefix, suffix)
    return data.reshape(len(lengths), -1)


def _literals(piece: Piece, most: int, following: int) -> Array:
    """Short words of different lengths as literals, in whose last one so many letters follow: uint8, (words, most + 1)."""
    table, prefix, suffix = piece
    data, lengths = table.affixed(prefix, suffix)
    begins = np.cumsum(lengths) - lengths
    written = np.zeros((len(lengths), most + 1), np.uint8)
    for count in range(_fewest_letters(most, following), most + 1):
        words = np.flatnonzero(lengths == count)
        letters = data[begins.take(words)[:, None] + np.arange(count)]
        alone = most - count  # letters that have a literal each
        for letter in range(alone):
            written[words, 2 * letter + 1] = letters[:, letter]  # after a head of zero: one letter
        written[words, 2 * alone] = count - alone + following - 1 << 2
        written[words[:, None], np.arange(2 * alone + 1, most + 1)] = letters[:, alone:]
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
    if 0 < size <= _LONGEST_LITERAL:
        preamble += bytes([size - 1 << 2])
    elif size:
        digits = ((size - 1).bit_length() + 7) // 8
        preamble += bytes([59 + digits << 2]) + (size - 1).to_bytes(digits, "little")
    return [preamble, *before, elements]


def most_rows(text: Composed) -> int:
    """How many rows of a text are written at once, so that their letters are not too many for `elements`."""
    return max(1, min(_MOST_ROWS, _LARGEST // max(1, text.longest)))


def elements(text: Composed) -> tuple[Array, Bytes] | None:
    """How long each text is, int32, and the elements of a stream that become all their letters, wherever in a stream they stand.

    None where they had better be compressed: there are too few letters to be copied, or words that come again, or rows that differ. And where
    they cannot be written like this: the digits of a number differ by five or more, or a word has more than 64 letters.

    >>> import pyarrow as pa
    >>> from colgen.values.text.words import Coded, WordBytes
    >>> names = WordBytes(pa.array([f"Bartholomew {number}" for number in range(256)]))
    >>> codes = np.arange(4096) % 256
    >>> lengths, found = elements(Composed([Coded(names, codes), " and ", Coded(names, codes[::-1])], 4096))
    >>> int(lengths.sum()), len(found)
    (139840, 47396)
    >>> pa.Codec("snappy").decompress(b"".join(stream([b"> "], 139840, found)), 139842).to_pybytes()[:35]
    b'> Bartholomew 0 and Bartholomew 255'
    """
    if not any(isinstance(part, Coded) for part in text.parts):
        return None
    row, codes, _ = pieces(text.parts, len(text))
    layout = _layout(tuple(row))
    if layout is None or layout.words * _ROWS_A_WORD > len(text) or layout.longest * len(text) > _LARGEST or not _pays(layout, codes):
        return None
    short = _short_rows(layout, codes)
    short_rows = int(np.count_nonzero(short))
    if _SHORT_ROWS * short_rows > len(text):
        return None
    rows, low = _Rows(layout, len(text), short_rows), 0
    while low < len(text):
        end = min(len(text), low + (_ROWS if low else _ROWS // 32))  # few at first: most of their words are new
        rows.add([some[low:end].astype(np.intp, copy=False) for some in codes], short[low:end], low)
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


def _short_rows(layout: _Layout, codes: Sequence[Array]) -> Array:
    """The rows in which a piece has too few letters: bool."""
    is_short = np.zeros(len(codes[0]), np.bool_)
    for piece, words in layout.short.items():
        is_short |= words.take(codes[piece])
    return is_short


class _Rows:
    """The rows of a text as elements, some thousand after the others.

    lengths : of the texts, int32
    """

    def __init__(self, layout: _Layout, rows: int, short_rows: int) -> None:
        self._layout, self._size = layout, len(layout.template)
        self._copies = {piece: record.copy() for piece, (_, record) in layout.copies.items()}
        self._missing = {piece: len(record) for piece, record in self._copies.items()}  # words that have not come
        self._row_of_word = np.empty(max(self._missing.values()), np.int64)
        self._laid = np.tile(layout.template, min(rows, _ROWS))  # of each row the columns that differ are written anew
        in_letters = (layout.words + short_rows) * (layout.longest + _LONGEST_HEAD)
        self._out = np.empty((rows + 1) * self._size + in_letters, np.uint8)
        self._letters, self._end = np.uint32(0), 0  # so far: letters, times 256, and bytes
        self._in_letters: list[Array] = []  # rows
        self._places: list[Array] = []  # where they begin
        self.lengths = np.empty(rows, np.int32)

    def add(self, codes: Sequence[Array], is_short: Array, low: int) -> None:
        """Some rows more, from row `low` on; those that are short are written in letters."""
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
        in_letters = is_short.copy()
        for piece in reversed(range(len(codes))):
            until -= letters[piece]
            if piece in self._copies:
                begin, _ = self._layout.copies[piece]
                record = self._copies[piece].take(codes[piece])
                if self._missing[piece]:
                    self._meet(piece, codes[piece], record, until, in_letters)
                np.add(record, until, out=self._column(begin, np.dtype("<u4"), count))
        for piece, begin, written in self._layout.columns:
            self._column(begin, written.dtype, count)[:] = written.take(codes[piece])
        self._lay(in_letters, low)

    def _column(self, begin: int, kind: np.dtype[Any], count: int) -> Array:
        return np.ndarray(count, kind, self._laid, begin, (self._size,))

    def _meet(self, piece: int, codes: Array, record: Array, begins: Array, in_letters: Array) -> None:
        """Takes note of words that come for the first time, and of the rows in which they do."""
        unknown = ((record & _KNOWN) == 0).nonzero()[0]
        words = codes.take(unknown)
        self._row_of_word[words[::-1]] = unknown[::-1]
        new = self._row_of_word.take(words) == unknown
        rows, known = unknown.compress(new), self._copies[piece]
        known[words.compress(new)] += _KNOWN - begins.take(rows)
        record[unknown] = known.take(words)
        in_letters[rows] = True
        self._missing[piece] -= len(rows)

    def _lay(self, in_letters: Array, low: int) -> None:
        """The rows that are laid out, one after the other; those in letters with room for these."""
        count, size, rows = len(in_letters), self._size, in_letters.nonzero()[0]
        lengths = self.lengths[low + rows]
        sizes = lengths + 1 + (lengths > _LONGEST_LITERAL)
        places = np.cumsum(sizes) - sizes + (rows - np.arange(len(rows))) * size + self._end
        end = self._end + int(sizes.sum()) + (count - len(rows)) * size
        if len(rows) > _FEW:
            each = np.full(count, size)
            each[rows] = sizes
            begins = np.cumsum(each) - each + self._end
            anywhere(self._out, size)[begins] = self._laid[: count * size].view(f"V{size}")  # in order: each row ends the one before
        else:
            at, done = self._end, 0
            for row, many in zip([*rows.tolist(), count], [*sizes.tolist(), 0], strict=True):  # those between two in letters at once
                self._out[at : at + (row - done) * size] = self._laid[done * size : row * size]
                at, done = at + (row - done) * size + many, row + 1
        self._in_letters.append(rows + low)
        self._places.append(places)
        self._end = end

    def ended(self, text: Composed) -> Bytes:
        """All elements, now with the texts in letters, each of them a literal."""
        rows, places = np.concatenate(self._in_letters), np.concatenate(self._places)
        lengths = self.lengths[rows]
        offsets, letters = arrow.letters(text.take(rows).spelled)
        is_long = lengths > _LONGEST_LITERAL
        self._out[places] = np.where(is_long, _LONGEST_LITERAL, lengths - 1) << 2
        self._out[places[is_long] + 1] = lengths[is_long] - 1
        if len(rows):
            begins = offsets[:-1].astype(np.int64) - offsets[0]
            _copy(np.frombuffer(letters, np.uint8), begins, self._out, places + 1 + is_long, lengths)
        self._out.resize(self._end, refcheck=False)
        return self._out.data


def _copy(source: Array, froms: Array, target: Array, begins: Array, lengths: Array) -> None:
    """Some bytes from many places to as many others, up to eight at a time: the last ones of each may be some that are there already."""
    shortest = int(lengths.min())
    size = next(size for size in (8, 4, 2, 1) if size <= shortest)
    steps = lengths // size + 1
    which = np.repeat(np.arange(len(lengths)), steps)
    place = np.minimum(ranges(0, steps) * size, (lengths - size).take(which))
    anywhere(target, size)[begins.take(which) + place] = anywhere(source, size)[froms.take(which) + place]
