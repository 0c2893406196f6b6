"""Some rows of a table on their way to a writer.

Whole numbers are in as few bits as they need and texts may still be in parts, because that is how they are made and how some writers take
them; whoever wants plain Arrow calls `Batch.to_arrow`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from colgen.errors import ModelError
from colgen.values.arrow import numbers
from colgen.values.text.composed import Composed

BatchColumn: TypeAlias = pa.Array | Composed


@dataclass(frozen=True)
class Batch:
    """Some rows of a table: a column for each field of its schema.

    table : its name, for messages
    schema : what the columns are once they are widened and spelled
    columns : Arrow arrays, whose whole numbers may be in fewer bits than the schema says, and texts in parts
    rows : how many there are

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

    def to_arrow(self) -> pa.RecordBatch:
        """The same rows in the types of the schema."""
        return pa.RecordBatch.from_arrays([self.array(number) for number in range(len(self.columns))], schema=self.schema)

    def array(self, number: int) -> pa.Array:
        """One of the columns in the type of the schema. ModelError where a text is too long for Arrow."""
        try:
            return as_declared(self.columns[number], self.schema.types[number])
        except ValueError as error:
            raise ModelError(f"{self.table}.{self.schema.names[number]} could not be computed: {error}") from error

    def where(self, kept: pa.BooleanArray) -> Batch:
        """The rows for which a flag is true."""
        rows = np.flatnonzero(kept.to_numpy(zero_copy_only=False))
        columns = [column.take(rows) if isinstance(column, Composed) else column.filter(kept) for column in self.columns]
        return Batch(self.table, self.schema, columns, len(rows))


def as_declared(column: BatchColumn, kind: pa.DataType) -> pa.Array:
    """A column in its declared type: texts spelled, whole numbers (a decimal's in its smallest unit) in as many bits as the type has.

    >>> as_declared(pa.array([199, None], pa.int16()), pa.decimal64(12, 2)).to_pylist()
    [Decimal('1.99'), None]
    """
    if isinstance(column, Composed):
        return column.spelled
    if not pa.types.is_signed_integer(column.type) or column.type == kind:
        return column
    missing, _ = (pa.concat_arrays([column]) if column.offset else column).buffers()
    return pa.Array.from_buffers(kind, len(column), [missing, pa.py_buffer(numbers(column).astype(f"<i{kind.bit_width // 8}"))])


def concatenated(batches: Sequence[Batch]) -> Batch:
    """The rows of several batches of one table, one after the other.

    They keep narrower whole numbers and texts in parts if all batches agree on all of them.
    """
    if len(batches) == 1:
        return batches[0]
    schema, columns = batches[0].schema, list(zip(*(batch.columns for batch in batches), strict=True))
    together = [_alike(pieces) for pieces in columns]
    if any(column is None for column in together):
        together = [
            pa.concat_arrays([as_declared(piece, kind) for piece in pieces]) for pieces, kind in zip(columns, schema.types, strict=True)
        ]
    return Batch(batches[0].table, schema, [column for column in together if column is not None], sum(map(len, batches)))


def _alike(columns: Sequence[BatchColumn]) -> BatchColumn | None:
    """Pieces of a column one after the other as they are; None where they are not of one kind."""
    texts = [column for column in columns if isinstance(column, Composed)]
    arrays = [column for column in columns if isinstance(column, pa.Array)]
    if len(texts) == len(columns):
        return Composed.concatenated(texts)
    return pa.concat_arrays(arrays) if len(arrays) == len(columns) and all(array.type == arrays[0].type for array in arrays) else None


def batches_of(name: str, table: pa.RecordBatch | pa.Table) -> Iterator[Batch]:
    """Arrow's own batches, for writers: tests and benchmarks have tables that were not generated."""
    for batch in [table] if isinstance(table, pa.RecordBatch) else table.to_batches():
        yield Batch(name, batch.schema, batch.columns, len(batch))
