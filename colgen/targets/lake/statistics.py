"""What a Delta table says of a file, from the file's own footer: rows, missing values, the least and the greatest of each column."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

MOST = 32
"""Columns, fields of structs counted one by one: of more than the first 32, Delta tables have none unless they say so."""

_Leaf = tuple[tuple[str, ...], pa.DataType]
"""Names from a column down to something that has values, and their type; that of the list for its values."""


def statistics(file: Path, schema: pa.Schema) -> str:
    """The statistics of a Parquet file as Delta's log has them, in JSON. Only the footer is read.

    schema : of the file, in the types of `colgen.formats.plain_schema`
    """
    footer = pq.read_metadata(file)
    least: dict[str, Any] = {}
    most: dict[str, Any] = {}
    missing: dict[str, Any] = {}
    for number, (way, kind) in enumerate(list(_leaves(schema))[:MOST]):
        if pa.types.is_list(kind):
            continue
        chunks = [footer.row_group(group).column(number).statistics for group in range(footer.num_row_groups)]
        _put(missing, way, sum(chunk.null_count for chunk in chunks))
        bounded = [chunk for chunk in chunks if chunk.num_values]
        if bounded and _has_order(kind) and all(chunk.has_min_max for chunk in bounded):
            _put(least, way, min(chunk.min for chunk in bounded))
            _put(most, way, max(chunk.max for chunk in bounded))
    return _json({"numRecords": footer.num_rows, "minValues": least, "maxValues": most, "nullCount": missing})


def _leaves(fields: Any, above: tuple[str, ...] = ()) -> Iterator[_Leaf]:
    """What has values, in the order of Parquet's columns."""
    for field in fields:
        if pa.types.is_struct(field.type):
            yield from _leaves(field.type, (*above, field.name))
        else:
            yield (*above, field.name), field.type


def _has_order(kind: pa.DataType) -> bool:
    """Whether Delta has bounds of a type."""
    return not (pa.types.is_binary(kind) or pa.types.is_boolean(kind))


def _put(tree: dict[str, Any], way: tuple[str, ...], value: Any) -> None:
    for name in way[:-1]:
        tree = tree.setdefault(name, {})
    tree[way[-1]] = value


def _json(value: Any) -> str:
    """JSON in which decimals are numbers with all their digits.

    >>> _json({"price": Decimal("12345678901234.5678"), "at": datetime.datetime(2024, 5, 1, tzinfo=datetime.UTC)})
    '{"price":12345678901234.5678,"at":"2024-05-01T00:00:00.000000Z"}'
    """
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{_json(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime.datetime):
        return json.dumps(value.replace(tzinfo=None).isoformat(timespec="microseconds") + ("Z" if value.tzinfo else ""))
    return json.dumps(value.isoformat() if isinstance(value, datetime.date) else value)
