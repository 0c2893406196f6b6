"""Prices and stars."""

from __future__ import annotations

from decimal import Decimal as Exact
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from colgen import BigInteger, Decimal, Integer, Key, Money, Price, Rating, Table, Varchar
from tests.draws.fit import fits
from tests.support import model_of, refused, rows_of


def made(column: Any, rows: int = 300, **how: Any) -> list[Any]:
    """The values of a column."""
    things = type("Things", (Table,), {"rows": rows, "id": Key(), "value": column})
    return [row["value"] for row in rows_of(model_of(things), "things", **how)]


@settings(max_examples=40)
@given(st.integers(0, 10**8), st.integers(100, 10**9), st.integers(0, 2**32))
def test_a_price_is_within_its_bounds_and_ends_as_prices_do(low: int, width: int, seed: int) -> None:
    cents = [int(price * 100) for price in made(Price(low, low + width), 40, seed=seed)]
    assert all(low <= price <= low + width and price % 100 in (99, 95, 0, 50) for price in cents)


def test_prices_crowd_where_they_are_in_the_middle_in_proportion() -> None:
    prices = np.array([float(price) for price in made(Price(1_00, 10_000_00), 4_000)])
    between = [((prices >= low) & (prices < 10 * low)).mean() for low in (1, 10, 100, 1000)]
    assert between[1] > 2 * between[0]
    assert between[2] > 2 * between[3]
    assert abs(np.median(prices) - 100) < 15


def test_two_thirds_of_customers_give_five_stars_and_more_one_than_two() -> None:
    stars = made(Rating(), 20_000)
    assert fits(np.array(stars) - 1, np.array([52_268, 29_769, 42_640, 80_655, 363_122])) > 1e-4
    assert made(Rating(type=Decimal(2, 1)), 20_000) == [Exact(f"{star}.0") for star in stars]


def test_prices_and_stars_do_not_depend_on_how_rows_are_cut() -> None:
    for kind in (Price(1_00, 90_00), Rating(), Rating(type=BigInteger)):
        assert made(kind, 700, block_cells=200) == made(kind, 700)


def test_what_cannot_be_is_refused() -> None:
    with refused(r"Price\(500, 599\): the bounds are 99 cents apart; 100 are the least"):
        Price(5_00, 5_99)
    with refused(r"Price\(-1, 500\): low must be a whole number from 0"):
        Price(-1, 5_00)
    with refused("its type is Money, or a Decimal with two digits after the point, not integer"):
        Price(1_00, 9_00, type=Integer)
    with refused("value must be a whole number from -999 to 999"):
        Price(1_00, 90_00, type=Decimal(3, 2))
    with refused(r"Rating\(\): its values are numbers"):
        Rating(type=Varchar(3))
    assert Price(1_00, 2_00).type is Money
