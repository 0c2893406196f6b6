"""Thrift's compact protocol, as far as Parquet's page headers and footer need it: what a file says of itself, a few bytes a page.

https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

from collections.abc import Sequence

Field = tuple[int, bytes]
"""What a field holds: the number of its type, and its value in bytes."""

_BYTES = [bytes([number]) for number in range(256)]
_TRUE, _FALSE, _I32, _I64, _BINARY, _LIST, _STRUCT = 1, 2, 5, 6, 8, 9, 12


def varint(number: int) -> bytes:
    """A number that is not negative, seven bits a byte, the lowest first.

    >>> varint(300)
    b'\\xac\\x02'
    """
    if number < 0x80:  # one to three bytes are what nearly all numbers take
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
    """A list: of one type, and not of booleans."""
    kind = items[0][0] if items else _STRUCT
    head = bytes([len(items) << 4 | kind]) if len(items) < 15 else bytes([0xF0 | kind]) + varint(len(items))
    return _LIST, head + b"".join(value for _, value in items)


def struct(fields: dict[int, Field]) -> Field:
    """Fields by their numbers, ascending.

    >>> struct({1: i32(1), 3: boolean(True)})
    (12, b'\\x15\\x02!\\x00')
    """
    found: list[bytes] = []
    before = 0
    for number, (kind, value) in fields.items():
        found += _BYTES[(number - before) << 4 | kind], value
        before = number
    return _STRUCT, b"".join(found) + b"\0"
