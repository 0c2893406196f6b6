"""Options that mean nothing for a target are refused, in the words of whoever asks."""

from __future__ import annotations

import pytest

from tests.support import colgen as command


@pytest.mark.parametrize(
    "arguments",
    [("--append",), ("--schema", "x"), ("--no-constraints",), ("--constraints",), ("--max-rows", "5")],
)
def test_what_only_a_database_knows_is_refused_for_files(tmp_path, arguments):
    done = command("build", "--volume", "small", "--out", str(tmp_path / "data"), *arguments)
    assert done.returncode == 2
    assert "means nothing for files" in done.stderr
    assert not (tmp_path / "data").exists()


def test_what_only_files_know_is_refused_for_a_database(server, schema):
    done = command("build", "--volume", "small", "--out", server, "--schema", schema, "--format", "csv")
    assert done.returncode == 2
    assert "means nothing for a database" in done.stderr


def test_overwriting_and_appending_at_once_is_refused(server, schema):
    done = command("build", "--volume", "small", "--out", server, "--schema", schema, "--overwrite", "--append")
    assert done.returncode == 2
