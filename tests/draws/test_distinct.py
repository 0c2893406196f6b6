"""Rows of one group have different values: any of them as likely as another, or by weight, and each group by itself."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colgen.arrays import Array
from colgen.draws.distinct import Distinct, DistinctChoice, repeated
from colgen.draws.draw import Draw, key
from tests.draws.fit import chi_square

law = settings(max_examples=60)
KEY = key(7, "shop", "lines", "product")
keys = st.integers(0, (1 << 64) - 1)
sizes_of_groups = st.lists(st.integers(1, 9), min_size=1, max_size=20)
LEAST = 1e-4
"""A sound generator is less even than that in one run of ten thousand; these are the same in every run."""


def grouped(sizes: Any, first: int = 1) -> tuple[Array, Array]:
    """The group and the place of each row, for groups of these sizes."""
    sizes = np.asarray(sizes)
    ends = np.cumsum(sizes)
    return np.arange(first, first + len(sizes)).repeat(sizes), np.arange(int(ends[-1])) - (ends - sizes).repeat(sizes) + 1


def drawn(distribution: Any, at: int = KEY, start: int = 1) -> Array:
    return Draw(at, start, len(distribution.group))(distribution)


# Any value as likely as another


@law
@given(keys, sizes_of_groups, st.integers(0, 1 << 40))
def test_values_of_a_group_are_different_and_below_n(at: int, sizes: list[int], more: int) -> None:
    group, place = grouped(sizes)
    n = max(sizes) + more
    values = drawn(Distinct(group, place, n), at)
    assert values.min() >= 0
    assert values.max() < n
    assert len(set(zip(group.tolist(), values.tolist(), strict=True))) == len(values)


@law
@given(keys, st.lists(st.tuples(st.integers(1, 9), st.integers(0, 30)), min_size=1, max_size=20))
def test_each_group_may_have_numbers_of_its_own_to_choose_from(at: int, groups: list[tuple[int, int]]) -> None:
    sizes = np.array([size for size, _ in groups])
    group, place = grouped(sizes)
    n = (sizes + [more for _, more in groups]).repeat(sizes)
    values = drawn(Distinct(group, place, n), at)
    assert (values >= 0).all()
    assert (values < n).all()
    assert len(set(zip(group.tolist(), values.tolist(), strict=True))) == len(values)


@law
@given(keys, sizes_of_groups, st.integers(0, 40), st.data())
def test_some_groups_alone_have_the_values_that_they_have_among_all(at: int, sizes: list[int], more: int, data: st.DataObject) -> None:
    group, place = grouped(sizes)
    n = np.array(sizes).repeat(sizes) + more
    whole = drawn(Distinct(group, place, n), at)
    low = data.draw(st.integers(0, len(sizes)))
    high = data.draw(st.integers(low, len(sizes)))
    ends = np.concatenate([[0], np.cumsum(sizes)])
    rows = slice(int(ends[low]), int(ends[high]))
    alone = drawn(Distinct(group[rows], place[rows], n[rows]), at, 1 + rows.start)
    np.testing.assert_array_equal(alone, whole[rows])


@pytest.mark.parametrize("n", [1, 2, 12, 13, 14, 97, 100, 1000])
def test_a_group_of_n_rows_has_every_number_once(n: int) -> None:
    group, place = grouped([n] * 5)
    values = drawn(Distinct(group, place, n)).reshape(5, n)
    np.testing.assert_array_equal(np.sort(values), [np.arange(n)] * 5)


@pytest.mark.parametrize(("n", "of"), [(2, 2), (3, 3), (4, 3), (5, 5), (6, 2), (12, 2), (13, 2), (30, 2)])
def test_every_order_of_a_group_is_as_likely_as_any_other(n: int, of: int) -> None:
    group, place = grouped(np.full(60_000, of))
    values = drawn(Distinct(group, place, n)).reshape(-1, of)
    code = (values * n ** np.arange(of)).sum(axis=1)
    wanted = [sum(number * n**at for at, number in enumerate(order)) for order in permutations(range(n), of)]
    times = np.bincount(code, minlength=n**of)
    assert times.sum() == times[wanted].sum()
    assert chi_square(times[wanted], np.ones(len(wanted))) > LEAST


@pytest.mark.parametrize("n", [5, 12, 13, 14, 20, 26])
def test_any_two_rows_of_a_group_of_all_numbers_have_each_pair_as_often(n: int) -> None:
    """Nearly every such group is put in order whole: by a list up to 12 numbers, by a network from 13 on, of which four rounds are told apart here."""
    pairs = permutations(range(n), 2)
    listed = [one * n + other for one, other in pairs]
    group, place = grouped(np.full(400_000 // n, n))
    values = drawn(Distinct(group, place, n)).reshape(-1, n)
    for one, other in ((0, 1), (0, n - 1), (1, n // 2), (n // 2, n - 1)):
        times = np.bincount(values[:, one] * n + values[:, other], minlength=n * n)
        assert chi_square(times[listed], np.ones(len(listed))) > LEAST


@pytest.mark.parametrize(("n", "size"), [(40, 2), (40, 7), (40, 39), (1000, 30)])
def test_a_number_comes_as_often_as_any_other_in_every_place(n: int, size: int) -> None:
    """Whether hardly a group has drawn one twice, or nearly every one has."""
    group, place = grouped(np.full(300_000 // size, size))
    values = drawn(Distinct(group, place, n))
    for at in (1, size):
        assert chi_square(np.bincount(values[place == at], minlength=n), np.ones(n)) > LEAST


def test_two_groups_have_nothing_to_do_with_each_other() -> None:
    group, place = grouped(np.full(40_000, 5))
    first = drawn(Distinct(group, place, 5)).reshape(-1, 5)[:, 0]
    assert chi_square(np.bincount(first[:-1] * 5 + first[1:], minlength=25), np.ones(25)) > LEAST


def test_two_columns_choose_differently() -> None:
    group, place = grouped(np.full(1000, 3))
    one, other = (drawn(Distinct(group, place, 50), key(7, "shop", "lines", name)) for name in ("product", "voucher"))
    assert (one == other).sum() < 150


@pytest.mark.parametrize("n", [2, np.array([2, 2, 2])])
def test_more_rows_than_numbers_are_refused(n: Any) -> None:
    with pytest.raises(ValueError, match="3 different values are needed for one parent, and there are 2"):
        drawn(Distinct(*grouped([3]), n))


def test_no_row_has_no_value() -> None:
    nothing = np.empty(0, np.int64)
    assert len(Draw(KEY)(Distinct(nothing, nothing, 5))) == 0
    assert len(Draw(KEY)(Distinct(nothing, nothing, 0))) == 0
    assert len(Draw(KEY)(Distinct(nothing, nothing, nothing))) == 0


# By weight


@law
@given(keys, sizes_of_groups, st.lists(st.floats(0.01, 100), max_size=20))
def test_values_by_weight_are_different_too(at: int, sizes: list[int], more: list[float]) -> None:
    group, place = grouped(sizes)
    weights = (0.0, *more, *(1.0,) * max(sizes), 0.0)
    values = drawn(DistinctChoice(group, place, weights), at)
    assert len(set(zip(group.tolist(), values.tolist(), strict=True))) == len(values)
    assert np.array(weights)[values].min() > 0, "what has no weight never comes"


@law
@given(keys, sizes_of_groups, st.data())
def test_some_groups_alone_have_the_values_by_weight_that_they_have_among_all(at: int, sizes: list[int], data: st.DataObject) -> None:
    group, place = grouped(sizes)
    weights = tuple(range(1, 12))
    whole = drawn(DistinctChoice(group, place, weights), at)
    low = data.draw(st.integers(0, len(sizes)))
    rows = slice(int(np.sum(sizes[:low])), len(group))
    alone = drawn(DistinctChoice(group[rows], place[rows], weights), at, 1 + rows.start)
    np.testing.assert_array_equal(alone, whole[rows])


@pytest.mark.parametrize("weights", [(1, 1, 1), (5, 3, 2), (90, 9, 1, 0), (40, 1, 1, 1, 1)])
def test_values_come_as_often_and_in_the_order_of_what_is_drawn_until_it_is_another(weights: tuple[float, ...]) -> None:
    group, place = grouped(np.full(60_000, 2))
    values = drawn(DistinctChoice(group, place, weights)).reshape(-1, 2)
    n, share = len(weights), np.array(weights) / sum(weights)
    expected = {(i, j): share[i] * share[j] / (1 - share[i]) for i, j in permutations(range(n), 2) if share[i] and share[j]}
    times = np.bincount(values[:, 0] * n + values[:, 1], minlength=n * n)
    listed = [i * n + j for i, j in expected]
    assert times[listed].sum() == len(values)
    assert chi_square(times[listed], list(expected.values())) > LEAST


def test_a_group_of_all_has_each_once_whatever_it_weighs() -> None:
    values = drawn(DistinctChoice(*grouped([3] * 50), (1e6, 1, 1e-3))).reshape(50, 3)
    np.testing.assert_array_equal(np.sort(values), [[0, 1, 2]] * 50)
    assert (values[:, 0] == 0).sum() >= 49


def test_more_rows_than_numbers_with_a_weight_are_refused() -> None:
    with pytest.raises(ValueError, match="3 different values are needed for one parent, and there are 2"):
        drawn(DistinctChoice(*grouped([3]), (1, 0, 1)))


def test_no_row_has_no_value_by_weight() -> None:
    nothing = np.empty(0, np.int64)
    assert len(Draw(KEY)(DistinctChoice(nothing, nothing, (1, 2)))) == 0


# What comes again


def slowly_repeated(values: list[int], group: list[int]) -> list[int]:
    before: set[tuple[int, int]] = set()
    again = []
    for row, pair in enumerate(zip(group, values, strict=True)):
        again += [row] if pair in before else []
        before.add(pair)
    return again


@law
@given(st.lists(st.lists(st.integers(0, 12), min_size=1, max_size=90), min_size=1, max_size=6), st.sampled_from([12, 1 << 24, 1 << 40]))
def test_a_value_is_repeated_if_an_earlier_row_of_its_group_has_it(groups: list[list[int]], limit: int) -> None:
    """In groups of a few rows and in long ones, which are looked at in two ways."""
    values = [value * (limit // 12) for group in groups for value in group]
    numbers = [number for number, group in enumerate(groups) for _ in group]
    found = repeated(np.array(values), np.array(numbers), max(map(len, groups)), limit)
    assert found.tolist() == slowly_repeated(values, numbers)


def test_a_group_is_no_other_group_however_far_apart_their_numbers_are() -> None:
    found = repeated(np.array([5, 5, 6, 6]), np.array([0, 128, 128, 256]), 2, 10)
    assert found.tolist() == []
