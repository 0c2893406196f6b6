"""What workers of other processes and machines are sent, and what they send back."""

from __future__ import annotations

import pickle
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Generic, TypeVar, cast

from colgen.engines.job import Job
from colgen.engines.progress import RowReporter
from colgen.errors import ColgenError
from colgen.generate.plan import Task
from colgen.values.arrow import leave_pandas_out
from colgen.values.memory import keep_freed_memory

Result = TypeVar("Result")
Value = TypeVar("Value")

_KEPT = 4
"""How many values a process keeps: of a generation also the small tables that it has made to look things up in."""


@dataclass(frozen=True)
class Sent(Generic[Value]):
    """A value on its way: pickled here once, and unpickled once in each process that works with it.

    pickled : what is sent; it tells one value from another
    """

    pickled: bytes

    @classmethod
    def of(cls, value: Value) -> Sent[Value]:
        """Raises RequestError for a model that cannot be sent."""
        return cls(pickle.dumps(value))

    @property
    def value(self) -> Value:
        return cast(Value, _unpickled(self.pickled))


@lru_cache(_KEPT)
def _unpickled(pickled: bytes) -> object:
    return pickle.loads(pickled)


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
    """A job on its way to processes that have nothing else to do.

    An error of a task is sent back like a result, since it would come again however often the task is tried.

    Raises RequestError for a model that cannot be sent.
    """

    def __init__(self, job: Job[Result]) -> None:
        self._job = Sent.of(job)

    def __call__(self, task: Task) -> Attempt[Result]:
        rows = Counter[str]()

        def report(table: str, more: int) -> None:
            rows[table] += more

        _prepare()
        try:
            return Attempt(rows, self._job.value(task, _never, report))
        except Exception as error:
            return Attempt(rows, error=sendable(error))


@cache
def _prepare() -> None:
    leave_pandas_out()
    keep_freed_memory()


def _never() -> bool:
    """A task is not asked to stop: its process is ended."""
    return False


def in_a_line(error: Exception) -> str:
    """The first line of an error of a library's that says something, for people."""
    cause = getattr(error, "java_exception", None)
    text = str(cause.getMessage() if cause is not None else error)
    return next((line.strip() for line in text.splitlines() if line.strip()), type(error).__name__)


def sendable(error: BaseException) -> BaseException:
    """The error, if it survives being sent, with a note of where it was raised."""
    error.add_note("in a worker:\n" + "".join(traceback.format_tb(error.__traceback__)))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return ColgenError("".join(traceback.format_exception_only(error)).strip())
    return error
