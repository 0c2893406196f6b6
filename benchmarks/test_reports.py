"""The shop's reports in DuckDB, over the files of a `medium` build: 6 million rows, most of them clicks."""

import pytest

from colgen import pipeline, reports
from colgen.memory import keep_freed_memory
from colgen.model import load
from colgen.spec import Spec

MODEL = load("ecommerce")

pytestmark = pytest.mark.benchmark(group="reports of ecommerce")


@pytest.fixture(scope="session")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports") / "shop"
    pipeline.build(Spec.of(MODEL, volume="medium"), MODEL, folder)
    return folder


@pytest.mark.parametrize("name", [report.name for report in MODEL.reports])
def test_report(benchmark, shop, name):
    keep_freed_memory()
    found = benchmark.pedantic(reports.report, (name, shop), rounds=5, iterations=1, warmup_rounds=1)
    benchmark.extra_info["rows"] = found.num_rows
    assert found.num_rows > 0
