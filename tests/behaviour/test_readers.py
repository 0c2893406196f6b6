"""What is written opens in the readers people use, types intact."""

from __future__ import annotations

import datetime
import json
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import colgen
from tests.support import first_of, part_of, thorough


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readers") / "data"
    colgen.build("invoicing", volume="large", seed=5, out=folder)
    return folder


@pytest.fixture(scope="module")
def truth() -> list[dict]:
    return colgen.build("invoicing", volume="large", seed=5).frame("invoices").head(50).to_dicts()


def test_duckdb(folder: Path, truth: list[dict]) -> None:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    found = connection.sql(f"FROM '{folder}/invoices/*.parquet' ORDER BY id LIMIT 50")
    kinds = dict(zip(found.columns, map(str, found.types), strict=True))
    assert (kinds["total"], kinds["date"], kinds["created_at"]) == ("DECIMAL(12,2)", "DATE", "TIMESTAMP WITH TIME ZONE")
    assert found.pl().to_dicts() == truth


def test_polars(folder: Path, truth: list[dict]) -> None:
    assert pl.scan_parquet(folder / "invoices" / "*.parquet").head(50).collect().to_dicts() == truth


def test_pyarrow(folder: Path, truth: list[dict]) -> None:
    found = pq.read_table(folder / "invoices")
    assert found.schema.field("total").type == pa.decimal128(12, 2)
    assert found.schema.field("created_at").type == pa.timestamp("us", tz="UTC")
    assert found.schema.field("date").type == pa.date32()
    assert found.slice(0, 50).to_pylist() == truth


def test_pandas(folder: Path, truth: list[dict]) -> None:
    found = pd.read_parquet(folder / "invoices")
    assert len(found) == 5000
    assert found["total"][0] == truth[0]["total"]
    assert isinstance(found["total"][0], Decimal)
    assert found["date"][0] == truth[0]["date"]
    assert found["created_at"][0] == truth[0]["created_at"]
    assert found["status"][0] == truth[0]["status"]


@thorough
def test_spark(folder: Path, truth: list[dict]) -> None:
    spark_sql = pytest.importorskip("pyspark.sql", reason="PySpark is not installed: pip install '.[spark]'")
    if shutil.which("java") is None:
        pytest.skip("there is no Java, which Spark runs on")
    spark = (
        spark_sql.SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    try:
        for name in (
            "customers",
            "customer_addresses",
            "products",
            "inventory",
            "invoices",
            "invoice_line_items",
            "customer_types",
            "product_categories",
        ):
            spark.read.parquet(str(folder / name)).foreach(lambda row: None)  # every column of every row is decoded
        found = spark.read.parquet(str(folder / "invoices")).orderBy("id").limit(50)
        kinds = dict(found.dtypes)
        assert (kinds["id"], kinds["total"], kinds["date"], kinds["created_at"], kinds["status"]) == (
            "bigint",
            "decimal(12,2)",
            "date",
            "timestamp",
            "string",
        )
        for mine, theirs in zip(truth, found.collect(), strict=True):
            assert (theirs["total"], theirs["date"], theirs["status"], theirs["invoice_number"]) == (
                mine["total"],
                mine["date"],
                mine["status"],
                mine["invoice_number"],
            )
    finally:
        spark.stop()


@pytest.mark.parametrize("format", first_of(["parquet", "csv", "jsonl", "csv.gz", "csv.zst"], quick=2))
def test_load_sql_opens_everything_where_it_lies(format: str, tmp_path: Path) -> None:
    colgen.build("invoicing", out=tmp_path / "data", format=format)
    (tmp_path / "data").rename(tmp_path / "moved")
    script = "import duckdb; c = duckdb.connect(); c.execute(\"SET TimeZone = 'UTC'\"); c.execute(open('load.sql').read()); print(c.sql('SELECT count(*), sum(total) FROM invoices').fetchall())"
    told = subprocess.run([sys.executable, "-c", script], cwd=tmp_path / "moved", capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("[(75, Decimal(")


def test_json_lines_are_numbers_and_iso_times(tmp_path: Path) -> None:
    colgen.build("invoicing", out=tmp_path / "data", format="jsonl")
    first = json.loads(part_of(tmp_path / "data", "invoices").read_text().splitlines()[0])
    assert isinstance(first["total"], float)
    assert datetime.datetime.fromisoformat(first["created_at"]).tzinfo is not None
    assert first["date"] == first["created_at"][:10]


def test_csv_has_a_header_in_each_part(tmp_path: Path) -> None:
    colgen.build("invoicing", out=tmp_path / "data", format="csv")
    head, first, *_ = part_of(tmp_path / "data", "customers").read_text().splitlines()
    assert head.startswith("id,name,email,phone")
    assert first.startswith("1,")


def test_text_with_commas_and_quotes_survives_csv(tmp_path: Path) -> None:
    colgen.build("invoicing", volume="large", out=tmp_path / "data", format="csv", tables=["products"])
    names = pl.read_csv(part_of(tmp_path / "data", "products"))["name"]
    assert names.to_list() == colgen.build("invoicing", volume="large").frame("products")["name"].to_list()
    assert names.str.contains(",").any()


def test_arrow_files_open(tmp_path: Path) -> None:
    colgen.build("invoicing", out=tmp_path / "data", format="arrow")
    assert pl.read_ipc(part_of(tmp_path / "data", "invoices")).height == 75
    assert "no reader" in (tmp_path / "data/load.sql").read_text()


def test_a_small_part_does_not_carry_a_long_dictionary(tmp_path: Path) -> None:
    colgen.build("invoicing", out=tmp_path / "data")
    assert part_of(tmp_path / "data", "customer_addresses").stat().st_size < 10_000


def test_columns_are_encoded_as_they_are_declared(folder: Path) -> None:
    group = pq.ParquetFile(part_of(folder, "invoices")).metadata.row_group(0)
    columns = {group.column(i).path_in_schema: group.column(i) for i in range(group.num_columns)}
    assert "DELTA_BINARY_PACKED" in columns["id"].encodings
    assert columns["id"].statistics.min == 1
    assert columns["total"].physical_type == "INT64"
    assert columns["total"].statistics.min > 0
    assert any("DICTIONARY" in encoding for encoding in columns["status"].encodings)


@pytest.mark.parametrize("compression", ["none", "zstd", "lz4", "gzip"])
def test_any_compression_holds_the_same_values(compression: str, folder: Path, tmp_path: Path) -> None:
    colgen.build("invoicing", volume="large", seed=5, out=tmp_path / "data", compression=compression, tables=["customers"])
    assert pq.read_table(tmp_path / "data/customers").equals(pq.read_table(folder / "customers"))
    group = pq.ParquetFile(part_of(tmp_path / "data", "customers")).metadata.row_group(0)
    assert group.column(1).compression == {"none": "UNCOMPRESSED"}.get(compression, compression.upper())


def test_the_encoding_for_older_readers_holds_the_same_values(folder: Path, tmp_path: Path) -> None:
    colgen.build(
        "invoicing", volume="large", seed=5, out=tmp_path / "data", encoding="compatible", check=True, tables=["customers", "invoices"]
    )
    for table in ("customers", "invoices"):
        assert pq.read_table(tmp_path / "data" / table).equals(pq.read_table(folder / table))
    assert pq.read_metadata(part_of(tmp_path / "data", "invoices")).format_version == "1.0"


@pytest.mark.parametrize("format", ["csv", "parquet-arrow"])
def test_only_colgens_own_parquet_has_a_choice_of_encodings(format: str, tmp_path: Path) -> None:
    with pytest.raises(colgen.RequestError, match=f"format '{format}' has no encoding 'compatible': that is for parquet"):
        colgen.build(out=tmp_path / "data", format=format, encoding="compatible")
    with pytest.raises(colgen.RequestError, match="there is no encoding 'compatibel'; did you mean 'compatible'"):
        colgen.build(out=tmp_path / "data", encoding="compatibel")


@pytest.mark.parametrize(("format", "compression", "said"), [("parquet", "zst", "did you mean 'zstd'"), ("csv", "zstd", "csv.zst")])
def test_a_compression_that_cannot_be_is_refused(format: str, compression: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(colgen.RequestError, match=said):
        colgen.build(out=tmp_path / "data", format=format, compression=compression)
