"""Some roots with what is fanned out from them stand for a whole family."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colgen import BigInteger, Boolean, FanOut, Key, Model, ParentKey, Table, Volume, column
from colgen.generate.generation import Generation
from colgen.generate.sample import MOST_CHILDREN, sample, spread
from colgen.generate.spec import Spec


class Shops(Table):
    rows = Volume("shops")
    id = Key()
    visits = column(BigInteger, hidden=True)(lambda id: np.where(id % 10 == 0, 5_000, 3))


class Visits(Table, keep="paid"):
    rows = FanOut(Shops, "visits")
    id = Key()
    shop_id = ParentKey(Shops)
    paid = column(Boolean)(lambda id: id % 4 == 0)


class Receipts(Table):
    rows = FanOut(Visits, 2)
    id = Key()
    visit_id = ParentKey(Visits, hidden=True)


MODEL = Model("shops", tables=(Shops, Visits, Receipts), volumes={"small": {"shops": 1_000}})
SHOPS, VISITS, RECEIPTS = FAMILY = Shops.__table__, Visits.__table__, Receipts.__table__


def generation(shops: int) -> Generation:
    return Spec.of(MODEL, settings={"shops": shops}).generation(MODEL)


@given(st.integers(1, 10**12), st.integers(1, 500))
def test_roots_come_from_all_over(roots: int, wanted: int) -> None:
    ids = spread(roots, wanted)
    assert len(ids) == min(roots, wanted)
    assert ids[0] >= 1
    assert ids[-1] <= roots
    assert (np.diff(ids) > 0).all()
    in_halves = np.count_nonzero(ids <= roots // 2)
    assert abs(2 * in_halves - len(ids)) <= 2


def test_a_sample_of_all_roots_is_the_family() -> None:
    all_of_it = sample(generation(9), FAMILY, spread(9, 100))
    assert all_of_it.complete
    assert [all_of_it.rows(table) for table in FAMILY] == [9, 27, 54]
    assert all_of_it.kept(VISITS) == len([id for id in range(1, 28) if id % 4 == 0])


def test_of_a_row_with_very_many_children_some_are_made_and_stand_for_all() -> None:
    some = sample(generation(10), FAMILY, spread(10, 100))
    assert not some.complete
    assert some.blocks[VISITS].count == 9 * 3 + MOST_CHILDREN
    assert some.rows(VISITS) == pytest.approx(5_027)
    assert some.rows(RECEIPTS) == pytest.approx(10_054)
    assert some.kept(VISITS) == pytest.approx(5_027 / 4, rel=0.05)


def test_roots_stand_for_those_that_are_not_made() -> None:
    some = sample(generation(10**10), FAMILY, np.arange(10**9 + 1, 10**9 + 101))
    assert some.rows(SHOPS) == pytest.approx(10**10)
    assert some.rows(VISITS) == pytest.approx((0.1 * 5_000 + 0.9 * 3) * 10**10)
