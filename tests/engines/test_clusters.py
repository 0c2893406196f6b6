"""A build by Ray or Spark is the one of a single machine, byte for byte, also where a node or a worker is lost in the midst of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

import colgen
from colgen.errors import ModelError
from tests import support
from tests.engines.clusters import REQUEST, Once, executors, harmed, last_word, needs
from tests.support import files_in, refused, thorough

pytestmark = [thorough, pytest.mark.usefixtures("small_parts")]


@pytest.fixture
def expected(tmp_path: Path) -> dict[str, bytes]:
    """What one machine makes."""
    colgen.build(out=tmp_path / "here", engine="threads", **REQUEST)
    files = files_in(tmp_path / "here")
    assert len(files) > 20
    return files


def test_a_node_of_ray_that_is_lost_costs_a_retry(cluster: Any, tmp_path: Path, expected: dict[str, bytes]) -> None:
    lost = Once(lambda: cluster.remove_node(next(iter(cluster.worker_nodes)), allow_graceful=False))
    colgen.build(out=tmp_path / "data", engine="ray", address=cluster.address, progress=lost, **REQUEST)
    assert lost.done
    assert files_in(tmp_path / "data") == expected
    assert sorted(os.listdir(tmp_path)) == ["data", "here"]


def test_an_executor_of_spark_that_is_killed_costs_a_retry(tmp_path: Path, expected: dict[str, bytes]) -> None:
    needs("spark")

    def kill() -> None:
        assert len(executors()) == 2
        executors()[0].kill()

    lost = Once(kill)
    colgen.build(out=tmp_path / "data", engine="spark", address="local-cluster[2,1,1024]", progress=lost, **REQUEST)
    assert lost.done
    assert files_in(tmp_path / "data") == expected
    assert sorted(os.listdir(tmp_path)) == ["data", "here"]
    assert executors() == []


def test_a_worker_that_is_killed_in_the_midst_of_a_part_is_replaced(engine: str, tmp_path: Path) -> None:
    mark = tmp_path / "killed"
    model = harmed(tmp_path, f"os.path.exists({str(mark)!r}) or (open({str(mark)!r}, 'w').close(), os.kill(os.getpid(), 9))")
    colgen.build(model, out=tmp_path / "here", engine="threads")
    assert not mark.exists()
    colgen.build(model, out=tmp_path / "data", engine=engine)
    assert mark.exists()
    assert files_in(tmp_path / "data") == files_in(tmp_path / "here")


def test_an_error_of_the_model_is_raised_here_and_nothing_is_left_behind(engine: str, tmp_path: Path) -> None:
    model = harmed(tmp_path, "raise ValueError('no such total')")
    with refused("orders.total", "no such total", error=ModelError):
        colgen.build(model, out=tmp_path / "data", engine=engine)
    assert os.listdir(tmp_path) == ["shop.py"]


@pytest.mark.parametrize("engine", ["ray", "spark"])
def test_ctrl_c_stops_the_cluster_and_leaves_nothing_behind(engine: str, tmp_path: Path) -> None:
    needs(engine)
    command = [sys.executable, "-m", "colgen", "build", "--volume", "large", "--scale", "3000", "--engine", engine, "--quiet"]
    environment = {**os.environ, "PYTHONPATH": str(support.ROOT)}
    with subprocess.Popen(
        [*command, "--out", "data"], cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as build:
        try:
            while not any(tmp_path.glob(".data.colgen/new/*/.attempts-*/*")):  # a worker is writing
                assert build.poll() is None
                time.sleep(0.05)
            processes = psutil.Process(build.pid).children(recursive=True)
            assert processes
            os.killpg(build.pid, signal.SIGINT)  # as a terminal does
            assert last_word(build) == "colgen: interrupted; nothing was left behind"
            assert build.wait() == 130
        finally:
            build.kill()
    _, alive = psutil.wait_procs(processes, timeout=20)
    assert alive == []
    assert os.listdir(tmp_path) == []
