"""Values for which neither CSV nor JSON has a form of its own, as texts: moments and times of day in ISO 8601, bytes as PostgreSQL writes them."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import polars.selectors as cs

MOMENT = "%Y-%m-%dT%H:%M:%S%.6fZ"
"""How a moment in UTC is written."""


def spelled() -> list[pl.Expr]:
    """What is written in place of such columns of a frame, by their names.

    >>> import datetime
    >>> pl.DataFrame({"at": [datetime.time(7)], "key": [b"ab"]}).with_columns(spelled()).rows()
    [('07:00:00.000000', '\\\\x6162')]
    """
    return [
        cs.datetime(time_zone=None).dt.strftime(MOMENT.removesuffix("Z")),
        cs.time().dt.strftime("%H:%M:%S%.6f"),
        cs.binary().bin.encode("hex").str.replace("^", r"\x"),
    ]


def read_back(reader: str, columns: Mapping[str, str]) -> str:
    """SQL: what DuckDB reads by a table function, with bytes in place of the texts that stand for them."""
    decoded = [f"unhex(substr({name}, 3)) AS {name}" for name in (_quoted(column) for column, type in columns.items() if type == "BLOB")]
    return f"(SELECT * REPLACE ({', '.join(decoded)}) FROM {reader})" if decoded else reader


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
