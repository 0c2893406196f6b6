"""What a Parquet file says about itself: the structures and enumerations of parquet.thrift that colgen writes, under their names there.

Every number in this module is the one that parquet.thrift gives to the name beside it. Nothing outside this module uses such numbers.

https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from colgen.formats.parquet.thrift import Field, binary, boolean, i32, i64, sequence, struct


class Type(IntEnum):
    """How a value is stored."""

    BOOLEAN = 0
    INT32 = 1
    INT64 = 2
    FLOAT = 4
    DOUBLE = 5
    BYTE_ARRAY = 6


class ConvertedType(IntEnum):
    """What a value means, for readers that do not know logical types yet."""

    UTF8 = 0
    LIST = 3
    DECIMAL = 5
    DATE = 6
    TIMESTAMP_MICROS = 10
    INT_16 = 16


class FieldRepetitionType(IntEnum):
    REQUIRED = 0
    OPTIONAL = 1
    REPEATED = 2


class Encoding(IntEnum):
    PLAIN = 0
    PLAIN_DICTIONARY = 2
    RLE = 3
    DELTA_BINARY_PACKED = 5
    RLE_DICTIONARY = 8


class CompressionCodec(IntEnum):
    UNCOMPRESSED = 0
    SNAPPY = 1
    GZIP = 2
    ZSTD = 6
    LZ4_RAW = 7


class PageType(IntEnum):
    DATA_PAGE = 0
    DICTIONARY_PAGE = 2


_EMPTY = struct({})
_BYTE = 3  # Thrift's number of a single byte


def string_type() -> Field:
    """A LogicalType: text in UTF-8."""
    return struct({1: _EMPTY})  # STRING


def list_type() -> Field:
    """A LogicalType: values that are repeated."""
    return struct({3: _EMPTY})  # LIST


def decimal_type(*, scale: int, precision: int) -> Field:
    """A LogicalType: whole numbers in units of 10**-scale."""
    return struct(
        {
            5: struct(  # DECIMAL
                {
                    1: i32(scale),
                    2: i32(precision),
                }
            )
        }
    )


def date_type() -> Field:
    """A LogicalType: days since 1970-01-01."""
    return struct({6: _EMPTY})  # DATE


def integer_type(*, bits: int) -> Field:
    """A LogicalType: signed whole numbers of so many bits."""
    return struct(
        {
            10: struct(  # INTEGER
                {
                    1: (_BYTE, bytes([bits])),
                    2: boolean(True),  # isSigned
                }
            )
        }
    )


def time_type(*, is_adjusted_to_utc: bool) -> Field:
    """A LogicalType: microseconds since midnight."""
    return struct(
        {
            7: struct(  # TIME
                {
                    1: boolean(is_adjusted_to_utc),
                    2: struct({2: _EMPTY}),  # unit: MICROS
                }
            )
        }
    )


def timestamp_type(*, is_adjusted_to_utc: bool) -> Field:
    """A LogicalType: microseconds since 1970-01-01."""
    return struct(
        {
            8: struct(  # TIMESTAMP
                {
                    1: boolean(is_adjusted_to_utc),
                    2: struct({2: _EMPTY}),  # unit: MICROS
                }
            )
        }
    )


def schema_element(
    *,
    name: str,
    repetition_type: FieldRepetitionType,
    type: Type | None = None,
    num_children: int | None = None,
    converted_type: ConvertedType | None = None,
    scale: int | None = None,
    precision: int | None = None,
    field_id: int | None = None,
    logical_type: Field | None = None,
) -> Field:
    """A column, or the root of all columns."""
    return struct(
        {
            1: _optional(type),
            3: i32(repetition_type),
            4: binary(name),
            5: _optional(num_children),
            6: _optional(converted_type),
            7: _optional(scale),
            8: _optional(precision),
            9: _optional(field_id),
            10: logical_type,
        }
    )


def data_page_header(
    *, num_values: int, encoding: Encoding, definition_level_encoding: Encoding, repetition_level_encoding: Encoding
) -> Field:
    return struct(
        {
            1: i32(num_values),
            2: i32(encoding),
            3: i32(definition_level_encoding),
            4: i32(repetition_level_encoding),
        }
    )


def dictionary_page_header(*, num_values: int, encoding: Encoding, is_sorted: bool) -> Field:
    return struct(
        {
            1: i32(num_values),
            2: i32(encoding),
            3: boolean(is_sorted),
        }
    )


def page_header(
    *,
    type: PageType,
    uncompressed_page_size: int,
    compressed_page_size: int,
    data_page_header: Field | None = None,
    dictionary_page_header: Field | None = None,
) -> Field:
    """What precedes the bytes of a page; exactly one of the two more specific headers belongs in it."""
    return struct(
        {
            1: i32(type),
            2: i32(uncompressed_page_size),
            3: i32(compressed_page_size),
            5: data_page_header,
            7: dictionary_page_header,
        }
    )


def statistics(
    *,
    null_count: int,
    least: bytes | None = None,
    most: bytes | None = None,
    is_least_exact: bool = True,
    is_most_exact: bool = True,
) -> Field:
    """Of a column chunk; a limit is None where there is none, as where all values are null."""
    return struct(
        {
            3: i64(null_count),
            5: None if most is None else binary(most),  # max_value
            6: None if least is None else binary(least),  # min_value
            7: None if most is None else boolean(is_most_exact),
            8: None if least is None else boolean(is_least_exact),
        }
    )


def page_encoding_stats(page_type: PageType, encoding: Encoding, count: int) -> Field:
    """How many pages of a kind are encoded like this."""
    return struct(
        {
            1: i32(page_type),
            2: i32(encoding),
            3: i32(count),
        }
    )


def column_metadata(
    *,
    type: Type,
    encodings: Sequence[Encoding],
    path_in_schema: Sequence[str],
    codec: CompressionCodec,
    num_values: int,
    total_uncompressed_size: int,
    total_compressed_size: int,
    data_page_offset: int,
    dictionary_page_offset: int | None = None,
    statistics: Field,
    encoding_stats: Sequence[Field],
) -> Field:
    """Offsets count from the start of the file; both sizes include the page headers."""
    return struct(
        {
            1: i32(type),
            2: sequence([i32(encoding) for encoding in encodings]),
            3: sequence([binary(name) for name in path_in_schema]),
            4: i32(codec),
            5: i64(num_values),
            6: i64(total_uncompressed_size),
            7: i64(total_compressed_size),
            9: i64(data_page_offset),
            11: None if dictionary_page_offset is None else i64(dictionary_page_offset),
            12: statistics,
            13: sequence(encoding_stats),
        }
    )


def column_chunk(*, file_offset: int, meta_data: Field) -> Field:
    return struct(
        {
            2: i64(file_offset),
            3: meta_data,
        }
    )


def row_group(*, columns: Sequence[Field], total_byte_size: int, num_rows: int, file_offset: int, total_compressed_size: int) -> Field:
    """`total_byte_size` is that of the pages before compression."""
    return struct(
        {
            1: sequence(columns),
            2: i64(total_byte_size),
            3: i64(num_rows),
            5: i64(file_offset),
            6: i64(total_compressed_size),
        }
    )


def type_defined_order() -> Field:
    """A ColumnOrder: statistics compare values as their logical type says."""
    return struct({1: _EMPTY})  # TYPE_ORDER


def file_metadata(
    *,
    version: int,
    schema: Sequence[Field],
    num_rows: int,
    row_groups: Sequence[Field],
    created_by: str,
    column_orders: Sequence[Field],
) -> Field:
    """The footer. `schema` is the root, then each column; `column_orders` has one for each column."""
    return struct(
        {
            1: i32(version),
            2: sequence(schema),
            3: i64(num_rows),
            4: sequence(row_groups),
            6: binary(created_by),
            7: sequence(column_orders),
        }
    )


def _optional(number: int | None) -> Field | None:
    return None if number is None else i32(number)
