"""Lists of words, and words in groups."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colgen.draws.draw import Draw, key
from colgen.values.word_list import Grouped, WordList
from tests.draws.fit import fits

N = 50_000
KEY = key(7, "vocabulary")
law = settings(max_examples=50)


def test_words_without_weights_are_drawn_evenly():
    assert fits(Draw(KEY, 1, N)(WordList("letters", list("abcdefg"))), np.ones(7)) > 0.001


groups_of_words = st.lists(st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=5, unique=True), min_size=1, max_size=6)


@law
@given(groups_of_words, st.integers(0, 1 << 60))
def test_a_pick_is_a_word_of_the_group_and_any_word_of_it(listed, seed):
    """A word may stand in several groups, as a brand sells in several categories."""
    grouped = Grouped("letters", [word for words in listed for word in words], np.repeat(np.arange(len(listed)), [len(w) for w in listed]))
    for group, words in enumerate(listed):
        codes = grouped.pick(Draw(seed, 1, 200), np.full(200, group))
        assert set(grouped.type.to_arrow(codes).to_pylist()) == set(words)


def test_a_pick_is_equally_likely_within_its_group():
    grouped = Grouped("letters", list("abcdefg"), np.array([0, 0, 1, 1, 1, 1, 1]))
    assert fits(grouped.pick(Draw(KEY, 1, N), np.ones(N, int)) - 2, np.ones(5)) > 0.001


def test_groups_may_differ_by_row_and_a_row_alone_picks_what_it_picks_among_others():
    grouped, groups = Grouped("letters", list("abcdefg"), np.array([0, 0, 1, 1, 1, 2, 2])), np.arange(300) % 3
    whole = grouped.pick(Draw(KEY, 1, 300), groups)
    assert grouped.pick(Draw(KEY, 101, 7), groups[100:107]).tolist() == whole[100:107].tolist()
    assert set(zip(groups.tolist(), whole.tolist(), strict=True)) == {(0, 0), (0, 1), (1, 2), (1, 3), (1, 4), (2, 5), (2, 6)}


@pytest.mark.parametrize("times", [1, 1 << 20], ids=["in a list", "in a sum to be searched"])
def test_a_pick_follows_the_weights_of_its_group(times):
    weights = np.array([1, 9, 5, 1, 3, 4, 4, 90]) * times
    groups = np.array([0, 0, 1, 1, 1, 2, 2, 2])
    grouped = Grouped("letters", list("abcdefgh"), groups, weights)
    for group in range(3):
        codes = grouped.pick(Draw(KEY, 1, N), np.full(N, group))
        assert fits(codes - np.argmax(groups == group), weights[groups == group]) > 0.001


def test_equal_weights_are_no_weights():
    listed, groups, row = list("abcdefg"), np.array([0, 0, 1, 1, 1, 2, 2]), np.arange(300) % 3
    even, none = Grouped("letters", listed, groups, np.ones(7)), Grouped("letters", listed, groups)
    assert even.pick(Draw(KEY, 1, 300), row).tolist() == none.pick(Draw(KEY, 1, 300), row).tolist()


def test_weights_in_a_list_and_in_a_sum_pick_alike(monkeypatch):
    arguments = "letters", list("abcdeab"), np.array([0, 0, 1, 1, 1, 2, 2]), np.array([3, 1, 1, 7, 2, 5, 5])
    row = np.arange(300) % 3
    listed = Grouped(*arguments).pick(Draw(KEY, 1, 300), row)
    monkeypatch.setattr("colgen.values.word_list._MOST_REPEATED", 0)
    assert Grouped(*arguments).pick(Draw(KEY, 1, 300), row).tolist() == listed.tolist()


def test_a_word_of_no_weight_is_never_picked():
    grouped = Grouped("letters", list("abcd"), np.array([0, 0, 1, 1]), np.array([0, 1, 5, 0]))
    assert set(grouped.pick(Draw(KEY, 1, 500), np.arange(500) % 2).tolist()) == {1, 2}


@pytest.mark.parametrize(
    "groups",
    [
        [],
        [0, 2, 2],
        [1, 0, 0],
        [0, 1, 0],
        [1, 1, 2],
    ],
)
def test_groups_are_numbered_in_order_from_0(groups):
    with pytest.raises(ValueError, match="letters: groups must be 0, 1, 2 … in ascending order"):
        Grouped("letters", ["a", "b", "c"][: len(groups)], np.array(groups, int))
