"""The classes that Spark calls. They need PySpark, and hold nothing but what Spark wants to know."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
from pyspark.sql import types
from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition
from pyspark.sql.types import StructType

from colgen.errors import ColgenError, RequestError
from colgen.spark.options import TableRequest, checked_columns, read_options
from colgen.spark.reading import record_batches, table_tasks
from colgen.spark.schema import arrow_schema, spark_schema
from colgen.values.batch import selected


class ColgenDataSource(DataSource):
    """The tables of a model as DataFrames: `spark.dataSource.register(ColgenDataSource)`, and then `spark.read.format("colgen")`.

    Options: those of `colgen.build` that say which data it is (model, volume, scale, seed, scenario, first_day, last_day, and settings.NAME
    for each setting), `columns` and `limit`. `load(…)` takes the name of a table.
    """

    @classmethod
    def name(cls) -> str:
        return "colgen"

    def __init__(self, options: Mapping[str, str]) -> None:
        super().__init__(dict(options))
        with _plain_errors():
            self._request = read_options(options)

    def schema(self) -> StructType:
        with _plain_errors():
            return _schema(self._request)

    def reader(self, schema: StructType) -> ColgenReader:
        """A reader of the columns of a schema, which may be one that the user has given: fewer of them, of the same types."""
        with _plain_errors():
            _check(schema, self._request)
            return ColgenReader(self._request, arrow_schema(schema.jsonValue()))


class ColgenReader(DataSourceReader):
    """Reads a table: planned by the driver, each partition made by an executor."""

    def __init__(self, request: TableRequest, schema: pa.Schema) -> None:
        self._request, self._schema = request, schema

    def partitions(self) -> list[InputPartition]:
        """One for each task of the plan. With a limit there is one: which task the last row is in is not known before the rows are made."""
        request = self._request
        if request.limit is not None:
            return [InputPartition(None)]
        with _plain_errors():
            return [InputPartition(task) for task in table_tasks(request.spec, request.generation, request.table)]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        with _plain_errors():
            yield from record_batches(self._request, self._schema, partition.value)


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Lets Spark show colgen's own messages as they are, without the traceback of the worker, which ends with its error."""
    try:
        yield
    except ColgenError:
        os.environ["SPARK_HIDE_TRACEBACK"] = "1"
        raise


def _schema(request: TableRequest) -> StructType:
    generation = request.generation
    chosen = selected(generation.arrow_schema(generation.model.table(request.table)), request.columns)
    ordered = pa.schema([chosen.field(name) for name in request.columns])
    return StructType.fromJson(spark_schema(ordered, has_time=hasattr(types, "TimeType")))


def _check(schema: StructType, request: TableRequest) -> None:
    """RequestError for a schema that names other columns than those of a request, or gives one another type."""
    own: dict[str, Any] = {field.name: field for field in _schema(request)}
    checked_columns(schema.names, request.generation.model.table(request.table), "schema(…)")
    for field in schema:
        if field.name not in own:
            raise RequestError(f"schema(…): {field.name!r} is not among the columns in columns=")
        given, expected = field.dataType.simpleString(), own[field.name].dataType.simpleString()
        if given != expected:
            raise RequestError(f"schema(…): {field.name} is of the type {expected}, not {given}; read it as it is, and cast it")
        if own[field.name].nullable and not field.nullable:
            raise RequestError(f"schema(…): {field.name} may be null; leave out NOT NULL")
