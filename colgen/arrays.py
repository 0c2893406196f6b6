"""What NumPy does slowly, done otherwise.

An array of a block does not fit into the second-level cache, and each operation on it goes through the whole of it; a formula of ten
operations on some thousand rows at a time touches memory once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

CACHED_ROWS = 1 << 15
"""About so many rows are worked on at a time: a few arrays of 256 KB. Fewer, and threads wait for Python's lock; more, and they leave the
cache."""

LONGEST = CACHED_ROWS * 3 // 2
"""More are never worked on at a time."""


def slices(count: int, multiple: int = 1) -> Iterator[slice]:
    """So many rows in even pieces of about `CACHED_ROWS`, all but the last one a multiple of some number.

    >>> list(slices(70_000))
    [slice(0, 35000, None), slice(35000, 70000, None)]
    """
    pieces = max(1, round(count / CACHED_ROWS))
    step = -(-count // (pieces * multiple)) * multiple
    for low in range(0, count, step or 1):
        yield slice(low, min(low + step, count))


def elementwise(function: Callable[..., Array], array: Array, *others: Array | int) -> Array:
    """`function(array, *others)`, some rows at a time.

    function : of arrays of one length, element by element; its values have one dtype
    others : of these any may be a number

    >>> elementwise(np.maximum, np.array([1, 5]), np.array([3, 4]))
    array([3, 5])
    """
    count = len(array)
    if count < LONGEST:
        return function(array, *others)
    out: Array | None = None
    for rows in slices(count):
        found = function(array[rows], *(part(other, rows) for other in others))
        out = np.empty(count, found.dtype) if out is None else out
        out[rows] = found
    assert out is not None
    return out


def taken(values: Array, positions: Array, dtype: Any = None) -> Array:
    """`values.take(positions).astype(dtype)`, some rows at a time.

    >>> taken(np.array([10, 20], np.int8), np.array([1, 1, 0]), np.int64)
    array([20, 20, 10])
    """
    out = np.empty(len(positions), dtype or values.dtype)
    for rows in slices(len(positions)):
        out[rows] = values.take(positions[rows])
    return out


def narrowest(low: int, high: int) -> np.dtype[Any]:
    """The narrowest signed dtype that holds whole numbers from low to high.

    >>> narrowest(0, 127), narrowest(-1, 128)
    (dtype('int8'), dtype('int16'))
    """
    return next((kind for kind in _SIGNED[:-1] if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max), _SIGNED[-1])


_SIGNED = [np.dtype(f"i{size}") for size in (1, 2, 4, 8)]


def ranges(begins: Array | int, lengths: Array) -> Array:
    """Whole numbers from each begin on, as many as its length says: int64.

    >>> ranges(np.array([5, 0]), np.array([3, 2]))
    array([5, 6, 7, 0, 1])
    """
    ends = np.cumsum(lengths, dtype=np.int64)
    found = np.repeat(begins - (ends - lengths), lengths)
    found += np.arange(len(found))
    return found


def anywhere(data: Array, size: int) -> Array:
    """Records of so many bytes that begin at any byte of an array: a view, which overlaps itself.

    >>> anywhere(np.frombuffer(b"abcd", np.uint8), 3).tolist()
    [b'abc', b'bcd']
    """
    return np.ndarray(len(data) - size + 1, f"V{size}", data, strides=(1,))


def gathered(positions: list[Array]) -> Array:
    """Positions that were found some rows at a time, as one array: int64, of no length where there were no rows."""
    return np.concatenate(positions) if positions else np.empty(0, np.int64)


def either(condition: Array, yes: Array | int, no: Array | int) -> Array:
    """`np.where` on whole numbers, without a branch: where the condition is as good as random, ten times as fast.

    >>> either(np.array([True, False]), 1, np.array([8, 9]))
    array([1, 9])
    """
    return elementwise(lambda condition, yes, no: no + (yes - no) * condition, condition, yes, no)


def part(values: Any, rows: slice | Array) -> Any:
    """Some rows of what is one number or one a row."""
    return values[rows] if isinstance(values, np.ndarray) and values.ndim else values
