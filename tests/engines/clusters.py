"""Builds by a cluster: what they are of, and what happens meanwhile."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from colgen.engines.progress import Event, RowsMade

REQUEST: dict[str, Any] = {"volume": "large", "scale": 2, "seed": 5}
PART_BYTES = 60_000
"""Of the fixture `small_parts`: many short tasks."""


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


def executors() -> list[psutil.Process]:
    """The processes of Spark's executors that this one has started."""
    executors = []
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # a zombie is one, too
            if "CoarseGrainedExecutorBackend" in " ".join(child.cmdline()):
                executors.append(child)
    return executors


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


def last_word(process: subprocess.Popen[str]) -> str:
    """The last line that a process says on stderr until it ends; an empty one has followed it, once."""
    assert process.stderr is not None
    return process.stderr.read().rstrip().splitlines()[-1]


def close_idle_jvm() -> None:
    """Ends a JVM that other tests have left in this process: workers of Spark would have the environment that it was started in."""
    try:
        from pyspark import SparkContext
    except ImportError:
        return
    if SparkContext._gateway is not None and SparkContext._active_spark_context is None:
        SparkContext._gateway.shutdown()
        SparkContext._gateway = SparkContext._jvm = None
