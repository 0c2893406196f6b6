"""What a build made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from colgen.audit.check import Outcome
from colgen.generate.spec import Spec


@dataclass(frozen=True)
class Summary:
    """What a build made.

    target : the folder, or whatever else it went to, without its password
    rows, bytes : of each table
    seconds : how long it took
    outcomes : of the check, if it was asked for
    parts, kept : how many part files there are, and how many of them were taken over, from the build that was extended or resumed
    added : of an extension, how many more rows each table has; of an append, how many were new
    resumed : whether there was a killed build to go on from
    """

    target: str
    spec: Spec
    rows: Mapping[str, int]
    bytes: Mapping[str, int]
    seconds: float
    outcomes: tuple[Outcome, ...] | None = None
    parts: int = 0
    kept: int = 0
    added: Mapping[str, int] | None = None
    resumed: bool = False
