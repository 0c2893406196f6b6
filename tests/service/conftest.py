"""A real service, on a socket of its own, for all tests of a process."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support import ROOT

httpx = pytest.importorskip("httpx", reason="the service's tests need httpx: pip install 'colgen[test]'")
pytest.importorskip("fastapi", reason="the service needs FastAPI: pip install 'colgen[serve]'")

MOST_SECONDS = 60.0


@dataclass
class Served:
    """A running service.

    client : asks it
    root : its folder
    home : where its jobs are
    """

    process: subprocess.Popen[str]
    client: Any
    root: Path
    home: Path

    @property
    def url(self) -> str:
        return str(self.client.base_url)

    def generate(self, **request: Any) -> Any:
        """Asks for a build: the response."""
        return self.client.post("/api/mock-data/generate", json=request)

    def build(self, out: str, **request: Any) -> dict[str, Any]:
        """Builds, and waits until it is done: the job."""
        config = {"dryRun": False, **request.pop("config", {})}
        started = self.generate(out=out, volume="small", **request, config=config)
        assert started.status_code == 202, started.text
        job = self.ended(started.json()["jobId"])
        assert job["state"] == "done", job
        return job

    def job(self, id: int) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.get(f"/api/jobs/{id}").json()
        return answer

    def ended(self, id: int) -> dict[str, Any]:
        """A job, as soon as it has ended."""
        return self.when(id, "cancelled", "failed", "interrupted", "done")

    def when(self, id: int, *states: str) -> dict[str, Any]:
        """A job, as soon as it is in one of some states."""
        deadline = time.monotonic() + MOST_SECONDS
        while (job := self.job(id))["state"] not in states:
            assert time.monotonic() < deadline, job
            time.sleep(0.05)
        return job

    def stop(self, number: int = signal.SIGINT) -> int:
        """Ends it: its exit code."""
        self.client.close()
        self.process.send_signal(number)
        return self.process.wait(timeout=20)


def start(root: Path, home: Path, *arguments: str, env: dict[str, str] | None = None, cwd: Path | None = None) -> Served:
    """Starts `colgen serve` at a free port."""
    home.mkdir(parents=True, exist_ok=True)
    errors = (home / "serve.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "colgen", "serve", "--root", str(root), "--port", "0", *arguments],
        stderr=errors,
        stdout=errors,
        text=True,
        cwd=cwd or home,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLGEN_HOME": str(home), **(env or {})},
    )
    errors.close()
    deadline = time.monotonic() + MOST_SECONDS
    while (
        not (address := re.findall(r"serves .* at (http://\S+:\d+)\n", (home / "serve.log").read_text())[-1:]) or process.poll() is not None
    ):
        assert process.poll() is None, (home / "serve.log").read_text()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return Served(process, httpx.Client(base_url=address[0], timeout=30), root, home)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service that all tests share: each uses names of its own."""
    folder = tmp_path_factory.mktemp("served")
    service = start(folder / "root", folder / "home")
    yield service
    assert service.stop() == 0


@pytest.fixture(scope="session")
def shop(served: Served) -> str:
    """A build in it that no test changes."""
    served.build("shop", config={"seed": 7})
    return "shop"
