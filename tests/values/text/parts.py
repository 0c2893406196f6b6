"""Parts of texts, and the texts that Python would put together out of them."""

import numpy as np
import pyarrow as pa
from hypothesis import settings
from hypothesis import strategies as st

from colgen.values.text.digits import Digits
from colgen.values.text.words import Coded, WordBytes

law = settings(max_examples=40)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(["", "a", "Ann", "é", "日本", "🙂" * 5, "x" * 40])
numbers = (
    st.integers(0, 10**18 - 1) | st.integers(0, 120) | st.integers(0, 18).flatmap(lambda e: st.sampled_from([10**e - 1, 10 ** min(e, 17)]))
)


@st.composite
def columns(draw, rows):
    """A part, and the texts it stands for."""
    kind = draw(st.sampled_from(["constant", "words", "digits"]))
    if kind == "constant":
        text = draw(texts)
        return text, [text] * rows
    if kind == "words":
        words = draw(st.lists(texts, min_size=1, max_size=6))
        codes = draw(st.lists(st.integers(0, len(words) - 1), min_size=rows, max_size=rows))
        dtype = draw(st.sampled_from([np.int8, np.int32, np.int64]))
        return Coded(WordBytes(pa.array(words, pa.string())), np.array(codes, dtype)), [words[code] for code in codes]
    values = draw(st.lists(numbers, min_size=rows, max_size=rows))
    width = draw(st.integers(0, 20))
    return Digits(np.array(values, np.int64), width), [str(value).zfill(width) for value in values]


@st.composite
def rows_of_parts(draw):
    rows = draw(st.integers(0, 12))
    return rows, draw(st.lists(columns(rows), max_size=6))


def naive(texts, rows):
    return ["".join(row) for row in zip(*texts, strict=True)] if texts else [""] * rows


def words_of(*words):
    return WordBytes(pa.array(words, pa.string()))


def part_of(part, row):
    """The part of one row alone."""
    if isinstance(part, Coded):
        return Coded(part.table, part.codes[row : row + 1])
    return Digits(part.values[row : row + 1], part.width) if isinstance(part, Digits) else part
