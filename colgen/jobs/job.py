"""What a job is: a command of colgen's that runs in a process of its own, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

State: TypeAlias = Literal["queued", "running", "cancelling", "cancelled", "failed", "interrupted", "done"]

UNFINISHED: tuple[State, ...] = ("queued", "running", "cancelling")
RESUMABLE: tuple[State, ...] = ("cancelled", "failed", "interrupted")

BATCH_ROWS = 10_000
"""Rows of a batch, in which a job counts what it has made where nobody says how many."""


@dataclass(frozen=True)
class Task:
    """What is to be done.

    kind : build, check or diff
    command : the arguments of `colgen`
    request : what was asked for, as whoever asked spelled it, for people to see
    target : what it writes to, which no other job may write to meanwhile: the path of a folder or a file, or the name of a database. None
        where it writes nothing
    database : the name of a configured database, whose URL the process is given by its environment; it is stored nowhere
    batch_rows : in batches of how many rows progress is told
    """

    kind: Literal["build", "check", "diff"]
    command: tuple[str, ...]
    request: dict[str, Any] = field(default_factory=dict)
    target: str | None = None
    database: str | None = None
    batch_rows: int = BATCH_ROWS


@dataclass(frozen=True)
class Job:
    """A task in the store.

    id : ascending, never given again
    version : how many times it has changed
    attempts : how many times it was started
    created, queued, started, ended : seconds since 1970; None where it has not happened
    message : why it failed or was interrupted, for people
    place : in the queue, 1 for the next one; None unless it is queued
    """

    id: int
    task: Task
    state: State
    version: int
    attempts: int
    created: float
    queued: float
    started: float | None = None
    ended: float | None = None
    message: str = ""
    place: int | None = None

    @property
    def has_ended(self) -> bool:
        return self.state not in UNFINISHED

    @property
    def can_be_resumed(self) -> bool:
        return self.state in RESUMABLE
