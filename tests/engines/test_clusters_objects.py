"""A build by Ray or Spark into a bucket is the one of a single machine, byte for byte; what is killed is resumed or removed as ever.

The workers are given credentials, and nothing that says where the store is.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

import colgen
from colgen.errors import ModelError
from colgen.pipeline import cleanup
from colgen.targets.manifest import LOAD_SQL
from colgen.targets.objects.bucket import Bucket
from colgen.targets.objects.target import ROW_GROUP_BYTES
from tests import support
from tests.engines.clusters import PART_BYTES, REQUEST, Once, close_idle_jvm, executors, harmed, last_word, needs
from tests.object_store import CREDENTIALS
from tests.support import files_in, refused, thorough
from tests.targets.objects import objects, parts

pytestmark = [thorough, pytest.mark.usefixtures("small_parts")]


@pytest.fixture(scope="module", autouse=True)
def credentials() -> Iterator[None]:
    """Are there when a cluster is started; where the store is, is said afterwards."""
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("AWS_ENDPOINT_URL", raising=False)
        for name, value in CREDENTIALS.items():
            environment.setenv(name, value)
        close_idle_jvm()
        yield


def by_one_machine(folder: Path, *model: Path, **request: Any) -> dict[str, bytes]:
    colgen.build(*model, out=folder, engine="threads", row_group=ROW_GROUP_BYTES, **request)
    return {name: data for name, data in files_in(folder).items() if name != LOAD_SQL}


def in_bucket(url: str) -> dict[str, bytes]:
    return {name: data for name, data in objects(url).items() if name != LOAD_SQL}


@pytest.fixture
def no_upload_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is uploaded is uploaded by workers, which are other processes."""
    monkeypatch.setattr(Bucket, "upload", None)


@pytest.mark.usefixtures("no_upload_here")
def test_a_node_of_ray_that_is_lost_costs_a_retry(cluster: Any, prefix: str, tmp_path: Path) -> None:
    lost = Once(lambda: cluster.remove_node(next(iter(cluster.worker_nodes)), allow_graceful=False))
    colgen.build(out=prefix, engine="ray", address=cluster.address, progress=lost, **REQUEST)
    assert lost.done
    assert in_bucket(prefix) == by_one_machine(tmp_path / "here", **REQUEST)
    assert len(parts(prefix)) > 20


@pytest.mark.usefixtures("no_upload_here")
def test_an_executor_of_spark_that_is_killed_costs_a_retry(prefix: str, tmp_path: Path) -> None:
    needs("spark")
    lost = Once(lambda: executors()[0].kill())
    colgen.build(out=prefix, engine="spark", address="local-cluster[2,1,1024]", progress=lost, **REQUEST)
    assert lost.done
    assert in_bucket(prefix) == by_one_machine(tmp_path / "here", **REQUEST)


def test_a_worker_that_is_killed_in_the_midst_of_a_part_is_replaced(engine: str, prefix: str, tmp_path: Path) -> None:
    mark = tmp_path / "killed"
    model = harmed(tmp_path, f"os.path.exists({str(mark)!r}) or (open({str(mark)!r}, 'w').close(), os.kill(os.getpid(), 9))")
    colgen.build(model, out=prefix, engine=engine)
    assert mark.exists()
    assert in_bucket(prefix) == by_one_machine(tmp_path / "here", model)


def test_a_task_that_is_done_twice_is_as_if_it_were_done_once(engine: str, prefix: str, tmp_path: Path) -> None:
    """The worker is killed when its parts are there, before it can say so."""
    (tmp_path / "killing.py").write_text(f"""
import os
from colgen.targets.objects.target import WriteObjects
call = WriteObjects.__call__
def killed(self, *more):
    made = call(self, *more)
    try:
        os.close(os.open({str(tmp_path / "killed")!r}, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return made
    os.kill(os.getpid(), 9)
if os.getpid() != {os.getpid()}:
    WriteObjects.__call__ = killed
""")
    model = harmed(tmp_path, "pass")
    model.write_text(f"exec(open({str(tmp_path / 'killing.py')!r}).read())\n{model.read_text()}")
    colgen.build(model, out=prefix, engine=engine)
    assert (tmp_path / "killed").exists()
    assert in_bucket(prefix) == by_one_machine(tmp_path / "here", model)


def test_an_error_of_the_model_leaves_nothing_behind(engine: str, prefix: str, tmp_path: Path) -> None:
    with refused("orders.total", "no such total", error=ModelError):
        colgen.build(harmed(tmp_path, "raise ValueError('no such total')"), out=prefix, engine=engine)
    assert objects(prefix) == {}


LONGER = {**REQUEST, "scale": 12}
LINGERING = ("ray::DashboardAgent", "ray::RuntimeEnvAgent")
"""What Ray leaves for a while of a cluster of one's own whose process was killed; it does nothing any more."""
COMMAND = f"from colgen.generate import plan; plan.PART_BYTES = {PART_BYTES}; from colgen import cli; cli.main()"


@contextmanager
def under_way(engine: str, prefix: str) -> Iterator[subprocess.Popen[str]]:
    """A build of the command line that has some parts in the bucket, and more to come. Its processes end with it."""
    needs(engine)
    request = [word for name, value in LONGER.items() for word in (f"--{name}", str(value))]
    build = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "build", "--out", prefix, "--engine", engine, *request],
        env={**os.environ, "PYTHONPATH": str(support.ROOT)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with build:
        try:
            while len(parts(prefix)) < 12:
                assert build.poll() is None
                time.sleep(0.05)
            processes = psutil.Process(build.pid).children(recursive=True)
            lingering = [process for process in processes if process.name() in LINGERING]
            assert len(processes) > len(lingering)
            yield build
        finally:
            build.kill()
    _, alive = psutil.wait_procs([process for process in processes if process not in lingering], timeout=30)
    assert alive == []
    for process in lingering:
        with suppress(psutil.NoSuchProcess):
            process.kill()


BOTH = pytest.mark.parametrize("name", ["ray", "spark"])


@BOTH
def test_ctrl_c_leaves_nothing_behind(name: str, prefix: str) -> None:
    with under_way(name, prefix) as build:
        os.killpg(build.pid, signal.SIGINT)  # as a terminal does
        assert last_word(build) == "colgen: interrupted; nothing was left behind"
    assert objects(prefix) == {}


@BOTH
def test_what_is_killed_is_resumed_by_another_engine(name: str, prefix: str, tmp_path: Path) -> None:
    other = {"ray": "spark", "spark": "ray"}[name]
    needs(other)
    with under_way(name, prefix) as build:
        build.kill()
    assert colgen.build(out=prefix, engine=other, resume=True, **LONGER).kept >= 10
    assert in_bucket(prefix) == by_one_machine(tmp_path / "here", **LONGER)


@BOTH
def test_what_is_killed_is_removed(name: str, prefix: str) -> None:
    with under_way(name, prefix) as build:
        build.kill()
    assert cleanup.remove(prefix, None, cleanup.CONFIRMATION, only_leftovers=True).objects > 12
    assert objects(prefix) == {}
