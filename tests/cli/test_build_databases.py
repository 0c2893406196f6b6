"""The command line builds into databases, behind the guard."""

from __future__ import annotations

import os

import pytest

import colgen
from tests.support import colgen as command
from tests.targets.postgres_schemas import tables


def run(*arguments: str, **environment: str):
    clean = {name: "" for name in ("APP_ENV", "NODE_ENV", "ENVIRONMENT", "COLGEN_ENV", "DATABASE_URL") if name in os.environ}
    return command(*arguments, env={**clean, **environment})


def test_a_build_goes_into_postgresql(server, database, schema):
    done = run("build", "--volume", "small", "--out", server, "--schema", schema)
    assert done.returncode == 0, done.stderr
    assert "8 tables" in done.stderr
    assert tables(database, schema)["customers"] == 25


@pytest.mark.parametrize(
    ("options", "environment", "why"),
    [
        ((), {"APP_ENV": "production"}, "APP_ENV=production"),
        ((), {"COLGEN_ENABLED": "false"}, "COLGEN_ENABLED"),
        (("--max-rows", "10"), {}, "--max-rows"),
        ((), {"COLGEN_MAX_ROWS": "10"}, "row limit"),
        ((), {"COLGEN_DENY": "test_*"}, "test_"),
    ],
    ids=["production", "switched off", "rows", "rows by the environment", "denied"],
)
def test_the_guard_stands_before_a_database(server, database, schema, options, environment, why):
    done = run("build", "--volume", "small", "--out", server, "--schema", schema, *options, **environment)
    assert done.returncode == 3, done.stderr
    assert why in done.stderr
    assert "to allow it" in done.stderr
    assert tables(database, schema) == {}


def test_tables_of_the_user_are_never_written_over(server, database, schema):
    database.execute(f"CREATE SCHEMA {schema}; CREATE TABLE {schema}.customers (mine int); INSERT INTO {schema}.customers VALUES (1)")
    done = run("build", "--volume", "small", "--out", server, "--schema", schema, "--overwrite")
    assert done.returncode == 3, done.stderr
    assert "customers" in done.stderr
    assert tables(database, schema) == {"customers": 1}


def test_appending_tells_how_many_rows_were_new(server, database, schema):
    run("build", "--volume", "small", "--out", server, "--schema", schema)
    done = run("build", "--volume", "small", "--out", server, "--schema", schema, "--append")
    assert done.returncode == 0, done.stderr
    assert "0 of" in done.stderr
    assert "were new" in done.stderr


def test_the_library_builds_into_a_database_too(server, database, schema, monkeypatch):
    monkeypatch.delenv("COLGEN_ENV", raising=False)
    summary = colgen.build("invoicing", volume="small", out=server, schema=schema)
    assert summary.rows["customers"] == tables(database, schema)["customers"]
