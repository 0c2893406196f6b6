"""A DuckDB file that must not, or cannot, be written is refused, and stays as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

import colgen
from colgen.errors import RequestError, TargetError
from colgen.targets import guard
from colgen.targets.database import Safeguards
from colgen.targets.duckdb.database import hold
from colgen.targets.finished import explained
from colgen.targets.folder import staging
from tests.support import first_of, thorough, without_privileges
from tests.targets.duckdb_files import build, digests, finish, start


def test_the_guard_is_asked_before_anything_is_written(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[guard.Attempt] = []
    enforce = guard.enforce
    monkeypatch.setattr(guard, "enforce", lambda attempt: (asked.append(attempt), enforce(attempt)))
    environment = {"APP_ENV": "production", "COLGEN_DENY": "sh*"}
    with pytest.raises(TargetError, match=r"(?s)for 4 reasons:.*APP_ENV=production.*switched off.*'sh\*'.*--max-rows"):
        build(file, guards=Safeguards(environment, enabled=False, max_rows=10))
    assert not file.parent.exists()
    monkeypatch.undo()
    (attempt,) = asked
    assert (attempt.kind, attempt.database, attempt.schema, attempt.schema_exists) == ("duckdb", str(file), "shop", False)
    assert (attempt.tables, attempt.ours, attempt.replaces) == ({}, {}, False)
    assert attempt.rows == sum(build(file).rows.values())


@thorough
def test_a_file_that_another_process_holds(file: Path) -> None:
    build(file)
    script = f"import duckdb; held = duckdb.connect({str(file)!r}); print('held', flush=True); input()"
    other = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(TargetError, match=rf"held by another process: .*python.* \(process {other.pid}\)"):
            build(file, overwrite=True)
        with pytest.raises(RequestError, match=f"process {other.pid}"):
            colgen.check(file)
    finally:
        other.kill()
        other.communicate()
    build(file, overwrite=True)


def test_a_file_that_this_process_has_open(file: Path) -> None:
    build(file)
    with duckdb.connect(file), pytest.raises(TargetError, match="open in this process"):
        build(file, overwrite=True)


def test_two_builds_at_once_into_one_file(file: Path) -> None:
    with hold(file, "shop"), pytest.raises(TargetError, match=r"another build .* is under way"), hold(file, "other"):
        pass


@pytest.mark.parametrize("content", [b"", b"mine", b"mine " * 10_000])
def test_a_file_that_is_no_database(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    with pytest.raises(TargetError, match="is not a DuckDB database") as raised:
        build(file, overwrite=True)
    assert raised.value.exit_code == 3
    assert file.read_bytes() == content
    assert os.listdir(file.parent) == ["sales.duckdb"]


def test_a_damaged_file_is_refused(file: Path) -> None:
    build(file)
    content = bytearray(file.read_bytes())
    content[12] ^= 255
    file.write_bytes(content)
    with pytest.raises(TargetError, match="DuckDB cannot open"):
        build(file, overwrite=True)
    assert file.read_bytes() == bytes(content)


def test_a_newer_storage_version_is_named() -> None:
    words = "Serialization Error: Trying to read a database file with version number 99, but we can only read versions between 64 and 67."
    assert "another version of DuckDB (storage version 99)" in explained(Exception(words), Path("a.duckdb"))


def test_a_folder_and_a_place_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="is a folder; name a file"):
        build(tmp_path)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(TargetError, match="cannot be written"):
        build(tmp_path / "file" / "shop.duckdb")
    with pytest.raises(TargetError, match="cannot be written"):
        build(Path("/dev/null/shop.duckdb"))
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    with pytest.raises(TargetError, match="cannot be written"):
        build(tmp_path / "circle")
    assert (tmp_path / "file").read_text() == "mine"


@thorough
@pytest.mark.parametrize("what", first_of(["folder", "file"]))
def test_what_may_not_be_written(file: Path, what: str) -> None:
    build(file, seed=1)
    before = digests(file)
    (file.parent if what == "folder" else file).chmod(0o555 if what == "folder" else 0o444)
    code, said = finish(start(file, before=without_privileges()))
    assert code == 3
    assert "cannot be written" in said or "Permission denied" in said
    file.parent.chmod(0o755)
    assert digests(file) == before
    assert os.listdir(file.parent) == ["sales.duckdb"]


def test_the_folder_beside_is_gone_whatever_is_in_it(tmp_path: Path) -> None:
    side = tmp_path / ".shop.duckdb.colgen"
    (side / "rows" / "customers").mkdir(parents=True)
    (side / "new.duckdb").write_text("half")
    (side / "colgen.lock").touch()
    (side / "new.duckdb.wal").write_text("half")
    with staging.beside(tmp_path / "shop.duckdb") as given:
        assert os.listdir(given) == ["colgen.lock"]
    assert os.listdir(tmp_path) == []
