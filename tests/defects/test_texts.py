"""Typos and misread encodings, each against its definition, letter by letter."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from colgen.defects.texts import SHORTEST, mojibake, with_typos
from colgen.draws.draw import Draw

letters = st.text(st.characters(exclude_categories=["Cs"]), min_size=SHORTEST, max_size=12)


@settings(max_examples=50)
@given(st.lists(letters, max_size=20), st.integers(0, 2**32))
def test_a_typo_is_one_letter_dropped_doubled_exchanged_or_hit_beside(texts: list[str], key: int) -> None:
    for text, typed in zip(texts, with_typos(pa.array(texts, pa.string()), Draw(key, count=len(texts))).to_pylist(), strict=True):
        assert typed != text
        one_less = {text[:at] + text[at + 1 :] for at in range(len(text))}
        one_more = {text[:at] + text[at] + text[at:] for at in range(len(text))}
        exchanged = {text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in range(len(text) - 1)}
        hit = len(typed) == len(text) and sum(one != other for one, other in zip(text, typed, strict=True)) == 1
        assert typed in one_less | one_more | exchanged or hit


def test_the_neighbour_of_a_key_is_beside_it_and_in_the_same_case() -> None:
    typed = "".join(with_typos(pa.array(["qqq", "PPP", "555"] * 300), Draw(1, count=900)).to_pylist())
    assert set(typed) == set("qwPO56")


@settings(max_examples=30)
@given(st.lists(st.text(max_size=20), max_size=8))
def test_mojibake_is_utf_8_read_as_windows_1252(texts: list[str]) -> None:
    def misread(byte: int) -> str:
        return bytes([byte]).decode("cp1252") if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(byte)

    expected = ["".join(map(misread, text.encode())) for text in texts]
    assert mojibake(pa.array(["?", *texts], pa.string()).slice(1)).to_pylist() == expected


def test_each_kind_of_typo_is_about_as_likely() -> None:
    typed = np.array([len(text) for text in with_typos(pa.array(["abcdefgh"] * 4_000), Draw(5, count=4_000)).to_pylist()])
    assert all(abs(np.mean(typed == length) - share) < 0.03 for length, share in ((7, 0.25), (8, 0.5), (9, 0.25)))
