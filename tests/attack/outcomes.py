"""What may come of an input: it is taken, or refused in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from colgen import ColgenError

TAKEN, REFUSED = "taken", "refused"


def outcome(work: Callable[[], Any]) -> str:
    """TAKEN, or REFUSED where it raises an error for people. Any other exception is a traceback, and fails."""
    try:
        work()
    except ColgenError as error:
        assert_for_people(str(error))
        return REFUSED
    return TAKEN


def assert_for_people(message: str) -> None:
    """A message says something, and shows nothing of the program."""
    assert message.strip()
    assert "Traceback" not in message
    assert not re.search(r"<colgen[\w.]* object at 0x", message)
