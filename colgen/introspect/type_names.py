"""Types of columns as databases other than PostgreSQL call them."""

from __future__ import annotations

import re

from colgen.introspect.shapes import ColumnShape

_NAMES = {
    "boolean": "boolean bool bit(1) logical",
    "smallint": "smallint smallserial serial2 tinyint int2 utinyint uint8 int8_t short byteint",
    "integer": "integer umediumint int int4 mediumint usmallint uint16 int32 signed serial serial4",
    "bigint": "bigint uint int64 int8 long uinteger uint32 unsigned bigserial serial8",
    "numeric": "numeric decimal dec number bignumeric bigdecimal fixed hugeint uhugeint ubigint uint64 money smallmoney",
    "real": "real float4 float32",
    "double precision": "double float float8 float64 double_precision",
    "text": "text string clob tinytext mediumtext longtext ntext enum set",
    "character varying": "varchar varchar2 nvarchar nvarchar2 character_varying char_varying",
    "character": "char character bpchar nchar",
    "date": "date date32",
    "timestamp without time zone": "timestamp datetime datetime2 smalldatetime timestamp_s timestamp_ms timestamp_ns timestamp_ntz timestampntz "
    "timestamp_without_time_zone",
    "timestamp with time zone": "timestamptz timestamp_tz timestamp_ltz timestampltz timestamp_with_time_zone datetimeoffset "
    "timestamp_with_local_time_zone",
    "time without time zone": "time time_without_time_zone",
    "time with time zone": "timetz time_with_time_zone",
    "interval": "interval",
    "uuid": "uuid guid uniqueidentifier",
    "json": "json variant object super",
    "jsonb": "jsonb",
    "bytea": "blob bytea bytes binary varbinary longblob mediumblob tinyblob image raw rowversion",
    "bit varying": "bit bitstring varbit bit_varying",
    "inet": "inet ipv4 ipv6",
    "year": "year",
    "xml": "xml",
    "citext": "citext",
}
_TYPES = {name: type for type, names in _NAMES.items() for name in names.split()}

_SMALL = ("tinyint", "utinyint", "uint8", "byteint")
"""Types of whole numbers of which PostgreSQL has none as small: two digits fit."""

MOST_DIGITS = 18

_TYPE = re.compile(r"\s*([a-z][\w ]*?)\s*(?:\(\s*(.*?)\s*\))?\s*((?:with|without)(?: local)? time zone)?\s*((?:\[\d*\])*)\s*$", re.DOTALL)


def column_of(name: str, declared: str, nullable: bool = True) -> ColumnShape:
    """A column of a type as a database calls it; of an unknown one, as it is called.

    >>> column_of("price", "DECIMAL(10, 2)").scale, column_of("tags", "VARCHAR[]").is_array, column_of("mood", "ENUM('sad', 'ok')").words
    (2, True, ['sad', 'ok'])
    """
    shape = ColumnShape(name, declared.lower(), declared, nullable)
    wrapped = re.fullmatch(r"\s*(?:nullable|lowcardinality)\((.*)\)\s*|\s*array\s*[<(](.*)[>)]\s*", declared, re.IGNORECASE | re.DOTALL)
    if wrapped is not None:
        shape = column_of(name, wrapped[1] or wrapped[2], nullable)
        shape.shown, shape.is_array = declared, shape.is_array or wrapped[2] is not None
        return shape
    parts = _TYPE.match(re.sub(r"\b(un)?signed\b(?<!^signed)(?<!^unsigned)", "", declared.lower()).strip())
    if parts is None:
        return shape
    word = re.sub(r"\s+", "_", " ".join(filter(None, (parts[1], parts[3]))))
    shape.type = _TYPES.get(word, declared.lower() if parts[2] is None else parts[1])
    shape.is_array = bool(parts[4])
    if word == "enum":
        shape.words = [text.replace("''", "'") for text in re.findall(r"'((?:[^']|'')*)'", declared)]
        return shape
    numbers = [int(number) for number in re.findall(r"\d+", parts[2] or "")]
    if word == "tinyint" and numbers == [1]:  # what MySQL makes of a boolean
        shape.type = "boolean"
    elif word in _SMALL:
        shape.precision, shape.scale = 2, 0
    elif shape.type == "year":
        shape.type = "integer"
    elif shape.type in ("character varying", "character"):
        shape.length = numbers[0] if numbers else (1 if shape.type == "character" else None)
    elif shape.type == "numeric":
        shape.precision, shape.scale = (*numbers, 0)[:2] if numbers else _digits(word)
    return shape


def is_known(type: str) -> bool:
    """Whether a column is of a type that PostgreSQL has, too."""
    return type in _NAMES


def _digits(word: str) -> tuple[int | None, int | None]:
    """How many digits a decimal has of which nothing more is said, and how many of them behind the point."""
    if word in ("hugeint", "uhugeint", "ubigint", "uint64"):
        return MOST_DIGITS, 0
    return None, None
