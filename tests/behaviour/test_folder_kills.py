"""A build into a folder that is killed at any moment leaves the old build or the whole new one; of two at once, one is refused."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from colgen.targets.folder import staging
from tests.behaviour.faults import (
    SOME_SECONDS,
    build,
    killed_before_change,
    publish_tiny,
    run,
    start,
    wait_for_event,
    wait_for_path,
)
from tests.support import KILLS, colgen, mounted, thorough, whole


@pytest.fixture(params=["on a disk", pytest.param("in memory", marks=thorough)])
def file_system(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A folder on each of two file systems, which list, and so remove, the files of a folder in different orders."""
    if request.param == "on a disk":
        yield tmp_path
    else:
        with mounted(tmp_path / "memory", "size=64m") as memory:
            yield memory


class TestKill9:
    @thorough
    def test_at_any_moment_of_a_real_build_there_is_the_old_one_or_the_whole_new_one(self, tmp_path: Path) -> None:
        chance = random.Random(20241231)
        arguments = ("build", *SOME_SECONDS, "--overwrite", "--quiet", "--out")
        started = time.monotonic()
        assert run(*arguments, tmp_path / "measure" / "data").returncode == 0
        lasts = time.monotonic() - started
        for number in range(KILLS):
            target = tmp_path / str(number) / "data"
            target.parent.mkdir()
            if number % 2:
                build(target, seed=1)
            process = start(*arguments, target)
            time.sleep(lasts * (0.25 + 0.8 * (number + chance.random()) / KILLS))  # start-up is a quarter of it
            process.kill()
            process.communicate()
            if number % 2:
                assert whole(target).spec.seed in (1, 2)
            elif target.exists():
                assert whole(target).spec.seed == 2
            build(target, seed=3)
            assert whole(target).spec.seed == 3
            assert os.listdir(target.parent) == ["data"]

    def test_after_it_in_the_midst_of_writing_the_next_process_cleans_up_and_succeeds(self, target: Path) -> None:
        process = start("build", *SOME_SECONDS, "--out", target, "--progress", "json")
        wait_for_event(process, "rows")
        process.kill()
        process.communicate()
        assert os.listdir(target.parent) == [".data.colgen"]
        assert colgen("build", "--out", target).returncode == 0
        assert os.listdir(target.parent) == ["data"]
        whole(target)

    @thorough
    @pytest.mark.parametrize("exchange", [True, False], ids=["with exchange", "without exchange"])
    def test_before_each_single_change_to_the_file_system_there_is_the_old_or_the_whole_new_build(
        self, file_system: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool
    ) -> None:
        if not exchange:
            monkeypatch.setattr(staging, "_exchange", lambda one, other: False)
        seeds = []
        for number in range(1000):
            target = file_system / str(number) / "data"
            publish_tiny(target, seed=1, parts=3)
            (target / "customers" / "notes.txt").write_text("mine")
            killed = killed_before_change(number, lambda target=target: publish_tiny(target, seed=2, parts=2))  # type: ignore[misc]
            if exchange or target.exists():  # two renames leave a gap between them
                seeds.append(whole(target).spec.seed)

            def look(target: Path = target) -> None:
                """Recovery is done: a whole build, the user's file, and nothing that belongs to neither."""
                seeds.append(whole(target).spec.seed)
                files = {str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()}
                assert files == {*whole(target).files, "customers/notes.txt"}

            publish_tiny(target, seed=3, parts=1, look=look)
            assert whole(target).spec.seed == 3
            assert (target / "customers" / "notes.txt").read_text() == "mine"
            assert os.listdir(target.parent) == ["data"]
            if not killed:
                break
        assert seeds == sorted(seeds), "once the new build is there, it stays"
        assert set(seeds) == {1, 2}

    @thorough
    def test_again_and_again_in_the_midst_of_cleaning_up_harms_nothing(self, file_system: Path) -> None:
        chance = random.Random(7)
        for number in range(KILLS):
            target = file_system / str(number) / "data"
            publish_tiny(target, seed=1, parts=3)
            (target / "notes.txt").write_text("mine")
            for seed in (2, 3, 4):
                killed_before_change(chance.randrange(40), lambda target=target, seed=seed: publish_tiny(target, seed, 2))  # type: ignore[misc]
                whole(target)
            publish_tiny(target, seed=5, parts=1, look=lambda target=target: whole(target))  # type: ignore[misc]
            assert sorted(str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()) == sorted(
                [*whole(target).files, "notes.txt"]
            )
            assert os.listdir(target.parent) == ["data"]


class TestTwoBuildsIntoOneFolder:
    @thorough
    def test_the_second_is_refused_while_the_first_is_under_way(self, target: Path) -> None:
        first = start("build", *SOME_SECONDS, "--out", target, "--quiet")
        wait_for_path(target.parent / ".data.colgen" / "new")
        first.send_signal(signal.SIGSTOP)
        second = colgen("build", "--out", target)
        first.send_signal(signal.SIGCONT)
        first.communicate(timeout=60)
        assert (first.returncode, second.returncode) == (0, 3)
        assert "under way" in second.stderr
        assert "Traceback" not in second.stderr
        assert whole(target).spec.seed == 2
        assert os.listdir(target.parent) == ["data"]

    @thorough
    def test_of_two_begun_at_once_one_is_done_and_one_is_refused(self, target: Path) -> None:
        both = [start("build", "--out", target, "--quiet") for _ in range(2)]
        for process in both:
            process.communicate(timeout=60)
        assert sorted(process.returncode for process in both) == [0, 3]
        whole(target)
        assert os.listdir(target.parent) == ["data"]
