"""Texts are the same in the database whatever encoding the client's environment names; what the database cannot hold is refused in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from colgen.errors import TargetError
from tests.support import first_of, refused
from tests.targets.postgres_schemas import build, tables

psycopg = pytest.importorskip("psycopg", reason="a PostgreSQL target needs psycopg: pip install 'colgen[postgres]'")


@pytest.fixture
def encoded(server: str, database: Any, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database of another encoding, the test's parameter."""
    name = f"encoded_{request.param.lower()}"
    database.execute(f"DROP DATABASE IF EXISTS {name}")
    database.execute(f"CREATE DATABASE {name} ENCODING '{request.param}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    yield psycopg.conninfo.make_conninfo(server, dbname=name)
    database.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("encoding", first_of(["WIN1251", "LATIN1", "SJIS"]))
def test_the_environments_encoding_changes_nothing(
    server: str, database: Any, schema: str, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", encoding)
    build(server, schema, "erp", last_day="2024-01-05", tables=["products"], check=True)
    names = [name for (name,) in database.execute(f"SELECT name_arabic FROM {schema}.products").fetchall()]
    assert all(re.search("[ء-ي]", name) for name in names)


@pytest.mark.parametrize("encoded", first_of(["WIN1252", "LATIN1", "EUC_JP"]), indirect=True)
def test_what_the_database_cannot_hold_is_refused_in_words(encoded: str, schema: str) -> None:
    with refused("cannot hold all of the text", "name_arabic", "ENCODING 'UTF8'", error=TargetError):
        build(encoded, schema, "erp", last_day="2024-01-05", tables=["products"])
    with psycopg.connect(encoded) as connection:
        assert connection.execute("SELECT count(*) FROM pg_namespace WHERE nspname LIKE '%test%'").fetchone() == (0,)


@pytest.mark.parametrize("encoded", first_of(["SQL_ASCII", "WIN1252"]), indirect=True)
def test_what_it_can_hold_is_proved_on_what_it_gives_back(encoded: str, schema: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "WIN1251")
    build(encoded, schema, tables=["customers"], check=True)
    monkeypatch.delenv("PGCLIENTENCODING")
    with psycopg.connect(encoded, client_encoding="UTF8") as connection:
        assert tables(connection, schema)["customers"] == 25


def test_the_settings_of_a_role_change_nothing(server: str, database: Any, schema: str) -> None:
    settings = {"DateStyle": "'German'", "search_path": "public", "statement_timeout": "'5s'", "TimeZone": "'Asia/Tokyo'"}
    try:
        for name, value in settings.items():
            database.execute(f"ALTER ROLE CURRENT_USER SET {name} = {value}")
        build(server, schema, tables=["invoices"], check=True)  # which has days, moments and money
        database.execute("ALTER ROLE CURRENT_USER RESET ALL")
        build(server, schema, tables=["invoices"], check=True, overwrite=True)
    finally:
        database.execute("ALTER ROLE CURRENT_USER RESET ALL")
