"""How many units of a product a line has: from one or two of what is dear to dozens of what is cheap."""

import numpy as np

from colgen.models.invoicing.goods import UNITS

BITS = 10
MOST = 120


def _quantities(mean):
    """2 ** BITS quantities, each as often as it occurs: geometric, but round numbers and dozens three times as often above ten."""
    number = np.arange(1, MOST + 1)
    share = np.cumprod(np.full(MOST, 1 - 1 / mean))  # no power: it must be the same on every machine
    share *= np.where((number > 10) & (number % 5 > 0) & (number % 12 > 0), 1, 3)
    until = np.cumsum(share)
    places = (np.arange(1 << BITS) + 0.5) / (1 << BITS) * until[-1]
    return (1 + np.searchsorted(until, places)).astype(np.int16)


_of_class = [_quantities(max(float(mean), 1.15)) for mean in np.sort(UNITS)]
_QUANTITIES = np.concatenate([*_of_class, *([_of_class[-1]] * 3)])  # a higher tier does not go beyond the last class


def quantity_of(bits, tier_class, units_class):
    """A quantity by 16 random bits, the customer's class and the product's, which are int16."""
    row = tier_class + units_class
    row <<= BITS
    row |= (bits >> (16 - BITS)).view(np.int16)
    return _QUANTITIES.take(row)
