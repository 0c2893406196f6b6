"""Whatever a build that was killed has left beside its folder, the next one puts in order."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from colgen.targets import manifest
from colgen.targets.folder import staging
from tests.support import whole
from tests.targets.staged import (
    add_users_things,
    fail_a_build,
    publish_build,
    snapshot,
    staged,
    users_things,
    write_build,
)


class TestRecovery:
    """Each state that the end of a process may leave; the next build puts it in order."""

    def next_build(self, target: Path, seed: int = 9) -> None:
        """Overwrites whatever is there, leaves nothing beside it, and sees the build that counts until it is done itself."""
        publish_build(target, seed=seed, overwrite=True)
        assert whole(target).spec.seed == seed
        assert os.listdir(target.parent) == [target.name]

    def counts(self, target: Path) -> int:
        """The seed of the build that counts once the next build has cleaned up, seen before it is done."""
        seeds = []
        with staged(target, overwrite=True) as new:
            seeds.append(whole(target).spec.seed)
            write_build(new, seed=seeds[0])
        assert os.listdir(target.parent) == [target.name]
        return seeds[0]

    def half_write(self, side: Path) -> None:
        (side / "new" / "customers").mkdir(parents=True)
        (side / "new" / "customers" / "part-00000-0a1b2c3d.parquet").write_text("half a par")
        (side / "colgen.lock").touch()

    def exchange_note(self, side: Path) -> None:
        (side / "exchange").write_text(str((side / "new").stat().st_ino))

    def test_a_half_written_first_build_is_no_build_and_goes_away(self, target: Path, side: Path) -> None:
        self.half_write(side)
        assert manifest.find(target) is None
        self.next_build(target)

    def test_a_half_written_first_build_goes_away_though_the_next_build_fails(self, target: Path, side: Path) -> None:
        self.half_write(side)
        fail_a_build(target)
        assert os.listdir(target.parent) == []

    def test_a_half_written_second_build_goes_away_and_the_first_one_stays(self, target: Path, side: Path) -> None:
        publish_build(target, seed=1)
        self.half_write(side)
        assert self.counts(target) == 1

    @pytest.fixture
    def written(self, target: Path, side: Path) -> None:
        """The old build (seed 1) with files of the user's in it, and the new one (seed 2) whole but not in its place."""
        publish_build(target, seed=1, parts=3)
        (target / "notes.txt").write_text("mine")
        (target / "customers" / "notes.txt").write_text("mine")
        (target / "empty").mkdir()
        side.mkdir()
        (side / "colgen.lock").touch()
        (side / "new").mkdir()
        write_build(side / "new", seed=2)

    def assert_users_files(self, target: Path) -> None:
        assert (target / "notes.txt").read_text() == "mine"
        assert (target / "customers" / "notes.txt").read_text() == "mine"
        assert (target / "empty").is_dir()

    @pytest.mark.usefixtures("written")
    def test_a_build_that_ended_before_the_exchange_goes_away(self, target: Path, side: Path) -> None:
        self.exchange_note(side)
        assert self.counts(target) == 1
        self.assert_users_files(target)

    @pytest.mark.usefixtures("written")
    def test_a_build_that_ended_while_it_wrote_its_note_goes_away(self, target: Path, side: Path) -> None:
        (side / "exchange").touch()
        assert self.counts(target) == 1
        self.assert_users_files(target)

    @pytest.fixture
    def exchanged(self, target: Path, side: Path, written: None) -> None:
        """The new build is in its place, and the old one not yet removed."""
        self.exchange_note(side)
        (side / "new").rename(side / "between")
        target.rename(side / "new")
        (side / "between").rename(target)

    @pytest.mark.usefixtures("exchanged")
    def test_a_build_that_ended_after_the_exchange_counts(self, target: Path) -> None:
        assert whole(target).spec.seed == 2
        assert self.counts(target) == 2

    @pytest.mark.usefixtures("exchanged")
    def test_the_users_files_come_back_from_a_build_that_ended_after_the_exchange(self, target: Path) -> None:
        self.counts(target)
        self.assert_users_files(target)

    @pytest.mark.usefixtures("exchanged")
    def test_nothing_of_the_old_build_comes_back_from_a_build_that_ended_after_the_exchange(self, target: Path) -> None:
        self.counts(target)
        assert sorted(path.name for path in (target / "customers").iterdir()) == [
            "notes.txt",
            "part-00000-0a1b2c3d.parquet",
            "part-00001-0a1b2c3d.parquet",
        ]

    @pytest.mark.usefixtures("exchanged")
    @pytest.mark.parametrize("gone", ["load.sql", "customers/part-00000-0a1b2c3d.parquet"])
    def test_an_old_build_that_was_half_removed_does_no_harm_to_the_new_one(self, target: Path, side: Path, gone: str) -> None:
        for name in ("notes.txt", "customers/notes.txt"):  # the user's files are moved back first
            (side / "new" / name).rename(target / name)
        (side / "new" / "empty").rename(target / "empty")
        (side / "new" / gone).unlink()
        assert self.counts(target) == 2
        assert sorted(path.name for path in (target / "customers").iterdir()) == [
            "notes.txt",
            "part-00000-0a1b2c3d.parquet",
            "part-00001-0a1b2c3d.parquet",
        ]

    @pytest.mark.usefixtures("exchanged")
    def test_files_that_were_half_moved_back_are_moved_back_wholly(self, target: Path, side: Path) -> None:
        (side / "new" / "notes.txt").rename(target / "notes.txt")
        self.counts(target)
        self.assert_users_files(target)

    @pytest.mark.usefixtures("written")
    def test_the_old_build_comes_back_where_there_is_no_exchange_and_the_new_one_was_not_in_place(self, target: Path, side: Path) -> None:
        self.exchange_note(side)
        target.rename(side / "old")
        assert self.counts(target) == 1
        self.assert_users_files(target)

    @pytest.mark.usefixtures("written")
    def test_the_new_build_counts_where_there_is_no_exchange_and_it_was_in_place(self, target: Path, side: Path) -> None:
        self.exchange_note(side)
        target.rename(side / "old")
        (side / "new").rename(target)
        assert self.counts(target) == 2
        self.assert_users_files(target)

    @pytest.mark.usefixtures("exchanged")
    def test_recovery_may_be_done_twice(self, target: Path, side: Path) -> None:
        staging.recover(target, side)
        before = snapshot(target)
        staging.recover(target, side)
        assert snapshot(target) == before


class TestWithoutAnExchange:
    """A file system that cannot exchange two folders in one step: two renames do."""

    @pytest.fixture(autouse=True)
    def no_exchange(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(staging, "_exchange", lambda one, other: False)

    def test_overwrite_replaces_a_build(self, target: Path) -> None:
        publish_build(target, seed=1, parts=3)
        publish_build(target, seed=2, overwrite=True)
        assert whole(target).spec.seed == 2
        assert len(list((target / "customers").iterdir())) == 2
        assert os.listdir(target.parent) == ["data"]

    def test_overwrite_keeps_what_colgen_did_not_write(self, target: Path) -> None:
        publish_build(target, seed=1)
        before = add_users_things(target)
        publish_build(target, seed=2, overwrite=True)
        assert users_things(target) == before

    def test_an_error_leaves_the_old_build_and_nothing_else(self, target: Path) -> None:
        publish_build(target, seed=1)
        before = snapshot(target.parent)
        fail_a_build(target, overwrite=True)
        assert snapshot(target.parent) == before
