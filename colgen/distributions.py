"""Named distributions: each turns the draws of a column into one value a row, at a cost that does not grow.

A distribution is a small frozen object with a `sample(draw)`; a column function calls it as `draw(Normal(0, 1))`. Tables
that a distribution needs (an alias table, a list of quantiles) are made once and bounded: none grows with the rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from colgen.arrays import Array, elementwise, gathered
from colgen.draw import Draw
from colgen.elementary import exp, log, power

_CHANGE = 31  # bits of a change
_CHANGED = (1 << _CHANGE) - 1
_COINS_OF_SLOT = 1 << 32


class Alias:
    """Picks 0 … n - 1 in proportion to weights with one draw and two look-ups, whatever n is.

    The alias method (Walker 1977) on a table padded to a power of two, so that the slot is the top bits of the draw and
    exact; the coin is the 32 bits after them: a share is right to within 2**-32 of a slot. What slots lack and what others have too much
    are paired off in their order, by running sums (Hübschle-Schneider and Sanders, "Parallel weighted random sampling", 2019).

    >>> from colgen.draw import key
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


@lru_cache(maxsize=256)
def _weighted(weights: tuple[float, ...]) -> Weighted:
    return Weighted(weights)


@dataclass(frozen=True)
class Integers:
    """Whole numbers low … high, both included, equally likely: int64."""

    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(f"Integers({self.low}, {self.high}): the lower end is above the upper end")

    def sample(self, draw: Draw) -> Array:
        return draw.integers(self.low, self.high)


@dataclass(frozen=True)
class Uniform:
    """Real numbers in (low, high): float64."""

    low: float = 0.0
    high: float = 1.0

    def sample(self, draw: Draw) -> Array:
        return draw.uniform() * (self.high - self.low) + self.low


@dataclass(frozen=True)
class Choice:
    """0 … n - 1 with the given weights: int64, or of another dtype that holds them. They need not add up to anything."""

    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", tuple(self.weights))

    def sample(self, draw: Draw, dtype: Any = np.int64) -> Array:
        if len(set(self.weights)) == 1 and 0 < self.weights[0] < math.inf:
            return draw.below(len(self.weights), dtype)
        return _weighted(self.weights).sample(draw, dtype)


@dataclass(frozen=True)
class Normal:
    """The normal distribution: float64.

    Inverse transform by Wichura's algorithm AS 241 (PPND16, Applied Statistics 37, 1988): relative accuracy 1e-16.
    """

    mean: float = 0.0
    deviation: float = 1.0

    def sample(self, draw: Draw) -> Array:
        return normal_quantile(draw.uniform()) * self.deviation + self.mean


@dataclass(frozen=True)
class LogNormal:
    """exp of a normal: float64, positive. `median` is exp(mu); `sigma` the deviation of the logarithm."""

    median: float = 1.0
    sigma: float = 1.0

    def sample(self, draw: Draw) -> Array:
        return exp(normal_quantile(draw.uniform()) * self.sigma) * self.median


@dataclass(frozen=True)
class Exponential:
    """Waiting times: float64, positive, with this mean."""

    mean: float = 1.0

    def sample(self, draw: Draw) -> Array:
        return log(draw.uniform()) * -self.mean


@dataclass(frozen=True)
class Poisson:
    """Counts with this mean, one number or one a row: int64.

    One mean: an alias table over mean ± 12 deviations; beyond lies less than 1e-15. One a row: the quantile function, by adding up the
    probabilities for means below 50, above by the first terms of Cornish and Fisher's expansion, whose counts are off by less than one.
    """

    mean: float | Array

    def __post_init__(self) -> None:
        if not np.all((np.asarray(self.mean) >= 0) & (np.asarray(self.mean) <= 1e8)):
            raise ValueError(f"Poisson({self.mean}): the mean must lie between 0 and 100 million")

    def sample(self, draw: Draw) -> Array:
        if isinstance(self.mean, np.ndarray):
            if self.mean.shape != (draw.count,):
                raise ValueError(f"Poisson: {self.mean.shape} means for {draw.count:,} rows")
            return _poisson_quantile(draw.uniform(), self.mean.astype(np.float64))
        low, alias = _poisson(self.mean)
        return alias.sample(draw) + low


_SMALL_MEAN = 50.0


def _poisson_quantile(place: Array, mean: Array) -> Array:
    """The least count up to which the probabilities reach a place in (0, 1), for each row: int64."""
    count = np.zeros(len(place), np.int64)
    rows = np.flatnonzero(mean < _SMALL_MEAN)
    wanted = np.minimum(place[rows], 1 - 2.0**-45)  # what is added up is rounded, and never gets to the last places before 1
    chance = exp(-mean[rows])
    until = chance.copy()
    for number in range(1, 300):
        beyond = wanted > until
        if not beyond.any():
            break
        count[rows] += beyond
        chance *= mean[rows] / number
        until += chance
    rows = np.flatnonzero(mean >= _SMALL_MEAN)
    z, deviation = normal_quantile(place[rows]), np.sqrt(mean[rows])
    count[rows] = np.maximum(np.floor(mean[rows] + deviation * z + (z * z - 1) / 6 + 0.5), 0)
    return count


@lru_cache(maxsize=256)
def _poisson(mean: float) -> tuple[int, Alias]:
    reach = 12 * math.sqrt(mean) + 24
    low, high = max(0, math.floor(mean - reach)), math.ceil(mean + reach)
    counts = np.arange(low, high + 1)
    mode = int(mean) - low  # weights relative to the mode by p(k) = p(k - 1) * mean / k, so that nothing overflows
    weight = np.ones(len(counts))
    weight[mode + 1 :] = np.cumprod(mean / counts[mode + 1 :])
    if mode:
        weight[:mode] = np.cumprod((counts[1 : mode + 1] / mean)[::-1])[::-1]
    return low, Alias(weight)


class Empirical:
    """Values as often as they were seen: the dtype of `values`.

    values : what was seen, 1-D
    weights : how often each was, or None for equally often
    """

    def __init__(self, values: Sequence[Any] | Array, weights: Sequence[float] | Array | None = None) -> None:
        self.values = np.asarray(values)
        if weights is not None and len(weights) != len(self.values):
            raise ValueError(f"Empirical: {len(weights)} weights for {len(self.values)} values")
        self._alias = Alias(np.ones(len(self.values)) if weights is None else weights)

    def sample(self, draw: Draw) -> Array:
        return self.values[self._alias.sample(draw)]


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


# Coefficients of AS 241, PPND16: numerators and denominators, highest power first.
_CENTRE = (
    (2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
     13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608),
    (5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
     5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0),
)  # fmt: skip
_NEAR = (
    (7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
     3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734),
    (1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
     0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0),
)  # fmt: skip
_FAR = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
     0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772),
    (2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
     0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1.0),
)  # fmt: skip


def _ratio(x: Array, coefficients: tuple[tuple[float, ...], tuple[float, ...]]) -> Array:
    sums = []
    for polynomial in coefficients:
        total = np.full_like(x, polynomial[0])
        for coefficient in polynomial[1:]:
            total *= x
            total += coefficient
        sums.append(total)
    return np.divide(sums[0], sums[1])


def normal_quantile(p: Array) -> Array:
    """The standard normal's quantile function on (0, 1): float64 in and out (AS 241, PPND16)."""
    return elementwise(_normal_quantile, p)


def _normal_quantile(p: Array) -> Array:
    q = p - 0.5
    out = q * _ratio(0.180625 - q * q, _CENTRE)
    tail = np.flatnonzero(np.abs(q) > 0.425)
    if len(tail):
        side = q[tail]
        distance = np.sqrt(-log(np.minimum(p[tail], 1.0 - p[tail])))
        value = _ratio(distance - 1.6, _NEAR)
        far = distance > 5.0
        if far.any():
            value[far] = _ratio(distance[far] - 5.0, _FAR)
        out[tail] = np.copysign(value, side)
    return out
