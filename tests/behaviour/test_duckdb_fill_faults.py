"""A fill of a DuckDB file's tables that is killed leaves the file as it was or all rows in it; a removal that is killed is gone on with."""

from __future__ import annotations

import gc
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import colgen
from colgen.targets.duckdb import database, fills
from colgen.targets.duckdb.database import Database
from colgen.targets.duckdb.fill import DuckDBFill
from colgen.targets.duckdb.target import NUMBERED
from tests.support import KILLS, ROOT, first_of, thorough
from tests.targets.duckdb_files import ask, digests
from tests.targets.test_duckdb_fill import DDL, change, fill

State = tuple[dict[str, str], list[Any]]


def state(file: Path) -> State:
    """What is in the user's tables, and how far the sequences are, which DuckDB keeps as of 2.0."""
    return digests(file, "main"), ask(file, f"SELECT sequence_name, last_value FROM duckdb_sequences() WHERE {NUMBERED} ORDER BY ALL")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, State]]:
    """The file before it is filled, and after."""
    before, after = (tmp_path_factory.mktemp("sound") / f"{name}.duckdb" for name in ("before", "after"))
    change(before, DDL + "; INSERT INTO departments (name) VALUES ('theirs')")
    shutil.copyfile(before, after)
    fill(after, append=True)
    return {"before": (before, state(before)), "after": (after, state(after))}


@pytest.fixture
def file(sound: dict[str, tuple[Path, State]], tmp_path: Path) -> Path:
    """A file with tables of the user's, in a folder of its own."""
    (tmp_path / "place").mkdir()
    return Path(shutil.copyfile(sound["before"][0], tmp_path / "place" / "app.duckdb"))


def die_at(owner: Any, name: str, after: bool, work: Callable[[], Any], nth: int = 1) -> None:
    """Some work in a process that dies by kill -9 before something is called for the nth time, or after it."""
    child = os.fork()
    if child == 0:
        gc.freeze()  # a connection of the parent's, whose threads are not here, cannot be closed here
        whole, called = getattr(owner, name), 0

        def half(*arguments: Any) -> Any:
            nonlocal called
            called += 1
            if called < nth:
                return whole(*arguments)
            if after:
                whole(*arguments)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(owner, name, half)
        try:
            work()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def remove(file: Path) -> None:
    with database.hold(file, "main") as held:
        held.empty()


STEPS: list[tuple[Any, str]] = [
    (DuckDBFill, "stage"),
    (DuckDBFill, "load"),
    (fills, "begin"),
    (DuckDBFill, "_insert"),
    (fills, "note"),
    (Database, "commit"),
    (Database, "settle"),
    (DuckDBFill, "_sizes"),
]
"""What a fill does one after the other."""
COMMIT = 5
MOMENTS = [(step, after) for step in range(len(STEPS)) for after in (False, True)]


@thorough
@pytest.mark.parametrize(("step", "after"), first_of([(COMMIT, True), *(moment for moment in MOMENTS if moment != (COMMIT, True))]))
def test_killed_at_any_step_the_file_is_as_it_was_or_filled(
    file: Path, step: int, after: bool, sound: dict[str, tuple[Path, State]]
) -> None:
    die_at(*STEPS[step], after, lambda: fill(file, append=True))
    is_filled = (step, after) >= (COMMIT, True)
    assert state(file) == sound["after" if is_filled else "before"][1]
    if is_filled:
        remove(file)
        assert digests(file, "main") == sound["before"][1][0]
    else:
        fill(file, append=True)
        assert state(file) == sound["after"][1]
    assert os.listdir(file.parent) == ["app.duckdb"]


@pytest.mark.parametrize(("nth", "after"), first_of([(2, True), (1, False), (1, True), (2, False), (3, False), (3, True)]))
def test_a_removal_that_is_killed_at_any_step_is_gone_on_with(
    file: Path, nth: int, after: bool, sound: dict[str, tuple[Path, State]]
) -> None:
    shutil.copyfile(sound["after"][0], file)
    die_at(Database, "commit", after, lambda: remove(file), nth)
    assert (state(file) == sound["after"][1]) is ((nth, after) == (1, False))
    remove(file)
    assert digests(file, "main") == sound["before"][1][0]
    assert ask(file, "SELECT schema_name FROM duckdb_schemas() WHERE NOT internal") == []


SCRIPT = """
import sys
from tests.targets.test_duckdb_fill import fill
fill(sys.argv[1], append=True, settings={"n": int(sys.argv[2])})
"""


@thorough
def test_killed_at_any_moment_the_file_is_as_it_was_or_filled(file: Path, sound: dict[str, tuple[Path, State]]) -> None:
    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", SCRIPT, file, "30000"], env={**os.environ, "PYTHONPATH": str(ROOT)})

    started = time.monotonic()
    assert start().wait() == 0
    lasts, filled, chance = time.monotonic() - started, state(file), random.Random(20241231)
    for number in range(KILLS):
        shutil.copyfile(sound["before"][0], file)
        process = start()
        time.sleep(lasts * (0.4 + 0.6 * (number + chance.random()) / KILLS))
        process.kill()
        process.communicate()
        assert state(file) in (sound["before"][1], filled)
        if state(file) == filled:
            remove(file)
            assert digests(file, "main") == sound["before"][1][0]


@thorough
def test_rows_that_were_not_all_put_there_are_noticed(
    file: Path, monkeypatch: pytest.MonkeyPatch, sound: dict[str, tuple[Path, State]]
) -> None:
    monkeypatch.setattr(fills, "last_row", lambda *any: 10**18)
    with pytest.raises(colgen.ColgenError, match=r"rows of .* were made, and DuckDB read 0; nothing was published"):
        fill(file, append=True)
    assert state(file) == sound["before"][1]
