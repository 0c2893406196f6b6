"""A build that was killed goes on from its finished parts, and comes out as if nothing had happened."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import colgen as package
from colgen import BigInteger, Boolean, FanOut, Key, Table, column
from colgen.audit import check
from colgen.declare.find import find_model
from colgen.declare.model import Model
from colgen.declare.rules import Rule
from colgen.engines import progress
from colgen.errors import ColgenError, RequestError, TargetError
from colgen.generate.spec import Spec
from colgen.models.invoicing import tables as invoicing
from colgen.pipeline import build, summary
from colgen.pipeline import extend as extension
from colgen.targets import manifest
from colgen.targets.folder import journal
from colgen.targets.folder import staging as publish
from colgen.targets.folder.file import OutputFile

from .support import KILLS, ROOT, colgen
from .test_extension import assert_same, numbers
from .test_faults import killed_before_change, mounted, whole

MODEL = find_model("invoicing")
PART_BYTES = 150_000
DRIVER = "import sys, colgen.plan; colgen.plan.PART_BYTES = int(sys.argv.pop(1)); from colgen.cli import main; main()"
"""The command line, with parts of another size."""
LARGE = {"volume": "large", "scale": 10, "seed": 2}
LARGE_IN_WORDS = ("--volume", "large", "--scale", "10", "--seed", "2")


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.plan.PART_BYTES", PART_BYTES)


@pytest.fixture
def tiny_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.plan.PART_BYTES", 1_000)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "place" / "data"


@pytest.fixture
def log(target: Path) -> Path:
    """Where the journal of a build into the target lies."""
    return publish.staging_folder(target).with_name(journal.NAME)


def build(target: Path, *, model: Model = MODEL, resume: bool = False, **request: object) -> summary.Summary:
    return package.build(model, out=target, threads=2, overwrite=True, resume=resume, **request)  # type: ignore[call-overload,no-any-return]


class Killed(BaseException):
    """The end of a process, as far as a folder can tell."""


class Dying(progress.NoProgress):
    """Ends a build once so many blocks are made. notes : what the build has said"""

    def __init__(self, blocks: int = 10**9) -> None:
        self.left = blocks
        self.notes: list[str] = []

    def rows(self, table: str, rows: int) -> None:
        self.left -= 1
        if self.left < 0:
            raise Killed

    def note(self, what: str) -> None:
        self.notes.append(what)


def kill(target: Path, monkeypatch: pytest.MonkeyPatch, blocks: int = 5, *, model: Model = MODEL, **request: object) -> None:
    """A build that leaves what a killed one leaves; one thread, so that always the same parts are finished."""
    spec = Spec.of(model, **request)  # type: ignore[arg-type]
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", lambda path: None)
        patch.setattr(Path, "unlink", lambda path, missing_ok=False: None)
        with pytest.raises(Killed):
            build.build(spec, model, target, threads=1, overwrite=True, progress=Dying(blocks))


def resume(target: Path, *, model: Model = MODEL, **request: object) -> tuple[summary.Summary, list[str]]:
    """Resumes, and gives what was said of it too."""
    progress = Dying()
    spec = Spec.of(model, **request)  # type: ignore[arg-type]
    return build.build(spec, model, target, threads=2, overwrite=True, resume=True, progress=progress), progress.notes


def finished(log: Path) -> list[manifest.PartFile]:
    return [journal.Finished.model_validate_json(line).part for line in log.read_bytes().splitlines()[1:]]


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The large build, made in one go."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("colgen.plan.PART_BYTES", PART_BYTES)
        folder = tmp_path_factory.mktemp("uninterrupted") / "data"
        build(folder, **LARGE)
        assert sum(len(table.parts) for table in manifest.read(folder).tables.values()) > 100
        yield folder


def start(target: Path, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", DRIVER, str(PART_BYTES), "build", "--out", str(target), *LARGE_IN_WORDS, "--threads", "2", "--quiet"]
    return subprocess.Popen([*command, *arguments], cwd=ROOT, stderr=subprocess.PIPE)


def lines_in(log: Path) -> int:
    try:
        return log.read_bytes().count(b"\n")
    except OSError:
        return 0


class TestKill9:
    @pytest.mark.parametrize("number", range(KILLS))
    def test_at_any_moment_of_a_real_process_the_build_goes_on_and_is_the_same(
        self, target: Path, log: Path, uninterrupted: Path, number: int
    ) -> None:
        """By the number of parts that are finished in every other case, and else by the clock; an old build is there in every third."""
        chance = random.Random(20241231 + number)
        old = number % 3 == 0
        if old:
            build(target, volume="small", seed=1)
        process = start(target, "--overwrite")
        try:
            if number % 2:
                many = 1 + 100 * number // KILLS + chance.randrange(10)
                while process.poll() is None and lines_in(log) < many:
                    time.sleep(0.001)
            else:
                while process.poll() is None and not log.exists():
                    time.sleep(0.001)
                time.sleep(0.4 * (number + chance.random()) / KILLS)
        finally:
            process.kill()
            process.communicate()
        if old:
            assert whole(target).spec.seed in (1, 2)
        elif target.exists():
            assert_same_parts(target, uninterrupted)
        left = lines_in(log) - 1
        summary = build(target, resume=True, **LARGE)
        if left > 0:
            assert summary.resumed
            assert summary.kept == left
        assert_same(target, uninterrupted)

    def test_again_and_again_it_still_goes_on(self, target: Path, log: Path, uninterrupted: Path) -> None:
        begun = []
        for wanted in (10, 30, 50, 70):
            process = start(target, "--resume")
            while process.poll() is None and lines_in(log) < wanted:
                time.sleep(0.001)
            process.kill()
            process.communicate()
            begun.append(lines_in(log))
        assert begun == sorted(begun)
        summary = build(target, resume=True, **LARGE)
        assert summary.kept > 60
        assert_same(target, uninterrupted)

    def test_the_command_tells_how_many_parts_it_took_over(self, target: Path, log: Path, uninterrupted: Path) -> None:
        process = start(target)
        while process.poll() is None and lines_in(log) < 40:
            time.sleep(0.001)
        process.kill()
        process.communicate()
        command = [sys.executable, "-c", DRIVER, str(PART_BYTES), "build", "--out", str(target), *LARGE_IN_WORDS, "--resume"]
        refused = subprocess.run([*command, "--seed", "3"], cwd=ROOT, capture_output=True, text=True)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "seed 2 (now 3)" in refused.stderr
        told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert told.returncode == 0, told.stderr
        assert re.search(r"finished already: \d+ of 110 parts", told.stderr)
        assert " of 110 parts taken over" in told.stderr
        assert_same(target, uninterrupted)

    @pytest.mark.usefixtures("tiny_parts")
    @pytest.mark.parametrize("exchange", [True, False], ids=["with exchange", "without exchange"])
    def test_before_each_single_change_to_the_file_system(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool) -> None:
        """The build, killed and gone on with, is the uninterrupted one; the old build and a file of the user's come to no harm."""
        if not exchange:
            monkeypatch.setattr(publish, "_exchange", lambda one, other: False)
        monkeypatch.setattr("colgen.plan.PART_BYTES", 1_500)
        request = {"seed": 2, "tables": ["customers", "products"]}
        build(tmp_path / "scratch" / "data", **request)
        build(tmp_path / "old" / "data", volume="small", seed=1, tables=["customers"])
        kept = []
        for number in range(1000):
            target = Path(shutil.copytree(tmp_path / "old" / "data", tmp_path / str(number) / "data"))
            (target / "customers" / "notes.txt").write_text("mine")

            def work(target: Path = target) -> None:
                """A part is begun when the one before it is noted, so that a build is killed at every number of finished ones."""
                noted = threading.Semaphore(1)
                begin, note = OutputFile.__init__, journal.Journal.add
                OutputFile.__init__ = lambda self, path: (noted.acquire(), begin(self, path))[1]  # type: ignore[method-assign]
                journal.Journal.add = lambda self, task, parts: (note(self, task, parts), noted.release())[1]  # type: ignore[method-assign]
                package.build(MODEL, out=target, threads=1, overwrite=True, **request)  # type: ignore[call-overload]

            killed = killed_before_change(number, work)
            if exchange or target.exists():
                assert whole(target).spec.seed in (1, 2)
            kept.append(build(target, resume=True, **request).kept)
            assert (target / "customers" / "notes.txt").read_text() == "mine"
            (target / "customers" / "notes.txt").unlink()
            assert_same(target, tmp_path / "scratch" / "data")
            shutil.rmtree(target.parent)
            if not killed:
                break
        parts = sum(len(table.parts) for table in manifest.read(tmp_path / "scratch" / "data").tables.values())
        assert parts > 5
        assert sorted(set(kept)) == list(range(parts + 1))

    @pytest.mark.usefixtures("tiny_parts")
    def test_in_the_midst_of_resuming_and_of_cleaning_up(self, tmp_path: Path) -> None:
        chance = random.Random(11)
        request = {"seed": 2, "tables": ["customers", "products"]}
        build(tmp_path / "scratch" / "data", **request)
        for number in range(2 * KILLS):
            target = tmp_path / str(number) / "data"
            for resumes in (False, True, chance.random() < 0.8, True):

                def work(target: Path = target, resumes: bool = resumes) -> None:
                    package.build(MODEL, out=target, threads=1, overwrite=True, resume=resumes, **request)  # type: ignore[call-overload]

                killed_before_change(chance.randrange(45), work)
            build(target, resume=True, **request)
            assert_same(target, tmp_path / "scratch" / "data")


def assert_same_parts(folder: Path, scratch: Path) -> None:
    assert whole(folder) == whole(scratch)


@pytest.mark.usefixtures("tiny_parts")
class TestWhatIsTakenOver:
    @pytest.mark.parametrize("format", ["parquet", "csv.gz", "jsonl", "arrow"])
    def test_every_format(self, tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch, format: str) -> None:
        kill(target, monkeypatch, format=format)
        summary, notes = resume(target, format=format)
        build(tmp_path / "scratch" / "data", format=format)
        assert_same(target, tmp_path / "scratch" / "data")
        assert summary.kept > 0
        assert notes == [f"finished already: {summary.kept} of {summary.parts} parts"]

    def test_files_are_the_same_and_not_made_again(self, target: Path, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        kill(target, monkeypatch, blocks=8)
        new = publish.staging_folder(target)
        before = {part.file: (new / part.file).stat().st_ino for part in finished(log)}
        opened: list[Path] = []
        usual = OutputFile.__init__
        monkeypatch.setattr(OutputFile, "__init__", lambda self, path: (opened.append(path), usual(self, path))[1])
        summary, _ = resume(target)
        assert len(before) == summary.kept > 3
        assert before.items() <= numbers(target).items()
        assert {str(path.relative_to(new)) for path in opened} == numbers(target).keys() - before.keys()

    def test_the_model_with_rows_that_are_not_kept(self, tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        erp = find_model("erp")
        monkeypatch.setattr("colgen.plan.PART_BYTES", 120_000)
        kill(target, monkeypatch, 60, model=erp, last_day="2024-10-15")
        summary, _ = resume(target, model=erp, last_day="2024-10-15")
        assert summary.kept > 3
        build(tmp_path / "scratch" / "data", model=erp, last_day="2024-10-15")
        assert_same(target, tmp_path / "scratch" / "data")

    @pytest.mark.parametrize("harm", ["missing", "shorter", "longer", "a flipped byte", "empty"])
    def test_a_part_whose_file_is_no_longer_what_it_was_is_made_anew(
        self, tmp_path: Path, target: Path, log: Path, monkeypatch: pytest.MonkeyPatch, harm: str
    ) -> None:
        kill(target, monkeypatch, blocks=8)
        parts = finished(log)
        path = publish.staging_folder(target) / parts[2].file
        whole_of_it = path.read_bytes()
        middle = len(whole_of_it) // 2
        if harm == "missing":
            path.unlink()
        else:
            path.write_bytes(
                {
                    "shorter": whole_of_it[:-1],
                    "longer": whole_of_it + b"\0",
                    "a flipped byte": whole_of_it[:middle] + bytes([whole_of_it[middle] ^ 1]) + whole_of_it[middle + 1 :],
                    "empty": b"",
                }[harm]
            )
        summary, _ = resume(target)
        assert 0 < summary.kept < len(parts)
        build(tmp_path / "scratch" / "data")
        assert_same(target, tmp_path / "scratch" / "data")

    def test_what_lies_about_unfinished_goes_away(self, tmp_path: Path, target: Path, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        kill(target, monkeypatch, blocks=8)
        new = publish.staging_folder(target)
        (new / "customers" / "part-99999.parquet").write_text("half a part")
        (new / "manifest.json").write_text("half a manifest")
        resume(target)
        build(tmp_path / "scratch" / "data")
        assert_same(target, tmp_path / "scratch" / "data")

    @pytest.mark.parametrize(
        ("damage", "lost"),
        [
            (lambda lines: b"\n".join(lines), 0),
            (lambda lines: b"\n".join(lines)[:-1], 1),
            (lambda lines: b"\n".join(lines)[:-30], 1),
            (lambda lines: b"\n".join(lines) + b'\n{"file": "products/part', 0),
            (lambda lines: b"\n".join([*lines[:3], b"\0\0\0 no line", *lines[4:]]) + b"\n", 1),
            (lambda lines: b"\n".join([*lines, lines[-1], lines[2]]) + b"\n", 0),
            (lambda lines: b"\n".join([lines[0], *lines[:0:-1]]) + b"\n\n\n", 0),
            (lambda lines: b"\n".join(lines[:1]), None),
            (lambda lines: b"\n".join(lines)[10:], None),
            (lambda lines: lines[0][:-5], None),
            (lambda lines: b"", None),
            (lambda lines: b"\xff\xfe\n" * 3, None),
        ],
    )
    def test_a_damaged_journal(
        self,
        tmp_path: Path,
        target: Path,
        log: Path,
        monkeypatch: pytest.MonkeyPatch,
        damage: Callable[[list[bytes]], bytes],
        lost: int | None,
    ) -> None:
        request = {"tables": ["customers", "products"]}
        kill(target, monkeypatch, blocks=8, **request)
        lines = log.read_bytes().splitlines()
        log.write_bytes(damage(lines))
        summary, notes = resume(target, **request)
        assert summary.kept == (0 if lost is None else len(lines) - 1 - lost)
        assert notes == ["nothing to resume; everything is built"] if lost is None else "finished already" in notes[0]
        build(tmp_path / "scratch" / "data", **request)
        assert_same(target, tmp_path / "scratch" / "data")

    def test_after_a_half_line_new_lines_are_whole(self, target: Path, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        kill(target, monkeypatch, blocks=6)
        log.write_bytes(log.read_bytes()[:-20])
        spec = Spec.of(MODEL)
        with monkeypatch.context() as patch:
            patch.setattr(shutil, "rmtree", lambda path: None)
            patch.setattr(Path, "unlink", lambda path, missing_ok=False: None)
            with pytest.raises(Killed):
                build.build(spec, MODEL, target, threads=1, overwrite=True, resume=True, progress=Dying(12))
        broken = [line for line in log.read_bytes().splitlines() if line and not line.endswith(b"}")]
        assert len(broken) == 1
        summary, _ = resume(target)
        assert summary.kept > 6

    def test_the_room_that_is_needed_is_that_of_the_rest(self, target: Path, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        kill(target, monkeypatch, blocks=8)
        done = sum(part.bytes for part in finished(log))
        needed: list[int] = []
        monkeypatch.setattr(pipeline, "_refuse_without_room", lambda count, folder: needed.append(count))
        resume(target)
        build(target)
        assert done > 0
        assert [needed[2] - needed[0], needed[3] - needed[1]] == [done, done]


@pytest.mark.usefixtures("tiny_parts")
class TestNothingToResume:
    def says(self, target: Path) -> None:
        summary, notes = resume(target)
        assert notes == ["nothing to resume; everything is built"]
        assert (summary.kept, summary.resumed) == (0, False)
        whole(target)
        assert os.listdir(target.parent) == ["data"]

    def test_where_there_was_no_build(self, target: Path) -> None:
        self.description(target)

    def test_where_a_build_is_finished(self, target: Path) -> None:
        build(target, seed=1)
        self.description(target)

    def test_where_a_build_ended_before_its_first_part(self, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        kill(target, monkeypatch, blocks=0)
        self.description(target)

    def test_where_what_was_left_has_no_journal(self, target: Path, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        kill(target, monkeypatch)
        log.unlink()
        self.description(target)

    def test_where_only_the_journal_is_left(self, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        kill(target, monkeypatch)
        shutil.rmtree(publish.staging_folder(target))
        self.description(target)

    def test_after_ctrl_c_which_leaves_nothing_behind(self, target: Path, log: Path) -> None:
        process = start(target)
        while process.poll() is None and lines_in(log) < 20:
            time.sleep(0.001)
        process.send_signal(signal.SIGINT)
        process.communicate()
        assert process.returncode == 130
        assert not target.parent.exists()

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


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "lock"}


@pytest.mark.usefixtures("tiny_parts")
class TestRefusals:
    def refused(self, target: Path, description: str, error: type[ColgenError] = RequestError, **request: object) -> None:
        before = everything(target.parent)
        with pytest.raises(error, match=says):
            resume(target, **request)  # type: ignore[arg-type]
        assert everything(target.parent) == before

    @pytest.mark.parametrize(
        ("request_", "says"),
        [
            ({"seed": 1}, r"another request: seed 0 \(now 1\); ask for the same to resume it, or build anew without --resume"),
            ({"volume": "large"}, r"request: volume small \(now large\);"),
            ({"scale": 2}, r"scale 1.0 \(now 2.0\);"),
            ({"settings": {"customers": 26}}, r"request: customers 25 \(now 26\);"),
            ({"format": "csv"}, r"request: format parquet \(now csv\);"),
            ({"compression": "zstd"}, r"request: compression snappy \(now zstd\);"),
            ({"tables": ["products"]}, r"tables customer_types, .* \(now products\);"),
            ({"last_day": "2024-06-30", "first_day": "2024-01-01"}, r"request: last day 2024-12-31 \(now 2024-06-30\);"),
            ({"seed": 1, "format": "csv"}, r"request: seed 0 \(now 1\), format parquet \(now csv\);"),
        ],
    )
    def test_another_request(self, target: Path, monkeypatch: pytest.MonkeyPatch, request_: dict[str, object], description: str) -> None:
        kill(target, monkeypatch)
        self.refused(target, says, **request_)
        assert resume(target)[0].kept > 0

    def test_another_scenario(self, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        erp = find_model("erp")
        kill(target, monkeypatch, 40, model=erp, last_day="2024-01-20", scenario="payment-crisis")
        self.refused(target, r"scenario payment-crisis \(now normal-ops\)", model=erp, last_day="2024-01-20")

    @pytest.mark.parametrize(
        ("module", "name", "value", "says"),
        [
            ("colgen.manifest", "DATA_VERSION", 99, r"request: data version \d+ \(now 99\);"),
            ("colgen.manifest", "colgen_version", lambda: "99.0", r"colgen .* \(now 99.0\);"),
            (
                "colgen.manifest",
                "versions",
                lambda: {"numpy": "99.0", "pyarrow": "98.0"},
                r"numpy .* \(now 99.0\), pyarrow .* \(now 98.0\);",
            ),
            ("colgen.plan", "PART_BYTES", 2_000, "the work is cut otherwise"),
        ],
    )
    def test_another_version(
        self, target: Path, monkeypatch: pytest.MonkeyPatch, module: str, name: str, value: object, description: str
    ) -> None:
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
        before = everything(target.parent)
        with pytest.raises(TargetError, match="add --overwrite"):
            package.build(MODEL, out=target, resume=True)
        assert everything(target.parent) == before
        assert resume(target)[0].kept > 0
        assert whole(target).spec.seed == 0

    def test_a_build_under_way(self, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        kill(target, monkeypatch)

        class Meddler(Dying):
            def note(self, what: str) -> None:
                with pytest.raises(TargetError, match="under way"):
                    resume(target)
                with pytest.raises(TargetError, match="under way"):
                    build(target)
                super().note(what)

        progress = Meddler()
        summary = build.build(Spec.of(MODEL), MODEL, target, threads=1, resume=True, progress=progress)
        assert len(progress.notes) == 1
        assert summary.kept > 0
        whole(target)

    def test_the_old_build_stays_in_place_until_the_end(self, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        build(target, seed=1)
        kill(target, monkeypatch)
        seen = []

        class Watcher(Dying):
            def rows(self, table: str, rows: int) -> None:
                seen.append(whole(target).spec.seed)

        build.build(Spec.of(MODEL), MODEL, target, threads=1, overwrite=True, resume=True, progress=Watcher())
        assert set(seen) == {1}
        assert whole(target).spec.seed == 0

    def test_a_rule_that_does_not_hold_leaves_nothing_behind(self, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        kill(target, monkeypatch)
        model = dataclasses.replace(MODEL, rules=(Rule(invoicing.Customers, "never so", "false"),))
        with pytest.raises(check.CheckFailed):
            build.build(Spec.of(model), model, target, threads=1, checked=True, resume=True)
        assert os.listdir(target.parent) == []

    def test_a_disk_that_runs_full_leaves_nothing_behind(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for disk in mounted(tmp_path / "disk", "size=2m"):
            monkeypatch.setattr(pipeline, "_refuse_without_room", lambda *any: None)
            monkeypatch.setattr("colgen.plan.PART_BYTES", 100_000)
            kill(disk / "data", monkeypatch, blocks=6, volume="large", scale=12)
            assert os.listdir(disk) == [".data.colgen"]
            with pytest.raises(ColgenError, match="is full"):
                resume(disk / "data", volume="large", scale=12)
            assert os.listdir(disk) == []


@pytest.mark.usefixtures("tiny_parts")
class TestBesideAnExtension:
    def test_what_a_killed_build_left_is_cleared_away_by_an_extension(
        self, tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        erp = find_model("erp")
        monkeypatch.setattr("colgen.plan.PART_BYTES", 60_000)
        build(target, model=erp, last_day="2024-02-15")
        kill(target, monkeypatch, 60, model=erp, last_day="2024-03-15")
        extension.extend(target, "2024-03-15", threads=1)
        build(tmp_path / "scratch" / "data", model=erp, last_day="2024-03-15")
        assert_same(target, tmp_path / "scratch" / "data")

    def test_a_killed_extension_is_gone_on_with_and_the_old_build_comes_to_no_harm(
        self, tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its parts may be those of the old build under a second name: none of them is written into."""
        erp = find_model("erp")
        monkeypatch.setattr("colgen.plan.PART_BYTES", 120_000)
        build(target, model=erp, last_day="2024-10-15")
        before = everything(target)
        with monkeypatch.context() as patch:
            patch.setattr(shutil, "rmtree", lambda path: None)
            patch.setattr(Path, "unlink", lambda path, missing_ok=False: None)
            with pytest.raises(Killed):
                extension.extend(target, "2024-12-31", threads=1, progress=Dying(100))
        parts = publish.staging_folder(target)
        linked = [file for file in before if (parts / file).exists() and (parts / file).samefile(target / file)]
        assert linked
        log = parts.with_name(journal.NAME)
        log.write_bytes(log.read_bytes().replace(b'"digest":"', b'"digest":"0'))  # so that each file seems to be another
        assert everything(target) == before

        unharmed = []

        class Watcher(progress.NoProgress):
            def rows(self, table: str, rows: int) -> None:
                if random.random() < 0.05:
                    unharmed.append(everything(target) == before)

        spec = manifest.read(target).spec.until("2024-12-31")
        build.build(spec, erp, target, threads=1, overwrite=True, resume=True, progress=Watcher())
        assert unharmed
        assert all(unharmed)
        build(tmp_path / "scratch" / "data", model=erp, last_day="2024-12-31")
        assert_same(target, tmp_path / "scratch" / "data")


class TestCounts:
    """What comes before a part says with which ids it begins, whoever has made it."""

    @staticmethod
    def shop(beyond: int, many: int, fewer: bool = False) -> Model:
        class Orders(Table, keep="there" if fewer else None):
            rows = 5000
            id = Key()
            size = column(BigInteger, hidden=True)(lambda id: np.where(id > beyond, many, 1))
            there = column(Boolean, hidden=True)(lambda id: id % 2 == 0)

        class Lines(Table):
            rows = FanOut(Orders, "size")
            id = Key()

        return Model("shop", tables=(Orders, Lines), volumes={"small": {}})

    @pytest.mark.parametrize("beyond", [700, 1500], ids=["from the beginning", "from the middle on"])
    @pytest.mark.parametrize("fewer", [False, True])
    def test_parts_that_a_changed_model_counts_otherwise_are_made_anew(
        self, target: Path, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, beyond: int, fewer: bool
    ) -> None:
        monkeypatch.setattr("colgen.plan.PART_BYTES", 100)
        before, after = self.shop(beyond, 2, fewer), self.shop(beyond, 3, fewer)
        kill(target, monkeypatch, 16, model=before)
        there = finished(log)
        assert there
        resumed, _ = resume(target, model=after)
        build(tmp_path / "scratch" / "data", model=after)
        assert_same(target, tmp_path / "scratch" / "data")
        assert 0 < resumed.kept < len(there)

    def test_a_part_of_which_only_the_first_ids_are_others_is_made_anew(
        self, target: Path, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its rows are as many as before; the part before it was not finished."""
        monkeypatch.setattr("colgen.plan.PART_BYTES", 100)
        kill(target, monkeypatch, 16, model=self.shop(0, 1))
        lines = log.read_bytes().splitlines(keepends=True)
        second = [line for line in lines if b"part-00001" in line]
        assert second
        log.write_bytes(
            b"".join(line for line in lines if b"part-00000" not in line).replace(second[0], second[0].replace(b'"lines":', b'"lines":1'))
        )
        resume(target, model=self.shop(0, 1))
        build(tmp_path / "scratch" / "data", model=self.shop(0, 1))
        assert_same(target, tmp_path / "scratch" / "data")
