"""Zipf's law: ranks whose probability falls with a power of the rank, exact and in constant time for any number of ranks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from colgen.arrays import Array, gathered
from colgen.draws.alias import Alias
from colgen.draws.draw import Draw
from colgen.draws.elementary import exp, log, power

MOST_RANKS = 1 << 38  # beyond, a piece's ranks are too many for the bits that place one in it
_OCTAVE = 8  # a piece of ranks is at most 1/256 of its first rank wide


@dataclass(frozen=True)
class Zipf:
    """Ranks 1 … n, the k-th in proportion to k ** -exponent: int64. Exact, and as fast for ten million as for ten.

    The ranks are cut into pieces so narrow that within one the probability hardly falls (a few thousand pieces, whatever n is), and what
    all ranks of a piece have at least is dealt out in cells of equal probability: the top bits of a draw name a cell, the next ones a rank
    of its piece. The few draws in a hundred beyond the last whole cell share out what is left: evenly within a piece; falling in a line,
    the tangent at its last rank, as the lesser of two even places falls; or, for the millionths by which its curve lies above that line, by
    a rejection method. So the probabilities are exact.

    exponent : at least 0 (0 is uniform)
    """

    exponent: float
    n: int

    def __post_init__(self) -> None:
        if self.exponent < 0 or not 1 <= self.n <= MOST_RANKS:
            raise ValueError(f"Zipf({self.exponent}, {self.n}): the exponent must not be negative, n 1 to {MOST_RANKS:,}")

    def sample(self, draw: Draw, named: Callable[[Array], Array] = lambda ranks: ranks, dtype: Any = np.int64) -> Array:
        """Ranks, or what each is called, of some dtype that holds it."""
        pieces = _pieces(self.exponent, self.n)
        found = np.empty(draw.count, dtype)
        width, left = pieces.cells.itemsize * 8, []
        for rows, z in draw.bits_by_block(width, upper=True):
            left.append(np.flatnonzero(z >= pieces.whole) + rows.start)
            piece = pieces.cells.take((z >> z.dtype.type(width - _CELL_BITS)).astype(np.intp))
            z <<= z.dtype.type(_CELL_BITS)
            z >>= piece & z.dtype.type(_SHIFTS)
            piece >>= piece.dtype.type(_SHIFT_BITS)
            piece += z
            found[rows] = named(piece)  # while they are in the cache
        where = gathered(left)
        if len(where):
            found[where] = named(self._rest(draw.further(where)))
        return found

    def _rest(self, draw: Draw) -> Array:
        """Ranks out of what the whole cells leave."""
        pieces = _pieces(self.exponent, self.n)
        entry = pieces.rest.sample(draw)
        z, shift, first = draw.bits(), pieces.shift.take(entry), pieces.first.take(entry)
        place = z >> shift
        falling = np.flatnonzero(entry >= pieces.count)
        if len(falling):  # the lesser of two even places
            other, shift = z[falling], shift[falling]
            other <<= np.uint64(64) - shift
            place[falling] = np.minimum(place[falling], other >> shift)
        ranks = first + place.view(np.int64)
        curved = falling[entry[falling] >= 2 * pieces.count]
        if len(curved):
            again = curved[~self._stays(draw.further(curved).uniform(), entry[curved] % pieces.count, place[curved].view(np.int64))]
            if len(again):
                ranks[again] = self._rest(draw.retry(again))
        return ranks

    def _stays(self, coin: Array, piece: Array, place: Array) -> Array:
        """Whether the coin is below what a place has above its piece's line, beside what the lesser of two even places gives it."""
        pieces = _pieces(self.exponent, self.n)
        first, last, slope = pieces.first.take(piece), pieces.last.take(piece), pieces.slope.take(piece)
        left = (np.int64(1) << (64 - pieces.shift.take(piece)).astype(np.int64)) - 1 - place
        above = exp(log((first + place) / first) * -self.exponent) - last - slope * left
        return coin * pieces.above.take(piece) * (2 * left + 1) < above

    @staticmethod
    def for_share(n: int, top: float = 0.2, share: float = 0.8) -> Zipf:
        """The Zipf in which the `top` part of n ranks gets `share` of the draws: 80/20 unless said otherwise.

        >>> round(Zipf.for_share(2000).exponent, 3)
        0.995
        """
        return Zipf(_exponent_for_share(n, top, share), n)


_CELL_BITS = 16
_SHIFT_BITS, _SHIFTS = 7, 127  # a shift by all bits leaves nothing
_NARROW = 1 << 25  # of fewer ranks, 32 bits of a draw are enough, and a cell goes into as many


@dataclass(frozen=True)
class _Pieces:
    """The pieces of ranks that a Zipf is cut into, and the cells that are dealt out to them.

    cells : first rank << 7 | how far a draw is shifted for a place in the piece, of each whole cell: uint32 or uint64 as the draws, (65536,)
    whole : draws below this fall into a whole cell
    rest : draws an entry of what is left: the piece's number for its even part, `count` more for the falling one, twice that for the curved one
    count : how many pieces there are
    first, shift : of each entry, the first rank of its piece, and how far a draw is shifted for a place in it
    last, slope : of each piece, how probable the last rank is beside the first, and by how much more each rank before it is on the line
    above : what the first rank has above the line, for each of the 2 * width - 1 chances that it has to be the lesser of two
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
    while dealt.sum() > cells:  # a rounding apart
        dealt[np.argmax(dealt)] -= 1
    draw_bits = 32 if n < _NARROW else 64
    packed = np.full(cells, 1 << _SHIFT_BITS | draw_bits, f"u{draw_bits // 8}")  # beyond the whole ones it names a rank, any
    packed[: dealt.sum()] = np.repeat(first << _SHIFT_BITS | draw_bits - np.array(bits, np.int64), dealt)
    rest = np.maximum(np.concatenate([evenly - dealt * cell, slope / 2 * width * width * most, above * width * width * most]), 0)
    if not rest.any():
        rest[:] = 1  # nothing is left, and nothing will be drawn
    whole = int(dealt.sum()) << draw_bits - _CELL_BITS
    first, shift = np.tile(first, 3), np.tile(64 - np.array(bits, np.uint64), 3)
    return _Pieces(packed, whole, Alias(rest), len(last), first, shift, last, slope, above)


@lru_cache(maxsize=64)
def _exponent_for_share(n: int, top: float, share: float) -> float:
    if not (0 < top < share < 1):
        raise ValueError(f"top {top} and share {share}: 0 < top < share < 1 is needed")
    head = max(1, round(top * n))
    low, high = 0.0, 8.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if _harmonic(head, middle) < share * _harmonic(n, middle) else (low, middle)
    return round(low, 6)


def _harmonic(n: int, exponent: float) -> float:
    """Sum of k ** -exponent for k = 1 … n: the first 1,024 terms added up, the rest by Euler and Maclaurin."""
    exact = min(n, 1024)
    head = math.fsum(power(np.arange(1, exact + 1, dtype=np.float64), -exponent).tolist())
    if n <= exact:
        return head
    first, last = float(exact), float(n)
    at_first, at_last = float(power(first, -exponent)), float(power(last, -exponent))
    integral = float(log(last / first)) if abs(1 - exponent) < 1e-09 else (at_last * last - at_first * first) / (1 - exponent)
    return head + integral + (at_last - at_first) / 2 + exponent * (at_first / first - at_last / last) / 12
