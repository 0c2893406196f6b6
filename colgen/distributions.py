"""Named distributions: each turns the draws of a column into one value a row, at a cost that does not grow.

A distribution is a small frozen object with a `sample(draw)`; a column function calls it as `draw(Normal(0, 1))`. Tables
that a distribution needs (an alias table, a list of quantiles) are made once and bounded: none grows with the rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from colgen.arrays import Array, elementwise
from colgen.draw import Draw
from colgen.elementary import exp, log, power

_CHANGE = 31  # bits of a change
_CHANGED = (1 << _CHANGE) - 1


class Alias:
    """Picks 0 … n - 1 in proportion to weights with one draw and two look-ups, whatever n is.

    The alias method (Walker 1977, tables as Vose 1991) on a table padded to a power of two, so that the slot is the top
    bits of the draw and exact; the coin is the 32 bits after them: a share is right to within 2**-32 of a slot.

    >>> from colgen.draw import key
    >>> np.bincount(Alias([1, 3]).sample(Draw(key("coins"), count=10_000))).tolist()
    [2489, 7511]
    """

    def __init__(self, weights: Sequence[float] | Array) -> None:
        weight = np.asarray(weights, np.float64)
        if weight.ndim != 1 or len(weight) == 0 or not np.isfinite(weight).all() or (weight < 0).any() or weight.sum() <= 0:
            raise ValueError("weights must be a list of numbers, none negative, with a positive sum")
        self._bits = max(1, (len(weight) - 1).bit_length())
        size = 1 << self._bits
        share = np.zeros(size)
        share[: len(weight)] = weight * (size / math.fsum(weight.tolist()))
        keep, other = np.ones(size), np.arange(size)
        small, large = np.flatnonzero(share < 1).tolist(), np.flatnonzero(share >= 1).tolist()
        while small and large:
            low, high = small.pop(), large[-1]
            keep[low], other[low] = share[low], high
            share[high] -= 1 - share[low]
            if share[high] < 1:
                small.append(large.pop())
        pads = (np.arange(size) >= len(weight)) & (keep >= 1)  # rounding may leave a pad without a partner
        keep[pads], other[pads] = 0, int(np.argmax(weight))
        # in one number, so that a row looks up once: the last of the 2**32 coins that keep the slot (-1 if none does), and the change otherwise
        kept = np.minimum(np.rint(keep * 2.0**32), 2.0**32 - 1).astype(np.int64) - 1
        self._slots = kept << _CHANGE | np.arange(size) ^ other

    def sample(self, draw: Draw) -> Array:
        """Indices: int64, shape (rows,)."""
        out = np.empty(draw.count, np.int64)
        for rows, z in draw.bits_by_block():
            out[rows] = self.pick(z)
        return out

    def pick(self, z: Array) -> Array:
        """Indices from 64 random bits each, of which the lowest 32 - log2(slots) or more stay unused: int64."""
        slot = (z >> np.uint64(64 - self._bits)).view(np.int64)
        coin = z << np.uint64(self._bits)
        coin >>= np.uint64(1)
        change = self._slots.take(slot)
        flip = np.subtract(change, coin.view(np.int64), out=coin.view(np.int64))
        flip >>= 63  # -1 where the coin lies above the threshold, 0 elsewhere: no branch is mispredicted
        change &= _CHANGED
        change &= flip
        slot ^= change
        return slot


@lru_cache(maxsize=256)
def _alias(weights: tuple[float, ...]) -> Alias:
    return Alias(weights)


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
    """0 … n - 1 with the given weights: int64. They need not add up to anything."""

    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", tuple(self.weights))

    def sample(self, draw: Draw) -> Array:
        if len(set(self.weights)) == 1 and 0 < self.weights[0] < math.inf:
            return draw.below(len(self.weights))
        return _alias(self.weights).sample(draw)


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


MOST_RANKS = 1 << 38  # beyond, a piece is wider than the 32 bits that place a rank in it
_OCTAVE = 7  # a piece of ranks is at most 1/128 of its first rank wide


@dataclass(frozen=True)
class Zipf:
    """Ranks 1 … n, the k-th in proportion to k ** -exponent: int64. Exact, and as fast for ten million as for ten.

    The ranks are cut into pieces so narrow that within one the probability hardly falls (a few hundred pieces, whatever
    n is). A piece is drawn by its envelope, a rank within it evenly, and it stays with probability p(rank) / p(first of
    the piece), which is over 99 %: a rejection method, so the probabilities are exact.

    exponent : at least 0 (0 is uniform)
    """

    exponent: float
    n: int

    def __post_init__(self) -> None:
        if self.exponent < 0 or not 1 <= self.n <= MOST_RANKS:
            raise ValueError(f"Zipf({self.exponent}, {self.n}): the exponent must not be negative, n 1 to {MOST_RANKS:,}")

    def sample(self, draw: Draw) -> Array:
        pieces = _pieces(self.exponent, self.n)
        ranks = np.empty(draw.count, np.int64)
        doubtful = []
        for (rows, z), (_, rest) in _twice(draw, pieces.one_draw):
            piece = pieces.alias.pick(z)
            rank = pieces.packed.take(piece)
            place = rest >> _COIN
            place &= np.uint64((1 << pieces.widest) - 1)
            place >>= (rank & _NARROWER).view(np.uint64)
            rank >>= _NARROWER.bit_length()
            np.add(rank, place.view(np.int64), out=ranks[rows])
            coin = rest & _COINS
            some = np.flatnonzero(coin >= np.uint64(pieces.surely))
            doubtful.append((some + rows.start, coin[some], rank[some]))
        if doubtful:
            where, coin, first = (np.concatenate(some) for some in zip(*doubtful, strict=True))
            fresh = draw.retry(where)
            stays = self._stays((coin + fresh.uniform()) * 2.0 ** -int(_COIN), ranks[where], first)
            again = np.flatnonzero(~stays)
            if len(again):
                ranks[where[again]] = self.sample(fresh.retry(again))
        draw.skip()
        return ranks

    def _stays(self, coin: Array, rank: Array, first: Array) -> Array:
        """Whether the coin is below (rank / first) ** -exponent; its Taylor bounds settle all but a few in a hundred thousand."""
        beyond = (rank - first) / first
        low = 1 - self.exponent * beyond
        stays = coin < low
        close = np.flatnonzero(~stays & (coin < low + self.exponent * (self.exponent + 1) / 2 * beyond * beyond))
        if len(close):
            stays[close] = coin[close] < exp(log(rank[close] / first[close]) * -self.exponent)
        return stays

    @staticmethod
    def for_share(n: int, top: float = 0.2, share: float = 0.8) -> Zipf:
        """The Zipf in which the `top` part of n ranks gets `share` of the draws: 80/20 unless said otherwise.

        >>> round(Zipf.for_share(2000).exponent, 3)
        0.995
        """
        return Zipf(_exponent_for_share(n, top, share), n)


def _twice(draw: Draw, same: bool) -> Iterator[tuple[tuple[slice, Array], tuple[slice, Array]]]:
    """The bits of two streams by block, or those of one as both."""
    if same:
        return ((block, block) for block in draw.bits_by_block())
    return zip(draw.bits_by_block(), draw.bits_by_block(), strict=True)


_COIN, _COINS = np.uint64(8), np.uint64(255)  # the lowest bits of a draw say whether a rank stays, all but once in a hundred
_NARROWER = 63


@dataclass(frozen=True)
class _Pieces:
    """The pieces of ranks that a Zipf is cut into.

    packed : first rank << 6 | how many bits narrower than the widest each is: int64
    widest : bits of a rank's place in the widest one
    alias : draws a piece
    surely : a coin below it means that the rank stays, whichever it is
    one_draw : whether 64 bits are enough for all: a slot of the alias table and its coin of 32 bits, the place, the other coin
    """

    packed: Array
    widest: int
    alias: Alias
    surely: int
    one_draw: bool


@lru_cache(maxsize=64)
def _pieces(exponent: float, n: int) -> _Pieces:
    first, bits = [], []
    rank = 1
    while rank <= n:
        width = min(max(0, rank.bit_length() - 1 - _OCTAVE), (n - rank + 1).bit_length() - 1)
        first.append(rank)
        bits.append(width)
        rank += 1 << width
    lows, widths, widest = np.array(first, np.int64), np.array(bits, np.int64), max(bits)
    alias = Alias(np.ldexp(power(lows.astype(np.float64), -exponent), widths.astype(np.int32)))
    surely = int(float(power(1 + 2.0**-_OCTAVE, -exponent)) * 2 ** int(_COIN))
    packed = lows << _NARROWER.bit_length() | widest - widths
    return _Pieces(packed, widest, alias, surely, (len(first) - 1).bit_length() + 32 + widest + int(_COIN) <= 64)


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
