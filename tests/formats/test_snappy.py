"""Snappy's stream written from the parts of texts: what a reader makes of it is what they spell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

import colgen
from colgen import Flag, Integers, Key, Model, Table, Text, Vocabulary, Volume, column
from colgen.draws.draw import Draw, key
from colgen.formats.parquet import snappy
from colgen.formats.parquet.limits import Limits
from colgen.formats.parquet.thrift import varint
from colgen.values.text.composed import Composed
from colgen.values.text.digits import Digits
from colgen.values.text.words import Coded, WordBytes
from colgen.values.types import String
from colgen.vocabulary import readers
from tests.formats.parquet_files import assert_read_by_all, batch_of, field, file_of

law = settings(max_examples=50)
words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=14) | st.sampled_from(["é", "🙂" * 16, "x" * 64, "Ann "])
NAMES = WordBytes(pa.array(["Ann", "Bartholomew", "Christopher"]))
LONG = WordBytes(pa.array([f"the long way to village {number:04d}" for number in range(2_000)]))


@contextmanager
def always(**more: Any) -> Iterator[None]:
    """Texts are written from their parts wherever they can be, whether or not that is worth it."""
    with mock.patch.multiple(snappy, _ROWS_A_WORD=0, _SHORT_ROWS=0, _DIFFERENT=0, _COPIED=0, _SMALLER=np.inf, **more):
        snappy._layout.cache_clear()
        yield
    snappy._layout.cache_clear()


def decoded(stream: bytes) -> bytes:
    """What the strictest decoder makes of a stream: heads of literals are as short as can be, and nothing is read beyond either end."""
    size = at = shift = 0
    while True:
        byte, at = stream[at], at + 1
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    out = bytearray()
    while at < len(stream):
        kind, above, at = stream[at] & 3, stream[at] >> 2, at + 1
        if kind == 0:
            more = max(0, above - 59)  # bytes of its length
            length = int.from_bytes(stream[at : at + more], "little") + 1 if more else above + 1
            assert not more or length > (60, 1 << 8, 1 << 16, 1 << 24)[more - 1], "a shorter head would do"
            at += more + length
            assert at <= len(stream), "a literal beyond the end"
            out += stream[at - length : at]
        else:
            wide = (1, 2, 4)[kind - 1]
            distance = int.from_bytes(stream[at : at + wide], "little") | ((above >> 3) << 8 if kind == 1 else 0)
            length, at = (above & 7) + 4 if kind == 1 else above + 1, at + wide
            assert 0 < distance <= len(out), "a copy of what is not there"
            for _ in range(length):
                out.append(out[-distance])
    assert len(out) == size
    return bytes(out)


def read(elements: bytes, letters: int) -> bytes:
    stream = varint(letters) + elements
    text = pa.Codec("snappy").decompress(stream, letters).to_pybytes()
    assert decoded(stream) == text
    return text


def drawn(salt: int, rows: int, most: int) -> np.ndarray[Any, Any]:
    return Draw(key(salt, "parts"), 1, rows).integers(0, most)


@st.composite
def texts(draw: st.DrawFn) -> Composed:
    """Up to 300 rows: words, constants, numbers of one width and short ones, in any order."""
    rows = draw(st.integers(1, 300))
    salt = draw(st.integers(0, 1 << 30))
    parts: list[str | Coded | Digits] = []
    for place in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(["words", "words", "constant", "number", "digits"]))
        if kind == "constant":
            parts.append(draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=9)))
        elif kind == "number":
            parts.append(Digits(drawn(salt + place + 1, rows, draw(st.sampled_from([9, 120, 9_999])))))
        elif kind == "digits":
            width = draw(st.integers(1, 18))
            parts.append(Digits(drawn(salt + place + 1, rows, 10**width - 1), width))
        else:
            listed = draw(st.lists(words, min_size=1, max_size=6))
            parts.append(Coded(WordBytes(pa.array(listed)), drawn(salt + place + 1, rows, len(listed) - 1)))
    return Composed(parts, rows)


@law
@given(texts(), st.sampled_from([32, 64, 1 << 14]), st.sampled_from([0, 3, 128]))
def test_what_is_read_is_what_the_parts_spell(text: Composed, rows: int, few: int) -> None:
    with always(_ROWS=rows, _FEW=few):
        found = snappy.elements(text)
    event("written" if found else "to be spelled")
    assume(found is not None)
    assert found is not None
    lengths, elements = found
    spelled = [said.encode() for said in text.spelled.to_pylist()]
    assert lengths.dtype == np.int32
    assert lengths.tolist() == list(map(len, spelled))
    assert read(bytes(elements), sum(map(len, spelled))) == b"".join(spelled)


@pytest.mark.parametrize("rows", [1, 12, 1_023, 1_024, 1_025, 17_408, 17_409, 60_000])
def test_a_word_is_written_once_and_copied_from_however_far(rows: int) -> None:
    table = WordBytes(pa.array(["a word that comes again and again, ", "and another one of these, "]))
    text = Composed([Coded(table, drawn(1, rows, 1) * (np.arange(rows) > 0))], rows)
    with always():
        lengths, elements = snappy.elements(text)  # type: ignore[misc]
    letters = int(lengths.sum())
    assert bytes(elements).count(b"again and again") == 1
    assert len(elements) <= 5 * rows + 100
    assert read(bytes(elements), letters) == "".join(text.spelled.to_pylist()).encode()


@pytest.mark.parametrize("most", [9, 10, 9_999])
@pytest.mark.parametrize("around", ["", "#", "…"])
def test_a_number_of_fewer_digits_takes_as_many_bytes(most: int, around: str) -> None:
    words = [Coded(NAMES, drawn(number, 2_000, 2)) for number in (1, 2)]
    text = Composed([words[0], around, Digits(drawn(3, 2_000, most)), around, words[1], Digits(drawn(3, 2_000, most))], 2_000)
    with always():
        lengths, elements = snappy.elements(text)  # type: ignore[misc]
    assert read(bytes(elements), int(lengths.sum())) == "".join(text.spelled.to_pylist()).encode()


@pytest.mark.parametrize("letters", [1, 2, 3, 5, 8, 9, 15, 60, 61, 64])
@pytest.mark.parametrize("many", [1, 2, 3])
def test_a_row_in_letters_is_one_literal(letters: int, many: int) -> None:
    table = WordBytes(pa.array(["x" * letters, "y" * 8]))
    text = Composed([Coded(table, drawn(number, 400, 1)) for number in range(many)], 400)
    with always():
        lengths, elements = snappy.elements(text)  # type: ignore[misc]
    assert read(bytes(elements), int(lengths.sum())) == "".join(text.spelled.to_pylist()).encode()


@pytest.mark.parametrize("sizes", [("S", "XL", "XXL"), ("S", "XL"), ("XL", "XXL"), ("XS", "XXL", "XXXL"), ("M", "XXXXL")])
@pytest.mark.parametrize("behind", ["", ".", " in blue"])
def test_a_text_may_end_in_a_short_word_of_any_length(sizes: tuple[str, ...], behind: str) -> None:
    """As a page does whose last literal had a longer head than need be: some decoders called it corrupt."""
    parts = [Coded(NAMES, drawn(1, 3_000, 2)), " ", of(3_000, *sizes), behind, Digits(drawn(2, 3_000, 9)), " ", of(3_000, *sizes)]
    for text in (Composed(parts, 3_000), Composed(parts[:4], 3_000)):
        with always():
            lengths, elements = snappy.elements(text)  # type: ignore[misc]
        assert read(bytes(elements), int(lengths.sum())) == "".join(text.spelled.to_pylist()).encode()


def test_where_most_numbers_have_too_few_digits_a_compressor_is_better() -> None:
    text = Composed([Coded(LONG, drawn(1, 9_000, 99)), Coded(LONG, drawn(2, 9_000, 99)), Digits(drawn(3, 9_000, 10))], 9_000)
    assert snappy.elements(text) is None


def test_a_rare_word_of_a_late_row_is_written_there() -> None:
    codes = np.zeros(40_000, np.int64)
    codes[[30_000, 39_999]] = 1, 2
    text = Composed([Digits(drawn(1, 40_000, 9_999)), " ", Coded(NAMES, codes), " ", Coded(NAMES, codes[::-1])], 40_000)
    with always():
        lengths, elements = snappy.elements(text)  # type: ignore[misc]
    assert read(bytes(elements), int(lengths.sum())) == "".join(text.spelled.to_pylist()).encode()


def of(rows: int, *words: str) -> Coded:
    return Coded(WordBytes(pa.array(words)), drawn(len(words), rows, len(words) - 1))


MANY = [f"{letter}{number:03d}, a name" for letter in "abcdef" for number in range(100)]


@pytest.mark.parametrize(
    "parts",
    [
        [Digits(np.arange(10_000, 14_000))],
        [Coded(LONG, drawn(1, 4_000, 9)), Digits(np.arange(7_000, 11_000))],
        [Digits(np.arange(8_000, 12_000)), Coded(LONG, drawn(1, 4_000, 9))],
        [of(4_000, "", *MANY), of(4_000, *MANY)],
        [of(4_000, "x" * 65, *MANY), of(4_000, *MANY)],
        [Coded(LONG, drawn(1, 4_000, 9)), *(Digits(np.arange(4_000), 18) for _ in range(4)), Coded(LONG, drawn(1, 4_000, 9))],
        [of(4_000, *MANY), "x" * 257, of(4_000, *MANY)],
        [of(4_000, *MANY), " " * 64, of(4_000, *MANY)],
    ],
    ids=[
        "nothing but a number",
        "a number of up to five digits behind a word",
        "a number of up to five digits before a word",
        "an empty word",
        "a word that no copy has room for",
        "more digits than a literal has room for",
        "longer rows than a literal has room for",
        "a constant that no copy has room for",
    ],
)
def test_it_cannot_be_written_where(parts: list[Any]) -> None:
    with always():
        assert snappy.elements(Composed(parts, 4_000)) is None


@pytest.mark.parametrize(
    "parts",
    [
        ["SO-2024-", of(6_000, *MANY), Digits(np.arange(6_000), 18)],
        [Coded(LONG, drawn(1, 6_000, 1_999)), of(6_000, *MANY)],
        [of(6_000, "XS", "S", "M", "L", "XL", "one size fits all")],
        [*(of(6_000, *"abcdefg", "a longer word") for _ in range(6))],
        [Coded(WordBytes(pa.array(["no", *MANY])), drawn(salt, 6_000, 600) * (drawn(salt, 6_000, 9) == 0)) for salt in (1, 2)],
        [of(6_000, "a constant text")],
        [of(6_000, *MANY)],
    ],
    ids=["digits", "words that hardly come again", "few words", "short words", "words most of which are short", "one text", "few texts"],
)
def test_a_compressor_is_better_with(parts: list[Any]) -> None:
    text = Composed(parts, 6_000)
    assert snappy.elements(text) is None
    with always():
        _, elements = snappy.elements(text)  # type: ignore[misc]
    assert len(elements) > 1.3 * pa.Codec("snappy").compress("".join(text.spelled.to_pylist()).encode()).size


@pytest.mark.parametrize("size", [0, 1, 60, 61, 256, 257, 65_536, 65_537, (1 << 24) + 1])
def test_whatever_comes_before_is_as_it_was(size: int) -> None:
    before = bytes(range(256)) * (size // 256) + bytes(size % 256)
    half = size // 2
    found = b"".join(snappy.stream([before[:half], before[half:]], 3, b"\x08abc"))
    assert pa.Codec("snappy").decompress(found, size + 3).to_pybytes() == decoded(found) == before + b"abc"


# In a Parquet part


def written(*texts: Composed, nullable: bool = False, compression: str = "snappy", limits: Limits | None = None) -> bytes:
    schema = pa.schema([field("said", pa.string(), "text", nullable)])
    return file_of([batch_of(schema, text) for text in texts], schema, compression, limits)


def people(rows: int, first: int = 10_000_000) -> Composed:
    return Composed(
        [
            Coded(NAMES, drawn(first, rows, 2).astype(np.int8)),
            ".",
            Coded(LONG, drawn(2, rows, 99)),
            "@",
            Digits(np.arange(first, first + rows)),
        ],
        rows,
    )


@pytest.mark.parametrize("nullable", [False, True])
def test_every_reader_finds_texts_in_parts(nullable: bool, tmp_path_factory: pytest.TempPathFactory) -> None:
    text = people(40_000)
    data = written(text, nullable=nullable)
    assert len(data) < len(written(text, compression="none")) / 2
    assert_read_by_all(data, "said", text.spelled.to_pylist(), tmp_path_factory)


@pytest.mark.parametrize("compression", ["zstd", "lz4", "gzip", "none"])
def test_what_is_not_snappy_compresses_the_texts(compression: str) -> None:
    text = people(9_000)
    schema = pa.schema([field("said", pa.string(), "text")])
    assert written(text, compression=compression) == file_of([batch_of(schema, text.spelled)], schema, compression)


def test_pages_in_parts_and_spelled_ones_go_together(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Ids have a digit more in the middle of the second batch; the others are written from their parts."""
    batches = [people(40_000, first) for first in (9_920_000, 9_960_001, 10_100_000)]
    data = written(*batches)
    assert_read_by_all(data, "said", [said for text in batches for said in text.spelled.to_pylist()], tmp_path_factory)


def test_small_batches_become_one_page(tmp_path_factory: pytest.TempPathFactory) -> None:
    text = people(40_000)
    some = [text.take(np.arange(first, first + 5_000)) for first in range(0, 40_000, 5_000)]
    data = written(*some)
    assert len(data) < 1.01 * len(written(text))
    assert_read_by_all(data, "said", text.spelled.to_pylist(), tmp_path_factory)


def test_batches_whose_numbers_come_in_other_widths_go_together(tmp_path_factory: pytest.TempPathFactory) -> None:
    batches = [Composed([Coded(NAMES, np.ones(60, np.int8)), Digits(np.full(60, 7, kind))], 60) for kind in (np.int8, np.int64)]
    assert_read_by_all(written(*batches), "said", ["Bartholomew7"] * 120, tmp_path_factory)


def test_many_rows_are_several_pages(tmp_path_factory: pytest.TempPathFactory) -> None:
    text = people(40_000)
    assert_read_by_all(written(text, limits=Limits(page_rows=9_001)), "said", text.spelled.to_pylist(), tmp_path_factory)


def test_the_same_texts_are_the_same_bytes() -> None:
    assert written(people(20_000), people(9_000)) == written(people(20_000), people(9_000))


# In a build


class People(Table, keep="stays"):
    rows = Volume("people")

    id = Key()
    first_name = Vocabulary(readers.words("email_domains", "domain"))
    number = Integers(1, 9_999, hidden=True)
    name = Text("{number} {first_name} of {first_name}")
    letter = Text("Dear {name}, you live at {first_name}.")
    stays = Flag(0.9, hidden=True)

    @column(String)
    def shout(name):
        return pc.utf8_upper(name)


PEOPLE = Model("people", [People], {"any": {"people": 30_000}})


def test_a_build_has_the_texts_that_python_has(tmp_path: Path) -> None:
    colgen.build(PEOPLE, out=tmp_path / "data")
    found = pq.read_table(tmp_path / "data" / "people")
    assert (
        found.select(["name", "letter", "shout"]).to_pylist()
        == colgen.build(PEOPLE).frame("people").select("name", "letter", "shout").to_dicts()
    )
    assert found["letter"][0].as_py() == f"Dear {found['name'][0]}, you live at {found['first_name'][0]}."
    assert found["shout"][0].as_py() == found["name"][0].as_py().upper()
