"""How many sessions buy, bounce and see how many products, so that all of them together are as the settings say."""

from functools import cache
from math import fsum

import numpy as np

from colgen.models.ecommerce.paths import DROPPED, LAYOUT_SHARES, LAYOUTS, TAKEN
from colgen.models.ecommerce.traffic import PULL, PULL_SHARE

LEFT_IN_CART, LEFT_AT_CHECKOUT = 0.13, 0.07  # shares of the sessions that buy nothing
LOGGED_IN = 0.42  # of the sessions that buy nothing
EXPECTED_BUY = 0.88  # the share of the visits of expected customers, such as first visits, that buy something


def conversion(volume):
    """The share of sessions that buy something, so that customers order as often as the settings say."""
    return min(0.6, volume["customers"] * volume["orders_per_customer"] / 365.25 / volume["sessions_per_day"])


def known(volume):
    """The share of sessions in which the customer is logged in: all that buy, and some of the others."""
    buys = conversion(volume)
    return buys + (1 - buys) * LOGGED_IN


def purchase_rate(stretch, is_expected, pull, volume):
    """How likely each session buys something if the customer is logged in.

    Most who are expected do, the others so often that in each stretch it is the share asked for.

    pull : of the channel and the device
    """
    buys, logged_in = conversion(volume), known(volume)
    if buys / logged_in * PULL.max() > 1:
        return pulled(buys / logged_in) * pull  # some always buy, whether they are expected or not
    stretch = np.cumsum(np.diff(stretch, prepend=stretch[:1]) != 0)  # from 0, without a gap
    sessions = np.bincount(stretch)
    expected = np.bincount(stretch[is_expected], minlength=len(sessions))
    of_expected = np.minimum(EXPECTED_BUY, 0.8 * buys * sessions / np.maximum(expected, 1))
    of_others = (buys * sessions - of_expected * expected) / np.maximum(sessions - expected, 1) / logged_in
    rate = of_others.take(stretch) * pull
    rows = np.flatnonzero(is_expected)
    rate[rows] = of_expected[stretch[rows]]
    return rate


@cache
def pulled(share):
    """By what the pulls of channel and device are multiplied so that this share of sessions buys: the share itself, unless some always buy."""
    if share * PULL.max() <= 1:
        return share
    low, high = share, 1 / PULL.min()
    for _ in range(60):
        middle = (low + high) / 2
        bought = np.minimum(middle * PULL, 1) * PULL_SHARE
        low, high = (middle, high) if fsum(bought.ravel().tolist()) < share else (low, middle)
    return low


def bounce(volume):
    """The share of sessions that see a single page: as the settings say, but no more than those that buy nothing."""
    return min(volume["bounce_percent"] / 100, 1 - conversion(volume))


def products_per_session(volume):
    """The mean number of products in a session that does not bounce, so that sessions have as many events as the settings say."""
    buys, bounces = conversion(volume), bounce(volume)
    others = 1 - bounces / (1 - buys)  # the share of those that buy nothing which do not bounce
    checkout = (1 - buys) * min(LEFT_AT_CHECKOUT, others)
    cart = (1 - buys) * min(LEFT_IN_CART, max(others - LEFT_AT_CHECKOUT, 0))
    own = np.dot(LAYOUT_SHARES, [len(layout) for layout in LAYOUTS])
    carting, tail = buys + cart + checkout, 3 * buys + 2 * checkout + cart
    each = TAKEN + 2 * (1 - TAKEN) * DROPPED  # cart events per product, except for the last product, which is always put into the cart
    return (volume["events_per_session"] - 1 - tail - carting * (1 - each)) / ((1 - bounces) * own + carting * each)
