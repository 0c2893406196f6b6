"""A cluster of two executors, each a process with a working folder of its own: what they need of a model is sent to them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.spark.conftest import session
from tests.spark.shop import write_shop
from tests.support import thorough

pytestmark = thorough


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    with session("local-cluster[2,1,1024]", **{"spark.executor.memory": "1g"}) as cluster:
        yield cluster


def test_the_executors_make_a_model_of_whose_file_they_know_nothing(spark: Any, tmp_path: Path) -> None:
    model = write_shop(tmp_path)
    lines = spark.read.format("colgen").options(model=str(model), columns="id").load("lines")
    partitions = lines.rdd.getNumPartitions()
    assert partitions > 1
    model.unlink()
    (row,) = lines.selectExpr("count(*) AS rows", "count(distinct id) AS ids", "max(id) AS last").collect()
    assert row["rows"] == row["ids"] == row["last"] > 10_000
