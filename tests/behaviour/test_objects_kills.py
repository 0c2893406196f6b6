"""A build into object storage in a process of its own and its workers, killed at any moment: whole or not at all, and known."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from colgen.pipeline import cleanup
from colgen.targets.manifest import NAME
from colgen.targets.objects.bucket import Bucket
from tests.support import KILLS, ROOT, process, thorough
from tests.targets.objects import manifest, objects

REQUEST = ("--volume", "large", "--scale", "60", "--threads", "2", "--seed", "2", "--quiet")
"""A build of some seconds, so large that processes make it."""

pytestmark = thorough


def start(prefix: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "colgen", "build", *REQUEST, "--out", prefix]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same build in a folder."""
    out = tmp_path_factory.mktemp("objects") / "data"
    done = process("build", *REQUEST, "--row-group", "16MiB", "--out", out)
    assert done.returncode == 0, done.stderr
    return out


def assert_same(prefix: str, folder: Path) -> None:
    bucket = Bucket(prefix)
    assert bucket.read(NAME) == (folder / NAME).read_bytes()
    assert all(bucket.digest(part.file) == part.digest for entry in manifest(prefix).tables.values() for part in entry.parts)


def test_a_build_by_processes_has_the_bytes_of_one_into_a_folder(prefix: str, folder: Path) -> None:
    assert start(prefix).wait(120) == 0
    assert_same(prefix, folder)
    assert set(objects(prefix)) == set(manifest(prefix).files)
    verified = process("verify", prefix)
    assert verified.returncode == 0, verified.stderr


@pytest.mark.parametrize("attempt", range(min(KILLS, 2)))
def test_a_killed_build_is_resumed_or_removed(prefix: str, folder: Path, attempt: int) -> None:
    process_of_build = start(prefix)
    time.sleep(1.5 + random.Random(attempt).random() * 4)
    process_of_build.send_signal(signal.SIGKILL)
    process_of_build.wait()
    time.sleep(0.5)  # its workers die with it
    there = objects(prefix)
    if NAME in there:
        assert_same(prefix, folder)
    known = {line.partition(" ")[0].removeprefix(f"{prefix}/") for line in cleanup.listed(prefix)} if there else set()
    assert known == set(there)
    if attempt % 2 and there:
        cleanup.remove(prefix, None, cleanup.CONFIRMATION)
        assert objects(prefix) == {}
        return
    done = process("build", *REQUEST, "--resume", "--overwrite", "--out", prefix)
    assert done.returncode == 0, done.stderr
    assert_same(prefix, folder)
    assert set(objects(prefix)) == set(manifest(prefix).files)


def test_ctrl_c_leaves_nothing(prefix: str) -> None:
    process_of_build = start(prefix)
    while not objects(prefix):
        time.sleep(0.05)
    process_of_build.send_signal(signal.SIGINT)
    assert process_of_build.wait(60) == 130
    assert objects(prefix) == {}
