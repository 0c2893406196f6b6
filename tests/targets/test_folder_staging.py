"""A build takes its place in a folder in one step or not at all."""

from __future__ import annotations

import dataclasses
import os
import threading
from pathlib import Path

import pytest

from colgen.audit.check import CheckFailed
from colgen.declare.rules import Rule
from colgen.errors import TargetError
from colgen.models.invoicing import parties
from colgen.pipeline.conductor import conduct
from colgen.targets import manifest
from colgen.targets.folder.target import FolderTarget
from tests.support import whole
from tests.targets.staged import (
    MODEL,
    TABLES,
    Broken,
    fail_a_build,
    publish_build,
    snapshot,
    spec,
    staged,
    write_build,
)


class TestANewPlace:
    def test_a_build_makes_its_folder_and_leaves_nothing_beside_it(self, target: Path) -> None:
        publish_build(target, seed=1)
        assert whole(target).spec.seed == 1
        assert os.listdir(target.parent) == ["data"]

    def test_nothing_is_at_the_target_while_a_first_build_is_under_way(self, target: Path) -> None:
        with staged(target) as new:
            write_build(new, seed=1)
            assert not target.exists()
        assert target.exists()

    def test_the_staging_folder_is_on_the_same_file_system_as_the_target(self, target: Path) -> None:
        with staged(target) as new:
            assert new.parent.parent == target.parent
            write_build(new, seed=1)

    def test_an_empty_folder_is_filled(self, target: Path) -> None:
        target.mkdir()
        publish_build(target, seed=1)
        assert whole(target).spec.seed == 1
        assert os.listdir(target.parent) == ["data"]

    def test_folders_above_the_target_are_made(self, tmp_path: Path) -> None:
        publish_build(tmp_path / "a" / "b" / "data", seed=1)
        whole(tmp_path / "a" / "b" / "data")
        assert os.listdir(tmp_path / "a" / "b") == ["data"]

    def test_folders_made_above_the_target_are_taken_away_again_after_an_error(self, tmp_path: Path) -> None:
        (tmp_path / "a").mkdir()
        fail_a_build(tmp_path / "a" / "b" / "c" / "data")
        assert snapshot(tmp_path) == {"a": "folder"}

    def test_a_relative_target_is_taken_from_the_current_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        publish_build(Path("data"), seed=1)
        whole(tmp_path / "data")

    def test_a_name_with_spaces_quotes_and_other_letters_is_a_name_like_any_other(self, tmp_path: Path) -> None:
        name = 'it\'s "Käse" 表\n'
        publish_build(tmp_path / name, seed=1)
        assert os.listdir(tmp_path) == [name]

    def test_a_pipeline_build_publishes_what_its_summary_says(self, target: Path) -> None:
        summary = conduct(spec(), MODEL, FolderTarget(target), threads=1)
        found = whole(target)
        assert {name: table.rows for name, table in found.tables.items()} == dict(summary.rows)
        assert {name: sum(part.bytes for part in table.parts) for name, table in found.tables.items()} == dict(summary.bytes)

    def test_the_manifest_lists_every_file_of_a_pipeline_build(self, target: Path) -> None:
        conduct(spec(), MODEL, FolderTarget(target), threads=1)
        assert sorted(name for name, what in snapshot(target).items() if what != "folder") == sorted(whole(target).files)


class TestABuildThatIsThere:
    def test_it_is_refused_with_a_clear_error(self, target: Path) -> None:
        publish_build(target, seed=1)
        with pytest.raises(TargetError, match=r"holds a finished build; add --overwrite") as raised, staged(target):
            pytest.fail("the body must not run")
        assert raised.value.exit_code == 3
        assert str(target) in str(raised.value)

    def test_it_is_left_alone_by_a_refused_build(self, target: Path) -> None:
        publish_build(target, seed=1)
        before = snapshot(target.parent)
        with pytest.raises(TargetError):
            conduct(spec(seed=2), MODEL, FolderTarget(target))
        assert snapshot(target.parent) == before

    def test_overwrite_replaces_it_and_leaves_nothing_of_it(self, target: Path) -> None:
        publish_build(target, seed=1, parts=5)
        publish_build(target, seed=2, parts=1, overwrite=True)
        found = whole(target)
        assert found.spec.seed == 2
        assert {name for name, what in snapshot(target).items() if what != "folder"} == set(found.files)
        assert os.listdir(target.parent) == ["data"]

    def test_overwrite_takes_away_the_folders_of_tables_that_are_not_in_the_new_build(self, target: Path) -> None:
        conduct(spec(tables=("customers", "products")), MODEL, FolderTarget(target), threads=1)
        conduct(spec(tables=("customers",)), MODEL, FolderTarget(target, overwrite=True), threads=1)
        assert not (target / "products").exists()

    def test_overwrite_leaves_the_old_build_in_place_until_the_new_one_is_done(self, target: Path) -> None:
        publish_build(target, seed=1)
        with staged(target, overwrite=True) as new:
            write_build(new, seed=2)
            assert whole(target).spec.seed == 1
        assert whole(target).spec.seed == 2

    def test_overwrite_where_there_is_no_build_is_a_build(self, target: Path) -> None:
        publish_build(target, seed=1, overwrite=True)
        assert whole(target).spec.seed == 1

    def test_a_reader_sees_only_whole_builds_while_builds_overwrite_one_another(self, target: Path) -> None:
        publish_build(target, seed=0, parts=1)
        stop, seen, wrong = threading.Event(), set(), []

        def identity() -> tuple[int, bytes]:
            return target.stat().st_ino, (target / manifest.NAME).read_bytes()

        def read() -> None:
            while not stop.is_set():
                before = identity()
                try:
                    seed, problem = whole(target).spec.seed, ""
                    if any(len(os.listdir(target / table)) != 1 + seed % 3 for table in TABLES):
                        problem = f"seed {seed} has parts that are not its own"
                except Exception as error:
                    problem = repr(error)
                if identity() != before:
                    continue  # it was replaced while it was read
                if problem:
                    wrong.append(problem)
                seen.add(seed)

        reader = threading.Thread(target=read)
        reader.start()
        for seed in range(1, 400):
            publish_build(target, seed=seed, parts=1 + seed % 3, overwrite=True)
            if len(seen) > 20 or not reader.is_alive():
                break
        alive = reader.is_alive()
        stop.set()
        reader.join()
        assert wrong == []
        assert alive, "at some moment there was no build"
        assert len(seen) > 5

    def test_the_target_is_never_missing_while_builds_overwrite_one_another(self, target: Path) -> None:
        publish_build(target, seed=0)
        stop, missing = threading.Event(), []

        def look() -> None:
            while not stop.is_set():
                if not os.path.lexists(target):
                    missing.append(True)

        looker = threading.Thread(target=look)
        looker.start()
        for seed in range(1, 40):
            publish_build(target, seed=seed, overwrite=True)
        stop.set()
        looker.join()
        assert not missing


class TestErrors:
    @pytest.mark.parametrize("error", [Broken(), KeyboardInterrupt(), SystemExit(1), OSError(28, "No space left on device"), MemoryError()])
    def test_an_error_leaves_nothing_where_there_was_nothing(self, target: Path, error: BaseException) -> None:
        fail_a_build(target, error=error)
        assert os.listdir(target.parent) == []

    @pytest.mark.parametrize("error", [Broken(), KeyboardInterrupt(), OSError(28, "No space left on device")])
    def test_an_error_leaves_the_old_build_and_nothing_else(self, target: Path, error: BaseException) -> None:
        publish_build(target, seed=1)
        before = snapshot(target.parent)
        fail_a_build(target, overwrite=True, error=error)
        assert snapshot(target.parent) == before

    def test_an_error_leaves_an_empty_folder_empty(self, target: Path) -> None:
        target.mkdir()
        fail_a_build(target)
        assert snapshot(target.parent) == {"data": "folder"}

    def test_a_build_that_fails_its_check_is_not_published(self, target: Path) -> None:
        model = dataclasses.replace(MODEL, rules=(Rule(parties.Customers, "never so", "false"),))
        with pytest.raises(CheckFailed, match="never so"):
            conduct(spec(), model, FolderTarget(target), threads=1, check=True)
        assert os.listdir(target.parent) == []

    def test_a_build_that_fails_its_check_leaves_the_old_one(self, target: Path) -> None:
        publish_build(target, seed=1)
        before = snapshot(target.parent)
        model = dataclasses.replace(MODEL, rules=(Rule(parties.Customers, "never so", "false"),))
        with pytest.raises(CheckFailed):
            conduct(spec(), model, FolderTarget(target, overwrite=True), threads=1, check=True)
        assert snapshot(target.parent) == before

    def test_a_build_after_a_failed_one_succeeds(self, target: Path) -> None:
        fail_a_build(target)
        publish_build(target, seed=1)
        assert whole(target).spec.seed == 1


class TestTheLock:
    def test_a_second_build_is_refused_while_the_first_is_under_way(self, target: Path) -> None:
        with staged(target) as new:
            with pytest.raises(TargetError, match=r"another build into .* is under way") as raised:
                publish_build(target, seed=2)
            assert raised.value.exit_code == 3
            write_build(new, seed=1)
        assert whole(target).spec.seed == 1

    def test_a_second_build_is_refused_though_overwrite_is_asked_for(self, target: Path) -> None:
        publish_build(target, seed=1)
        with staged(target, overwrite=True) as new:
            with pytest.raises(TargetError, match="under way"):
                publish_build(target, seed=3, overwrite=True)
            write_build(new, seed=2)
        assert whole(target).spec.seed == 2

    def test_a_refused_second_build_harms_nothing_of_the_first(self, target: Path) -> None:
        with staged(target) as new:
            write_build(new, seed=1)
            before = snapshot(target.parent)
            with pytest.raises(TargetError):
                publish_build(target, seed=2)
            assert snapshot(target.parent) == before

    def test_builds_into_different_folders_go_on_at_once(self, tmp_path: Path) -> None:
        with staged(tmp_path / "one") as one, staged(tmp_path / "two") as two:
            write_build(one, seed=1)
            write_build(two, seed=2)
        assert [whole(tmp_path / name).spec.seed for name in ("one", "two")] == [1, 2]
        assert sorted(os.listdir(tmp_path)) == ["one", "two"]

    def test_the_lock_file_of_a_dead_process_is_no_obstacle(self, target: Path, side: Path) -> None:
        side.mkdir()
        (side / "colgen.lock").touch()
        publish_build(target, seed=1)
        assert os.listdir(target.parent) == ["data"]

    def test_of_many_threads_that_build_into_one_folder_all_but_one_are_refused(self, target: Path) -> None:
        ready, results = threading.Barrier(8), []

        def build(seed: int) -> None:
            ready.wait()
            try:
                publish_build(target, seed=seed)
                results.append("done")
            except TargetError:
                results.append("refused")

        threads = [threading.Thread(target=build, args=(seed,)) for seed in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(results) == ["done"] + ["refused"] * 7
        whole(target)
        assert os.listdir(target.parent) == ["data"]
