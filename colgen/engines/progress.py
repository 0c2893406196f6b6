"""What a build says of itself while it runs: events, given to whoever wants to know.

`Progress` is a function of an event, called from several threads. A command line draws bars of them, a service streams them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from colgen.generate.plan import Plan


@dataclass(frozen=True)
class Started:
    """What will be made is known."""

    plan: Plan


@dataclass(frozen=True)
class RowsMade:
    """So many more rows of a table have been made."""

    table: str
    rows: int


@dataclass(frozen=True)
class StageStarted:
    """What follows the making of rows, such as "checking"."""

    stage: str


@dataclass(frozen=True)
class Proving:
    """The rules are being proved, in steps: scans of a table that prove many of them, and queries that prove one.

    what : the table, and the rule if it is one
    done, steps : how many are behind us, and how many there are as far as is known
    """

    what: str
    done: int
    steps: int


@dataclass(frozen=True)
class Noted:
    """Something the user may want to know."""

    note: str


@dataclass(frozen=True)
class Ended:
    """Nothing more will come, whether the build was finished or not."""


Event: TypeAlias = Started | RowsMade | StageStarted | Proving | Noted | Ended
Progress: TypeAlias = Callable[[Event], None]
RowReporter: TypeAlias = Callable[[str, int], None]
"""Is told a table's name and how many more rows of it there are."""


def no_progress(event: Event) -> None:
    """Tells nobody."""


def no_rows(table: str, rows: int) -> None:
    """A `RowReporter` that tells nobody."""


def row_reporter(progress: Progress) -> RowReporter:
    """Passes rows on as events."""
    return lambda table, rows: progress(RowsMade(table, rows))
