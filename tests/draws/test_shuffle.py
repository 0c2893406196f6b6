"""Every number once, in an order of its own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colgen.draws.draw import Draw, key
from colgen.draws.shuffle import Shuffle, _Network

KEY = key(7, "shop", "orders", "size")
MASK = (1 << 64) - 1
law = settings(max_examples=50)
keys = st.integers(0, MASK)
EACH = np.arange(1, 1001)


@law
@given(keys, st.integers(1, 5000))
def test_a_shuffle_gives_every_number_once(seed, n):
    np.testing.assert_array_equal(np.sort(Draw(seed)(Shuffle(n))(np.arange(n) + 1)), np.arange(n) + 1)


@law
@given(keys, st.integers(1, 1 << 40), st.integers(0, 1 << 40))
def test_a_shuffle_of_any_size_neither_overflows_nor_collides(seed, n, at):
    x = np.unique(np.concatenate([np.arange(50), (at + np.arange(50)) % n, n - 1 - np.arange(50)]) % n) + 1
    shuffled = Draw(seed)(Shuffle(n))(x)
    assert (shuffled >= 1).all()
    assert (shuffled <= n).all()
    assert len(np.unique(shuffled)) == len(x)


@law
@given(keys, st.integers(1, 1 << 33), st.integers(0, 1 << 33))
def test_the_inverse_takes_each_number_back(seed, n, at):
    numbers = (at + np.arange(50)) % n + 1
    shuffle = Draw(seed)(Shuffle(n))
    np.testing.assert_array_equal(shuffle.inverse(shuffle(numbers)), numbers)
    np.testing.assert_array_equal(shuffle(shuffle.inverse(numbers)), numbers)


def test_a_shuffle_is_the_same_in_every_row_stream_and_slice():
    late = Draw(KEY, 900, 10)
    late.bits()
    np.testing.assert_array_equal(late(Shuffle(1000))(EACH), Draw(KEY)(Shuffle(1000))(EACH))


@pytest.mark.parametrize("n", [10_000, 300_000])
def test_as_many_of_the_first_numbers_are_among_the_last_as_by_chance(n):
    first = np.arange(1, 4 * n // 5)
    found = [(Draw(seed)(Shuffle(n))(first) > 0.88 * n).sum() for seed in range(60)]
    variance = len(first) * 0.12 * 0.88 * 0.2  # hypergeometric
    assert abs(np.mean(found) - 0.12 * len(first)) < 5 * np.sqrt(variance / 60)
    assert 0.5 < np.var(found) / variance < 1.8


def test_rank_1_is_not_row_1():
    first = [int(Draw(key(seed, "shop", "orders", "product"))(Shuffle(1000))(np.array([1]))[0]) for seed in range(300)]
    assert first.count(1) <= 3
    assert len(set(first)) > 200


def test_two_columns_shuffle_differently():
    first, second = (Draw(key(7, "shop", "orders", name))(Shuffle(1000))(EACH) for name in ("product", "customer"))
    assert (first == second).sum() < 20


def test_a_shuffle_leaves_what_it_is_given_alone():
    x = np.arange(1, 11)
    Draw(KEY)(Shuffle(10))(x)
    np.testing.assert_array_equal(x, np.arange(1, 11))


@pytest.mark.parametrize("n", [1, 2, 10, 4096, (1 << 21) - 1, 1 << 21, (1 << 21) + 1, (1 << 21) + 4096])
def test_a_shuffle_out_of_a_list_is_the_one_that_is_worked_out(n):
    """Up to 2**21 numbers are listed."""
    shuffled = Draw(KEY)(Shuffle(n))(np.arange(n) + 1)
    np.testing.assert_array_equal(shuffled, _Network(KEY, n).forwards(np.arange(n) + 1))
    np.testing.assert_array_equal(np.bincount(shuffled - 1, minlength=n), np.ones(n))
    assert shuffled.dtype == np.int64


@settings(law, max_examples=8)
@given(keys, st.integers((1 << 21) - 50, (1 << 21) + 50), st.lists(st.integers(1, (1 << 21) - 50), max_size=50))
def test_a_shuffle_takes_any_numbers_in_any_order_listed_or_not(seed, n, wanted):
    wanted = np.array(wanted, np.int64)
    np.testing.assert_array_equal(Draw(seed)(Shuffle(n))(wanted), _Network(seed, n).forwards(wanted))
