"""Values for which neither CSV nor JSON has a form of its own, as texts: moments and times of day in ISO 8601, bytes as PostgreSQL writes them."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import polars.selectors as cs
import pyarrow as pa

from colgen.formats.readers import is_nested

EXACT_DIGITS = 15
"""Decimal digits that every double holds: its shortest form is the decimal itself."""

MOMENT = "%Y-%m-%dT%H:%M:%S%.6fZ"
"""How a moment in UTC is written."""


def frame_of(rows: pa.RecordBatch) -> pl.DataFrame:
    """Rows for Polars, which reads decimals within lists and structs at full width only."""
    wide = [field.with_type(_wide(field.type)) for field in rows.schema]
    frame = pl.from_arrow(rows if wide == list(rows.schema) else rows.cast(pa.schema(wide)))
    assert isinstance(frame, pl.DataFrame)
    return frame


def _wide(kind: pa.DataType, is_within: bool = False) -> pa.DataType:
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(_wide(kind.value_type, True)))
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_wide(field.type, True)) for field in kind])
    return pa.decimal128(kind.precision, kind.scale) if is_within and pa.types.is_decimal(kind) else kind


def spelled() -> list[pl.Expr]:
    """What is written in place of such columns of a frame, by their names.

    >>> import datetime
    >>> pl.DataFrame({"at": [datetime.time(7)], "key": [b"ab"]}).with_columns(spelled()).rows()
    [('07:00:00.000000', '\\\\x6162')]
    """
    return [
        cs.datetime(time_zone=None).dt.strftime(MOMENT.removesuffix("Z")),
        cs.time().dt.strftime("%H:%M:%S%.6f"),
        _hexadecimal(cs.binary()),
    ]


def nested(frame: pl.DataFrame, *, as_text: bool = False) -> list[pl.Expr]:
    """What is written in place of the lists and structs of a frame, by their names: values as elsewhere, decimals of up to 15 digits as numbers.

    as_text : as JSON arrays and objects

    >>> import datetime
    >>> frame = pl.DataFrame({"at": [[datetime.time(7)], None], "made": [{"by": "Ann", "on": datetime.date(2024, 1, 1)}, None]})
    >>> frame.with_columns(nested(frame, as_text=True)).rows()
    [('["07:00:00.000000"]', '{"by":"Ann","on":"2024-01-01"}'), (None, None)]
    """
    written = []
    for name, kind in frame.schema.items():
        if isinstance(kind, pl.List | pl.Struct):
            values = _value(pl.col(name), kind).alias(name)
            written.append(_json(name, values) if as_text else values)
    return written


def _value(value: pl.Expr, kind: object) -> pl.Expr:
    """A value within lists or structs as JSON has it."""
    if isinstance(kind, pl.Struct):
        fields = [_value(value.struct.field(field.name), field.dtype).alias(field.name) for field in kind.fields]
        return pl.when(value.is_not_null()).then(pl.struct(fields))
    if isinstance(kind, pl.List):
        return value.list.eval(_value(pl.element(), kind.inner))
    if isinstance(kind, pl.Datetime):
        return value.dt.strftime(MOMENT if kind.time_zone else MOMENT.removesuffix("Z"))
    if isinstance(kind, pl.Decimal):
        return value.cast(pl.Float64 if (kind.precision or 38) <= EXACT_DIGITS else pl.String)
    if kind == pl.Time:
        return value.dt.strftime("%H:%M:%S%.6f")
    return _hexadecimal(value) if kind == pl.Binary else value


def _hexadecimal(value: pl.Expr) -> pl.Expr:
    return value.bin.encode("hex").str.replace("^", r"\x")


def json_texts(structs: pa.StructArray) -> pa.StringArray:
    """Structs as JSON objects.

    >>> json_texts(pa.array([{"town": "Rome"}, None])).to_pylist()
    ['{"town":"Rome"}', None]
    """
    frame = frame_of(pa.record_batch({"x": structs}))
    return frame.select(nested(frame, as_text=True)).to_series().to_arrow().cast(pa.string())


_BEFORE, _AFTER = len('{"x":'), len("}")


def _json(name: str, values: pl.Expr) -> pl.Expr:
    """A column of lists or structs as JSON: what an object of which they are a field is written as, without the object."""
    text = pl.struct(values.alias("x")).struct.json_encode()
    return pl.when(pl.col(name).is_not_null()).then(text.str.slice(_BEFORE).str.head(-_AFTER)).alias(name)


def read_back(reader: str, columns: Mapping[str, str]) -> str:
    """SQL: what DuckDB reads by a table function, with bytes, lists and structs in place of the texts that stand for them."""
    decoded = [f"{value} AS {_quoted(column)}" for column, type in columns.items() if (value := _decoded(_quoted(column), type))]
    return f"(SELECT * REPLACE ({', '.join(decoded)}) FROM {reader})" if decoded else reader


def _decoded(name: str, type: str) -> str:
    """SQL: the value of a text; empty where DuckDB reads it as what it is."""
    if type == "BLOB":
        return f"unhex(substr({name}, 3))"
    if type == "BLOB[]":
        return f"list_transform({name}::JSON::VARCHAR[], lambda value: unhex(substr(value, 3)))"
    return f"{name}::JSON::{type}" if is_nested(type) else ""


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
