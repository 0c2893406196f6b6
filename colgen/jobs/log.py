"""A job's log: what its process says on stderr, a line of JSON for each event, and what its keepers did to it.

The process holds a lock on the log for as long as it or any of its workers lives. That is how everyone knows whether a job runs, however its
parent ended, and no number of a process can be mistaken for another's.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

_LONGEST_LINE = 1 << 20  # bytes; a longer one is read in pieces, none of which is an event


EVENTS = ("process", "state", "start", "rows", "stage", "proving", "note", "estimate", "end")
"""The events that there are; a line with another one is only words."""


class Line(NamedTuple):
    """A line of a log.

    end : where the next one starts, in bytes; what a reader remembers to go on from there
    event : its name; "said" for a line that is not an event
    """

    end: int
    event: str
    content: dict[str, Any]


class Log:
    """One job's log."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def lock(self) -> int | None:
        """The log, open and locked for a process that is to be started: a file descriptor. None where a process holds it."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return descriptor

    @property
    def is_held(self) -> bool:
        """Whether a process runs that writes it."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    @property
    def size(self) -> int:
        """How long it is, in bytes."""
        try:
            return os.stat(self.path).st_size
        except FileNotFoundError:
            return 0

    def append(self, event: str, **content: Any) -> None:
        """Adds an event; short ones are whole, whoever else writes."""
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, f"{json.dumps({'event': event, **content})}\n".encode())
        finally:
            os.close(descriptor)

    def lines(self, start: int = 0, *, to_the_end: bool = False) -> Iterator[Line]:
        """The lines from a position on.

        to_the_end : also what is no whole line: a process that was killed has written no more
        """
        with suppress(FileNotFoundError), self.path.open("rb") as file:
            file.seek(start)
            while line := file.readline(_LONGEST_LINE):
                if not line.endswith(b"\n") and len(line) < _LONGEST_LINE and not to_the_end:
                    return
                start += len(line)
                text = line.decode("utf-8", "replace").strip()
                if text:
                    yield Line(start, *_event(text))

    def starts_a_line(self, position: int) -> bool:
        """Whether a line starts at a position, or may yet."""
        if not 0 < position <= self.size:
            return position == 0
        with self.path.open("rb") as file:
            file.seek(position - 1)
            return file.read(1) == b"\n"

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


def _event(text: str) -> tuple[str, dict[str, Any]]:
    try:
        content = json.loads(text)
        event = content.pop("event")
        if event not in EVENTS:
            raise ValueError
        return event, content
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "said", {"text": text}
