"""Texts that no reader takes for JSON are found; texts in parts are proved without being spelled."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from colgen.values.json import DEEPEST, first_not_json, is_proved, problem
from colgen.values.text.digits import Digits
from colgen.values.text.spell import spell
from colgen.values.text.words import Coded, WordBytes
from tests.support import thorough

GOOD = [
    "1",
    "-0.5e3",
    '"a"',
    "[]",
    "{}",
    ' {"a": [1, {"b": null}], "a": true}\n',
    '"\\u00e9\\ud83d\\ude00"',
    '"\\\\u0000"',
    '"\x7fé"',
    "1" * 400,
]
BAD = [
    "", " ", "NaN", "Infinity", "-Infinity", "{a}", "{'a': 1}", "[1,]", '{"a":1,}', "[1]]", "[1", '"a', "01", "1.", ".5", "+1", "1 2", "1,2",
    '"a" "b"', "nul", "/**/1", '"\n"', '"\x00"', '"\\x"', '"\\u12"', '"\\u0000"', '"a\\u0000"', '"\\ud83d"', '"\\ude00x"', "\ufeff1", "1e999", "1e-99999",
    "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1),
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_json_is_json(text: str) -> None:
    assert problem(text) is None
    assert first_not_json(pa.array(["1", text, "2"])) is None


@pytest.mark.parametrize("text", BAD)
@pytest.mark.parametrize("rows", [1, 5_000])
def test_what_is_not_json_is_found(text: str, rows: int) -> None:
    assert problem(text)
    assert first_not_json(pa.array(["1"] * (rows - 1) + [text, '"a"'])) == rows - 1


def test_arrays_may_be_as_deep_as_the_limit() -> None:
    assert first_not_json(pa.array(["[" * DEEPEST + "]" * DEEPEST, '"' + "[" * 2 * DEEPEST + '"'])) is None


@pytest.mark.parametrize(
    "texts",
    [["[1", "2]"], ["1,2", "3"], ['"a', 'b"'], ['{"a": 1', '"b": 2}'], ["[1", '2],"x",3'], ['"a\\', '"'], ["1", ""], ["", "1"], ["[", "]"]],
)
def test_texts_that_make_sense_only_together_are_not_json(texts: list[str]) -> None:
    assert first_not_json(pa.array(texts)) == next(row for row, text in enumerate(texts) if problem(text))


@pytest.mark.parametrize(
    "template", ['{{"at": "{:04d}"}}', '["{:04d}", {}]', "{:04d}", '"\\u{:04d}"', "[1{:04d}]", "[1e{:04d}]", "[0.{:04d}]"]
)
def test_texts_of_one_pattern_are_told_apart_where_their_digits_matter(template: str) -> None:
    texts = [template.format(number, number) for number in range(1, 3_000)]
    bad = [row for row, text in enumerate(texts) if problem(text)]
    assert first_not_json(pa.array(texts)) == (bad[0] if bad else None)
    assert first_not_json(pa.array(texts)[2_000:]) == next((row - 2_000 for row in bad if row >= 2_000), None)


# In parts


CONSTANTS = [
    '"',
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a": ',
    '"a": "',
    '", "b": "',
    '"}',
    "}",
    "\\",
    "\\u00",
    "e",
    "-",
    "0",
    ".",
    '{"a": ',
    '", "n": ',
    '["',
    '"]',
    "1",
    "1e",
]
LISTS = [
    ["Ann", "Bo"],
    ["", "x"],
    ['"a"', '"b"'],
    ['say "hi"', "x"],
    ["a\\", "b"],
    ["1", "22"],
    ['"a": 1, ', '"bc": 20, '],
    ["", ', "a"'],
    ["\n"],
    ['{"k": 1.5}', "null"],
    ['"'],
]


@st.composite
def parts(draw: st.DrawFn) -> tuple[list[Any], int]:
    rows = draw(st.integers(1, 3))
    made: list[Any] = []
    for _ in range(draw(st.integers(1, 7))):
        kind = draw(st.sampled_from(["constant", "constant", "words", "digits", "array"]))
        if kind == "constant":
            made.append(draw(st.sampled_from(CONSTANTS)))
        elif kind == "digits":
            made.append(
                Digits(
                    np.array(draw(st.lists(st.sampled_from([0, 7, 42]), min_size=rows, max_size=rows))), draw(st.sampled_from([0, 1, 2]))
                )
            )
        else:
            listed = draw(st.sampled_from(LISTS))
            codes = np.array(draw(st.lists(st.integers(0, len(listed) - 1), min_size=rows, max_size=rows)))
            words = pa.array(listed)
            made.append(Coded(WordBytes(words), codes) if kind == "words" else words.take(pa.array(codes)))
    return made, rows


def spelled(made: list[Any], rows: int) -> list[str]:
    columns = [
        [part] * rows if isinstance(part, str) else (part if isinstance(part, pa.Array) else spell([part], rows)).to_pylist()
        for part in made
    ]
    return ["".join(row) for row in zip(*columns, strict=True)]


@settings(max_examples=150)
@given(parts())
def test_what_is_proved_is_json(case: tuple[list[Any], int]) -> None:
    assert_json_where_proved(*case)


@thorough
@settings(max_examples=2_000)
@given(parts())
def test_of_many_more_what_is_proved_is_json(case: tuple[list[Any], int]) -> None:
    assert_json_where_proved(*case)


def assert_json_where_proved(made: list[Any], rows: int) -> None:
    proved = is_proved(made, rows)
    event(f"proved: {proved}")
    if proved:
        assert [problem(text) for text in spelled(made, rows)] == [None] * rows


@pytest.mark.parametrize(
    "made",
    [
        ['{"name": "', Coded(WordBytes(pa.array(["Ann", "Bo"])), np.array([0, 1])), '", "n": ', Digits(np.array([0, 42])), "}"],
        [
            "[",
            Coded(WordBytes(pa.array(["", '{"a": 1.5}'])), np.array([0, 1])),
            Coded(WordBytes(pa.array(["", ', {"b": 2}'])), np.array([0, 1])),
            "]",
        ],
        ['{"at": "', Digits(np.array([2024, 7]), 4), "-", Digits(np.array([1, 2]), 2), '"}'],
        ['{"to": "', pa.array(["Łódź", "Köln"]), '"}'],
        [Digits(np.array([0, 7]))],
    ],
    ids=["words and numbers", "words that are JSON themselves", "numbers with leading zeros in quotes", "an array in quotes", "a number"],
)
def test_the_usual_ways_to_write_json_are_proved(made: list[Any]) -> None:
    assert is_proved(made, 2)
    assert all(json.loads(text) is not None for text in spelled(made, 2))


@pytest.mark.parametrize(
    "made",
    [
        ['{"n": ', Digits(np.array([7, 10]), 2), "}"],
        ['{"name": "', Coded(WordBytes(pa.array(["Ann", 'the "Rock"'])), np.array([0, 1])), '"}'],
        ['{"name": "', pa.array(["Ann", "a\\"]), '"}'],
        ["[", Coded(WordBytes(pa.array(["1", ""])), np.array([0, 1])), ", 2]"],
        ["[1e", Digits(np.array([1, 999])), "]"],
    ],
    ids=["a leading zero", "a quote in a word", "a backslash in an array", "an empty word", "an exponent"],
)
def test_what_is_not_json_in_a_row_is_not_proved(made: list[Any]) -> None:
    assert not is_proved(made, 2)
    assert any(problem(text) for text in spelled(made, 2))
