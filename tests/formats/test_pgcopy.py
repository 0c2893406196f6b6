"""Rows in the binary form of PostgreSQL's COPY arrive in a real server as they were."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colgen import ModelError
from colgen.formats import pgcopy

law = settings(max_examples=15)


KINDS = {
    "smallint": (pa.int16(), st.integers(-(2**15), 2**15 - 1)),
    "integer": (pa.int32(), st.integers(-(2**31), 2**31 - 1)),
    "bigint": (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    "boolean": (pa.bool_(), st.booleans()),
    "date": (pa.date32(), st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1))),
    "timestamptz": (
        pa.timestamp("us", "UTC"),
        st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1)).map(lambda moment: moment.replace(tzinfo=dt.UTC)),
    ),
    "timestamp": (pa.timestamp("us"), st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1))),
    "time": (pa.time64("us"), st.times()),
    "double precision": (pa.float64(), st.floats(allow_nan=False, allow_infinity=False)),
    "real": (pa.float32(), st.floats(allow_nan=False, allow_infinity=False, width=32)),
    "text[]": (pa.list_(pa.string()), st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=9), max_size=4)),
    "integer[]": (pa.list_(pa.int32()), st.lists(st.integers(-(2**31), 2**31 - 1), max_size=4)),
    "numeric(9,2)[]": (pa.list_(pa.decimal64(9, 2)), st.lists(st.decimals(-999, 999, places=2), max_size=4)),
    "bytea": (pa.binary(), st.binary(max_size=40)),
    "text": (pa.string(), st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)),
    "jsonb": (
        pa.string(),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers(-(2**53), 2**53)
            | st.text(st.characters(codec="ascii", exclude_characters="\x00"), max_size=9),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
            max_leaves=6,
        ).map(json.dumps),
    ),
    "uuid": (pa.string(), st.uuids().map(str)),
    **{
        f"numeric({precision},{scale})": (
            pa.decimal64(precision, scale),
            st.decimals(-(Decimal(10) ** (precision - scale)) + 1, Decimal(10) ** (precision - scale) - 1, places=scale),
        )
        for precision, scale in ((5, 2), (12, 2), (18, 0), (18, 4), (18, 7), (10, 10), (4, 1))
    },
}


def back(database, batch: pa.RecordBatch, types: list[str]) -> list[tuple]:
    """A batch, through PostgreSQL."""
    columns = ", ".join(f"c{number} {kind}" for number, kind in enumerate(types))
    database.execute(f"DROP TABLE IF EXISTS round_trip; CREATE TEMP TABLE round_trip (row int, {columns})")
    numbered = pa.record_batch([pa.array(range(len(batch)), pa.int32()), *batch.columns], names=["row", *batch.schema.names])
    with database.cursor().copy("COPY round_trip FROM STDIN (FORMAT binary)") as stream:
        stream.write(pgcopy.HEADER + bytes(pgcopy.rows(numbered, ["integer", *types])) + pgcopy.TRAILER)
    return [row[1:] for row in database.execute("SELECT * FROM round_trip ORDER BY row").fetchall()]


def expected(value, kind: str):
    if value is None:
        return None
    if kind == "jsonb":
        return json.loads(value)
    if kind == "real":
        return np.float32(value)
    return uuid.UUID(value) if kind == "uuid" else value


@pytest.mark.parametrize("kind", KINDS)
def test_every_value_of_a_type_arrives(database, kind):
    arrow, values = KINDS[kind]

    @law
    @given(st.lists(st.none() | values, min_size=1, max_size=20), st.booleans())
    def arrives(some, sliced):
        array = pa.array(some, arrow)
        if sliced:
            array, some = array[1:], some[1:]
        batch = pa.record_batch([array, pa.array(range(len(array)), pa.int64())], names=["a", "b"])
        assert back(database, batch, [kind, "bigint"]) == [(expected(value, kind), number) for number, value in enumerate(some)]

    arrives()


@pytest.mark.parametrize("kind", ["text", "jsonb", "uuid"])
def test_words_arrive_too_missing_ones_as_null(database, kind):
    words = {"text": ["a", "", "é\n"], "jsonb": ["{}", "[1]", "null"], "uuid": [str(uuid.UUID(int=one)) for one in range(3)]}[kind]
    codes = pa.array([2, 0, None, 1, 0], pa.int8())
    column = pa.DictionaryArray.from_arrays(codes, pa.array(words))
    found = back(database, pa.record_batch([column], names=["a"]), [kind])
    assert found == [(expected(None if code is None else words[code], kind),) for code in codes.to_pylist()]


def test_a_row_is_what_the_manual_says():
    batch = pa.record_batch({"id": pa.array([1, None], pa.int64()), "ok": pa.array([True, False])})
    assert bytes(pgcopy.rows(batch, ["bigint", "boolean"])).hex() == (
        "0002" + "00000008" + "0000000000000001" + "00000001" + "01" + "0002" + "ffffffff" + "00000001" + "00"
    )


def test_no_rows_are_no_bytes():
    assert len(pgcopy.rows(pa.record_batch({"id": pa.array([], pa.int64())}), ["bigint"])) == 0


@pytest.mark.parametrize("text", ["x" * 36, "123e4567-e89b-42d3-a456-42661417400", "123e4567e89b-42d3-a456-4266141740000-"])
@pytest.mark.parametrize("is_word", [False, True])
def test_what_is_not_a_uuid_is_refused(text, is_word):
    column = pa.array([str(uuid.UUID(int=1)), None, text])
    batch = pa.record_batch({"session": column.dictionary_encode() if is_word else column})
    with pytest.raises(ModelError, match=f"visits.session: '{text}' is not a UUID"):
        pgcopy.rows(batch, ["uuid"], "visits")


@pytest.mark.parametrize("kind", ["text", "jsonb", "varchar(9)"])
@pytest.mark.parametrize("column", [pa.array(["a", "b\0c"]), pa.array([None, "b\0c"]), pa.array(["b\0c"] * 2).dictionary_encode()], ids=str)
def test_a_text_with_nul_is_refused(kind, column):
    with pytest.raises(ModelError, match=r"notes.said: 'b\\x00c' has the character NUL"):
        pgcopy.rows(pa.record_batch({"said": column}), [kind], "notes")


def test_a_text_with_a_length_arrives(database):
    assert back(database, pa.record_batch({"a": pa.array(["Łódź", None, ""])}), ["varchar(4)"]) == [("Łódź",), (None,), ("",)]
