"""How a PostgreSQL server is reached. Nothing that is said of a URL shows a password, or what might be a piece of one."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from colgen.errors import RequestError, TargetError
from colgen.targets.sql import one_line

if TYPE_CHECKING:
    import psycopg
    from psycopg.sql import Composable, Composed

_SETTINGS = {
    "search_path": "",  # definitions are spelled alike, whoever asks; nothing in another schema is ever meant
    "DateStyle": "ISO",
    "TimeZone": "UTC",
    "extra_float_digits": "1",
    "client_min_messages": "warning",
    "default_transaction_isolation": "read committed",  # what is looked at under a lock is what is there by then
    "statement_timeout": "0",
    "lock_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "idle_session_timeout": "0",
}
"""A session's settings, whatever the role, the database or the environment says: a build takes as long as it takes, and reads what it wrote."""


def driver() -> Any:
    """psycopg, or a RequestError that says what to install."""
    try:
        import psycopg
    except ImportError:
        raise RequestError("a PostgreSQL target needs psycopg: pip install 'colgen[postgres]'") from None
    return psycopg


def connect(url: str) -> psycopg.Connection[Any]:
    """A connection that commits each statement and speaks UTF-8. RequestError for a URL that is none, TargetError where nobody answers."""
    psycopg = driver()
    parameters = _parsed(url)
    session = {"autocommit": True, "connect_timeout": 15, "application_name": "colgen", "client_encoding": "UTF8"}
    try:
        connection = psycopg.connect(url, **session)
        connection.execute(
            """SELECT pg_catalog.set_config(name, value, false)
            FROM pg_catalog.json_each_text(%s::json) AS wanted (name, value) JOIN pg_catalog.pg_settings AS known USING (name)""",
            (json.dumps(_SETTINGS),),
        )
    except (psycopg.Error, OSError, ValueError) as error:
        words = one_line(error)
        for secret in (value for key, value in parameters.items() if "password" in key and value):
            words = words.replace(secret, "***")
        raise TargetError(f"no connection to PostgreSQL: {words}") from None
    return connection


def _parsed(url: str) -> dict[str, str]:
    """What libpq reads in a URL. RequestError where that cannot be what was meant, or it reads nothing: its own words would quote the URL."""
    psycopg = driver()
    unreadable = RequestError(
        "the PostgreSQL URL cannot be read; write postgresql://user:password@host:5432/database, "
        "with @ : / ? # % and a space in the user or the password as %40 %3A %2F %3F %23 %25 %20"
    )
    scheme, _, rest = url.partition("://")
    authority, _, path = rest.partition("/")
    if scheme.lower() in ("postgresql", "postgres") and (authority.count("@") > 1 or "@" in path.partition("?")[0]):
        raise unreadable
    try:
        parameters = {key: str(value) for key, value in psycopg.conninfo.conninfo_to_dict(url).items()}
    except (psycopg.Error, ValueError):
        raise unreadable from None
    if not re.fullmatch(r"[0-9]{0,5}(,[0-9]{0,5})*", parameters.get("port", "")):  # of a password with a / in it, for one
        raise unreadable
    return parameters


def statement(text: str, *parts: str | Composable) -> Composed:
    """A statement with something for each of its braces: a text is an identifier, quoted; anything else is SQL already."""
    from psycopg.sql import SQL, Identifier

    return SQL(text).format(*(Identifier(part) if isinstance(part, str) else part for part in parts))


def single(connection: psycopg.Connection[Any], sql: Any, *values: Any) -> Any:
    """The single value that a query gives; None where it gives no row."""
    row = connection.execute(sql, values or None).fetchone()  # without values, a % in a name is a %
    return row[0] if row is not None else None
