"""How numbers, codes and texts lie in a page."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colgen.draws.draw import Draw, key
from colgen.formats.parquet import encodings, thrift
from colgen.formats.parquet.encodings import packed
from tests.formats.parquet_files import law


@law
@given(
    texts=st.lists(st.text(max_size=9), max_size=30) | st.lists(st.text("abc", min_size=3, max_size=3), max_size=30),
    first=st.integers(0, 4),
)
def test_plain_is_each_text_after_its_length(texts: list[str], first: int) -> None:
    array = pa.array(["before"] * first + texts, pa.string()).slice(first)
    expected = b"".join(len(text.encode()).to_bytes(4, "little") + text.encode() for text in texts)
    assert bytes(encodings.plain_texts(array).encoded) == expected


@law
@given(width=st.integers(1, 64), data=st.data())
def test_packed_numbers_are_their_bits_one_after_another(width: int, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.integers(0, 2**width - 1), max_size=24))
    values += [0] * (-len(values) % 8)
    expected = sum(value << width * number for number, value in enumerate(values)).to_bytes(len(values) * width // 8, "little")
    assert packed(np.array(values, np.uint64), width).tobytes() == expected


@pytest.mark.parametrize("width", range(1, 65))
def test_many_numbers_are_packed_as_few_are(width: int) -> None:
    values = Draw(key("bits"), count=4096).bits() >> np.uint64(64 - width)
    whole = packed(values, width)
    assert b"".join(packed(values[first : first + 8], width).tobytes() for first in range(0, 4096, 8)) == whole.tobytes()


def test_a_least_difference_and_a_width_are_chosen_again_every_so_many_rows() -> None:
    """An outlier costs its neighbours bits, and no other values."""
    values = np.arange(encodings.AT_ONCE * 4)
    values[5] = 10**15
    assert len(b"".join(encodings.delta(values))) < 1.3 * 51 / 8 * encodings.AT_ONCE


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, b"\0"), (-1, b"\1"), (1, b"\2"), (-64, b"\x7f"), (64, b"\x80\1"), (2**63 - 1, b"\xfe" + b"\xff" * 8 + b"\1")],
)
def test_zigzag(number: int, expected: bytes) -> None:
    assert thrift.zigzag(number) == expected


def test_long_lists_have_a_longer_head() -> None:
    kind, value = thrift.sequence([thrift.i32(0)] * 20)
    assert (kind, value[:2], len(value)) == (9, bytes([0xF5, 20]), 22)
