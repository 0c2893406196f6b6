"""The folder beside a target is its builder's own: one that another user may have prepared is refused, and no link in it is followed."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import colgen
from colgen.errors import TargetError
from colgen.targets.folder import staging
from tests.support import ROOT, part_of, whole, without_privileges
from tests.targets.staged import publish_build, snapshot, staged, write_build


def refused(target: Path, words: str) -> None:
    before = snapshot(target.parent)
    with pytest.raises(TargetError, match=words) as raised:
        colgen.build(out=target, tables=["customers"])
    assert raised.value.exit_code == 3
    assert snapshot(target.parent) == before


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    (tmp_path / "victim").mkdir()
    (tmp_path / "victim" / "diary.txt").write_text("mine")
    return tmp_path / "victim"


def test_it_is_nobody_elses_while_a_build_is_under_way(target: Path, side: Path) -> None:
    with staged(target) as new:
        assert stat.S_IMODE(side.stat().st_mode) == 0o700
        assert stat.S_IMODE((side / "colgen.lock").stat().st_mode) == 0o600
        write_build(new, seed=1)


@pytest.mark.parametrize("name", ["old", "new", "gone", "exchange", "journal", "colgen.lock"])
def test_a_link_in_it_is_refused_and_not_followed(target: Path, side: Path, victim: Path, name: str) -> None:
    side.mkdir(0o700)
    (side / name).symlink_to(victim if name in ("old", "new", "gone") else victim / "made.txt")
    refused(target, f"'{name}' in it is not what colgen puts there|cannot be written")
    assert snapshot(victim) == {"diary.txt": b"mine"}


@pytest.mark.parametrize("name", ["colgen.lock", "journal", "exchange"])
def test_what_is_no_file_in_it_is_refused(target: Path, side: Path, name: str) -> None:
    side.mkdir(0o700)
    os.mkfifo(side / name)
    with pytest.raises(TargetError, match=f"'{name}' in it is not what colgen puts there"):
        colgen.build(out=target, tables=["customers"])


def test_a_link_in_its_place_is_refused(target: Path, side: Path, victim: Path) -> None:
    side.symlink_to(victim)
    refused(target, "it is not a folder; look at it, and move it away or delete it")
    assert snapshot(victim) == {"diary.txt": b"mine"}


def test_a_file_in_its_place_is_refused(target: Path, side: Path) -> None:
    side.write_text("mine")
    refused(target, "it is not a folder")


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777, 0o1777])
def test_one_that_others_may_write_to_is_refused(target: Path, side: Path, mode: int) -> None:
    side.mkdir()
    side.chmod(mode)
    refused(target, "others may write to it")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder that is another user's")
def test_one_of_another_user_is_refused(target: Path, side: Path) -> None:
    side.mkdir(0o700)
    os.chown(side, 12345, 12345)
    refused(target, "it belongs to another user")


def test_of_a_duckdb_file_too(tmp_path: Path, victim: Path) -> None:
    side = tmp_path / ".shop.duckdb.colgen"
    side.mkdir(0o700)
    (side / "rows").symlink_to(victim)
    with pytest.raises(TargetError, match="'rows' in it is not what colgen puts there"):
        colgen.build(out=tmp_path / "shop.duckdb", tables=["customers"])
    assert snapshot(victim) == {"diary.txt": b"mine"}


class TestPermissions:
    def test_a_new_folder_has_those_that_the_mask_leaves(self, target: Path) -> None:
        before = os.umask(0o027)
        try:
            publish_build(target, seed=1)
        finally:
            os.umask(before)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (target, target / "customers", target / "manifest.json")}
        assert modes == {"data": 0o750, "customers": 0o750, "manifest.json": 0o640}

    @pytest.mark.parametrize("filled", [False, True])
    def test_those_of_a_folder_that_is_there_stay(self, target: Path, filled: bool) -> None:
        target.mkdir()
        if filled:
            colgen.build(out=target, tables=["customers"])
        if os.geteuid() == 0:
            os.chown(target, 1000, 1000)
        target.chmod(0o2775)
        before = target.stat()
        colgen.build(out=target, tables=["customers", "products"], overwrite=True)
        after = target.stat()
        assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
        assert (target / "products").stat().st_mode & stat.S_ISGID
        for path in (target / "products", part_of(target, "products"), target / "manifest.json"):
            assert path.stat().st_gid == before.st_gid
        whole(target)

    def test_attributes_of_the_users_stay(self, target: Path) -> None:
        target.mkdir()
        try:
            os.setxattr(target, "user.owner", b"team")
        except (OSError, AttributeError):
            pytest.skip("this file system has no attributes")
        publish_build(target, seed=1)
        assert os.getxattr(target, "user.owner") == b"team"


class TestWhatCannotBeListedOrMoved:
    @pytest.mark.parametrize(("mode", "words"), [(0o000, "cannot be listed: permission denied"), (0o555, "cannot be moved")])
    def test_it_is_refused_before_anything_is_replaced(self, target: Path, mode: int, words: str) -> None:
        publish_build(target, seed=1)
        (target / "mine").mkdir()
        (target / "mine" / "file").write_text("mine")
        (target / "mine").chmod(mode)
        line = [*without_privileges(), sys.executable, "-m", "colgen", "build", "--out", str(target), "--overwrite"]
        try:
            done = subprocess.run(line, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
        finally:
            (target / "mine").chmod(0o700)
        assert (done.returncode, words in done.stderr) == (3, True), done.stderr
        assert whole(target).spec.seed == 1
        assert os.listdir(target.parent) == ["data"]

    def test_what_could_not_be_cleared_away_is_told(self, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(old: Path, target: Path) -> None:
            raise OSError(5, "broken", str(old))

        publish_build(target, seed=1)
        monkeypatch.setattr(staging, "_retire", fail)
        with pytest.raises(colgen.ColgenError, match=r"the new build is in its place, .* the next build tries again"):
            publish_build(target, seed=2, overwrite=True)
        monkeypatch.undo()
        assert whole(target).spec.seed == 2
        publish_build(target, seed=3, overwrite=True)
        assert os.listdir(target.parent) == ["data"]


@pytest.mark.parametrize("handles", [9, 10, 12])
def test_where_handles_run_out_nothing_is_left_behind(target: Path, handles: int) -> None:
    line = f"ulimit -n {handles}; exec {sys.executable} -m colgen build --out {target}"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 1, 3)
    assert os.listdir(target.parent) == (["data"] if done.returncode == 0 else [])
