"""Draws in proportion to weights, at a cost that does not depend on their number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from colgen.arrays import Array, gathered
from colgen.draws.draw import Draw

_CHANGE = 31  # the number of bits for a change
_CHANGED = (1 << _CHANGE) - 1
_COINS_OF_SLOT = 1 << 32


class Alias:
    """Draws 0 … n - 1 in proportion to weights, with one draw and one look-up for any n.

    This is the alias method (Walker 1977) with a table that is padded to a power of two, so that the top bits of the draw are the slot, exactly.
    The next 32 bits are the coin that decides between the slot and its alias, so shares are exact to within 2**-32 of a slot. Slots with
    too small a share are paired with those with too large a share in order, by running sums (Hübschle-Schneider and Sanders, "Parallel
    weighted random sampling", 2019).

    >>> from colgen.draws.draw import key
    >>> np.bincount(Alias([1, 3]).sample(Draw(key("coins"), count=10_000))).tolist()
    [2489, 7511]

    weights : not negative, at most 2**30

    Raises ValueError if a weight is negative or not finite, or none is above 0.
    """

    def __init__(self, weights: Sequence[float] | Array) -> None:
        weight = _checked(weights)
        self._bits = max(1, (len(weight) - 1).bit_length())
        size = 1 << self._bits
        keep, other = np.zeros(size, np.int64), np.arange(size)  # keep: the number of a slot's 2**32 coins that choose the slot itself
        weight = weight / weight.max()
        # a running sum is the same on every machine, unlike NumPy's sum
        keep[: len(weight)] = np.rint(weight * (size * 2.0**32 / np.cumsum(weight)[-1]))
        keep[np.argmax(weight)] += size * _COINS_OF_SLOT - keep.sum()  # the rest from rounding
        small, large = np.flatnonzero(keep < _COINS_OF_SLOT), np.flatnonzero(keep >= _COINS_OF_SLOT)
        lacking, spare = np.cumsum(_COINS_OF_SLOT - keep[small]), np.cumsum(keep[large] - _COINS_OF_SLOT)
        filled = np.searchsorted(lacking, spare, side="right")  # the number of small slots that the large ones up to each fill completely
        begun = np.minimum(filled + 1, len(small))  # the slot after these makes the large one small; the next large slot fills it
        other[small] = np.repeat(large, np.diff(begun, prepend=0))
        short = np.flatnonzero(filled < len(small))
        keep[large] = _COINS_OF_SLOT
        keep[large[short]] += spare[short] - lacking[filled[short]]
        other[large[short]] = large[short + 1]
        # packed into one number, so that a row needs one look-up: the last coin that keeps the slot (-1 if none does), and the change otherwise
        self._slots = np.minimum(keep, _COINS_OF_SLOT - 1) - 1 << _CHANGE | np.arange(size) ^ other

    def sample(self, draw: Draw) -> Array:
        """Indices of weights: int64, shape (draw.count,)."""
        out = np.empty(draw.count, np.int64)
        for rows, z in draw.bits_by_block(upper=True):
            self.pick(z, out[rows])
        return out

    def pick(self, z: Array, out: Array | None = None) -> Array:
        """Indices of weights from 64 random bits each: int64. The lowest 32 - log2(slots) bits, at least, are not used."""
        slot = np.right_shift(z, np.uint64(64 - self._bits), out=None if out is None else out.view(np.uint64)).view(np.int64)
        coin = z << np.uint64(self._bits)
        coin >>= np.uint64(1)
        change = self._slots.take(slot)
        flip = np.subtract(change, coin.view(np.int64), out=coin.view(np.int64))
        flip >>= 63  # -1 where the coin is above the threshold, else 0; without a branch, none is mispredicted
        change &= _CHANGED
        change &= flip
        slot ^= change
        return slot


def _checked(weights: Sequence[float] | Array) -> Array:
    try:
        given = np.asarray(weights)
    except ValueError:  # lists of different lengths
        given = np.empty(0)
    weight = given.astype(np.float64) if given.dtype.kind in "biuf" else np.empty(0)
    if weight.ndim != 1 or len(weight) == 0 or not np.isfinite(weight).all() or (weight < 0).any() or weight.sum() <= 0:
        raise ValueError("weights must be a list of numbers, none negative, with a positive sum")
    return weight


_CELLS = 1 << 16
_SHORT_LIST = 1 << 13
"""The longest list for which few enough draws fall into cells that do not belong to a single index."""


class Weighted:
    """Draws 0 … n - 1 in proportion to weights: by an alias table, or for short lists, mostly from 16 bits per row.

    The probability of a short list is divided into 65,536 cells, of which 16 random bits choose one. Each index gets as many whole cells as
    its share contains. The rest of all shares, less than a cell each, makes up the last cells, and draws that fall there are decided by an
    alias table, so shares are as exact as with `Alias`.

    weights : not negative, at most 2**30

    Raises ValueError if a weight is negative or not finite, or none is above 0.
    """

    def __init__(self, weights: Sequence[float] | Array) -> None:
        rest = _checked(weights)
        self._short = len(rest) <= _SHORT_LIST
        if self._short:
            share = rest / rest.max()
            share *= _CELLS / np.cumsum(share)[-1]
            dealt = np.floor(share * (1 - 2.0**-40)).astype(np.int64)  # so that rounding cannot deal out more cells than there are
            rest = share - dealt
            self._whole = int(dealt.sum())
            self._cells = np.append(np.repeat(np.arange(len(share)), dealt), np.zeros(_CELLS - self._whole)).astype(np.int16)
        self._rest = Alias(rest)  # for a long list, all of it

    def sample(self, draw: Draw, dtype: Any = np.int64) -> Array:
        """Indices of weights: shape (draw.count,).

        dtype : any integer dtype that can hold them
        """
        if not self._short:
            return self._rest.sample(draw).astype(dtype, copy=False)
        out, beyond = np.empty(draw.count, dtype), []
        for rows, z in draw.bits_by_block(16):
            out[rows] = self._cells.take(z)
            beyond.append(np.flatnonzero(z >= self._whole) + rows.start)
        again = gathered(beyond)
        out[again] = self._rest.sample(draw.further(again))
        return out
