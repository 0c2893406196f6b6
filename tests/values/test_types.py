"""What a column holds, and how NumPy values become Arrow."""

import datetime as dt
import decimal

import numpy as np
import pyarrow as pa
import pytest

from colgen.values.types import BigInteger, Boolean, Categorical, Date, Decimal, Integer, Money, String, Timestamp

AS_TABLE_SAYS = {
    "integer": (Integer, pa.int32(), "INTEGER", np.array([1, -2, 2**31 - 1]), [1, -2, 2**31 - 1]),
    "bigint": (BigInteger, pa.int64(), "BIGINT", np.array([1, -(2**60)]), [1, -(2**60)]),
    "money": (Money, pa.decimal64(12, 2), "DECIMAL(12,2)", np.array([123_45, -1]), [decimal.Decimal("123.45"), decimal.Decimal("-0.01")]),
    "decimal": (Decimal(5, 4), pa.decimal64(5, 4), "DECIMAL(5,4)", np.array([7_2500]), [decimal.Decimal("7.2500")]),
    "boolean": (Boolean, pa.bool_(), "BOOLEAN", np.array([True, False] * 9), [True, False] * 9),
    "date": (Date, pa.date32(), "DATE", np.array([0, 19_723]), [dt.date(1970, 1, 1), dt.date(2024, 1, 1)]),
    "timestamp": (
        Timestamp,
        pa.timestamp("us", tz="UTC"),
        "TIMESTAMPTZ",
        np.array([1, 1_704_067_200_000_000]),
        [dt.datetime(1970, 1, 1, 0, 0, 0, 1, dt.UTC), dt.datetime(2024, 1, 1, tzinfo=dt.UTC)],
    ),
    "string": (String, pa.string(), "VARCHAR", pa.array(["a", "é", ""]), ["a", "é", ""]),
    "words": (
        Categorical(["card", "cash"]),
        pa.dictionary(pa.int8(), pa.string()),
        "VARCHAR",
        np.array([1, 1, 0]),
        ["cash", "cash", "card"],
    ),
}
each_type = pytest.mark.parametrize(("kind", "arrow", "sql", "values", "said"), AS_TABLE_SAYS.values(), ids=AS_TABLE_SAYS)


@each_type
class Test_each_type:
    def test_becomes_arrow(self, kind, arrow, sql, values, said):
        array = kind.to_arrow(values)
        array.validate(full=True)
        assert array.type == arrow == kind.arrow
        assert array.to_pylist() == said
        assert array.null_count == 0

    def test_has_its_name_in_sql(self, kind, arrow, sql, values, said):
        assert kind.sql == sql

    def test_of_no_rows_is_an_empty_array_of_the_type(self, kind, arrow, sql, values, said):
        array = kind.to_arrow(values[:0])
        assert len(array) == 0
        assert array.type == arrow

    def test_takes_every_second_value_of_an_array(self, kind, arrow, sql, values, said):
        if kind is not String:
            assert kind.to_arrow(values[::-2]).to_pylist() == said[::-2]


@pytest.mark.parametrize(
    ("kind", "dtype"), [(Integer, np.int32), (BigInteger, np.int64), (Money, np.int64), (Date, np.int32), (Timestamp, np.int64)]
)
def test_values_of_the_right_dtype_are_not_copied(kind, dtype):
    values = np.arange(100, dtype=dtype)
    assert kind.to_arrow(values).buffers()[1].address == values.ctypes.data


def test_codes_of_the_right_dtype_are_not_copied():
    codes = np.zeros(100, np.int8)
    assert Categorical(["a", "b"]).to_arrow(codes).indices.buffers()[1].address == codes.ctypes.data


def test_text_is_not_copied():
    text = pa.array(["a", "b"])
    assert String.to_arrow(text) is text


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64])
@pytest.mark.parametrize("kind", [Integer, BigInteger, Date, Categorical(["a", "b", "c"])], ids=["integer", "bigint", "date", "words"])
def test_any_integer_dtype_is_taken(kind, dtype):
    assert kind.to_arrow(np.array([2, 0, 1], dtype)).equals(kind.to_arrow(np.array([2, 0, 1])))


@pytest.mark.parametrize("kind", [Integer, BigInteger, Money, Date, Timestamp, Categorical(["a", "b"])], ids=lambda kind: kind.name)
@pytest.mark.parametrize("values", [np.array([1.0]), np.array(["a"]), np.array([0], "M8[D]")], ids=lambda v: str(v.dtype))
def test_a_wrong_dtype_is_refused_with_both_names(kind, values):
    with pytest.raises(TypeError) as error:
        kind.to_arrow(values)
    assert kind.name in str(error.value)
    assert str(values.dtype) in str(error.value)


@pytest.mark.parametrize("kind", [Integer, BigInteger, Money, Date, Timestamp], ids=lambda kind: kind.name)
def test_a_boolean_is_no_number(kind):
    with pytest.raises(TypeError, match="not bool"):
        kind.to_arrow(np.array([True]))


def test_a_boolean_is_a_code_of_two_words():
    assert Categorical(["no", "yes"]).to_arrow(np.array([True, False])).to_pylist() == ["yes", "no"]


def test_a_boolean_wants_booleans():
    with pytest.raises(TypeError, match=r"boolean expects .* booleans, not int64"):
        Boolean.to_arrow(np.array([1, 0]))


@pytest.mark.parametrize("kind", [Integer, Money, Boolean, Categorical(["a"])], ids=lambda kind: kind.name)
def test_a_list_is_no_column(kind):
    with pytest.raises(TypeError, match=f"{kind.name.split('(')[0]}.* not list"):
        kind.to_arrow([1, 2])


@pytest.mark.parametrize(("values", "found"), [(["a"], "list"), (np.array(["a"]), "ndarray"), (pa.array([1]), "int64")])
def test_a_string_wants_arrow_strings(values, found):
    with pytest.raises(TypeError, match=f"string expects .*StringArray, not {found}"):
        String.to_arrow(values)


def test_text_in_chunks_is_put_together():
    assert String.to_arrow(pa.chunked_array([["a"], ["b", "c"]])).to_pylist() == ["a", "b", "c"]


def test_a_number_too_large_for_the_type_is_refused():
    """Not cut to its lowest 32 bits."""
    with pytest.raises((OverflowError, ValueError)):
        Integer.to_arrow(np.array([1, 2**31]))


@pytest.mark.parametrize("code", [2, 256, -1])
def test_a_code_without_a_word_is_refused(code):
    with pytest.raises((IndexError, OverflowError, ValueError)):
        Categorical(["a", "b"]).to_arrow(np.array([0, code])).validate(full=True)


# Words


def test_words_must_differ_from_one_another():
    with pytest.raises(ValueError, match="must be different"):
        Categorical(["a", "b", "a"])


@pytest.mark.parametrize(
    ("count", "index"), [(1, pa.int8()), (127, pa.int8()), (128, pa.int16()), (32_767, pa.int16()), (32_768, pa.int32())]
)
def test_codes_are_as_narrow_as_the_list_allows(count, index):
    kind = Categorical([str(i) for i in range(count)])
    assert kind.arrow.index_type == index
    assert kind.to_arrow(np.array([count - 1])).to_pylist() == [str(count - 1)]


def test_words_may_come_as_arrow():
    words = pa.array(["x", "y"])
    assert Categorical(words).words is words


# Decimals


@pytest.mark.parametrize(("precision", "scale"), [(0, 0), (19, 2), (-1, 0), (5, 6), (5, -1)])
def test_a_decimal_beyond_18_digits_or_with_more_after_the_point_is_refused(precision, scale):
    with pytest.raises(ValueError, match="1 to 18 digits"):
        Decimal(precision, scale)


@pytest.mark.parametrize(("precision", "scale"), [(1, 0), (1, 1), (18, 0), (18, 18)])
def test_a_decimal_at_its_limits_is_exact(precision, scale):
    most = 10**precision - 1
    with decimal.localcontext(prec=40):
        assert Decimal(precision, scale).to_arrow(np.array([most])).to_pylist() == [decimal.Decimal(most).scaleb(-scale)]


def test_decimals_of_one_precision_and_scale_are_equal():
    assert Decimal(12, 2) == Money
    assert Decimal(12, 3) != Money
