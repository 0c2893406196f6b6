"""Arrow IPC files, in types that every reader knows. DuckDB has no reader of its own for them."""

from __future__ import annotations

from io import RawIOBase

import pyarrow as pa

from colgen.sinks import plain, plain_schema


class ArrowPart:
    def __init__(self, file: RawIOBase, schema: pa.Schema) -> None:
        self._writer = pa.ipc.new_file(pa.PythonFile(file, "w"), plain_schema(schema))

    def write(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(plain(batch))

    def close(self) -> None:
        self._writer.close()


class ArrowSink:
    narrow = False

    def open(self, file: RawIOBase, schema: pa.Schema) -> ArrowPart:
        return ArrowPart(file, schema)

    def reader(self, files: str, columns: dict[str, str]) -> None:
        return None


def sink(format: str, compression: str) -> ArrowSink:
    return ArrowSink()
