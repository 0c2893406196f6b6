"""Arrow IPC files, in types that every reader has. DuckDB has no reader of its own for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from io import RawIOBase
from pathlib import Path
from typing import Any

import pyarrow as pa

from colgen.formats import Format, plain, plain_schema, text_bytes
from colgen.values.batch import Batch

_NANOSECONDS: Mapping[str, float] = {
    "key": 2.4,
    "parent": 3.0,
    "reference": 2.3,
    "number": 1.2,
    "money": 16,
    "time": 2.4,
    "flag": 6.1,
    "category": 21,
    "repeated": 15,
    "text": 9.7,
    "fraction": 3.7,
    "list": 20,
    "struct": 20,
}
"""Nanoseconds of a core that a value takes to be written, by the role of its column; `benchmarks/constants.py` measures them."""


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
    writer_bytes = 60_000_000

    def open(self, file: RawIOBase, schema: pa.Schema) -> ArrowWriter:
        return ArrowWriter(file, schema)

    def dataset(self, files: Sequence[Path | str], filesystem: Any = None) -> Any:
        from pyarrow import dataset

        return dataset.dataset(list(files), format="ipc", filesystem=filesystem)

    def row_bytes(self, roles: Iterable[str]) -> float:
        return text_bytes(roles, factor=0.9)

    def row_nanoseconds(self, roles: Iterable[str]) -> float:
        return sum(_NANOSECONDS[role] for role in roles)


def find(name: str, compression: str, encoding: str) -> ArrowFormat:
    """The format of the name arrow."""
    return ArrowFormat()
