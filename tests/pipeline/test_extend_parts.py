"""Parts in which nothing changes any more are kept when a build is made longer, and no others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from colgen.declare.find import find_model
from colgen.declare.model import Model
from colgen.declare.rows import Daily
from colgen.errors import TargetError
from colgen.generate.plan import Tasks, cut
from colgen.targets import manifest
from tests.audit.verifying import flip
from tests.pipeline.extending import DESK, assert_same, build, extend, numbers
from tests.support import FORMATS, files_in, first_of, part_of


@pytest.mark.usefixtures("small_parts")
class TestPartsThatAreKept:
    @pytest.mark.parametrize("format", first_of(FORMATS, 2))
    def test_they_are_the_very_files(self, tmp_path: Path, target: Path, desk: Model, format: str) -> None:
        build(desk, target, "2024-02-10", format=format)
        before = numbers(target)
        summary = extend(target, "2024-03-10")
        after = numbers(target)
        same = {file for file in before if after[file] == before[file]}
        assert summary.kept == len(same) > 6
        assert {table for table, _ in same} == {"questions", "answers"}
        assert summary.parts == len(after) > len(before)
        build(desk, tmp_path / "scratch" / "data", "2024-03-10", format=format)
        assert_same(target, tmp_path / "scratch" / "data")

    def test_day_by_day_it_is_the_same_as_from_scratch(self, tmp_path: Path, target: Path, desk: Model) -> None:
        build(desk, target, "2024-01-01")
        kept = [extend(target, f"2024-01-{day:02d}").kept for day in (2, 3, 4, 9, 10, 20, 30, 31)]
        assert kept == sorted(kept)
        assert kept[0] == 0
        assert kept[-1] > 6
        build(desk, tmp_path / "scratch" / "data", "2024-01-31")
        assert_same(target, tmp_path / "scratch" / "data")

    def test_none_is_kept_of_days_that_have_not_settled(self, target: Path, desk: Model) -> None:
        build(desk, target, "2024-02-10")
        old = manifest.read(target)
        generation = old.spec.generation(desk)
        slices = [one for family, some in cut(old.spec, generation) if isinstance(family[0].rows, Daily) for one in Tasks((some,))]
        settled = [one for one in slices if (one.first + one.rows - 2) // 4 + 3 < generation.period.days - 1]
        assert 0 < len(settled) < len(slices)
        assert extend(target, "2024-02-11").kept == 2 * len(settled)

    def test_one_that_is_missing_is_made_anew(self, tmp_path: Path, target: Path, desk: Model) -> None:
        build(desk, target, "2024-02-10")
        build(desk, tmp_path / "scratch" / "data", "2024-02-20")
        part_of(target, "answers", 2).unlink()
        before = numbers(tmp_path / "scratch" / "data").keys()
        summary = extend(target, "2024-02-20")
        assert 0 < summary.kept < len(before)
        assert_same(target, tmp_path / "scratch" / "data")

    def test_where_one_has_changed_nothing_is_extended(self, target: Path, desk: Model) -> None:
        build(desk, target, "2024-02-10")
        flip(part_of(target, "questions", 1))
        before = files_in(target.parent)
        with pytest.raises(TargetError, match=r"part-00001-[0-9a-f]{8}\.parquet' has changed since it was written"):
            extend(target, "2024-02-20")
        assert files_in(target.parent) == before

    def test_where_one_is_a_link_to_elsewhere_nothing_is_extended(self, tmp_path: Path, target: Path, desk: Model) -> None:
        build(desk, target, "2024-02-10")
        part = part_of(target, "questions", 1)
        part.rename(tmp_path / "elsewhere")
        part.symlink_to(tmp_path / "elsewhere")
        with pytest.raises(TargetError, match=r"part-00001-[0-9a-f]{8}\.parquet' is a link now"):
            extend(target, "2024-02-20")
        assert part.is_symlink()
        assert (tmp_path / "elsewhere").exists()

    @pytest.mark.parametrize("time", [0, 2**32])
    def test_none_is_kept_of_another_model_whatever_the_time_of_its_file(
        self, tmp_path: Path, target: Path, file: Path, desk: Model, time: int
    ) -> None:
        build(desk, target, "2024-02-10")
        file.write_text(DESK.replace("draw.below(4)", "3 - draw.below(4)"))
        os.utime(file, (time, time))
        changed = find_model(str(file))
        assert extend(target, "2024-02-20", changed).kept == 0
        build(changed, tmp_path / "scratch" / "data", "2024-02-20")
        assert_same(target, tmp_path / "scratch" / "data")

    def test_they_are_kept_though_the_file_of_the_model_is_younger(self, target: Path, file: Path, desk: Model) -> None:
        build(desk, target, "2024-02-10")
        os.utime(file, (2**32, 2**32))
        assert extend(target, "2024-02-20").kept > 0

    def test_they_are_copied_where_a_file_can_have_one_name_only(
        self, tmp_path: Path, target: Path, desk: Model, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*any: object, **how: object) -> None:
            raise PermissionError

        build(desk, target, "2024-02-10")
        monkeypatch.setattr(os, "link", refuse)
        assert extend(target, "2024-02-20").kept > 6
        build(desk, tmp_path / "scratch" / "data", "2024-02-20")
        assert_same(target, tmp_path / "scratch" / "data")

    def test_none_is_kept_of_a_build_that_was_cut_otherwise(
        self, tmp_path: Path, target: Path, desk: Model, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        build(desk, target, "2024-02-10")
        monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 5_000)
        assert extend(target, "2024-02-20").kept == 0
        build(desk, tmp_path / "scratch" / "data", "2024-02-20")
        assert_same(target, tmp_path / "scratch" / "data")

    def test_none_is_kept_of_another_version_of_colgen(self, target: Path, desk: Model, monkeypatch: pytest.MonkeyPatch) -> None:
        build(desk, target, "2024-02-10")
        monkeypatch.setattr(manifest, "colgen_version", lambda: "9.9")
        assert extend(target, "2024-02-20").kept == 0
        assert manifest.read(target).colgen == "9.9"

    def test_they_need_no_room_on_the_disk(self, target: Path, desk: Model, monkeypatch: pytest.MonkeyPatch) -> None:
        build(desk, target, "2024-02-10")
        needed: list[int] = []
        monkeypatch.setattr("colgen.targets.folder.target.refuse_without_room", lambda bytes, folder: needed.append(bytes))
        parts = {(name, part.number): part for name, table in manifest.read(target).tables.items() for part in table.parts}
        before = numbers(target)
        extend(target, "2024-02-20")
        after = numbers(target)
        kept = sum(part.bytes for place, part in parts.items() if after[place] == before[place])
        build(desk, target.parent / "scratch", "2024-02-20")
        assert needed[1] == needed[3] - kept
        assert needed[0] == needed[2] - kept

    def test_a_branch_that_goes_on_from_another_number_is_made_anew(self, tmp_path: Path, target: Path) -> None:
        (tmp_path / "doors.py").write_text("""
from colgen import *
class Entries(Table):
    rows = Branches()
class Front(Entries):
    rows = Daily(50)
    id = Key()
    day = Day()
class Back(Entries):
    rows = Daily(20)
    id = Key()
    day = Day()
class Guards(Table):
    rows = Daily(70)
    id = Key()
    day = Day()
model = Model("doors", tables=[Entries, Front, Back, Guards], volumes={"small": {}}, first_day="2024-01-01", settles_after=0)
""")
        doors = find_model(str(tmp_path / "doors.py"))
        build(doors, target, "2024-03-31")
        before = numbers(target)
        extend(target, "2024-06-30")
        after = numbers(target)
        kept = {place for place in before if before[place] == after[place]}
        assert {table for table, _ in kept} == {"entries", "guards"}
        build(doors, tmp_path / "scratch" / "data", "2024-06-30")
        assert_same(target, tmp_path / "scratch" / "data")
