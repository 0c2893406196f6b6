"""A build into PostgreSQL holds one connection for itself and at most one for each worker, whatever it is doing; none when it is over."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from colgen.errors import ColgenError
from colgen.targets.postgres.connections import Connections
from tests.support import first_of, process, thorough
from tests.targets.postgres_schemas import build

psycopg = pytest.importorskip("psycopg", reason="a PostgreSQL target needs psycopg: pip install 'colgen[postgres]'")


def connected(database: Any) -> int:
    """How many connections of colgen's the server has; its own parallel workers, which are called like them, do not count."""
    sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'colgen' AND backend_type = 'client backend'"
    return database.execute(sql).fetchone()[0]


def assert_none_is_left(database: Any) -> None:
    for _ in range(200):  # the server takes a moment to see that one is gone
        if not connected(database):
            return
        time.sleep(0.01)
    pytest.fail(f"{connected(database)} connections are left")


@contextmanager
def watched(server: str) -> Iterator[list[int]]:
    """How many connections there were, seen every few milliseconds."""
    counts: list[int] = []
    over = threading.Event()

    def watch() -> None:
        with psycopg.connect(server, autocommit=True, application_name="watcher") as connection:
            while not over.wait(0.002):
                counts.append(connected(connection))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield counts
    finally:
        over.set()
        watcher.join()


@pytest.mark.parametrize(("threads", "append"), first_of([(3, False), (1, False), (3, True), (1, True)]))
def test_there_are_never_more_than_workers_and_one(
    server: str, database: Any, schema: str, threads: int, append: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 5_000)
    if append:
        build(server, schema, tables=["customers", "products", "invoices"])
    with watched(server) as counts:
        build(server, schema, tables=["customers", "products", "invoices"], threads=threads, check=True, append=append)
    assert max(counts) <= threads + 1
    assert threads == 1 or max(counts) > 2, "workers had connections of their own"
    assert_none_is_left(database)


@thorough
def test_there_are_never_more_where_workers_are_processes(server: str, database: Any, schema: str) -> None:
    arguments = ("build", "--volume", "large", "--scale", "40", "--threads", "2", "--out", server, "--schema", schema, "--quiet")
    with watched(server) as counts:
        result = process(*arguments)
    assert result.returncode == 0, result.stderr
    assert max(counts) <= 3
    assert_none_is_left(database)


def test_none_is_left_after_an_error(server: str, database: Any, schema: str) -> None:
    def fail(event: object) -> None:
        raise ColgenError("not now")

    with pytest.raises(ColgenError, match="not now"):
        build(server, schema, progress=fail, threads=3)
    assert_none_is_left(database)


def test_they_are_used_again_and_opened_only_when_needed(server: str, database: Any) -> None:
    connections = Connections(server)
    assert connected(database) == 0
    with connections.borrow() as first, connections.borrow() as second:
        assert first is not second
        assert connected(database) == 2
    with connections.borrow() as again:
        assert again in (first, second)
    assert connected(database) == 2
    connections.close()
    assert_none_is_left(database)


def test_one_that_failed_is_not_lent_again(server: str, database: Any) -> None:
    connections = Connections(server)
    with pytest.raises(psycopg.Error), connections.borrow() as broken:
        broken.execute("SELECT 1 / 0")
    with connections.borrow() as other:
        assert other is not broken
    connections.close()
    assert_none_is_left(database)


def test_a_fork_leaves_those_of_its_parent_alone(server: str, database: Any) -> None:
    connections = Connections(server)
    with connections.borrow() as mine:
        number = mine.info.backend_pid
    child = os.fork()
    if child == 0:
        try:
            with connections.borrow() as own:
                other = own.info.backend_pid != number and own.execute("SELECT 7").fetchone() == (7,)
            connections.close()
            os._exit(0 if other else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    with connections.borrow() as again:
        assert again is mine
        assert again.execute("SELECT 7").fetchone() == (7,)
    connections.close()
    assert_none_is_left(database)
