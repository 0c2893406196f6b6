"""Arrow's types as Spark's: a schema in Spark's JSON, and the Arrow types in which Spark expects it from a Python source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from colgen.errors import RequestError

_NAMES = {
    pa.bool_(): "boolean",
    pa.int16(): "short",
    pa.int32(): "integer",
    pa.int64(): "long",
    pa.float32(): "float",
    pa.float64(): "double",
    pa.string(): "string",
    pa.binary(): "binary",
    pa.date32(): "date",
    pa.timestamp("us", "UTC"): "timestamp",
    pa.timestamp("us"): "timestamp_ntz",
}
_TIME = "time(6)"
_TYPES = {**{name: arrow for arrow, name in _NAMES.items()}, _TIME: pa.time64("ns")}


def spark_schema(schema: pa.Schema, has_time: bool = True) -> dict[str, Any]:
    """A table's schema as Spark writes one in JSON, with the columns' comments.

    Fields of a struct that may be missing may be null: PySpark's `toArrow` takes them for null where the struct is.

    has_time : whether this Spark has a type for times of day, as 4.1 and later have

    Raises RequestError for a column whose type Spark does not have.

    >>> spark_schema(pa.schema([pa.field("total", pa.decimal64(12, 2), nullable=False)]))["fields"]
    [{'name': 'total', 'type': 'decimal(12,2)', 'nullable': False, 'metadata': {}}]
    """
    return {"type": "struct", "fields": [_field(field, field.name, has_time) for field in schema]}


def arrow_schema(schema: Mapping[str, Any]) -> pa.Schema:
    """The Arrow types in which Spark expects the values of a schema, which is given as Spark writes it in JSON. They may be null where it says so.

    >>> arrow_schema({"type": "struct", "fields": [{"name": "at", "type": "time(6)", "nullable": False, "metadata": {}}]}).field("at")
    pyarrow.Field<at: time64[ns] not null>
    """
    return pa.schema(_arrow(schema))


def _field(field: pa.Field, column: str, has_time: bool, nullable: bool = False) -> dict[str, Any]:
    """A field of a table, or of a struct in a column.

    nullable : whether that struct may be missing
    """
    nullable = nullable or field.nullable
    comment = (field.metadata or {}).get(b"comment", b"").decode()
    return {
        "name": field.name,
        "type": _type(field.type, column, has_time, nullable),
        "nullable": nullable,
        "metadata": {"comment": comment} if comment else {},
    }


def _type(arrow: pa.DataType, column: str, has_time: bool, nullable: bool) -> str | dict[str, Any]:
    if pa.types.is_dictionary(arrow):
        return _type(arrow.value_type, column, has_time, nullable)
    if pa.types.is_decimal(arrow):
        return f"decimal({arrow.precision},{arrow.scale})"
    if pa.types.is_list(arrow):
        element = arrow.value_field
        return {"type": "array", "elementType": _type(element.type, column, has_time, element.nullable), "containsNull": element.nullable}
    if pa.types.is_struct(arrow):
        return {"type": "struct", "fields": [_field(field, column, has_time, nullable) for field in arrow]}
    if pa.types.is_time64(arrow):
        if not has_time:
            raise RequestError(
                f"column {column} holds times of day, for which this version of Spark has no type, as later ones have: name the other columns in columns="
            )
        return _TIME
    if arrow not in _NAMES:
        raise RequestError(f"column {column} is of the type {arrow}, which Spark does not have: name the other columns in columns=")
    return _NAMES[arrow]


def _arrow(spark: str | Mapping[str, Any]) -> pa.DataType:
    if isinstance(spark, str):
        if spark in _TYPES:
            return _TYPES[spark]
        precision, scale = spark.removeprefix("decimal(").removesuffix(")").split(",")
        return pa.decimal128(int(precision), int(scale))
    if spark["type"] == "array":
        return pa.list_(pa.field("element", _arrow(spark["elementType"]), spark["containsNull"]))
    return pa.struct([pa.field(field["name"], _arrow(field["type"]), field["nullable"]) for field in spark["fields"]])
