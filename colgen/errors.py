"""What can go wrong, in words for people, and the exit code that a command ends with.

    ColgenError          1   it failed: a check did, or the disk was full
    ├── RequestError     2   the request was wrong: nothing was started
    │   └── ModelError   2   a model is declared wrongly
    ├── TargetError      3   the target was refused: nothing there was touched
    └── CheckFailed      1   the data broke a rule and was not published (`colgen.audit.check`)

Ctrl-C stays a KeyboardInterrupt; a command ends with 130, and what had been written is taken away again.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ColgenError(Exception):
    """Something colgen can explain. `str()` of it is the whole message: what, where, and what would be right."""

    exit_code = 1


class RequestError(ColgenError):
    """The request names something that does not exist, or asks for what cannot be."""

    exit_code = 2


class ModelError(RequestError):
    """A model is declared wrongly; names the table and the column."""


class TargetError(ColgenError):
    """The place to write to holds something that must not be touched, or cannot hold the build."""

    exit_code = 3


def one_of(wrong: str, right: Iterable[str]) -> str:
    """What could have been meant, as the end of a message.

    >>> one_of("medum", ["small", "medium"])
    "did you mean 'medium'? There are: small, medium"
    """
    names = list(right)
    near = difflib.get_close_matches(wrong, names, n=1)
    if not names:
        return "there are none"
    listed = ", ".join(names)
    return f"did you mean {near[0]!r}? There are: {listed}" if near else f"there are: {listed}"
