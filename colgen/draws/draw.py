"""Random numbers that are hashes of their position: a key and a row number.

The random bits of a row are the SplitMix64 output function (Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
OOPSLA 2014) of `row * GOLDEN + key`. A cell therefore costs the same wherever it is, depends on no other cell, and is the same on every
machine, since integer arithmetic modulo 2**64 has no rounding. The last step of the function only mixes the upper bits into the lower
half, and is skipped where a number is made from the upper bits.

Where 16 bits per row are enough, four consecutive rows share a hash, and where 32 are enough, two do: row r has the 16 bits from bit
`16 * (r % 4)` of the hash of number `r // 4`. In one of a few thousand rows, so few bits do not determine the result; such rows are decided by
a further draw, so results are no less exact.

Keys are made from names (`key(seed, "invoicing", "customers", "email")`), never from positions in a list, so adding a column changes no other.
If a cell needs several numbers, they come from numbered streams, each with a key of its own.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from typing import Any, Protocol, TypeVar, cast

import numpy as np

from colgen.arrays import LONGEST, Array, gathered, part, slices

GOLDEN = 0x9E3779B97F4A7C15  # 2**64 / golden ratio, odd: SplitMix64's increment
_MASK = (1 << 64) - 1
_RAMP = np.arange(LONGEST, dtype=np.uint64) * np.uint64(GOLDEN)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11, _12 = (np.uint64(shift) for shift in (30, 27, 31, 11, 12))
_ONE = np.float64(1.0).view(np.uint64)
_BITS = {width: np.dtype(f"<u{width // 8}") for width in (16, 32, 64)}
_SHORT = 1 << 16  # numbers of 16 bits
_FEW, _MANY = (
    1 << 10,
    1 << 22,
)  # the largest ranges drawn from 16 and from 32 bits; with larger ones, too many draws would need to be repeated


def key(*path: object) -> int:
    """The 64-bit key of a path of names, such as `(seed, model, table, column)`.

    >>> key(7, "shop", "customers", "email") == key(7, "shop", "customers", "name")
    False
    """
    text = "\x1f".join(str(name) for name in path)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def mix_number(z: int) -> int:
    """SplitMix64's finalizer, applied to a single number."""
    z = (z ^ (z >> 30)) * int(_MIX_1) & _MASK
    z = (z ^ (z >> 27)) * int(_MIX_2) & _MASK
    return z ^ (z >> 31)


def _mix(z: Array, scratch: Array, upper: bool) -> None:
    """SplitMix64's finalizer, applied to uint64 in place; without its last step if only the upper bits are needed."""
    np.right_shift(z, _30, out=scratch)
    np.bitwise_xor(z, scratch, out=z)
    np.multiply(z, _MIX_1, out=z)
    np.right_shift(z, _27, out=scratch)
    np.bitwise_xor(z, scratch, out=z)
    np.multiply(z, _MIX_2, out=z)
    if not upper:
        np.right_shift(z, _31, out=scratch)
        np.bitwise_xor(z, scratch, out=z)


def _fractions(z: Array, out: Array) -> Array:
    """The top 52 bits as (number + 0.5) * 2**-52, float64, written to `out`. Overwrites z.

    The bits become the mantissa of a number in [1, 2), from which 1 is subtracted.
    """
    np.right_shift(z, _12, out=z)
    np.bitwise_or(z, _ONE, out=z)
    return np.subtract(z.view(np.float64), 1.0 - 2.0**-53, out=out)


T = TypeVar("T", covariant=True)


class Distribution(Protocol[T]):
    """Anything that turns draws into values, one per row."""

    def sample(self, draw: Draw) -> T: ...


class Draw:
    """The random numbers of a column in a range of rows.

    Each call uses the next numbered stream, so two calls in the same function are independent:

    >>> draw = Draw(key(7, "shop", "orders", "quantity"), start=1, count=3)
    >>> draw.integers(1, 6)
    array([3, 3, 1])
    >>> draw.integers(1, 6)
    array([1, 4, 5])

    Any row gives the same numbers, whether it is drawn alone or with others:

    >>> Draw(key(7, "shop", "orders", "quantity"), start=2, count=1).integers(1, 6)
    array([3])

    key : of the column, from `key`
    start : the first row
    count : the number of rows
    ids : numbers of rows to draw for, in place of `start` and `count`
    """

    __slots__ = ("_ids", "_key", "_start", "_stream", "count")

    def __init__(self, key: int, start: int = 0, count: int = 0, ids: Array | None = None) -> None:
        self._key = key
        self._start = start
        self._ids = ids
        self.count = count if ids is None else len(ids)
        self._stream = 0

    @property
    def key(self) -> int:
        """The key of the column."""
        return self._key

    def __getitem__(self, rows: slice) -> Draw:
        """The draws of a slice of these rows, starting again with the first stream."""
        low, high, _ = rows.indices(self.count)
        return Draw(self._key, self._start + low, high - low, None if self._ids is None else self._ids[rows])

    def retry(self, positions: Array, times: int = 1) -> Draw:
        """New draws for some of these rows, independent of all other streams: for further attempts at a cell.

        positions : indices into the rows of this draw, int64
        times : the number of attempts per row; the draws of a row follow one another
        """
        fresh = self._apart(positions, self._stream)
        if times > 1:
            fresh = Draw(fresh._key, ids=np.add.outer(cast(Array, fresh._ids) * times, np.arange(times)).reshape(-1))
        return fresh

    def anew(self, positions: Array) -> Draw:
        """New draws for some of these rows, others with each call.

        positions : indices into the rows of this draw, int64
        """
        return self._at(positions, self.stream_key())

    def apart(self, name: str) -> Draw:
        """Draws for the same rows that are independent of these and of those apart by another name."""
        return Draw(key(self._key, name), self._start, 0 if self._ids is not None else self.count, self._ids)

    def further(self, positions: Array) -> Draw:
        """New draws for rows that the last call did not determine, independent of all streams and retries. For use by distributions."""
        return self._apart(positions, _MASK - self._stream)

    def _apart(self, positions: Array, number: int) -> Draw:
        return self._at(positions, mix_number(self._key ^ mix_number(number)))

    def _at(self, positions: Array, key: int) -> Draw:
        """Draws for some of these rows by another key."""
        return Draw(key, ids=positions + self._start if self._ids is None else self._ids[positions])

    def bits(self, width: int = 64) -> Array:
        """Random bits: uint16, uint32 or uint64, shape (count,).

        width : bits per row: 16, 32 or 64; the time is in proportion
        """
        out = np.empty(self.count, f"u{width // 8}")
        for rows, z in self.bits_by_block(width):
            out[rows] = z
        return out

    def bits_by_block(self, width: int = 64, upper: bool = False) -> Iterator[tuple[slice, Array]]:
        """Random bits, a block of rows at a time: the rows and their bits. The memory of the bits is reused for the next block.

        Processing bits while they are in the cache takes half the time.

        upper : whether only the upper half of 64 bits is needed: the lower half is then of lower quality, which saves time
        """
        start, shared = self._next_stream(), 64 // width  # the number of rows that share a hash
        dtype, upper = _BITS[width], upper and shared == 1
        hashed, scratch = np.empty((2, min(self.count, LONGEST) // (1 if self._ids is not None else shared) + 2), np.uint64)
        for rows in slices(self.count):
            if self._ids is None:
                first, end = self._start + rows.start, self._start + rows.stop
                z = hashed[: -(-end // shared) - first // shared]
                np.add(_RAMP[: len(z)], np.uint64((start + first // shared * GOLDEN) & _MASK), out=z)
                _mix(z, scratch[: len(z)], upper)
                yield rows, z.astype("<u8", copy=False).view(dtype)[first % shared :][: end - first]
                continue
            ids = self._ids[rows].astype(np.uint64, copy=False)
            z = np.multiply(ids >> np.uint64(shared // 2) if shared > 1 else ids, np.uint64(GOLDEN), out=hashed[: len(ids)])
            np.add(z, np.uint64(start), out=z)
            _mix(z, scratch[: len(z)], upper)
            if shared > 1:
                z >>= (ids & np.uint64(shared - 1)) * np.uint64(width)
            yield rows, z.astype(dtype, copy=False)

    def stream_key(self) -> int:
        """A key of the next stream's own, for draws that are numbered in another way than by rows. For use by distributions."""
        return mix_number(self._next_stream())

    def _next_stream(self) -> int:
        """The number that is added to the hashed numbers of the next stream."""
        self._stream += 1
        return (self._key + mix_number((self._stream - 1) * GOLDEN & _MASK)) & _MASK

    def uniform(self) -> Array:
        """Uniform in the open interval (0, 1), in steps of 2**-52: float64, shape (count,). Never 0 or 1, so logarithms are safe."""
        out = np.empty(self.count)
        for rows, z in self.bits_by_block(upper=True):
            _fractions(z, out[rows])
        return out

    def below(self, limit: int | Array, dtype: Any = np.int64) -> Array:
        """Integers from 0 to limit - 1, equally likely to within limit / 2**53: shape (count,).

        limit : one number, or one per row
        dtype : any integer dtype that can hold the results

        The upper half of the product of limit and 16 random bits is the result; the lower half shows which draws must be repeated, as they
        would make some numbers more likely than others (Lemire, "Fast random integer generation in an interval", 2019).
        """
        return self.integers(0, limit - 1, dtype)

    def integers(self, low: int | Array, high: int | Array, dtype: Any = np.int64) -> Array:
        """Integers from low to high, both included, equally likely: shape (count,).

        low, high : one number, or one per row
        dtype : an integer dtype that can hold the results; in a smaller one, they are modulo 2 to the power of its bits
        """
        limit = high - low + 1
        if not isinstance(limit, np.ndarray):
            limit = least = most = int(limit)  # it may be a NumPy integer
        elif limit.dtype.kind in "iu":
            least, most = int(limit.min(initial=1)), int(limit.max(initial=1))
        else:
            least, most = -1, -1
        if least < 0 or (isinstance(limit, int) and most > _MANY):
            return self._scaled(low, limit).astype(dtype, copy=False)
        if isinstance(limit, np.ndarray) and most > _MANY:  # row by row, so that a row does not depend on which others are drawn with it
            out = self._bounded(low, np.minimum(limit, _MANY), 32, dtype)
            large = np.flatnonzero(limit > _MANY)
            out[large] = self.further(large)._scaled(part(low, large), limit[large])
            return out
        return self._bounded(low, limit, 16 if isinstance(limit, int) and limit <= _FEW else 32, dtype)

    def _bounded(self, low: int | Array, limit: int | Array, width: int, dtype: Any) -> Array:
        """Integers from bits of the given width; rows in which these would make a number more likely than others are drawn again.

        limit : not negative
        """
        out, repeated = np.empty(self.count, dtype), []
        products = np.empty(min(self.count, LONGEST), f"u{width // 4}")
        for rows, z in self.bits_by_block(width):
            limits = part(limit, rows)
            product = products[: len(z)]
            product[:] = z
            product *= limits if isinstance(limits, int) else limits.astype(np.uint64)
            if isinstance(limits, int):
                excess = (1 << width) % limits if limits else 0
                biased = np.flatnonzero(product.astype(z.dtype) < excess) if excess else np.empty(0, np.int64)
            else:
                lower = product.astype(z.dtype)
                biased = np.flatnonzero(lower < limits.astype(z.dtype))
                biased = biased[lower[biased] < (1 << width) % limits[biased].astype(np.int64)]
            repeated.append(biased + rows.start)
            product >>= width
            out[rows] = product
            if not isinstance(low, int) or low:
                out[rows] += part(low, rows)
        again = gathered(repeated)
        out[again] = self.further(again)._scaled(part(low, again), part(limit, again))
        return out

    def _scaled(self, low: int | Array, limit: int | Array) -> Array:
        """Integers as a fraction of the limit, from 53 bits."""
        out = np.empty(self.count, np.int64)
        for rows, z in self.bits_by_block(upper=True):
            np.right_shift(z, _11, out=z)
            u = z.view(np.int64).astype(np.float64)
            u *= part(limit, rows) * 2.0**-53
            out[rows] = u
            if not isinstance(low, int) or low:
                out[rows] += part(low, rows)
        return out

    def chance(self, probability: float | Array) -> Array:
        """True with the given probability, which is exact to within 2**-52: bool, shape (count,).

        probability : one number, or one per row
        """
        out = np.empty(self.count, bool)
        if isinstance(probability, np.ndarray):
            for rows, z in self.bits_by_block(upper=True):
                np.less(_fractions(z, z.view(np.float64)), probability[rows], out=out[rows])
            return out
        below = min(max(math.floor(probability * _SHORT), 0), _SHORT)
        undecided = []  # the rows whose 16 bits are equal to those of the probability
        for rows, z in self.bits_by_block(16):
            np.less(z, below, out=out[rows])
            undecided.append(np.flatnonzero(z == below) + rows.start)
        again = gathered(undecided)
        out[again] = self.further(again).uniform() < probability * _SHORT - below
        return out

    def __call__(self, distribution: Distribution[T]) -> T:
        """The values of a distribution, such as `Normal(0, 1)`, one per row."""
        return distribution.sample(self)
