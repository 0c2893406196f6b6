"""Ctrl-C and SIGTERM stay this program's."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept_signals() -> Iterator[None]:
    """Puts back the handlers of signals that a library replaces meanwhile: Ray's would end this process without clearing anything away."""
    if threading.current_thread() is not threading.main_thread():  # where no handler can be replaced
        yield
        return
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
