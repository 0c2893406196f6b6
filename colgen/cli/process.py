"""What the command line does to its process, which is its own: a library leaves all of this to its host."""

from __future__ import annotations

import io
import os
import resource
import sys
from functools import cache
from typing import Any

from colgen.errors import ColgenError

_SWITCH_INTERVAL = 0.0005  # seconds that a thread which comes back from NumPy waits at most for Python's lock; 0.005 is Python's own

_FEWEST_FILES = 32  # that may be open at once: with a dozen even clearing away may fail


@cache
def own() -> None:
    """Makes the process fit for large builds: freed memory is kept, threads hand Python's lock on sooner, and work may be forked.

    Called before a model is loaded, since reading its vocabulary is the first to allocate much.
    """
    from colgen.engines import processes
    from colgen.values.arrow import leave_pandas_out
    from colgen.values.memory import keep_freed_memory

    leave_pandas_out()
    keep_freed_memory()
    sys.setswitchinterval(_SWITCH_INTERVAL)
    processes.allow()


class _Stream(io.FileIO):
    """A standard stream whose failure costs no work, since nothing is written to it any more after the first one.

    On stderr that is never told: progress that cannot be shown is not shown. On stdout it is a ColgenError, unless only the reader has had
    enough (`colgen models | head -1`).
    """

    def write(self, data: Any) -> int:
        try:
            return super().write(data) or 0
        except OSError as error:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, self.fileno())
            os.close(null)
            if self.fileno() == 1 and not isinstance(error, BrokenPipeError):
                raise ColgenError(f"stdout could not be written to: {os.strerror(error.errno or 0).lower()}") from None
            return len(memoryview(data).cast("B"))


def own_streams() -> None:
    """Makes stdout and stderr what any command can write to: whatever their encoding cannot hold is escaped, and see `_Stream`.

    One that is closed is opened, or else the next file would take its number, and with it whatever is printed there.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = getattr(sys, name)
        if stream is None:
            # for stdout one that cannot be written to, as it was
            os.open(os.devnull, os.O_WRONLY if name == "stderr" else os.O_RDONLY)
        if name == "stdin" or stream is not getattr(sys, f"__{name}__"):  # somebody else's, such as a test's
            continue
        if stream is not None:
            stream.flush()
        text = io.TextIOWrapper(
            io.BufferedWriter(_Stream(number, "w", closefd=False)),
            encoding=getattr(stream, "encoding", "utf-8"),
            errors="backslashreplace",
            line_buffering=getattr(stream, "line_buffering", False),
            write_through=getattr(stream, "write_through", False),
        )
        setattr(sys, name, text)


def refuse_few_files() -> None:
    """Raises ColgenError where so few files may be open at once that a command would fail half-way."""
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most < _FEWEST_FILES:
        raise ColgenError(f"only {most} files may be open at once, and colgen needs {_FEWEST_FILES}: ulimit -n 1024")
