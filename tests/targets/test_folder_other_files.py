"""What colgen did not write in a folder is never touched; a target that cannot be one is refused."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from colgen.errors import TargetError
from colgen.pipeline.conductor import conduct
from colgen.targets.folder.target import FolderTarget
from tests.support import whole
from tests.targets.staged import (
    MODEL,
    add_users_things,
    fail_a_build,
    publish_build,
    snapshot,
    spec,
    staged,
    users_things,
    write_build,
)


class TestWhatColgenDidNotWrite:
    def test_a_first_build_into_a_folder_with_things_in_it_keeps_them(self, target: Path) -> None:
        target.mkdir()
        before = add_users_things(target)
        publish_build(target, seed=1)
        assert users_things(target) == before
        whole(target)

    def test_overwrite_keeps_it(self, target: Path) -> None:
        publish_build(target, seed=1)
        before = add_users_things(target)
        publish_build(target, seed=2, overwrite=True)
        assert users_things(target) == before
        assert whole(target).spec.seed == 2
        assert sorted(os.listdir(target.parent)) == ["data", "elsewhere"]

    def test_overwrite_again_and_again_keeps_it(self, target: Path) -> None:
        publish_build(target, seed=1)
        before = add_users_things(target)
        for seed in range(2, 6):
            publish_build(target, seed=seed, parts=seed, overwrite=True)
        assert users_things(target) == before

    def test_what_a_users_symlink_points_to_is_not_touched(self, target: Path) -> None:
        publish_build(target, seed=1)
        add_users_things(target)
        publish_build(target, seed=2, overwrite=True)
        assert snapshot(target.parent / "elsewhere") == {"file": b"out of the folder"}

    def test_an_error_keeps_it(self, target: Path) -> None:
        publish_build(target, seed=1)
        add_users_things(target)
        before = snapshot(target.parent)
        fail_a_build(target, overwrite=True)
        assert snapshot(target.parent) == before

    def test_files_that_appear_while_an_overwriting_build_is_under_way_are_kept(self, target: Path) -> None:
        publish_build(target, seed=1)
        with staged(target, overwrite=True) as new:
            write_build(new, seed=2)
            (target / "late.txt").write_text("late")
        assert (target / "late.txt").read_text() == "late"

    def test_a_hidden_folder_beside_the_target_that_is_not_colgens_is_kept(self, target: Path) -> None:
        (target.parent / ".data").mkdir()
        (target.parent / "data.colgen").write_text("mine")
        publish_build(target, seed=1)
        assert sorted(os.listdir(target.parent)) == [".data", "data", "data.colgen"]

    @pytest.mark.parametrize("name", ["customers/part-00000-0a1b2c3d.parquet", "load.sql", "manifest.json"])
    def test_a_file_where_the_build_has_one_is_refused_and_kept(self, target: Path, name: str) -> None:
        (target / name).parent.mkdir(parents=True)
        (target / name).write_text("mine")
        before = snapshot(target.parent)
        with pytest.raises(TargetError, match="was not written by colgen") as raised:
            publish_build(target, seed=1)
        assert name in str(raised.value)
        assert snapshot(target.parent) == before

    def test_a_file_where_a_part_of_the_new_build_belongs_is_refused_and_kept_though_overwrite_is_asked_for(self, target: Path) -> None:
        publish_build(target, seed=1, parts=1)
        (target / "customers" / "part-00001-0a1b2c3d.parquet").write_text("mine")
        before = snapshot(target.parent)
        with pytest.raises(TargetError, match=r"part-00001-0a1b2c3d\.parquet' was not written by colgen"):
            publish_build(target, seed=2, parts=2, overwrite=True)
        assert snapshot(target.parent) == before

    def _refused_and_kept(self, target: Path) -> None:
        before = snapshot(target.parent)
        with pytest.raises(TargetError, match="was not written by colgen"):
            publish_build(target, seed=1)
        assert snapshot(target.parent) == before

    def test_a_folder_where_the_build_has_a_file_is_refused_and_kept(self, target: Path) -> None:
        (target / "load.sql").mkdir(parents=True)
        self._refused_and_kept(target)

    def test_a_file_where_the_build_has_a_folder_is_refused_and_kept(self, target: Path) -> None:
        target.mkdir()
        (target / "customers").write_text("my customers")
        self._refused_and_kept(target)

    def test_a_broken_symlink_where_the_build_has_a_file_is_refused_and_kept(self, target: Path) -> None:
        (target / "customers").mkdir(parents=True)
        (target / "customers" / "part-00000-0a1b2c3d.parquet").symlink_to("nowhere")
        self._refused_and_kept(target)

    def test_a_symlink_to_a_folder_where_the_build_has_a_folder_is_refused_and_kept(self, target: Path) -> None:
        elsewhere = target.parent / "elsewhere"
        elsewhere.mkdir()
        target.mkdir()
        (target / "customers").symlink_to(elsewhere)
        self._refused_and_kept(target)


class TestAnUnfitTarget:
    def refused(self, target: Path, words: str) -> None:
        before = snapshot(target.parent)
        with pytest.raises(TargetError, match=words) as raised, staged(target, overwrite=True):
            pytest.fail("the body must not run")
        assert raised.value.exit_code == 3
        assert snapshot(target.parent) == before

    def test_a_file_is_refused_and_kept(self, target: Path) -> None:
        target.write_text("mine")
        self.refused(target, "is a file; name a folder")

    def test_a_symlink_to_a_file_is_refused_and_kept(self, target: Path) -> None:
        (target.parent / "file").write_text("mine")
        target.symlink_to("file")
        self.refused(target, "is a file; name a folder")

    def test_the_current_folder_is_refused(self, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        target.mkdir()
        monkeypatch.chdir(target)
        self.refused(target, "is the current folder")

    def test_the_current_folder_is_refused_by_any_of_its_names(self, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        target.mkdir()
        monkeypatch.chdir(target)
        with pytest.raises(TargetError, match="is the current folder"):
            publish_build(Path("../data/."), seed=1)

    def test_a_folder_that_holds_the_current_one_is_refused(self, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (target / "inner").mkdir(parents=True)
        monkeypatch.chdir(target / "inner")
        self.refused(target, "is the current folder or contains it")

    def test_a_folder_inside_the_current_one_is_not_refused(self, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        target.mkdir()
        monkeypatch.chdir(target)
        publish_build(target / "inner", seed=1)
        whole(target / "inner")

    @pytest.mark.skipif(not Path("/proc").is_mount(), reason="/proc is no mount point here")
    def test_a_mount_point_is_refused(self) -> None:
        with pytest.raises(TargetError, match="is a mount point"), staged(Path("/proc")):
            pytest.fail("the body must not run")

    def test_a_folder_below_a_file_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("mine")
        before = snapshot(tmp_path)
        with pytest.raises(TargetError, match="cannot be written"):
            publish_build(tmp_path / "file" / "data", seed=1)
        assert snapshot(tmp_path) == before

    def test_a_folder_below_a_folder_below_a_file_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("mine")
        with pytest.raises(TargetError, match="cannot be written"):
            publish_build(tmp_path / "file" / "more" / "data", seed=1)

    def test_a_name_that_is_too_long_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(TargetError, match="name too long"):
            conduct(spec(), MODEL, FolderTarget(tmp_path / ("x" * 300)))
        assert os.listdir(tmp_path) == []

    def test_a_name_that_is_too_long_only_with_what_staging_adds_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(TargetError, match="name too long"):
            conduct(spec(), MODEL, FolderTarget(tmp_path / ("x" * 252)))
        assert os.listdir(tmp_path) == []

    def test_a_circle_of_symlinks_is_refused(self, target: Path) -> None:
        target.symlink_to("data")
        with pytest.raises(TargetError):
            conduct(spec(), MODEL, FolderTarget(target))
        assert os.readlink(target) == "data"


class TestASymlinkAsTarget:
    @pytest.fixture
    def real(self, tmp_path: Path) -> Path:
        (tmp_path / "disk").mkdir()
        return tmp_path / "disk" / "real"

    @pytest.fixture
    def link(self, target: Path, real: Path) -> Iterator[Path]:
        target.symlink_to(real)
        yield target
        assert target.is_symlink()
        assert target.readlink() == real

    def test_a_build_goes_where_it_points(self, link: Path, real: Path) -> None:
        real.mkdir()
        publish_build(link, seed=1)
        assert whole(link) == whole(real)
        assert os.listdir(real.parent) == ["real"]

    def test_a_build_goes_where_it_points_though_nothing_is_there_yet(self, link: Path, real: Path) -> None:
        publish_build(link, seed=1)
        assert whole(real).spec.seed == 1

    def test_overwrite_replaces_the_build_it_points_to(self, link: Path, real: Path) -> None:
        publish_build(real, seed=1)
        publish_build(link, seed=2, overwrite=True)
        assert whole(real).spec.seed == 2

    def test_a_build_where_it_points_is_refused_without_overwrite(self, link: Path, real: Path) -> None:
        publish_build(real, seed=1)
        with pytest.raises(TargetError, match="--overwrite"):
            publish_build(link, seed=2)

    def test_builds_by_either_name_share_one_lock(self, link: Path, real: Path) -> None:
        with staged(link) as new:
            with pytest.raises(TargetError, match="under way"):
                publish_build(real, seed=2)
            write_build(new, seed=1)
        assert whole(real).spec.seed == 1
