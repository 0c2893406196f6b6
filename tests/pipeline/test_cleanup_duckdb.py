"""What colgen made in a DuckDB file is listed and removed, and the file with it if it is colgen's; where that cannot be done, it is said why."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

import colgen
from tests.support import colgen as command
from tests.support import first_of, mounted, thorough, without_privileges

CONFIRMED = ("--confirm", "DELETE_ALL_MOCK_DATA")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DuckDB file that colgen made, with one table in the schema `invoicing`."""
    file = tmp_path_factory.mktemp("made") / "shop.duckdb"
    colgen.build(out=file, tables=["customers"])
    return file


@pytest.fixture
def shop(made: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copyfile(made, tmp_path / "shop.duckdb"))


@thorough
def test_each_schema_is_listed_and_removed_and_the_file_goes_with_the_last(tmp_path: Path) -> None:
    file = tmp_path / "shop.duckdb"
    for name in ("one", "two"):
        colgen.build(out=file, schema=name, tables=["customers"])
    listed = command("cleanup", file)
    assert listed.stdout.split() == ["one.colgen_manifest", "one.customers", "two.colgen_manifest", "two.customers"]
    assert "--schema" in listed.stderr
    for name, left in (("one", ["shop.duckdb"]), ("two", [])):
        removed = command("cleanup", file, "--schema", name, *CONFIRMED)
        assert (removed.returncode, os.listdir(tmp_path)) == (0, left)
        assert removed.stderr.startswith("removed 2 tables of ")


@pytest.mark.parametrize(
    "environment",
    [{"APP_ENV": "production"}, {"COLGEN_ENABLED": "false"}, {"COLGEN_DENY": "shop*"}, {"COLGEN_DENY": "invoicing"}],
    ids=str,
)
def test_it_is_guarded_as_a_build_is(shop: Path, environment: dict[str, str]) -> None:
    before = shop.read_bytes()
    refused = command("cleanup", shop, "--schema", "invoicing", *CONFIRMED, env=environment)
    assert (refused.returncode, "refusing to remove anything from schema 'invoicing'" in refused.stderr) == (3, True)
    assert "to allow it, " in refused.stderr
    assert shop.read_bytes() == before
    assert command("cleanup", shop, "--schema", "invoicing", env=environment).returncode == 0  # it may be looked at


def test_it_is_guarded_by_the_patterns_of_the_configuration(shop: Path) -> None:
    (shop.parent / "colgen.toml").write_text('deny = ["invoi*"]\n')
    refused = command("cleanup", shop, "--schema", "invoicing", *CONFIRMED, cwd=shop.parent)
    assert (refused.returncode, "'invoi*'" in refused.stderr) == (3, True)
    assert shop.exists()


def test_what_is_about_the_size_of_a_build_does_not_guard_it(shop: Path) -> None:
    assert command("cleanup", shop, "--schema", "invoicing", *CONFIRMED, env={"COLGEN_MAX_ROWS": "1"}).returncode == 0
    assert not shop.exists()


def test_a_file_with_something_of_the_users_stays(shop: Path) -> None:
    with duckdb.connect(shop) as connection:
        connection.execute("CREATE MACRO net(x) AS x / 1.19; CREATE VIEW invoicing.late AS SELECT 1 AS id")
    assert command("cleanup", shop, "--schema", "invoicing", *CONFIRMED).returncode == 0
    with duckdb.connect(shop) as connection:
        assert connection.execute("SELECT net(1.19), id FROM invoicing.late").fetchall() == [(1, 1)]
    assert "holds nothing that colgen made" in command("cleanup", shop).stderr


def test_a_file_whose_tables_the_user_has_changed(shop: Path) -> None:
    with duckdb.connect(shop) as connection:
        connection.execute("ALTER TABLE invoicing.customers ADD COLUMN note VARCHAR DEFAULT 'mine'")
    assert command("cleanup", shop, "--schema", "invoicing").stdout.split() == ["invoicing.colgen_manifest"]
    assert command("cleanup", shop, "--schema", "invoicing", *CONFIRMED).returncode == 0
    with duckdb.connect(shop) as connection:
        assert connection.execute("SELECT DISTINCT note FROM invoicing.customers").fetchall() == [("mine",)]


@pytest.mark.parametrize("schema", [(), ("--schema", "invoicing"), ("--schema", "invoicing", *CONFIRMED)], ids=str)
def test_where_there_is_no_file(tmp_path: Path, schema: tuple[str, ...]) -> None:
    (tmp_path / "circle.duckdb").symlink_to(tmp_path / "circle.duckdb")
    (tmp_path / "dangling.duckdb").symlink_to(tmp_path / "nowhere" / "shop.duckdb")
    (tmp_path / "folder.duckdb").mkdir()
    for name in ("circle.duckdb", "dangling.duckdb", "folder.duckdb", "none.duckdb", "nowhere/shop.duckdb"):
        result = command("cleanup", tmp_path / name, *schema)
        assert (result.returncode, "there is no file" in result.stderr) == (2, True)
    assert sorted(os.listdir(tmp_path)) == ["circle.duckdb", "dangling.duckdb", "folder.duckdb"]


def test_behind_a_link_the_file_is_removed_and_the_link_stays(shop: Path) -> None:
    link = shop.with_name("link.duckdb")
    link.symlink_to(shop)
    assert command("cleanup", link, "--schema", "invoicing", *CONFIRMED).returncode == 0
    assert link.is_symlink()
    assert not shop.exists()
    colgen.build(out=link, tables=["customers"])
    assert shop.exists()


@thorough
def test_a_file_that_another_process_holds(shop: Path) -> None:
    script = f"import duckdb; held = duckdb.connect({str(shop)!r}); print('held', flush=True); input()"
    other = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        for more in ((), ("--schema", "invoicing"), ("--schema", "invoicing", *CONFIRMED)):
            result = command("cleanup", shop, *more)
            assert result.returncode in (2, 3)
            assert f"(process {other.pid}); close it there" in result.stderr
    finally:
        other.kill()
        other.communicate()
    assert command("cleanup", shop, "--schema", "invoicing", *CONFIRMED).returncode == 0


def test_a_disk_that_is_read_only(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "size=30m") as disk:
        colgen.build(out=disk / "shop.duckdb", tables=["customers"])
        if subprocess.run(["mount", "-o", "remount,ro", str(disk)]).returncode:
            pytest.skip("remounting is not permitted here")
        result = command("cleanup", disk / "shop.duckdb", "--schema", "invoicing", *CONFIRMED)
        assert (result.returncode, "cannot be written: read-only file system" in result.stderr) == (3, True)


@thorough
def test_a_disk_that_is_full(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "size=3m") as disk:
        colgen.build(out=disk / "shop.duckdb", tables=["customers"])
        with (disk / "rest").open("wb") as rest:
            try:
                while True:
                    rest.write(bytes(1 << 16))
                    rest.flush()
            except OSError:
                pass
        result = command("cleanup", disk / "shop.duckdb", "--schema", "invoicing", *CONFIRMED)
        assert (result.returncode, "could not be changed: " in result.stderr) == (3, True)
        (disk / "rest").unlink()
        assert command("cleanup", disk / "shop.duckdb", "--schema", "invoicing", *CONFIRMED).returncode == 0
        assert os.listdir(disk) == []


@thorough
@pytest.mark.parametrize(("what", "mode"), first_of([("file", 0o444), ("folder", 0o555)]))
def test_what_may_not_be_written(shop: Path, what: str, mode: int) -> None:
    (shop.parent if what == "folder" else shop).chmod(mode)
    script = [*without_privileges(), sys.executable, "-m", "colgen", "cleanup", str(shop), "--schema", "invoicing", *CONFIRMED]
    result = subprocess.run(script, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(Path(colgen.__file__).parents[1])})
    shop.parent.chmod(0o755)
    assert result.returncode == 3
    assert "ermission denied" in result.stderr
    assert "Traceback" not in result.stderr
    assert shop.exists()
