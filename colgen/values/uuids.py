"""UUIDs as text, from random bits and a number."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from colgen.arrays import Array

_DIGITS = np.frombuffer(b"0123456789abcdef", np.uint8)
_HEX = _DIGITS[np.arange(1 << 16)[:, None] >> np.array([12, 8, 4, 0]) & 15].view(np.uint32)[:, 0]  # four digits at once
_GROUPS = (
    ("a", "u8", 0),
    ("b", "u4", 8),
    ("c", "u4", 12),
    ("d", "u4", 16),
    ("e", "u8", 20),
    ("f", "u4", 28),
)  # the fields of a UUID: dtype and first digit; the last is split in two
_UUID = np.dtype(
    {
        "names": [name for name, _, _ in _GROUPS],
        "formats": [dtype for _, dtype, _ in _GROUPS],
        "offsets": [0, 9, 14, 19, 24, 32],
        "itemsize": 36,
    }
)


def random_uuids(bits: Array, number: Array) -> pa.StringArray:
    """UUIDs of version 4 (RFC 9562) as text. They are random, and distinct because their last 62 bits are a permutation of the numbers.

    bits : 64 random bits for each: uint64
    number : a different whole number for each, below 2**62

    >>> random_uuids(np.zeros(1, np.uint64), np.array([7])).to_pylist()
    ['00000000-0000-4000-b0b2-3c7af5f940e4']
    """
    return _spelled(bits & np.uint64(0xFFFFFFFFFFFF0FFF) | np.uint64(0x4000), number)


def timed_uuids(moments: Array, bits: Array, number: Array) -> pa.StringArray:
    """UUIDs of version 7 (RFC 9562) as text: they ascend with the moments, to the millisecond, and are distinct like those of version 4.

    moments : microseconds since 1970-01-01: int64
    """
    milliseconds = np.maximum(moments // 1000, 0).astype(np.uint64) << np.uint64(16)
    return _spelled(milliseconds | np.uint64(0x7000) | bits & np.uint64(0xFFF), number)


def _spelled(high: Array, number: Array) -> pa.StringArray:
    """The upper 64 bits, and the number moved about in the lower 62 behind the variant."""
    mask = np.uint64((1 << 62) - 1)
    low = (
        number.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) & mask
    )  # odd factors and shifts are invertible, so no two results are equal
    low ^= low >> np.uint64(31)
    low = low * np.uint64(0xBF58476D1CE4E5B9) & mask
    low ^= low >> np.uint64(29)
    low |= np.uint64(1 << 63)
    digits = _HEX.take(np.stack([high, low], axis=1).view(np.uint16).reshape(-1, 2, 4)[:, :, ::-1].reshape(-1, 8)).view(np.uint8)
    data = np.full(len(high) * 36, ord("-"), np.uint8).view(_UUID)
    for name, dtype, first in _GROUPS:
        data[name] = digits[:, first : first + np.dtype(dtype).itemsize].view(dtype)[:, 0]
    begins = np.arange(len(high) + 1, dtype=np.int32) * 36
    return pa.StringArray.from_buffers(len(high), pa.py_buffer(begins), pa.py_buffer(data))
