"""What a worker is handed together with its tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from colgen.engines.progress import RowReporter
from colgen.generate.generation import Generation
from colgen.generate.plan import Task

Result = TypeVar("Result", covariant=True)


class Job(Protocol[Result]):
    """Work on a task: a small value that can be pickled, the same for threads, processes and a cluster.

    generation : what the tasks are tasks of
    """

    @property
    def generation(self) -> Generation: ...
    def __call__(self, task: Task, stop: Callable[[], bool], report: RowReporter) -> Result:
        """Does one task.

        stop : whether to give up; asked now and then
        report : told of each table's rows as they are made
        """
