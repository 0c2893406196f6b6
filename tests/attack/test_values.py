"""Arrays of any dtype, size and layout as the values of a column of any type: they arrive as they are, or are refused."""

from __future__ import annotations

import datetime
import json
import uuid
from decimal import Decimal as Exact
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import strategies as st

import colgen
from colgen import (
    BigInteger,
    Boolean,
    Categorical,
    Date,
    Decimal,
    Integer,
    Json,
    Key,
    Model,
    Money,
    String,
    Table,
    Timestamp,
    Uuid,
    Varchar,
    Volume,
    column,
)  # fmt: skip
from tests.attack.attack import Attack, drawn, share
from tests.attack.outcomes import REFUSED, TAKEN, outcome

TYPES = (Integer, BigInteger, Money, Decimal(18, 0), Decimal(4, 2), Decimal(18, 18), Date, Timestamp, Boolean, Categorical(["a", "b", "c"]))
DTYPES = ("i1", "i2", "i4", "i8", ">i4", ">i8", "u1", "u2", "u4", "u8", ">u8", "?", "f4", "f8", "c16", "M8[D]", "M8[us]", "O", "U3", "S3")
EDGES = [sign * (2**bits + near) for bits in (0, 7, 8, 15, 16, 31, 32, 63, 64) for near in (-1, 0, 1) for sign in (1, -1)]
EDGES += [sign * (10**digits + near) for digits in (2, 4, 9, 12, 17, 18, 19) for near in (-1, 0, 1) for sign in (1, -1)]
EDGES += [-719_163, -719_162, 2_932_896, 2_932_897, 253_402_300_799_999_999, 253_402_300_800_000_000, -62_135_596_800_000_000]
LAYOUTS = ("plain", "strided", "reversed", "masked", "read only", "matrix")


def columns(random: Random) -> tuple[Any, Any]:
    """A type, and an array that may be its values."""
    declared, dtype, layout = random.choice(TYPES), np.dtype(random.choice(DTYPES)), random.choice(LAYOUTS)
    sizes = random.choice([1, 8, 16, 31, 40, 63, 64])
    numbers = [
        random.choice([random.choice(EDGES), random.randint(-3, 3), random.randint(-(2**sizes), 2**sizes)])
        for _ in range(random.randint(1, 5))
    ]
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        array = np.array([min(max(number, limits.min), limits.max) for number in numbers], dtype)
    elif dtype.kind == "O":
        array = np.array([random.choice([number, str(number), None]) for number in numbers], dtype)
    elif dtype.kind == "M":
        array = np.array([number % 2**62 for number in numbers], "i8").view(dtype)
    else:
        array = np.array([number % 2 if dtype.kind == "?" else float(number) for number in numbers]).astype(dtype)
    if layout == "strided":
        array = np.repeat(array, 2)[::2]
    elif layout == "reversed":
        array = array[::-1]
    elif layout == "masked":
        array = np.ma.array(array, mask=random.choices([True, False], k=len(array)))
    elif layout == "read only":
        array.flags.writeable = False
    elif layout == "matrix":
        array = array.reshape(1, -1)
    return declared, array


def meant(declared: Any, value: Any) -> Any:
    """What a value of a column is, in Python."""
    if value is np.ma.masked:
        return None
    if declared is Date:
        return datetime.date(1970, 1, 1) + datetime.timedelta(int(value))
    if declared is Timestamp:
        return datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(microseconds=int(value))
    if isinstance(declared, Categorical):
        return declared.words[int(value)].as_py()
    scale = declared.arrow.scale if pa.types.is_decimal(declared.arrow) else None
    return bool(value) if declared is Boolean else int(value) if scale is None else Exact(int(value)).scaleb(-scale)


def model_with(declared: Any, values: Any, **options: Any) -> Model:
    """A model whose only column beside the key has these values."""

    class Rows(Table):
        "Some rows."

        rows = Volume("rows")
        id = Key()

        @column(declared, **options)
        def value(id):
            return values

    return Model("rows", tables=[Rows], volumes={"all": {"rows": max(1, len(values))}})


@share(0.3)
def test_numbers_arrive_as_they_are_or_are_refused(attack: Attack) -> None:
    def strike(given: tuple[Any, Any]) -> str:
        declared, array = given
        rows: list[Any] = []

        def build() -> None:
            rows.extend(colgen.build(model_with(declared, array, nullable=True)).table("rows")["value"].to_pylist())

        came = outcome(build)
        if came == TAKEN:
            assert rows == [meant(declared, value) for value in array]
        return came

    attack(drawn(columns), strike)


SHORT = Varchar(3)
TEXTS = st.sampled_from(
    ["", "a", "é", "💥", "a\nb", '"', "\\", "{}", "[1, 2]", '{"a": NaN}', "1,2", "[1", "null", "0x10", "\\u0000", '"\\ud800"', "[" * 2000]
    + ["123e4567-e89b-12d3-a456-426614174000", "123E4567E89B12D3A456426614174000", "123e4567-e89b-12d3-a456-42661417400g", "-" * 36]
) | st.text(max_size=40)


@share(0.1)
def test_texts_arrive_as_they_are_or_are_refused(attack: Attack) -> None:
    def strike(given: tuple[Any, list[str]]) -> str:
        declared, texts = given
        rows: list[Any] = []

        def build() -> None:
            rows.extend(colgen.build(model_with(declared, pa.array(texts))).table("rows")["value"].to_pylist())

        came = outcome(build)
        if came == REFUSED:
            assert declared is not String
        else:
            assert rows == texts
        if declared is SHORT:
            assert (came == TAKEN) == all(len(text) <= 3 for text in texts)
        if came == TAKEN and declared is Uuid:
            assert [str(uuid.UUID(text)) for text in texts] == [text.lower() for text in texts]
        if came == TAKEN and declared is Json:
            for text in texts:
                json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
        return came

    encodable = TEXTS.filter(lambda text: text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text))
    attack(st.tuples(st.sampled_from([String, Uuid, Json, SHORT]), st.lists(encodable, min_size=1, max_size=4)), strike)
