"""A killed build is resumed only by the same request; where there is nothing to resume, everything is built."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import shutil
from pathlib import Path

import pytest

import colgen as package
from colgen.audit.check import CheckFailed
from colgen.declare.find import find_model
from colgen.declare.rules import Rule
from colgen.engines.progress import Event, Noted, RowsMade
from colgen.errors import ColgenError, RequestError, TargetError
from colgen.generate.spec import Spec
from colgen.models.invoicing import parties
from colgen.pipeline.conductor import conduct
from colgen.pipeline.extend import extend as prolong
from colgen.targets import manifest
from colgen.targets.folder import staging
from colgen.targets.folder.target import FolderTarget
from tests.pipeline.extending import assert_same
from tests.pipeline.resuming import MODEL, Dying, Killed, build, kill, nothing_is_cleared_away, resume
from tests.support import colgen, files_in, first_of, mounted, thorough, whole


@pytest.mark.usefixtures("tiny_parts")
class TestNothingToResume:
    def assert_all_is_built(self, target: Path) -> None:
        summary, notes = resume(target)
        assert notes == ["nothing to resume; everything is built"]
        assert (summary.kept, summary.resumed) == (0, False)
        whole(target)
        assert os.listdir(target.parent) == ["data"]

    def test_where_there_was_no_build(self, target: Path) -> None:
        self.assert_all_is_built(target)

    def test_where_a_build_is_finished(self, target: Path) -> None:
        build(target, seed=1)
        self.assert_all_is_built(target)

    def test_where_a_build_ended_before_its_first_part(self, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        kill(target, monkeypatch, blocks=0)
        self.assert_all_is_built(target)

    def test_where_what_was_left_has_no_journal(self, target: Path, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        kill(target, monkeypatch)
        log.unlink()
        self.assert_all_is_built(target)

    def test_where_only_the_journal_is_left(self, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        kill(target, monkeypatch)
        shutil.rmtree(staging.staging_folder(target))
        self.assert_all_is_built(target)

    def test_the_command_says_it(self, tmp_path: Path) -> None:
        told = colgen("build", "--resume", cwd=tmp_path)
        assert (told.returncode, told.stdout) == (0, "")
        assert told.stderr.startswith("nothing to resume; everything is built\n")
        assert "taken over" not in told.stderr
        told = colgen("build", "--resume", "--overwrite", "--progress", "json", cwd=tmp_path)
        events = [json.loads(line) for line in told.stderr.splitlines()]
        assert events[1] == {"event": "note", "note": "nothing to resume; everything is built"}
        assert "kept" not in events[-1]
        assert colgen("build", "--resume", "--overwrite", "--quiet", cwd=tmp_path).stderr == ""

    def test_without_resume_what_a_killed_build_left_is_cleared_away(
        self, target: Path, log: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kill(target, monkeypatch)
        summary = build(target)
        assert (summary.kept, summary.resumed) == (0, False)
        assert os.listdir(target.parent) == ["data"]

    def test_without_resume_a_refused_build_clears_it_away_too(self, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        build(target)
        kill(target, monkeypatch)
        with pytest.raises(TargetError, match="--overwrite"):
            package.build(MODEL, out=target)
        assert os.listdir(target.parent) == ["data"]


@pytest.mark.usefixtures("tiny_parts")
class TestRefusals:
    def refused(self, target: Path, says: str, error: type[ColgenError] = RequestError, **request: object) -> None:
        before = files_in(target.parent)
        with pytest.raises(error, match=says):
            resume(target, **request)  # type: ignore[arg-type]
        assert files_in(target.parent) == before

    @pytest.mark.parametrize(
        ("request_", "says"),
        first_of(
            [
                ({"seed": 1}, r"another request: seed 0 \(now 1\); ask for the same to resume it, or build again without --resume"),
                ({"settings": {"customers": 26}}, r"request: customers 25 \(now 26\);"),
                ({"tables": ["products"]}, r"tables customer_types, .* \(now products\);"),
                ({"seed": 1, "format": "csv"}, r"request: seed 0 \(now 1\), format parquet \(now csv\);"),
                ({"volume": "large"}, r"request: volume small \(now large\);"),
                ({"scale": 2}, r"scale 1.0 \(now 2.0\);"),
                ({"format": "csv"}, r"request: format parquet \(now csv\);"),
                ({"compression": "zstd"}, r"request: compression snappy \(now zstd\);"),
                ({"encoding": "compatible"}, r"request: encoding compact \(now compatible\);"),
                ({"last_day": "2024-06-30", "first_day": "2024-01-01"}, r"request: last day 2024-12-31 \(now 2024-06-30\);"),
            ],
            quick=4,
        ),
    )
    def test_another_request(self, target: Path, monkeypatch: pytest.MonkeyPatch, request_: dict[str, object], says: str) -> None:
        kill(target, monkeypatch)
        self.refused(target, says, **request_)
        assert resume(target)[0].kept > 0

    @thorough
    def test_another_scenario(self, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        erp = find_model("erp")
        kill(target, monkeypatch, 40, model=erp, last_day="2024-01-05", scenario="payment-crisis")
        self.refused(target, r"scenario payment-crisis \(now normal-ops\)", model=erp, last_day="2024-01-05")

    @pytest.mark.parametrize(
        ("module", "name", "value", "says"),
        [
            ("colgen.targets.manifest", "DATA_VERSION", 99, r"request: data version \d+ \(now 99\);"),
            ("colgen.targets.manifest", "colgen_version", lambda: "99.0", r"colgen .* \(now 99.0\);"),
            ("colgen.targets.manifest", "version_of", lambda name: "99.0", r"numpy .* \(now 99.0\), pyarrow .* \(now 99.0\)"),
            ("colgen.generate.plan", "PART_BYTES", 2_000, "the work is cut differently"),
        ],
    )
    def test_another_version(self, target: Path, monkeypatch: pytest.MonkeyPatch, module: str, name: str, value: object, says: str) -> None:
        kill(target, monkeypatch)
        with monkeypatch.context() as patch:
            patch.setattr(f"{module}.{name}", value)
            self.refused(target, says)
        assert resume(target)[0].kept > 0

    def test_a_model_of_ones_own_whose_file_has_changed(self, tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        file = tmp_path / "things.py"
        text = """
from colgen import *

class Things(Table):
    rows = Volume("things")
    id = Key()
    size = Integers(1, 5)

model = Model("things", tables=[Things], volumes={"small": {"things": 20_000}})
"""
        file.write_text(text)
        kill(target, monkeypatch, model=find_model(str(file)))
        file.write_text(text.replace("(1, 5)", "(2, 6)"))
        self.refused(target, "another request: the model's file has changed;", model=find_model(str(file)))
        file.write_text(text)
        assert resume(target, model=find_model(str(file)))[0].kept > 0

    def test_a_finished_build_there_needs_overwrite_and_what_was_left_stays(self, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        build(target, seed=1)
        kill(target, monkeypatch)
        before = files_in(target.parent)
        with pytest.raises(TargetError, match="add --overwrite"):
            package.build(MODEL, out=target, resume=True)
        assert files_in(target.parent) == before
        assert resume(target)[0].kept > 0
        assert whole(target).spec.seed == 0

    def test_a_build_under_way(self, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        kill(target, monkeypatch)

        notes = []

        def meddle(event: Event) -> None:
            if isinstance(event, Noted):
                with pytest.raises(TargetError, match="under way"):
                    resume(target)
                with pytest.raises(TargetError, match="under way"):
                    build(target)
                notes.append(event.note)

        summary = conduct(Spec.of(MODEL), MODEL, FolderTarget(target, resume=True), threads=1, progress=meddle)
        assert len(notes) == 1
        assert summary.kept > 0
        whole(target)

    def test_the_old_build_stays_in_place_until_the_end(self, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        build(target, seed=1)
        kill(target, monkeypatch)
        seen = []

        def watch(event: Event) -> None:
            if isinstance(event, RowsMade):
                seen.append(whole(target).spec.seed)

        conduct(Spec.of(MODEL), MODEL, FolderTarget(target, overwrite=True, resume=True), threads=1, progress=watch)
        assert set(seen) == {1}
        assert whole(target).spec.seed == 0

    def test_a_rule_that_does_not_hold_leaves_nothing_behind(self, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        kill(target, monkeypatch)
        model = dataclasses.replace(MODEL, rules=(Rule(parties.Customers, "never so", "false"),))
        with pytest.raises(CheckFailed):
            conduct(Spec.of(model), model, FolderTarget(target, resume=True), threads=1, check=True)
        assert os.listdir(target.parent) == []

    @thorough
    def test_a_disk_that_runs_full_leaves_nothing_behind(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with mounted(tmp_path / "disk", "size=2m") as disk:
            monkeypatch.setattr("colgen.targets.folder.target.refuse_without_room", lambda *any: None)
            monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 100_000)
            kill(disk / "data", monkeypatch, blocks=6, volume="large", scale=12)
            assert os.listdir(disk) == [".data.colgen"]
            with pytest.raises(ColgenError, match="is full"):
                resume(disk / "data", volume="large", scale=12)
            assert os.listdir(disk) == []


@pytest.mark.usefixtures("tiny_parts")
class TestBesideAnExtension:
    @thorough
    def test_what_a_killed_build_left_is_cleared_away_by_an_extension(
        self, tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        erp = find_model("erp")
        monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 300_000)
        build(target, model=erp, last_day="2024-01-05")
        kill(target, monkeypatch, 10, model=erp, last_day="2024-01-12")
        prolong(target, "2024-01-12", threads=1)
        build(tmp_path / "scratch" / "data", model=erp, last_day="2024-01-12")
        assert_same(target, tmp_path / "scratch" / "data")

    @thorough
    def test_a_killed_extension_is_gone_on_with_and_the_old_build_comes_to_no_harm(
        self, tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its parts may be those of the old build under a second name: none of them is written into."""
        erp = find_model("erp")
        monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 120_000)
        build(target, model=erp, last_day="2024-10-15")
        before = files_in(target)
        with nothing_is_cleared_away(monkeypatch), pytest.raises(Killed):
            prolong(target, "2024-12-31", threads=1, progress=Dying(100))
        parts = staging.staging_folder(target)
        old = {(target / file).stat().st_ino for file in before}
        assert any(path.stat().st_ino in old for path in parts.glob("*/part-*"))
        log = parts.with_name(staging.JOURNAL)
        log.write_bytes(log.read_bytes().replace(b'"digest":"', b'"digest":"0'))  # so that each file seems to be another
        assert files_in(target) == before

        unharmed = []

        def watch(event: Event) -> None:
            if isinstance(event, RowsMade) and random.random() < 0.05:
                unharmed.append(files_in(target) == before)

        spec = manifest.read(target).spec.until("2024-12-31")
        conduct(spec, erp, FolderTarget(target, overwrite=True, resume=True), threads=1, progress=watch)
        assert unharmed
        assert all(unharmed)
        build(tmp_path / "scratch" / "data", model=erp, last_day="2024-12-31")
        assert_same(target, tmp_path / "scratch" / "data")
