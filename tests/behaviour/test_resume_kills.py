"""A build that was killed at any moment goes on from its finished parts, and comes out as if nothing had happened."""

from __future__ import annotations

import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import colgen as package
from colgen.targets import manifest
from colgen.targets.folder import journal, staging
from colgen.targets.folder.file import OutputFile
from tests.behaviour.faults import killed_before_change
from tests.pipeline.extending import assert_same
from tests.pipeline.resuming import MODEL, build
from tests.support import KILLS, ROOT, colgen, first_of, thorough, whole

PART_BYTES = 150_000


DRIVER = "import sys, colgen.generate.plan; colgen.generate.plan.PART_BYTES = int(sys.argv.pop(1)); from colgen.cli import main; main()"
"""The command line, with parts of another size."""


LARGE = {"volume": "large", "scale": 10, "seed": 2}


LARGE_IN_WORDS = ("--volume", "large", "--scale", "10", "--seed", "2")


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", PART_BYTES)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The large build, made in one go."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("colgen.generate.plan.PART_BYTES", PART_BYTES)
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


def assert_same_parts(folder: Path, scratch: Path) -> None:
    assert whole(folder) == whole(scratch)


class TestKill9:
    @thorough
    @pytest.mark.parametrize("number", first_of([3, *(number for number in range(KILLS) if number != 3)]))
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

    @thorough
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

    @thorough
    def test_the_command_tells_how_many_parts_it_took_over(self, target: Path, log: Path, uninterrupted: Path) -> None:
        process = start(target)
        while process.poll() is None and lines_in(log) < 40:
            time.sleep(0.001)
        process.kill()
        process.communicate()
        command = ("build", "--out", target, *LARGE_IN_WORDS, "--resume")
        refused = colgen(*command, "--seed", "3")
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "seed 2 (now 3)" in refused.stderr
        told = colgen(*command)
        assert told.returncode == 0, told.stderr
        assert re.search(r"finished already: \d+ of 112 parts", told.stderr)
        assert " of 112 parts taken over" in told.stderr
        assert_same(target, uninterrupted)

    @thorough
    @pytest.mark.parametrize("exchange", [True, False], ids=["with exchange", "without exchange"])
    def test_before_each_single_change_to_the_file_system(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool) -> None:
        """The build, killed and gone on with, is the uninterrupted one; the old build and a file of the user's come to no harm."""
        if not exchange:
            monkeypatch.setattr(staging, "_exchange", lambda one, other: False)
        monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 1_500)
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

    @thorough
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

    def test_after_ctrl_c_which_leaves_nothing_behind(self, target: Path, log: Path) -> None:
        process = start(target)
        while process.poll() is None and lines_in(log) < 20:
            time.sleep(0.001)
        process.send_signal(signal.SIGINT)
        process.communicate()
        assert process.returncode == 130
        assert not target.parent.exists()
