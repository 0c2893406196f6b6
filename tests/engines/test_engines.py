"""Whoever runs the tasks, all of them are done, what they make comes back, and an error ends the others."""

from __future__ import annotations

import datetime
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import psutil
import pytest

import colgen
from colgen import Key, Model, Table, engines
from colgen.declare.period import Period
from colgen.engines import processes, threads
from colgen.engines.progress import RowReporter
from colgen.errors import ColgenError, ModelError
from colgen.generate.generation import Generation
from colgen.generate.plan import Task
from tests import support
from tests.support import thorough

ENGINES = [threads, pytest.param(processes, marks=pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks on Linux only"))]


TASKS = [Task(root="orders", first=1 + 100 * number, rows=100, parts={"orders": number}, bytes=9 - number) for number in range(9)]


class Orders(Table):
    rows = 900
    id = Key()


PERIOD = Period(datetime.date(2024, 1, 1), datetime.date(2024, 1, 2))


SHOP = Model("shop", tables=(Orders,), volumes={"small": {}})


class Rows:
    """How many rows of each table were reported."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def __call__(self, table: str, rows: int) -> None:
        self.counts[table] += rows


def first_and_process(task: Task, stop: Callable[[], bool], report: RowReporter) -> tuple[int, int]:
    report("orders", 60)
    report("orders", task.rows - 60)
    return task.first, os.getpid()


def ran(engine: ModuleType, work: Any, tasks: Iterable[Task] = TASKS, workers: int = 2) -> tuple[list[Any], Counter[str]]:
    results: list[Any] = []
    rows = Rows()
    engine.execute(tasks, work, results.append, workers, rows)
    return results, rows.counts


@dataclass(frozen=True)
class WhereItRuns:
    """A job that gives the process it runs in."""

    generation: Generation

    def __call__(self, task: Task, stop: Callable[[], bool], report: RowReporter) -> int:
        return os.getpid()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("workers", [1, 2, 20])
def test_every_task_is_done_once_and_its_rows_are_told(engine: ModuleType, workers: int) -> None:
    results, counts = ran(engine, first_and_process, workers=workers)
    assert sorted(first for first, _ in results) == [task.first for task in TASKS]
    assert counts == {"orders": 900}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("workers", [1, 2])
def test_a_task_is_asked_for_when_a_worker_is_about_to_be_free(engine: ModuleType, workers: int) -> None:
    done: list[Any] = []

    def asked() -> Iterator[Task]:
        for number, task in enumerate(TASKS):
            assert number <= len(done) + workers
            yield task

    engine.execute(asked(), first_and_process, done.append, workers, Rows())
    assert len(done) == len(TASKS)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_error_while_a_task_is_counted_ends_all(engine: ModuleType) -> None:
    def asked() -> Iterator[Task]:
        yield from TASKS[:3]
        raise ModelError("orders.lines: went wrong")

    with pytest.raises(ModelError, match=r"orders\.lines"):
        ran(engine, first_and_process, asked())  # type: ignore[arg-type]


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_to_do_is_nothing_done(engine: ModuleType) -> None:
    assert ran(engine, first_and_process, []) == ([], Counter())


def test_processes_are_others_and_are_gone_at_the_end() -> None:
    results, _ = ran(processes, first_and_process)
    workers = {pid for _, pid in results}
    assert os.getpid() not in workers
    assert not any(psutil.pid_exists(pid) for pid in workers)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_first_error_is_raised_here(engine: ModuleType) -> None:
    def work(task: Task, stop: Callable[[], bool], report: RowReporter) -> None:
        if task.parts["orders"] == 3:
            raise ModelError("orders.total: went wrong")

    with pytest.raises(ModelError, match=r"orders\.total: went wrong"):
        ran(engine, work)


def test_a_full_disk_is_told_apart_in_a_process_too() -> None:
    def work(task: Task, stop: Callable[[], bool], report: RowReporter) -> None:
        raise OSError(28, "No space left on device", "part")

    with pytest.raises(OSError) as error:
        ran(processes, work)
    assert error.value.errno == 28
    assert "in work" in "".join(error.value.__notes__)


def test_an_error_that_cannot_be_sent_is_told_in_words() -> None:
    class Own(Exception):
        def __init__(self, one: int, other: int) -> None:
            super().__init__(f"{one} and {other}")

    def work(task: Task, stop: Callable[[], bool], report: RowReporter) -> None:
        raise Own(1, 2)

    with pytest.raises(ColgenError, match="Own: 1 and 2"):
        ran(processes, work)


def test_a_worker_that_is_killed_is_an_error() -> None:
    def work(task: Task, stop: Callable[[], bool], report: RowReporter) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(ColgenError, match="a worker was killed by SIGKILL"):
        ran(processes, work)


def test_a_worker_that_ends_itself_is_an_error() -> None:
    def work(task: Task, stop: Callable[[], bool], report: RowReporter) -> None:
        os._exit(5)

    with pytest.raises(ColgenError, match="a worker ended with exit code 5"):
        ran(processes, work)


def test_an_error_ends_the_other_workers_at_once() -> None:
    def work(task: Task, stop: Callable[[], bool], report: RowReporter) -> None:
        if task.parts["orders"] == 1:
            raise ModelError("no")
        time.sleep(3600)

    with pytest.raises(ModelError):
        ran(processes, work)


def test_workers_leave_signals_to_their_parent() -> None:
    def work(task: Task, stop: Callable[[], bool], report: RowReporter) -> str:
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(os.getpid(), number)
        return "alive"

    assert ran(processes, work)[0] == ["alive"] * len(TASKS)


def test_workers_die_with_their_parent(tmp_path: Path) -> None:
    script = """
import os, sys, time
from colgen.engines import processes
from tests.engines.test_engines import TASKS
def work(task, stop, report):
    print(os.getpid(), file=open(f"{sys.argv[1]}/{task.first}", "w"), flush=True)
    time.sleep(60)
processes.execute(TASKS, work, print, 2, lambda table, rows: None)
"""
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], cwd=support.ROOT) as parent:
        try:
            while len([path for path in tmp_path.iterdir() if path.read_text().endswith("\n")]) < 2:
                assert parent.poll() is None
                time.sleep(0.01)
        finally:
            parent.kill()
    workers = [int(path.read_text()) for path in tmp_path.iterdir()]
    until = time.monotonic() + 20
    while any(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE for pid in workers):
        assert time.monotonic() < until
        time.sleep(0.01)


def test_only_large_work_of_a_process_of_our_own_is_given_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def who(tasks: list[Task], workers: int) -> str:
        pids: list[int] = []
        job = WhereItRuns(Generation(SHOP, {}, 0, PERIOD, SHOP.conditions))
        engines.execute(tasks, job, pids.append, workers, Rows())
        return "this" if set(pids) == {os.getpid()} else "others"

    large = [task.__class__(**{**vars(task), "bytes": engines.LARGE}) for task in TASKS]
    monkeypatch.setattr(processes, "_own", False)
    monkeypatch.setattr(processes, "_has_threads_that_are_missed", lambda: False)  # other tests may have started them
    assert who(large, 2) == "this"
    processes.allow()
    assert who(large, 2) == ("others" if sys.platform.startswith("linux") else "this")
    assert [who(large, 1), who(large[:1], 2), who(TASKS, 2)] == ["this"] * 3


DRIVER = """
import sys
from colgen import engines
from colgen.engines import processes
from colgen.generate import plan
engines.LARGE, plan.PART_BYTES = 1 << 20, 200_000
execute = processes.execute
def announced(*arguments, **more):
    print("by processes")
    execute(*arguments, **more)
processes.execute = announced
from colgen.cli import main
main()
"""


@thorough
def test_a_large_build_is_the_same_by_processes_and_by_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ["build", "--volume", "large", "--scale", "3", "--threads", "2", "--out", str(tmp_path / "processes"), "--progress", "json"]
    result = subprocess.run([sys.executable, "-c", DRIVER, *arguments], capture_output=True, text=True, cwd=support.ROOT)
    assert result.returncode == 0, result.stderr
    assert result.stdout == ("by processes\n" if sys.platform.startswith("linux") else "")
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 200_000)
    monkeypatch.setattr(processes, "_own", False)
    colgen.build(volume="large", scale=3, threads=2, out=tmp_path / "threads")
    one, two = (support.files_in(tmp_path / name) for name in ("processes", "threads"))
    assert len(one) > 20
    assert one == two


MODEL_WITH_POLARS = """
import polars
polars.LazyFrame({"word": ["b", "a"] * 100}).sort("word").collect()
from colgen.models.invoicing import model
"""


@thorough
def test_a_model_that_has_used_polars_is_built_by_threads_since_a_fork_would_wait_for_ever(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(MODEL_WITH_POLARS)
    arguments = ["build", "shop.py", "--volume", "large", "--scale", "3", "--threads", "2", "--format", "csv", "--out", "data"]
    environment = {**os.environ, "PYTHONPATH": str(support.ROOT)}
    result = subprocess.run(
        [sys.executable, "-c", DRIVER, *arguments], capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=60
    )
    assert result.returncode == 0, result.stderr
    assert "by processes" not in result.stdout
    assert (tmp_path / "data").is_dir()


def test_what_starts_threads_that_a_fork_would_miss_can_be_done_aside() -> None:
    """In a process of colgen's own it is forked for it; anywhere else the work is done here, and its error is the same."""

    def fail() -> None:
        raise ColgenError("not so")

    assert processes.aside(lambda: os.getpid()) == os.getpid()
    script = (
        "import os; from colgen.engines import processes; from colgen.errors import ColgenError\n"
        "processes.allow()\n"
        "assert processes.aside(os.getpid) != os.getpid() and processes.aside(lambda: processes.allowed()) is False\n"
        "def fail(): raise ColgenError('not so')\n"
        "try: processes.aside(fail)\n"
        "except ColgenError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("not so\n", 0), done.stderr
    with pytest.raises(ColgenError, match="not so"):
        processes.aside(fail)
