"""The processes in which calls run: started when they are needed, ended when they have been idle, and killed when nobody waits for them any more."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from typing import Any

from colgen.errors import ColgenError
from colgen.service.worker import DATA, END, HEAD_BYTES
from colgen.service.workspace import Workspace

IDLE_SECONDS = 60.0
"""After so long without a call a process ends."""

WAIT_SECONDS = 10.0
"""How long a call waits for a process while all are at work."""

CALL_SECONDS = 60.0
"""How long a process may give nothing before it is killed."""


_END_SECONDS = 1.0
_PIECE_BYTES = 1 << 16


class CallFailed(ColgenError):
    """A call ended by an error.

    kind : request, target, absent, slow, failed or crash
    mistakes : the places in a request that are wrong, and why
    """

    def __init__(self, kind: str, message: str, mistakes: list[tuple[str, str]]) -> None:
        self.kind, self.mistakes = kind, mistakes
        super().__init__(message)


class AllBusy(ColgenError):
    """All processes have been at work for a while."""


class _Worker:
    """One process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.idle_since = time.monotonic()

    @classmethod
    async def start(cls, workspace: Workspace) -> _Worker:
        command = [sys.executable, "-P", "-m", "colgen.service.worker"]
        process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
        worker = cls(process)
        worker._send({"root": str(workspace.root), "databases": dict(workspace.databases)})
        return worker

    async def call(self, name: str, arguments: dict[str, Any]) -> AsyncIterator[bytes]:
        """What a call gives, piece by piece. Raises CallFailed."""
        self._send({"name": name, "arguments": arguments})
        while True:
            kind, content = await asyncio.wait_for(self._frame(), CALL_SECONDS)
            if kind == DATA:
                yield content
            elif kind == END:
                return
            else:
                error = json.loads(content)
                raise CallFailed(error["kind"], error["message"], error.get("mistakes", []))

    async def end(self) -> None:
        """It ends by itself once it finds stdin closed."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.process.wait(), _END_SECONDS)
        await self.kill()

    def kill(self) -> asyncio.Task[None]:
        """Ends it at once, without a wait in which whoever calls could be cancelled: the task waits until it is gone."""
        with suppress(ProcessLookupError):
            self.process.kill()
        return asyncio.create_task(self._gone())

    async def _gone(self) -> None:
        assert self.process.stdout is not None
        while await self.process.stdout.read(_PIECE_BYTES):  # what nobody has taken holds up the end
            pass
        await self.process.wait()

    def _send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message).encode() + b"\n")

    async def _frame(self) -> tuple[bytes, bytes]:
        assert self.process.stdout is not None
        head = await self.process.stdout.readexactly(HEAD_BYTES)
        return head[:1], await self.process.stdout.readexactly(int.from_bytes(head[1:], "big"))


class Workers:
    """Some processes, each of which does one call at a time."""

    def __init__(self, workspace: Workspace, most: int) -> None:
        self._workspace = workspace
        self._idle: list[_Worker] = []
        self._ending: set[asyncio.Task[None]] = set()
        self._free = asyncio.Semaphore(most)

    async def call(self, name: str, /, **arguments: Any) -> Any:
        """What a call gives. Raises CallFailed, or AllBusy."""
        return json.loads(b"".join([piece async for piece in self.stream(name, **arguments)]))

    async def stream(self, name: str, /, **arguments: Any) -> AsyncGenerator[bytes, None]:
        """What a call gives, as it comes. Whoever stops listening ends it."""
        try:
            await asyncio.wait_for(self._free.acquire(), WAIT_SECONDS)
        except TimeoutError:
            raise AllBusy("the service has too much to do at the moment; try again") from None
        try:
            worker = self._idle.pop() if self._idle else await _Worker.start(self._workspace)
            try:
                async for piece in worker.call(name, arguments):
                    yield piece
                self._keep(worker)
            except CallFailed:
                self._keep(worker)
                raise
            except (TimeoutError, asyncio.IncompleteReadError, ConnectionError):
                raise CallFailed("slow", "it took too long, or more memory than there is; ask for less", []) from None
            finally:
                if worker not in self._idle:
                    self._ending.add(ending := worker.kill())
                    ending.add_done_callback(self._ending.discard)
        finally:
            self._free.release()

    def _keep(self, worker: _Worker) -> None:
        worker.idle_since = time.monotonic()
        self._idle.append(worker)

    async def tend(self) -> None:
        """Ends those that have been idle for a while."""
        for worker in [worker for worker in self._idle if time.monotonic() - worker.idle_since > IDLE_SECONDS]:
            self._idle.remove(worker)
            await worker.end()

    async def close(self) -> None:
        """Ends all."""
        idle, self._idle = self._idle, []
        await asyncio.gather(*(worker.end() for worker in idle), *self._ending)
