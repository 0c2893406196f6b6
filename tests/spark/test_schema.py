"""Every type that colgen has is one of Spark's, or refused in words."""

from __future__ import annotations

import pyarrow as pa
import pytest

from colgen import (
    BigInteger,
    Boolean,
    Bytes,
    Categorical,
    Char,
    Date,
    Decimal,
    Double,
    Enum,
    Integer,
    Json,
    List,
    LocalTimestamp,
    Money,
    Named,
    Real,
    RepeatedText,
    SmallInteger,
    String,
    Time,
    Timestamp,
    Uuid,
    Varchar,
)
from colgen.errors import RequestError
from colgen.spark.schema import arrow_schema, spark_schema
from colgen.values.structs import struct_of
from colgen.values.type import Type
from tests.support import refused

STRUCT = struct_of({"town": (Categorical(["Rome"]), False), "since": (Time, True)})
TYPES = [
    (SmallInteger, "short", pa.int16()),
    (Integer, "integer", pa.int32()),
    (BigInteger, "long", pa.int64()),
    (Money, "decimal(12,2)", pa.decimal128(12, 2)),
    (Decimal(18, 0), "decimal(18,0)", pa.decimal128(18, 0)),
    (Double, "double", pa.float64()),
    (Real, "float", pa.float32()),
    (Boolean, "boolean", pa.bool_()),
    (Date, "date", pa.date32()),
    (Timestamp, "timestamp", pa.timestamp("us", "UTC")),
    (LocalTimestamp, "timestamp_ntz", pa.timestamp("us")),
    (Time, "time(6)", pa.time64("ns")),
    (String, "string", pa.string()),
    (Varchar(5), "string", pa.string()),
    (Char(2), "string", pa.string()),
    (RepeatedText, "string", pa.string()),
    (Uuid, "string", pa.string()),
    (Json, "string", pa.string()),
    (Named("inet"), "string", pa.string()),
    (Categorical(["a"]), "string", pa.string()),
    (Categorical(["a"], Enum("letter")), "string", pa.string()),
    (Bytes, "binary", pa.binary()),
]


def field(type: Type, nullable: bool = False) -> pa.Schema:
    return pa.schema([pa.field("it", type.arrow, nullable, {"encoding": "text", "comment": "What it means."})])


def expected(schema: pa.Schema) -> pa.Schema:
    return arrow_schema(spark_schema(schema))


@pytest.mark.parametrize(("type", "spark", "arrow"), TYPES, ids=lambda value: value.name if isinstance(value, Type) else "")
def test_a_type_is_one_of_sparks(type: Type, spark: str, arrow: pa.DataType) -> None:
    assert spark_schema(field(type))["fields"][0]["type"] == spark
    assert expected(field(type)).field("it").type == arrow


@pytest.mark.parametrize(
    ("type", "spark", "arrow"),
    [row for row in TYPES if row[0] not in (Json, RepeatedText)],
    ids=lambda value: value.name if isinstance(value, Type) else "",
)
def test_a_list_is_an_array_without_nulls(type: Type, spark: str, arrow: pa.DataType) -> None:
    assert spark_schema(field(List(type)))["fields"][0]["type"] == {"type": "array", "elementType": spark, "containsNull": False}
    assert expected(field(List(type))).field("it").type == pa.list_(pa.field("element", arrow, nullable=False))


def test_a_struct_says_which_of_its_fields_may_be_missing() -> None:
    ((town, since),) = (each["type"]["fields"] for each in spark_schema(field(STRUCT))["fields"])
    assert (town["type"], town["nullable"]) == ("string", False)
    assert (since["type"], since["nullable"]) == ("time(6)", True)
    assert expected(field(STRUCT)).field("it").type == pa.struct(
        [pa.field("town", pa.string(), nullable=False), pa.field("since", pa.time64("ns"))]
    )


def test_all_fields_of_a_struct_that_may_be_missing_may_be_null() -> None:
    ((town, since),) = (each["type"]["fields"] for each in spark_schema(field(STRUCT, nullable=True))["fields"])
    assert (town["nullable"], since["nullable"]) == (True, True)


@pytest.mark.parametrize("nullable", [False, True])
def test_a_column_may_be_null_where_the_model_says_so(nullable: bool) -> None:
    assert spark_schema(field(String, nullable))["fields"][0]["nullable"] is nullable
    assert expected(field(String, nullable)).field("it").nullable is nullable


def test_a_column_keeps_its_comment() -> None:
    assert spark_schema(field(String))["fields"][0]["metadata"] == {"comment": "What it means."}


@pytest.mark.parametrize("type", [Time, List(Time), STRUCT], ids=["time", "list", "struct"])
def test_times_of_day_are_refused_where_spark_has_none(type: Type) -> None:
    with refused("column it", "times of day", "columns=", error=RequestError):
        spark_schema(field(type), has_time=False)


def test_a_type_that_spark_does_not_have_is_refused() -> None:
    with refused("column it", "month_day_nano_interval", "Spark does not have", error=RequestError):
        spark_schema(pa.schema([pa.field("it", pa.month_day_nano_interval())]))
