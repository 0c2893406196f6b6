"""Connections to a PostgreSQL server that workers share: as many as work at once, whatever they work on."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from colgen.targets.postgres.connect import connect

if TYPE_CHECKING:
    import psycopg

_ON_ITS_WAY = 1 << 22
"""Bytes that may be in a local socket, so that the server has work while NumPy holds the interpreter: by default it is a millisecond's."""


class Connections:
    """Connections that are opened when they are needed and lent to one worker at a time.

    It can be pickled: another process opens its own. A fork leaves those of its parent alone.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._reset()

    def _reset(self) -> None:
        self._process, self._lock = os.getpid(), threading.Lock()
        self._idle: list[psycopg.Connection[Any]] = []
        self._opened: list[psycopg.Connection[Any]] = []

    def __reduce__(self) -> tuple[type[Connections], tuple[str]]:
        return Connections, (self.url,)

    @contextmanager
    def borrow(self) -> Iterator[psycopg.Connection[Any]]:
        """A connection that nobody else uses meanwhile. One that ends with an error is not lent again."""
        if self._process != os.getpid():
            self._parents = self._opened  # kept, so that they are not closed here
            self._reset()
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        if connection is None:
            connection = _roomy(connect(self.url))
            with self._lock:
                self._opened.append(connection)
        yield connection
        with self._lock:
            self._idle.append(connection)

    def close(self) -> None:
        """Closes them all."""
        for connection in self._opened:
            with suppress(Exception):
                connection.close()
        self._reset()


def _roomy(connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """The connection with more room in its socket, if that is a local one (TCP sees to its own)."""
    local = socket.socket(fileno=connection.fileno())
    if local.family == getattr(socket, "AF_UNIX", None):
        local.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ON_ITS_WAY)
    local.detach()
    return connection
