"""A build into PostgreSQL that is killed leaves the old build whole, and the next one clears what is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from colgen.targets.destination import MANIFEST
from colgen.targets.postgres.schema import staging_name
from tests.support import KILLS, ROOT, thorough
from tests.targets.postgres_schemas import build, tables

psycopg = pytest.importorskip("psycopg", reason="a PostgreSQL target needs psycopg: pip install 'colgen[postgres]'")


SCRIPT = """
import sys
from colgen.targets.postgres.target import PostgresTarget
from tests.targets.postgres_schemas import build
step, options = sys.argv[3], eval(sys.argv[4])
method = getattr(PostgresTarget, step)
def announced(self, *arguments):
    print("now", flush=True)
    return method(self, *arguments)
setattr(PostgresTarget, step, announced)
build(sys.argv[1], sys.argv[2], **options)
"""

WHILE_IT_WRITES = {"model": "erp", "volume": "medium", "settings": {"orders_per_day": 200}, "seed": 1, "overwrite": True}
SOON_WRITING = {"volume": "large", "scale": 20, "seed": 1, "overwrite": True}
"""A request that needs little counting before its first row is written."""
SOME = ["customer_types", "customers"]


def run_and_kill(server: str, schema: str, after: float, step: str = "stage", options: dict[str, Any] = WHILE_IT_WRITES) -> int:
    """A build in a process of its own, killed some seconds after it came to a step; how it ended."""
    command = [sys.executable, "-c", SCRIPT, server, schema, step, repr(options)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert process.stdout is not None
    assert process.stdout.readline() == b"now\n"
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    return process.wait()


def wait_until_the_server_has_noticed(database: Any) -> None:
    for _ in range(200):
        if not database.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'colgen'").fetchone()[0]:
            return
        time.sleep(0.05)
    pytest.fail("connections of a killed process stay open")


@thorough
def test_a_build_killed_while_it_writes_leaves_the_old_one_and_the_next_clears_up(server: str, database: Any, schema: str) -> None:
    build(server, schema, tables=SOME)
    before = tables(database, schema)
    assert run_and_kill(server, schema, 0.3, "job", SOON_WRITING) == -signal.SIGKILL
    wait_until_the_server_has_noticed(database)
    assert tables(database, schema) == before
    assert tables(database, staging_name(schema)) != {}
    summary = build(server, schema, tables=["products"], overwrite=True)
    assert tables(database, schema).keys() == {*summary.rows, MANIFEST}
    assert tables(database, staging_name(schema)) == {}


@thorough
@pytest.mark.parametrize("option", ["overwrite", "append"])
def test_a_build_killed_while_it_waits_for_a_reader_leaves_the_old_one(server: str, database: Any, schema: str, option: str) -> None:
    build(server, schema, tables=SOME)
    before = tables(database, schema)
    with psycopg.connect(server, application_name="dashboard") as reader:
        reader.execute(f"LOCK TABLE {schema}.customers IN ROW EXCLUSIVE MODE")
        step = "publish" if option == "overwrite" else "load"
        assert run_and_kill(server, schema, 0.5, step, {"tables": SOME, option: True}) == -signal.SIGKILL
    wait_until_the_server_has_noticed(database)
    assert tables(database, schema) == before
    assert tables(database, staging_name(schema)) != {}
    build(server, schema, tables=SOME, overwrite=True)
    assert tables(database, staging_name(schema)) == {}


def test_a_schema_that_was_lent_for_staging_is_given_back_after_a_kill(server: str, database: Any, schema: str) -> None:
    staging = staging_name(schema)
    build(server, schema, tables=SOME)
    database.execute(f"CREATE SCHEMA {staging}; COMMENT ON SCHEMA {staging} IS 'lent'")
    assert run_and_kill(server, schema, 0.3, "job", SOON_WRITING) == -signal.SIGKILL
    wait_until_the_server_has_noticed(database)
    assert tables(database, staging) != {}
    build(server, schema, tables=SOME, overwrite=True)
    assert tables(database, staging) == {}
    assert database.execute("SELECT obj_description(%s::regnamespace, 'pg_namespace')", (staging,)).fetchone() == ("lent",)


@thorough
def test_a_build_killed_at_any_moment_leaves_the_old_one_whole(server: str, database: Any, schema: str) -> None:
    for number in range(KILLS):
        if "customers" not in tables(database, schema):
            build(server, schema, "invoicing", overwrite=True)
        before = tables(database, schema)
        run_and_kill(server, schema, 1.2 * number / KILLS)
        wait_until_the_server_has_noticed(database)
        after = tables(database, schema)
        assert after == before or "orders" in after, "half a build"
        if number % 3 == 2:
            summary = build(server, schema, "erp", overwrite=True)  # the next run clears what is left
            assert tables(database, schema).keys() == {*summary.rows, MANIFEST}
            assert tables(database, staging_name(schema)) == {}
