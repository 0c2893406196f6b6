"""Tables of a model in a Spark of two cores: the rows are those of a build in files, and only what is asked for is made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from colgen.declare.find import find_model
from colgen.spark.schema import arrow_schema, spark_schema
from tests.formats.every_type import MODEL
from tests.spark.shop import rows_made, write_shop
from tests.spark.test_source import EVERY_TYPE, columns_with_a_type
from tests.support import refused, thorough, write_build

pytestmark = thorough


def frame(spark: Any, table: str, **options: Any) -> Any:
    return spark.read.format("colgen").options(**options).load(table)


def of_spark(frame: Any) -> pa.Table:
    return frame.toArrow().replace_schema_metadata(None)


def of_files(folder: Path, table: str) -> pa.Table:
    """A written table in the types that Spark has."""
    written = pa.concat_tables(pq.read_table(part) for part in sorted((folder / table).iterdir()))
    return written.cast(arrow_schema(spark_schema(written.schema)))


def assert_same(given: pa.Table, written: pa.Table) -> None:
    assert given.column_names == written.column_names
    for name in given.column_names:
        assert given[name].to_pylist() == written[name].to_pylist(), name


@pytest.mark.parametrize("table", ["things", "parts"])
def test_every_type_has_the_values_of_the_files(spark: Any, tmp_path: Path, table: str) -> None:
    write_build(MODEL, tmp_path)
    read = of_spark(frame(spark, table, model=EVERY_TYPE, columns=columns_with_a_type(table)))
    assert_same(read, of_files(tmp_path, table).select(read.column_names))


def test_every_table_has_the_rows_of_the_files(spark: Any, tmp_path: Path) -> None:
    for table in write_build(find_model("invoicing"), tmp_path, seed=5).tables:
        assert_same(of_spark(frame(spark, table, model="invoicing", seed=5)), of_files(tmp_path, table))


def test_a_table_that_many_others_feed_has_the_rows_of_the_files(spark: Any, tmp_path: Path) -> None:
    write_build(find_model("ecommerce"), tmp_path, settings={"customers": 50, "days": 3})
    options = {"settings.customers": 50, "settings.days": 3}
    assert_same(of_spark(frame(spark, "raw_inventory", model="ecommerce", **options)), of_files(tmp_path, "raw_inventory"))


def test_several_partitions_have_the_rows_of_the_files(spark: Any, tmp_path: Path) -> None:
    model = write_shop(tmp_path)
    entry = write_build(find_model(model), tmp_path / "build", threads=2).tables["lines"]
    assert len(entry.parts) > 1
    lines = frame(spark, "lines", model=str(model), columns="id")
    assert lines.rdd.getNumPartitions() == len(entry.parts)
    (row,) = lines.selectExpr("count(*)", "count(distinct id)", "min(id)", "max(id)").collect()
    assert tuple(row) == (entry.rows, entry.rows, 1, entry.rows)


def test_what_may_be_null_may_be_null_in_spark(spark: Any) -> None:
    schema = frame(spark, "things", model=EVERY_TYPE, columns=columns_with_a_type("things")).schema
    assert (schema["weight"].nullable, schema["height"].nullable) == (False, True)
    assert (schema["tags"].nullable, schema["tags"].dataType.containsNull) == (True, False)


def test_a_column_that_is_not_asked_for_is_not_made(spark: Any, tmp_path: Path) -> None:
    model = str(write_shop(tmp_path))
    rows = frame(spark, "lines", model=model, columns="id, price").count()
    assert rows_made(tmp_path) == 0
    spark.read.format("colgen").option("model", model).schema("price DECIMAL(12,2), id BIGINT").load("lines").collect()
    assert rows_made(tmp_path) == 0
    frame(spark, "lines", model=model).select("id").collect()  # Spark does not tell a Python source what a query needs
    assert rows_made(tmp_path) == rows


def test_few_rows_take_one_partition_and_no_more_than_it_has_begun(spark: Any, tmp_path: Path) -> None:
    model = str(write_shop(tmp_path))
    whole = frame(spark, "lines", model=model, columns="id")
    assert whole.rdd.getNumPartitions() > 1
    lines = frame(spark, "lines", model=model, columns="id, expensive")
    assert [row["id"] for row in lines.take(5)] == [1, 2, 3, 4, 5]
    assert 0 < rows_made(tmp_path) < whole.count() / 2
    limited = frame(spark, "lines", model=model, columns="id", limit=7)
    assert [row["id"] for row in limited.collect()] == list(range(1, 8))


def test_a_frame_is_written_by_spark_and_read_back(spark: Any, tmp_path: Path) -> None:
    invoices = frame(spark, "invoices", volume="large", columns="id, status, total, paid_on, created_at")
    invoices.write.parquet(str(tmp_path / "invoices"))
    back = spark.read.parquet(str(tmp_path / "invoices"))
    assert_same(of_spark(back.orderBy("id")), of_spark(invoices))
    assert back.schema["total"].metadata == invoices.schema["total"].metadata != {}


def test_tables_join(spark: Any) -> None:
    lines = frame(spark, "invoice_line_items").selectExpr("invoice_id AS id", "line_total").groupBy("id").sum("line_total")
    (row,) = frame(spark, "invoices").join(lines, "id").selectExpr("count(*)", "count_if(`sum(line_total)` <> subtotal)").collect()
    assert tuple(row) == (75, 0)


def test_a_view_of_sql_reads_a_table(spark: Any) -> None:
    spark.sql("CREATE TEMPORARY VIEW products_by_sql USING colgen OPTIONS (model 'invoicing', volume 'medium', path 'products')")
    assert spark.sql("SELECT count(*) AS rows FROM products_by_sql").collect()[0]["rows"] == 500


@pytest.mark.parametrize(
    ("table", "options", "words"),
    [
        ("invoices", {"modell": "erp"}, ["no option 'modell'; did you mean 'model'"]),
        ("invoice", {}, ["no table 'invoice'; did you mean 'invoices'"]),
        ("invoices", {"format": "csv"}, ["'format' means nothing for a DataFrame"]),
    ],
)
def test_a_mistake_is_a_message_and_no_traceback(spark: Any, table: str, options: dict[str, str], words: list[str]) -> None:
    from pyspark.errors import AnalysisException

    with refused(*words, error=AnalysisException) as caught:
        frame(spark, table, **options)
    assert "Traceback" not in str(caught.value)


def test_a_mistake_of_a_model_is_a_message_and_no_traceback(spark: Any, tmp_path: Path) -> None:
    from pyspark.errors import PythonException

    model = write_shop(tmp_path)
    model.write_text(model.read_text().replace("return id % 7", "return id * 10**12"))
    with refused("lines.expensive, row ", "does not fit integer", error=PythonException) as caught:
        frame(spark, "lines", model=str(model)).count()
    assert "Traceback" not in str(caught.value)
