"""A job as workers of other processes and machines get it, and what they send back."""

from __future__ import annotations

import pickle
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar, cast

from colgen.engines.job import Job
from colgen.engines.progress import RowReporter
from colgen.errors import ColgenError
from colgen.generate.plan import Task
from colgen.values.arrow import leave_pandas_out
from colgen.values.memory import keep_freed_memory

Result = TypeVar("Result")


@dataclass(frozen=True)
class Attempt(Generic[Result]):
    """What has become of a task.

    rows : of each table that were made
    result : what the job has given, unless it has failed
    error : what it has raised
    """

    rows: Mapping[str, int]
    result: Result | None = None
    error: BaseException | None = None

    def hand_over(self, done: Callable[[Result], None], report: RowReporter) -> None:
        """Tells of the rows, and gives the result or raises the error."""
        for table, rows in self.rows.items():
            report(table, rows)
        if self.error is not None:
            raise self.error
        done(cast(Result, self.result))


class SentJob(Generic[Result]):
    """A job on its way: pickled here once, and unpickled once in each process that works on its tasks.

    An error of a task is sent back like a result, since it would come again however often the task is tried.

    Raises RequestError for a model that cannot be sent.
    """

    def __init__(self, job: Job[Result]) -> None:
        self._pickled = pickle.dumps(job)

    def __call__(self, task: Task) -> Attempt[Result]:
        rows = Counter[str]()

        def report(table: str, more: int) -> None:
            rows[table] += more

        try:
            return Attempt(rows, _unpickled(self._pickled)(task, _never, report))
        except Exception as error:
            return Attempt(rows, error=sendable(error))


@lru_cache(maxsize=1)
def _unpickled(pickled: bytes) -> Job[Result]:
    """The job, in a process that has nothing else to do meanwhile."""
    leave_pandas_out()
    keep_freed_memory()
    return cast("Job[Result]", pickle.loads(pickled))


def _never() -> bool:
    """A task is not asked to stop: its process is ended."""
    return False


def sendable(error: BaseException) -> BaseException:
    """The error, if it survives being sent, with a note of where it was raised."""
    error.add_note("in a worker:\n" + "".join(traceback.format_tb(error.__traceback__)))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return ColgenError("".join(traceback.format_exception_only(error)).strip())
    return error
