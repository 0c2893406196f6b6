"""Rows in the binary format of PostgreSQL's COPY, a batch at a time, without a loop over rows.

A row is the number of its fields, then the length in bytes (-1 for null) and the bytes of each, whole numbers with the high byte first.
Neighbouring fields of fixed width become the columns of one NumPy array of records; Arrow then joins records and texts row by row.

Source: "Binary Format" of COPY, and `numeric_recv`, `timestamptz_recv`, `date_recv`, `jsonb_recv`, `uuid_recv` in PostgreSQL's sources.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Any, TypeAlias, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen.arrays import Array, chunks
from colgen.errors import ModelError
from colgen.values.arrow import address, letters, numbers
from colgen.values.fit import UnfitValue, first_not_uuid

HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"
_EPOCH = 10_957  # days from 1970-01-01 to 2000-01-01, PostgreSQL's
_NULL = b"\xff\xff\xff\xff"
_GROUP = 10_000  # a digit of `numeric` is below this


def rows(batch: pa.RecordBatch, types: list[str], table: str = "") -> memoryview:
    """The rows of a batch, without header and trailer.

    types : each column's type in PostgreSQL: smallint, integer, bigint, numeric(12,2), double precision, real, boolean, date, timestamptz, timestamp,
        time, text, varchar(20), char(2), jsonb, uuid or bytea, or an array of one of them, such as text[]
    table : for messages

    Raises ModelError for a text with the character NUL, which PostgreSQL cannot hold, and for what is not a UUID.

    >>> batch = pa.record_batch({"id": pa.array([7], pa.int64()), "name": pa.array(["Ann"])})
    >>> bytes(rows(batch, ["bigint", "text"])).hex(" ", -2)
    '0002 0000 0008 0000 0000 0000 0007 0000 0003 416e 6e'
    """
    if not batch.num_rows:
        return memoryview(b"")
    builder = _RowBuilder(batch.num_rows)
    builder.add_fields(batch.num_columns.to_bytes(2, "big"))
    for name, column, kind in zip(batch.schema.names, batch.columns, types, strict=True):
        try:
            _add(builder, column, kind)
        except UnfitValue as error:
            raise ModelError(f"{table}{'.' if table else ''}{name}: {error}") from error
    return letters(builder.joined())[1]


Field: TypeAlias = Array | bytes
"""A field of each row, or the bytes that are the same in all rows."""


class _RowBuilder:
    """Joins the pieces of all rows: fields of fixed width are gathered into records until a piece of varying width comes."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._fixed: list[Field] = []
        self._pieces: list[pa.Array] = []

    def add_fields(self, *fields: Field) -> None:
        """Appends fields of fixed width, high byte first."""
        self._fixed += fields

    def add_binary(self, piece: pa.Array) -> None:
        """Appends a binary array."""
        self._end_records()
        self._pieces.append(piece)

    def _end_records(self) -> None:
        if self._fixed:
            self._pieces.append(_binary(_records(self._fixed, self._count)))
            self._fixed = []

    def joined(self) -> pa.Array:
        self._end_records()
        return self._pieces[0] if len(self._pieces) == 1 else pc.binary_join_element_wise(*self._pieces, b"")


_CACHED = 1 << 18  # bytes of records assembled at a time: they stay in the second-level cache


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
    records = np.empty(count, kinds)
    whole = records.view(f"V{records.dtype.itemsize}")
    constant = np.zeros((), records.dtype)
    for number, field in enumerate(fields):
        if isinstance(field, bytes):
            constant[f"{number}"] = np.void(field)
    template = constant.view(whole.dtype)
    for rows in chunks(count, max(1, _CACHED // records.dtype.itemsize)):
        whole[rows] = template
        for number, field in enumerate(fields):
            if not isinstance(field, bytes):
                records[f"{number}"][rows] = field[rows]
    return records.view(np.uint8).reshape(count, -1)


def _binary(records: Array) -> pa.Array:
    """Records of equal width as an Arrow binary array, without a copy."""
    count, width = records.shape
    begins = (np.arange(count + 1) * width).astype(np.int32)
    return pa.Array.from_buffers(pa.binary(), count, [None, pa.py_buffer(begins), pa.py_buffer(records)])


def _or_null(fields: list[Field], column: pa.Array) -> pa.Array:
    return pc.if_else(column.is_valid(), _binary(_records(fields, len(column))), pa.scalar(_NULL, pa.binary()))


def _add(builder: _RowBuilder, column: pa.Array, kind: str) -> None:
    """Appends a column, each value after its length."""
    if kind.endswith("[]"):
        builder.add_binary(_lists(column, kind.removesuffix("[]")))
    elif pa.types.is_struct(column.type):
        _add(builder, _objects(column), kind)
    elif pa.types.is_dictionary(column.type):
        builder.add_binary(_words(column, kind))
    elif kind != "uuid" and (pa.types.is_string(column.type) or pa.types.is_binary(column.type)):
        _text(builder, column, kind)
    else:
        fields = _fields(column, kind)
        if column.null_count:
            builder.add_binary(_or_null(fields, column))
        else:
            builder.add_fields(*fields)


_ELEMENTS = {
    "boolean": 16, "bytea": 17, "bigint": 20, "smallint": 21, "integer": 23, "text": 25, "real": 700, "double precision": 701, "char": 1042,
    "varchar": 1043, "date": 1082, "time": 1083, "timestamp": 1114, "timestamptz": 1184, "numeric": 1700, "uuid": 2950,
}  # fmt: skip
"""PostgreSQL's own numbers of the types of an array's values, the same in every database."""


def _lists(column: pa.ListArray, kind: str) -> pa.Array:
    """Arrays of one dimension, each after its length: the number of dimensions, whether a value is missing, the type of the values; how many there are
    and the number of the first; then the values, each after its length."""
    counts = column.value_lengths().fill_null(0).to_numpy().astype(np.int64)
    elements = column.flatten()
    ends, data = np.zeros(1, np.int64), b""
    if len(elements):
        builder = _RowBuilder(len(elements))
        _add(builder, elements, kind)
        joined = builder.joined()
        offsets, view = letters(joined)
        ends, data = offsets.astype(np.int64) - int(offsets[0]), bytes(view)
    begins = ends[np.concatenate([[0], np.cumsum(counts)])]
    values = pa.Array.from_buffers(pa.binary(), len(column), [None, pa.py_buffer(begins.astype(np.int32)), pa.py_buffer(data)])
    number = _ELEMENTS[kind.partition("(")[0]].to_bytes(4, "big")
    filled: list[Field] = [
        (np.diff(begins) + 20).astype(">i4"),
        (1).to_bytes(4, "big"),
        bytes(4),
        number,
        counts.astype(">i4"),
        (1).to_bytes(4, "big"),
    ]
    empty: list[Field] = [_length(12), bytes(8), number]
    heads = pc.if_else(pa.array(counts > 0), _binary(_records(filled, len(column))), _binary(_records(empty, len(column))))
    framed = pc.binary_join_element_wise(heads, values, b"")
    return pc.if_else(column.is_valid(), framed, pa.scalar(_NULL, pa.binary())) if column.null_count else framed


def _objects(structs: pa.StructArray) -> pa.StringArray:
    """Structs as JSON, in which PostgreSQL knows no NUL either."""
    from colgen.formats.spelled import json_texts

    _check_no_nul_within(structs)
    return json_texts(structs)


def _check_no_nul_within(structs: pa.StructArray) -> None:
    for part in structs.flatten():
        if pa.types.is_struct(part.type):
            _check_no_nul_within(part)
        elif pa.types.is_string(part.type):
            _check_no_nul(part)


def _length(size: int) -> bytes:
    return size.to_bytes(4, "big")


def _fields(column: pa.Array, kind: str) -> list[Field]:
    """The length and the value of each row, for types of fixed width."""
    if kind == "boolean":
        return [_length(1), column.fill_null(False).to_numpy(zero_copy_only=False).view(np.uint8)]
    if kind == "uuid":
        return [_length(16), _uuids(column)]
    if pa.types.is_floating(column.type):
        return [_length(column.type.bit_width // 8), pc.fill_null(column, 0.0).to_numpy().astype(f">f{column.type.bit_width // 8}")]
    values = numbers(column)
    if kind.startswith("numeric"):
        return _numeric(values, column.type.scale)
    if kind == "date":
        return [_length(4), (values - _EPOCH).astype(">i4")]
    if kind == "time":
        return [_length(8), values.astype(">i8")]
    if kind in ("timestamptz", "timestamp"):
        return [_length(8), (values - _EPOCH * 86_400_000_000).astype(">i8")]
    size = {"smallint": 2, "integer": 4, "bigint": 8}[kind]
    return [_length(size), values.astype(f">i{size}")]


def _numeric(values: Array, scale: int) -> list[Field]:
    """Decimals as PostgreSQL's `numeric`: groups of four digits with the point between two of them; leading zeros are allowed.

    Everything is in units of 16 bits: the number of groups, the number of groups before the point minus one, the sign, the scale, the
    groups. Units that differ between rows are combined into numbers of 64 bits, four at a time.
    """
    after = -(-scale // 4)  # groups after the point
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
        count = 4 if len(units) >= 4 else 1
        word = np.zeros(len(values), np.int64)
        for number, unit in enumerate(units[-count:][::-1]):
            word += (unit.astype(np.int64) if isinstance(unit, np.ndarray) else unit & 0xFFFF) << 16 * number
        words.insert(0, word.astype(f">i{2 * count}"))
        del units[-count:]
    head = struct.pack(">i", 8 + 2 * len(groups)) + b"".join(struct.pack(">h", cast(int, unit)) for unit in units)
    return [head, *words]


def _groups(size: Array, least: int) -> list[Array]:
    """Whole numbers as groups of four digits, the last first; at least `least` groups."""
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
_HEX = [position for position in range(36) if position not in (8, 13, 18, 23)]  # without the hyphens


def _uuids(column: pa.Array) -> Array:
    """The sixteen bytes of each UUID, from its text of 36 letters: uint8, (rows, 16). Raises UnfitValue for another text."""
    texts = pc.fill_null(column, "00000000-0000-0000-0000-000000000000")
    if (row := first_not_uuid(texts)) is not None:
        raise UnfitValue(f"{texts[row].as_py()!r} is not a UUID")
    nibbles = _NIBBLES.take(np.frombuffer(letters(texts)[1], np.uint8).reshape(-1, 36)[:, _HEX])
    return nibbles[:, ::2] << 4 | nibbles[:, 1::2]


_JSONB_VERSION = b"\x01"


def _text(builder: _RowBuilder, column: pa.Array, kind: str) -> None:
    extra = int(kind == "jsonb")
    lengths = pc.binary_length(column)
    if kind != "bytea":
        _check_no_nul(column)
    if column.null_count:
        framed = pc.binary_join_element_wise(_framed_lengths(pc.fill_null(lengths, 0), extra), column.cast(pa.binary()), b"")
        builder.add_binary(pc.fill_null(framed, _NULL))
        return
    sizes, version = lengths.to_numpy(), [_JSONB_VERSION] if extra else []
    width = int(sizes[0])
    if width and (sizes == width).all():  # such as numbers with leading zeros: a field of fixed width
        builder.add_fields(_length(width + extra), *version, np.frombuffer(letters(column)[1], f"V{width}"))
        return
    builder.add_fields((sizes + extra).astype(">i4"), *version)
    builder.add_binary(column.cast(pa.binary()))


def _check_no_nul(texts: pa.Array) -> None:
    if np.minimum.reduce(np.frombuffer(letters(texts)[1], np.uint8), initial=1) == 0:
        for text in texts.drop_null().to_pylist():
            if "\0" in text:
                raise UnfitValue(f"{text!r} has the character NUL (U+0000), which PostgreSQL cannot hold")


def _framed_lengths(lengths: pa.Array, extra: int) -> pa.Array:
    fields: list[Field] = [(lengths.to_numpy() + extra).astype(">i4")]
    return _binary(_records([*fields, _JSONB_VERSION] if extra else fields, len(lengths)))


def _words(column: pa.DictionaryArray, kind: str) -> pa.Array:
    """Words with their lengths, taken from a list that is framed once."""
    framed = _framed(_Words(column.dictionary), kind).take(column.indices)
    return pc.fill_null(framed, _NULL) if column.null_count else framed


class _Words:
    """A list of words as a key of a cache, hashed by its address in memory: a model's lists stay where they are."""

    def __init__(self, words: pa.StringArray) -> None:
        self.words = words
        self._address = address(words)

    def __hash__(self) -> int:
        return hash(self._address)

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, _Words) and self._address == other._address and self.words.equals(other.words)


@lru_cache(maxsize=256)
def _framed(words: _Words, kind: str) -> pa.Array:
    if kind == "uuid":
        return _binary(_records([_length(16), _uuids(words.words)], len(words.words)))
    extra = int(kind == "jsonb")
    _check_no_nul(words.words)
    return pc.binary_join_element_wise(_framed_lengths(pc.binary_length(words.words), extra), words.words.cast(pa.binary()), b"")
