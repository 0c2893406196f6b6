"""The shop's reports in DuckDB, over the files of a `medium` build: 6 million rows, most of them clicks."""

import pytest

from colgen.audit import report as reports
from colgen.declare.find import find_model
from colgen.generate.spec import Spec
from colgen.pipeline.conductor import conduct
from colgen.targets.folder.target import FolderTarget
from colgen.values.memory import keep_freed_memory

MODEL = find_model("ecommerce")

pytestmark = pytest.mark.benchmark(group="reports of ecommerce")


@pytest.fixture(scope="session")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports") / "shop"
    conduct(Spec.of(MODEL, volume="medium"), MODEL, FolderTarget(folder))
    return folder


@pytest.mark.parametrize("name", [report.name for report in MODEL.reports])
def test_report(benchmark, shop, name):
    keep_freed_memory()
    table = benchmark.pedantic(reports.report, (name, shop), rounds=5, iterations=1, warmup_rounds=1)
    benchmark.extra_info["rows"] = table.num_rows
    assert table.num_rows > 0
