"""Where a build goes, from the command line: databases behind the guard, and taking away what colgen made."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import colgen
from colgen.errors import RequestError
from colgen.targets.destination import DUCKDB, FOLDER, POSTGRESQL, place, schema_of
from tests.support import colgen as command
from tests.test_postgres_target import tables


@pytest.mark.parametrize(
    ("out", "kind", "path"),
    [
        ("data", FOLDER, "data"),
        ("./shop.duckdb/", FOLDER, "shop.duckdb"),
        ("shop.duckdb", DUCKDB, "shop.duckdb"),
        ("/tmp/shop.ddb", DUCKDB, "/tmp/shop.ddb"),
        ("duckdb:///shop.duckdb", DUCKDB, "shop.duckdb"),
        ("duckdb:////tmp/shop.db", DUCKDB, "/tmp/shop.db"),
    ],
)
def test_a_target_is_told_by_how_it_is_written(out, kind, path):
    assert (place(out).kind, place(out).path) == (kind, Path(path))


@pytest.mark.parametrize("url", ["postgresql://localhost/shop", "postgres://me:secret@host:5432/shop?sslmode=require"])
def test_a_postgresql_url_is_kept_whole_and_shown_without_its_password(url):
    assert place(url).kind == POSTGRESQL
    assert place(url).url == url
    assert "secret" not in str(place(url))


@pytest.mark.parametrize("out", ["mysql://localhost/x", "duckdb://", "s3://bucket/x"])
def test_another_kind_of_target_is_refused(out):
    with pytest.raises(RequestError, match="duckdb"):
        place(out)


def test_each_model_has_a_schema_of_its_own():
    from colgen.declare.find import find_model
    from colgen.declare.model import Model

    assert [schema_of(find_model(name)) for name in ("invoicing", "ecommerce", "erp")] == ["invoicing", "bronze", "mock_data"]
    assert schema_of(Model("My Shop!", tables=[], volumes={"small": {}})) == "my_shop"


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


@pytest.mark.parametrize(
    "arguments",
    [("--append",), ("--schema", "x"), ("--no-constraints",), ("--constraints",), ("--max-rows", "5")],
)
def test_what_only_a_database_knows_is_refused_for_files(tmp_path, arguments):
    done = run("build", "--volume", "small", "--out", str(tmp_path / "data"), *arguments)
    assert done.returncode == 2
    assert "means nothing for files" in done.stderr
    assert not (tmp_path / "data").exists()


def test_what_only_files_know_is_refused_for_a_database(server, schema):
    done = run("build", "--volume", "small", "--out", server, "--schema", schema, "--format", "csv")
    assert done.returncode == 2
    assert "means nothing for a database" in done.stderr


def test_overwriting_and_appending_at_once_is_refused(server, schema):
    done = run("build", "--volume", "small", "--out", server, "--schema", schema, "--overwrite", "--append")
    assert done.returncode == 2


def test_the_library_builds_into_a_database_too(server, database, schema, monkeypatch):
    monkeypatch.delenv("COLGEN_ENV", raising=False)
    summary = colgen.build("invoicing", volume="small", out=server, schema=schema)
    assert summary.rows["customers"] == tables(database, schema)["customers"]


# Cleaning up


def test_cleaning_up_lists_first_and_wants_a_confirmation(server, database, schema):
    run("build", "--volume", "small", "--out", server, "--schema", schema)
    listed = run("cleanup", server, "--schema", schema)
    assert listed.returncode == 2
    assert f"{schema}.customers" in listed.stdout.split()
    assert "DELETE_ALL_MOCK_DATA" in listed.stderr
    assert tables(database, schema)
    done = run("cleanup", server, "--schema", schema, "--confirm", "DELETE_ALL_MOCK_DATA")
    assert done.returncode == 0
    assert tables(database, schema) == {}


def test_cleaning_up_a_folder_leaves_the_users_files(tmp_path):
    colgen.build("invoicing", volume="small", out=tmp_path / "data")
    (tmp_path / "data" / "mine.txt").write_text("mine")
    done = run("cleanup", str(tmp_path / "data"), "--confirm", "DELETE_ALL_MOCK_DATA")
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (tmp_path / "data").rglob("*")] == ["mine.txt"]


def test_cleaning_up_a_folder_that_is_all_colgens_removes_it(tmp_path):
    colgen.build("invoicing", volume="small", out=tmp_path / "data")
    run("cleanup", str(tmp_path / "data"), "--confirm", "DELETE_ALL_MOCK_DATA")
    assert not (tmp_path / "data").exists()


def test_where_there_is_nothing_of_colgens_nothing_is_removed(tmp_path, server, schema):
    (tmp_path / "mine.txt").write_text("mine")
    assert run("cleanup", str(tmp_path), "--confirm", "DELETE_ALL_MOCK_DATA").returncode == 2
    assert run("cleanup", server, "--schema", schema, "--confirm", "DELETE_ALL_MOCK_DATA").returncode == 2
    assert (tmp_path / "mine.txt").exists()
