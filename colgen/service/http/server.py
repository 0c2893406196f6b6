"""Runs the service on uvicorn, until it is told to stop."""

from __future__ import annotations

import asyncio
import fcntl
import os
import resource
import socket
import sys
from contextlib import suppress
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from colgen.errors import RequestError, TargetError
from colgen.jobs.store import Store
from colgen.service.http.app import create_app
from colgen.service.http.state import Settings

_SHUTDOWN_SECONDS = 1
"""How long an answer may go on after Ctrl-C."""

_HEAD_SECONDS = 20.0
_WANTED_FILES = 8192


class _Protocol(H11Protocol):
    """Drops clients that start a request and do not go on with it: no part of its head may keep others waiting for ever."""

    _asking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._forget()

    def _watch(self) -> None:
        """Sets the clock while a head is waited for."""
        if self.cycle is not None and not self.cycle.response_complete:
            self._forget()
        elif self._asking is None:
            self._asking = asyncio.get_running_loop().call_later(_HEAD_SECONDS, self.transport.close)

    def _forget(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None


def serve(settings: Settings, store: Store, host: str, port: int) -> None:
    """Answers until Ctrl-C or SIGTERM. Jobs that run go on.

    port : 0 for any that is free

    Raises TargetError where another service has the store, RequestError for an address that cannot be had.
    """
    with suppress(ValueError, OSError):  # each client is an open file
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, _WANTED_FILES) if most > 0 else _WANTED_FILES, most))
    holder = _hold(store)
    listening = _listening(host, port)
    try:
        shown = f"[{host}]" if ":" in host else host
        print(f"colgen serves {settings.workspace.root} at http://{shown}:{listening.getsockname()[1]}", file=sys.stderr, flush=True)
        config = uvicorn.Config(
            create_app(settings, store),
            http=_Protocol,
            ws="none",
            lifespan="on",
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
        )
        with suppress(KeyboardInterrupt):  # which uvicorn raises again once it has stopped in order
            uvicorn.Server(config).run([listening])
    finally:
        listening.close()
        os.close(holder)
    if running := store.jobs(("running", "cancelling")):
        print(f"{len(running)} job{' goes' if len(running) == 1 else 's go'} on; `colgen status` shows them", file=sys.stderr)


def _hold(store: Store) -> int:
    """Makes sure that one service at a time starts the jobs of a store."""
    holder = os.open(store.folder / "serve.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(holder)
        raise TargetError(
            f"another colgen serve has the jobs in {str(store.folder)!r}; stop it, or give this one another COLGEN_HOME"
        ) from None
    return holder


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server((host, port), family=family, backlog=1024)
    except (OSError, OverflowError) as error:
        raise RequestError(f"--host {host} --port {port} cannot be had: {getattr(error, 'strerror', None) or error}") from None
