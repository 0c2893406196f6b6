"""A reference to a row of another table: what may not be given together, and what it cannot be."""

from __future__ import annotations

import math
from typing import Any

import pytest

from colgen import CreatedAt, Date, FixedValues, ForeignKey, History, Key, Popularity, Table, column
from tests.support import model_of, refused, rows_of


class Shops(Table):
    """Where things are sold."""

    rows = 3
    id = Key()
    name = FixedValues("North", "South", "West")
    opened = CreatedAt(History())


BESIDE: dict[str, Any] = {"where": {"name": "North"}, "existing_at": "day", "popularity": Popularity()}


@pytest.mark.parametrize("names", [("where",), ("existing_at",), ("popularity",), ("popularity", "where"), tuple(BESIDE)], ids=" ".join)
def test_nothing_may_be_given_beside_weights(names: tuple[str, ...]) -> None:
    with refused(r"ForeignKey\(Shops", "weights", "cannot be given beside them", *names):
        ForeignKey(Shops, weights=(5, 3, 2), **{name: BESIDE[name] for name in names})


def test_weights_alone_are_followed() -> None:
    class Sales(Table):
        rows = 1000
        id = Key()
        shop_id = ForeignKey(Shops, weights=(0, 3, 1))

    shops = [row["shop_id"] for row in rows_of(model_of(Shops, Sales), "sales")]
    assert set(shops) == {2, 3}
    assert 700 < shops.count(2) < 800


def test_everything_else_may_be_given_together() -> None:
    class Sales(Table):
        rows = 50
        id = Key()
        day = column(Date)(lambda id, period: 0 * id + period.end)
        shop_id = ForeignKey(Shops, **BESIDE)

    assert {row["shop_id"] for row in rows_of(model_of(Shops, Sales), "sales")} == {1}


@pytest.mark.parametrize("weights", [(0, 0, 0), (1, -1, 1), (1, math.nan, 1), (1, math.inf, 1), (True, "2", 3)], ids=repr)
def test_weights_that_are_none_are_refused(weights: Any) -> None:
    with refused(r"ForeignKey\(Shops", "weight"):
        ForeignKey(Shops, weights=weights)


@pytest.mark.parametrize("popularity", [0.5, (0.2, 0.8), {"top": 0.2}, True], ids=repr)
def test_a_popularity_is_one(popularity: Any) -> None:
    with refused("popularity", "must be a Popularity"):
        ForeignKey(Shops, popularity=popularity)


@pytest.mark.parametrize("ends", [(0.8, 0.2), (0, 0.5), (0.5, 1), (0.3, 0.3), (math.nan, 0.5), (0.2, math.nan)], ids=repr)
def test_a_popularity_that_no_falling_distribution_has_is_refused(ends: tuple[float, float]) -> None:
    with refused("0 < top < share < 1"):
        Popularity(top=ends[0], share=ends[1])
