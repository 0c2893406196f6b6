"""Arrow IPC files, in types that every reader knows. DuckDB has no reader of its own for them."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from colgen.sinks import plain, plain_schema


class ArrowPart:
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._writer = pa.ipc.new_file(str(path), plain_schema(schema))

    def write(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(plain(batch))

    def close(self) -> None:
        self._writer.close()


class ArrowSink:
    def open(self, path: Path, schema: pa.Schema, rows: int) -> ArrowPart:
        return ArrowPart(path, schema)

    def reader(self, files: str, columns: dict[str, str]) -> None:
        return None


def sink(format: str, compression: str) -> ArrowSink:
    return ArrowSink()
