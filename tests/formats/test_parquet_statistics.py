"""Statistics: no value lies outside of them, and they are as near as can be."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from colgen.formats.parquet.encodings import plain_texts
from colgen.formats.parquet.statistics import LONGEST, extremes_of_texts, of_texts
from tests.formats.parquet_files import law

TEXTS = st.lists(st.text(max_size=12) | st.text("ab\0", max_size=20) | st.text("x", min_size=60, max_size=75), min_size=1, max_size=20)


@law
@given(prefix=st.text(max_size=9), texts=TEXTS, first=st.integers(0, 3))
@example(prefix="", texts=["a", "a\0"], first=0)
@example(prefix="INV-2024-", texts=["000123", "000007"], first=1)
def test_the_extremes_of_texts_are_those_of_their_bytes(prefix: str, texts: list[str], first: int) -> None:
    encoded = [(prefix + text).encode() for text in texts]
    page = plain_texts(pa.array([prefix] * first + [prefix + text for text in texts])).slice(first, len(texts))
    least, most = extremes_of_texts(page)
    assert (least[:LONGEST], most[:LONGEST]) == (min(encoded)[:LONGEST], max(encoded)[:LONGEST])


@law
@given(least=st.text(max_size=90), more=st.text(max_size=90))
@example(least="", more="\U0010ffff" * 20)
@example(least="", more="\ud7ff" * 30)
def test_bounds_of_long_texts_are_cut_and_hold_them(least: str, more: str) -> None:
    most = max(least, more).encode()
    bounds = of_texts(min(least, more).encode(), most)
    assert bounds.least is not None
    assert bounds.least <= min(least, more).encode()
    assert len(bounds.least) <= LONGEST
    bounds.least.decode()
    if bounds.most is None:
        assert most[:LONGEST].decode(errors="ignore").strip("\U0010ffff") == ""
    else:
        assert most <= bounds.most
        assert len(bounds.most) <= LONGEST + 3
        bounds.most.decode()
    assert bounds.is_most_exact == (bounds.most == most)
