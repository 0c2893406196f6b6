"""Locks on tables that others may be reading: asked for briefly and often, so that nobody is kept waiting behind a build that waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from colgen.engines.progress import Noted, Progress
from colgen.errors import TargetError
from colgen.targets.postgres.connect import driver, statement

if TYPE_CHECKING:
    import psycopg

LOCK_MILLISECONDS = 100
"""How long a request for locks waits: as long, others wait behind it."""

PAUSE = 1.0
"""Seconds between two requests."""

GIVE_UP = 60.0
"""Seconds after which a build is given up because of somebody who holds a lock."""

_Result = TypeVar("_Result")


def lock(connection: psycopg.Connection[Any], schema: str, tables: Sequence[str], mode: str = "ACCESS EXCLUSIVE") -> None:
    """Locks tables until the transaction ends, all of them within `LOCK_MILLISECONDS`; what else it waits for is bounded likewise."""
    connection.execute(f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS}")
    if tables:
        listed = ", ".join(["{}.{}"] * len(tables))
        connection.execute(f"SET LOCAL statement_timeout = {LOCK_MILLISECONDS}")
        connection.execute(statement(f"LOCK TABLE {listed} IN {mode} MODE", *(part for name in tables for part in (schema, name))))
        connection.execute("SET LOCAL statement_timeout = 0")


def patiently(
    attempt: Callable[[], _Result], connection: psycopg.Connection[Any], schema: str, tables: Sequence[int], progress: Progress
) -> _Result:
    """What an attempt gives that takes locks and undoes all it did where it does not get them; tried again until it does.

    tables : the numbers of the tables that it locks

    TargetError with who holds a lock on them when `GIVE_UP` seconds have passed.
    """
    errors = driver().errors
    started, told = time.monotonic(), ""
    while True:
        try:
            return attempt()
        except (errors.LockNotAvailable, errors.DeadlockDetected, errors.QueryCanceled):
            holders = _holders(connection, tables)
        if time.monotonic() - started >= GIVE_UP:
            raise TargetError(
                f"the tables in schema {schema!r} were in use by {holders} for {GIVE_UP:g} seconds; "
                "nothing there was touched: end that transaction, and try again"
            )
        if holders != told:
            progress(Noted(f"waiting for {holders}, which uses the tables in schema {schema!r}"))
            told = holders
        time.sleep(PAUSE)


def _holders(connection: psycopg.Connection[Any], tables: Sequence[int]) -> str:
    """Who holds locks on tables, in words."""
    rows = connection.execute(
        """SELECT DISTINCT held.pid, usename, application_name, backend_type, state, date_trunc('second', xact_start)::text
        FROM pg_locks AS held LEFT JOIN pg_stat_activity AS session USING (pid)
        WHERE locktype = 'relation' AND granted AND relation = ANY(%s) AND held.pid IS DISTINCT FROM pg_backend_pid()
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY held.pid""",
        (list(tables),),
    ).fetchall()
    words = []
    for process, user, application, kind, state, since in rows:
        details = [
            f"user {user}" if user else kind,
            f"application {application}" if application else "",
            state,
            f"since {since}" if since else "",
        ]
        shown = ", ".join(detail for detail in details if detail)
        words.append(f"process {process} ({shown})" if process is not None else "a prepared transaction")
    return " and ".join(words) or "another session"
