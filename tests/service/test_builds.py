"""Finished builds over HTTP: rows, reports, charts, checks, exports."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import colgen
from tests.service.conftest import Served
from tests.support import damage, thorough


@pytest.fixture(scope="module")
def invoices() -> pl.DataFrame:
    return colgen.build("invoicing", volume="small", seed=7).frame("invoices")


def rows(served: Served, build: str, table: str, **parameters: Any) -> Any:
    return served.client.get(f"/api/builds/{build}/tables/{table}", params=parameters)


def test_builds_are_listed_with_what_they_were_made_from(served: Served, shop: str) -> None:
    (listed,) = [build for build in served.client.get("/api/builds").json() if build["name"] == shop]
    assert (listed["model"], listed["volume"], listed["seed"], listed["rows"]["invoices"], listed["problem"]) == (
        "invoicing",
        "small",
        7,
        75,
        None,
    )
    shown = served.client.get(f"/api/builds/{shop}").json()
    columns = {column["name"]: column for table in shown["tables"] if table["name"] == "invoices" for column in table["columns"]}
    assert columns["customer_id"]["references"] == "customers"
    assert columns["id"]["isKey"]


def test_a_table_is_paged(served: Served, shop: str, invoices: pl.DataFrame) -> None:
    page = rows(served, shop, "invoices", limit=10, offset=70).json()
    assert (page["total"], len(page["rows"])) == (75, 5)
    assert [row[0] for row in page["rows"]] == invoices["id"].to_list()[70:]


def test_a_table_is_sorted_and_filtered(served: Served, shop: str, invoices: pl.DataFrame) -> None:
    page = rows(
        served, shop, "invoices", sort="-total", filter=["status:eq:paid", "total:ge:1000"], column=["id", "total"], limit=100
    ).json()
    expected = invoices.filter((pl.col("status") == "paid") & (pl.col("total") >= 1000)).sort("total", descending=True)
    assert page["rows"] == [[id, float(total)] for id, total in expected.select("id", "total").iter_rows()]
    assert page["total"] == len(expected)


@pytest.mark.parametrize(
    ("filter", "expected"),
    [("name:contains:LVE", 1), ("id:lt:3", 2), ("id:le:3", 3), ("id:gt:3", 1), ("id:ne:3", 3), ("name:null", 0), ("name:notnull", 4)],
)
def test_filters_say_what_they_say(served: Served, shop: str, filter: str, expected: int) -> None:
    assert rows(served, shop, "customer_types", filter=filter).json()["total"] == expected


@pytest.mark.parametrize(
    "parameters",
    [
        {"filter": "nonesuch:eq:1"},
        {"filter": "id:like:1"},
        {"filter": "id"},
        {"filter": "id:null:1"},
        {"filter": "id:eq:one"},
        {"filter": "id:eq:1; DROP TABLE invoices"},
        {"filter": "date:ge:2024-13-01"},
        {"sort": "nonesuch"},
        {"sort": "id; DROP TABLE invoices"},
        {"column": '"id"'},
        {"limit": 0},
        {"limit": 100_000},
        {"offset": -1},
    ],
)
def test_what_is_wrong_with_a_view_is_said(served: Served, shop: str, parameters: dict[str, Any]) -> None:
    response = rows(served, shop, "invoices", **parameters)
    assert response.status_code == 422
    assert response.json()["detail"]


def test_what_is_not_there_is_not_found(served: Served, shop: str) -> None:
    for path in ("nonesuch", f"{shop}/tables/nonesuch", "nonesuch/tables/invoices", "nonesuch/charts", "nonesuch/check", "nonesuch/export"):
        assert served.client.get(f"/api/builds/{path}").status_code == 404, path
    assert served.client.get("/api/builds/..%2f..%2fetc").status_code == 404


def test_a_duckdb_file_is_looked_at_like_a_folder(served: Served, shop: str) -> None:
    served.build("shop7.duckdb", config={"seed": 7})
    parameters = {"sort": "-total", "limit": 5}
    assert (
        rows(served, "shop7.duckdb", "invoices", **parameters).json()["rows"] == rows(served, shop, "invoices", **parameters).json()["rows"]
    )


@pytest.mark.parametrize("format", ["csv", "json", "jsonl", "parquet"])
def test_a_table_is_exported_as_it_is(served: Served, shop: str, invoices: pl.DataFrame, format: str) -> None:
    response = served.client.post("/api/mock-data/export", json={"build": shop, "table": "invoices", "format": format})
    assert response.status_code == 200
    assert f"invoices.{format}" in response.headers["Content-Disposition"]
    if format == "parquet":
        assert pl.read_parquet(response.content).equals(invoices)
        return
    if format == "json":
        records = response.json()
    elif format == "jsonl":
        records = [json.loads(line) for line in response.text.splitlines()]
    else:
        records = pl.read_csv(response.content).to_dicts()
    assert [record["invoice_number"] for record in records] == invoices["invoice_number"].to_list()
    assert [record["total"] for record in records] == [float(total) for total in invoices["total"]]


def test_all_tables_are_exported_as_a_zip(served: Served, shop: str) -> None:
    archive = zipfile.ZipFile(io.BytesIO(served.client.get(f"/api/builds/{shop}/export", params={"format": "csv"}).content))
    assert archive.testzip() is None
    assert sorted(archive.namelist()) == sorted(f"{table}.csv" for table in served.client.get(f"/api/builds/{shop}").json()["rows"])


def test_an_export_of_something_else_is_refused_before_it_starts(served: Served, shop: str) -> None:
    assert served.client.post("/api/mock-data/export", json={"build": shop, "table": "nonesuch"}).status_code == 404
    assert served.client.post("/api/mock-data/export", json={"build": "../shop"}).status_code == 422
    assert served.client.post("/api/mock-data/export", json={"build": shop, "format": "xml"}).status_code == 422


def test_a_report_is_run_with_its_parameters(served: Served, shop: str) -> None:
    reports = served.client.get("/api/models/invoicing").json()["reports"]
    summary = served.client.get(f"/api/builds/{shop}/reports/financial_summary").json()
    assert summary["rows"]
    detail = next(report for report in reports if report["parameters"])
    (name,) = detail["parameters"]
    shown = served.client.get(f"/api/builds/{shop}/reports/{detail['name']}", params={"set": f"{name}=INV-2024-00000007"})
    assert shown.status_code == 200
    assert served.client.get(f"/api/builds/{shop}/reports/nonesuch").status_code == 422
    assert served.client.get(f"/api/builds/{shop}/reports/financial_summary", params={"set": "nonesuch=1"}).status_code == 422


def test_charts_are_a_page_of_their_own(served: Served) -> None:
    pytest.importorskip("plotly", reason="charts need Plotly")
    served.build("charted", model="ecommerce")
    page = served.client.get("/api/builds/charted/charts")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "<figure>" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_a_check_is_a_job_and_its_outcome_stays(served: Served) -> None:
    served.build("checked")
    assert served.client.get("/api/builds/checked/check").status_code == 404
    served.ended(served.client.post("/api/builds/checked/check").json()["jobId"])
    first = served.client.get("/api/builds/checked/check").json()
    assert (first["holds"], first["outdated"], len(first["outcomes"]) > 100) == (True, False, True)
    damage(served.root / "checked", "invoices", "UPDATE invoices SET total = total + 1 WHERE id = 7")
    served.ended(served.client.post("/api/builds/checked/check").json()["jobId"])
    second = served.client.get("/api/builds/checked/check").json()
    broken = [outcome for outcome in second["outcomes"] if not outcome["holds"]]
    assert not second["holds"]
    assert any(outcome["rule"] == "total is subtotal + tax_amount" and outcome["rows"][0][0] == 7 for outcome in broken)


@thorough
def test_two_builds_are_compared(served: Served, shop: str) -> None:
    served.build("shop8", config={"seed": 8})
    id = served.client.post("/api/diff", json={"a": shop, "b": "shop8"}).json()["jobId"]
    assert served.ended(id)["state"] == "done"
    assert {difference["table"] for difference in served.client.get(f"/api/jobs/{id}/result").json()} >= {"customers", "invoices"}
    assert served.client.post("/api/diff", json={"a": shop, "b": "nonesuch"}).status_code == 404


def test_a_build_that_is_damaged_says_so(served: Served) -> None:
    served.build("damaged")
    next((served.root / "damaged" / "invoices").iterdir()).write_bytes(b"PAR1 not really")
    response = rows(served, "damaged", "invoices")
    assert (response.status_code, "damaged" in response.json()["detail"]) == (409, True)
    next((served.root / "damaged" / "invoices").iterdir()).unlink()
    (listed,) = [build for build in served.client.get("/api/builds").json() if build["name"] == "damaged"]
    assert "is missing" in listed["problem"]
    (served.root / "damaged" / "manifest.json").write_text("{")
    (listed,) = [build for build in served.client.get("/api/builds").json() if build["name"] == "damaged"]
    assert listed["problem"]


@thorough
def test_estimates_and_first_rows_come_before_anything_is_built(served: Served) -> None:
    plan = {"model": "erp", "volume": "small", "config": {"seed": 3}}
    estimate = served.client.post("/api/estimate", json=plan).json()
    assert estimate["totalRows"] > 0
    preview = served.client.post("/api/preview", params={"rows": 5}, json=plan).json()
    data = colgen.build("erp", volume="small", seed=3)
    for table in preview["tables"]:
        assert [row[0] for row in table["rows"]] == data.frame(table["name"]).to_series(0).head(5).to_list()


def test_models_are_described(served: Served) -> None:
    assert {"invoicing", "ecommerce", "erp"} <= {model["name"] for model in served.client.get("/api/models").json()}
    model = served.client.get("/api/models/ecommerce").json()
    assert model["settings"][model["defaultVolume"]]
    assert "parquet" in model["formats"]
    assert served.client.get("/api/models/nonesuch").status_code == 404


def test_exports_that_nobody_reads_to_the_end_hold_no_process(served: Served) -> None:
    served.build("long", config={"volumeMultiplier": 300})
    for _ in range(3):
        with served.client.stream("GET", "/api/builds/long/export", params={"table": "invoice_line_items", "format": "json"}) as response:
            next(response.iter_raw())
    table = served.client.get("/api/builds/long/export", params={"table": "customer_types"})
    assert (table.status_code, len(table.text.splitlines())) == (200, 5)


def test_links_out_of_a_build_are_not_followed(served: Served, tmp_path: Path) -> None:
    served.build("linked")
    part = next((served.root / "linked" / "invoices").iterdir())
    secret = tmp_path / "secret.parquet"
    part.rename(secret)
    part.symlink_to(secret)
    refused = rows(served, "linked", "invoices")
    assert (refused.status_code, "is a link" in refused.json()["detail"]) == (409, True)
    assert served.client.get("/api/builds/linked/export", params={"table": "invoices"}).status_code == 409
    assert str(served.root) not in refused.text
