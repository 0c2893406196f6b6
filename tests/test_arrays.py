"""Work some rows at a time gives what work on all of them gives."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from colgen.arrays import CACHED_ROWS, LONGEST, either, elementwise, slices, taken
from colgen.draws.draw import Draw, key

counts = st.one_of(st.integers(0, 50), st.sampled_from([CACHED_ROWS - 1, CACHED_ROWS, CACHED_ROWS + 1, 3 * CACHED_ROWS + 5]))
law = settings(max_examples=25)


@law
@given(counts)
def test_slices_follow_one_another_and_are_all_rows(count):
    found = [number for rows in slices(count) for number in range(rows.start, rows.stop)]
    assert found == list(range(count))
    assert all(0 < rows.stop - rows.start <= LONGEST for rows in slices(count))


@law
@given(st.integers(0, 10 * CACHED_ROWS))
def test_slices_are_as_long_as_one_another(count):
    lengths = [rows.stop - rows.start for rows in slices(count)]
    assert max(lengths, default=0) - min(lengths, default=0) < max(len(lengths), 1)


@law
@given(counts, st.sampled_from([8, 128]))
def test_slices_begin_at_a_multiple_where_one_is_asked_for(count, multiple):
    assert all(rows.start % multiple == 0 for rows in slices(count, multiple))
    assert sum(rows.stop - rows.start for rows in slices(count, multiple)) == count


@law
@given(counts)
def test_a_function_element_by_element_is_the_function(count):
    x, y = np.arange(count), np.arange(count)[::-1]
    found = elementwise(lambda x, y: x * 2.5 - y, x, y)
    np.testing.assert_array_equal(found, x * 2.5 - y)
    assert found.dtype == np.float64


@law
@given(counts, st.sampled_from([None, np.int64, np.float64]))
def test_what_is_taken_is_what_numpy_takes(count, dtype):
    values = np.arange(100, dtype=np.int16)
    positions = np.arange(count) * 7 % 100
    np.testing.assert_array_equal(taken(values, positions, dtype), values[positions])
    assert taken(values, positions, dtype).dtype == (dtype or np.int16)


@law
@given(st.integers(0, 40_000), st.integers(0, 40_000))
def test_a_draw_of_some_rows_has_their_numbers(low, count):
    everyone = Draw(key("any"), 1, 40_000)
    for draw in (everyone, Draw(key("any"), ids=np.arange(40_000)[::-1])):
        some, wanted = draw[low : low + count], draw[:].bits()[low : low + count]
        assert some.count == len(wanted)
        np.testing.assert_array_equal(some.bits(), wanted)


@law
@given(counts, st.booleans(), st.booleans())
def test_either_is_where_without_a_branch(count, one_yes, one_no):
    condition = np.arange(count) % 3 == 1
    yes, no = 7 if one_yes else np.arange(count), -1 if one_no else -np.arange(count)
    np.testing.assert_array_equal(either(condition, yes, no), np.where(condition, yes, no))


@law
@given(counts)
def test_either_keeps_a_narrow_dtype(count):
    found = either(np.arange(count) % 2 == 0, np.int8(3), np.zeros(count, np.int8))
    assert found.dtype == np.int8
