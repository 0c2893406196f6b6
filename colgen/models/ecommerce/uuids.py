"""UUIDs as text, from random bits and a number."""

import numpy as np
import pyarrow as pa

_HEX = np.frombuffer("".join(f"{number:04x}" for number in range(1 << 16)).encode(), np.uint32)  # four digits at once
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


def uuid(bits, number):
    """UUIDs of version 4 (RFC 9562) as text. They are random, and distinct because their last 62 bits are a permutation of the numbers."""
    mask = np.uint64((1 << 62) - 1)
    low = (
        number.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) & mask
    )  # odd factors and shifts are invertible, so no two results are equal
    low ^= low >> np.uint64(31)
    low = low * np.uint64(0xBF58476D1CE4E5B9) & mask
    low ^= low >> np.uint64(29)
    low |= np.uint64(1 << 63)
    high = bits & np.uint64(0xFFFFFFFFFFFF0FFF) | np.uint64(0x4000)
    digits = _HEX.take(np.stack([high, low], axis=1).view(np.uint16).reshape(-1, 2, 4)[:, :, ::-1].reshape(-1, 8)).view(np.uint8)
    data = np.full(len(bits) * 36, ord("-"), np.uint8).view(_UUID)
    for name, dtype, first in _GROUPS:
        data[name] = digits[:, first : first + np.dtype(dtype).itemsize].view(dtype)[:, 0]
    begins = np.arange(len(bits) + 1, dtype=np.int32) * 36
    return pa.StringArray.from_buffers(len(bits), pa.py_buffer(begins), pa.py_buffer(data))
