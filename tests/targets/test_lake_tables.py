"""The files of a build are tables of a lake: its own engine reads the same rows from them, and so do others."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import colgen
from colgen.targets import manifest
from colgen.targets.folder.place import FolderPlace
from tests.support import colgen as command
from tests.support import thorough
from tests.targets.lakes import MODEL, ducklake, engine, iceberg, read, read_by_duckdb, read_by_polars, versions, written

EACH = ("delta", pytest.param("iceberg", marks=thorough), "ducklake")  # PyIceberg takes seconds to import
TABLES = ("shops", "sales")


@pytest.fixture(scope="module", params=EACH)
def table_format(request: pytest.FixtureRequest) -> str:
    return engine(request.param)


@pytest.fixture(scope="module")
def lake(table_format: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lake") / "data"
    colgen.build(MODEL, out=folder, table_format=table_format)
    return folder


def test_its_own_engine_reads_every_value(table_format: str, lake: Path) -> None:
    for table in TABLES:
        rows = read(table_format, lake, table)
        assert rows.height
        assert rows.to_dict(as_series=False) == written(lake, table).to_dict(as_series=False)


def test_another_engine_reads_every_value(table_format: str, lake: Path) -> None:
    if table_format == "ducklake":
        pytest.skip("nothing but DuckDB reads DuckLake")
    for table in TABLES:
        assert read_by_polars(table_format, lake, table).to_dict(as_series=False) == written(lake, table).to_dict(as_series=False)


def test_duckdb_reads_every_value(table_format: str, lake: Path) -> None:
    if table_format == "ducklake":
        pytest.skip("its own engine is DuckDB")
    for table in TABLES:
        there, here = read_by_duckdb(table_format, lake, table), written(lake, table)
        assert there.to_dict(as_series=False) == here.to_dict(as_series=False)


def test_values_are_those_of_a_plain_build(table_format: str, lake: Path, tmp_path: Path) -> None:
    colgen.build(MODEL, out=tmp_path / "plain")
    assert colgen.diff(lake, tmp_path / "plain", model=MODEL) == []


def test_a_build_is_one_commit_of_each_table(table_format: str, lake: Path) -> None:
    assert versions(table_format, lake, "sales") == 1


def test_columns_must_have_values_where_the_model_says_so(table_format: str, lake: Path) -> None:
    declared = {column.name: column.nullable for column in MODEL.table("sales").written_columns}
    assert nullable(table_format, lake) == declared


def nullable(table_format: str, lake: Path) -> dict[str, bool]:
    if table_format == "delta":
        from deltalake import DeltaTable

        return {field.name: field.nullable for field in DeltaTable(lake / "sales").schema().fields}
    if table_format == "iceberg":
        with closing(iceberg(lake)) as catalog:
            return {field.name: not field.required for field in catalog.load_table("shop.sales").schema().fields}
    with closing(ducklake(lake)) as connection:
        sql = "SELECT column_name, is_nullable FROM duckdb_columns() WHERE database_name = 'lake' AND table_name = 'sales'"
        return dict(connection.execute(sql).fetchall())


def test_check_verify_and_report_work_as_on_any_build(lake: Path) -> None:
    assert all(outcome.holds for outcome in colgen.check(lake, model=MODEL))
    assert colgen.verify(lake, all=True, model=MODEL).valid


def test_the_manifest_lists_the_metadata(lake: Path) -> None:
    listed = manifest.read(lake)
    assert listed.metadata_files
    assert all(file.intact(FolderPlace(lake)) for file in listed.metadata_files)
    assert sorted(listed.files) == sorted(str(path.relative_to(lake)) for path in lake.rglob("*") if path.is_file())


def test_a_folder_may_have_an_odd_name(table_format: str, tmp_path: Path) -> None:
    folder = tmp_path / "Łódź, 'a' & b"
    colgen.build(MODEL, out=folder, table_format=table_format)
    assert read(table_format, folder, "sales").equals(written(folder, "sales"))


def test_what_is_there_is_replaced(table_format: str, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    colgen.build(MODEL, out=folder, table_format=table_format, seed=1)
    colgen.build(MODEL, out=folder, table_format=table_format, seed=2, overwrite=True)
    assert read(table_format, folder, "sales").equals(written(folder, "sales"))
    assert versions(table_format, folder, "sales") == 1
    colgen.build(MODEL, out=folder, overwrite=True)
    assert sorted(manifest.read(folder).files) == sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_cleanup_leaves_nothing(table_format: str, tmp_path: Path) -> None:
    colgen.build(MODEL, out=tmp_path / "data", table_format=table_format)
    result = command("cleanup", tmp_path / "data", "--confirm", "DELETE_ALL_MOCK_DATA")
    assert result.returncode == 0, result.stderr
    assert list(tmp_path.iterdir()) == []


class TestDelta:
    @pytest.fixture(scope="class")
    @classmethod
    def folder(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        engine("delta")
        folder = tmp_path_factory.mktemp("delta") / "data"
        colgen.build(MODEL, out=folder, table_format="delta")
        return folder

    def test_types_are_deltas_own(self, folder: Path) -> None:
        from deltalake import DeltaTable

        types = {field["name"]: field["type"] for field in json.loads(DeltaTable(folder / "sales").schema().to_json())["fields"]}
        assert types.pop("tags") == {"type": "array", "elementType": "string", "containsNull": False}
        assert types.pop("days")["elementType"] == "date"
        assert [field["type"] for field in types.pop("size")["fields"]] == ["double", "float"]
        assert types.pop("nested")["type"] == "struct"
        assert types == {
            "id": "long", "shop_id": "long", "pieces": "short", "number": "integer", "weight": "double", "height": "float",
            "price": "decimal(12,2)", "far": "decimal(18,4)", "sold_on": "date", "at": "timestamp", "local": "timestamp_ntz",
            "is_paid": "boolean", "status": "string", "key": "string", "digest": "binary", "details": "string", "remark": "string",
            "nothing": "boolean",
        }  # fmt: skip

    def test_statistics_are_those_of_the_rows(self, folder: Path) -> None:
        from deltalake import DeltaTable

        (file,) = pa.table(DeltaTable(folder / "sales").get_add_actions(flatten=True)).to_pylist()
        rows = written(folder, "sales")
        assert file["num_records"] == rows.height
        for name in rows.columns:
            column = rows[name]
            if isinstance(column.dtype, pl.List | pl.Struct):
                continue
            assert file[f"null_count.{name}"] == column.null_count(), name
            if column.dtype in (pl.Binary, pl.Boolean):
                assert file.get(f"min.{name}") is None
            elif name == "remark":  # long texts are cut
                assert file["min.remark"].encode() <= str(column.min()).encode()
                assert str(column.max()).encode() <= file["max.remark"].encode()
            else:
                assert (file[f"min.{name}"], file[f"max.{name}"]) == (column.min(), column.max()), name
        assert file["max.size.tall"] == rows["size"].struct["tall"].max()
        assert file["null_count.size.tall"] == rows["size"].struct["tall"].null_count()

    def test_a_folder_may_be_moved(self, folder: Path, tmp_path: Path) -> None:
        colgen.build(MODEL, out=tmp_path / "data", table_format="delta")
        moved = (tmp_path / "data").rename(tmp_path / "moved")
        assert read("delta", moved, "sales").equals(written(moved, "sales"))


@thorough
def test_field_ids_are_those_of_the_iceberg_table(tmp_path: Path) -> None:
    engine("iceberg")
    folder = tmp_path / "data"
    colgen.build(MODEL, out=folder, table_format="iceberg")
    with closing(iceberg(folder)) as catalog:
        for table in TABLES:
            opened = catalog.load_table(("shop", table))
            names = {opened.schema().find_column_name(number): number for number in opened.schema().field_ids}
            assert ids_in(pq.read_schema(folder / manifest.read(folder).tables[table].parts[0].file)) == names
            assert opened.inspect.files()["file_path"].to_pylist() == [
                f"file://{folder / part.file}" for part in manifest.read(folder).tables[table].parts
            ]


def ids_in(fields: Any, above: str = "") -> dict[str, int]:
    numbers = {}
    for field in fields:
        name = f"{above}{field.name}"
        numbers[name] = int(field.metadata[b"PARQUET:field_id"])
        inner = field.type if pa.types.is_struct(field.type) else [field.type.value_field] if pa.types.is_list(field.type) else []
        numbers |= ids_in(inner, f"{name}.")
    return numbers


def test_files_of_other_builds_have_no_field_ids(tmp_path: Path) -> None:
    colgen.build(MODEL, out=tmp_path / "data", tables=["shops"])
    (part,) = manifest.read(tmp_path / "data").tables["shops"].parts
    assert all(not field.metadata for field in pq.read_schema(tmp_path / "data" / part.file))


def test_a_ducklake_may_be_moved_if_it_is_told_where_to(tmp_path: Path) -> None:
    engine("ducklake")
    colgen.build(MODEL, out=tmp_path / "data", table_format="ducklake")
    moved = (tmp_path / "data").rename(tmp_path / "moved")
    with closing(ducklake(moved, ("READ_ONLY", f"DATA_PATH '{moved}/'", "OVERRIDE_DATA_PATH true"))) as connection:
        assert pl.from_arrow(connection.execute("FROM lake.sales ORDER BY id").to_arrow_table()).equals(written(moved, "sales"))  # type: ignore[arg-type]
