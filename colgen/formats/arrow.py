"""Arrow IPC files, in types that every reader knows. DuckDB has no reader of its own for them."""

from __future__ import annotations

from collections.abc import Iterable
from io import RawIOBase

import pyarrow as pa

from colgen.formats import plain, plain_schema, text_bytes
from colgen.values.batch import Batch


class ArrowWriter:
    def __init__(self, file: RawIOBase, schema: pa.Schema) -> None:
        self._writer = pa.ipc.new_file(pa.PythonFile(file, "w"), plain_schema(schema))

    def write(self, batch: Batch) -> None:
        self._writer.write_batch(plain(batch.to_arrow()))

    def close(self) -> None:
        self._writer.close()


class ArrowFormat:
    depends_on = ()

    def open(self, file: RawIOBase, schema: pa.Schema) -> ArrowWriter:
        return ArrowWriter(file, schema)

    def reader(self, files: str, columns: dict[str, str]) -> None:
        return None

    def row_bytes(self, roles: Iterable[str]) -> float:
        return text_bytes(roles, factor=0.9)


def find(name: str, compression: str) -> ArrowFormat:
    """The format of the name arrow."""
    return ArrowFormat()
