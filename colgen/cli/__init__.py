"""The command line: parse, call, print. It knows no model by name."""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import Any, NoReturn


def main() -> NoReturn:
    """Runs `colgen`; ends the process with the exit code that says how it went (`colgen.errors`)."""
    gc.disable()  # nothing made while modules load is garbage; only `build` runs long enough to want it on again
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy's linear algebra is not used; its threads cost start-up time
    from colgen.errors import ColgenError

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        from colgen.cli.app import app

        app(prog_name="colgen")
    except ColgenError as error:
        print(f"colgen: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:  # the reader of our output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt as interrupt:
        report_interrupt(interrupt)
        sys.exit(130)
    sys.exit(0)


def report_interrupt(interrupt: KeyboardInterrupt) -> None:
    """Says that a command was interrupted, and what a build has noted on that."""
    print("; ".join(["colgen: interrupted", *getattr(interrupt, "__notes__", [])]), file=sys.stderr)


def _interrupt(number: int, frame: Any) -> None:
    for again in (signal.SIGINT, signal.SIGTERM):  # cleaning up takes a moment, and is not to be interrupted
        signal.signal(again, signal.SIG_IGN)
    raise KeyboardInterrupt
