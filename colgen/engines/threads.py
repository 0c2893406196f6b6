"""Tasks on the threads of this process: NumPy and Arrow let go of Python's lock while they work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from threading import Event
from typing import TypeVar

from colgen.engines.progress import RowReporter
from colgen.generate.plan import Task

Result = TypeVar("Result")


def execute(
    tasks: Iterable[Task],
    job: Callable[[Task, Callable[[], bool], RowReporter], Result],
    done: Callable[[Result], None],
    workers: int,
    report: RowReporter,
) -> None:
    """As in `colgen.engines`; the tasks in the order given. At the first error the others stop at their next block."""
    stop, left = Event(), iter(tasks)
    with ThreadPoolExecutor(workers, thread_name_prefix="colgen") as pool:
        waiting: set[Future[Result]] = set()
        try:
            while True:
                waiting |= {pool.submit(job, task, stop.is_set, report) for task in islice(left, workers - len(waiting))}
                if not waiting:
                    return
                # a time-out, so that Ctrl-C is seen on every platform
                finished, waiting = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
                for future in finished:
                    done(future.result())
        except BaseException:
            stop.set()
            for future in waiting:
                future.cancel()
            raise
