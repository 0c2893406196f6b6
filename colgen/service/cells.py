"""Cells as JSON has them."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal
from typing import Any

import pyarrow as pa

_EXACT = 15  # decimal digits that every double holds


def cells(table: pa.Table) -> list[list[Any]]:
    """The rows of a table that is small. Decimals of up to 15 digits are numbers and longer ones texts, times are ISO 8601."""
    return [[plain(value) for value in row.values()] for row in table.to_pylist()]


def plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return float(value) if len(value.as_tuple().digits) <= _EXACT else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    return value.hex() if isinstance(value, bytes) else str(value)
