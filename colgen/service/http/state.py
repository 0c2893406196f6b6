"""What the routes share: the queue of jobs, the processes that calls run in, and the settings."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from colgen.jobs.queue import JobQueue
from colgen.jobs.store import Store
from colgen.service.http.metrics import Metrics
from colgen.service.http.problems import Problem
from colgen.service.workers import Workers
from colgen.service.workspace import Workspace

_log = logging.getLogger("colgen")
_TEND_SECONDS = 0.25
_READERS, _EXPORTERS = 2, 2  # processes


LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


@dataclass(frozen=True)
class Settings:
    """How a service is set up.

    workspace : what it may read and write
    token : what a client must present; None on a loopback address without one
    hosts : the names by which it may be addressed; empty where a token is asked for, which a page of somebody else's does not have
    jobs_at_once : how many jobs run at a time
    most_queued : how many may wait
    environment : the variables that jobs are given, with the guards of the configuration
    """

    workspace: Workspace
    token: str | None = None
    hosts: frozenset[str] = LOOPBACK
    jobs_at_once: int = 2
    most_queued: int = 200
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    def accepts(self, token: str) -> bool:
        """Whether a token is the right one; how long it takes to tell says nothing about it."""
        return self.token is None or secrets.compare_digest(token.encode("utf-8", "replace"), self.token.encode())


class Service:
    """What a running service consists of."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings = settings
        self.workspace = settings.workspace
        self.queue = JobQueue(store, settings.environment, self._url)
        self.readers = Workers(settings.workspace, _READERS)
        self.exporters = Workers(settings.workspace, _EXPORTERS)
        self.metrics = Metrics(store)
        self._wake = asyncio.Event()

    def _url(self, name: str) -> str | None:
        return self.workspace.databases.get(name)

    def wake(self) -> None:
        """There is something to do for the queue."""
        self._wake.set()

    def refuse_full(self) -> None:
        """Raises a Problem where too many jobs wait."""
        if len(self.queue.store.queue()) >= self.settings.most_queued:
            raise Problem(
                429,
                "queue-full",
                f"{self.settings.most_queued} jobs wait already; try again when some are done",
                headers={"Retry-After": "30"},
            )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Jobs are started and settled for as long as this lasts. Those that run go on after it."""
        tending = asyncio.create_task(self._tend())
        try:
            yield
        finally:
            tending.cancel()
            await asyncio.gather(tending, self.readers.close(), self.exporters.close(), return_exceptions=True)

    async def _tend(self) -> None:
        while True:
            self._wake.clear()
            try:
                self.queue.tend(self.settings.jobs_at_once)
                await self.readers.tend()
                await self.exporters.tend()
            except Exception:  # a full disk, too few files: whatever it is may be over the next time
                _log.exception("jobs could not be tended")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), _TEND_SECONDS)


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


ServiceOf = Annotated[Service, Depends(_service)]
