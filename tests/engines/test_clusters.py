"""A build by Ray or Spark is the one of a single machine, byte for byte, also where a node or a worker is lost in the midst of it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

import colgen
from colgen.engines.progress import Event, RowsMade
from colgen.errors import ModelError
from tests import support
from tests.support import files_in, refused, thorough

pytestmark = thorough

REQUEST: dict[str, Any] = {"volume": "large", "scale": 2, "seed": 5}


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many short tasks; they are cut here, and nowhere else."""
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 60_000)


@pytest.fixture
def expected(tmp_path: Path) -> dict[str, bytes]:
    """What one machine makes."""
    colgen.build(out=tmp_path / "here", engine="threads", **REQUEST)
    files = files_in(tmp_path / "here")
    assert len(files) > 20
    return files


@dataclass
class Once:
    """Does something as soon as the first rows are reported."""

    action: Callable[[], None]
    done: bool = False

    def __call__(self, event: Event) -> None:
        if isinstance(event, RowsMade) and not self.done:
            self.done = True
            self.action()


def needs(engine: str) -> None:
    """Skips where an engine is not installed."""
    pytest.importorskip({"ray": "ray", "spark": "pyspark"}[engine], reason=f"needs {engine}: pip install '.[{engine}]'")
    if engine == "spark" and shutil.which("java") is None:
        pytest.skip("there is no Java, which Spark runs on")


@pytest.fixture
def cluster() -> Iterator[Any]:
    """A Ray cluster of a head, which takes no tasks, and two nodes of one core."""
    needs("ray")
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    try:
        for _ in range(2):
            cluster.add_node(num_cpus=1)
        yield cluster
    finally:
        cluster.shutdown()


def test_a_node_of_ray_that_is_lost_costs_a_retry(cluster: Any, tmp_path: Path, expected: dict[str, bytes]) -> None:
    lost = Once(lambda: cluster.remove_node(next(iter(cluster.worker_nodes)), allow_graceful=False))
    colgen.build(out=tmp_path / "data", engine="ray", address=cluster.address, progress=lost, **REQUEST)
    assert lost.done
    assert files_in(tmp_path / "data") == expected
    assert sorted(os.listdir(tmp_path)) == ["data", "here"]


def executors() -> list[psutil.Process]:
    """The processes of Spark's executors that this one has started."""
    executors = []
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # a zombie is one, too
            if "CoarseGrainedExecutorBackend" in " ".join(child.cmdline()):
                executors.append(child)
    return executors


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


@pytest.fixture(scope="module", params=["ray", "spark"])
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """An engine that this program uses already, with two workers on this machine."""
    needs(request.param)
    if request.param == "ray":
        import ray

        ray.init("local", num_cpus=2, include_dashboard=False, log_to_driver=False)
        yield "ray"
        assert ray.is_initialized(), "it is the program's own, and left as it is"
        ray.shutdown()
    else:
        from pyspark import SparkConf, SparkContext

        settings = {"spark.ui.enabled": "false", "spark.log.level": "OFF", "spark.driver.host": "127.0.0.1"}
        context = SparkContext(conf=SparkConf().setMaster("local[2,4]").setAppName("test").setAll(list(settings.items())))
        context.pythonExec = sys.executable
        yield "spark"
        assert context.parallelize([1]).collect() == [1], "it is the program's own, and left as it is"
        context.stop()


HARMED = """
import os
from colgen import Integer, Key, Model, Table, Volume, column
class Orders(Table):
    rows = Volume("orders")
    id = Key()
    @column(Integer)
    def total(id):
        if os.getpid() != {driver} and id.max() > 50_000:
            {harm}
        return id * 7919 % 10_007
model = Model("shop", tables=[Orders], volumes={{"many": {{"orders": 100_000}}}})
"""


def harmed(folder: Path, harm: str) -> Path:
    """The file of a model that comes to harm in a worker, in the second half of its rows."""
    (folder / "shop.py").write_text(HARMED.format(driver=os.getpid(), harm=harm))
    return folder / "shop.py"


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
        assert build.stderr is not None
        try:
            while not any(tmp_path.glob(".data.colgen/new/*/.attempts-*/*")):  # a worker is writing
                assert build.poll() is None
                time.sleep(0.05)
            processes = psutil.Process(build.pid).children(recursive=True)
            assert processes
            os.killpg(build.pid, signal.SIGINT)  # as a terminal does
            assert build.stderr.read().splitlines()[-1] == "colgen: interrupted; nothing was left behind"
            assert build.wait() == 130
        finally:
            build.kill()
    _, alive = psutil.wait_procs(processes, timeout=20)
    assert alive == []
    assert os.listdir(tmp_path) == []
