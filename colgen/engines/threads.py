"""Tasks on the threads of this process: NumPy and Arrow let go of Python's lock while they work."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from threading import Event
from typing import TYPE_CHECKING, TypeVar

from colgen.plan import Task

if TYPE_CHECKING:
    from colgen.engines import Told

Result = TypeVar("Result")


def run(
    tasks: Iterable[Task], work: Callable[[Task, Event, Told], Result], done: Callable[[Result], None], workers: int, progress: Told
) -> None:
    """As in `colgen.engines`; the tasks in the order given. At the first error the others stop at their next block."""
    stop, left = Event(), iter(tasks)
    usual = sys.getswitchinterval()
    sys.setswitchinterval(usual / 10)  # a thread that comes back from NumPy waits so long at most for Python's lock
    with ThreadPoolExecutor(workers, thread_name_prefix="colgen") as pool:
        waiting: set[Future[Result]] = set()
        try:
            while True:
                waiting |= {pool.submit(work, task, stop, progress) for task in islice(left, workers - len(waiting))}
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
        finally:
            sys.setswitchinterval(usual)
