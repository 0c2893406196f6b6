"""Texts that are kept in parts until somebody reads them."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colgen.values.batch import Batch, concatenated
from colgen.values.text.composed import Composed, composed, join
from colgen.values.text.digits import Digits
from colgen.values.text.spell import spell
from colgen.values.text.words import Coded, WordBytes
from tests.values.text.parts import law, naive, rows_of_parts, texts, words_of


@law
@given(rows_of_parts().filter(lambda case: case[1]), st.data())
def test_join_takes_arrow_strings_among_the_parts(case, data):
    rows, made = case
    for _ in range(data.draw(st.integers(1, 3))):
        column = data.draw(st.lists(texts, min_size=rows, max_size=rows))
        made.insert(data.draw(st.integers(0, len(made))), (pa.array(column, pa.string()), column))
    result = join([part for part, _ in made], rows)
    result.validate(full=True)
    assert result.to_pylist() == naive([text for _, text in made], rows)


@law
@given(rows_of_parts().filter(lambda case: case[0] and case[1]), st.data())
def test_texts_in_parts_are_cut_put_together_and_left_out_like_any_other_column(case, data):
    rows, made = case
    text = Composed([part for part, _ in made], rows)
    first, end = sorted(data.draw(st.tuples(st.integers(0, rows), st.integers(0, rows))))
    expected = naive([texts for _, texts in made], rows)
    assert text.take(slice(first, end)).spelled.to_pylist() == expected[first:end]
    twice = Composed.concatenated([text.take(slice(first, None)), text.take(slice(0, end))])
    assert len(twice) == rows - first + end
    assert twice.spelled.to_pylist() == expected[first:] + expected[:end]
    kept = data.draw(st.lists(st.booleans(), min_size=rows, max_size=rows))
    assert text.take(np.flatnonzero(kept)).spelled.to_pylist() == [text for text, keep in zip(expected, kept, strict=True) if keep]


WORDS = WordBytes(pa.array(["a", "bb"]))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (["x"], ["y"]),
        (["x"], [Digits(np.array([1]))]),
        ([Digits(np.array([1]), 2)], [Digits(np.array([1]), 3)]),
        ([Coded(WORDS, np.array([1]))], [Coded(WordBytes(pa.array(["a", "bb"])), np.array([1]))]),
        (["x"], ["x", Digits(np.array([1]))]),
    ],
    ids=["constants", "kinds", "widths", "lists of words", "number of parts"],
)
def test_texts_whose_parts_differ_are_not_put_together_in_parts(first, second):
    assert Composed.concatenated([Composed(first, 1), Composed(second, 1)]) is None
    together = concatenated([Batch("notes", pa.schema({"text": pa.string()}), [Composed(parts, 1)], 1) for parts in (first, second)])
    assert together.to_arrow()["text"].to_pylist() == [spell(parts, 1)[0].as_py() for parts in (first, second)]


def test_texts_put_together_keep_their_list_of_words():
    text = Composed([Coded(WORDS, np.array([0, 1]))], 2)
    assert Composed.concatenated([text, text]).parts[0].table is WORDS


@pytest.mark.parametrize("kind", [np.bool_, np.uint8, np.dtype(">i4"), np.int64])
def test_codes_may_be_of_any_whole_kind(kind):
    text = composed([Coded(words_of("a", "bb"), np.array([0, 1, 1], kind)[::-1])], 3)
    assert text.spelled.to_pylist() == ["bb", "bb", "a"]


@pytest.mark.parametrize("kind", [np.uint8, np.dtype(">i8"), np.int16, np.uint64, np.float64])
def test_numbers_in_parts_may_be_of_any_kind(kind):
    text = composed([Digits(np.array([0, 7, 250], kind)[::2], 4)], 2)
    assert text.spelled.to_pylist() == ["0000", "0250"]


@pytest.mark.parametrize("code", [-1, 2])
def test_there_is_a_word_for_every_code(code):
    with pytest.raises(IndexError, match="codes must be 0 to 1, but they range from"):
        composed([Coded(words_of("a", "bb"), np.array([0, code]))], 2)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.array(["1", "2"]), "a text expects whole numbers, not <U1"),
        (np.array([1, 2], "M8[D]"), "a text expects whole numbers, not datetime64"),
        ([1, 2], "a text expects whole numbers, not list"),
        (np.array([1.0, np.nan]), "some of the numbers in a text are missing or infinite"),
        (np.ma.array([1, 2], mask=[False, True]), "some of the numbers in a text are missing or infinite"),
        (np.array([1, -2]), "must not be negative, but one is -2"),
    ],
    ids=["text", "dates", "a list", "no number", "a missing number", "a negative number"],
)
def test_numbers_in_parts_are_whole_ones(values, said):
    with pytest.raises((TypeError, ValueError), match=said):
        composed([Digits(values)], 2)


def test_codes_are_whole_numbers():
    with pytest.raises(TypeError, match="a text expects whole numbers, not float64"):
        composed([Coded(words_of("a", "bb"), np.array([0.5, 1.0]))], 2)


def test_parts_are_put_together_at_once_where_some_are_texts():
    assert composed(["#", pa.array(["a", "b"])], 2).to_pylist() == ["#a", "#b"]
    assert composed(["#"], 2).spelled.to_pylist() == ["#", "#"]


def test_one_arrow_array_alone_is_joined_without_a_copy():
    column = pa.array(["a", "bb"])
    assert join([column], 2).buffers()[2].address == column.buffers()[2].address
