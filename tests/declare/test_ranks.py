"""Who is important: ranks, the groups that have their share of them, and references that prefer the first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import colgen
from colgen import Category, FanOut, ForeignKey, Integer, Key, Model, Popularity, Rank, RankWithin, Stratum, Table, Volume, column
from colgen.declare.ranks import _Cycle
from tests.support import model_of, refused

law = settings(max_examples=60)
KINDS = {"coffee": 60, "tea": 30, "syrup": 9, "machine": 1}


class Products(Table):
    rows = Volume("products")
    id = Key()
    rank = Rank(hidden=False)
    kind = Stratum(KINDS)
    place = RankWithin("kind", hidden=False)


class Lines(Table):
    rows = Volume("lines")
    id = Key()
    wanted = column(Integer)(lambda draw: draw.below(4))
    product_id = ForeignKey(Products, popularity=Popularity(by="rank"))
    of_kind = ForeignKey(Products, popularity=Popularity(by="rank"), within={"kind": "wanted"})


def trade(products: int = 1000, lines: int = 40_000) -> Model:
    return model_of(Products, Lines, products=products, lines=lines)


def frames(seed: int = 3, **counts: int) -> tuple[Any, Any]:
    data = colgen.build(trade(**counts), seed=seed)
    return data.frame("products"), data.frame("lines")


def test_each_rank_is_there_once_and_has_nothing_to_do_with_the_id():
    products, _ = frames()
    rank = products["rank"].to_numpy()
    np.testing.assert_array_equal(np.sort(rank), np.arange(1, 1001))
    assert abs(np.corrcoef(rank, np.arange(1000))[0, 1]) < 0.15


def test_references_prefer_the_first_ranks_as_much_as_their_popularity_says():
    products, lines = frames()
    rank = products["rank"].to_numpy()[lines["product_id"].to_numpy() - 1]
    share = np.bincount(rank, minlength=1001)[1:] / len(rank)
    expected = Popularity().share_of(np.arange(1, 1001), 1000)
    assert abs(expected.sum() - 1) < 1e-6
    assert (np.abs(share - expected) < 6 * np.sqrt(expected / len(rank)) + 1e-4).all()


@pytest.mark.parametrize("products", [7, 1000, 5000])
def test_each_group_has_its_share_of_the_rows_and_of_the_first_ranks(products):
    table, _ = frames(products=products)
    kinds, ranks = table["kind"].to_numpy(), table["rank"].to_numpy()
    for first in (products, max(products // 10, 7)):
        for kind, share in KINDS.items():
            assert abs((kinds[ranks <= first] == kind).sum() - first * share / 100) <= 1.5


def test_the_rank_within_a_group_numbers_its_rows_in_the_order_of_ranks():
    products, _ = frames()
    for kind in KINDS:
        group = products.filter(products["kind"] == kind).sort("rank")
        np.testing.assert_array_equal(group["place"].to_numpy(), np.arange(1, len(group) + 1))


def test_a_reference_within_a_group_finds_its_rows_by_popularity():
    products, lines = frames()
    found = products[(lines["of_kind"].to_numpy() - 1).tolist()]
    np.testing.assert_array_equal(found["kind"].to_numpy(), np.array(list(KINDS))[lines["wanted"].to_numpy()])
    coffee = found.filter(found["kind"] == "coffee")["place"].to_numpy()
    expected = Popularity().share_of(np.arange(1, 4), 600)
    np.testing.assert_allclose(np.bincount(coffee, minlength=5)[1:4] / len(coffee), expected, rtol=0.15)


def test_where_a_group_has_no_row_any_row_is_found():
    products, lines = frames(products=2, lines=200)
    missing = set(KINDS) - set(products["kind"].to_list())
    assert missing
    assert set(lines["of_kind"].to_list()) <= {1, 2}


@law
@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=12), st.integers(1, 10**12))
def test_a_place_within_a_group_and_its_rank_belong_together(weights, rank):
    cycle = _Cycle(np.array(weights))
    ranks = np.array([rank, rank + 1])
    np.testing.assert_array_equal(cycle.rank_of(cycle.group_of(ranks), cycle.place_of(ranks)), ranks)


def test_what_does_not_fit_is_refused():
    class Plain(Table):
        rows = 5
        id = Key()
        kind = Category(a=1)
        rank = Rank()

    with refused("orders.plain_id", "popularity: by='size'", "Rank", "rank"):

        class Orders(Table):
            rows = 5
            id = Key()
            plain_id = ForeignKey(Plain, popularity=Popularity(by="size"))

    with refused("within names 'kind'", "not a Stratum"):

        class Parcels(Table):
            rows = 5
            id = Key()
            wanted = column(Integer)(lambda draw: draw.below(2))
            plain_id = ForeignKey(Plain, popularity=Popularity(by="rank"), within={"kind": "wanted"})

    with refused("products.kind goes by 'rank'", "popularity=Popularity"):

        class Boxes(Table):
            rows = 5
            id = Key()
            wanted = column(Integer)(lambda draw: draw.below(2))
            product_id = ForeignKey(Products, within={"kind": "wanted"})

    with refused("things.rank", "number of rows is given"):

        class Things(Table):
            rows = FanOut(Plain, 2)
            id = Key()
            rank = Rank()
