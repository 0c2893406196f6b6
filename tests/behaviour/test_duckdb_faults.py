"""A build into a DuckDB file that is killed, interrupted or short of room leaves the old build or the whole new one."""

from __future__ import annotations

import os
import random
import re
import resource
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from colgen.engines.progress import Event, StageStarted
from colgen.errors import ColgenError, TargetError
from colgen.targets.duckdb.database import Database
from colgen.targets.duckdb.target import DuckDBTarget
from tests.support import KILLS, first_of, mounted, thorough
from tests.targets.duckdb_files import build, counted, digests, finish, start


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A DuckDB file that is not there yet, in a folder that is not either."""
    return tmp_path / "place" / "sales.duckdb"


def test_a_build_that_cannot_fit_is_refused_before_it_starts(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "size=4m") as disk:
        with pytest.raises(TargetError, match=r"has \d.* MB free, and the build needs about \d") as raised:
            build(disk / "sales.duckdb", volume="large", scale=50)
        assert raised.value.exit_code == 3
        assert os.listdir(disk) == []


@thorough
@pytest.mark.parametrize(("megabytes", "scale"), first_of([(20, 30), (48, 3), (48, 14), (48, 30), (48, 40), (48, 60), (48, 80)]))
def test_a_disk_that_runs_full_in_the_middle_is_left_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, megabytes: int, scale: int
) -> None:
    monkeypatch.setattr(DuckDBTarget, "refuse_without_room", lambda *any: None)
    monkeypatch.setattr(Database, "free_bytes", 10**12)
    with mounted(tmp_path / "disk", f"size={megabytes}m") as disk:
        file = disk / "sales.duckdb"
        build(file, seed=1)
        before = digests(file)
        error = None
        try:
            build(file, volume="large", scale=scale, seed=2, overwrite=True)
        except ColgenError as raised:
            error = raised
        if error is None:  # it may be that there is no room left to move it from the log into the file
            assert megabytes / scale > 48 / 80
            assert sorted(os.listdir(disk)) in (["sales.duckdb"], ["sales.duckdb", "sales.duckdb.wal"])
            assert counted(file)["customers"] == 1000 * scale
        else:
            assert megabytes / scale < 48 / 3
            assert re.search(r"the disk under .* is full: the build needs about \d", str(error))
            assert error.exit_code == 1
            assert digests(file) == before
            build(file, seed=3, overwrite=True)
            assert counted(file)["customers"] == 25
            assert os.listdir(disk) == ["sales.duckdb"]


@thorough
def test_a_limit_on_the_size_of_files_is_like_a_full_disk(file: Path) -> None:
    limit = 3_000_000
    code, complaint = finish(start(file, 20, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))))
    assert code == 1
    assert "is full: the build needs about" in complaint
    assert not file.parent.exists()


def test_an_interrupted_build_leaves_nothing(file: Path) -> None:
    def interrupt(event: Event) -> None:
        if isinstance(event, StageStarted):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as raised:
        build(file, progress=interrupt)
    assert raised.value.__notes__ == ["nothing was left behind"]
    assert not file.parent.exists()


SOME = ("customer_types", "customers", "customer_addresses")
"""Tables that refer to each other."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[Path, dict[str, str]]]:
    """Whole builds of some seeds, proved, each with its digests."""
    found = {}
    for seed in (1, 2, 3):
        path = tmp_path_factory.mktemp("sound") / f"{seed}.duckdb"
        build(path, seed=seed, tables=SOME, check=True)
        found[seed] = path, digests(path)
    return found


STEPS: list[tuple[type, str]] = [
    (DuckDBTarget, "stage"),
    (DuckDBTarget, "_create"),
    (DuckDBTarget, "_fill"),
    (Database, "note"),
    (Database, "commit"),
    (Database, "settle"),
    (DuckDBTarget, "_sizes"),
    (Database, "take_place"),
]
"""What a build does one after the other."""
COMMIT, TAKE_PLACE = 4, 7
MOMENTS = [(step, after) for step in range(len(STEPS)) for after in (False, True)]


def die_at(step: int, after: bool, file: Path) -> None:
    """A build in a process that dies by kill -9 before a step, or after it."""
    child = os.fork()
    if child == 0:
        owner, name = STEPS[step]
        whole = getattr(owner, name)

        def half(self: Any, *arguments: Any) -> None:
            if after:
                whole(self, *arguments)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(owner, name, half)
        build(file, seed=2, tables=SOME, overwrite=True, threads=1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def assert_next_build_succeeds(file: Path, newest: dict[str, str]) -> None:
    build(file, seed=3, tables=SOME, overwrite=True)
    assert os.listdir(file.parent) == ["sales.duckdb"]
    assert digests(file) == newest


@thorough
@pytest.mark.parametrize(
    ("step", "after"), first_of([(COMMIT, False), (COMMIT, True), *MOMENTS[: 2 * COMMIT], *MOMENTS[2 * COMMIT + 2 :]], 2)
)
def test_killed_at_any_step_there_is_the_old_or_the_whole_new_build(
    file: Path, step: int, after: bool, sound: dict[int, tuple[Path, dict[str, str]]]
) -> None:
    (first, old), (_, new), (_, newest) = sound.values()
    file.parent.mkdir()
    shutil.copyfile(first, file)
    die_at(step, after, file)
    assert digests(file) == (new if (step, after) >= (COMMIT, True) else old)
    assert_next_build_succeeds(file, newest)


@pytest.mark.parametrize(("step", "after"), first_of([(TAKE_PLACE, False), (TAKE_PLACE, True), *MOMENTS[: 2 * TAKE_PLACE]], 2))
def test_killed_at_any_step_there_is_no_file_or_the_whole_new_build(
    file: Path, step: int, after: bool, sound: dict[int, tuple[Path, dict[str, str]]]
) -> None:
    die_at(step, after, file)
    if (step, after) == (TAKE_PLACE, True):
        assert digests(file) == sound[2][1]
    else:
        assert not file.exists()
    assert_next_build_succeeds(file, sound[3][1])


def test_a_process_killed_while_it_writes_leaves_the_old_build(file: Path, sound: dict[int, tuple[Path, dict[str, str]]]) -> None:
    (first, old), _, (_, newest) = sound.values()
    file.parent.mkdir()
    shutil.copyfile(first, file)
    process = start(file, 8)
    while process.poll() is None and not list((file.parent / f".{file.name}.colgen" / "rows").glob("customers/*")):
        time.sleep(0.001)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert digests(file) == old
    assert_next_build_succeeds(file, newest)


@thorough
def test_killed_at_any_moment_there_is_the_old_or_the_whole_new_build(file: Path, sound: dict[int, tuple[Path, dict[str, str]]]) -> None:
    (first, old), _, (_, newest) = sound.values()
    chance = random.Random(20241231)
    started = time.monotonic()
    assert finish(start(file, 8))[0] == 0
    lasts = time.monotonic() - started
    new = digests(file)
    for number in range(KILLS):
        shutil.rmtree(file.parent)
        file.parent.mkdir()
        there = number % 2 == 1
        if there:
            shutil.copyfile(first, file)
        process = start(file, 8)
        time.sleep(lasts * (0.3 + 0.75 * (number + chance.random()) / KILLS))
        process.kill()
        process.communicate()
        if file.exists():
            assert digests(file) in ([old, new] if there else [new])
        else:
            assert not there
        assert_next_build_succeeds(file, newest)


@thorough
def test_killed_builds_do_not_make_the_file_grow(file: Path) -> None:
    build(file, volume="large", scale=2)
    build(file, volume="large", scale=2, overwrite=True)
    before = file.stat().st_size
    for _ in range(3):
        child = os.fork()
        if child == 0:
            Database.note = lambda self, *any: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]
            build(file, volume="large", scale=2, overwrite=True, threads=1)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    build(file, volume="large", scale=2, overwrite=True)
    assert file.stat().st_size <= before * 1.1
