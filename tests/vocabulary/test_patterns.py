"""Patterns filled in with digits and letters."""

import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from colgen.draws.draw import Draw, key
from colgen.values.text.words import WordBytes
from colgen.vocabulary.patterns import Patterns, filled

law = settings(max_examples=100)

KEY = key(7, "vocabulary")


def test_a_pattern_is_one_of_the_groups_each_as_often():
    patterns = Patterns("codes", ["A#|B##", "C", "D@|E@|F@|G@"])
    for group, first_ids in enumerate(["AB", "C", "DEFG"]):
        said = patterns.sample(Draw(KEY, 1, 8000), np.full(8000, group)).to_pylist()
        counts = np.unique([text[0] for text in said], return_counts=True)
        assert "".join(counts[0]) == first_ids
        assert len(first_ids) == 1 or stats.chisquare(counts[1]).pvalue > 0.001
    mixed = patterns.sample(Draw(KEY, 1, 300), np.arange(300) % 3).to_pylist()
    assert all(re.fullmatch(["A\\d|B\\d\\d", "C", "[D-G][A-Z]"][place % 3], text) for place, text in enumerate(mixed))


def test_a_pattern_may_serve_several_groups():
    patterns = Patterns("codes", ["A#", "A#", "B#"])
    said = patterns.sample(Draw(KEY, 1, 300), np.arange(300) % 3).to_pylist()
    assert {text[0] for text in said[0::3]} == {text[0] for text in said[1::3]} == {"A"}
    assert {text[0] for text in said[2::3]} == {"B"}


def test_the_pattern_and_what_is_filled_in_are_independent():
    said = Patterns("codes", ["A#|B#"]).sample(Draw(KEY, 1, 20_000), np.zeros(20_000, int)).to_pylist()
    counts = np.unique(said, return_counts=True)
    assert len(counts[0]) == 20
    assert np.abs(counts[1] / 20_000 - 1 / 20).max() < 0.05 / 20 + 5 * np.sqrt(1 / 20 / 20_000)


# Patterns filled in

DIGITS, LETTERS = "0123456789", "ABEGHJLNPRTWXZ"
patterns = st.text(st.sampled_from("#@##@@ +-()09Aé日🙂"), max_size=40)


def fill(listed, codes, seed=0, start=1):
    return filled(WordBytes(pa.array(listed, pa.string())), np.array(codes, int), Draw(key(seed), start, len(codes))).to_pylist()


@law
@given(st.lists(patterns, min_size=1, max_size=6), st.data())
def test_a_pattern_keeps_its_form_and_each_mark_becomes_one_of_its_letters(listed, data):
    codes = data.draw(st.lists(st.integers(0, len(listed) - 1), max_size=20))
    said = filled(WordBytes(pa.array(listed, pa.string())), np.array(codes, int), Draw(data.draw(st.integers(0, 2**64 - 1)), 1, len(codes)))
    said.validate(full=True)
    assert said.type == pa.string()
    for text, code in zip(said.to_pylist(), codes, strict=True):
        assert len(text) == len(listed[code])
        for letter, mark in zip(text, listed[code], strict=True):
            assert letter in {"#": DIGITS, "@": LETTERS}.get(mark, mark)


@law
@given(st.lists(patterns, min_size=1, max_size=6), st.data())
def test_a_row_alone_is_filled_as_among_others(listed, data):
    codes = data.draw(st.lists(st.integers(0, len(listed) - 1), min_size=1, max_size=20))
    row = data.draw(st.integers(0, len(codes) - 1))
    assert fill(listed, codes[row : row + 1], start=1 + row) == fill(listed, codes)[row : row + 1]


@pytest.mark.parametrize("place", [0, 6, 7, 8, 15, 16, 30, 39])
def test_every_digit_and_letter_comes_up_in_every_place(place):
    n = 20_000
    for mark, letters in (("#", DIGITS), ("@", LETTERS)):
        pattern = "-" * place + mark + "." * (39 - place)
        found = np.unique([text[place] for text in fill([pattern], [0] * n)], return_counts=True)
        assert "".join(found[0]) == letters
        # a byte has 256 values: some letters get one of them more than others
        np.testing.assert_allclose(found[1] / n, 1 / len(letters), rtol=1 / (256 // len(letters)), atol=5 * np.sqrt(1 / len(letters) / n))


def test_the_places_of_a_pattern_are_independent():
    said = fill(["##" + "-" * 20 + "##"], [0] * 10_000)
    for one, other in ((0, 1), (0, 22), (1, 23), (22, 23)):
        pairs = np.unique([text[one] + text[other] for text in said], return_counts=True)
        assert len(pairs[0]) == 100
        assert pairs[1].max() < 2 * pairs[1].mean()


def test_rows_and_seeds_differ():
    assert len(set(fill(["#" * 16], [0] * 1000))) == 1000
    assert fill(["#" * 16], [0] * 9, seed=1) != fill(["#" * 16], [0] * 9, seed=2)


@pytest.mark.parametrize("listed", [[""], ["no mark at all"], ["", "a", "é"]])
def test_a_pattern_without_marks_stays(listed):
    codes = [0, len(listed) - 1, 0]
    assert fill(listed, codes) == [listed[code] for code in codes]


def test_no_rows_are_filled_to_no_texts():
    assert fill(["##"], []) == []
