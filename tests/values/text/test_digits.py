"""Numbers in texts."""

import numpy as np
import pytest

from colgen.values.text.digits import Digits
from colgen.values.text.spell import spell
from colgen.values.text.words import Coded
from tests.values.text.parts import part_of, words_of


@pytest.mark.parametrize("width", [0, 1, 2, 3, 4, 5, 8, 9, 18, 19, 25])
def test_powers_of_ten_and_their_neighbours_have_the_right_digits(width):
    values = sorted({0, *(10**e + step for e in range(18) for step in (-1, 0, 1))})
    assert spell([Digits(np.array(values), width)], len(values)).to_pylist() == [str(value).zfill(width) for value in values]


def test_a_number_wider_than_its_padding_is_not_cut():
    assert spell(["#", Digits(np.array([7, 1234567]), 4), "."], 2).to_pylist() == ["#0007.", "#1234567."]


def test_numbers_of_one_width_are_padded():
    assert spell(["INV-", Digits(np.array([2024]), 4), "-", Digits(np.array([42]), 8)], 1).to_pylist() == ["INV-2024-00000042"]


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64])
def test_numbers_may_be_of_any_integer_dtype(dtype):
    values = np.array([0, 7, 127], dtype)
    assert spell([Digits(values, 9), "/", Digits(values)], 3).to_pylist() == ["000000000/0", "000000007/7", "000000127/127"]


@pytest.mark.parametrize("width", [0, 3, 19])
def test_numbers_of_19_digits_stand_beside_short_ones(width):
    values = [10**18, 95, 2**63 - 1, 0]
    assert spell([Digits(np.array(values), width)], 4).to_pylist() == [str(value).zfill(width) for value in values]


@pytest.mark.parametrize("listed", [2, 64, 65])
@pytest.mark.parametrize("width", [0, 3, 8])
@pytest.mark.parametrize("most", [9, 9_999, 10_000, 99_999_999, 100_000_000])
def test_a_number_and_the_word_after_it_are_spelt_whatever_their_lengths(most, width, listed):
    words = ["x" * (place % 20) for place in range(listed)]
    values = np.array(sorted({0, 1, 9, 10, 99, 100, 999, 1000, 9_999, 10_000, 99_999, 999_999, 1_000_000, 9_999_999, 10_000_000, most}))
    values = values[values <= most]
    codes = np.arange(len(values)) * 7 % listed
    for before in ("", "#", Coded(words_of("Ann", "Bob B"), codes % 2)):
        said = "" if isinstance(before, str) else ("Ann", "Bob B")
        parts = [before, Digits(values, width), "@", Coded(words_of(*words), codes), "!"]
        expected = [
            f"{before if not said else said[code % 2]}{value:0{width}d}@{words[code]}!" for value, code in zip(values, codes, strict=True)
        ]
        assert spell(parts, len(values)).to_pylist() == expected
        assert [spell([part_of(one, row) for one in parts], 1)[0].as_py() for row in range(len(values))] == expected


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.uint64])
def test_a_number_before_a_word_may_be_of_any_integer_dtype(dtype):
    parts = [Digits(np.array([5, 120], dtype)), Coded(words_of("a", "bc"), np.array([0, 1], np.int8))]
    assert spell(parts, 2).to_pylist() == ["5a", "120bc"]
