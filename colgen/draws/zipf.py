"""Zipf's law: ranks whose probability falls with a power of the rank, drawn exactly and in constant time for any number of ranks."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from colgen.arrays import Array, elementwise, gathered
from colgen.draws.alias import Alias
from colgen.draws.draw import Draw
from colgen.draws.elementary import exp, log, power
from colgen.draws.numbers import require_finite, require_whole

MOST_RANKS = 1 << 38  # with more, a piece would have too many ranks for the bits that choose one of them
_STEEPEST = 300 * math.log(10)
_OCTAVE = 8  # the width of a piece is at most 1/256 of its first rank


@dataclass(frozen=True)
class Zipf:
    """Ranks 1 … n, where rank k has a probability in proportion to k ** -exponent: int64. As fast for ten million ranks as for ten.

    The ranks are divided into pieces so narrow that the probability hardly falls within one; there are a few thousand, whatever n is.
    The probability that all ranks of a piece have in common is dealt out in cells of equal probability: the top bits of a draw choose a cell,
    and the next bits a rank in its piece. A few draws in a hundred fall beyond the last whole cell, where the rest of each piece is in three
    parts: one that is even over its ranks; one that falls linearly, along the tangent at the last rank, and is drawn as the lesser of two even
    ranks; and a few millionths for the difference between the curve and that line, which are drawn by rejection. The probabilities are
    therefore exact.

    exponent : at least 0, which is the uniform distribution
    n : 1 to 2**38

    Raises ValueError for values outside these limits.
    """

    exponent: float
    n: int

    def __post_init__(self) -> None:
        require_finite(repr(self), exponent=self.exponent)
        require_whole(repr(self), n=self.n)
        object.__setattr__(self, "n", int(self.n))  # it may be a NumPy integer
        if self.exponent < 0 or not 1 <= self.n <= MOST_RANKS:
            raise ValueError(f"Zipf({self.exponent}, {self.n}): the exponent must not be negative, and n must be 1 to {MOST_RANKS:,}")
        if self.exponent * math.log(self.n) > _STEEPEST:
            raise ValueError(f"{self}: the last rank would have n ** -exponent of the first one's probability, which is below 1e-300")

    def sample(self, draw: Draw, named: Callable[[Array], Array] = lambda ranks: ranks, dtype: Any = np.int64) -> Array:
        """Ranks, or a function of them: shape (draw.count,).

        named : is applied to the ranks
        dtype : any dtype that can hold the results
        """
        pieces = _pieces(self.exponent, self.n)
        ranks = np.empty(draw.count, pieces.cells.dtype)
        width, left = pieces.cells.itemsize * 8, []
        for rows, z in draw.bits_by_block(width, upper=True):
            left.append(np.flatnonzero(z >= pieces.whole) + rows.start)
            piece = pieces.cells.take((z >> z.dtype.type(width - _CELL_BITS)).astype(np.intp))
            z <<= z.dtype.type(_CELL_BITS)
            z >>= piece & z.dtype.type(_SHIFTS)
            piece >>= piece.dtype.type(_SHIFT_BITS)
            np.add(piece, z, out=ranks[rows])
        again = gathered(left)
        if len(again):
            ranks[again] = self._rest(draw.further(again))
        return elementwise(lambda ranks: named(ranks).astype(dtype, copy=False), ranks)

    def probability(self, rank: Array) -> Array:
        """The probability of each rank: float64."""
        return power(rank.astype(np.float64), -self.exponent) / _harmonic(self.n, self.exponent)

    def _rest(self, draw: Draw) -> Array:
        """Ranks from the probability that is not in whole cells."""
        pieces = _pieces(self.exponent, self.n)
        entry = pieces.rest.sample(draw)
        z, shift, first = draw.bits(), pieces.shift.take(entry), pieces.first.take(entry)
        offset = z >> shift
        falling = np.flatnonzero(entry >= pieces.count)
        if len(falling):  # the lesser of two even offsets
            other, shift = z[falling], shift[falling]
            other <<= np.uint64(64) - shift
            offset[falling] = np.minimum(offset[falling], other >> shift)
        ranks = first + offset.view(np.int64)
        curved = falling[entry[falling] >= 2 * pieces.count]
        if len(curved):
            kept = self._accepted(draw.further(curved).uniform(), entry[curved] % pieces.count, offset[curved].view(np.int64))
            again = curved[~kept]
            if len(again):
                ranks[again] = self._rest(draw.retry(again))
        return ranks

    def _accepted(self, coin: Array, piece: Array, offset: Array) -> Array:
        """Whether the coin is below the height of the curve above the line, relative to the probability with which the offset was drawn."""
        pieces = _pieces(self.exponent, self.n)
        first, last, slope = pieces.first.take(piece), pieces.last.take(piece), pieces.slope.take(piece)
        left = (np.int64(1) << (64 - pieces.shift.take(piece)).astype(np.int64)) - 1 - offset
        above = exp(log((first + offset) / first) * -self.exponent) - last - slope * left
        return coin * pieces.above.take(piece) * (2 * left + 1) < above

    @staticmethod
    def for_share(n: int, top: float = 0.2, share: float = 0.8) -> Zipf:
        """The Zipf distribution in which the first part of the ranks gets a given share of the draws; by default, 20 % get 80 %.

        n : the number of ranks
        top : the size of the first part, as a fraction of n
        share : its share of the draws, above `top`

        Raises ValueError unless 0 < top < share < 1.

        >>> round(Zipf.for_share(2000).exponent, 3)
        0.995
        """
        shown = f"Zipf.for_share({reprlib.repr(n)}, {reprlib.repr(top)}, {reprlib.repr(share)})"
        require_whole(shown, n=n)
        require_finite(shown, top=top, share=share)
        if not 1 <= n <= MOST_RANKS:
            raise ValueError(f"{shown}: n must be 1 to {MOST_RANKS:,}")
        return Zipf(_exponent_for_share(int(n), top, share), n)


_CELL_BITS = 16
_SHIFT_BITS, _SHIFTS = 7, 127  # a shift by all bits of a draw gives 0
_NARROW = 1 << 25  # with fewer ranks, 32 bits are enough for a draw, and for a cell


@dataclass(frozen=True)
class _Pieces:
    """The pieces into which the ranks are divided, and the cells that are dealt out to them.

    cells : for each whole cell, its piece's first rank << 7 | the shift that turns a draw into an offset in the piece; uint32 or uint64 like
        the draws, shape (65536,)
    whole : draws below this fall into a whole cell
    rest : draws an entry for the rest: the number of a piece for its even part, `count` more for its falling part, and `2 * count` more for
        its curved part
    count : the number of pieces
    first, shift : for each entry, the first rank of its piece, and the shift that turns 64 bits into an offset in it
    last, slope : for each piece, the probability of its last rank relative to its first, and the slope of the line
    above : the height of the first rank above the line, for each of the 2 * width - 1 ways in which it can be the lesser of two
    """

    cells: Array
    whole: int
    rest: Alias
    count: int
    first: Array
    shift: Array
    last: Array
    slope: Array
    above: Array


@lru_cache(maxsize=16)
def _pieces(exponent: float, n: int) -> _Pieces:
    firsts, bits = [], []
    rank = 1
    while rank <= n:
        firsts.append(rank)
        bits.append(min(max(0, rank.bit_length() - 1 - _OCTAVE), (n - rank + 1).bit_length() - 1))
        rank += 1 << bits[-1]
    first, width = np.array(firsts, np.int64), 1 << np.array(bits, np.int64)
    most = power(first.astype(np.float64), -exponent)
    last = power((first + width - 1).astype(np.float64), -exponent) / most
    slope = np.minimum(exponent / (first + width - 1), 1) * last * (width > 1)
    above = np.maximum(1 - last - slope * (width - 1), 0) / (2 * width - 1)
    cells = 1 << _CELL_BITS
    cell = _harmonic(n, exponent) / cells
    evenly = (last - slope / 2) * width * most
    dealt = np.minimum(np.floor(evenly / cell).astype(np.int64), cells)
    while dealt.sum() > cells:  # at most by rounding
        dealt[np.argmax(dealt)] -= 1
    draw_bits = 32 if n < _NARROW else 64
    packed = np.full(cells, 1 << _SHIFT_BITS | draw_bits, f"u{draw_bits // 8}")  # cells that are not whole have an arbitrary rank
    packed[: dealt.sum()] = np.repeat(first << _SHIFT_BITS | draw_bits - np.array(bits, np.int64), dealt)
    rest = np.maximum(np.concatenate([evenly - dealt * cell, slope / 2 * width * width * most, above * width * width * most]), 0)
    if not rest.any():
        rest[:] = 1  # there is no rest, so nothing will be drawn from it
    whole = int(dealt.sum()) << draw_bits - _CELL_BITS
    first, shift = np.tile(first, 3), np.tile(64 - np.array(bits, np.uint64), 3)
    return _Pieces(packed, whole, Alias(rest), len(last), first, shift, last, slope, above)


@lru_cache(maxsize=64)
def _exponent_for_share(n: int, top: float, share: float) -> float:
    if not (0 < top < share < 1):
        raise ValueError(f"top = {top} and share = {share}: they must satisfy 0 < top < share < 1")
    head = max(1, round(top * n))
    low, high = 0.0, 8.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if _harmonic(head, middle) < share * _harmonic(n, middle) else (low, middle)
    return round(low, 6)


@lru_cache(maxsize=256)
def _harmonic(n: int, exponent: float) -> float:
    """The sum of k ** -exponent for k = 1 … n: the first 1,024 terms are added up, the rest follows the Euler–Maclaurin formula."""
    exact = min(n, 1024)
    head = math.fsum(power(np.arange(1, exact + 1, dtype=np.float64), -exponent).tolist())
    if n <= exact:
        return head
    first, last = float(exact), float(n)
    at_first, at_last = float(power(first, -exponent)), float(power(last, -exponent))
    integral = float(log(last / first)) if abs(1 - exponent) < 1e-09 else (at_last * last - at_first * first) / (1 - exponent)
    return head + integral + (at_last - at_first) / 2 + exponent * (at_first / first - at_last / last) / 12
