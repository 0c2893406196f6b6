"""What does not fit its type is refused, with where it stands, what it is and what the type holds."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colgen import ModelError
from colgen.arrays import LONGEST
from colgen.values.fit import UnfitValue, first_not_uuid, first_too_long
from colgen.values.types import (
    BigInteger,
    Categorical,
    Date,
    Decimal,
    Integer,
    Json,
    Money,
    RepeatedText,
    RepeatedUuid,
    String,
    Timestamp,
    Type,
    Uuid,
    Varchar,
)
from tests.support import first_of

law = settings(max_examples=40)
WHOLE = [Integer, BigInteger, Decimal(4, 2), Decimal(9, 0), Money, Decimal(18, 3), Date, Timestamp]
DTYPES = ["<i8", ">i4", "u1", "<u8", "i1", "<i2", ">i2", "u2", "<i4", "<u4", ">u4", ">i8", ">u8"]
GOOD = "123e4567-e89b-42d3-a456-426614174000"


def refusal(kind: Type, values: Any, compact: bool = True) -> UnfitValue:
    with pytest.raises(UnfitValue) as caught:
        kind.to_arrow(values, compact=compact)
    return caught.value


# Whole numbers


@pytest.mark.parametrize("kind", WHOLE, ids=lambda kind: kind.name)
@pytest.mark.parametrize("dtype", first_of(DTYPES, quick=4))
@law
@given(data=st.data())
def test_a_whole_number_is_what_it_was_or_is_refused(kind: Type, dtype: str, data: st.DataObject) -> None:
    least, most = kind.limits
    held = np.iinfo(dtype)
    near = [number for limit in (least, most, 0) for number in (limit - 1, limit, limit + 1) if held.min <= number <= held.max]
    one = st.sampled_from([*near, int(held.min), int(held.max)]) | st.integers(int(held.min), int(held.max))
    given_values = data.draw(st.lists(one, max_size=4))
    values = np.array(given_values, dtype)[:: data.draw(st.sampled_from([1, 2, -1]))]
    expected = [int(value) for value in values]
    unfit = [row for row, value in enumerate(expected) if not least <= value <= most]
    compact = data.draw(st.booleans())
    if unfit:
        assert refusal(kind, values, compact).row == unfit[0]
        return
    array = kind.to_arrow(values, compact=compact)
    stored = np.frombuffer(array.buffers()[1] or b"", f"<i{array.type.bit_width // 8}")[: len(array)]
    assert stored.tolist() == expected


@pytest.mark.parametrize("row", [0, 40_000, LONGEST * 2 - 1])
def test_a_value_is_found_in_whichever_slice_it_is(row: int) -> None:
    values = np.zeros(LONGEST * 2, np.int64)
    values[row] = 10**12
    assert refusal(Money, values).row == row


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        (Money, np.array([10**13]), "100,000,000,000.00 does not fit decimal(12,2), which holds -9,999,999,999.99 to 9,999,999,999.99"),
        (Decimal(4, 2), np.array([-10_000]), "-100.00 does not fit decimal(4,2), which holds -99.99 to 99.99"),
        (Decimal(3, 0), np.array([1000], np.int16), "1,000 does not fit decimal(3,0), which holds -999 to 999"),
        (Integer, np.array([3 * 10**9], np.uint32), "3,000,000,000 does not fit integer, which holds -2,147,483,648 to 2,147,483,647"),
        (Date, np.array([2_932_897]), "2,932,897 days since 1970-01-01 does not fit date, which holds 0001-01-01 to 9999-12-31"),
        (
            Timestamp,
            np.array([2**62]),
            "4,611,686,018,427,387,904 microseconds since 1970-01-01 does not fit timestamp, which holds 0001-01-01 00:00:00 to "
            "9999-12-31 23:59:59.999999",
        ),
    ],
    ids=["money", "negative decimal", "narrow decimal", "integer", "date", "timestamp"],
)
def test_the_message_has_the_value_and_the_limits(kind: Type, values: Any, message: str) -> None:
    assert str(refusal(kind, values)) == message


def test_the_first_and_the_last_day_are_held() -> None:
    assert Date.to_arrow(np.array(Date.limits)).to_pylist() == [dt.date.min, dt.date.max]
    held = Timestamp.to_arrow(np.array(Timestamp.limits)).to_pylist()
    assert [moment.replace(tzinfo=None) for moment in held] == [dt.datetime.min, dt.datetime.max]


@pytest.mark.parametrize("kind", [Decimal(18, 0), Decimal(18, 18), Decimal(1, 0)], ids=lambda kind: kind.name)
def test_a_decimal_of_as_many_nines_as_it_has_digits_is_held(kind: Type) -> None:
    with decimal.localcontext(prec=40):
        expected = [decimal.Decimal(limit).scaleb(-kind.arrow.scale) for limit in kind.limits]
    assert kind.to_arrow(np.array(kind.limits)).to_pylist() == expected


@pytest.mark.parametrize(
    "values", [np.array([1.5]), np.array([np.nan]), np.array([1j]), np.array([1], object), np.array(["1"]), [1]], ids=lambda v: str(type(v))
)
@pytest.mark.parametrize("kind", WHOLE, ids=lambda kind: kind.name)
def test_what_is_not_a_whole_number_is_of_the_wrong_type(kind: Type, values: Any) -> None:
    with pytest.raises(TypeError, match="expects a NumPy array of integers"):
        kind.to_arrow(values)


@pytest.mark.parametrize(("kind", "unit"), [(Date, "D"), (Timestamp, "us")])
def test_numpys_own_dates_are_refused_with_what_to_give(kind: Type, unit: str) -> None:
    values = np.array(["2024-02-29"], f"M8[{unit}]")
    with pytest.raises(TypeError, match=rf"not datetime64\[{unit}\]; give values\.astype\('M8\[{unit}\]'\)\.astype\(np\.int64\)"):
        kind.to_arrow(values)
    assert kind.to_arrow(values.astype(f"M8[{unit}]").astype(np.int64))[0].as_py().isoformat()[:10] == "2024-02-29"


# Texts


@law
@given(st.lists(st.uuids().map(str) | st.uuids().map(lambda number: str(number).upper()), max_size=9))
def test_every_uuid_is_one(texts: list[str]) -> None:
    assert first_not_uuid(pa.array(texts, pa.string())) is None


@law
@given(st.lists(st.uuids().map(str), min_size=1, max_size=5), st.data())
def test_a_uuid_with_any_other_letter_is_none(texts: list[str], data: st.DataObject) -> None:
    row, place = data.draw(st.integers(0, len(texts) - 1)), data.draw(st.integers(0, 35))
    letter = data.draw(st.characters(codec="utf-8"))
    texts[row] = texts[row][:place] + letter + texts[row][place + 1 :]
    is_uuid = len(letter.encode()) == 1 and (letter == "-" if place in (8, 13, 18, 23) else letter in "0123456789abcdefABCDEF")
    assert first_not_uuid(pa.array(texts)) == (None if is_uuid else row)


@pytest.mark.parametrize(
    "text", ["", "x", GOOD[:-1], GOOD + "0", f"{{{GOOD}}}", GOOD.replace("-", ""), GOOD.replace("-", "0"), "-" * 36, "é" * 18]
)
@pytest.mark.parametrize("row", [0, 1, 5_000])
def test_what_is_not_a_uuid_is_found(text: str, row: int) -> None:
    texts = [GOOD] * 6_000
    texts[row] = text
    assert first_not_uuid(pa.array(texts)) == row
    assert first_not_uuid(pa.array([GOOD, *texts])[1:]) == row


@pytest.mark.parametrize("kind", [pa.string(), pa.string_view()], ids=str)
def test_a_uuid_is_looked_for_behind_nulls_and_in_slices_too(kind: pa.DataType) -> None:
    texts = pa.array(["no", None, GOOD, None, "x"], kind)
    error = refusal(Uuid, texts[1:])
    assert (error.row, str(error)[:16]) == (3, "'x' is not a UUI")
    assert Uuid.to_arrow(texts[1:4]).to_pylist() == [None, GOOD, None]


def test_only_the_words_that_rows_have_are_looked_at() -> None:
    words = pa.array(["unused", GOOD, "x"])
    assert RepeatedUuid.to_arrow(pa.DictionaryArray.from_arrays(pa.array([1, None, 1]), words)).to_pylist() == [GOOD, None, GOOD]
    assert refusal(RepeatedUuid, pa.DictionaryArray.from_arrays(pa.array([None, 1, 2, 2]), words)).row == 2


def test_a_missing_word_is_a_missing_value() -> None:
    array = RepeatedText.to_arrow(pa.DictionaryArray.from_arrays(pa.array([0, 1]), pa.array(["a", None])))
    assert (array.null_count, array.to_pylist()) == (1, ["a", None])


@pytest.mark.parametrize("codes", [[0, 2], [-1]])
def test_a_code_without_a_word_is_refused(codes: list[int]) -> None:
    values = pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(["a", "b"]), safe=False)
    assert "codes must be 0 to 1" in str(refusal(RepeatedText, values))


def test_a_dictionary_of_numbers_is_no_text() -> None:
    with pytest.raises(TypeError, match="not of int64"):
        RepeatedText.to_arrow(pa.array([1, 2]).dictionary_encode())


@pytest.mark.parametrize("kind", [String, Uuid, Json, Varchar(9)], ids=lambda kind: kind.name)
def test_bytes_that_are_not_utf8_are_refused(kind: Type) -> None:
    offsets = np.array([0, 1, 3], np.int32)
    texts = pa.StringArray.from_buffers(2, pa.py_buffer(offsets), pa.py_buffer(b"a\xff\xfe"))
    assert "not valid UTF-8" in str(refusal(kind, texts))


@law
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=6), max_size=6), st.integers(1, 6))
def test_a_text_is_too_long_by_its_characters(texts: list[str], most: int) -> None:
    too_long = [row for row, text in enumerate(texts) if len(text) > most]
    assert first_too_long(pa.array(texts, pa.string()), most) == (too_long[0] if too_long else None)


def test_a_text_that_is_too_long_is_named_with_its_length() -> None:
    error = refusal(Varchar(4), pa.array([None, "Łódź", "Kraków"]))
    assert (error.row, str(error)) == (2, "'Kraków' has 6 characters, and varchar(4) holds at most 4")


def test_the_type_of_a_text_with_a_length() -> None:
    assert Varchar(20) == Varchar(20) != Varchar(21)
    assert (Varchar(20).sql, Varchar(20).arrow) == ("VARCHAR(20)", pa.string())


@pytest.mark.parametrize("length", [0, -1, 1.5, "20", True, None, 10_485_761])
def test_a_length_that_no_text_can_have_is_refused(length: Any) -> None:
    with pytest.raises(ModelError, match="1 to 10,485,760"):
        Varchar(length)


@pytest.mark.parametrize(("sql", "word"), [("JSON", "{a}"), ("UUID", "a"), ("VARCHAR(3)", "four")])
def test_the_words_of_a_list_fit_the_type_in_sql(sql: str, word: str) -> None:
    good = {"JSON": "[1]", "UUID": str(uuid.UUID(int=1)), "VARCHAR(3)": "abc"}[sql]
    assert Categorical([good], sql).sql == sql
    with pytest.raises(ValueError, match=f"'{word}'"):
        Categorical([good, word], sql)
