"""What everything here that speaks SQL needs: quoted names, a connection, a query that heeds Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any

from colgen.formats.readers import literal as literal

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


def quoted(identifier: str) -> str:
    """A name, quoted for SQL."""
    return '"' + identifier.replace('"', '""') + '"'


def new_connection() -> duckdb.DuckDBPyConnection:
    """An empty DuckDB database in memory, whose days are those of UTC."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")  # once connected: before that, DuckDB would try to download its time zones
    return connection


def one_line(error: Exception) -> str:
    """What a database says of an error, in one line."""
    return " ".join(str(error).split())


def answer(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
    """The result of a query."""
    return interruptible(connection, lambda: connection.sql(sql, params=parameters).to_arrow_table())


def interruptible(connection: duckdb.DuckDBPyConnection, work: Callable[[], Any]) -> Any:
    """The result of some work with a connection. It runs in a thread of its own, since in the main one DuckDB does not always heed Ctrl-C."""
    with ThreadPoolExecutor(1) as helper:
        pending = helper.submit(work)
        try:
            while not wait([pending], timeout=0.2).done:
                pass
        except BaseException:
            connection.interrupt()
            raise
        return pending.result()
