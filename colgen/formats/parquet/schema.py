"""What each type of a batch is in Parquet, and what a column's role asks for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pyarrow as pa

from colgen.formats.parquet import metadata
from colgen.formats.parquet.metadata import ConvertedType, FieldRepetitionType, Type
from colgen.formats.parquet.thrift import Field

ASCENDING = ("key", "parent")
"""The roles whose values never descend, so that the first and the last of a page are its limits."""


def role_of(field: pa.Field) -> str:
    """The role of a column: what its values are like, as its declaration says."""
    return (field.metadata or {}).get(b"encoding", b"").decode()


def physical_type(kind: pa.DataType) -> Type:
    """How the values of a type are stored: decimals of up to nine digits in 32 bits, longer ones in 64."""
    if pa.types.is_dictionary(kind) or is_text(kind):
        return Type.BYTE_ARRAY
    if pa.types.is_boolean(kind):
        return Type.BOOLEAN
    if pa.types.is_decimal(kind):
        return Type.INT32 if kind.precision <= 9 else Type.INT64
    if pa.types.is_floating(kind):
        return Type.FLOAT if kind.bit_width == 32 else Type.DOUBLE
    return Type.INT32 if kind.bit_width <= 32 else Type.INT64


def is_text(kind: pa.DataType) -> bool:
    """Whether values are texts or bytes, each of a length of its own."""
    return pa.types.is_string(kind) or pa.types.is_binary(kind)


FIELD_ID = b"PARQUET:field_id"
"""Where Arrow keeps the number of a field, among its metadata."""


def field_id(field: pa.Field) -> int | None:
    """The number by which tables of a lake know a field; None where it has none."""
    number = (field.metadata or {}).get(FIELD_ID)
    return None if number is None else int(number)


def with_field_ids(schema: pa.Schema) -> pa.Schema:
    """The schema with numbers as Iceberg gives them to a new table: all columns first, then what is in each of them.

    >>> size = pa.struct({"tall": pa.float64()})
    >>> [field_id(field) for field in with_field_ids(pa.schema({"size": size, "day": pa.date32()}))]
    [1, 2]
    """
    return pa.schema(_numbered(list(schema), count(1)))


def _numbered(fields: list[pa.Field], numbers: Iterator[int]) -> list[pa.Field]:
    with_numbers = [field.with_metadata({**(field.metadata or {}), FIELD_ID: str(next(numbers))}) for field in fields]
    return [field.with_type(_with_numbered_parts(field.type, numbers)) for field in with_numbers]


def _with_numbered_parts(kind: pa.DataType, numbers: Iterator[int]) -> pa.DataType:
    if pa.types.is_struct(kind):
        return pa.struct(_numbered(list(kind), numbers))
    if pa.types.is_list(kind):
        return pa.list_(_numbered([kind.value_field], numbers)[0])
    return kind


def root(columns: int) -> Field:
    """The element of the schema that holds all columns."""
    return metadata.schema_element(name="schema", repetition_type=FieldRepetitionType.REQUIRED, num_children=columns)


LIST_PATH = ("list", "element")
"""Where the values of a list are below its column."""

Way = tuple[pa.Field, ...]
"""The fields from a column down to one that has values: the column alone, unless it is of structs."""


def ways(field: pa.Field) -> list[Way]:
    """The ways to all values of a column.

    >>> [[field.name for field in way] for way in ways(pa.field("place", pa.struct({"town": pa.string(), "since": pa.date32()})))]
    [['place', 'town'], ['place', 'since']]
    """
    if not pa.types.is_struct(field.type):
        return [(field,)]
    return [(field, *way) for part in field.type for way in ways(part)]


def leaf_of(field: pa.Field) -> pa.Field:
    """What a column stores: of lists, their values."""
    return field.type.value_field.with_name(LIST_PATH[-1]) if pa.types.is_list(field.type) else field


def elements(field: pa.Field) -> list[Field]:
    """The elements of the schema that describe a column: one, three for lists, and for structs one more than their fields have."""
    if pa.types.is_struct(field.type):
        group = metadata.schema_element(
            name=field.name,
            repetition_type=FieldRepetitionType.OPTIONAL if field.nullable else FieldRepetitionType.REQUIRED,
            num_children=field.type.num_fields,
            field_id=field_id(field),
        )
        return [group, *(one for part in field.type for one in elements(part))]
    if not pa.types.is_list(field.type):
        return [element(field)]
    outer = metadata.schema_element(
        name=field.name,
        repetition_type=FieldRepetitionType.OPTIONAL if field.nullable else FieldRepetitionType.REQUIRED,
        num_children=1,
        converted_type=ConvertedType.LIST,
        field_id=field_id(field),
        logical_type=metadata.list_type(),
    )
    repeated = metadata.schema_element(name=LIST_PATH[0], repetition_type=FieldRepetitionType.REPEATED, num_children=1)
    return [outer, repeated, element(leaf_of(field))]


def element(field: pa.Field) -> Field:
    """The element of the schema that describes a column. Its meaning is given twice, for readers from before 2018 too."""
    kind, converted, logical = field.type, None, None
    scale, precision = (kind.scale, kind.precision) if pa.types.is_decimal(kind) else (None, None)
    if pa.types.is_dictionary(kind) or pa.types.is_string(kind):
        converted, logical = ConvertedType.UTF8, metadata.string_type()
    elif pa.types.is_decimal(kind):
        converted, logical = ConvertedType.DECIMAL, metadata.decimal_type(scale=kind.scale, precision=kind.precision)
    elif pa.types.is_date(kind):
        converted, logical = ConvertedType.DATE, metadata.date_type()
    elif pa.types.is_timestamp(kind):
        converted, logical = ConvertedType.TIMESTAMP_MICROS, metadata.timestamp_type(is_adjusted_to_utc=kind.tz is not None)
    elif pa.types.is_time(kind):  # the older word is for times in UTC only
        logical = metadata.time_type(is_adjusted_to_utc=False)
    elif kind == pa.int16():
        converted, logical = ConvertedType.INT_16, metadata.integer_type(bits=16)
    return metadata.schema_element(
        name=field.name,
        repetition_type=FieldRepetitionType.OPTIONAL if field.nullable else FieldRepetitionType.REQUIRED,
        type=physical_type(kind),
        converted_type=converted,
        scale=scale,
        precision=precision,
        field_id=field_id(field),
        logical_type=logical,
    )
