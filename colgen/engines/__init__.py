"""Who runs the tasks of a build.

An engine is a function `run(tasks, work, done, workers, progress)`: it calls `work(task, stop, progress)` for each task wherever it likes,
and `done(result)` here for each result as it comes. A task is a few picklable numbers, asked for when a worker is about to be free for it;
whoever works on it writes its own parts and returns their rows of the manifest.

| engine | where | for |
|---|---|---|
| `threads` | this process | a small build, or one that somebody's own program asks for |
| `processes` | forked from this one | a large build of the command line |

NumPy lets go of Python's lock while it works, but the shorter its operations the more a thread waits to have the lock back: two threads of
operations on 32,768 rows get through hardly more than one, two processes through 1.8 times as much.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event
from typing import Protocol, TypeVar

from colgen.engines import processes, threads
from colgen.generate import Run
from colgen.plan import Task, counted

Result = TypeVar("Result")

LARGE = 1 << 24
"""From so many bytes on, processes are worth what starting them costs."""


class Told(Protocol):
    """Is told how many more rows of a table there are."""

    def rows(self, table: str, rows: int) -> None: ...


def run(
    tasks: Sequence[Task],
    run: Run,
    work: Callable[[Task, Event, Told], Result],
    done: Callable[[Result], None],
    workers: int,
    progress: Told,
) -> None:
    """Runs every task; with several workers the largest first, so that they end together. At the first error the others stop.

    run : what the tasks are of; it counts what lies before a task, unless this process has made that
    work : does a task; looks at the event now and then, and raises once it is set
    """
    large = len(tasks) > 1 and workers > 1 and sum(task.bytes for task in tasks) >= LARGE
    engine = processes if large and processes.allowed() else threads
    ordered = sorted(tasks, key=lambda task: -task.bytes) if workers > 1 else tasks
    engine.run((counted(task, run) for task in ordered), work, done, workers, progress)
