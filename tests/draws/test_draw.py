"""Random numbers as hashes of their places: pure, in range and even."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from colgen.arrays import CACHED_ROWS, slices
from colgen.draws.distributions import Normal
from colgen.draws.draw import Draw, key
from colgen.draws.zipf import Zipf

BLOCK = CACHED_ROWS
KEY = key(7, "shop", "orders", "size")
MASK = (1 << 64) - 1
law = settings(max_examples=50)
keys = st.integers(0, MASK)


def splitmix64(seed, count):
    """The published generator, step by step: https://prng.di.unimi.it/splitmix64.c"""
    out, state = [], seed
    for _ in range(count):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        out.append(z ^ (z >> 31))
    return out


def key_that_gives(bits):
    """The key whose row 0 draws these bits for a number made of the upper ones: SplitMix64's finalizer but for its last step, backwards."""
    z = bits * pow(0x94D049BB133111EB, -1, 1 << 64) & MASK
    z = z ^ (z >> 27) ^ (z >> 54)
    z = z * pow(0xBF58476D1CE4E5B9, -1, 1 << 64) & MASK
    return z ^ (z >> 30) ^ (z >> 60)


def of_extreme_bits(bits):
    draw = Draw(key_that_gives(bits), start=0, count=1)
    assert int(Draw(key_that_gives(bits), start=0, count=1).bits()[0]) == bits ^ bits >> 31
    return draw


def correlation(a, b):
    return abs(np.corrcoef(a, b)[0, 1])


@pytest.mark.parametrize("seed", [0, 1, 1234567, KEY, MASK])
def test_bits_are_splitmix64_of_the_key(seed):
    assert Draw(seed, start=1, count=5).bits().tolist() == splitmix64(seed, 5)


def test_bits_are_the_published_numbers():
    published = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821]
    assert Draw(1234567, start=1, count=5).bits().tolist() == published


def test_a_key_is_a_hash_of_its_names():
    digest = hashlib.blake2b(b"7\x1fshop\x1forders\x1fsize", digest_size=8).digest()
    assert int.from_bytes(digest, "little") == KEY


@pytest.mark.parametrize(
    "other",
    [
        (8, "shop", "orders", "size"),
        (7, "shop2", "orders", "size"),
        (7, "shop", "order", "size"),
        (7, "shop", "orders", "price"),
        (7, "shop", "size", "orders"),
        (7, "shop", "orderss", "ize"),
        (7, "shop", "orders", "size", ""),
    ],
)
def test_a_key_depends_on_each_of_its_names(other):
    assert key(*other) != KEY


def test_no_two_of_many_places_share_a_key():
    places = {key(seed, "shop", f"table{t}", f"column{c}") for seed in range(20) for t in range(20) for c in range(20)}
    assert len(places) == 8000


@law
@given(keys, st.integers(0, 1 << 62), st.integers(1, 40), st.data())
def test_any_row_alone_is_what_it_is_among_others(seed, start, count, data):
    whole = Draw(seed, start, count).bits()
    row = data.draw(st.integers(0, count - 1))
    assert Draw(seed, start + row, 1).bits()[0] == whole[row]


@law
@given(keys, st.integers(0, 3 * BLOCK), st.integers(0, BLOCK + 9))
def test_any_slice_is_a_slice_of_the_whole(seed, low, count):
    whole = Draw(seed, 0, 4 * BLOCK + 9).bits()
    np.testing.assert_array_equal(Draw(seed, low, count).bits(), whole[low : low + count])


@law
@given(keys, st.lists(st.integers(0, 999), max_size=50))
def test_any_ids_in_any_order_draw_what_their_rows_draw(seed, ids):
    ids = np.array(ids, np.int64)
    np.testing.assert_array_equal(Draw(seed, ids=ids).bits(), Draw(seed, 0, 1000).bits()[ids])


@pytest.mark.parametrize("dtype", [np.int16, np.int32, np.int64, np.uint32])
def test_ids_of_any_integer_dtype_are_the_same_rows(dtype):
    ids = np.array([3, 1, 32_000], dtype)
    assert Draw(KEY, ids=ids).bits().tolist() == [int(Draw(KEY, int(i), 1).bits()[0]) for i in ids]


@pytest.mark.parametrize("count", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 1])
def test_the_block_of_rows_worked_at_a_time_does_not_show(count):
    by_range, by_ids = Draw(KEY, 5, count), Draw(KEY, ids=np.arange(5, 5 + count))
    np.testing.assert_array_equal(by_range.bits(), by_ids.bits())
    reference = splitmix64((KEY + 4 * 0x9E3779B97F4A7C15) & MASK, count)
    assert Draw(KEY, 5, count).bits().tolist() == reference


def test_a_draw_has_as_many_rows_as_were_asked_for():
    assert Draw(KEY, 1, 17).count == len(Draw(KEY, 1, 17).bits()) == 17
    assert Draw(KEY, ids=np.arange(9)).count == len(Draw(KEY, ids=np.arange(9)).uniform()) == 9


@pytest.mark.parametrize(
    "draw_of",
    [
        lambda draw: draw.uniform(),
        lambda draw: draw.bits(16),
        lambda draw: draw.bits(32),
        lambda draw: draw.below(1000),
        lambda draw: draw.below(1025),
        lambda draw: draw.below(1 << 40),
        lambda draw: draw.integers(-5, 5),
        lambda draw: draw.chance(0.3),
        lambda draw: draw(Normal()),
    ],
    ids=["uniform", "16 bits", "32 bits", "below", "below more", "below large", "integers", "chance", "a distribution"],
)
def test_every_kind_of_draw_is_pure(draw_of):
    whole = draw_of(Draw(KEY, 0, BLOCK + 300))
    np.testing.assert_array_equal(draw_of(Draw(KEY, BLOCK - 100, 200)), whole[BLOCK - 100 : BLOCK + 100])
    np.testing.assert_array_equal(draw_of(Draw(KEY, ids=np.array([BLOCK, 3]))), whole[[BLOCK, 3]])


def test_each_call_takes_the_next_stream():
    draw = Draw(KEY, 1, 1000)
    streams = np.concatenate([draw.bits() for _ in range(8)])
    assert len(np.unique(streams)) == 8000


@pytest.mark.parametrize("use", [lambda draw: draw.below(6), lambda draw: draw.chance(0.3), lambda draw: draw(Zipf(1, 1000))])
def test_streams_are_numbered_so_the_second_is_the_second_however_the_first_was_used(use):
    first, second = Draw(KEY, 1, 100_000), Draw(KEY, 1, 100_000)
    first.bits()
    use(second)
    np.testing.assert_array_equal(first.bits(), second.bits())


def test_streams_are_uncorrelated():
    draw = Draw(KEY, 1, 100_000)
    first, second, third = draw.uniform(), draw.uniform(), draw.uniform()
    assert max(correlation(first, second), correlation(first, third), correlation(second, third)) < 0.012


def test_a_retry_is_reproducible_and_pure():
    everyone = Draw(KEY, 5, 1000).retry(np.arange(1000)).bits()
    some = np.array([3, 999, 4])
    np.testing.assert_array_equal(Draw(KEY, 5, 1000).retry(some).bits(), everyone[some])
    np.testing.assert_array_equal(Draw(KEY, ids=np.arange(5, 1005)).retry(some).bits(), everyone[some])
    np.testing.assert_array_equal(Draw(KEY, 8, 1).retry(np.array([0])).bits(), everyone[[3]])


def test_a_retry_shares_no_number_with_any_stream_or_other_retry():
    everyone = np.arange(1000)
    draw, seen = Draw(KEY, 1, 1000), []
    for _ in range(5):
        again = draw.retry(everyone)
        seen += [again.bits(), again.bits(), again.retry(everyone).bits(), draw.further(everyone).bits(), draw.bits()]
    assert len(np.unique(np.concatenate(seen))) == 25_000


def test_a_retry_is_uncorrelated_with_the_attempt_before_it():
    draw = Draw(KEY, 1, 100_000)
    first = draw.uniform()
    assert correlation(first, draw.retry(np.arange(100_000)).uniform()) < 0.012


@pytest.mark.parametrize("bits", [0, 1, MASK, MASK - 1, 1 << 63, (1 << 11) - 1, (1 << 12) - 1, MASK << 12 & MASK])
def test_uniform_is_never_0_nor_1(bits):
    assert 0.0 < of_extreme_bits(bits).uniform()[0] < 1.0


def test_uniform_reaches_to_within_2_to_the_minus_53_of_its_ends():
    assert of_extreme_bits(0).uniform()[0] == 2.0**-53
    assert of_extreme_bits(MASK).uniform()[0] == 1 - 2.0**-53


def test_uniform_is_uniform():
    assert stats.kstest(Draw(KEY, 1, 100_000).uniform(), "uniform").pvalue > 0.001


LIMITS = [1, 2, 3, 1000, (1 << 16) - 1, 1 << 16, (1 << 16) + 1, 10**9 + 7, (1 << 40) - 1, 1 << 40, (1 << 40) + 1, (1 << 53) - 1, 1 << 53]


class OfGivenBits(Draw):
    """Draws some numbers of 32 bits; notes where they leave something open."""

    def __init__(self, bits):
        super().__init__(KEY, 0, len(bits))
        self.given = np.array(bits, np.uint32)

    def bits_by_block(self, width=64, upper=False):
        yield slice(0, self.count), self.given

    def further(self, positions):
        self.open = positions
        return super().further(positions)


@pytest.mark.parametrize("limit", LIMITS)
def test_below_never_reaches_its_limit(limit):
    def highest():
        return OfGivenBits([(1 << 32) - 1]) if limit <= 1 << 22 else of_extreme_bits(MASK)

    if limit <= 1 << 22:
        assert highest().below(np.array([limit]))[0] == limit - 1
    assert 0 <= highest().below(np.array([limit]))[0] < limit
    if limit > 1024:
        assert highest().below(limit)[0] == limit - 1
    if limit > 1 << 22:
        assert of_extreme_bits(0).below(limit)[0] == 0


class OfAllShorts(Draw):
    """Draws every number of 16 bits once; where they leave something open, only says so."""

    open = np.empty(0, np.int64)

    def bits_by_block(self, width=64, upper=False):
        for rows in slices(1 << 16):
            yield rows, np.arange(rows.start, rows.stop).astype(np.uint16)

    def further(self, positions):
        self.open = positions
        return super().further(positions)

    def settled(self, values):
        return np.delete(values, self.open)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50, 64, 103, 997, 1000, 1024])
def test_below_few_is_exact_in_what_16_bits_settle(limit):
    draw = OfAllShorts(KEY, 0, 1 << 16)
    assert set(np.bincount(draw.settled(draw.below(limit)), minlength=limit)) == {(1 << 16) // limit}


@pytest.mark.parametrize("probability", [0.0, 2.0**-20, 0.3, 1 / 3, 0.5, 1 - 2.0**-20, 1.0])
def test_a_chance_is_exact_in_what_16_bits_settle(probability):
    draw = OfAllShorts(KEY, 0, 1 << 16)
    settled = draw.settled(draw.chance(probability))
    assert settled.sum() == int(probability * (1 << 16))
    assert len(settled) >= (1 << 16) - 1


@law
@given(st.integers(1025, 1 << 22), st.data(), st.booleans())
def test_below_is_exact_in_what_32_bits_settle(limit, data, a_row):
    """Every number is settled on by equally many of all 32-bit numbers, which follow one another."""
    number = data.draw(st.integers(0, limit - 1))
    begin, end = (-(-(some << 32) // limit) for some in (number, number + 1))
    draw = OfGivenBits([z for edge in (begin, end) for z in range(max(edge - 3, 0), min(edge + 3, 1 << 32))])
    values = draw.below(np.full(draw.count, limit) if a_row else limit)
    settled = [int(z) for place, z in enumerate(draw.given) if place not in draw.open and values[place] == number]
    assert max(settled) - min(settled) + 1 == (1 << 32) // limit


@pytest.mark.parametrize("width", [16, 32])
def test_rows_share_a_hash_and_have_bits_of_it_each(width):
    hashes, shared = Draw(KEY, 0, 10).bits(), 64 // width
    expected = [int(hashes[row // shared]) >> width * (row % shared) & (1 << width) - 1 for row in range(20)]
    assert Draw(KEY, 0, 20).bits(width).tolist() == expected
    assert Draw(KEY, 7, 9).bits(width).tolist() == expected[7:16]
    assert Draw(KEY, ids=np.array([9, 2, 11])).bits(width).tolist() == [expected[9], expected[2], expected[11]]


@law
@given(st.integers(1, 1 << 62), keys)
def test_below_is_within_its_limit_whatever_the_limit(limit, seed):
    assert 0 <= Draw(seed, 0, 1).below(limit)[0] < limit
    assert 0 <= of_extreme_bits(MASK).below(limit)[0] < limit


def test_below_takes_a_limit_a_row():
    limits = np.array([1, 2, 1 << 16, (1 << 16) + 1, 1 << 40] * 200)
    values = Draw(KEY, 1, 1000).below(limits)
    assert (values >= 0).all()
    assert (values < limits).all()
    assert values[limits == 1 << 40].max() > 1 << 39


@pytest.mark.parametrize("limit", [7, 5000, 100_000])
def test_below_takes_numbers_of_any_kind(limit):
    rows = 2000
    expected = Draw(KEY, 1, rows).below(np.full(rows, limit)).tolist()
    assert [Draw(KEY, 1, rows).below(np.full(rows, limit, kind)).tolist() for kind in (np.int32, np.uint32, np.uint64)] == [expected] * 3
    assert Draw(KEY, 1, rows).below(np.int64(limit)).tolist() == Draw(KEY, 1, rows).below(limit).tolist()
    real = Draw(KEY, 1, rows).below(np.full(rows, float(limit)))
    assert real.min() >= 0
    assert limit / 2 < real.max() < limit


@pytest.mark.parametrize("limit", [2, 10, 997, (1 << 16) + 1])
def test_below_is_equally_likely(limit):
    counts = np.bincount(Draw(KEY, 1, 100_000).below(limit) * min(limit, 1000) // limit, minlength=min(limit, 1000))
    expected = np.diff(-(-np.arange(min(limit, 1000) + 1) * limit // min(limit, 1000))) / limit * 100_000
    assert stats.chisquare(counts, expected).pvalue > 0.001


def test_below_a_large_limit_is_equally_likely_in_its_last_digits_too():
    assert stats.chisquare(np.bincount(Draw(KEY, 1, 100_000).below(3 << 30) % 3)).pvalue > 0.001


def test_below_a_limit_a_row_is_equally_likely():
    counts = np.bincount(Draw(KEY, 1, 100_000).below(np.full(100_000, 10)), minlength=10)
    assert stats.chisquare(counts).pvalue > 0.001


def test_the_limit_of_these_tests_fails_a_slightly_uneven_share():
    counts = np.bincount(Draw(KEY, 1, 100_000).below(103) % 10, minlength=10)  # 0, 1 and 2 come 11 times in 103
    assert stats.chisquare(counts).pvalue < 0.001


def test_integers_include_both_ends():
    assert set(Draw(KEY, 1, 500).integers(-3, 4).tolist()) == set(range(-3, 5))


def test_integers_take_ends_a_row():
    low, high = np.arange(1000) - 500, np.arange(1000) - 500 + np.arange(1000) % 7
    values = Draw(KEY, 1, 1000).integers(low, high)
    assert (values >= low).all()
    assert (values <= high).all()
    assert (values == high)[high > low].any()


def test_a_chance_comes_as_often_as_it_says():
    assert stats.binomtest(int(Draw(KEY, 1, 100_000).chance(0.3).sum()), 100_000, 0.3).pvalue > 0.001
    assert not Draw(KEY, 1, 1000).chance(0).any()
    assert Draw(KEY, 1, 1000).chance(1).all()


def test_a_chance_may_differ_by_row():
    certain = np.arange(1000) % 2
    np.testing.assert_array_equal(Draw(KEY, 1, 1000).chance(certain.astype(float)), certain == 1)


def test_each_of_the_64_bits_is_fair():
    bits = Draw(KEY, 1, 1 << 16).bits()
    ones = np.array([int((bits >> np.uint64(i) & np.uint64(1)).sum()) for i in range(64)])
    assert (abs(ones - (1 << 15)) < 4.5 * np.sqrt(1 << 14)).all()


def test_neighbouring_rows_differ_in_half_of_their_bits():
    bits = Draw(KEY, 1, 1 << 16).bits()
    flips = np.bitwise_count(bits[1:] ^ bits[:-1])
    assert abs(flips.mean() - 32) < 0.06
    assert abs(flips.std() - 4) < 0.05


def test_neighbouring_rows_are_uncorrelated():
    u = Draw(KEY, 1, 100_000).uniform()
    assert max(correlation(u[:-lag], u[lag:]) for lag in (1, 2, 3, 16, 1000, BLOCK)) < 0.015


def test_pairs_of_neighbouring_rows_fill_their_square_evenly():
    x = Draw(KEY, 1, 100_000).below(8)
    assert stats.chisquare(np.bincount(x[:-1:2] * 8 + x[1::2], minlength=64)).pvalue > 0.001


@pytest.mark.parametrize("other", [key(7, "shop", "orders", "price"), key(8, "shop", "orders", "size"), KEY + 1, KEY ^ 1 << 63])
def test_columns_seeds_and_even_adjacent_keys_are_uncorrelated(other):
    first, second = Draw(KEY, 1, 100_000).uniform(), Draw(other & MASK, 1, 100_000).uniform()
    assert correlation(first, second) < 0.012
    square = (first * 8).astype(int) * 8 + (second * 8).astype(int)
    assert stats.chisquare(np.bincount(square, minlength=64)).pvalue > 0.001


def test_sibling_columns_and_adjacent_seeds_are_never_in_lockstep():
    """Not even shifted: no number of one column comes up anywhere in another."""
    places = [(seed, "shop", "orders", column) for seed in (7, 8) for column in ("a", "b", "size", "price")]
    columns = [Draw(key(*place), 1, 2 * BLOCK).bits() for place in places]
    assert len(np.unique(np.concatenate(columns))) == len(columns) * 2 * BLOCK
