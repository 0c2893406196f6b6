"""Thrift's compact protocol, as much of it as Parquet's page headers and footer need.

https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Field = tuple[int, bytes]
"""A value ready to be written: the number of its type, and its bytes."""

_BYTES = [bytes([number]) for number in range(256)]
_TRUE, _FALSE, _I32, _I64, _BINARY, _LIST, _STRUCT = 1, 2, 5, 6, 8, 9, 12


def varint(number: int) -> bytes:
    """A number that is not negative, seven bits to a byte, the lowest first.

    >>> varint(300)
    b'\\xac\\x02'
    """
    if number < 0x80:  # nearly all numbers take one to three bytes
        return _BYTES[number]
    if number < 0x4000:
        return bytes((number & 0x7F | 0x80, number >> 7))
    if number < 0x200000:
        return bytes((number & 0x7F | 0x80, number >> 7 & 0x7F | 0x80, number >> 14))
    return bytes((number & 0x7F | 0x80,)) + varint(number >> 7)


def zigzag(number: int) -> bytes:
    """A number of either sign: 0, -1, 1, -2 … as 0, 1, 2, 3 …

    >>> zigzag(-2)
    b'\\x03'
    """
    return varint(number << 1 if number >= 0 else (-number << 1) - 1)


def i32(number: int) -> Field:
    return _I32, zigzag(number)


def i64(number: int) -> Field:
    return _I64, zigzag(number)


def boolean(value: bool) -> Field:
    return _TRUE if value else _FALSE, b""


def binary(data: bytes | str) -> Field:
    raw = data.encode() if isinstance(data, str) else data
    return _BINARY, varint(len(raw)) + raw


def sequence(items: Sequence[Field]) -> Field:
    """A list of values of one type, which is not boolean."""
    kind = items[0][0] if items else _STRUCT
    head = bytes([len(items) << 4 | kind]) if len(items) < 15 else bytes([0xF0 | kind]) + varint(len(items))
    return _LIST, head + b"".join(value for _, value in items)


def struct(fields: Mapping[int, Field | None]) -> Field:
    """Fields by their numbers, in ascending order; those that are None are left out.

    >>> struct({1: i32(1), 2: None, 3: boolean(True)})
    (12, b'\\x15\\x02!\\x00')
    """
    pieces: list[bytes] = []
    previous = 0
    for number, field in fields.items():
        if field is not None:
            kind, value = field
            pieces += _BYTES[(number - previous) << 4 | kind], value
            previous = number
    return _STRUCT, b"".join(pieces) + b"\0"
