"""A build takes its place in one step or not at all, and never harms what it did not write."""

from __future__ import annotations

import dataclasses
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from colgen.audit import check
from colgen.declare.find import find_model
from colgen.declare.rules import Rule
from colgen.errors import TargetError
from colgen.generate.spec import Spec
from colgen.models.invoicing import tables as invoicing
from colgen.pipeline import build
from colgen.targets import manifest
from colgen.targets.folder import staging as publish

from .support import describe

MODEL = find_model("invoicing")
TABLES = ("customers", "products")


def spec(seed: int = 0, tables: tuple[str, ...] = TABLES) -> Spec:
    return Spec.of(MODEL, seed=seed, tables=tables)


def write_build(folder: Path, seed: int, parts: int = 2) -> None:
    """A tiny build into an empty folder, in the order a real one is written: parts, load.sql, the manifest last."""
    made: dict[str, list[manifest.PartFile]] = {}
    for table in TABLES:
        (folder / table).mkdir()
        for number in range(parts):
            file = f"{table}/part-{number:05d}.parquet"
            (folder / file).write_text(f"{table} {number} of seed {seed}")
            made.setdefault(table, []).append(describe(folder, file, 1))
    entries = manifest.entries(made, {table: {"id": "BIGINT"} for table in TABLES})
    (folder / manifest.LOAD_SQL).write_text(f"-- seed {seed}")
    manifest.Manifest(colgen="0", data_version=manifest.DATA_VERSION, versions={}, spec=spec(seed), tables=entries).write(folder)


def publish_build(target: Path, seed: int, *, parts: int = 2, overwrite: bool = False) -> None:
    with publish.staging(target, overwrite) as new:
        write_build(new, seed, parts)


def whole(folder: Path) -> manifest.Manifest:
    """The manifest of a build, every part of which is there, byte for byte."""
    found = manifest.read(folder)
    for table in found.tables.values():
        for part in table.parts:
            assert describe(folder, part.file, part.rows) == part
    assert (folder / manifest.LOAD_SQL).is_file()
    return found


def snapshot(folder: Path) -> dict[str, bytes | str]:
    """Everything below a folder: files with their bytes, symlinks with their targets, folders."""
    found: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = f"link to {os.readlink(path)}"
        else:
            found[name] = "folder" if path.is_dir() else path.read_bytes()
    return found


class Broken(Exception):
    """What goes wrong in the middle of a build in these tests."""


def fail_a_build(target: Path, overwrite: bool = False, error: BaseException | None = None) -> None:
    raised = error or Broken()

    def build() -> None:
        with publish.staging(target, overwrite) as new:
            write_build(new, seed=99)
            raise raised

    with pytest.raises(type(raised)):
        build()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def side(tmp_path: Path) -> Path:
    """Where the staging of `target` lies."""
    return tmp_path / ".data.colgen"


class TestANewPlace:
    def test_a_build_makes_its_folder_and_leaves_nothing_beside_it(self, target: Path) -> None:
        publish_build(target, seed=1)
        assert whole(target).spec.seed == 1
        assert os.listdir(target.parent) == ["data"]

    def test_nothing_is_at_the_target_while_a_first_build_is_under_way(self, target: Path) -> None:
        with publish.staging(target) as new:
            write_build(new, seed=1)
            assert not target.exists()
        assert target.exists()

    def test_the_staging_folder_is_on_the_same_file_system_as_the_target(self, target: Path) -> None:
        with publish.staging(target) as new:
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
        summary = build.build(spec(), MODEL, target, threads=1)
        found = whole(target)
        assert {name: table.rows for name, table in found.tables.items()} == dict(summary.rows)
        assert {name: sum(part.bytes for part in table.parts) for name, table in found.tables.items()} == dict(summary.bytes)

    def test_the_manifest_lists_every_file_of_a_pipeline_build(self, target: Path) -> None:
        build.build(spec(), MODEL, target, threads=1)
        assert sorted(name for name, what in snapshot(target).items() if what != "folder") == sorted(whole(target).files)


class TestABuildThatIsThere:
    def test_it_is_refused_with_a_clear_error(self, target: Path) -> None:
        publish_build(target, seed=1)
        with pytest.raises(TargetError, match=r"holds a finished build; add --overwrite") as raised, publish.staging(target):
            pytest.fail("the body must not run")
        assert raised.value.exit_code == 3
        assert str(target) in str(raised.value)

    def test_it_is_left_alone_by_a_refused_build(self, target: Path) -> None:
        publish_build(target, seed=1)
        before = snapshot(target.parent)
        with pytest.raises(TargetError):
            build.build(spec(seed=2), MODEL, target)
        assert snapshot(target.parent) == before

    def test_overwrite_replaces_it_and_leaves_nothing_of_it(self, target: Path) -> None:
        publish_build(target, seed=1, parts=5)
        publish_build(target, seed=2, parts=1, overwrite=True)
        found = whole(target)
        assert found.spec.seed == 2
        assert {name for name, what in snapshot(target).items() if what != "folder"} == set(found.files)
        assert os.listdir(target.parent) == ["data"]

    def test_overwrite_takes_away_the_folders_of_tables_that_are_not_in_the_new_build(self, target: Path) -> None:
        build.build(spec(tables=("customers", "products")), MODEL, target, threads=1)
        build.build(spec(tables=("customers",)), MODEL, target, threads=1, overwrite=True)
        assert not (target / "products").exists()

    def test_overwrite_leaves_the_old_build_in_place_until_the_new_one_is_done(self, target: Path) -> None:
        publish_build(target, seed=1)
        with publish.staging(target, overwrite=True) as new:
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
        model = dataclasses.replace(MODEL, rules=(Rule(invoicing.Customers, "never so", "false"),))
        with pytest.raises(check.CheckFailed, match="never so"):
            build.build(spec(), model, target, threads=1, checked=True)
        assert os.listdir(target.parent) == []

    def test_a_build_that_fails_its_check_leaves_the_old_one(self, target: Path) -> None:
        publish_build(target, seed=1)
        before = snapshot(target.parent)
        model = dataclasses.replace(MODEL, rules=(Rule(invoicing.Customers, "never so", "false"),))
        with pytest.raises(check.CheckFailed):
            build.build(spec(), model, target, threads=1, checked=True, overwrite=True)
        assert snapshot(target.parent) == before

    def test_a_build_after_a_failed_one_succeeds(self, target: Path) -> None:
        fail_a_build(target)
        publish_build(target, seed=1)
        assert whole(target).spec.seed == 1


def add_users_things(target: Path) -> dict[str, bytes | str]:
    """Files, folders and links that colgen did not write, all over a build's folder; what they are."""
    (target / "notes.txt").write_text("mine")
    (target / ".hidden").write_text("mine too")
    (target / "customers").mkdir(exist_ok=True)
    (target / "customers" / "notes.txt").write_text("among the parts")
    (target / "deep" / "er").mkdir(parents=True)
    (target / "deep" / "er" / "file.parquet").write_text("deep")
    (target / "empty" / "inside").mkdir(parents=True)
    (target / "link").symlink_to("notes.txt")
    (target / "broken link").symlink_to("nowhere")
    elsewhere = target.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").write_text("out of the folder")
    (target / "folder link").symlink_to(elsewhere)
    return users_things(target)


def users_things(target: Path) -> dict[str, bytes | str]:
    found = manifest.find(target)
    ours = {*found.files, *found.tables} if found else set()
    return {name: what for name, what in snapshot(target).items() if name not in ours or name == "customers"}


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
        with publish.staging(target, overwrite=True) as new:
            write_build(new, seed=2)
            (target / "late.txt").write_text("late")
        assert (target / "late.txt").read_text() == "late"

    def test_a_hidden_folder_beside_the_target_that_is_not_colgens_is_kept(self, target: Path) -> None:
        (target.parent / ".data").mkdir()
        (target.parent / "data.colgen").write_text("mine")
        publish_build(target, seed=1)
        assert sorted(os.listdir(target.parent)) == [".data", "data", "data.colgen"]

    @pytest.mark.parametrize("name", ["customers/part-00000.parquet", "load.sql", "manifest.json"])
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
        (target / "customers" / "part-00001.parquet").write_text("mine")
        before = snapshot(target.parent)
        with pytest.raises(TargetError, match=r"part-00001\.parquet' was not written by colgen"):
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
        (target / "customers" / "part-00000.parquet").symlink_to("nowhere")
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
        with pytest.raises(TargetError, match=words) as raised, publish.staging(target, overwrite=True):
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
        self.refused(target, "is the current folder or holds it")

    def test_a_folder_inside_the_current_one_is_not_refused(self, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        target.mkdir()
        monkeypatch.chdir(target)
        publish_build(target / "inner", seed=1)
        whole(target / "inner")

    @pytest.mark.skipif(not Path("/proc").is_mount(), reason="/proc is no mount point here")
    def test_a_mount_point_is_refused(self) -> None:
        with pytest.raises(TargetError, match="is a mount point"), publish.staging(Path("/proc")):
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
            build.build(spec(), MODEL, tmp_path / ("x" * 300))
        assert os.listdir(tmp_path) == []

    def test_a_name_that_is_too_long_only_with_what_staging_adds_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(TargetError, match="name too long"):
            build.build(spec(), MODEL, tmp_path / ("x" * 252))
        assert os.listdir(tmp_path) == []

    def test_a_circle_of_symlinks_is_refused(self, target: Path) -> None:
        target.symlink_to("data")
        with pytest.raises(TargetError):
            build.build(spec(), MODEL, target)
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
        with publish.staging(link) as new:
            with pytest.raises(TargetError, match="under way"):
                publish_build(real, seed=2)
            write_build(new, seed=1)
        assert whole(real).spec.seed == 1


class TestTheLock:
    def test_a_second_build_is_refused_while_the_first_is_under_way(self, target: Path) -> None:
        with publish.staging(target) as new:
            with pytest.raises(TargetError, match=r"another build into .* is under way") as raised:
                publish_build(target, seed=2)
            assert raised.value.exit_code == 3
            write_build(new, seed=1)
        assert whole(target).spec.seed == 1

    def test_a_second_build_is_refused_though_overwrite_is_asked_for(self, target: Path) -> None:
        publish_build(target, seed=1)
        with publish.staging(target, overwrite=True) as new:
            with pytest.raises(TargetError, match="under way"):
                publish_build(target, seed=3, overwrite=True)
            write_build(new, seed=2)
        assert whole(target).spec.seed == 2

    def test_a_refused_second_build_harms_nothing_of_the_first(self, target: Path) -> None:
        with publish.staging(target) as new:
            write_build(new, seed=1)
            before = snapshot(target.parent)
            with pytest.raises(TargetError):
                publish_build(target, seed=2)
            assert snapshot(target.parent) == before

    def test_builds_into_different_folders_go_on_at_once(self, tmp_path: Path) -> None:
        with publish.staging(tmp_path / "one") as one, publish.staging(tmp_path / "two") as two:
            write_build(one, seed=1)
            write_build(two, seed=2)
        assert [whole(tmp_path / name).spec.seed for name in ("one", "two")] == [1, 2]
        assert sorted(os.listdir(tmp_path)) == ["one", "two"]

    def test_the_lock_file_of_a_dead_process_is_no_obstacle(self, target: Path, side: Path) -> None:
        side.mkdir()
        (side / "lock").touch()
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
        with publish.staging(target, overwrite=True) as new:
            seeds.append(whole(target).spec.seed)
            write_build(new, seed=seeds[0])
        assert os.listdir(target.parent) == [target.name]
        return seeds[0]

    def half_write(self, side: Path) -> None:
        (side / "new" / "customers").mkdir(parents=True)
        (side / "new" / "customers" / "part-00000.parquet").write_text("half a par")
        (side / "lock").touch()

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
        (side / "lock").touch()
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
        assert sorted(path.name for path in (target / "customers").iterdir()) == ["notes.txt", "part-00000.parquet", "part-00001.parquet"]

    @pytest.mark.usefixtures("exchanged")
    @pytest.mark.parametrize("gone", ["load.sql", "customers/part-00000.parquet"])
    def test_an_old_build_that_was_half_removed_does_no_harm_to_the_new_one(self, target: Path, side: Path, gone: str) -> None:
        for name in ("notes.txt", "customers/notes.txt"):  # the user's files are moved back first
            (side / "new" / name).rename(target / name)
        (side / "new" / "empty").rename(target / "empty")
        (side / "new" / gone).unlink()
        assert self.counts(target) == 2
        assert sorted(path.name for path in (target / "customers").iterdir()) == ["notes.txt", "part-00000.parquet", "part-00001.parquet"]

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
        publish.recover(target, side)
        before = snapshot(target)
        publish.recover(target, side)
        assert snapshot(target) == before


class TestWithoutAnExchange:
    """A file system that cannot exchange two folders in one step: two renames do."""

    @pytest.fixture(autouse=True)
    def no_exchange(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(publish, "_exchange", lambda one, other: False)

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
