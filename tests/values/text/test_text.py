"""Texts put together in a buffer equal the texts Python would build."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from colgen.draws.draw import Draw, key
from colgen.values.batch import Batch, concatenated
from colgen.values.text.composed import Composed, composed, join
from colgen.values.text.digits import Digits
from colgen.values.text.mailbox import mailbox
from colgen.values.text.spell import spell
from colgen.values.text.words import Coded, WordBytes
from colgen.vocabulary.patterns import filled

law = settings(derandomize=True, deadline=None, max_examples=100)
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


# Any parts in any order


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
    batch = Batch("notes", pa.schema({"text": pa.string()}), [text], rows).where(pa.array(kept, pa.bool_()))
    assert batch.to_arrow()["text"].to_pylist() == [text for text, keep in zip(expected, kept, strict=True) if keep]


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


@law
@given(rows_of_parts().filter(lambda case: case[0] and case[1]), st.data())
def test_a_row_alone_is_spelt_as_among_others(case, data):
    rows, made = case
    row = data.draw(st.integers(0, rows - 1))
    assert spell([part_of(part, row) for part, _ in made], 1)[0] == spell([part for part, _ in made], rows)[row]


# Words


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


# Numbers


@pytest.mark.parametrize("width", [0, 1, 2, 3, 4, 5, 8, 9, 18, 19, 25])
def test_powers_of_ten_and_their_neighbours_have_the_right_digits(width):
    values = sorted({0, *(10**e + step for e in range(18) for step in (-1, 0, 1))})
    assert spell([Digits(np.array(values), width)], len(values)).to_pylist() == [str(value).zfill(width) for value in values]


def test_a_number_wider_than_its_padding_is_not_cut():
    assert spell(["#", Digits(np.array([7, 1234567]), 4), "."], 2).to_pylist() == ["#0007.", "#1234567."]


def test_numbers_of_one_width_are_padded():
    assert spell(["INV-", Digits(np.array([2024]), 4), "-", Digits(np.array([42]), 8)], 1).to_pylist() == ["INV-2024-00000042"]


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64])
def test_numbers_may_be_of_any_integer_dtype(dtype):
    values = np.array([0, 7, 127], dtype)
    assert spell([Digits(values, 9), "/", Digits(values)], 3).to_pylist() == ["000000000/0", "000000007/7", "000000127/127"]


@pytest.mark.parametrize("width", [0, 3, 19])
def test_numbers_of_19_digits_stand_beside_short_ones(width):
    values = [10**18, 95, 2**63 - 1, 0]
    assert spell([Digits(np.array(values), width)], 4).to_pylist() == [str(value).zfill(width) for value in values]


@pytest.mark.parametrize("listed", [2, 64, 65])
@pytest.mark.parametrize("width", [0, 3, 8])
@pytest.mark.parametrize("most", [9, 9_999, 10_000, 99_999_999, 100_000_000])
def test_a_number_and_the_word_after_it_are_spelt_whatever_their_lengths(most, width, listed):
    words = ["x" * (place % 20) for place in range(listed)]
    values = np.array(sorted({0, 1, 9, 10, 99, 100, 999, 1000, 9_999, 10_000, 99_999, 999_999, 1_000_000, 9_999_999, 10_000_000, most}))
    values = values[values <= most]
    codes = np.arange(len(values)) * 7 % listed
    for before in ("", "#", Coded(words_of("Ann", "Bob B"), codes % 2)):
        said = "" if isinstance(before, str) else ("Ann", "Bob B")
        parts = [before, Digits(values, width), "@", Coded(words_of(*words), codes), "!"]
        expected = [
            f"{before if not said else said[code % 2]}{value:0{width}d}@{words[code]}!" for value, code in zip(values, codes, strict=True)
        ]
        assert spell(parts, len(values)).to_pylist() == expected
        assert [spell([part_of(one, row) for one in parts], 1)[0].as_py() for row in range(len(values))] == expected


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.uint64])
def test_a_number_before_a_word_may_be_of_any_integer_dtype(dtype):
    parts = [Digits(np.array([5, 120], dtype)), Coded(words_of("a", "bc"), np.array([0, 1], np.int8))]
    assert spell(parts, 2).to_pylist() == ["5a", "120bc"]


def part_of(part, row):
    """The part of one row alone."""
    if isinstance(part, Coded):
        return Coded(part.table, part.codes[row : row + 1])
    return Digits(part.values[row : row + 1], part.width) if isinstance(part, Digits) else part


def test_the_numbers_given_are_left_alone():
    values = np.array([1, 22, 333])
    spell([Digits(values), Digits(values, 5)], 3)
    assert values.tolist() == [1, 22, 333]


# Constants and emptiness


def test_constants_alone_are_said_in_every_row():
    assert spell(["é", "", "!"], 2).to_pylist() == ["é!", "é!"]


def test_no_parts_are_empty_texts():
    assert spell([], 2).to_pylist() == ["", ""]


@pytest.mark.parametrize("parts", [["a"], [Digits(np.array([], int))], [Coded(words_of("a", "bb"), np.array([], int)), "x"], []])
def test_no_rows_are_no_texts(parts):
    assert spell(parts, 0).to_pylist() == []


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


# E-mail addresses


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("O'Brien", "obrien"),
        ("José", "jose"),
        ("Ann Marie", "annmarie"),
        ("Åsa-Lí 2", "asali2"),
        ("日本", ""),
        ("", ""),
        ("ﬁ", "fi"),
        ("Weiß", "weiss"),
        ("Łukasz Małysz", "lukaszmalysz"),
        ("Øyvind Sørensen", "oyvindsorensen"),
        ("Æsop Dæhlie", "aesopdaehlie"),
        ("Œuvre Lœb", "oeuvreloeb"),
        ("Višnjić-Anđelić", "visnjicandelic"),
        ("Yıldız İnönü", "yildizinonu"),
        ("Żółć", "zolc"),
        ("São João", "saojoao"),
        ("Müller", "muller"),
    ],
)
def test_a_mailbox_is_the_plain_letters_of_a_word(word, said):
    assert mailbox(pa.array([word])).to_pylist() == [said]


@law
@given(st.lists(texts, max_size=5))
def test_a_mailbox_holds_nothing_but_ascii_letters_and_digits(words):
    for said in mailbox(pa.array(words, pa.string())).to_pylist():
        assert set(said) <= set("abcdefghijklmnopqrstuvwxyz0123456789")


def test_a_mailbox_of_no_words_is_empty():
    assert mailbox(pa.array([], pa.string())).to_pylist() == []


@pytest.mark.parametrize(("word", "said"), [("Đorđe", "dorde"), ("GROẞ", "gross")])
def test_a_mailbox_has_the_capitals_too(word, said):
    assert mailbox(pa.array([word])).to_pylist() == [said]


@law
@given(st.lists(texts, max_size=5))
def test_a_mailbox_of_a_mailbox_is_itself(words):
    once = mailbox(pa.array(words, pa.string()))
    assert mailbox(once).to_pylist() == once.to_pylist()


# Patterns filled in

DIGITS, LETTERS = "0123456789", "ABEGHJLNPRTWXZ"
patterns = st.text(st.sampled_from("#@##@@ +-()09Aé日🙂"), max_size=40)


def fill(listed, codes, seed=0, start=1):
    return filled(words_of(*listed), np.array(codes, int), Draw(key(seed), start, len(codes))).to_pylist()


@law
@given(st.lists(patterns, min_size=1, max_size=6), st.data())
def test_a_pattern_keeps_its_form_and_each_mark_becomes_one_of_its_letters(listed, data):
    codes = data.draw(st.lists(st.integers(0, len(listed) - 1), max_size=20))
    said = filled(words_of(*listed), np.array(codes, int), Draw(data.draw(st.integers(0, 2**64 - 1)), 1, len(codes)))
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
