"""Draws in proportion to weights, at a cost that does not depend on how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from colgen.arrays import Array, gathered
from colgen.draws.draw import Draw

_CHANGE = 31  # bits of a change
_CHANGED = (1 << _CHANGE) - 1
_COINS_OF_SLOT = 1 << 32


class Alias:
    """Picks 0 … n - 1 in proportion to weights with one draw and two look-ups, whatever n is.

    The alias method (Walker 1977) on a table padded to a power of two, so that the slot is the top bits of the draw and
    exact; the coin is the 32 bits after them: a share is right to within 2**-32 of a slot. What slots lack and what others have too much
    are paired off in their order, by running sums (Hübschle-Schneider and Sanders, "Parallel weighted random sampling", 2019).

    >>> from colgen.draws.draw import key
    >>> np.bincount(Alias([1, 3]).sample(Draw(key("coins"), count=10_000))).tolist()
    [2489, 7511]

    weights : none negative, up to 2**30 of them
    """

    def __init__(self, weights: Sequence[float] | Array) -> None:
        weight = _checked(weights)
        self._bits = max(1, (len(weight) - 1).bit_length())
        size = 1 << self._bits
        keep, other = np.zeros(size, np.int64), np.arange(size)  # keep: how many of a slot's 2**32 coins are its own
        weight = weight / weight.max()
        # a running sum is the same on every machine, which NumPy's sum need not be
        keep[: len(weight)] = np.rint(weight * (size * 2.0**32 / np.cumsum(weight)[-1]))
        keep[np.argmax(weight)] += size * _COINS_OF_SLOT - keep.sum()  # what rounding left
        small, large = np.flatnonzero(keep < _COINS_OF_SLOT), np.flatnonzero(keep >= _COINS_OF_SLOT)
        lacking, spare = np.cumsum(_COINS_OF_SLOT - keep[small]), np.cumsum(keep[large] - _COINS_OF_SLOT)
        filled = np.searchsorted(lacking, spare, side="right")  # how many small ones the large ones up to each fill to the brim
        begun = np.minimum(filled + 1, len(small))  # it is the next one that makes a large one small, for the next large one to fill
        other[small] = np.repeat(large, np.diff(begun, prepend=0))
        short = np.flatnonzero(filled < len(small))
        keep[large] = _COINS_OF_SLOT
        keep[large[short]] += spare[short] - lacking[filled[short]]
        other[large[short]] = large[short + 1]
        # in one number, so that a row looks up once: the last of the coins that keep the slot (-1 if none does), and the change otherwise
        self._slots = np.minimum(keep, _COINS_OF_SLOT - 1) - 1 << _CHANGE | np.arange(size) ^ other

    def sample(self, draw: Draw) -> Array:
        """Indices: int64, shape (rows,)."""
        out = np.empty(draw.count, np.int64)
        for rows, z in draw.bits_by_block(upper=True):
            self.pick(z, out[rows])
        return out

    def pick(self, z: Array, out: Array | None = None) -> Array:
        """Indices from 64 random bits each, of which the lowest 32 - log2(slots) or more stay unused: int64."""
        slot = np.right_shift(z, np.uint64(64 - self._bits), out=None if out is None else out.view(np.uint64)).view(np.int64)
        coin = z << np.uint64(self._bits)
        coin >>= np.uint64(1)
        change = self._slots.take(slot)
        flip = np.subtract(change, coin.view(np.int64), out=coin.view(np.int64))
        flip >>= 63  # -1 where the coin lies above the threshold, 0 elsewhere: no branch is mispredicted
        change &= _CHANGED
        change &= flip
        slot ^= change
        return slot


def _checked(weights: Sequence[float] | Array) -> Array:
    weight = np.asarray(weights, np.float64)
    if weight.ndim != 1 or len(weight) == 0 or not np.isfinite(weight).all() or (weight < 0).any() or weight.sum() <= 0:
        raise ValueError("weights must be a list of numbers, none negative, with a positive sum")
    return weight


_CELLS = 1 << 16
_SHORT_LIST = 1 << 13
"""Of so many numbers at most, few enough draws fall beyond the cells that are one number's."""


class Weighted:
    """Picks 0 … n - 1 in proportion to weights: by an alias table, or if they are not too many, in most rows by 16 bits and one look-up.

    A short list's probability is dealt out in 65,536 cells; the bits of a draw name one. What is left of each number's share, less than a
    cell, makes up the last cells together, and is dealt with by an alias table: the shares are as exact as there.

    weights : none negative, up to 2**30 of them
    """

    def __init__(self, weights: Sequence[float] | Array) -> None:
        rest = _checked(weights)
        self._short = len(rest) <= _SHORT_LIST
        if self._short:
            share = rest / rest.max()
            share *= _CELLS / np.cumsum(share)[-1]
            dealt = np.floor(share * (1 - 2.0**-40)).astype(np.int64)  # a rounding must not deal out more than there is
            rest = share - dealt
            self._whole = int(dealt.sum())
            self._cells = np.append(np.repeat(np.arange(len(share)), dealt), np.zeros(_CELLS - self._whole)).astype(np.int16)
        self._rest = Alias(rest)  # of a long list, all

    def sample(self, draw: Draw, dtype: Any = np.int64) -> Array:
        """Indices, of some dtype that holds them: shape (rows,)."""
        if not self._short:
            return self._rest.sample(draw).astype(dtype, copy=False)
        out, beyond = np.empty(draw.count, dtype), []
        for rows, z in draw.bits_by_block(16):
            out[rows] = self._cells.take(z)
            beyond.append(np.flatnonzero(z >= self._whole) + rows.start)
        some = gathered(beyond)
        out[some] = self._rest.sample(draw.further(some))
        return out
