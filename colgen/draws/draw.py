"""A random number as a hash of its place.

`bits(key, row)` is the SplitMix64 output function (Steele, Lea and Flood, "Fast splittable pseudorandom number
generators", OOPSLA 2014) of `row * GOLDEN + key`. So a cell costs the same wherever it is, needs nothing before it,
and is the same on every machine: integer arithmetic modulo 2**64 leaves no room for rounding. Its last step only
mixes the upper bits into the lower half, and is left out where a number is made of the upper ones.

Where 16 bits are enough, four rows that follow one another share a hash, and two where 32 are: row r has the 16 bits from `16 * (r % 4)` up of
number `r // 4`'s. What so few bits leave open, once in some thousand rows, is settled by a draw of its own, so nothing is less exact for it.

Keys come from names (`key(seed, "invoicing", "customers", "email")`), never from positions in a list: adding a column
changes no other one. Several numbers for one cell take numbered streams, each with a key of its own.
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
_SHORT = 1 << 16  # numbers of 16 bits
_FEW, _MANY = 1 << 10, 1 << 22  # so many numbers are told apart by 16 and by 32 bits; of more, too many draws would have to be done again


def key(*place: object) -> int:
    """The 64-bit key of a place, such as `(seed, model, table, column)`.

    >>> key(7, "shop", "customers", "email") == key(7, "shop", "customers", "name")
    False
    """
    text = "\x1f".join(str(part) for part in place)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def mix_number(z: int) -> int:
    """SplitMix64's finalizer on one number."""
    z = (z ^ (z >> 30)) * int(_MIX_1) & _MASK
    z = (z ^ (z >> 27)) * int(_MIX_2) & _MASK
    return z ^ (z >> 31)


def _mix(z: Array, scratch: Array, upper: bool) -> None:
    """SplitMix64's finalizer on uint64, in place; without its last step where the upper bits are what counts."""
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
    """The top 52 bits as (number + 0.5) * 2**-52 in `out`, float64; z is lost. They are laid into the mantissa of a number in [1, 2)."""
    np.right_shift(z, _12, out=z)
    np.bitwise_or(z, _ONE, out=z)
    return np.subtract(z.view(np.float64), 1.0 - 2.0**-53, out=out)


T = TypeVar("T", covariant=True)


class Distribution(Protocol[T]):
    """Anything that turns draws into values, one a row."""

    def sample(self, draw: Draw) -> T: ...


class Draw:
    """The random numbers of one column at some rows.

    Each call takes the next numbered stream, so two calls in one function are independent:

    >>> draw = Draw(key(7, "shop", "orders", "quantity"), start=1, count=3)
    >>> draw.integers(1, 6)
    array([3, 3, 1])
    >>> draw.integers(1, 6)
    array([1, 4, 5])

    and any row alone gives what it gives among others:

    >>> Draw(key(7, "shop", "orders", "quantity"), start=2, count=1).integers(1, 6)
    array([3])
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
        """The key of the column that is drawn."""
        return self._key

    def __getitem__(self, rows: slice) -> Draw:
        """The same draws at some of these rows, from the first stream on."""
        low, high, _ = rows.indices(self.count)
        return Draw(self._key, self._start + low, high - low, None if self._ids is None else self._ids[rows])

    def retry(self, positions: Array, times: int = 1) -> Draw:
        """Fresh draws for some of these rows, apart from every other stream: the next attempt at a cell, or the next few.

        positions : int64 array of indices into the rows of this draw
        times : how many each of them has, one after the other
        """
        fresh = self._apart(positions, self._stream)
        if times > 1:
            fresh = Draw(fresh._key, ids=np.add.outer(cast(Array, fresh._ids) * times, np.arange(times)).reshape(-1))
        return fresh

    def further(self, positions: Array) -> Draw:
        """Fresh draws where the last call has left something open, apart from every stream and retry: for what samples with this draw."""
        return self._apart(positions, _MASK - self._stream)

    def _apart(self, positions: Array, number: int) -> Draw:
        ids = positions + self._start if self._ids is None else self._ids[positions]
        return Draw(mix_number(self._key ^ mix_number(number)), ids=ids)

    def bits(self, width: int = 64) -> Array:
        """Random bits: uint16, uint32 or uint64, shape (count,).

        width : 16, 32 or 64; so much is what a row costs
        """
        out = np.empty(self.count, f"u{width // 8}")
        for rows, z in self.bits_by_block(width):
            out[rows] = z
        return out

    def bits_by_block(self, width: int = 64, upper: bool = False) -> Iterator[tuple[slice, Array]]:
        """The same some rows at a time: which rows, and their bits in memory that is used anew for the next ones.

        What is made of bits while they are in the cache costs half of what it costs later.

        upper : for a number made of the upper ones of 64 bits: the lower half is not mixed with the upper one
        """
        start, shared = self._of_stream(), 64 // width  # rows that share a hash
        kind, upper = np.dtype(f"<u{width // 8}"), upper and shared == 1
        hashed, scratch = np.empty((2, min(self.count, LONGEST) // (1 if self._ids is not None else shared) + 2), np.uint64)
        for rows in slices(self.count):
            if self._ids is None:
                first, end = self._start + rows.start, self._start + rows.stop
                z = hashed[: -(-end // shared) - first // shared]
                np.add(_RAMP[: len(z)], np.uint64((start + first // shared * GOLDEN) & _MASK), out=z)
                _mix(z, scratch[: len(z)], upper)
                yield rows, z.astype("<u8", copy=False).view(kind)[first % shared :][: end - first]
                continue
            ids = self._ids[rows].astype(np.uint64)
            z = np.multiply(ids >> np.uint64(shared // 2), np.uint64(GOLDEN), out=hashed[: len(ids)])
            np.add(z, np.uint64(start), out=z)
            _mix(z, scratch[: len(z)], upper)
            if shared > 1:
                z >>= (ids & np.uint64(shared - 1)) * np.uint64(width)
            yield rows, z.astype(kind, copy=False)

    def _of_stream(self) -> int:
        """What the next stream's hashes begin with."""
        self._stream += 1
        return (self._key + mix_number((self._stream - 1) * GOLDEN & _MASK)) & _MASK

    def uniform(self) -> Array:
        """Uniform in the open interval (0, 1), in steps of 2**-52: float64. Never 0 or 1, so a logarithm is safe."""
        out = np.empty(self.count)
        for rows, z in self.bits_by_block(upper=True):
            _fractions(z, out[rows])
        return out

    def below(self, limit: int | Array, dtype: Any = np.int64) -> Array:
        """Integers 0 … limit - 1, equally likely to within limit / 2**53, of some dtype that holds them. `limit` is one number or one a row.

        The product of limit and 16 bits has the number as its upper half; the lower half tells which draws would make some numbers likelier
        than others, to be done again (Lemire, "Fast random integer generation in an interval", 2019).
        """
        return self.integers(0, limit - 1, dtype)

    def integers(self, low: int | Array, high: int | Array, dtype: Any = np.int64) -> Array:
        """Integers from low to high, both included, equally likely. The ends are one number or one a row.

        dtype : of whole numbers, one that holds them all; of another one they are modulo 2 ** its bits
        """
        limit = high - low + 1
        if not isinstance(limit, np.ndarray):
            limit = least = most = int(limit)  # it may be one of NumPy's
        elif limit.dtype.kind in "iu":
            least, most = int(limit.min(initial=1)), int(limit.max(initial=1))
        else:
            least, most = -1, -1
        if least < 0 or most > _MANY:
            return self._roughly(low, limit).astype(dtype, copy=False)
        return self._exactly(low, limit, 16 if isinstance(limit, int) and limit <= _FEW else 32, dtype)

    def _exactly(self, low: int | Array, limit: int | Array, width: int, dtype: Any) -> Array:
        """By bits of some width, and where they say that a number would be likelier than others, by further ones.

        limit : if it is one a row, none is negative
        """
        out, open_ = np.empty(self.count, dtype), []
        products = np.empty(min(self.count, LONGEST), f"u{width // 4}")
        for rows, z in self.bits_by_block(width):
            some = part(limit, rows)
            product = products[: len(z)]
            product[:] = z
            product *= some if isinstance(some, int) else some.astype(np.uint64)
            if isinstance(some, int):
                over = (1 << width) % some if some else 0
                late = np.flatnonzero(product.astype(z.dtype) < over) if over else np.empty(0, np.int64)
            else:
                lower = product.astype(z.dtype)
                late = np.flatnonzero(lower < some.astype(z.dtype))
                late = late[lower[late] < (1 << width) % some[late].astype(np.int64)]
            open_.append(late + rows.start)
            product >>= width
            out[rows] = product
            if not isinstance(low, int) or low:
                out[rows] += part(low, rows)
        late = gathered(open_)
        out[late] = self.further(late)._roughly(part(low, late), part(limit, late))
        return out

    def _roughly(self, low: int | Array, limit: int | Array) -> Array:
        """By 53 bits, as a fraction of the limit."""
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
        """True with this probability: bool. To within 2**-52."""
        out = np.empty(self.count, bool)
        if isinstance(probability, np.ndarray):
            for rows, z in self.bits_by_block(upper=True):
                np.less(_fractions(z, z.view(np.float64)), probability[rows], out=out[rows])
            return out
        below = min(max(math.floor(probability * _SHORT), 0), _SHORT)
        between = []  # those whose 16 bits are neither below the chance nor above it
        for rows, z in self.bits_by_block(16):
            np.less(z, below, out=out[rows])
            between.append(np.flatnonzero(z == below) + rows.start)
        some = gathered(between)
        out[some] = self.further(some).uniform() < probability * _SHORT - below
        return out

    def __call__(self, distribution: Distribution[T]) -> T:
        """Values of any distribution of `colgen.distributions`, one a row."""
        return distribution.sample(self)
