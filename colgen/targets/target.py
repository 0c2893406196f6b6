"""What a target is: a place that takes a build whole or not at all.

The conductor (`colgen.pipeline.conductor`) calls the methods in the order in which they stand here. Whatever goes wrong, leaving `hold` clears away
what was not published: a reader finds what was there before or the whole new build.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from colgen.declare.model import Model
from colgen.engines.job import Job
from colgen.engines.progress import Progress
from colgen.generate.generation import Generation
from colgen.generate.plan import Plan, Task
from colgen.generate.spec import Spec
from colgen.targets.finished import FinishedBuild


@dataclass(frozen=True)
class Published:
    """What a target holds now.

    rows, bytes : of each table
    parts, kept : how many part files there are, and how many of them were taken over instead of made
    added : of an append, how many rows of each table were new
    resumed : whether there was a killed build to go on from
    """

    rows: Mapping[str, int]
    bytes: Mapping[str, int]
    parts: int = 0
    kept: int = 0
    added: Mapping[str, int] | None = None
    resumed: bool = False


class Target(Protocol):
    """A place that takes a build whole or not at all.

    exact : whether it must know all rows before the first is made
    must_be_proved : whether every rule has to hold before this build is published, even if no check was asked for; known once `refuse` has
        been called
    """

    exact: bool
    must_be_proved: bool

    def __str__(self) -> str:
        """Where it is, as it may be shown: without a password."""

    def accept(self, spec: Spec) -> Spec:
        """The request as this target takes it."""

    def hold(self) -> AbstractContextManager[None]:
        """Keeps other builds out while this one goes on, and clears away what it has left unless that was published."""

    def refuse_without_room(self, needed: int) -> None:
        """Raises TargetError where there is less room than a build needs, in bytes of its format."""

    def refuse(self, plan: Plan, model: Model) -> None:
        """Raises TargetError where the plan must not go here. Nothing has been written yet."""

    def stage(self, plan: Plan, generation: Generation, workers: int, progress: Progress) -> Sequence[Task]:
        """Makes ready for rows; gives the tasks that have to be made, in order: others may be there already."""

    def job(self) -> Job[Any]:
        """What makes the rows of a task and puts them here."""

    def add(self, result: Any) -> None:
        """Notes what the job has made of a task."""

    def load(self, workers: int, progress: Progress) -> None:
        """What has to be done between the last row and the proof, such as keys and indexes; rows are added to a build that is there."""

    def staged(self) -> FinishedBuild:
        """All that is about to be there, to be proved: with what is there already, where rows are added to it."""

    def publish(self, progress: Progress) -> Published:
        """Puts the build in its place, in one step."""

    def explain(self, error: Exception) -> Exception:
        """An error of the disk or the database, for people; any other as it is."""
