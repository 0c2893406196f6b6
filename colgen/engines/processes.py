"""Tasks in processes forked from this one, each of which does one after the other.

A worker holds whatever this process holds, including the lock on the build's folder, and dies with it. It prints nothing: what it has made
comes back through a pipe. Only where this process is colgen's own, since a fork copies the locks of other threads as they are.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import islice
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any, TypeVar, cast

from colgen.engines.progress import RowReporter
from colgen.engines.sent import sendable
from colgen.errors import ColgenError, RequestError
from colgen.generate.plan import Task

Result = TypeVar("Result")

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG, from Linux's <sys/prctl.h>
_SIGNALS = {signal.SIGINT, signal.SIGTERM}  # handled by this process
_REPORT_EVERY = 0.1  # seconds

_own = False


def allow() -> None:
    """Declares that this process is colgen's own: nobody else's threads run in it."""
    global _own
    _own = True


def allowed() -> bool:
    """Whether processes may be forked here: for now on Linux, where they can be told to die with this one."""
    return _own and sys.platform.startswith("linux") and not _has_threads_that_are_missed()


def refuse_forbidden() -> None:
    """Raises RequestError, with the reason, where processes must not be forked here."""
    if allowed():
        return
    if not _own:
        raise RequestError(
            "engine processes: a process is forked only by the command line, since a fork of your program would copy the locks of its threads"
        )
    if not sys.platform.startswith("linux"):
        raise RequestError("engine processes works on Linux only; take engine threads")
    raise RequestError("engine processes: the model has used Polars, whose threads a forked process would wait for; take engine threads")


_MISSED = ("polars-0\n", "tokio-rt-worker\n")


def _has_threads_that_are_missed() -> bool:
    """Whether Polars has started its threads, as it does at the first query, of a user's model perhaps; or obstore those that it needs for
    whatever it does.

    A forked process has none of them, and would wait for them for ever: https://docs.pola.rs/user-guide/misc/multiprocessing/ and
    https://github.com/tokio-rs/tokio/issues/4301
    """
    for thread in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # it has ended since, before its file was opened or after
            if (thread / "comm").read_text() in _MISSED:
                return True
    return False


def aside(work: Callable[[], Result]) -> Result:
    """The result of some work, done in a forked process where workers may still be forked from this one: it may start threads that would be
    missed there. Its errors are raised here."""
    if not allowed():
        return work()
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_work_aside, args=(there, work, os.getpid()), daemon=True)
    process.start()
    there.close()
    try:
        kind, content = here.recv()
    except EOFError:
        process.join()
        raise ColgenError(_ended(process.exitcode)) from None
    finally:
        here.close()
        process.kill()
        process.join()
    if kind == "raised":
        raise content
    return cast(Result, content)


def _work_aside(there: Connection, work: Callable[[], Any], parent: int) -> None:
    _belong_to(parent)
    try:
        message = ("done", work())
    except BaseException as error:
        message = ("raised", sendable(error))
    there.send(message)


def execute(
    tasks: Iterable[Task],
    job: Callable[[Task, Callable[[], bool], RowReporter], Result],
    done: Callable[[Result], None],
    workers: int,
    report: RowReporter,
) -> None:
    """As in `colgen.engines`; the tasks in the order given. A worker that is killed is an error like any other."""
    left = iter(tasks)
    crew: dict[Connection, ForkProcess] = {}
    try:
        for task in islice(left, workers):
            here, process = _hire(job)
            crew[here] = process
            here.send(task)
        following = next(left, None)  # asked for before a worker is free: it may take a while
        while crew:
            for ready in wait(list(crew)):
                here = cast("Connection[Any, Any]", ready)
                try:
                    kind, content = here.recv()
                except (EOFError, ConnectionError):
                    crew[here].join()
                    raise ColgenError(_ended(crew[here].exitcode)) from None
                if kind == "rows":
                    for table, rows in content.items():
                        report(table, rows)
                elif kind == "raised":
                    raise content
                else:
                    done(content)
                    if following is not None:
                        here.send(following)
                        following = next(left, None)
                    else:
                        _dismiss(here, crew.pop(here))
    finally:
        for here, process in crew.items():
            process.kill()
            process.join()
            here.close()


def _hire(job: Callable[[Task, Callable[[], bool], RowReporter], Any]) -> tuple[Connection, ForkProcess]:
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, job, os.getpid()), daemon=True)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)  # until the worker ignores them
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    there.close()
    return here, process


def _dismiss(here: Connection, process: ForkProcess) -> None:
    here.send(None)
    process.join()
    here.close()


def _ended(code: int | None) -> str:
    if code is not None and code < 0:
        return f"a worker was killed by {signal.Signals(-code).name}; if memory ran out, --threads 1 needs less"
    return f"a worker ended with exit code {code}"


def _serve(there: Connection, job: Callable[[Task, Callable[[], bool], RowReporter], Any], parent: int) -> None:
    """What a worker does: one task after the other, until there are no more."""
    _belong_to(parent)
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115 -- another thread may have held the lock of the old ones
    while (task := there.recv()) is not None:
        reports = _Reports(there)
        try:
            result = job(task, lambda: False, reports)
        except BaseException as error:
            there.send(("raised", sendable(error)))
            return
        reports.send()
        there.send(("done", result))


def _belong_to(parent: int) -> None:
    """Makes this process die with the one that has forked it, and fork none itself."""
    global _own
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # it had died by then
        os._exit(1)
    _own = False


class _Reports:
    """Reports rows to the other end of a pipe, a few times a second."""

    def __init__(self, there: Connection) -> None:
        self._there, self._rows, self._sent = there, Counter[str](), time.monotonic()

    def __call__(self, table: str, rows: int) -> None:
        self._rows[table] += rows
        if time.monotonic() - self._sent >= _REPORT_EVERY:
            self.send()

    def send(self) -> None:
        self._there.send(("rows", dict(self._rows)))
        self._rows.clear()
        self._sent = time.monotonic()
