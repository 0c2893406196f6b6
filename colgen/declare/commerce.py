"""What a shop says of its goods in numbers: prices, and stars.

| kind | values |
|---|---|
| `Price(5_00, 200_00)` | amounts of money between two bounds, ending as prices do |
| `Rating()` | one to five stars, as customers give them |
"""

from __future__ import annotations

from typing import Unpack

import numpy as np
import pyarrow as pa

from colgen.arrays import Array, slices
from colgen.declare.arguments import require_values, require_whole, shown
from colgen.declare.column import Column, Options
from colgen.declare.rows import Rows
from colgen.draws.distributions import Choice
from colgen.draws.elementary import exp, log
from colgen.errors import ModelError
from colgen.values.types import Integer, Money, Type

_MOST = 10**15
_ENDINGS = {99: 45, 95: 15, 0: 30, 50: 10}
"""The cents that a price ends in, and how often. Prices end in 9, 0 and 5 more often than in other digits (Schindler and Kirby, "Patterns of rightmost
digits used in advertised prices", Journal of Consumer Research 24, 1997); the shares are estimates."""
_STARS = (52_268, 29_769, 42_640, 80_655, 363_122)
"""How many of 568,454 reviews of fine foods at Amazon have one star, two … five (McAuley and Leskovec, "From amateurs to connoisseurs", WWW 2013). Most
give five, and more give one than two: the shape of a J (Hu, Pavlou and Zhang, "Overcoming the J-shaped distribution of product reviews", CACM 52, 2009)."""


class Price(Column):
    """Prices from low to high, in cents: many near the middle of both in proportion, few near either end, and all of them ending in .99, .95, .00 or .50.

    The logarithm of a price before it ends so is the mean of three even draws between those of the bounds: nearly a log-normal one that never leaves them.

    low, high : the least and the greatest, both included, in cents; at least a hundred cents apart, so that there is one of each ending

    >>> Price(5_00, 200_00).description
    '5.00 to 200.00, ending in .99, .95, .00 or .50'
    """

    def __init__(self, low: int, high: int, *, type: Type = Money, **options: Unpack[Options]) -> None:
        place = f"Price({shown(low)}, {shown(high)})"
        require_whole(place, 0, _MOST, low=low, high=high)
        if high - low < 100:
            raise ModelError(
                f"{place}: the bounds are {high - low} cents apart; 100 are the least in which there is a price of each ending"
            )
        if not isinstance(type, Type) or not pa.types.is_decimal(type.arrow) or type.arrow.scale != 2:
            raise ModelError(
                f"{place}: its type is Money, or a Decimal with two digits after the point, not {getattr(type, 'name', shown(type))}"
            )
        require_values(place, type, (low, high))
        super().__init__(type, f"{low / 100:.2f} to {high / 100:.2f}, ending in .99, .95, .00 or .50", **options)
        self.low, self.high = int(low), int(high)

    def make(self, rows: Rows) -> Array:
        draw = rows.draw(self)
        ending = Choice(tuple(_ENDINGS.values())).sample(draw, np.int8)
        even = draw.uniform() + draw.uniform() + draw.uniform()
        least, most = float(log(float(max(self.low, 1)))), float(log(float(self.high)))
        cents = np.array(list(_ENDINGS))
        first, last = (
            -(-(self.low - cents) // 100),
            (self.high - cents) // 100,
        )  # whole units of the least and the greatest price of each ending
        price = np.empty(rows.count, np.int64)
        for part in slices(rows.count):
            whole = (exp(least + (most - least) / 3 * even[part]) / 100).astype(np.int64)
            end = ending[part]
            price[part] = np.clip(whole, first.take(end), last.take(end)) * 100 + cents.take(end)
        return price


class Rating(Column):
    """One to five stars, as customers give them: two thirds give five, and more give one than two.

    type : Integer, or another type of numbers; of a decimal, whole ones
    """

    def __init__(self, *, type: Type = Integer, **options: Unpack[Options]) -> None:
        self.unit = 10**type.arrow.scale if isinstance(type, Type) and pa.types.is_decimal(type.arrow) else 1
        if isinstance(type, Type):
            require_values("Rating()", type, (self.unit, 5 * self.unit))
        super().__init__(type, "one to five stars", **options)

    def make(self, rows: Rows) -> Array:
        return (Choice(_STARS).sample(rows.draw(self), np.int64) + 1) * self.unit
