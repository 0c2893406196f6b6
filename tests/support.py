"""What several tests use."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import io
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from unittest import mock

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from colgen import cli
from colgen.targets.manifest import PartFile

ROOT = Path(__file__).parents[1]
KILLS = int(os.environ.get("COLGEN_TEST_KILLS", "6"))
"""At so many random moments a build is killed, for each kind of target."""
SEEDS = int(os.environ.get("COLGEN_TEST_SEEDS", "6"))
"""For so many seeds all rules of a model are proved."""


def colgen(*arguments: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the command line in this process: what it says, and the exit code it ends with. What it raises besides would be a traceback."""
    command = ["colgen", *map(str, arguments)]
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="", write_through=True) for _ in range(2))
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with (
            mock.patch.object(sys, "argv", command),
            mock.patch.dict(os.environ, env or {}),
            contextlib.chdir(cwd or "."),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            cli.main()
    except SystemExit as end:
        said, complained = (stream.buffer.getvalue().decode() for stream in (out, err))
        return subprocess.CompletedProcess(command, int(end.code or 0), said, complained)
    finally:
        gc.enable()
        for number, handler in handlers.items():
            signal.signal(number, handler)


def process(*arguments: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the command line in a process of its own, which costs a second: for what only a process shows."""
    return subprocess.run(
        [sys.executable, "-m", "colgen", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
        timeout=300,
    )


def describe(folder: Path, file: str, rows: int) -> PartFile:
    """The manifest's entry of a part, from the file itself."""
    data = (folder / file).read_bytes()
    return PartFile(file=file, rows=rows, bytes=len(data), digest=xxhash.xxh3_128_hexdigest(data))


def digest(table: pa.Table) -> str:
    """A digest of a table's values, whatever their encoding, chunks and width of integers."""
    hashed = hashlib.blake2b(digest_size=12)
    for name in table.column_names:
        column = table[name].combine_chunks()
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        kind = column.type
        hashed.update(name.encode())
        if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
            column = column.cast(pa.large_string())
            hashed.update(pc.binary_length(column).cast(pa.int64()).to_numpy().tobytes())
            hashed.update("".join(column.to_pylist()).encode())
        elif pa.types.is_decimal(kind):
            cents = pc.multiply(column.cast(pa.decimal128(19, kind.scale)), pa.scalar(10**kind.scale, pa.decimal128(12, 0)))
            hashed.update(cents.cast(pa.int64()).to_numpy().tobytes())
        elif pa.types.is_date32(kind):
            hashed.update(column.cast(pa.int32()).to_numpy().astype(np.int64).tobytes())
        elif pa.types.is_timestamp(kind):
            hashed.update(column.cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_numpy().tobytes())
        else:
            hashed.update(column.to_numpy(zero_copy_only=False).astype(np.int64).tobytes())
    return hashed.hexdigest()


def table(folder: Path, name: str) -> pa.Table:
    """A written table, through DuckDB or Arrow, in the order it was written."""
    from colgen.targets.finished import read_build

    connection = read_build(folder).connect()
    connection.execute("SET preserve_insertion_order = true")
    return connection.sql(f'SELECT * FROM "{name}" ORDER BY id').to_arrow_table()
