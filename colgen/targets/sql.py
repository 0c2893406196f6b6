"""What every SQL database here needs: quoted names, a connection, a query that heeds Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


def quoted(identifier: str) -> str:
    """An SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def new_connection() -> duckdb.DuckDBPyConnection:
    """An empty DuckDB database in memory, whose days are those of UTC."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")  # once connected: before, DuckDB would want to fetch its time zones
    return connection


def literal(text: str) -> str:
    """An SQL text."""
    return "'" + text.replace("'", "''") + "'"


def one_line(error: Exception) -> str:
    """What a database says of an error, in one line."""
    return " ".join(str(error).split())


def answer(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
    """What a query gives."""
    return interruptible(connection, lambda: connection.sql(sql, params=parameters).to_arrow_table())


def interruptible(connection: duckdb.DuckDBPyConnection, work: Callable[[], Any]) -> Any:
    """What some work with a connection gives. It runs in a thread of its own, since DuckDB does not always heed Ctrl-C in the main one."""
    with ThreadPoolExecutor(1) as helper:
        asked = helper.submit(work)
        try:
            while not wait([asked], timeout=0.2).done:
                pass
        except BaseException:
            connection.interrupt()
            raise
        return asked.result()
