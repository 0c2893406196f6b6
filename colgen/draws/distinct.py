"""Draws without repetition: rows of one group that have values which are all different."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from colgen.arrays import Array, chunks, part, slices
from colgen.draws.draw import Draw
from colgen.draws.elementary import log

_LISTED = 12
"""Up to so many values are put in order whole for each group that needs it; a network of so few would be visibly uneven."""

_ROUNDS = 8
_CELLS = 1 << 20  # waiting times that are worked out at once
_LONGEST_RUN = 64  # of rows of one group that are compared with one another at every distance


@dataclass(frozen=True)
class Distinct:
    """Whole numbers from 0 to n - 1, equally likely, of which the rows of one group have different ones: int64, shape (rows,).

    All rows draw by themselves. Where two of a group have drawn the same, the whole group is drawn anew in another way, as the first of a
    permutation of all n numbers that is the group's own: in order by a hash of each for a few, by a Feistel network for more. Since neither
    way prefers one choice over another, no more does what comes of the two together; nothing is tried more than once.

    group : what the rows have in common, such as their parent's id: whole numbers, one a row; rows of a group follow one another
    place : 1 … c within the group, one a row
    n : how many numbers there are: one for all rows, or one a row, the same in a group

    Raises ValueError where a group has more rows than there are numbers.

    >>> from colgen.draws.draw import key
    >>> order, line = np.array([7, 7, 7, 8]), np.array([1, 2, 3, 1])
    >>> Draw(key("any"), count=4)(Distinct(order, line, 3))
    array([1, 2, 0, 1])
    """

    group: Array
    place: Array
    n: int | Array

    def sample(self, draw: Draw) -> Array:
        if not len(self.group):
            return np.empty(0, np.int64)
        _refuse_too_many(self.place, self.n)
        own = draw.below(self.n)
        key = draw.stream_key()
        first = np.flatnonzero(_begins(self.group))
        sizes = np.diff(first, append=len(own))
        number = np.arange(len(first)).repeat(sizes)
        again = repeated(own, number, int(sizes.max()), int(np.max(self.n)))
        if len(again):
            affected = np.zeros(len(first), bool)
            affected[number[again]] = True
            rows = np.flatnonzero(affected.take(number))
            own[rows] = _permuted(key, self.group[rows], self.place[rows] - 1, part(self.n, rows))
        return own


@dataclass(frozen=True)
class DistinctChoice:
    """For the rows of each group different numbers 0 … n - 1, preferred by weight: what is drawn again and again until it is another would
    come as often and in the same order. int64, shape (rows,).

    Each number gets the waiting time of its own in each group, exponential with its weight as the rate; they come as they are due (Efraimidis
    and Spirakis, "Weighted random sampling with a reservoir", 2006).

    group, place : as in `Distinct`
    weights : of the numbers; those without weight never come

    Raises ValueError where a group has more rows than there are numbers with a weight.
    """

    group: Array
    place: Array
    weights: tuple[float, ...]

    def sample(self, draw: Draw) -> Array:
        weights = np.asarray(self.weights, np.float64)
        listed = np.flatnonzero(weights)
        _refuse_too_many(self.place, len(listed))
        key, out = draw.stream_key(), np.empty(len(self.group), np.int64)
        first = np.flatnonzero(_begins(self.group))
        ends = np.append(first, len(out))
        for groups in chunks(len(first), max(1, _CELLS // len(listed))):
            numbers = np.add.outer(self.group[first[groups]] * len(weights), listed)
            waits = log(Draw(key, ids=numbers.reshape(-1)).uniform()).reshape(numbers.shape) / -weights[listed]
            order = listed[waits.argsort(axis=1, kind="stable")]
            rows = slice(ends[groups.start], ends[groups.stop])
            number = np.arange(len(numbers)).repeat(np.diff(ends[groups.start : groups.stop + 1]))
            out[rows] = order[number, self.place[rows] - 1]
        return out


def repeated(values: Array, group: Array, most: int, limit: int) -> Array:
    """The positions of values that an earlier row of their group has too: int64, ascending.

    values : whole numbers that are not negative
    group : the number of each row's group, ascending; those of one follow one another
    most : how many rows a group has at most
    limit : no value is larger
    """
    if most > _LONGEST_RUN:
        order = np.lexsort((values, group))
        same = (np.diff(values[order]) == 0) & (np.diff(group[order]) == 0)
        return np.sort(order[1:][same])
    number = group.astype(np.uint8)  # modulo 256
    if (np.diff(group) > 1).any():  # without gaps, so that near groups have near numbers
        number = np.cumsum(_begins(group), dtype=np.uint8)
    bits, kind = (24, np.int32) if limit < 1 << 24 else (56, np.int64)
    own: Array = (number & np.uint8(_LONGEST_RUN * 2 - 1)).astype(kind)
    own <<= bits
    own += values.astype(kind, copy=False)  # differs from those of near groups
    again = np.zeros(len(values), bool)
    for distance in range(1, min(most, len(values))):
        again[distance:] |= own[distance:] == own[:-distance]
    return np.flatnonzero(again)


class TooFewValues(ValueError):
    """A group has more rows than there are values."""


def _refuse_too_many(place: Array, n: int | Array) -> None:
    """ValueError where a group has more rows than there are values."""
    beyond = np.flatnonzero(place > n)
    if len(beyond):
        needed, there = int(place[beyond[0]]), int(np.broadcast_to(n, len(place))[beyond[0]])
        raise TooFewValues(f"{needed:,} different values are needed for one parent, and there are {there:,}")


def _begins(group: Array) -> Array:
    """Whether each row is the first of its group: bool."""
    begins = np.ones(len(group), bool)
    np.not_equal(group[1:], group[:-1], out=begins[1:])
    return begins


def _permuted(key: int, group: Array, place: Array, n: int | Array) -> Array:
    """Where each group's own permutation of 0 … n - 1 takes a place."""
    out = np.empty(len(group), np.int64)
    few = np.broadcast_to(np.asarray(n) <= _LISTED, len(group))
    for rows, by in ((np.flatnonzero(few), _listed), (np.flatnonzero(~few), _networked)):
        for piece in slices(len(rows)):
            if len(some := rows[piece]):
                out[some] = by(key, group[some], place[some], part(n, some))
    return out


def _listed(key: int, group: Array, place: Array, n: int | Array) -> Array:
    """By the order of a hash of each number."""
    first = np.flatnonzero(_begins(group))
    most = int(np.max(n))
    hashes = Draw(key, ids=np.add.outer(group[first] * _LISTED, np.arange(most)).reshape(-1)).bits().reshape(-1, most)
    if isinstance(n, np.ndarray):
        hashes[np.arange(most) >= n[first][:, None]] = np.iinfo(np.uint64).max
    order = hashes.argsort(axis=1, kind="stable")
    return order.reshape(-1).take(np.arange(len(first)).repeat(np.diff(first, append=len(group))) * most + place)


def _networked(key: int, group: Array, place: Array, n: int | Array) -> Array:
    """By a Feistel network on the numbers below n, each a high and a low part of about the same size; what leaves them goes on until it comes back."""
    lows = np.ceil(np.sqrt(np.asarray(n, np.float64))).astype(np.int64)
    highs = -(-np.asarray(n) // lows)
    value, left = place.astype(np.int64), np.arange(len(place))
    keys = Draw(key, ids=group).bits()
    while len(left):
        ours, low_end, high_end = keys[left], _at(lows, left), _at(highs, left)
        high, low = np.divmod(value[left], low_end)
        for turn in range(0, _ROUNDS, 2):
            high += _hashed(key, ours, low, turn, high_end)
            high -= high_end * (high >= high_end)
            low += _hashed(key, ours, high, turn + 1, low_end)
            low -= low_end * (low >= low_end)
        value[left] = high * low_end + low
        left = left[value[left] >= _at(np.asarray(n), left)]
    return value


def _hashed(key: int, keys: Array, number: Array, turn: int, end: int | Array) -> Array:
    """A number below `end` that depends on a group's key, a number and the turn."""
    bits = Draw(key, ids=keys + (number * _ROUNDS + turn).astype(np.uint64)).bits() >> np.uint64(32)
    return (bits.astype(np.int64) * end) >> 32


def _at(values: Array, rows: Array) -> Array:
    return values if values.ndim == 0 else values[rows]
