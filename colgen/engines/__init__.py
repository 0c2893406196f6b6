"""Who runs the tasks of a build.

An engine calls a job with each task wherever it likes, and `done(result)` here with each result as it comes. A job is a small picklable
value and a task a few picklable numbers, so an engine may be threads, processes or a cluster; whoever works on a task writes its own parts
and returns their rows of the manifest.

| engine | where | for |
|---|---|---|
| `threads` | this process | a small build, or one that somebody's own program asks for |
| `processes` | forked from this one | a large build of the command line, unless its model has used Polars |
| `ray` | the nodes of a Ray cluster | a build that one machine is too small for, into files that all machines see |
| `spark` | the executors of a Spark cluster | the same |

NumPy lets go of Python's lock while it works, but the shorter its operations, the more a thread waits to get the lock back: two threads of
operations on 32,768 rows get hardly more done than one, two processes 1.8 times as much.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

from colgen.declare.model import Model
from colgen.engines import counted, processes, threads
from colgen.engines.counted import Run
from colgen.engines.job import Job
from colgen.engines.progress import RowReporter
from colgen.generate.plan import Task, bytes_of, largest_first

Result = TypeVar("Result")

AUTO = "auto"
"""Processes for a large build where they may be forked, threads for any other."""

ELSEWHERE = ("ray", "spark")
"""The engines whose workers may be on other machines."""

NAMES = (AUTO, "threads", "processes", *ELSEWHERE)

MANY = 5
"""From so many processes on, one that counts for all of them would keep them waiting."""

LARGE = 1 << 24
"""From this many bytes on, processes are worth what starting them costs."""


def refuse_unfit(engine: str, model: Model) -> None:
    """Raises RequestError where an engine cannot run here: it is not installed, or it is given a model that it cannot send."""
    if engine == "processes":
        processes.refuse_forbidden()
    if engine == "ray":
        from colgen.engines import ray

        ray.library()
    if engine == "spark":
        from colgen.engines import spark

        spark.library()
    if engine in ELSEWHERE:
        pickle.dumps(model)


def execute(
    tasks: Sequence[Task],
    job: Job[Result],
    done: Callable[[Result], None],
    workers: int | None,
    report: RowReporter,
    engine: str = AUTO,
    address: str | None = None,
) -> None:
    """Runs every task; with several workers the largest first, so that they end together. At the first error the others stop.

    done : called in this thread with each result
    workers : how many tasks run at once; one for each core, of this machine or of the cluster, if None
    engine : one of `NAMES`
    address : of the cluster; one of its own on this machine if None
    """
    ordered = tasks if workers == 1 else largest_first(tasks)
    with crew(tasks, workers, report, engine, address) as run:
        if engine in ELSEWHERE or (_forks(tasks, workers, engine) and (workers or _cores()) >= MANY):
            for window in counted.with_first_ids(ordered, job.generation, run):
                run(window, job, done)
        else:  # asked for when a worker is about to be free: what this process has made need not be counted
            run((task.with_first_ids(job.generation) for task in ordered), job, done)


@contextmanager
def crew(tasks: Sequence[Task], workers: int | None, report: RowReporter, engine: str = AUTO, address: str | None = None) -> Iterator[Run]:
    """The workers of an engine, for as long as this takes. The arguments are those of `execute`."""
    if engine in ELSEWHERE:
        from colgen.engines import ray, spark

        with {"ray": ray, "spark": spark}[engine].cluster(workers, report, address) as run:
            yield run
    else:
        local = processes if _forks(tasks, workers, engine) else threads
        yield partial(local.execute, workers=workers or _cores(), report=report)


def _forks(tasks: Sequence[Task], workers: int | None, engine: str) -> bool:
    """Whether tasks are done in processes forked from this one."""
    large = len(tasks) > 1 and workers != 1 and bytes_of(tasks) >= LARGE
    return engine == "processes" or (engine == AUTO and large and processes.allowed())


def _cores() -> int:
    return os.cpu_count() or 1
