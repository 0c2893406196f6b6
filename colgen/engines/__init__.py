"""Who runs the tasks of a build.

An engine calls a job with each task wherever it likes, and `done(result)` here with each result as it comes. A job is a small picklable
value and a task a few picklable numbers, so an engine may be threads, processes or a cluster; whoever works on a task writes its own parts
and returns their rows of the manifest.

| engine | where | for |
|---|---|---|
| `threads` | this process | a small build, or one that somebody's own program asks for |
| `processes` | forked from this one | a large build of the command line, unless its model has used Polars |

NumPy lets go of Python's lock while it works, but the shorter its operations, the more a thread waits to get the lock back: two threads of
operations on 32,768 rows get hardly more done than one, two processes 1.8 times as much.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from colgen.engines import processes, threads
from colgen.engines.job import Job
from colgen.engines.progress import RowReporter
from colgen.generate.plan import Task, bytes_of, largest_first

Result = TypeVar("Result")

LARGE = 1 << 24
"""From this many bytes on, processes are worth what starting them costs."""


def execute(
    tasks: Sequence[Task],
    job: Job[Result],
    done: Callable[[Result], None],
    workers: int,
    report: RowReporter,
) -> None:
    """Runs every task; with several workers the largest first, so that they end together. At the first error the others stop.

    done : called in this thread with each result
    """
    large = len(tasks) > 1 and workers > 1 and bytes_of(tasks) >= LARGE
    engine = processes if large and processes.allowed() else threads
    ordered = largest_first(tasks) if workers > 1 else tasks
    # asked for when a worker is about to be free: what this process has made need not be counted
    engine.execute((task.with_first_ids(job.generation) for task in ordered), job, done, workers, report)
