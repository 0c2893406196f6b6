"""A Spark of our own."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from colgen.generate import plan
from tests.support import ROOT


@contextmanager
def session(master: str, **settings: str) -> Iterator[Any]:
    """A session with colgen's data source, whose Python is the one that runs the tests; skips where there is no Spark or no Java."""
    sql = pytest.importorskip("pyspark.sql", reason="PySpark is not installed: pip install '.[spark]'")
    if shutil.which("java") is None:
        pytest.skip("there is no Java, which Spark runs on")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYSPARK_PYTHON", sys.executable)
        environment.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])))
        builder = sql.SparkSession.builder.master(master)
        usual = {
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.shuffle.partitions": "2",
            "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",  # to start is most of what it does
        }
        for name, value in {**usual, **settings}.items():
            builder = builder.config(name, value)
        spark = builder.getOrCreate()
        try:
            spark.sparkContext.setLogLevel("OFF")
            from colgen.spark import ColgenDataSource

            spark.dataSource.register(ColgenDataSource)
            yield spark
        finally:
            spark.stop()


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    with session("local[2]") as own:
        yield own


@pytest.fixture(autouse=True)
def usual_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a model's file has set is as it was when the test is over."""
    monkeypatch.setattr(plan, "PART_BYTES", plan.PART_BYTES)
