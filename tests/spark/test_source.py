"""The classes that Spark calls, called as Spark does but without a JVM."""

from __future__ import annotations

import inspect
import os
import pickle
from pathlib import Path

import pyarrow as pa
import pytest

import colgen
from colgen.errors import RequestError
from colgen.spark.schema import spark_schema
from tests.support import refused

pytest.importorskip("pyspark.sql.datasource", reason="PySpark 4 is not installed: pip install '.[spark]'")

from pyspark.sql import types
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import DateType, StringType, StructField, StructType

from colgen.spark import ColgenDataSource

EVERY_TYPE = str(Path(__file__).parents[1] / "formats" / "every_type.py")


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARK_HIDE_TRACEBACK", "")  # what is set in a test is gone after it


def columns_with_a_type(table: str) -> str:
    """The columns of a table that this version of Spark has types for: before 4.1 there are no times of day."""

    def has_type(field: pa.Field) -> bool:
        try:
            return bool(spark_schema(pa.schema([field]), has_time=hasattr(types, "TimeType")))
        except RequestError:
            return False

    return ", ".join(field.name for field in colgen.build(EVERY_TYPE).table(table).schema if has_type(field))


def arrow_of_spark(schema: StructType) -> pa.Schema:
    """What Spark compares batches with; the argument's name differs from version to version."""
    timezone = {"timezone": "UTC"} if "timezone" in inspect.signature(to_arrow_schema).parameters else {}
    return to_arrow_schema(schema, **timezone)


def source(table: str, **options: str) -> ColgenDataSource:
    return ColgenDataSource({"path": table, **options})


@pytest.mark.parametrize("table", ["things", "parts"])
def test_spark_expects_the_arrow_types_that_it_is_given(table: str) -> None:
    it = source(table, model=EVERY_TYPE, columns=columns_with_a_type(table))
    may_be_null = StructType([StructField(field.name, field.dataType) for field in it.schema()])  # as the user's own schema says by default
    for schema in (it.schema(), may_be_null):
        reader = it.reader(schema)
        for partition in reader.partitions():
            for batch in reader.read(partition):
                assert arrow_of_spark(schema).equals(batch.schema)
                batch.validate(full=True)


def test_a_reader_and_its_partitions_can_be_sent() -> None:
    it = pickle.loads(pickle.dumps(source("invoices", volume="large")))
    reader = it.reader(it.schema())
    (partition,) = pickle.loads(pickle.dumps(reader.partitions()))
    rows = pa.Table.from_batches(pickle.loads(pickle.dumps(reader)).read(partition))
    assert rows.num_rows == 5_000


def test_with_a_limit_there_is_one_partition() -> None:
    it = source("raw_clickstream", model="ecommerce", volume="large", limit="3")
    reader = it.reader(it.schema())
    (partition,) = reader.partitions()
    assert sum(map(len, reader.read(partition))) == 3


def test_a_schema_of_fewer_columns_reads_those() -> None:
    it = source("invoices")
    fewer = StructType([it.schema()["total"], it.schema()["id"]])
    reader = it.reader(fewer)
    (batch,) = reader.read(reader.partitions()[0])
    assert batch.schema.names == ["total", "id"]


def test_a_schema_that_is_not_the_tables_is_refused() -> None:
    it = source("invoices", columns="id,total")
    with refused("schema", "no column 'totl'", "did you mean 'total'", error=RequestError):
        it.reader(StructType([StructField("totl", StringType())]))
    with refused("schema", "total is of the type decimal\\(12,2\\), not string", "cast it", error=RequestError):
        it.reader(StructType([StructField("total", StringType())]))
    with refused("schema", "'date' is not among the columns", error=RequestError):
        it.reader(StructType([StructField("date", StringType())]))
    with refused("schema", "paid_on may be null", error=RequestError):
        it = source("invoices")
        it.reader(StructType([StructField("paid_on", DateType(), nullable=False)]))


def test_a_mistake_is_told_without_a_traceback() -> None:
    with refused("no model 'shopp'", error=RequestError):
        source("invoices", model="shopp")
    assert os.environ["SPARK_HIDE_TRACEBACK"] == "1"
