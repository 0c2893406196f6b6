"""Parquet's encodings of the values of a page, whole columns at a time.

| function | for | how |
|---|---|---|
| `delta`, `consecutive` | whole numbers | DELTA_BINARY_PACKED: differences minus the least of them, in as many bits as the largest needs |
| `plain_numbers` | whole numbers, for older readers | PLAIN: each in as many bytes as its type has |
| `plain_texts` | text, and the words of a dictionary | PLAIN: each text after its length |
| `codes` | codes into a dictionary | RLE_DICTIONARY: runs where codes repeat, otherwise a fixed number of bits each |
| `present` | definition levels | RLE: which values are not null, one bit each, as Arrow has them |
| `bits` | booleans | PLAIN: one bit each |

https://parquet.apache.org/docs/file-format/data-pages/encodings/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen.arrays import Array, anywhere, chunks
from colgen.formats.parquet.thrift import varint, zigzag
from colgen.values.arrow import letters

Bytes = bytes | memoryview

_BLOCK, _MINIBLOCKS = 128, 4  # a block has 128 differences in 4 miniblocks, each of which could have its own width
_MINIBLOCK = _BLOCK // _MINIBLOCKS
_SIZES = varint(_BLOCK) + varint(_MINIBLOCKS)
AT_ONCE = 1 << 16  # differences that share one least difference and one width
_LONGEST_RUN = 63  # the most that a run's header of one byte can say


def packed(values: Array, width: int) -> Array:
    """Numbers in `width` bits each, the lowest bit first: uint8, shape (len(values) * width / 8,).

    values : of an unsigned dtype, a multiple of 8 of them, each below 2**width

    >>> packed(np.array([0, 1, 2, 3, 4, 5, 6, 7], np.uint8), 3).tolist()
    [136, 198, 250]
    """
    size = len(values) * width // 8
    out = np.empty(size + _BEYOND, np.uint8)
    if size:
        _pack(values.astype(_WORDS[width], copy=False), width, out, 0, 1, size)
    return out[:size]


_BEYOND = 8  # bytes that may be written after the last number

_WORDS = [np.dtype(f"u{next(size for size in (1, 2, 4, 8) if width <= 8 * size)}") for width in range(65)]
"""The narrowest unsigned dtype with this many bits."""


def _pack(words: Array, width: int, out: Array, begin: int, rows: int, step: int) -> None:
    """Packs numbers into `out` in `width` bits each, as rows of equal length; overwrites what lies between and behind the rows.

    words : of the narrowest dtype that holds them, contiguous; a multiple of 8 of them in each row
    begin, step : where in `out` the first row begins, and how far after it the next one does
    """
    bits = words.itemsize * 8
    if width == bits:
        np.ndarray((rows, len(words) // rows), words.dtype, out, begin, (step, words.itemsize))[:] = words.reshape(rows, -1)
        return
    each, per_word = width, 1
    while bits < 64:  # two neighbours of `bits` bits become one word of twice as many, with no gap between them
        words = words.view(_WORDS[2 * bits])
        upper = words >> bits
        upper *= (1 << bits) - (1 << each)
        words = np.subtract(words, upper, out=upper)
        bits, each, per_word = bits * 2, each * 2, per_word * 2
    joined = _joined(words.reshape(-1, 8 // per_word).T, each, width)
    for number in reversed(range(len(joined))):  # the last word of eight numbers overlaps the next eight, whose first word is written later
        np.ndarray((rows, joined.shape[1] // rows), np.uint64, out, begin + 8 * number, (step, width))[:] = joined[number].reshape(rows, -1)


def _joined(columns: Array, each: int, width: int) -> Array:
    """Rows of numbers of `each` bits with no gaps between them, `width` bytes per row: uint64, shape (words in a row, rows).

    columns : uint64, shape (numbers in a row, rows)
    """
    if len(columns) == 1:
        return columns
    joined, started = np.empty((-(-width // 8), columns.shape[1]), np.uint64), 0
    scratch = np.empty(columns.shape[1], np.uint64)
    for number, column in enumerate(columns):
        word, shift = divmod(number * each, 64)
        if word == started:
            np.left_shift(column, shift, out=joined[word])
            started += 1
        else:
            np.left_shift(column, shift, out=scratch)
            joined[word] |= scratch
        if shift + each > 64:
            np.right_shift(column, 64 - shift, out=joined[started])
            started += 1
    return joined


def _padded(values: Array, step: int) -> Array:
    """The values and zeros up to a multiple of `step`."""
    zeros = -len(values) % step
    return np.concatenate([values, np.zeros(zeros, values.dtype)]) if zeros else values


def delta(values: Array) -> Iterator[Bytes]:
    """DELTA_BINARY_PACKED.

    values : int32 or int64, whose differences may wrap around; or narrower ones to be read as either, none of them negative
    """
    first = int(values[0]) if len(values) else 0
    yield _SIZES + varint(len(values)) + zigzag(first)
    for begin in range(0, len(values) - 1, AT_ONCE):
        yield _blocks(values[begin : begin + AT_ONCE + 1])


def consecutive(first: int, count: int) -> Iterator[Bytes]:
    """DELTA_BINARY_PACKED of first, first + 1 …: at least one number."""
    yield _SIZES + varint(count) + zigzag(first) + (zigzag(1) + bytes(_MINIBLOCKS)) * -(-(count - 1) // _BLOCK)


def _blocks(values: Array) -> Bytes:
    """Blocks of the differences of some values, with one least difference and one width."""
    count = len(values) - 1
    blocks, rest = -(-count // _BLOCK), count % _BLOCK
    padded = np.empty(blocks * _BLOCK, values.dtype)
    differences = np.subtract(values[1:], values[:-1], out=padded[:count])
    least, most = int(np.minimum.reduce(differences)), int(np.maximum.reduce(differences))
    width = (most - least).bit_length()
    head = zigzag(least) + bytes([width] * _MINIBLOCKS)
    size = len(head) + _BLOCK * width // 8
    out = np.empty(blocks * size + _BEYOND, np.uint8)
    if width:
        padded[count:] = least
        words = padded.view(_WORDS[8 * padded.itemsize]).astype(_WORDS[width], copy=False)
        words -= words.dtype.type(least & (1 << 8 * words.itemsize) - 1)  # modulo the narrow dtype, which has all bits of the result
        _pack(words, width, out, len(head), blocks, size)
    np.ndarray((blocks, len(head)), np.uint8, out, 0, (size, 1))[:] = np.frombuffer(head, np.uint8)
    end = blocks * size
    if rest:
        unused = _MINIBLOCKS - -(-rest // _MINIBLOCK)
        widths = end - size + len(head)
        out[widths - unused : widths] = 0
        end -= unused * _MINIBLOCK * width // 8
    return out[:end].data


def plain_numbers(values: Array, size: int) -> Bytes:
    """PLAIN: whole numbers in `size` bytes each, the lowest first."""
    return values.astype(f"<i{size}", copy=False).data.cast("B")


LENGTH_BYTES = 4
"""What the length of a text takes before it in PLAIN."""


class PlainTexts(NamedTuple):
    """PLAIN: each text after its length.

    begins : where each length begins and the last text ends, int64, one more than there are texts
    data : uint8
    """

    begins: Array
    data: Array

    @property
    def rows(self) -> int:
        return len(self.begins) - 1

    @property
    def encoded(self) -> Bytes:
        """The bytes of these texts and no others."""
        return self.data[self.begins[0] : self.begins[-1]].data

    def slice(self, first: int, rows: int) -> PlainTexts:
        """Some of the texts, as `pyarrow.Array.slice` takes them; the bytes are shared."""
        return PlainTexts(self.begins[first : first + rows + 1], self.data)


def plain_texts(texts: pa.Array) -> PlainTexts:
    """Texts without nulls in PLAIN.

    >>> bytes(plain_texts(pa.array(["a", "bc"])).encoded)
    b'\\x01\\x00\\x00\\x00a\\x02\\x00\\x00\\x00bc'
    """
    offsets, data = letters(texts)
    lengths = np.diff(offsets).astype("<u4")
    begins = offsets.astype(np.int64) + LENGTH_BYTES * np.arange(len(offsets)) - offsets[0]
    if len(lengths) and (lengths == lengths[0]).all():  # such as UUIDs
        return PlainTexts(begins, _of_one_length(np.frombuffer(data, np.uint8), lengths))
    longest = int(np.maximum.reduce(lengths, initial=0))
    if 0 < longest <= _SHORT:
        return PlainTexts(begins, _overlapping(np.frombuffer(data, np.uint8), offsets[:-1] - offsets[0], begins, lengths, longest))
    heads = pa.Array.from_buffers(pa.binary(LENGTH_BYTES), len(lengths), [None, pa.py_buffer(lengths)])
    joined = pc.binary_join_element_wise(heads.cast(pa.binary()), texts.cast(pa.binary()), b"")
    return PlainTexts(begins, np.frombuffer(letters(joined)[1], np.uint8))


def _of_one_length(characters: Array, lengths: Array) -> Array:
    size = int(lengths[0])
    out = np.empty(len(lengths), [("length", "<u4"), ("text", f"V{size}")][: 1 + (size > 0)])
    out["length"] = lengths
    if size:
        out["text"] = characters.view(f"V{size}")
    return out.view(np.uint8)


_SHORT = 64  # bytes: texts of up to so many are copied at one length, in half the time that each takes at its own
_ROWS = 1 << 12  # copied at a time: they stay in the second-level cache


def _overlapping(characters: Array, starts: Array, begins: Array, lengths: Array, longest: int) -> Array:
    """Each text is copied with what follows it, as long as the longest one, and the next text overwrites what that is too much."""
    out = np.empty(int(begins[-1]) + longest, np.uint8)
    pieces, places = anywhere(np.append(characters, np.zeros(longest, np.uint8)), longest), anywhere(out, longest)
    for rows in chunks(len(lengths), _ROWS):
        places[begins[rows] + LENGTH_BYTES] = pieces[starts[rows]]
    anywhere(out, LENGTH_BYTES)[begins[:-1]] = lengths.view(f"V{LENGTH_BYTES}")
    return out


def codes(values: Array, width: int) -> Iterator[Bytes]:
    """RLE_DICTIONARY: the width in bits, then either runs or packed numbers.

    values : whole numbers from 0, below 2**width
    """
    yield bytes([width])
    yield from _hybrid(values, width)


def _hybrid(values: Array, width: int) -> Iterator[Bytes]:
    changes = values[1:] != values[:-1]
    if 8 * (np.count_nonzero(changes) + 1) > len(values):
        yield varint(-(-len(values) // 8) << 1 | 1)
        yield packed(_padded(values.view(f"u{values.itemsize}"), 8), width).data
        return
    starts = np.concatenate([[0], np.flatnonzero(changes) + 1])
    lengths = np.diff(starts, append=len(values))
    pieces = -(-lengths // _LONGEST_RUN)
    size = -(-width // 8)
    runs = np.empty((int(pieces.sum()), 1 + size), np.uint8)
    runs[:, 0] = _LONGEST_RUN << 1
    runs[np.cumsum(pieces) - 1, 0] = (lengths - (pieces - 1) * _LONGEST_RUN) << 1
    value = np.repeat(values[starts].astype("<u4"), pieces)
    runs[:, 1:] = value.view(np.uint8).reshape(-1, 4)[:, :size]
    yield runs.reshape(-1).data


def present(array: pa.Array) -> bytes:
    """Definition levels of a nullable column: their length in bytes, then 1 for each value that is not null."""
    if array.null_count in (0, len(array)):
        return _all_alike(len(array), present=not array.null_count)
    valid = bits(array.buffers()[0], array.offset, len(array))
    levels = varint(len(valid) << 1 | 1) + bytes(valid)
    return len(levels).to_bytes(4, "little") + levels


def levels(values: Array, width: int) -> bytes:
    """Repetition or definition levels of a data page: their length in bytes, then the levels.

    values : uint8, below 2**width
    """
    data = b"".join(_hybrid(values, width))
    return len(data).to_bytes(4, "little") + data


def all_present(count: int) -> bytes:
    """`present` of values none of which is null."""
    return _all_alike(count, present=True)


def _all_alike(count: int, *, present: bool) -> bytes:
    levels = varint(count << 1) + bytes([present])
    return len(levels).to_bytes(4, "little") + levels


def bits(buffer: pa.Buffer, offset: int, count: int) -> memoryview:
    """A slice of Arrow's bits, moved to the first bit of a byte: Parquet packs booleans and levels the same way."""
    data = np.frombuffer(buffer, np.uint8)
    if offset % 8:
        return np.packbits(np.unpackbits(data, bitorder="little")[offset : offset + count], bitorder="little").data
    return data[offset // 8 : offset // 8 + -(-count // 8)].data
