"""What is asked for: a source, and how it is to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from colgen.errors import RequestError


@dataclass(frozen=True)
class Reading:
    """A source, and how it is to be read.

    source : as it was given
    schemas : whose tables are read; all that have any if None
    scratch : a server on which a script may be run, in a database of its own; one is started if None
    stats : whether a database's statistics of its rows are read as well
    dialect : of a script, whose SQL it is; guessed if empty
    """

    source: str
    schemas: Sequence[str] | None = None
    scratch: str | None = None
    stats: bool = False
    dialect: str = ""

    @property
    def options(self) -> list[str]:
        """Which options were given."""
        given = {"schema": self.schemas, "scratch": self.scratch, "stats": self.stats, "dialect": self.dialect}
        return [option for option, value in given.items() if value]

    def wants(self, schema: str) -> bool:
        """Whether the tables of a schema are read."""
        return self.schemas is None or schema in self.schemas


def read_text(path: Path) -> str:
    """What a file says. RequestError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise RequestError(f"{str(path)!r} cannot be read: {(error.strerror or str(error)).lower()}") from None
