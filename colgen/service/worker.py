"""The process in which calls run: it reads them from stdin, one JSON object a line, and writes what they give to stdout, in frames.

The service itself reads no build and makes no row, so that whatever a call needs, a status is answered at once. A process whose service is gone
finds stdin closed, and ends.

A frame is a byte that says what it is, the length of the rest in four bytes, and the rest: `D` data, `.` the end of a call, `E` its end by an
error, as JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from io import RawIOBase
from pathlib import Path
from typing import Any

from colgen.errors import ColgenError, RequestError, TargetError
from colgen.jobs.job import Task
from colgen.service.workspace import Workspace
from colgen.values.arrow import leave_pandas_out

DATA, END, ERROR = b"D", b".", b"E"
HEAD_BYTES = 5
_FRAME_BYTES = 1 << 16


class Frames(RawIOBase):
    """Data on its way into frames."""

    def __init__(self, out: RawIOBase) -> None:
        self._out = out
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        content = memoryview(data).cast("B")
        self._waiting += content
        if len(self._waiting) >= _FRAME_BYTES:
            self.flush()
        return len(content)

    def flush(self) -> None:
        if self._waiting:
            self._frame(DATA, bytes(self._waiting))
            self._waiting.clear()

    def end(self, error: Mapping[str, Any] | None = None) -> None:
        """The end of a call."""
        if error is None:
            self.flush()
            self._frame(END, b"")
        else:
            self._waiting.clear()
            self._frame(ERROR, json.dumps(error).encode())

    def _frame(self, kind: bytes, content: bytes) -> None:
        rest = memoryview(kind + len(content).to_bytes(4, "big") + content)
        while rest:
            rest = rest[self._out.write(rest) :]


def _task(workspace: Workspace, request: dict[str, Any]) -> dict[str, Any]:
    from dataclasses import asdict

    from colgen.service.request import Generate, task_of

    task: Task = task_of(Generate.model_validate(request), workspace)
    return asdict(task)


def _plans(name: str) -> Callable[..., Any]:
    def call(workspace: Workspace, **arguments: Any) -> Any:
        from colgen.service import plans

        return getattr(plans, name)(**arguments)

    return call


def _builds(name: str) -> Callable[..., Any]:
    def call(workspace: Workspace, **arguments: Any) -> Any:
        from colgen.service import builds

        return getattr(builds, name)(workspace, **arguments)

    return call


CALLS: Mapping[str, Callable[..., Any]] = {
    "task": _task,
    **{name: _plans(name) for name in ("models", "model", "scenarios", "scenario", "estimate", "preview")},
    **{name: _builds(name) for name in ("builds", "build", "rows", "report", "charts", "made", "cleanup")},
}
"""What can be called; `export` besides, which gives no JSON but a stream."""


def answer(call: Mapping[str, Any], workspace: Workspace, frames: Frames) -> None:
    """Does one call."""
    try:
        if call["name"] == "export":
            from colgen.service.export import export

            export(workspace, out=frames, **call["arguments"])
        else:
            frames.write(json.dumps(CALLS[call["name"]](workspace, **call["arguments"])).encode())
    except LookupError as error:
        frames.end({"kind": "absent", "message": str(error.args[0] if error.args else error)})
    except ColgenError as error:
        words = workspace.without_folder(str(error))
        mistakes = [(pointer, workspace.without_folder(detail)) for pointer, detail in getattr(error, "mistakes", [])]
        frames.end({"kind": _kind(error), "message": words, "mistakes": mistakes})
    except Exception:  # a mistake of ours: the service's log has it, and the client is only told that there is one
        traceback.print_exc()
        frames.end({"kind": "crash", "message": "the service has made a mistake; its log says more"})
    else:
        frames.end()


def _kind(error: ColgenError) -> str:
    from colgen.service.builds import QueryTooSlow

    if isinstance(error, QueryTooSlow):
        return "slow"
    return "request" if isinstance(error, RequestError) else "target" if isinstance(error, TargetError) else "failed"


def main() -> None:
    """Answers calls until stdin ends. Its one argument says what it may read and write."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the service's, which closes stdin
    leave_pandas_out()
    allowed = json.loads(sys.stdin.buffer.readline())
    workspace = Workspace(Path(allowed["root"]), allowed["databases"])
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whatever prints does not get in between
    for line in sys.stdin.buffer:
        answer(json.loads(line), workspace, Frames(out))


if __name__ == "__main__":
    main()
