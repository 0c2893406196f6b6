"""Texts put together in a buffer equal the texts Python would build."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from colgen.draws.draw import Draw, key
from colgen.values.text.digits import Digits
from colgen.values.text.spell import spell, spell_with_lengths
from colgen.values.text.words import Coded, WordBytes
from tests.values.text.parts import law, naive, part_of, rows_of_parts, words_of


@law
@given(rows_of_parts())
@example((3, []))
@example((0, [("a", [])]))
def test_spell_is_the_parts_one_after_the_other(case):
    rows, made = case
    result = spell([part for part, _ in made], rows)
    result.validate(full=True)
    assert result.type == pa.string()
    assert result.to_pylist() == naive([text for _, text in made], rows)


@law
@given(rows_of_parts())
@example((3, []))
def test_with_lengths_each_text_follows_its_length_in_four_bytes(case):
    rows, made = case
    begins, data = spell_with_lengths([part for part, _ in made], rows)
    texts = [text.encode() for text in naive([text for _, text in made], rows)]
    assert bytes(data) == b"".join(len(text).to_bytes(4, "little") + text for text in texts)
    assert np.diff(begins).tolist() == [4 + len(text) for text in texts]


@law
@given(rows_of_parts().filter(lambda case: case[0] and case[1]), st.data())
def test_a_row_alone_is_spelt_as_among_others(case, data):
    rows, made = case
    row = data.draw(st.integers(0, rows - 1))
    assert spell([part_of(part, row) for part, _ in made], 1)[0] == spell([part for part, _ in made], rows)[row]


def test_words_of_one_length_and_of_many_are_spelt_alike():
    codes = np.array([1, 0, 1])
    assert spell([Coded(words_of("ab", "cd"), codes), "-"], 3).to_pylist() == ["cd-", "ab-", "cd-"]
    assert spell([Coded(words_of("ab", "c"), codes), "-"], 3).to_pylist() == ["c-", "ab-", "c-"]


def test_words_may_be_empty_or_not_ascii():
    codes = np.array([0, 1, 2])
    assert spell([Coded(words_of("", "São Paulo", "東京"), codes), "·"], 3).to_pylist() == ["·", "São Paulo·", "東京·"]
    assert spell([Coded(words_of(""), codes * 0)], 3).to_pylist() == ["", "", ""]


def test_words_may_be_a_slice_of_an_arrow_array():
    table = WordBytes(pa.array(["no", "yes", "perhaps", "no"])[1:3])
    assert spell([Coded(table, np.array([1, 0]))], 2).to_pylist() == ["perhaps", "yes"]


def test_a_word_table_serves_parts_of_any_affix_and_width():
    table, codes = words_of("Ann", "Bo"), np.array([0, 1])
    for _ in range(2):
        assert spell([Coded(table, codes)], 2).to_pylist() == ["Ann", "Bo"]
        assert spell(["<", Coded(table, codes), ">"], 2).to_pylist() == ["<Ann>", "<Bo>"]
        assert spell([Coded(table, codes), "!", Coded(table, codes[::-1]), Digits(codes, 30)], 2).to_pylist() == [
            "Ann!Bo" + "0" * 30,
            "Bo!Ann" + "1".zfill(30),
        ]


def test_a_long_word_does_not_run_into_the_next_row():
    long = "x" * 1000
    assert spell([Coded(words_of(long, ""), np.array([0, 1, 0])), Digits(np.array([1, 2, 3]))], 3).to_pylist() == [
        long + "1",
        "2",
        long + "3",
    ]


@pytest.mark.parametrize("rows", [1, 8191, 8192, 8193, 20_000])
@pytest.mark.parametrize("listed", [("a", "bb", ""), ("x" * 17, "y"), ("z" * 33, "é" * 20, ""), ("one", "two")], ids=len)
def test_many_rows_are_spelt_as_few(rows, listed):
    """Some thousand are spelt at a time, by records of 16 bytes, 32 or more."""
    codes, numbers = (
        Draw(key("codes"), 1, rows).below(len(listed)),
        Draw(key("numbers"), 1, rows).below(10**9) % 10 ** (np.arange(rows) % 10),
    )
    said = spell(["<", Coded(words_of(*listed), codes), "|", Digits(numbers), ">"], rows)
    said.validate(full=True)
    assert said.to_pylist() == [f"<{listed[code]}|{number}>" for code, number in zip(codes, numbers, strict=True)]
    padded = spell([Coded(words_of(*listed), codes), Digits(numbers, 10)], rows)
    assert padded.to_pylist() == [f"{listed[code]}{number:010d}" for code, number in zip(codes, numbers, strict=True)]


def test_the_numbers_given_are_left_alone():
    values = np.array([1, 22, 333])
    spell([Digits(values), Digits(values, 5)], 3)
    assert values.tolist() == [1, 22, 333]


def test_constants_alone_are_said_in_every_row():
    assert spell(["é", "", "!"], 2).to_pylist() == ["é!", "é!"]


def test_no_parts_are_empty_texts():
    assert spell([], 2).to_pylist() == ["", ""]


@pytest.mark.parametrize("parts", [["a"], [Digits(np.array([], int))], [Coded(words_of("a", "bb"), np.array([], int)), "x"], []])
def test_no_rows_are_no_texts(parts):
    assert spell(parts, 0).to_pylist() == []
