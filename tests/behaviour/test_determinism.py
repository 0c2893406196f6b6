"""The same seed gives the same values, however they are made and wherever they go."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import colgen
from colgen.declare.find import find_model
from colgen.generate.block import Block
from colgen.generate.spec import Spec
from colgen.pipeline.dataset import Dataset
from colgen.targets.finished import read_build
from colgen.targets.manifest import read
from tests.support import FORMATS, digest, first_of, thorough, write_build

# Golden digests of `small` with seed 7. A change here is a change of everybody's data: raise DATA_VERSION, say so in CHANGELOG.md.
GOLDEN = {
    "invoicing": {
        "customer_types": "34219bfc97063d0d15217570",
        "product_categories": "f203abab9e07ca42d446a3e0",
        "customers": "0968c22bdda822315cb0ad51",
        "products": "dfd5293705af39cb327343a4",
        "customer_addresses": "67590262d5b8058b2f7eee98",
        "inventory": "6c79e4f36580404cdfd11100",
        "invoices": "abbedfc1ff6bcf250a30346e",
        "invoice_line_items": "d42599d5ecb0a8921136a467",
    },
    "ecommerce": {
        "raw_customers": "ce2e33ccc2b816e6f050bb11",
        "raw_products": "65637b9d17fba7455942a783",
        "raw_sessions": "9146c37ee1a99bebafb20613",
        "raw_clickstream": "db9cc7395f52feeb7d7d9867",
        "raw_orders": "8416814e509c7f7379c2be0c",
        "raw_order_items": "dffecba4734c992314c60507",
        "raw_reviews": "3484c444081b409256198e61",
        "raw_inventory": "e7eaaaeeb540c3cd8ed32867",
    },
}

MODELS = {name: find_model(name) for name in GOLDEN}
TABLES = {name: [one.name for one in model.written] for name, model in MODELS.items()}
VOLUMES = {"invoicing": "large", "ecommerce": "small"}
"""Small enough to be built many times, large enough for several parts of some 40 kB, see `small_parts`."""

FEW_VISITS = {"settings": {"sessions_per_day": 10, "customers": 100}}

first_model = pytest.mark.parametrize("model", first_of(list(MODELS)))


def marked(values: pa.Table) -> pa.Table:
    """A table in the order of its first column, which is unique in all of them; in place of what is missing a zero, and a column that says so."""
    values = values.sort_by(values.column_names[0])
    for name in values.column_names:
        column = values[name]
        if column.null_count:
            number = pa.int32() if column.type == pa.date32() else pa.int64()
            zero = pa.scalar("") if pa.types.is_string(column.type) else pa.scalar(0, number).cast(column.type)
            values = values.set_column(values.column_names.index(name), name, pc.fill_null(column, zero))
            values = values.append_column(f"{name} is missing", column.is_null())
    return values


def made(data: Dataset) -> dict[str, str]:
    """Digests of the tables of a build in memory."""
    return {name: digest(marked(data.table(name))) for name in data.spec.tables}


def written(folder: Path) -> dict[str, str]:
    """Digests of the tables of a build."""
    found = read(folder)
    connection = read_build(folder).connect()
    return {name: digest(marked(connection.sql(f'FROM "{name}"').to_arrow_table())) for name in found.tables}


@pytest.fixture(scope="module")
def golden() -> dict[str, dict[str, str]]:
    return {model: made(colgen.build(model, volume="small", seed=7)) for model in MODELS}


@pytest.mark.parametrize(("model", "name"), [(model, name) for model in MODELS for name in TABLES[model]])
def test_values_of_a_seed_are_what_they_always_were(model: str, name: str, golden: dict[str, dict[str, str]]) -> None:
    assert golden[model][name] == GOLDEN[model][name]


@first_model
def test_another_seed_gives_other_values(model: str) -> None:
    one, other = (made(colgen.build(model, volume="small", seed=seed)) for seed in (1, 2))
    assert {name for name in one if one[name] == other[name]} <= {"customer_types", "product_categories"}


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, str]]:
    """Digests of a model's build, which is made once: what the others are held to."""

    @cache
    def of(model: str) -> dict[str, str]:
        folder = tmp_path_factory.mktemp("reference") / model
        colgen.build(model, volume=VOLUMES[model], seed=3, out=folder, threads=1)
        return written(folder)

    return of


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 40_000)


@first_model
def test_memory_holds_the_same_values(model: str, reference: Callable[[str], dict[str, str]]) -> None:
    assert made(colgen.build(model, volume=VOLUMES[model], seed=3)) == reference(model)


@pytest.mark.parametrize(
    ("model", "format"),
    first_of(
        [
            *(("invoicing", format) for format in FORMATS),
            *(("ecommerce", format) for format in FORMATS),
        ],
        quick=2,
    ),
)
def test_any_format_holds_the_same_values(format: str, model: str, reference: Callable[[str], dict[str, str]], tmp_path: Path) -> None:
    colgen.build(model, volume=VOLUMES[model], seed=3, out=tmp_path / "data", format=format)
    assert written(tmp_path / "data") == reference(model)


@thorough
@pytest.mark.parametrize(
    ("model", "request_"),
    first_of([("invoicing", {}), ("ecommerce", FEW_VISITS), ("invoicing", {"volume": "medium"}), ("ecommerce", {})], quick=2),
    ids=["invoicing", "a few visits", "more invoices", "ecommerce"],
)
@pytest.mark.parametrize("block_cells", first_of([997, 1, 40_960, 10**9]))
def test_block_size_changes_no_value(block_cells: int, model: str, request_: dict[str, Any], tmp_path: Path) -> None:
    for folder, cells in (("blocks", block_cells), ("whole", None)):
        write_build(MODELS[model], tmp_path / folder, block_cells=cells, seed=3, **request_)
    assert written(tmp_path / "blocks") == written(tmp_path / "whole")


@pytest.mark.parametrize(
    ("model", "request_"),
    first_of([("invoicing", {}), ("ecommerce", FEW_VISITS), ("erp", {"settings": {"orders_per_day": 10}}), ("ecommerce", {}), ("erp", {})]),
    ids=["invoicing", "a few visits", "a few orders", "ecommerce", "erp"],
)
def test_tables_made_in_pieces_have_the_same_values(model: str, request_: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def tables() -> dict[str, pa.Table]:
        data = colgen.build(model, volume="small", seed=7, **request_)
        return {name: data.table(name) for name in data.spec.tables}

    whole = tables()
    monkeypatch.setattr("colgen.generate.block.LEAF_ROWS", 3)
    assert [name for name, values in tables().items() if not values.equals(whole[name])] == []


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize(("model", "many"), first_of([("invoicing", "invoice_line_items"), ("ecommerce", "raw_clickstream")]))
def test_threads_and_parts_change_no_value(model: str, many: str, reference: Callable[[str], dict[str, str]], tmp_path: Path) -> None:
    summary = colgen.build(model, volume=VOLUMES[model], seed=3, out=tmp_path / "data", threads=2)
    assert len(list((tmp_path / "data" / many).iterdir())) > 8
    assert set(summary.rows) == set(TABLES[model])
    assert written(tmp_path / "data") == reference(model)


@thorough
@first_model
@pytest.mark.usefixtures("small_parts")
def test_threads_change_no_byte_of_a_part(model: str, tmp_path: Path) -> None:
    for threads in (1, 2, 4):
        colgen.build(model, volume=VOLUMES[model], seed=3, out=tmp_path / str(threads), threads=threads)
    assert (tmp_path / "1/manifest.json").read_bytes() == (tmp_path / "2/manifest.json").read_bytes()
    assert (tmp_path / "1/manifest.json").read_bytes() == (tmp_path / "4/manifest.json").read_bytes()


SELECTIONS = [
    ("invoicing", ("invoices",)),
    ("invoicing", ("invoice_line_items", "customers")),
    ("invoicing", ("inventory",)),
    ("ecommerce", ("raw_reviews", "raw_customers")),
    ("ecommerce", ("raw_clickstream",)),
    ("ecommerce", ("raw_inventory",)),
    *(("ecommerce", (name,)) for name in TABLES["ecommerce"] if name not in ("raw_clickstream", "raw_inventory")),
]


@pytest.mark.parametrize(("model", "names"), first_of(SELECTIONS, quick=3), ids=[" ".join(names) for _, names in SELECTIONS])
def test_a_selection_of_tables_has_the_values_of_the_whole(
    model: str, names: tuple[str, ...], reference: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    summary = colgen.build(model, volume=VOLUMES[model], seed=3, out=tmp_path / "data", tables=names)
    assert set(summary.rows) == set(names)
    assert sorted(path.name for path in (tmp_path / "data").iterdir() if path.is_dir()) == sorted(names)
    assert written(tmp_path / "data") == {name: reference(model)[name] for name in names}


@pytest.mark.parametrize(("model", "volume", "limit"), first_of([("invoicing", "medium", 200), ("ecommerce", "small", 700)]))
def test_a_large_table_is_computed_where_a_small_one_is_indexed_with_the_same_values(
    model: str, volume: str, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexed = made(colgen.build(model, volume=volume, seed=3))
    monkeypatch.setattr(
        "colgen.generate.generation.INDEX_LIMIT", limit
    )  # of customers and products the one is still indexed, the other no longer
    assert made(colgen.build(model, volume=volume, seed=3)) == indexed


@first_model
def test_a_condition_is_met_by_search_where_a_table_is_large(model: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("colgen.generate.generation.INDEX_LIMIT", 20)
    colgen.build(model, volume=VOLUMES[model], seed=3, out=tmp_path / "data")
    assert [one for one in colgen.check(tmp_path / "data") if not one.holds] == []


@pytest.mark.parametrize(
    ("model", "volume", "name"),
    [
        ("invoicing", "large", "customers"),
        ("invoicing", "large", "products"),
        ("invoicing", "large", "invoices"),
        ("ecommerce", "medium", "raw_customers"),
        ("ecommerce", "medium", "raw_products"),
    ],
)
@given(ids=st.lists(st.integers(1, 1000), min_size=1, max_size=50))
@settings(max_examples=6, deadline=None)
def test_any_rows_of_a_root_table_can_be_made_alone(model: str, volume: str, name: str, ids: list[int]) -> None:
    generation = Spec.of(MODELS[model], volume=volume, seed=3).generation(MODELS[model])
    root = MODELS[model].table(name)
    whole = Block(generation, root, 1, 1000)
    some = Block(generation, root, ids=np.array(ids))
    for column in root.written_columns:
        if column.sums is None and not any("subtotal" in need or "total" in need for need in column.needs):
            given_alone, among_all = some.values(column.name), whole.values(column.name)
            if isinstance(given_alone, np.ndarray):
                np.testing.assert_array_equal(
                    np.ma.filled(given_alone, -1), np.ma.filled(among_all[np.array(ids) - 1], -1), column.qualified_name
                )
            else:
                assert given_alone.to_pylist() == among_all.take(np.array(ids) - 1).to_pylist(), column.qualified_name


def test_a_scaled_build_keeps_to_its_counts() -> None:
    rows = colgen.build("invoicing", volume="large", scale=3).rows
    assert (rows["customers"], rows["products"], rows["invoices"]) == (3000, 6000, 15000)


def test_a_scaled_build_of_the_shop_keeps_to_its_counts() -> None:
    rows = colgen.build("ecommerce", volume="small", scale=2).rows
    assert (rows["raw_customers"], rows["raw_products"]) == (2000, 1000)
