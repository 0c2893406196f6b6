"""What tasks lead to, counted by the same workers that will make them.

A chunk of roots is counted without a look at what lies before it (`colgen.generate.places`), so only the sums are for one process. They are
made for some tasks at a time: the first parts are written early, and no list grows with the build.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import Any, Protocol

import numpy as np

from colgen.declare.families import Family
from colgen.declare.table import TableInfo
from colgen.engines.job import Job
from colgen.engines.progress import RowReporter
from colgen.generate.block import Unnumbered
from colgen.generate.generation import Generation
from colgen.generate.plan import Task
from colgen.generate.walk import count

WINDOW = 1024
"""For so many tasks it is counted what they lead to before the first of them is made."""


class Run(Protocol):
    """Runs tasks on the workers of an engine, and calls `done` here with each result, in any order."""

    def __call__(self, tasks: Iterable[Task], job: Job[Any], done: Callable[[Any], None]) -> None: ...


@dataclass(frozen=True)
class CountRows:
    """Counts the rows that a task would make in each fanned-out table. Raises `Unnumbered` where that takes more than its own roots."""

    generation: Generation

    def __call__(self, task: Task, stop: Callable[[], bool], report: RowReporter) -> tuple[int, Mapping[str, int]]:
        counted = count(self.generation, task.family(self.generation.model), task.first, task.first + task.rows)
        return task.first, {table.name: rows for table, rows in counted.items()}


def with_first_ids(tasks: Iterable[Task], generation: Generation, run: Run) -> Iterator[Sequence[Task]]:
    """The same tasks with their first ids, some at a time.

    tasks : those of a family one after the other, in the order of their roots
    run : counts what lies between
    """
    left = iter(tasks)
    while window := list(islice(left, WINDOW)):
        counted = list[Task]()
        for _, of_family in groupby(window, key=lambda task: task.root):
            counted += _counted(list(of_family), generation, run)
        yield counted


def _counted(tasks: Sequence[Task], generation: Generation, run: Run) -> list[Task]:
    """Some tasks of one family with their first ids."""
    family = tasks[0].family(generation.model)
    if len(family) == 1:
        return list(tasks)
    firsts = np.array([task.first for task in tasks])
    known, first_ids = generation.counts.nearest_known(family, tasks[0].first)
    before = [Counter[str]() for _ in tasks]  # of each task, from the one before it on

    def add(result: tuple[int, Mapping[str, int]]) -> None:
        root, rows = result
        before[int(np.searchsorted(firsts, root, side="right"))].update(rows)

    try:
        run(_between(known, tasks), CountRows(generation), add)
    except Unnumbered:
        return [task.with_first_ids(generation) for task in tasks]
    return list(_summed(tasks, before, family, generation, first_ids))


def _between(known: int, tasks: Sequence[Task]) -> Iterator[Task]:
    """What has to be counted so that it is known what each of some tasks leads to, in tasks of about the same size.

    known : a root of which that is known
    """
    step = max(task.rows for task in tasks)
    for task in tasks:
        for first in range(known, task.first, step):
            yield replace(task, first=first, rows=min(step, task.first - first), parts={})
        known = task.first


def _summed(
    tasks: Sequence[Task], before: Sequence[Mapping[str, int]], family: Family, generation: Generation, known: Mapping[TableInfo, int]
) -> Iterator[Task]:
    first_ids = {table.name: first for table, first in known.items()}
    for task, rows in zip(tasks, before, strict=True):
        first_ids = {name: first + rows.get(name, 0) for name, first in first_ids.items()}
        yield replace(task, first_ids=first_ids)
    generation.counts.note_first_ids(family, tasks[-1].first, {table: first_ids[table.name] for table in family[1:]})
