"""The same seed gives the same values, however they are made and wherever they go."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import colgen
from colgen import generate, pipeline
from colgen.generate import Block
from colgen.model import load
from colgen.spec import Spec
from tests.support import digest, table

# Golden digests of `small` with seed 7. A change here is a change of everybody's data: raise DATA_VERSION, say so in CHANGELOG.md.
GOLDEN = {
    "customer_types": "6d82a78ba00d068600a77b1a",
    "product_categories": "f203abab9e07ca42d446a3e0",
    "customers": "394cdc35f9b6b7cbaa777a7b",
    "products": "25e81377a38884efcec00a22",
    "customer_addresses": "e06d7c91fba95aee920627ad",
    "inventory": "9501071ff9a2f1211023b3a8",
    "invoices": "a691c13a8af5f7e4a1461894",
    "invoice_line_items": "6b9af64489e7916bcebeb2e5",
}

MODEL = load("invoicing")
TABLES = [one.__tablename__ for one in MODEL.tables]


@pytest.mark.parametrize("name", TABLES)
def test_values_of_a_seed_are_what_they_always_were(name: str) -> None:
    assert digest(colgen.build("invoicing", volume="small", seed=7).table(name)) == GOLDEN[name]


def test_another_seed_gives_other_values() -> None:
    for name in ("customers", "products", "invoices", "invoice_line_items"):
        assert digest(colgen.build(seed=1).table(name)) != digest(colgen.build(seed=2).table(name))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Digests of a build with many parts: the reference the others are held to."""
    folder = tmp_path_factory.mktemp("reference") / "data"
    colgen.build("invoicing", volume="large", seed=3, out=folder, threads=1)
    return {name: digest(table(folder, name)) for name in TABLES}


@pytest.mark.parametrize("format", ["parquet", "csv", "csv.gz", "csv.zst", "jsonl", "arrow"])
def test_any_format_holds_the_same_values(format: str, written: dict[str, str], tmp_path: Path) -> None:
    colgen.build("invoicing", volume="large", seed=3, out=tmp_path / "data", format=format)
    assert {name: digest(table(tmp_path / "data", name)) for name in TABLES} == written


@pytest.mark.parametrize("block_cells", [1, 997, 40_960])
def test_block_size_changes_no_value(block_cells: int, tmp_path: Path) -> None:
    spec = Spec.of(MODEL, volume="medium", seed=3)
    pipeline.build(spec, MODEL, tmp_path / "blocks", block_cells=block_cells)
    pipeline.build(spec, MODEL, tmp_path / "whole")
    for name in TABLES:
        assert digest(table(tmp_path / "blocks", name)) == digest(table(tmp_path / "whole", name))


def test_threads_and_parts_change_no_value(written: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.plan.PART_BYTES", 40_000)
    summary = colgen.build("invoicing", volume="large", seed=3, out=tmp_path / "data", threads=2)
    assert len(list((tmp_path / "data" / "invoice_line_items").iterdir())) > 8
    assert summary.rows["invoices"] == 5000
    assert {name: digest(table(tmp_path / "data", name)) for name in TABLES} == written


def test_threads_change_no_byte_of_a_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.plan.PART_BYTES", 40_000)
    for threads in (1, 2):
        colgen.build("invoicing", volume="large", seed=3, out=tmp_path / str(threads), threads=threads)
    assert (tmp_path / "1/manifest.json").read_bytes() == (tmp_path / "2/manifest.json").read_bytes()


@pytest.mark.parametrize("names", [("invoices",), ("invoice_line_items", "customers"), ("inventory",)])
def test_a_selection_of_tables_has_the_values_of_the_whole(names: tuple[str, ...], written: dict[str, str], tmp_path: Path) -> None:
    summary = colgen.build("invoicing", volume="large", seed=3, out=tmp_path / "data", tables=names)
    assert set(summary.rows) == set(names)
    assert sorted(path.name for path in (tmp_path / "data").iterdir() if path.is_dir()) == sorted(names)
    for name in names:
        assert digest(table(tmp_path / "data", name)) == written[name]


def test_a_large_table_is_computed_where_a_small_one_is_indexed_with_the_same_values(monkeypatch: pytest.MonkeyPatch) -> None:
    indexed = colgen.build("invoicing", volume="medium", seed=3)
    products = indexed.table("invoice_line_items")
    monkeypatch.setattr(generate, "INDEX_LIMIT", 200)  # the customers are still indexed, the products no longer
    assert digest(colgen.build("invoicing", volume="medium", seed=3).table("invoice_line_items")) == digest(products)


def test_a_condition_is_met_by_search_where_a_table_is_large(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(generate, "INDEX_LIMIT", 20)
    colgen.build("invoicing", volume="large", seed=3, out=tmp_path / "data")
    assert [one for one in colgen.check(tmp_path / "data") if not one.holds] == []


@given(ids=st.lists(st.integers(1, 1000), min_size=1, max_size=50))
@settings(max_examples=30, deadline=None)
def test_any_rows_of_a_root_table_can_be_made_alone(ids: list[int]) -> None:
    run = Spec.of(MODEL, volume="large", seed=3).run(MODEL)
    for name in ("customers", "products", "invoices"):
        root = MODEL.table(name)
        whole = Block(run, root, 1, run.rows_of(root))
        some = Block(run, root, ids=np.array(ids))
        for column in root.visible():
            if column.sums is None and not any("subtotal" in need or "total" in need for need in column.needs):
                given_alone, among_all = some.values(column.name), whole.values(column.name)
                if isinstance(given_alone, np.ndarray):
                    assert (given_alone == among_all[np.array(ids) - 1]).all(), column.place
                else:
                    assert given_alone.to_pylist() == among_all.take(np.array(ids) - 1).to_pylist(), column.place


def test_a_scaled_build_keeps_to_its_counts() -> None:
    rows = colgen.build("invoicing", volume="large", scale=3).rows
    assert (rows["customers"], rows["products"], rows["invoices"]) == (3000, 6000, 15000)
