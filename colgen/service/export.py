"""A table of a finished build in another format, or a zip of all, as a stream: whatever its size, it takes the memory of a few blocks."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import closing
from io import RawIOBase
from typing import Any

import pyarrow as pa

from colgen.errors import RequestError, one_of
from colgen.formats import find_format, plain_schema
from colgen.service.builds import opened, read
from colgen.service.workspace import Workspace
from colgen.targets.finished import FinishedBuild
from colgen.targets.sql import quoted
from colgen.values.batch import Batch

MEDIA_TYPES = {
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
"""The formats of an export, and what each is called over HTTP."""

_WRITERS = {"json": "jsonl", "parquet": "parquet-arrow"}  # our own Parquet writer takes columns as they are made, not as they are read
_BLOCK_ROWS = 1 << 16


def export(workspace: Workspace, build: str, out: RawIOBase, *, format: str, table: str | None = None, schema: str | None = None) -> None:
    """Writes one table, or a zip of all.

    LookupError for a build or a table that is not there, RequestError for another format.
    """
    if format not in MEDIA_TYPES:
        raise RequestError(f"there is no export as {format!r}; {one_of(format, MEDIA_TYPES)}")
    finished = read(workspace, build, schema)
    if table is not None and table not in finished.manifest.tables:
        raise LookupError(f"the build has no table {table!r}; {one_of(table, finished.manifest.tables)}")
    finished.refuse_damage()
    if table is not None:
        _write(finished, table, format, out)
        return
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED if format == "parquet" else zipfile.ZIP_DEFLATED) as archive:
        for name in finished.manifest.tables:
            with archive.open(f"{name}.{format}", "w", force_zip64=True) as member:
                _write(finished, name, format, member)


def _write(build: FinishedBuild, table: str, format: str, out: Any) -> None:
    types = build.manifest.tables[table].columns
    columns = ", ".join(
        f"{quoted(name)}::VARCHAR AS {quoted(name)}" if type in ("JSON", "UUID") else quoted(name) for name, type in types.items()
    )
    with opened(build, [table]) as connection:
        reader: Any = connection.sql(f"SELECT {columns} FROM {quoted(table)}").to_arrow_reader(_BLOCK_ROWS)
        schema = plain_schema(reader.schema)
        file: Any = JsonArray(out) if format == "json" else out
        with closing(find_format(_WRITERS.get(format, format)).open(file, schema)) as writer:
            for batch in _plain(reader, schema):
                writer.write(Batch(table, schema, batch.columns, batch.num_rows))
        if isinstance(file, JsonArray):
            file.end()


def _plain(reader: Any, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for batch in reader:
        yield batch.cast(schema) if batch.schema != schema else batch


class JsonArray(RawIOBase):
    """JSON Lines on their way into one array."""

    def __init__(self, out: Any) -> None:
        self._out, self._before = out, b"["

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        lines = bytes(data).rstrip(b"\n")
        if lines:
            self._out.write(self._before + lines.replace(b"\n", b",\n"))  # within a text a line break is written as \n
            self._before = b",\n"
        return len(data)

    def end(self) -> None:
        """The end of the array."""
        self._out.write(b"[]\n" if self._before == b"[" else b"]\n")
