"""What colgen made at a target is listed, and removed once that was confirmed; nothing else is."""

from __future__ import annotations

import colgen
from tests.support import colgen as command
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
