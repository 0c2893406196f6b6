"""The process of a job: the ordinary command, with lower priority and a group of its own, so that it outlives whoever started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

NICENESS = 10
"""By how much the priority of a job is lower than that of who started it."""

_START = """printf '{"event": "process", "pid": %d}\\n' $$ >&2
{ echo "$0" > /proc/self/autogroup; } 2>/dev/null
exec nice -n "$0" "$@" """
"""The process tells its number itself, so that it is known even if who started it is killed at that moment.

On a Linux that groups processes by session, priorities are those of the groups (sched(7), "The autogroup feature").
"""

DATABASE_URL = "DATABASE_URL"
_GUARDS = ("COLGEN_DENY", "COLGEN_ENABLED", "COLGEN_ENV", "COLGEN_HOME", "COLGEN_MAX_ROWS")


def start(command: Sequence[str], log: int, result: Path, folder: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Starts `colgen` with some arguments.

    log : an open file descriptor, for stderr
    result : the file for what it prints
    folder : where it runs
    environment : as `own_environment` gives it
    """
    with result.open("wb") as out:
        return subprocess.Popen(
            ["/bin/sh", "-c", _START, str(NICENESS), sys.executable, "-P", "-m", "colgen", *command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=log,
            cwd=folder,
            env=dict(environment),
            start_new_session=True,
        )


def own_environment(environment: Mapping[str, str], *, database: str | None = None, **guards: str) -> dict[str, str]:
    """A job's environment: what its command says is not to be overridden by variables, but every guard of who started it holds.

    database : the URL of a database, which no list of processes shows there
    guards : further variables
    """
    own = {name: value for name, value in environment.items() if not name.startswith("COLGEN_") or name in _GUARDS}
    own.pop(DATABASE_URL, None)
    return {**own, **guards, **({DATABASE_URL: database} if database else {})}


def interrupt(process: int) -> None:
    """Asks a job's process to stop as Ctrl-C does: it clears away what it has written."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process, signal.SIGTERM)


def kill(process: int) -> None:
    """Ends a job's process and all its workers at once. Targets are whole after that, too."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process, signal.SIGKILL)
