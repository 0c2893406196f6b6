"""Parquet files in memory by colgen's writer, and what readers find in them."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import settings

from colgen.formats.parquet.limits import Limits
from colgen.formats.parquet.writer import ParquetWriter
from colgen.values.batch import Batch, BatchColumn, batches_of

law = settings(max_examples=25)
"""Of a test by Hypothesis: the same examples in every run."""


def field(name: str, kind: pa.DataType, role: str, nullable: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable, {"encoding": role})


def file_of(
    batches: Iterable[Batch], schema: pa.Schema, compression: str = "snappy", limits: Limits | None = None, *, is_compatible: bool = False
) -> bytes:
    """A file of some batches."""
    file = io.BytesIO()
    writer = ParquetWriter(file, schema, compression, is_compatible=is_compatible, limits=limits)  # type: ignore[arg-type]
    for batch in batches:
        writer.write(batch)
    writer.close()
    return file.getvalue()


def batch_of(schema: pa.Schema, *columns: BatchColumn) -> Batch:
    return Batch("table", schema, columns, len(columns[0]))


def written(
    columns: dict[str, tuple[pa.Array, str]],
    *,
    nullable: bool = False,
    batch: int | None = None,
    compression: str = "snappy",
    limits: Limits | None = None,
    is_compatible: bool = False,
) -> bytes:
    """A file of columns, each with its role, written some rows at a time."""
    schema = pa.schema([field(name, array.type, role, nullable) for name, (array, role) in columns.items()])
    rows = pa.record_batch([array for array, _ in columns.values()], schema=schema)
    slices = [rows.slice(first, batch) for first in range(0, len(rows), batch or max(1, len(rows)))]
    batches = (each for rows in slices for each in batches_of("table", rows))
    return file_of(batches, schema, compression, limits, is_compatible=is_compatible)


def plain(array: pa.Array) -> list[Any]:
    return (array.cast(array.type.value_type) if pa.types.is_dictionary(array.type) else array).to_pylist()


def assert_read_by_all(data: bytes, name: str, expected: list[Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    """PyArrow, Polars and DuckDB read these values."""
    path = tmp_path_factory.mktemp("part") / "part.parquet"
    path.write_bytes(data)
    assert pq.read_table(path)[name].to_pylist() == expected
    assert pl.read_parquet(path)[name].to_arrow().to_pylist() == expected
    assert [row[0] for row in duckdb.execute(f"SELECT {name} FROM '{path}'").fetchall()] == expected
