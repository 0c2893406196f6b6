"""Clusters on this machine."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.engines.clusters import PART_BYTES, needs


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many short tasks; they are cut here, and nowhere else."""
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", PART_BYTES)


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
        SparkContext._gateway.shutdown()  # another test's JVM may need another environment
        SparkContext._gateway = SparkContext._jvm = None
