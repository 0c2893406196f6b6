"""Readers open only the row groups that hold what is asked for, by any column: the statistics and the dictionaries say which these are."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

import colgen
from tests.readers import reading
from tests.readers.reading import CURRENT
from tests.support import thorough

pytestmark = thorough

ROWS = 1_000_000
CONDITIONS = {
    "a key": "id < 5",
    "a reference that nothing has": "customer_id = 30000",
    "references that few row groups have": "customer_id > 19800",
    "an amount that nothing has": "total > 60000",
    "amounts that few row groups have": "total > 50000",
    "a category that nothing has": "status = 'nonesuch'",
    "a category that some row groups have": "status = 'pending'",
    "a number that is a text": "invoice_number = 'INV-2024-00500123'",
    "a date": "date = DATE '2024-12-25'",
}
BETWEEN = "status = 'overlooked'"
"""It lies between the words that there are, so that only their dictionary tells that no row has it."""


@pytest.fixture(scope="module")
def invoices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pruning") / "data"
    colgen.build("invoicing", settings={"invoices": ROWS, "customers": 20_000}, tables=["invoices"], out=folder)
    return folder / "invoices"


@pytest.fixture(scope="module")
def row_groups(invoices: Path) -> list[Mapping[str, int]]:
    """Of each row group, how many rows fulfil each condition, and under `rows` how many there are."""
    groups = []
    for part in sorted(invoices.iterdir()):
        file = pq.ParquetFile(part)
        for number in range(file.num_row_groups):
            group = file.read_row_group(number)
            counts = {condition: f"count(*) FILTER ({condition})" for condition in CONDITIONS.values()}
            (row,) = duckdb.sql(f'SELECT {", ".join(counts.values())} FROM "group"').fetchall()
            groups.append({**dict(zip(counts, row, strict=True)), "rows": len(group)})
    return groups


@pytest.mark.parametrize("name", ["duckdb", "polars", "spark"])
def test_only_row_groups_are_read_that_hold_what_is_asked_for(name: str, invoices: Path, row_groups: list[Mapping[str, int]]) -> None:
    reading.require(next(reader for reader in CURRENT if reader.name == name))
    conditions = [*CONDITIONS.values(), BETWEEN]
    scanned = json.loads(reading.run(sys.executable, reading.HERE / "programs.py", "scan", name, invoices, *conditions))
    *results, between = scanned
    for (title, condition), (found, read) in zip(CONDITIONS.items(), results, strict=True):
        holding = [group for group in row_groups if group[condition]]
        assert len(holding) < len(row_groups), f"{title}: the test needs row groups without it"
        assert found == sum(group[condition] for group in row_groups), title
        assert read == (sum(group["rows"] for group in holding) if name == "spark" else len(holding)), title  # Spark tells rows
    assert between[0] == 0
    assert (between[1] == 0) == (name == "spark"), "of the three, only Spark looks into dictionaries"
