"""The shop's reports in DuckDB, over the files of a `medium` build: 6 million rows, most of them clicks."""

import pytest

from colgen.audit import report as reports
from colgen.pipeline import build
from colgen.declare.find import find_model
from colgen.generate.spec import Spec
from colgen.values.memory import keep_freed_memory

MODEL = find_model("ecommerce")

pytestmark = pytest.mark.benchmark(group="reports of ecommerce")


@pytest.fixture(scope="session")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports") / "shop"
    build.build(Spec.of(MODEL, volume="medium"), MODEL, folder)
    return folder


@pytest.mark.parametrize("name", [report.name for report in MODEL.reports])
def test_report(benchmark, shop, name):
    keep_freed_memory()
    found = benchmark.pedantic(reports.report, (name, shop), rounds=5, iterations=1, warmup_rounds=1)
    benchmark.extra_info["rows"] = found.num_rows
    assert found.num_rows > 0
