"""Parquet, with the encoding that each column's declaration calls for.

| what the column is like | encoding | statistics |
|---|---|---|
| key, time | DELTA_BINARY_PACKED | yes: readers prune by them |
| reference, number, money (as an integer) | DELTA_BINARY_PACKED | no |
| category | the dictionary it is generated in | no |
| text | plain | no |

Every one of them opens in DuckDB, Polars, PyArrow, pandas and Spark's default reader.
"""

from __future__ import annotations

from io import RawIOBase

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP_ROWS = 1 << 19
ROW_GROUP_BYTES = 1 << 23  # in memory, some 130,000 rows: wide rows make smaller groups, so that memory stays flat


class ParquetPart:
    def __init__(self, file: RawIOBase, schema: pa.Schema, rows: int, compression: str = "snappy") -> None:
        # A dictionary much longer than the part would be most of the file: there the writer collects its own.
        self._small = rows < _SMALL
        self._schema = without_dictionaries(schema) if self._small else schema
        self._waiting: list[pa.RecordBatch] = []
        self._rows = self._bytes = 0
        self._stream = pa.BufferedOutputStream(pa.PythonFile(file, "w"), _STEP)  # else Python is called for each page
        self._writer = pq.ParquetWriter(self._stream, self._schema, **writer_options(self._schema, compression))

    def write(self, batch: pa.RecordBatch) -> None:
        self._waiting.append(batch.cast(self._schema) if self._small else batch)
        self._rows += batch.num_rows
        self._bytes += batch.nbytes if batch.num_rows else 0
        if self._rows >= ROW_GROUP_ROWS or self._bytes >= ROW_GROUP_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            table = pa.Table.from_batches(self._waiting)
            for number, field in enumerate(self._schema):
                if pa.types.is_dictionary(field.type) and len({_place(batch.column(number).dictionary) for batch in self._waiting}) > 1:
                    table = table.set_column(number, field, table.column(number).unify_dictionaries())
            self._writer.write_table(table, row_group_size=max(1, self._rows))
        self._waiting, self._rows, self._bytes = [], 0, 0

    def close(self) -> None:
        self._flush()
        self._writer.close()
        self._stream.flush()


_SMALL = 1 << 17
_STEP = 1 << 20  # bytes written at a time


def _place(words: pa.StringArray) -> tuple[int, int]:
    """Where in memory some words lie: lists that lie at one place are one list."""
    data = words.buffers()[2]
    return (data.address if data is not None else 0), len(words)


def without_dictionaries(schema: pa.Schema) -> pa.Schema:
    """The schema with words as strings."""
    return pa.schema([field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field for field in schema])


def writer_options(schema: pa.Schema, compression: str = "snappy") -> dict[str, object]:
    """What `pyarrow.parquet.ParquetWriter` is told of a schema's columns."""
    shapes = {field.name: (field.metadata or {}).get(b"encoding", b"").decode() for field in schema}
    delta = [name for name, shape in shapes.items() if shape in ("key", "reference", "number", "money", "time")]
    words = [name for name, shape in shapes.items() if shape == "category"]
    return {
        "compression": compression,
        "use_dictionary": words or False,
        "column_encoding": dict.fromkeys(delta, "DELTA_BINARY_PACKED"),
        "write_statistics": [name for name, shape in shapes.items() if shape in ("key", "time")] or False,
        "store_decimal_as_integer": True,
        "store_schema": False,
    }


class ParquetSink:
    def __init__(self, compression: str) -> None:
        self._compression = compression

    def open(self, file: RawIOBase, schema: pa.Schema, rows: int) -> ParquetPart:
        return ParquetPart(file, schema, rows, self._compression)

    def reader(self, files: str, columns: dict[str, str]) -> str:
        return f"read_parquet('{files}')"


def sink(format: str, compression: str) -> ParquetSink:
    return ParquetSink(compression)
