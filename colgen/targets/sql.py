"""What everything here that speaks SQL needs: quoted names, a connection, a query that heeds Ctrl-C."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any

from colgen.errors import ColgenError
from colgen.formats.readers import literal as literal

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


def quoted(identifier: str) -> str:
    """A name, quoted for SQL."""
    return '"' + identifier.replace('"', '""') + '"'


def new_connection() -> duckdb.DuckDBPyConnection:
    """An empty DuckDB database in memory, whose days are those of UTC.

    `utc_date(moment)` is the day of a time: what `moment::DATE` is here, which takes ten times as long.
    """
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")  # once connected: before that, DuckDB would try to download its time zones
    connection.execute("CREATE TEMP MACRO utc_date(moment) AS make_timestamp(epoch_us(moment))::DATE")
    return connection


def limit(connection: duckdb.DuckDBPyConnection, threads: int | None = None, max_memory: int | None = None) -> None:
    """Limits what queries may use.

    threads : how many run at once; one for each core if None
    max_memory : in bytes; 80 % of the machine's if None
    """
    if threads is not None:
        connection.execute(f"SET threads = {threads}")
    if max_memory is not None:
        connection.execute(f"SET memory_limit = '{max_memory}B'")


def spill(connection: duckdb.DuckDBPyConnection) -> None:
    """Gives a connection a temporary folder for what does not fit into memory, for as long as it lives; TMPDIR says where that lies."""
    scratch = tempfile.TemporaryDirectory(prefix="colgen-")
    weakref.finalize(connection, scratch.cleanup)
    connection.execute(f"SET temp_directory = {literal(scratch.name)}")


def one_line(error: Exception) -> str:
    """What a database says of an error, in one line."""
    return " ".join(str(error).split())


def answer(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
    """The result of a query. ColgenError where there is not enough memory or disk for it."""
    try:
        return interruptible(connection, lambda: connection.sql(sql, params=parameters).to_arrow_table())
    except Exception as error:
        if reason := out_of_room(error):
            raise ColgenError(reason) from error
        raise


def out_of_room(error: Exception) -> str:
    """What DuckDB lacked, memory or disk, for people; empty for any other error."""
    words = one_line(error)
    if "No space left on device" in words or "max_temp_directory_size" in words:
        return f"the disk is full: what does not fit into memory is kept in a temporary folder while it is read ({words})"
    if type(error).__name__ == "OutOfMemoryException":
        return f"there is not enough memory for this: {words}"
    return ""


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
