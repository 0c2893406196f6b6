"""Of a folder, what a build's manifest lists is removed, and nothing else: no link is followed, and nothing is deleted that was changed since."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import sleep
from unittest import mock

import pytest

import colgen
from colgen.targets.folder import removal, staging
from tests.audit.verifying import flip
from tests.support import ROOT, files_in, mounted, part_of, whole, without_privileges
from tests.support import colgen as command
from tests.targets.staged import snapshot

CONFIRM = ("--confirm", "DELETE_ALL_MOCK_DATA")
PART = "the first part of customers"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    colgen.build(out=tmp_path / "place" / "data", tables=["customers", "products"])
    return tmp_path / "place" / "data"


def file_of(built: Path, name: str) -> Path:
    return part_of(built, "customers") if name == PART else built / name


def refused(folder: Path, words: str, code: int = 3) -> None:
    before = snapshot(folder.parent)
    done = command("cleanup", folder, *CONFIRM)
    assert (done.returncode, words in done.stderr) == (code, True), done.stderr
    assert snapshot(folder.parent) == before


class TestLinks:
    def test_a_folder_of_a_table_that_is_a_link_is_refused(self, built: Path) -> None:
        (built / "customers").rename(built.parent / "elsewhere")
        (built / "customers").symlink_to(built.parent / "elsewhere")
        refused(built, "customers' is a link now")

    @pytest.mark.parametrize("file", [PART, "load.sql", "manifest.json"])
    def test_a_file_that_is_a_link_is_refused(self, built: Path, file: str) -> None:
        path = file_of(built, file)
        path.rename(built.parent / "elsewhere")
        path.symlink_to(built.parent / "elsewhere")
        refused(built, f"{path.name}' is a link now")

    def test_through_a_link_to_the_folder_its_files_are_removed(self, built: Path) -> None:
        (built / "notes.txt").write_text("mine")
        link = built.parent / "link"
        link.symlink_to(built)
        done = command("cleanup", link, *CONFIRM)
        assert (done.returncode, snapshot(built)) == (0, {"notes.txt": b"mine"})
        assert link.is_symlink()
        assert sorted(os.listdir(built.parent)) == ["data", "link"]

    def test_a_folder_where_a_part_was_is_refused(self, built: Path) -> None:
        part = part_of(built, "customers")
        part.unlink()
        part.mkdir()
        refused(built, "is not a file any more")


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"mine")


def flip_as_old(path: Path) -> None:
    flip(path)
    os.utime(path, (0, 0))


class TestWhatHasChanged:
    @pytest.mark.parametrize(("file", "change"), [(PART, append), (PART, flip), (PART, flip_as_old), ("load.sql", append)])
    def test_it_is_refused_by_cleanup_and_overwrite(self, built: Path, file: str, change: Callable[[Path], None]) -> None:
        sleep(0.02)  # a file system's clock ticks some hundred times a second
        path = file_of(built, file)
        change(path)
        refused(built, f"{path.name}' has changed since it was written")
        before = snapshot(built.parent)
        done = command("build", "--out", built, "--overwrite", "--tables", "customers")
        assert (done.returncode, "move it away or delete it, and try again" in done.stderr) == (3, True)
        assert snapshot(built.parent) == before
        path.unlink()
        assert command("build", "--out", built, "--overwrite", "--tables", "customers").returncode == 0
        whole(built)

    def test_what_changes_while_a_build_is_under_way_is_kept(self, built: Path) -> None:
        with staging.hold(built) as held:
            held.open(True)
            append(part_of(built, "customers"))
            with pytest.raises(colgen.TargetError, match="has changed"):
                held.publish()
        assert part_of(built, "customers").read_bytes().endswith(b"mine")
        assert os.listdir(built.parent) == ["data"]

    def test_a_copy_is_a_build_like_the_first(self, built: Path) -> None:
        for copy, name in ((shutil.copy2, "exact"), (shutil.copy, "younger")):
            folder = Path(shutil.copytree(built, built.parent / name, copy_function=copy))
            colgen.build(out=folder, tables=["customers"], overwrite=True)
            assert command("cleanup", folder, *CONFIRM).returncode == 0
            assert not folder.exists()


class TestInTheWay:
    def test_a_build_under_way(self, built: Path) -> None:
        with staging.hold(built):
            refused(built, "is under way")

    def test_it_is_no_obstacle_that_part_of_it_is_gone(self, built: Path) -> None:
        shutil.rmtree(built / "customers")
        (built / "customers").write_text("mine")
        (built / "load.sql").unlink()
        assert command("cleanup", built, *CONFIRM).returncode == 0
        assert snapshot(built) == {"customers": b"mine"}

    def test_what_a_killed_build_has_left_to_resume_stays(self, built: Path) -> None:
        side = built.parent / ".data.colgen"
        (side / "new").mkdir(parents=True, mode=0o700)
        side.chmod(0o700)
        (side / "new" / "part").write_text("half")
        (side / "colgen.lock").touch()
        assert command("cleanup", built, *CONFIRM).returncode == 0
        assert files_in(built.parent) == {".data.colgen/new/part": b"half"}

    def test_a_disk_that_is_read_only(self, tmp_path: Path) -> None:
        with mounted(tmp_path / "disk", "size=2m") as disk:
            colgen.build(out=disk / "data", tables=["customers"])
            subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
            done = command("cleanup", disk / "data", *CONFIRM)
        assert (done.returncode, "read-only file system" in done.stderr) == (3, True)

    def test_a_folder_that_may_not_be_written_to(self, built: Path) -> None:
        (built / "products").chmod(0o500)
        line = [*without_privileges(), sys.executable, "-m", "colgen", "cleanup", str(built), *CONFIRM]
        done = subprocess.run(line, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
        assert done.returncode == 1, done.stderr
        assert "'part-00000-" in done.stderr
        assert "cannot be removed: permission denied; 1 of 4 files are gone, the others and the manifest are left" in done.stderr
        (built / "products").chmod(0o700)
        assert command("cleanup", built, *CONFIRM).returncode == 0
        assert os.listdir(built.parent) == []

    def test_where_the_first_file_cannot_be_removed_nothing_was(self, built: Path) -> None:
        with mock.patch.object(removal, "_unlinked", side_effect=PermissionError(1, "not permitted", "part-00000.parquet")):
            refused(built, "operation not permitted; nothing was removed")
