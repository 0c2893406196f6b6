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

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from typing import Any, TypeAlias
from weakref import WeakValueDictionary

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen.arrays import Array, anywhere, elementwise, ranges
from colgen.datatypes import arrow_numbers, coded
from colgen.draw import Draw


class WordTable:
    """A list of words, as bytes, with any constants before and after each."""

    def __init__(self, words: pa.StringArray) -> None:
        self.words = words
        self._made: dict[tuple[str, str], tuple[Array, Array]] = {}
        self._widths: dict[tuple[str, str], int | None] = {}
        _TABLES.setdefault(_place(words), self)

    @classmethod
    def of(cls, words: pa.StringArray) -> WordTable:
        """The one of a list that lies in memory, if there is one already."""
        return _TABLES.get(_place(words)) or cls(words)

    def affixed(self, prefix: str, suffix: str) -> tuple[Array, Array]:
        """The words' bytes one after the other (uint8), and the length of each (int64)."""
        if (prefix, suffix) not in self._made:
            texts = pc.binary_join_element_wise(prefix, self.words, suffix, "") if prefix or suffix else self.words
            texts = pa.concat_arrays([texts, pa.array([""])])  # a copy that begins at 0, so that the buffers are whole
            begins = np.frombuffer(texts.buffers()[1], np.int32)[: len(texts)].astype(np.int64)
            self._made[prefix, suffix] = np.frombuffer(texts.buffers()[2] or b"", np.uint8)[: begins[-1]], np.diff(begins)
        return self._made[prefix, suffix]

    def width(self, prefix: str, suffix: str) -> int | None:
        """How long all of them are; None if they are not of one length."""
        if (prefix, suffix) not in self._widths:
            lengths = self.affixed(prefix, suffix)[1]
            self._widths[prefix, suffix] = int(lengths[0]) if (lengths == lengths[0]).all() else None
        return self._widths[prefix, suffix]


_TABLES: WeakValueDictionary[tuple[pa.DataType | int, ...], WordTable] = WeakValueDictionary()


def _place(words: pa.StringArray) -> tuple[pa.DataType | int, ...]:
    """Where in memory some words lie: what is there, and lies at one place, is one list."""
    return (words.type, *(buffer.address if buffer is not None else 0 for buffer in words.buffers()), words.offset, len(words))


@dataclass(frozen=True)
class Coded:
    """Words out of a list, by their codes."""

    table: WordTable
    codes: Array

    def take(self, rows: Array | slice) -> Coded:
        return Coded(self.table, self.codes[rows])


@dataclass(frozen=True)
class Digits:
    """Whole numbers, not negative, in decimal, with leading zeros up to `width`; in as few digits as need be where it is 0."""

    values: Array
    width: int = 0

    def take(self, rows: Array | slice) -> Digits:
        return Digits(self.values[rows], self.width)


Part: TypeAlias = str | Coded | Digits | pa.Array
Piece: TypeAlias = tuple[WordTable, str, str]  # words, and the constants before and after each

_GROUP = 4  # digits that are one word


@cache
def _numbers(digits: int) -> WordTable:
    """0 … 10**digits - 1 as words, with leading zeros."""
    columns = [np.arange(10**digits) // 10**place % 10 + ord("0") for place in reversed(range(digits))]
    data = np.stack(columns, axis=1).astype(np.uint8)
    begins = (np.arange(len(data) + 1) * digits).astype(np.int32)
    return WordTable(pa.StringArray.from_buffers(len(data), pa.py_buffer(begins), pa.py_buffer(data)))


@cache
def _short_numbers(least: int) -> WordTable:
    """0 … 9999 in as few digits as need be but at least so many, 0 in none if that is 0; after them all once more in four."""
    short = [str(number).zfill(least) if number or least else "" for number in range(10**_GROUP)]
    return WordTable(pa.array([*short, *(f"{number:04d}" for number in range(10**_GROUP))]))


def _digits_of(part: Digits) -> tuple[int, int]:
    """How many digits the least of some numbers has, and the largest. Raises ValueError for a negative one."""
    least, most = int(np.minimum.reduce(part.values)), int(np.maximum.reduce(part.values))
    if least < 0:
        raise ValueError(f"numbers in a text must not be negative, and there is {least:,}; spell it in a function")
    return len(str(least)), len(str(most))


def _groups(part: Digits) -> list[Coded]:
    """A number as words of up to four digits, the first digits first."""
    if not len(part.values):
        return []
    least, most = _digits_of(part)
    digits, varies = max(most, part.width), max(least, part.width) < most
    short = digits <= _GROUP and part.values.dtype.kind == "i"
    kind: Any = np.uint32 if most <= 9 else np.uint64  # narrow numbers divide faster
    groups, rest = [], part.values if short else part.values.astype(kind, copy=False)
    for place in range(0, digits, _GROUP):
        last = place + _GROUP >= digits
        size = kind(10 ** (digits - place if last and not varies else _GROUP))
        quotient = rest // size if not last else None
        codes = rest - quotient * size if quotient is not None else rest
        if varies:
            table = _short_numbers(max(place == 0, min(_GROUP, part.width - place)))
            if quotient is not None:
                codes += (quotient > 0) * size
        else:
            table = _numbers(min(_GROUP, digits - place))
        groups.append(Coded(table, codes if short else codes.view(f"i{codes.itemsize}")))
        if quotient is not None:
            rest = quotient
    return groups[::-1]


_EIGHT = 2 * _GROUP  # digits that are laid into one word of 64 bits
_FEW_WORDS = 64  # so many are kept with room for one, two … eight digits before them


@lru_cache(maxsize=64)
def _after_digits(table: WordTable, between: str) -> WordTable:
    """The words of a short list after a constant and room for 1 … 8 digits: all of them with room for one, then for two, and so on."""
    words = [between + word for word in table.words.to_pylist()]
    return WordTable(pa.array(["\0" * room + word for room in range(1, _EIGHT + 1) for word in words]))


def _numbered(part: Digits, after: Sequence[str | Coded | Digits]) -> tuple[Coded, Array, int] | None:
    """A number and a word out of a short list after it, with a constant between them or not, as one word; None if they are not such ones.

    The word, the digits to be laid over its beginning (uint64, the first one lowest), and how many parts it takes the place of.
    """
    between = after[0] if after and isinstance(after[0], str) else ""
    used = 1 if between else 0
    word = after[used] if len(after) > used else None
    if not isinstance(word, Coded) or word.table.width("", "") is not None or len(word.table.words) > _FEW_WORDS or not len(part.values):
        return None
    least, most = (max(digits, part.width) for digits in _digits_of(part))
    if most > _EIGHT:
        return None
    values = part.values.astype(np.int64, copy=False)
    many = least if least == most else np.maximum(np.searchsorted(10 ** np.arange(1, _EIGHT), values, side="right") + 1, part.width)
    codes = word.codes + (many - 1) * np.int64(len(word.table.words))
    return Coded(_after_digits(word.table, between), codes), elementwise(_digits, values, many), used + 1


def _digits(values: Array, many: Array | int) -> Array:
    """Numbers below 10**8 in so many digits each, as letters of which the first one is the lowest byte: uint64."""
    high = values // 10**_GROUP
    low = values - high * 10**_GROUP
    four = _numbers(_GROUP).affixed("", "")[0].view("<u4")
    letters = four.take(low).astype(np.uint64)
    letters <<= np.uint64(32)
    letters |= four.take(high)
    letters >>= (np.asarray(_EIGHT - many) * 8).astype(np.uint64)
    return letters


@lru_cache(maxsize=64)
def _constant(text: str) -> WordTable:
    return WordTable(pa.array([text]))


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
        elif numbered and isinstance(part, Digits) and (found := _numbered(part, parts[place:])) is not None:
            if not words and constants[0]:  # the digits are laid over the very beginning of their word
                words.append(Coded(_constant(constants[0]), np.zeros(rows, np.int8)))
                constants = ["", ""]
            word, digits[len(words)], used = found
            words.append(word)
            constants.append("")
            place += used
        else:
            groups = _groups(part) if isinstance(part, Digits) else [part]
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
def _records(pieces: tuple[Piece, ...], width: int) -> tuple[Array, Array]:
    """Every word of every piece as a record of `width` bytes, zeros after its end; and how long each is, int64."""
    affixed = [table.affixed(prefix, suffix) for table, prefix, suffix in pieces]
    data, lengths = (np.concatenate(some) for some in zip(*affixed, strict=True))
    table = np.zeros((len(lengths), width), np.uint8)
    row = np.repeat(np.arange(len(lengths)), lengths)
    table[row, ranges(0, lengths)] = data
    return table.view(f"V{width}").reshape(-1), lengths


def spell(parts: Sequence[str | Coded | Digits], rows: int) -> pa.StringArray:
    """The parts of each row one after the other.

    >>> names = WordTable(pa.array(["Ann", "Bartholomew"]))
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
            out[f"piece{i}"][chunk] = _records((piece,), width)[0].take(code[chunk])
    return _wrap(np.arange(0, rows * sum(widths) + 1, sum(widths)) if any(widths) else np.zeros(rows + 1, np.int64), out.view(np.uint8))


def _overlapping(pieces: list[Piece], codes: list[Array], digits: dict[int, Array], rows: int) -> pa.StringArray:
    lengths = [table.affixed(prefix, suffix)[1] for table, prefix, suffix in pieces]
    longest = [int(some.max()) for some in lengths]
    width = next((size for size in _FAST_WIDTHS if max(longest) <= size), -(-max(longest) // 8) * 8)
    records, sizes = _records(tuple(pieces), width)
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
    return _wrap(begins, buffer)


def _wrap(begins: Array, data: Array) -> pa.StringArray:
    if begins[-1] > np.iinfo(np.int32).max:
        raise ValueError(f"{begins[-1]:,} bytes of text in one block; make fewer rows at a time")
    return pa.StringArray.from_buffers(len(begins) - 1, pa.py_buffer(begins.astype(np.int32)), pa.py_buffer(data))


class Composed:
    """Texts as the parts that they are put together out of. They are spelled where somebody reads them; Snappy writes them without.

    >>> text = Composed([Coded(WordTable(pa.array(["Ann", "Bo"])), np.array([1, 0])), "-", Digits(np.array([7, 8]), 2)], 2)
    >>> text.spelled.to_pylist()
    ['Bo-07', 'Ann-08']
    >>> Composed.from_arrow(text.to_arrow().slice(1)).spelled.to_pylist()
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
        return sum(sizes) + sum(max(_digits_of(part)[1], part.width) for part in numbers if self.rows)

    @cached_property
    def spelled(self) -> pa.StringArray:
        return spell(self.parts, self.rows)

    def to_arrow(self) -> pa.StructArray:
        """One child a part: a dictionary for words, whole numbers whose name is their width, nulls whose name is a constant."""
        arrays, names = [], []
        for part in self.parts:
            if isinstance(part, str):
                arrays.append(pa.nulls(self.rows))
            elif isinstance(part, Coded):
                arrays.append(coded(part.codes, part.table.words))
            else:
                arrays.append(arrow_numbers(part.values))
            names.append(part if isinstance(part, str) else str(part.width) if isinstance(part, Digits) else "")
        return pa.StructArray.from_arrays(arrays, names)

    @classmethod
    def from_arrow(cls, array: pa.StructArray) -> Composed:
        parts: list[str | Coded | Digits] = []
        for place, field in enumerate(array.type):
            child = array.field(place)
            if pa.types.is_null(field.type):
                parts.append(field.name)
            elif pa.types.is_dictionary(field.type):
                parts.append(Coded(WordTable.of(child.dictionary), child.indices.to_numpy()))
            else:
                parts.append(Digits(child.to_numpy(), int(field.name)))
        return cls(parts, len(array))


def join(parts: Sequence[Part], rows: int) -> pa.StringArray:
    """Like `spell`, with parts that are Arrow strings already.

    >>> join(["#", pa.array(["a", "bb"]), Digits(np.array([1, 22]))], 2).to_pylist()
    ['#a1', '#bb22']
    """
    runs: list[list[Part]] = []
    for part in parts:
        if isinstance(part, pa.Array) and part.type != pa.string():
            part = part.cast(pa.string())
        if runs and not isinstance(part, pa.Array) and not isinstance(runs[-1][-1], pa.Array):
            runs[-1].append(part)
        else:
            runs.append([part])
    columns = [run[0] if isinstance(run[0], pa.Array) else spell(run, rows) for run in runs]
    return columns[0] if len(columns) == 1 else pc.binary_join_element_wise(*columns, "")


def composed(parts: Sequence[Part], rows: int) -> Composed | pa.StringArray:
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
            _digits_of(digits)
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


_NOT_DECOMPOSED = {
    "ß": "ss",
    "ł": "l",
    "Ł": "l",
    "ø": "o",
    "Ø": "o",
    "æ": "ae",
    "Æ": "ae",
    "œ": "oe",
    "Œ": "oe",
    "đ": "d",
    "Đ": "d",
    "ı": "i",
    "ẞ": "ss",
}


def mailbox(words: pa.StringArray) -> pa.StringArray:
    """Words as they may stand in an e-mail address: ASCII letters and digits, lower case.

    >>> mailbox(pa.array(["O'Brien", "José"])).to_pylist()
    ['obrien', 'jose']
    """
    words = words.cast(pa.string())
    for letter, plain in _NOT_DECOMPOSED.items():
        words = pc.replace_substring(words, letter, plain)
    decomposed = pc.utf8_normalize(words, form="NFKD")
    return pc.utf8_lower(pc.replace_substring_regex(decomposed, "[^A-Za-z0-9]", ""))


_POSTAL_LETTERS = b"ABEGHJLNPRTWXZ"  # those that British, Canadian and Dutch codes all have in any place


def filled(patterns: WordTable, codes: Array, draw: Draw) -> pa.StringArray:
    """Patterns with a random digit for each `#` and for each `@` a random letter that postal codes use.

    >>> from colgen.draw import key
    >>> filled(WordTable(pa.array(["##-@", "+49 15# ###"])), np.array([0, 1]), Draw(key("any"), count=2)).to_pylist()
    ['61-B', '+49 153 350']
    """
    sizes = patterns.affixed("", "")[1]
    width = int(sizes.max(initial=1))
    data = _records(((patterns, "", ""),), width)[0].take(codes).view(np.uint8).reshape(len(codes), width)
    chance = np.stack([draw.bits() for _ in range(0, width, 8)], axis=1).view(np.uint8)[:, :width].astype(np.uint16)
    for mark, letters in ((b"#", b"0123456789"), (b"@", _POSTAL_LETTERS)):
        data = np.where(data == ord(mark), np.frombuffer(letters, np.uint8).take(chance * len(letters) >> 8), data)
    lengths = sizes.take(codes)
    begins = np.concatenate([[0], np.cumsum(lengths)])
    return _wrap(begins, data[np.arange(width) < lengths[:, None]])
