"""`colgen.build` and what it gives."""

from __future__ import annotations

import datetime
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

import colgen
from colgen.declare.find import find_model
from colgen.errors import RequestError
from colgen.generate.plan import plan
from colgen.generate.spec import Spec
from tests.support import FORMATS, first_of


def test_names_of_the_package_load_when_used() -> None:
    assert set(colgen.__all__) <= set(dir(colgen))
    for name in colgen.__all__:
        assert getattr(colgen, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        colgen.nothing  # noqa: B018


def test_importing_colgen_imports_no_arrow() -> None:
    code = "import sys, colgen, colgen.cli.app; print([m for m in ('numpy', 'pyarrow', 'polars', 'duckdb') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_a_build_in_memory_gives_frames_batches_and_views() -> None:
    data = colgen.build("invoicing", volume="small", seed=7)
    assert data.frame("invoices").height == 75
    assert all(isinstance(batch, pa.RecordBatch) for batch in data.batches("invoices"))
    assert data.table("invoices").num_rows == 75
    assert data.duckdb().sql("SELECT count(*) FROM invoices JOIN customers ON customers.id = customer_id").fetchall() == [(75,)]


def test_a_build_into_a_folder_gives_a_summary(tmp_path: Path) -> None:
    summary = colgen.build("invoicing", volume="small", seed=7, out=tmp_path / "data", check=True)
    assert summary.rows["invoices"] == 75
    assert summary.bytes["invoices"] == sum(path.stat().st_size for path in (tmp_path / "data/invoices").iterdir())
    assert summary.outcomes
    assert all(one.holds for one in summary.outcomes)


def test_the_default_is_the_small_business() -> None:
    assert colgen.build().rows["customers"] == 25


def test_settings_override_counts() -> None:
    assert colgen.build(settings={"customers": 7, "invoices": 3}).rows["customers"] == 7


def test_a_period_may_be_dates_or_text() -> None:
    dates = colgen.build(first_day=datetime.date(2020, 1, 1), last_day=datetime.date(2020, 3, 31)).frame("invoices")["date"]
    assert dates.to_list() == colgen.build(first_day="2020-01-01", last_day="2020-03-31").frame("invoices")["date"].to_list()


@pytest.mark.parametrize(
    ("first", "last", "period"),
    [
        (None, None, ("2024-01-01", "2024-12-31")),
        (None, "2023-12-31", ("2023-01-01", "2023-12-31")),
        (None, "2024-02-28", ("2023-02-28", "2024-02-28")),
        ("2024-06-01", None, ("2024-06-01", "2025-05-31")),
        ("2019-03-01", "2021-03-01", ("2019-03-01", "2021-03-01")),
    ],
)
def test_a_period_is_a_year_unless_said(first: str | None, last: str | None, period: tuple[str, str]) -> None:
    spec = Spec.of(find_model("invoicing"), first_day=first, last_day=last)
    assert (str(spec.first_day), str(spec.last_day)) == period


def test_an_unknown_table_is_named() -> None:
    with pytest.raises(RequestError, match="did you mean 'invoices'"):
        colgen.build().frame("invoice")


def test_a_spec_rebuilds_the_data() -> None:
    model = find_model("invoicing")
    spec = Spec.of(model, volume="medium", scale=2, seed=4, tables=["invoices"])
    again = Spec.model_validate_json(spec.model_dump_json())
    assert again == spec
    assert plan(again, again.generation(model)).rows == plan(spec, spec.generation(model)).rows


@pytest.mark.parametrize("format", first_of(FORMATS, quick=2))
def test_an_estimate_is_near_the_truth(format: str, tmp_path: Path) -> None:
    model = find_model("invoicing")
    spec = Spec.of(model, volume="large", format=format)
    summary = colgen.build(volume="large", format=format, out=tmp_path / "data")
    assert 0.4 < plan(spec, spec.generation(model)).total_bytes / sum(summary.bytes.values()) < 2.5
