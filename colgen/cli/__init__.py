"""The command line: parse, call, print. It knows no model by name."""

from __future__ import annotations

import errno
import gc
import os
import signal
import sys
from typing import Any, NoReturn

_LONGEST = 4_000  # characters of a message; what is given may be a megabyte


def main() -> NoReturn:
    """Runs `colgen`; ends the process with the exit code that says how it went (`colgen.errors`)."""
    gc.disable()  # nothing made while modules load is garbage; only `build` runs long enough to want it on again
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy's linear algebra is not used; its threads cost start-up time
    from colgen.cli.process import own_streams
    from colgen.errors import ColgenError, RequestError

    own_streams()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        try:
            sys.exit(_run())
        finally:
            sys.stdout.flush()  # what cannot be written is told while there is somebody to tell it
    except ColgenError as error:
        complain(str(error))
        sys.exit(error.exit_code)
    except OSError as error:  # whatever nobody foresaw, such as too few file descriptors
        from colgen.arguments import explained

        complain(explained(error))
        sys.exit(RequestError.exit_code if error.errno == errno.ENAMETOOLONG else ColgenError.exit_code)
    except KeyboardInterrupt as interrupt:
        report_interrupt(interrupt)
        sys.exit(130)


def _run() -> int:
    """Runs the command that was typed; gives its exit code."""
    from colgen.cli.app import UsageError, app
    from colgen.cli.process import refuse_few_files
    from colgen.config import current_folder

    refuse_few_files()
    current_folder()  # every command says the same where it is gone
    try:
        return int(app(prog_name="colgen", standalone_mode=False) or 0)
    except UsageError as error:
        if message := error.format_message():  # there is none where the help was shown instead
            complain(f"{message.rstrip('.')} (see {error.ctx.command_path if error.ctx else 'colgen'} --help)")
        return int(error.exit_code)


def complain(message: str) -> None:
    """Says what is wrong, without any password that was typed."""
    from colgen.targets.urls import without_passwords

    values = [part for argument in sys.argv[1:] for part in (argument, argument.partition("=")[2]) if part]
    message = without_passwords(message, values)
    if len(message) > _LONGEST:
        message = f"{message[: _LONGEST // 2]} … {message[-_LONGEST // 2 :]}"
    print(f"colgen: {message.encode('utf-8', 'backslashreplace').decode()}", file=sys.stderr)  # what was typed may be no text


def report_interrupt(interrupt: KeyboardInterrupt) -> None:
    """Says that a command was interrupted, and what a build has noted on that."""
    print("; ".join(["colgen: interrupted", *getattr(interrupt, "__notes__", [])]), file=sys.stderr)


def _interrupt(number: int, frame: Any) -> None:
    for again in (signal.SIGINT, signal.SIGTERM):  # cleaning up takes a moment, and is not to be interrupted
        signal.signal(again, signal.SIG_IGN)
    raise KeyboardInterrupt
