"""Builds in processes of their own, ended at any moment, and what must be left then."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from colgen.declare.find import find_model
from colgen.generate.spec import Spec
from colgen.pipeline.conductor import conduct
from colgen.targets import manifest
from colgen.targets.folder.target import FolderTarget
from tests.support import describe
from tests.targets.staged import staged

MODEL = find_model("invoicing")


SOME_SECONDS = ("--volume", "large", "--scale", "30", "--threads", "2", "--seed", "2")
"""A build of some seconds, start-up and all."""


LONG = ("--volume", "large", "--scale", "400", "--threads", "2", "--seed", "2")
"""One that is not over before it is interrupted."""


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "colgen", *map(str, arguments)]


def run(*arguments: str | Path, before: list[str] | None = None, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*(before or []), *command(*arguments)], capture_output=True, text=True, timeout=60, **options)  # type: ignore[call-overload]


STARTED: list[subprocess.Popen[str]] = []


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    STARTED.append(process)
    return process


def wait_for_event(process: subprocess.Popen[str], event: str) -> None:
    """Reads what a build with `--progress json` says until it says this."""
    assert process.stderr is not None
    for line in process.stderr:
        if json.loads(line)["event"] == event:
            return
    pytest.fail(f"the build ended without {event!r}")


def wait_for_path(path: Path) -> None:
    for _ in range(3000):
        if path.exists():
            return
        time.sleep(0.01)
    pytest.fail(f"{path} did not appear")


# What Python reports to an audit hook before it changes the file system, and (dlsym) before two folders change places.
CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "ctypes.dlsym", "os.link"}


def killed_before_change(number: int, work: Callable[[], None]) -> bool:
    """Works in a process that ends itself by SIGKILL just before that change to the file system, counted from 0; whether it came so far."""
    child = os.fork()
    if child == 0:
        left = number

        def count(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal left
            if event in CHANGES or (event == "open" and int(arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR)):  # type: ignore[call-overload]
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                left -= 1

        try:
            sys.addaudithook(count)
            work()
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
    return os.WIFSIGNALED(status)


def publish_tiny(target: Path, seed: int, parts: int, look: Callable[[], object] = lambda: None) -> None:
    """A build of few bytes. look : is called while it is under way"""
    with staged(target, overwrite=True) as new:
        look()
        made = []
        (new / "customers").mkdir()
        for number in range(parts):
            file = f"customers/part-{number:05d}-0a1b2c3d.parquet"
            (new / file).write_text(f"{number} of seed {seed}")
            made.append(describe(new, file, 1))
        entries = manifest.table_entries({"customers": made}, {"customers": {"id": "BIGINT"}})
        (new / manifest.LOAD_SQL).write_text("")
        spec = Spec.of(MODEL, seed=seed, tables=["customers"])
        manifest.Manifest(colgen="0", data_version=1, versions={}, spec=spec, tables=entries).write(new)


def build(target: Path, seed: int = 1, overwrite: bool = True, **request: Any) -> None:
    """A small build in this process."""
    conduct(Spec.of(MODEL, seed=seed, **request), MODEL, FolderTarget(target, overwrite=overwrite), threads=1)


NEEDS = re.compile(r"needs about \d[\d,.]* (bytes|kB|MB|GB)")
