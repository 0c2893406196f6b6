"""A build that is made longer is what a build from scratch over the longer period is, and keeps what has settled."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import colgen as package
from colgen.audit import check
from colgen.declare.clock import DAY
from colgen.declare.find import find_model
from colgen.declare.model import Model
from colgen.declare.rows import Daily
from colgen.engines import progress
from colgen.errors import ModelError, RequestError, TargetError
from colgen.generate.plan import Plan, Task, cut
from colgen.generate.spec import Spec
from colgen.generate.walk import walk
from colgen.pipeline import extend as extension
from colgen.pipeline import summary
from colgen.scenario.scenario import Scenario
from colgen.targets import manifest
from colgen.targets.folder import staging as publish
from colgen.values.types import Date, Timestamp

from . import test_faults
from .support import ROOT, colgen
from .test_faults import killed_before_change, wait_for_event, whole

ERP = find_model("erp")

DESK = '''
"""People come to a desk, and are answered within three days."""

from colgen import *


class Customers(Table):
    rows = Volume("customers")
    id = Key()
    name = Text("Customer {id}")


class Hours(Table, hidden=True):
    rows = Daily(4)
    id = Key()
    day = Day()
    questions = Integers(20, 40)


class Questions(Table, keep="there"):
    rows = FanOut(Hours, "questions")
    id = Key()
    hour = ParentKey(Hours, hidden=True)
    customer_id = ForeignKey(Customers)
    asked_on = column(Date)(lambda day=Hours.day: day)
    answered_on = column(Date)(lambda draw, asked_on: asked_on + draw.below(4))
    there = column(Boolean, hidden=True)(lambda draw: draw.chance(0.9))

    @column(Words(["open", "answered"]))
    def status(answered_on, period):
        return answered_on <= period.end


class Answers(Table, keep="there"):
    rows = FanOut(Questions, 2)
    id = Key()
    question_id = ParentKey(Questions)
    there = column(Boolean, hidden=True)(
        lambda period, there=Questions.there, answered_on=Questions.answered_on: there & (answered_on <= period.end)
    )


model = Model(
    "desk",
    tables=[Customers, Hours, Questions, Answers],
    volumes={"small": {"customers": 20, "days": 30}},
    first_day="2024-01-01",
    settles_after=3,
)
'''


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.plan.PART_BYTES", 3_000)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "desk.py"
    path.write_text(DESK)
    return path


@pytest.fixture
def desk(file: Path) -> Model:
    return find_model(str(file))


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "place" / "data"


def build(model: Model, folder: Path, last_day: str, **options: object) -> summary.Summary:
    return package.build(model, out=folder, last_day=last_day, threads=1, **options)  # type: ignore[call-overload,no-any-return]


def extend(folder: Path, to: str, model: Model | None = None, **options: object) -> summary.Summary:
    return extension.extend(folder, to, model, threads=1, **options)  # type: ignore[arg-type]


def assert_same(folder: Path, scratch: Path) -> None:
    """Manifest, views and every part are the same byte for byte, and there is nothing else."""
    whole(folder)
    assert json.loads((folder / manifest.NAME).read_text()) == json.loads((scratch / manifest.NAME).read_text())
    assert {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()} == {
        str(path.relative_to(scratch)): path.read_bytes() for path in scratch.rglob("*") if path.is_file()
    }
    assert os.listdir(folder.parent) == [folder.name]


def numbers(folder: Path) -> dict[str, int]:
    """The inode of each part: the same one is the same file."""
    return {part.file: (folder / part.file).stat().st_ino for table in manifest.read(folder).tables.values() for part in table.parts}


class TestTheDistributor:
    @pytest.mark.parametrize(
        ("volume", "scenario", "format", "days"),
        [
            ("small", "normal-ops", "parquet", ("2024-01-30", "2024-01-31")),
            ("small", "normal-ops", "csv", ("2024-01-02", "2024-03-05", "2024-12-31")),
            ("small", "warehouse-outage", "parquet", ("2024-01-14", "2024-02-01", "2024-04-01")),
            ("small", "growth-phase", "csv", ("2024-05-31", "2025-03-31")),
            ("small", "payment-crisis", "jsonl", ("2024-04-09", "2024-07-01")),
            ("medium", "normal-ops", "parquet", ("2024-01-31", "2024-03-31")),
            ("medium", "warehouse-outage", "csv", ("2024-01-20", "2024-02-20")),
            ("medium", "anomaly-heavy", "parquet", ("2024-03-31", "2024-04-30")),
        ],
    )
    def test_extended_is_the_same_as_from_scratch(
        self, tmp_path: Path, target: Path, volume: str, scenario: str, format: str, days: tuple[str, ...]
    ) -> None:
        first, *later = days
        build(ERP, target, first, volume=volume, scenario=scenario, format=format, seed=3)
        for day in later:
            summary = extend(target, day)
            assert summary.added is not None
            assert all(added >= 0 for added in summary.added.values())
            assert summary.added["orders"] > 0
        build(ERP, tmp_path / "scratch" / "data", days[-1], volume=volume, scenario=scenario, format=format, seed=3)
        assert_same(target, tmp_path / "scratch" / "data")

    @pytest.mark.parametrize("scenario", ["normal-ops", "warehouse-outage", "payment-crisis"])
    def test_what_is_kept_is_the_same_as_from_scratch(
        self, tmp_path: Path, target: Path, scenario: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("colgen.plan.PART_BYTES", 120_000)
        build(ERP, target, "2024-10-15", volume="small", scenario=scenario)
        kept = [extend(target, day).kept for day in ("2024-10-16", "2024-12-31", "2025-02-11")]
        assert 0 < kept[0] <= kept[1] < kept[2]
        build(ERP, tmp_path / "scratch" / "data", "2025-02-11", volume="small", scenario=scenario)
        assert_same(target, tmp_path / "scratch" / "data")

    def test_what_was_open_moves_on_and_no_row_goes(self, tmp_path: Path, target: Path) -> None:
        for folder in (target, tmp_path / "before"):
            build(ERP, folder, "2024-02-15", volume="small")
        extend(target, "2024-03-15")
        found = {one.table: one for one in package.diff(tmp_path / "before", target)}
        assert all(one.gone == 0 for one in found.values())
        assert found["orders"].changed > 0
        assert found["orders"].columns["status"] > 0
        assert found["payments"].columns["paid_at"] > 0
        assert found["shipments"].added > 0

    @pytest.mark.parametrize("scenario", ["normal-ops", "warehouse-outage", "anomaly-heavy", "payment-crisis"])
    def test_nothing_comes_of_a_day_after_it_has_settled(self, scenario: str) -> None:
        """Every moment that any row of a family speaks of, hidden ones and such as have not happened too."""
        spec = Spec.of(ERP, volume="medium", last_day="2025-06-30", scenario=scenario)
        run = spec.run(ERP)
        assert ERP.settles_after is not None
        bound = ERP.settles_after + max((outage.days for outage in run.scenario.outages), default=0)
        latest = 0.0
        for family in ERP.families:
            if not isinstance(family[0].rows, Daily):
                continue
            day_of = family[0].columns["day"]
            for blocks in walk(run, family, 1, run.rows_of(family[0])):
                for table, block in blocks.items():
                    values, rows = (block.values("day"), slice(None)) if table is family[0] else block.parent_values(day_of)
                    day = np.asarray(values)[rows]
                    for column in table.columns.values():
                        if column.type in (Date, Timestamp) and block.count:
                            moment = np.ma.asarray(block.values(column.name)) / (DAY if column.type is Timestamp else 1)
                            happens = np.ma.compressed(np.ma.masked_where(np.ma.getdata(moment) > 10**6, moment - day))  # not in 4,700
                            latest = max(latest, happens.max(initial=0.0))
        assert 100 < latest < bound - 14

    def test_the_longest_outage_is_waited_for(self, tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("colgen.plan.PART_BYTES", 30_000)
        outage = {"time": {"outages": [{"from": 5, "days": 80}]}}
        scenario = Scenario.read("normal-ops").derive("standstill", models={"erp": outage})
        build(ERP, target, "2024-10-15", volume="small", scenario=scenario, tables=["orders"])
        build(ERP, tmp_path / "other" / "data", "2024-10-15", volume="small", tables=["orders"])
        assert extend(target, "2024-10-20").kept == 0
        assert extend(tmp_path / "other" / "data", "2024-10-20").kept > 0
        assert extend(target, "2024-11-30").kept == 0  # 294 days less 220 and 80
        assert extend(target, "2024-12-01").kept > 0
        build(ERP, tmp_path / "scratch" / "data", "2024-12-01", volume="small", scenario=scenario, tables=["orders"])
        assert_same(target, tmp_path / "scratch" / "data")

    def test_some_tables_alone_are_extended_too(self, tmp_path: Path, target: Path) -> None:
        for folder, day in ((target, "2024-01-20"), (tmp_path / "scratch" / "data", "2024-02-20")):
            build(ERP, folder, day, volume="small", tables=["stock_movements", "companies"])
        assert set(extend(target, "2024-02-20").rows) == {"stock_movements", "companies"}
        assert_same(target, tmp_path / "scratch" / "data")

    def test_every_rule_holds_on_what_was_extended(self, target: Path) -> None:
        build(ERP, target, "2024-02-10", volume="small")
        outcomes = extend(target, "2024-03-20", checked=True).outcomes
        assert outcomes
        assert all(one.holds for one in outcomes)
        assert [one for one in package.check(target) if not one.holds] == []


@pytest.mark.usefixtures("small_parts")
class TestPartsThatAreKept:
    @pytest.mark.parametrize("format", ["parquet", "csv", "csv.gz", "csv.zst", "jsonl", "arrow"])
    def test_they_are_the_very_files(self, tmp_path: Path, target: Path, desk: Model, format: str) -> None:
        build(desk, target, "2024-02-10", format=format)
        before = numbers(target)
        summary = extend(target, "2024-03-10")
        after = numbers(target)
        same = {file for file in before if after[file] == before[file]}
        assert summary.kept == len(same) > 6
        assert {file.split("/")[0] for file in same} == {"questions", "answers"}
        assert summary.parts == len(after) > len(before)
        build(desk, tmp_path / "scratch" / "data", "2024-03-10", format=format)
        assert_same(target, tmp_path / "scratch" / "data")

    def test_day_by_day_it_is_the_same_as_from_scratch(self, tmp_path: Path, target: Path, desk: Model) -> None:
        build(desk, target, "2024-01-01")
        kept = [extend(target, f"2024-01-{day:02d}").kept for day in range(2, 32)]
        assert kept == sorted(kept)
        assert kept[0] == 0
        assert kept[-1] > 6
        build(desk, tmp_path / "scratch" / "data", "2024-01-31")
        assert_same(target, tmp_path / "scratch" / "data")

    def test_none_is_kept_of_days_that_have_not_settled(self, target: Path, desk: Model) -> None:
        build(desk, target, "2024-02-10")
        old = manifest.read(target)
        run = old.spec.run(desk)
        slices = [one for family, some in cut(old.spec, desk, run) if isinstance(family[0].rows, Daily) for one in some]
        settled = [one for one in slices if (one.first + one.rows - 2) // 4 + 3 < run.period.days - 1]
        assert 0 < len(settled) < len(slices)
        assert extend(target, "2024-02-11").kept == 2 * len(settled)

    def test_one_that_was_damaged_is_made_anew(self, tmp_path: Path, target: Path, desk: Model) -> None:
        build(desk, target, "2024-02-10")
        build(desk, tmp_path / "scratch" / "data", "2024-02-20")
        broken = target / "questions" / "part-00001.parquet"
        content = bytearray(broken.read_bytes())
        content[len(content) // 2] ^= 1
        broken.write_bytes(content)
        (target / "answers" / "part-00002.parquet").unlink()
        before = numbers(tmp_path / "scratch" / "data").keys()
        summary = extend(target, "2024-02-20")
        assert 0 < summary.kept < len(before)
        assert_same(target, tmp_path / "scratch" / "data")

    def test_one_that_is_a_link_to_elsewhere_is_made_anew(self, tmp_path: Path, target: Path, desk: Model) -> None:
        build(desk, target, "2024-02-10")
        build(desk, tmp_path / "scratch" / "data", "2024-02-20")
        part = target / "questions" / "part-00001.parquet"
        part.rename(tmp_path / "elsewhere")
        part.symlink_to(tmp_path / "elsewhere")
        extend(target, "2024-02-20")
        assert not part.is_symlink()
        assert (tmp_path / "elsewhere").exists()
        assert_same(target, tmp_path / "scratch" / "data")

    def test_they_are_copied_where_a_file_can_have_one_name_only(
        self, tmp_path: Path, target: Path, desk: Model, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*any: object) -> None:
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
        monkeypatch.setattr("colgen.plan.PART_BYTES", 5_000)
        assert extend(target, "2024-02-20").kept == 0
        build(desk, tmp_path / "scratch" / "data", "2024-02-20")
        assert_same(target, tmp_path / "scratch" / "data")

    def test_none_is_kept_once_the_file_of_the_model_has_changed(self, tmp_path: Path, target: Path, file: Path, desk: Model) -> None:
        build(desk, target, "2024-02-10")
        file.write_text(DESK.replace("draw.below(4)", "3 - draw.below(4)"))
        os.utime(file, (2**32, 2**32))
        changed = find_model(str(file))
        assert extend(target, "2024-02-20").kept == 0
        build(changed, tmp_path / "scratch" / "data", "2024-02-20")
        assert_same(target, tmp_path / "scratch" / "data")

    def test_none_is_kept_of_another_version_of_colgen(self, target: Path, desk: Model, monkeypatch: pytest.MonkeyPatch) -> None:
        build(desk, target, "2024-02-10")
        monkeypatch.setattr(manifest, "colgen_version", lambda: "9.9")
        assert extend(target, "2024-02-20").kept == 0
        assert manifest.read(target).colgen == "9.9"

    def test_they_need_no_room_on_the_disk(self, target: Path, desk: Model, monkeypatch: pytest.MonkeyPatch) -> None:
        build(desk, target, "2024-02-10")
        needed: list[int] = []
        monkeypatch.setattr(pipeline, "_refuse_without_room", lambda bytes, folder: needed.append(bytes))
        parts = {part.file: part for table in manifest.read(target).tables.values() for part in table.parts}
        before = numbers(target)
        extend(target, "2024-02-20")
        after = numbers(target)
        kept = sum(part.bytes for file, part in parts.items() if after[file] == before[file])
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
        kept = {file for file in before if before[file] == after[file]}
        assert {file.split("/")[0] for file in kept} == {"entries", "guards"}
        build(doors, tmp_path / "scratch" / "data", "2024-06-30")
        assert_same(target, tmp_path / "scratch" / "data")


class TestTheCut:
    """A short period and a long one are cut at the same roots."""

    def slices(self, spec: Spec, model: Model) -> dict[str, list[Task]]:
        return {family[0].name: some for family, some in cut(spec, model, spec.run(model))}

    @pytest.mark.parametrize("days", [1, 2, 7, 40, 63, 64, 65, 300])
    @pytest.mark.usefixtures("small_parts")
    def test_of_a_model_of_ones_own(self, desk: Model, days: int) -> None:
        spec = Spec.of(desk, last_day="2025-12-31")
        short = spec.until(str(np.datetime64("2024-01-01") + days - 1))
        found, longer = self.slices(short, desk)["hours"], self.slices(spec, desk)["hours"]
        assert found[:-1] == longer[: len(found) - 1]
        assert found[-1].rows <= longer[len(found) - 1].rows

    @pytest.mark.parametrize("scenario", ["normal-ops", "growth-phase"])
    @pytest.mark.parametrize("volume", ["small", "large"])
    def test_of_the_distributor(self, volume: str, scenario: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("colgen.plan.PART_BYTES", 40_000)
        spec = Spec.of(ERP, volume=volume, last_day="2024-12-31", scenario=scenario)
        longer = self.slices(spec, ERP)
        for day in ("2024-01-02", "2024-02-29", "2024-07-01"):
            found = self.slices(spec.until(day), ERP)
            for root in ("shifts", "visit_days"):
                assert found[root][:-1] == longer[root][: len(found[root]) - 1]

    def test_of_a_period_beyond_whose_end_not_everything_is_known(self) -> None:
        spec = Spec.of(ERP, volume="small", first_day="2077-06-01", last_day="2077-06-30")  # Ramadan is known until 2077
        assert self.slices(spec, ERP)["shifts"][0].rows == 30


class TestTheSpec:
    def test_it_is_what_the_same_request_with_the_later_day_gives(self) -> None:
        request = dict(volume="medium", scale=2.0, settings={"users": 7}, seed=4, scenario="growth-phase", format="csv", tables=["orders"])
        spec = Spec.of(ERP, last_day="2024-02-10", **request)  # type: ignore[arg-type]
        assert spec.until("2024-08-01") == Spec.of(ERP, last_day="2024-08-01", **request)  # type: ignore[arg-type]
        assert spec.until("2024-08-01").settings["days"] == 214

    @pytest.mark.parametrize("day", ["yesterday", "2024-02-30", "2201-01-01"])
    def test_no_day_is_refused(self, day: str) -> None:
        with pytest.raises(RequestError):
            Spec.of(ERP).until(day)

    def test_a_model_that_settles_before_the_day_is_over_is_refused(self, desk: Model) -> None:
        with pytest.raises(ModelError, match="settles_after = -1"):
            dataclasses.replace(desk, settles_after=-1)


class TestRefused:
    @pytest.fixture
    def built(self, target: Path, desk: Model) -> Path:
        build(desk, target, "2024-02-10")
        return target

    def refused(self, folder: Path, to: str, description: str, model: Model | None = None) -> None:
        before = {path: path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()}
        with pytest.raises(RequestError, match=says):
            extend(folder, to, model)
        assert {path: path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()} == before

    def test_an_earlier_day(self, built: Path) -> None:
        self.refused(built, "2024-02-09", "ends on 2024-02-10, and an extension only adds days: 2024-02-09 is before that")

    def test_the_same_day(self, built: Path) -> None:
        self.refused(built, "2024-02-10", "already ends on 2024-02-10")

    def test_no_day(self, built: Path) -> None:
        self.refused(built, "soon", "'soon': it must be a day")

    @pytest.mark.parametrize("model", ["invoicing", "ecommerce"])
    def test_a_model_whose_earlier_rows_change(self, target: Path, model: str) -> None:
        build(find_model(model), target, "2024-02-10", volume="small")
        says = f"model {model} cannot be extended: .* build it anew with --to 2024-03-01 --overwrite"
        self.refused(target, "2024-03-01", says)

    def test_a_folder_that_is_no_build(self, tmp_path: Path) -> None:
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "notes.txt").write_text("mine")
        self.refused(tmp_path / "mine", "2024-03-01", "holds no finished build")

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        self.refused(tmp_path / "nothing", "2024-03-01", "there is no")

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ({"data_version": 1}, "data version 1, and this one makes version"),
            ({"versions": {"numpy": "1.0", "pyarrow": "1.0"}}, "was made with numpy 1.0, and this is"),
            ({"versions": {}}, "was made with numpy of an unknown version"),
        ],
    )
    def test_a_build_of_other_versions(self, built: Path, change: dict[str, object], description: str) -> None:
        content = json.loads((built / manifest.NAME).read_text())
        (built / manifest.NAME).write_text(json.dumps({**content, **change}))
        self.refused(built, "2024-03-01", says + ".* build it anew with --to 2024-03-01 --overwrite")

    def test_a_model_that_now_has_other_columns(self, built: Path, file: Path) -> None:
        file.write_text(DESK.replace("answered_on = column(Date)", "answered_on = column(Date, hidden=True)"))
        self.refused(built, "2024-03-01", "the table questions of .* is not what model desk makes", find_model(str(file)))

    def test_a_model_whose_file_is_gone_unless_it_is_given(self, built: Path, file: Path, desk: Model) -> None:
        moved = file.rename(file.with_name("moved.py"))
        self.refused(built, "2024-03-01", "there is no file")
        extend(built, "2024-03-01", find_model(str(moved)))
        assert manifest.read(built).spec.model == str(moved.resolve())

    def test_a_build_under_way(self, built: Path) -> None:
        with publish.staging(built, overwrite=True) as new:
            shutil.copytree(built, new, dirs_exist_ok=True)
            with pytest.raises(TargetError, match="under way"):
                extend(built, "2024-03-01")
        assert whole(built).spec.last_day.isoformat() == "2024-02-10"

    def test_a_build_that_another_has_replaced_meanwhile(self, built: Path, desk: Model) -> None:
        class Meddler(progress.NoProgress):
            def begin(self, plan: Plan) -> None:
                build(desk, built, "2024-05-01", overwrite=True)

        with pytest.raises(TargetError, match="no longer holds the build"):
            extend(built, "2024-03-01", progress=Meddler())
        assert whole(built).spec.last_day.isoformat() == "2024-05-01"
        assert os.listdir(built.parent) == ["data"]


@pytest.mark.usefixtures("small_parts")
class TestAllOrNothing:
    def test_a_file_of_the_users_stays(self, target: Path, desk: Model) -> None:
        build(desk, target, "2024-02-10")
        (target / "notes.txt").write_text("mine")
        (target / "questions" / "more.txt").write_text("mine too")
        extend(target, "2024-03-10")
        assert (target / "notes.txt").read_text() == "mine"
        assert (target / "questions" / "more.txt").read_text() == "mine too"

    def test_a_file_of_the_users_where_a_new_part_is_to_lie_is_not_touched(self, target: Path, desk: Model) -> None:
        build(desk, target, "2024-02-10")
        free = target / "questions" / f"part-{len(manifest.read(target).tables['questions'].parts):05d}.parquet"
        free.write_text("mine")
        with pytest.raises(TargetError, match="was not written by colgen"):
            extend(target, "2024-03-10")
        assert free.read_text() == "mine"
        assert whole(target).spec.last_day.isoformat() == "2024-02-10"

    def test_a_rule_that_does_not_hold_leaves_the_old_build(self, target: Path, file: Path) -> None:
        rule = "Rule(Questions, 'nobody asks in March', \"asked_on < DATE '2024-03-01'\")"
        file.write_text(DESK.replace("settles_after=3", f"settles_after=3, rules=[{rule}]"))
        desk = find_model(str(file))
        build(desk, target, "2024-02-10")
        before = numbers(target)
        with pytest.raises(check.CheckFailed, match="nobody asks in March"):
            extend(target, "2024-03-10", checked=True)
        assert whole(target).spec.last_day.isoformat() == "2024-02-10"
        assert numbers(target) == before
        assert os.listdir(target.parent) == ["data"]

    def test_an_error_in_the_middle_leaves_the_old_build(self, target: Path, desk: Model, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*any: object) -> None:
            raise OSError(5, "the disk is broken")

        build(desk, target, "2024-02-10")
        before = numbers(target)
        monkeypatch.setattr(extension, "_link", fail)
        with pytest.raises(OSError, match="broken"):
            extend(target, "2024-03-10")
        assert whole(target).spec.last_day.isoformat() == "2024-02-10"
        assert numbers(target) == before
        assert os.listdir(target.parent) == ["data"]

    def test_kill_9_before_each_change_to_the_file_system_leaves_the_old_or_the_whole_new_build(
        self, tmp_path: Path, desk: Model, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(test_faults, "CHANGES", test_faults.CHANGES | {"os.link"})
        build(desk, tmp_path / "old", "2024-01-12")
        build(desk, tmp_path / "scratch" / "data", "2024-01-20")
        ends = []
        for number in range(1000):
            target = tmp_path / str(number) / "data"
            shutil.copytree(tmp_path / "old", target)
            (target / "notes.txt").write_text("mine")
            killed = killed_before_change(number, lambda target=target: extend(target, "2024-01-15", desk))  # type: ignore[misc]
            ends.append(whole(target).spec.last_day.day)
            extend(target, "2024-01-20")
            assert (target / "notes.txt").read_text() == "mine"
            (target / "notes.txt").unlink()
            assert_same(target, tmp_path / "scratch" / "data")
            shutil.rmtree(target.parent)
            if not killed:
                break
        assert ends == sorted(ends), "once the new build is there, it stays"
        assert set(ends) == {12, 15}

    def test_kill_9_of_a_real_process_leaves_the_old_build_and_the_next_one_succeeds(self, target: Path) -> None:
        build(ERP, target, "2024-01-31", volume="large", tables=["orders"], settings={"orders_per_day": 200})
        before = numbers(target)
        command = [sys.executable, "-m", "colgen", "extend", str(target), "--to", "2025-12-31", "--threads", "1", "--progress", "json"]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT)
        try:
            wait_for_event(process, "rows")
        finally:
            process.kill()
            process.communicate()
        assert whole(target).spec.last_day.isoformat() == "2024-01-31"
        assert numbers(target) == before
        extend(target, "2024-02-01")
        assert whole(target).spec.last_day.isoformat() == "2024-02-01"
        assert os.listdir(target.parent) == ["data"]


class TestTheCommand:
    def test_it_extends_checks_and_tells(self, tmp_path: Path) -> None:
        for arguments in (
            ("build", "erp", "--volume", "small", "--to", "2024-02-15", "--out", "data", "--quiet"),
            ("build", "erp", "--volume", "small", "--to", "2024-03-15", "--out", "scratch", "--quiet"),
        ):
            assert colgen(*arguments, cwd=tmp_path).returncode == 0
        told = colgen("extend", "data", "--to", "2024-03-15", "--check", "--threads", "2", cwd=tmp_path)
        assert told.returncode == 0, told.stderr
        assert told.stdout == ""
        assert "data: now ends on 2024-03-15, +" in told.stderr
        assert "0 parts kept, 15 written" in told.stderr
        assert "checks hold" in told.stderr
        assert "  orders " in told.stderr
        assert (tmp_path / "data/manifest.json").read_bytes() == (tmp_path / "scratch/manifest.json").read_bytes()

    def test_for_programs_it_tells_an_object_a_line(self, tmp_path: Path, file: Path, desk: Model) -> None:
        build(desk, tmp_path / "data", "2024-02-15")
        told = colgen("extend", tmp_path / "data", "--to", "2024-02-20", "--progress", "json")
        events = [json.loads(line) for line in told.stderr.splitlines()]
        assert [events[0]["event"], events[-1]["event"]] == ["begin", "end"]
        assert events[-1]["added"]["customers"] == 0
        assert events[-1]["added"]["questions"] > 0
        assert (events[-1]["kept"], events[-1]["written"]) == (0, 3)

    def test_quiet_says_nothing(self, tmp_path: Path, desk: Model) -> None:
        build(desk, tmp_path / "data", "2024-02-15")
        told = colgen("extend", tmp_path / "data", "--to", "2024-02-20", "--quiet")
        assert (told.returncode, told.stdout, told.stderr) == (0, "", "")

    def test_a_model_that_has_moved_can_be_named(self, tmp_path: Path, file: Path, desk: Model) -> None:
        build(desk, tmp_path / "data", "2024-02-15")
        file.rename(tmp_path / "moved.py")
        assert colgen("extend", tmp_path / "data", "--to", "2024-02-20").returncode == 2
        assert colgen("extend", tmp_path / "data", "--to", "2024-02-20", "--model", tmp_path / "moved.py", "-q").returncode == 0

    @pytest.mark.parametrize(
        ("arguments", "code", "says"),
        [
            (("data", "--to", "2024-02-15"), 2, "already ends on 2024-02-15"),
            (("data", "--to", "2024-02-14"), 2, "only adds days"),
            (("data",), 2, "--to"),
            (("data", "--to", "soon"), 2, "it must be a day"),
            (("nothing", "--to", "2024-03-01"), 2, "there is no 'nothing'"),
            ((".", "--to", "2024-03-01"), 2, "holds no finished build"),
            (("data", "--to", "2024-03-01", "--threads", "0"), 2, "--threads 0"),
        ],
    )
    def test_a_wrong_request_ends_with_its_code(
        self, tmp_path: Path, desk: Model, arguments: tuple[str, ...], code: int, description: str
    ) -> None:
        build(desk, tmp_path / "data", "2024-02-15")
        told = colgen("extend", *arguments, cwd=tmp_path)
        assert told.returncode == code
        assert says in told.stderr
        assert "Traceback" not in told.stderr

    def test_the_current_folder_is_refused_as_a_target(self, tmp_path: Path, desk: Model) -> None:
        build(desk, tmp_path / "data", "2024-02-15")
        told = colgen("extend", ".", "--to", "2024-02-20", cwd=tmp_path / "data")
        assert told.returncode == 3
        assert "is the current folder" in told.stderr

    def test_python_has_it_too(self, tmp_path: Path, desk: Model) -> None:
        build(desk, tmp_path / "data", "2024-02-15")
        summary = package.extend(tmp_path / "data", to="2024-02-20", check=True)
        assert summary.spec.last_day.isoformat() == "2024-02-20"
        assert summary.added is not None
        assert summary.added["customers"] == 0
        assert summary.rows["questions"] == manifest.read(tmp_path / "data").tables["questions"].rows
        assert summary.outcomes
