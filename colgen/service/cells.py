"""Cells as JSON has them."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal
from typing import Any

import pyarrow as pa

_EXACT = 15  # decimal digits that every double holds


def cells(table: pa.Table) -> list[list[Any]]:
    """The rows of a table that is small. Decimals of up to 15 digits are numbers and longer ones texts, times are ISO 8601, with a Z where they
    have a zone, and bytes as PostgreSQL writes them.

    >>> cells(pa.table({"at": [datetime.datetime(2024, 1, 1)], "keys": [[b"ab"]]}))
    [['2024-01-01T00:00:00.000000', ['\\\\x6162']]]
    """
    return [[plain(value) for value in row.values()] for row in table.to_pylist()]


def plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return float(value) if len(value.as_tuple().digits) <= _EXACT else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=None).isoformat(timespec="microseconds") + ("Z" if value.tzinfo is not None else "")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    return f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
