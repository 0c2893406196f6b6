"""Arrow IPC files, in types that every reader has. DuckDB has no reader of its own for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import RawIOBase
from pathlib import Path
from typing import Any

import pyarrow as pa

from colgen.formats import Format, plain, plain_schema, text_bytes
from colgen.values.batch import Batch


class ArrowWriter:
    def __init__(self, file: RawIOBase, schema: pa.Schema) -> None:
        self._writer = pa.ipc.new_file(pa.PythonFile(file, "w"), plain_schema(schema))

    def write(self, batch: Batch) -> None:
        self._writer.write_batch(plain(batch.to_arrow()))

    def close(self) -> None:
        self._writer.close()


class ArrowFormat(Format):
    extension = "arrow"
    digit_bytes = 0.0

    def open(self, file: RawIOBase, schema: pa.Schema) -> ArrowWriter:
        return ArrowWriter(file, schema)

    def dataset(self, files: Sequence[Path]) -> Any:
        from pyarrow import dataset

        return dataset.dataset(list(files), format="ipc")

    def row_bytes(self, roles: Iterable[str]) -> float:
        return text_bytes(roles, factor=0.9)


def find(name: str, compression: str) -> ArrowFormat:
    """The format of the name arrow."""
    return ArrowFormat()
