"""The commands that show something: models, preview and report."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from colgen.declare.find import BUILT_IN
from tests.support import ROOT, colgen


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "data"
    told = colgen("build", "--volume", "medium", "--seed", "5", "--out", folder)
    assert told.returncode == 0, told.stderr
    return folder


def test_report_prints_a_table_or_rows(built: Path) -> None:
    shown = colgen("report", "financial_summary", built)
    assert "2024-12" in shown.stdout
    rows = list(csv.DictReader(io.StringIO(colgen("report", "financial_summary", built, "--format", "csv").stdout)))
    assert rows[0]["month"] == "2024-01"
    assert json.loads(colgen("report", "financial_summary", built, "--format", "json").stdout)[0]["month"] == "2024-01"


def test_report_in_parquet(built: Path, tmp_path: Path) -> None:

    with (tmp_path / "report.parquet").open("wb") as file:
        subprocess.run(
            [sys.executable, "-m", "colgen", "report", "product_inventory", str(built), "-f", "parquet"], stdout=file, check=True, cwd=ROOT
        )
    assert pl.read_parquet(tmp_path / "report.parquet")["category"].null_count() == 1


def test_report_with_a_parameter(built: Path) -> None:
    rows = list(
        csv.DictReader(io.StringIO(colgen("report", "invoice_details", built, "--set", "invoice=INV-2024-00000005", "-f", "csv").stdout))
    )
    assert {row["invoice_number"] for row in rows} == {"INV-2024-00000005"}
    wrong = colgen("report", "invoice_details", built, "--set", "invoce=1")
    assert wrong.returncode == 2
    assert "did you mean 'invoice'" in wrong.stderr


def test_models_lists_and_shows() -> None:
    listed = colgen("models").stdout
    assert all(name in listed for name in BUILT_IN)
    shown = colgen("models", "invoicing").stdout
    for words in (
        "invoice_line_items",
        "decimal(12,2)",
        "→ products",
        "80% of the draws to 20% of the rows",
        "large",
        "1,000",
        "customer_summary",
        "--scale multiplies customers, invoices, products",
    ):
        assert words in shown, words


def test_preview_is_the_beginning_of_the_build(built: Path) -> None:
    shown = colgen("preview", "invoicing.invoices", "--rows", "5", "--volume", "medium", "--seed", "5", "--format", "csv").stdout
    previewed = pl.read_csv(io.StringIO(shown))
    written = pl.read_parquet(built / "invoices/*.parquet").head(5)
    assert previewed["invoice_number"].to_list() == written["invoice_number"].to_list()
    assert previewed["total"].to_list() == pytest.approx([float(total) for total in written["total"]])


def test_preview_of_a_child_and_of_more_rows_than_there_are() -> None:
    assert len(colgen("preview", "invoicing.invoice_line_items", "-n", "20").stdout.splitlines()) == 21
    assert len(colgen("preview", "invoicing.customer_types", "-n", "20").stdout.splitlines()) == 5
