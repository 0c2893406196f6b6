"""Batches: rows of a table on their way to a writer.

Whole numbers are held in as few bits as they need, and texts may still be in parts: that is how they are generated, and some writers take
them like that. A writer that needs plain Arrow calls `Batch.to_arrow`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import pyarrow as pa

from colgen.errors import ModelError
from colgen.values.arrow import numbers
from colgen.values.text.composed import Composed

BatchColumn: TypeAlias = pa.Array | Composed


@dataclass(frozen=True)
class Batch:
    """Some rows of a table, with a column for each field of its schema.

    table : the table's name, for messages
    schema : the columns' names, and their types once whole numbers are widened and texts are spelled
    columns : Arrow arrays, whose whole numbers may have fewer bits than the schema says, and texts in parts
    rows : the number of rows

    >>> batch = Batch("orders", pa.schema({"id": pa.int64()}), [pa.array([1, 2], pa.int8())], 2)
    >>> batch.to_arrow().schema.field("id").type
    DataType(int64)
    """

    table: str
    schema: pa.Schema
    columns: Sequence[BatchColumn]
    rows: int

    def __len__(self) -> int:
        return self.rows

    def select(self, names: Collection[str]) -> Batch:
        """The same rows with fewer columns, in the order that they have here.

        >>> batch = Batch("orders", pa.schema({"id": pa.int64(), "paid": pa.bool_()}), [pa.array([1, 2]), pa.array([True, False])], 2)
        >>> batch.select(["paid"]).to_arrow().to_pydict()
        {'paid': [True, False]}
        """
        columns = [column for name, column in zip(self.schema.names, self.columns, strict=True) if name in names]
        return Batch(self.table, selected(self.schema, names), columns, self.rows)

    def to_arrow(self) -> pa.RecordBatch:
        """The same rows, in the types of the schema."""
        return pa.RecordBatch.from_arrays([self.array(number) for number in range(len(self.columns))], schema=self.schema)

    def array(self, number: int) -> pa.Array:
        """One of the columns, in the type of the schema. Raises ModelError if its texts are too long for one Arrow array."""
        try:
            return as_declared(self.columns[number], self.schema.types[number])
        except ValueError as error:
            raise ModelError(f"{self.table}.{self.schema.names[number]} could not be computed: {error}") from error


def selected(schema: pa.Schema, names: Collection[str]) -> pa.Schema:
    """Fewer fields of a schema, in the order that they have there."""
    return pa.schema([field for field in schema if field.name in names])


def as_declared(column: BatchColumn, declared: pa.DataType) -> pa.Array:
    """A column in its declared type: texts spelled, whole numbers (a decimal's, in its smallest unit) in as many bits as the type has.

    >>> as_declared(pa.array([199, None], pa.int16()), pa.decimal64(12, 2)).to_pylist()
    [Decimal('1.99'), None]
    """
    if isinstance(column, Composed):
        return column.spelled
    if not pa.types.is_signed_integer(column.type) or column.type == declared:
        return column
    validity, _ = (pa.concat_arrays([column]) if column.offset else column).buffers()
    values = numbers(column).astype(f"<i{declared.bit_width // 8}")
    return pa.Array.from_buffers(declared, len(column), [validity, pa.py_buffer(values)])


def concatenated(batches: Sequence[Batch]) -> Batch:
    """The rows of several batches of one table, one batch after the other.

    Narrow whole numbers and texts in parts are kept as they are if the batches agree on the form of every column; if they differ in
    any, all columns are converted to their declared types.
    """
    if len(batches) == 1:
        return batches[0]
    schema, columns = batches[0].schema, list(zip(*(batch.columns for batch in batches), strict=True))
    joined = [_joined(chunks) for chunks in columns]
    if any(column is None for column in joined):
        joined = [
            pa.concat_arrays([as_declared(chunk, declared) for chunk in chunks])
            for chunks, declared in zip(columns, schema.types, strict=True)
        ]
    return Batch(batches[0].table, schema, [column for column in joined if column is not None], sum(map(len, batches)))


def _joined(chunks: Sequence[BatchColumn]) -> BatchColumn | None:
    """The chunks of a column one after the other, in the form they have; None if their forms differ."""
    texts = [chunk for chunk in chunks if isinstance(chunk, Composed)]
    arrays = [chunk for chunk in chunks if isinstance(chunk, pa.Array)]
    if len(texts) == len(chunks):
        return Composed.concatenated(texts)
    return pa.concat_arrays(arrays) if len(arrays) == len(chunks) and all(array.type == arrays[0].type for array in arrays) else None


def batches_of(name: str, table: pa.RecordBatch | pa.Table) -> Iterator[Batch]:
    """Plain Arrow data as batches, for writing tables that colgen did not generate, as tests and benchmarks do."""
    for batch in [table] if isinstance(table, pa.RecordBatch) else table.to_batches():
        yield Batch(name, batch.schema, batch.columns, len(batch))
