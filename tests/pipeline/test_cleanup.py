"""What colgen made at a target is listed, and removed once that was confirmed; nothing else is."""

from __future__ import annotations

import duckdb
import pytest

import colgen
from colgen.targets.postgres.schema import hold
from tests.support import colgen as command
from tests.support import part_of
from tests.targets.postgres_schemas import tables


def test_cleaning_up_lists_first_and_needs_a_confirmation(server, database, schema):
    command("build", "--volume", "small", "--out", server, "--schema", schema)
    listed = command("cleanup", server, "--schema", schema)
    assert listed.returncode == 0
    assert f"{schema}.customers" in listed.stdout.split()
    assert "DELETE_ALL_MOCK_DATA" in listed.stderr
    assert tables(database, schema)
    assert command("cleanup", server, "--schema", schema, "--confirm", "yes").returncode == 2
    assert tables(database, schema)
    done = command("cleanup", server, "--schema", schema, "--confirm", "DELETE_ALL_MOCK_DATA")
    assert done.returncode == 0
    assert tables(database, schema) == {}


@pytest.mark.parametrize(
    "environment", [{"NODE_ENV": "production"}, {"COLGEN_ENABLED": "false"}, {"COLGEN_DENY": "localhost,127.*,test_*"}], ids=str
)
def test_it_is_guarded_as_a_build_is(server, database, schema, environment):
    colgen.build(out=server, schema=schema, tables=["customers"])
    refused = command("cleanup", server, "--schema", schema, "--confirm", "DELETE_ALL_MOCK_DATA", env=environment)
    assert (refused.returncode, "refusing to remove anything from" in refused.stderr) == (3, True)
    assert tables(database, schema)


def test_a_schema_is_free_again_at_once(server, schema):
    for _ in range(20):
        with hold(server, schema):
            pass


def test_cleaning_up_a_folder_leaves_the_users_files(tmp_path):
    colgen.build("invoicing", volume="small", out=tmp_path / "data")
    (tmp_path / "data" / "mine.txt").write_text("mine")
    done = command("cleanup", str(tmp_path / "data"), "--confirm", "DELETE_ALL_MOCK_DATA")
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (tmp_path / "data").rglob("*")] == ["mine.txt"]


def test_cleaning_up_a_folder_that_is_all_colgens_removes_it(tmp_path):
    colgen.build("invoicing", volume="small", out=tmp_path / "data")
    command("cleanup", str(tmp_path / "data"), "--confirm", "DELETE_ALL_MOCK_DATA")
    assert not (tmp_path / "data").exists()


def test_where_there_is_nothing_of_colgens_nothing_is_removed(tmp_path, server, schema):
    (tmp_path / "mine.txt").write_text("mine")
    assert command("cleanup", str(tmp_path), "--confirm", "DELETE_ALL_MOCK_DATA").returncode == 2
    assert command("cleanup", server, "--schema", schema, "--confirm", "DELETE_ALL_MOCK_DATA").returncode == 2
    assert (tmp_path / "mine.txt").exists()


def test_without_a_schema_what_is_in_all_of_them_is_listed_and_nothing_is_removed(server, database, schema):
    other = f"{schema}_other"
    try:
        for name in (schema, other):
            colgen.build(out=server, schema=name, tables=["customers", "customer_types"])
        database.execute(f"CREATE TABLE {other}.mine (id int)")
        for confirm in ((), ("--confirm", "DELETE_ALL_MOCK_DATA")):
            listed = command("cleanup", server, *confirm)
            ours = {line for line in listed.stdout.split() if line.partition(".")[0] in (schema, other)}
            assert ours == {f"{name}.{table}" for name in (schema, other) for table in ("customers", "customer_types", "colgen_manifest")}
            assert "nothing was removed" in listed.stderr
            assert "--schema" in listed.stderr
            assert listed.returncode == (2 if confirm else 0)
        assert tables(database, schema)["customers"] == tables(database, other)["customers"] == 25
    finally:
        database.execute(f"DROP SCHEMA IF EXISTS {other} CASCADE")


def test_where_nothing_is_colgens_it_is_said(tmp_path):
    result = command("cleanup", tmp_path / "shop.duckdb")
    assert (result.returncode, "there is no file" in result.stderr) == (2, True)
    duckdb.connect(tmp_path / "shop.duckdb").close()
    result = command("cleanup", tmp_path / "shop.duckdb")
    assert (result.returncode, "holds nothing that colgen made" in result.stderr) == (2, True)


def test_a_file_that_is_gone_already_is_not_counted(tmp_path):
    colgen.build(out=tmp_path / "data", tables=["customers"])
    part_of(tmp_path / "data", "customers").unlink()
    result = command("cleanup", tmp_path / "data", "--confirm", "DELETE_ALL_MOCK_DATA")
    assert (result.returncode, "removed 2 files of" in result.stderr) == (0, True)
    assert not (tmp_path / "data").exists()
