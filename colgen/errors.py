"""The exceptions that colgen raises, each with the exit code with which a command ends.

    ColgenError          1   the work failed: a check found a violation, or the disk was full
    ├── RequestError     2   the request was invalid: nothing was started
    │   └── ModelError   2   a model is declared incorrectly
    ├── TargetError      3   the target was refused: nothing in it was touched
    └── CheckFailed      1   the data broke a rule and was not published (`colgen.audit.check`)

Ctrl-C remains a KeyboardInterrupt: a command then removes what it had written and ends with 130.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ColgenError(Exception):
    """A problem that colgen can explain. `str(error)` is the whole message: what is wrong, where, and what would be valid."""

    exit_code = 1


class RequestError(ColgenError):
    """The request names something that does not exist, or asks for something impossible."""

    exit_code = 2


class ModelError(RequestError):
    """A model is declared incorrectly; the message names the table and the column."""


class TargetError(ColgenError):
    """The target contains something that must not be touched, or cannot take the build."""

    exit_code = 3


def one_of(wrong: str, right: Iterable[str]) -> str:
    """Suggests valid names in place of a wrong one: the end of an error message.

    >>> one_of("medum", ["small", "medium"])
    "did you mean 'medium'? Available: small, medium"
    """
    names = list(right)
    near = difflib.get_close_matches(wrong, names, n=1)
    if not names:
        return "none are available"
    listed = ", ".join(names)
    return f"did you mean {near[0]!r}? Available: {listed}" if near else f"available: {listed}"
