"""Rows in the binary form of PostgreSQL's COPY, a batch at a time and without a loop over them.

A row is the number of its fields, then for each its length in bytes (-1 where it is null) and its bytes, whole numbers with the high byte
first. Fields of one width that stand together are the columns of one NumPy array of records; records and texts are then laid one after
the other by Arrow.

Source: "Binary Format" of COPY, and `numeric_recv`, `timestamptz_recv`, `date_recv`, `jsonb_recv`, `uuid_recv` in PostgreSQL's sources.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Any, TypeAlias, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen.arrays import Array
from colgen.values.arrow import address, letters, numbers

HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"
_EPOCH = 10_957  # days from 1970-01-01 to 2000-01-01, PostgreSQL's
_NULL = b"\xff\xff\xff\xff"
_GROUP = 10_000  # what a digit of `numeric` goes up to


def rows(batch: pa.RecordBatch, types: list[str]) -> memoryview:
    """The rows of a batch, without header and trailer.

    types : what PostgreSQL calls each column's type: bigint, integer, numeric(12,2), boolean, date, timestamptz, text, jsonb or uuid

    >>> batch = pa.record_batch({"id": pa.array([7], pa.int64()), "name": pa.array(["Ann"])})
    >>> bytes(rows(batch, ["bigint", "text"])).hex(" ", -2)
    '0002 0000 0008 0000 0000 0000 0007 0000 0003 416e 6e'
    """
    if not batch.num_rows:
        return memoryview(b"")
    together = _Together(batch.num_rows)
    together.add(batch.num_columns.to_bytes(2, "big"))
    for column, kind in zip(batch.columns, types, strict=True):
        if pa.types.is_dictionary(column.type):
            together.lay(_words(column, kind))
        elif kind in ("text", "jsonb"):
            _text(together, column, kind)
        else:
            fields = _fields(column, kind)
            if column.null_count:
                together.lay(_or_null(fields, column))
            else:
                together.add(*fields)
    return letters(together.joined())[1]


Field: TypeAlias = Array | bytes
"""A field of each row, or the bytes that are the same in all rows."""


class _Together:
    """The pieces of all rows: fields of one width are gathered into records, until a piece of varying width comes."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._fixed: list[Field] = []
        self._pieces: list[pa.Array] = []

    def add(self, *fields: Field) -> None:
        """Fields of one width each, high byte first."""
        self._fixed += fields

    def lay(self, piece: pa.Array) -> None:
        """A binary array, after all that has come so far."""
        self._close()
        self._pieces.append(piece)

    def _close(self) -> None:
        if self._fixed:
            self._pieces.append(_binary(_records(self._fixed, self._count)))
            self._fixed = []

    def joined(self) -> pa.Array:
        self._close()
        return self._pieces[0] if len(self._pieces) == 1 else pc.binary_join_element_wise(*self._pieces, b"")


_CACHED = 1 << 18  # bytes of records that are put together at a time: they stay in the second-level cache


def _records(fields: list[Field], count: int) -> Array:
    """Fields side by side: uint8, (rows, bytes)."""
    kinds = [
        (
            f"{number}",
            f"V{len(field)}" if isinstance(field, bytes) else field.dtype.str,
            () if isinstance(field, bytes) else field.shape[1:],
        )
        for number, field in enumerate(fields)
    ]
    made = np.empty(count, kinds)
    whole = made.view(f"V{made.dtype.itemsize}")
    same = np.zeros((), made.dtype)
    for number, field in enumerate(fields):
        if isinstance(field, bytes):
            same[f"{number}"] = np.void(field)
    template = same.view(whole.dtype)
    step = max(1, _CACHED // made.dtype.itemsize)
    for low in range(0, count, step):
        rows = slice(low, low + step)
        whole[rows] = template
        for number, field in enumerate(fields):
            if not isinstance(field, bytes):
                made[f"{number}"][rows] = field[rows]
    return made.view(np.uint8).reshape(count, -1)


def _binary(records: Array) -> pa.Array:
    """Records of one width as an Arrow binary array, without a copy."""
    count, width = records.shape
    begins = (np.arange(count + 1) * width).astype(np.int32)
    return pa.Array.from_buffers(pa.binary(), count, [None, pa.py_buffer(begins), pa.py_buffer(records)])


def _or_null(fields: list[Field], column: pa.Array) -> pa.Array:
    return pc.if_else(column.is_valid(), _binary(_records(fields, len(column))), pa.scalar(_NULL, pa.binary()))


def _length(size: int) -> bytes:
    return size.to_bytes(4, "big")


def _fields(column: pa.Array, kind: str) -> list[Field]:
    """The length and the value of each row, for types of one width."""
    if kind == "boolean":
        return [_length(1), column.fill_null(False).to_numpy(zero_copy_only=False).view(np.uint8)]
    if kind == "uuid":
        return [_length(16), _uuids(column)]
    values = numbers(column)
    if kind.startswith("numeric"):
        return _numeric(values, column.type.scale)
    if kind == "date":
        return [_length(4), (values - _EPOCH).astype(">i4")]
    if kind == "timestamptz":
        return [_length(8), (values - _EPOCH * 86_400_000_000).astype(">i8")]
    size = {"smallint": 2, "integer": 4, "bigint": 8}[kind]
    return [_length(size), values.astype(f">i{size}")]


def _numeric(values: Array, scale: int) -> list[Field]:
    """Decimals as PostgreSQL's `numeric`: groups of four digits with the point between two of them; leading zeros are allowed there.

    All is in units of 16 bits: how many groups, how many of them before the point less one, the sign, the scale, the groups. Four units are
    put together as one number of 64 bits, as far as they differ between rows.
    """
    after = -(-scale // 4)
    size = np.abs(values)
    kind: Any = np.int32 if max(size.max(initial=0), 10**scale) < 1 << 31 else np.int64  # narrow numbers divide faster
    size = size.astype(kind, copy=False)
    whole = size // kind(10**scale)
    size -= whole * kind(10**scale)
    groups = _groups(size.astype(np.int64) * 10 ** (4 * after - scale) if scale % 4 else size, after) + _groups(whole, 1)
    negative = values < 0
    sign = negative * np.int64(0x4000) if negative.any() else 0
    units: list[Array | int] = [len(groups), len(groups) - after - 1, sign, scale, *groups[::-1]]
    words: list[Field] = []
    while any(isinstance(unit, np.ndarray) for unit in units):
        together = 4 if len(units) >= 4 else 1
        word = np.zeros(len(values), np.int64)
        for place, unit in enumerate(units[-together:][::-1]):
            word += (unit.astype(np.int64) if isinstance(unit, np.ndarray) else unit & 0xFFFF) << 16 * place
        words.insert(0, word.astype(f">i{2 * together}"))
        del units[-together:]
    head = struct.pack(">i", 8 + 2 * len(groups)) + b"".join(struct.pack(">h", cast(int, unit)) for unit in units)
    return [head, *words]


def _groups(size: Array, least: int) -> list[Array]:
    """Whole numbers as groups of four digits, the last first; so many at least."""
    groups: list[Array] = []
    most, kind = int(size.max(initial=0)), size.dtype.type
    while most or len(groups) < least:
        rest = size // kind(_GROUP) if most >= _GROUP else None
        groups.append(size if rest is None else size - rest * kind(_GROUP))
        size, most = size if rest is None else rest, most // _GROUP
        if rest is None and len(groups) < least:
            size = np.zeros_like(size)
    return groups


_NIBBLES = np.zeros(256, np.uint8)
for _digit in range(16):
    _NIBBLES[ord(f"{_digit:x}")] = _NIBBLES[ord(f"{_digit:X}")] = _digit
_HEX = [place for place in range(36) if place not in (8, 13, 18, 23)]


def _uuids(column: pa.Array) -> Array:
    """The sixteen bytes of each UUID, from its text of 36 letters: uint8, (rows, 16)."""
    texts = pc.fill_null(column, "00000000-0000-0000-0000-000000000000")
    nibbles = _NIBBLES.take(np.frombuffer(letters(texts)[1], np.uint8).reshape(-1, 36)[:, _HEX])
    return nibbles[:, ::2] << 4 | nibbles[:, 1::2]


_JSONB_VERSION = b"\x01"


def _text(together: _Together, column: pa.Array, kind: str) -> None:
    extra = int(kind == "jsonb")
    lengths = pc.binary_length(column)
    if column.null_count:
        framed = pc.binary_join_element_wise(_framed_lengths(pc.fill_null(lengths, 0), extra), column.cast(pa.binary()), b"")
        together.lay(pc.fill_null(framed, _NULL))
        return
    each, version = lengths.to_numpy(), [_JSONB_VERSION] if extra else []
    width = int(each[0])
    if width and (each == width).all():  # such as numbers with leading zeros: a field like others
        together.add(_length(width + extra), *version, np.frombuffer(letters(column)[1], f"V{width}"))
        return
    together.add((each + extra).astype(">i4"), *version)
    together.lay(column.cast(pa.binary()))


def _framed_lengths(lengths: pa.Array, extra: int) -> pa.Array:
    fields: list[Field] = [(lengths.to_numpy() + extra).astype(">i4")]
    return _binary(_records([*fields, _JSONB_VERSION] if extra else fields, len(lengths)))


def _words(column: pa.DictionaryArray, kind: str) -> pa.Array:
    """Words with their lengths, taken from a list of them that is made once."""
    found = _framed(_Words(column.dictionary), kind).take(column.indices)
    return pc.fill_null(found, _NULL) if column.null_count else found


class _Words:
    """A list of words, told by where it lies in memory: the lists of a model stay there."""

    def __init__(self, words: pa.StringArray) -> None:
        self.words = words
        self._place = address(words)

    def __hash__(self) -> int:
        return hash(self._place)

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, _Words) and self._place == other._place and self.words.equals(other.words)


@lru_cache(maxsize=256)
def _framed(words: _Words, kind: str) -> pa.Array:
    if kind == "uuid":
        return _binary(_records([_length(16), _uuids(words.words)], len(words.words)))
    extra = int(kind == "jsonb")
    return pc.binary_join_element_wise(_framed_lengths(pc.binary_length(words.words), extra), words.words.cast(pa.binary()), b"")
