"""What tests of several files use: the command line, small models of one's own, and looks at a finished build."""

from __future__ import annotations

import contextlib
import datetime
import gc
import hashlib
import io
import math
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import xxhash

import colgen as package
from colgen import Between, Branches, Calendar, Integer, Integers, Key, Model, ModelError, Money, Normal, String, Table, Volume, cli
from colgen.engines import processes
from colgen.generate.spec import Spec
from colgen.generate.walk import walk
from colgen.pipeline.conductor import conduct
from colgen.targets import manifest
from colgen.targets.finished import read_build
from colgen.targets.folder.target import FolderTarget
from colgen.targets.manifest import PartFile

ROOT = Path(__file__).parents[1]
KILLS = int(os.environ.get("COLGEN_TEST_KILLS", "6"))
"""At how many random moments a build is killed, for each kind of target (in thorough tests)."""
SEEDS = int(os.environ.get("COLGEN_TEST_SEEDS", "6"))
"""For how many seeds all rules of a model are proved; the first of them by default, the others in thorough tests."""
FORMATS = ("parquet", "csv", "jsonl", "arrow", "csv.gz", "csv.zst", "parquet-arrow")

thorough = pytest.mark.thorough


def first_of(values: Sequence[Any], quick: int = 1) -> list[Any]:
    """Parameters of a test of which the first few run by default, and all others only where the thorough tests do."""
    return [
        *values[:quick],
        *(
            pytest.param(*value, marks=thorough) if isinstance(value, tuple) else pytest.param(value, marks=thorough)
            for value in values[quick:]
        ),
    ]


# Files of a build


def part_of(folder: Path, table: str, number: int = 0) -> Path:
    """The file of one of a table's parts: its name has a digest of the request, too."""
    (path,) = (folder / table).glob(f"part-{number:05d}-????????.*")
    return path


# The command line


def colgen(*arguments: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the command line in this process: what it prints, and the exit code it ends with. Any other exception would be a traceback."""
    command = ["colgen", *map(str, arguments)]
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="", write_through=True) for _ in range(2))
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with (
            mock.patch.object(sys, "argv", command),
            mock.patch.object(processes, "allow"),  # this process is not the command line's own: threads of other tests run in it
            mock.patch.dict(os.environ, env or {}),
            contextlib.chdir(cwd or "."),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            cli.main()
    except SystemExit as end:
        printed, complained = (stream.buffer.getvalue().decode() for stream in (out, err))
        return subprocess.CompletedProcess(command, int(end.code or 0), printed, complained)
    finally:
        gc.enable()
        for number, handler in handlers.items():
            signal.signal(number, handler)
    raise AssertionError("colgen.cli.main() returned, and should have exited")


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


def without_privileges() -> list[str]:
    """A command that runs another without root's power to write anywhere."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root writes anywhere, and there is no setpriv")
    return ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"]


@contextlib.contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    """A file system in memory for a while, of so many bytes or files: `mounted(tmp_path / "disk", "size=2m")`."""
    folder.mkdir()
    if sys.platform != "linux" or shutil.which("mount") is None:
        pytest.skip("needs Linux's mount")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"mounting is not permitted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


# Models of one's own


def model_of(*tables: type[Table], **settings: int) -> Model:
    """A model of these tables, whose one volume has these settings."""
    return Model("shop", tables=tables, volumes={"small": settings or {"any": 1}})


def built(*tables: type[Table], **settings: int) -> package.Dataset:
    """A model of these tables, built in memory."""
    return package.build(model_of(*tables, **settings))


def refused(*words: str, error: type[Exception] = ModelError) -> Any:
    """Expects an error, a ModelError unless told otherwise, whose message has all of these words (regular expressions)."""
    return pytest.raises(error, match="(?s)" + "".join(f"(?=.*{word})" for word in words))


def refusal(attempt: Callable[[], Any], error: type[Exception] = package.ColgenError) -> str:
    """With which words something is refused; none where it is not. Another error is one that nobody meant."""
    try:
        attempt()
    except error as refused:
        return str(refused) or "without a word"
    return ""


def rows_of(model: Model, table: str, *, seed: int = 0, block_cells: int | None = None) -> list[dict[str, Any]]:
    """The rows of a table; with `block_cells`, made in blocks of about so many values."""
    if block_cells is None:
        return package.build(model, seed=seed).table(table).to_pylist()
    generation = Spec.of(model, seed=seed).generation(model)
    info = model.table(table)
    family = model.family_of(info)
    blocks = walk(generation, family, 1, generation.counts.of(family[0]), block_cells)
    schema = generation.arrow_schema(info)
    return [row for several in blocks for batch in several[info].batches(schema) for row in batch.to_arrow().to_pylist()]


ODD: list[Any] = [
    *(None, True, False, -1, 0, 1, 3, 2.5, -0.0, 10**30, -(10**400), math.nan, math.inf, 1e308, 5e-324, 1j),
    *("", " ", "ten", "id", "things.id", "a/b", "\0", "\ud800", "x" * 300, "{id", "{id!r}", b"x", bytearray(b"x")),
    *([], [1], [None], ["a", "a"], (), (1, 2), (2, 1), {}, {"a": None}, {"a": 1}, {1: 1}, {"a": {}}, set(), range(3)),
    *(int, object(), Key, len, lambda: 0, lambda id: id, lambda **given: 0, np.int64(3), np.float64("nan"), np.bool_(True)),
    *(np.array([1, 2, 3]), np.array([]), pa.array(["a"]), datetime.date(2024, 1, 1), datetime.datetime(2024, 1, 1), datetime.date.max),
    *(Integer, Money, String, Normal(0, 1), Normal(0, 1e300), Calendar(), Between(1, 2), Integers(1, 2), Key(), Volume("n"), Branches()),
]
"""What somebody may give where something else is meant: of every kind, empty, huge, missing, out of range."""


# Finished builds


def write_build(
    model: Model, folder: Path, *, block_cells: int | None = None, threads: int | None = 1, check: bool = False, **request: Any
) -> manifest.Manifest:
    """Builds a model into a folder, in blocks of about so many values, and gives its manifest. A request is what `Spec.of` takes."""
    conduct(Spec.of(model, **request), model, FolderTarget(folder, block_cells=block_cells), threads=threads, check=check)
    return manifest.read(folder)


def table(folder: Path, name: str) -> pa.Table:
    """A written table, through DuckDB or Arrow, by id."""
    return read_build(folder).connect().sql(f'SELECT * FROM "{name}" ORDER BY id').to_arrow_table()


def outcomes(folder: Path, model: Model | str | None = None) -> dict[str, bool]:
    """What is proved of a build (`table: description`), and whether it holds."""
    return {f"{outcome.table}: {outcome.rule}": outcome.holds for outcome in package.check(folder, model=model)}


def broken_rules(folder: Path, model: Model | str | None = None) -> list[str]:
    """The rules that do not hold for a build: `table: description`."""
    return [rule for rule, holds in outcomes(folder, model).items() if not holds]


def damage(folder: Path, table: str, *statements: str) -> None:
    """Changes a written table of Parquet by SQL, as a careless hand would; the manifest stays what it was, and so does the number of parts."""
    parts = sorted((folder / table).iterdir())
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"CREATE TABLE {table} AS FROM read_parquet({[str(part) for part in parts]})")
    for statement in statements:
        connection.execute(statement)
    for number, part in enumerate(parts):  # all of it is in the first part now
        connection.execute(f"COPY (FROM {table} {'LIMIT 0' if number else ''}) TO '{part}' (FORMAT parquet)")


def describe(folder: Path, file: str, rows: int) -> PartFile:
    """The manifest's entry of a part, from the file itself."""
    data = (folder / file).read_bytes()
    return PartFile(file=file, rows=rows, bytes=len(data), digest=xxhash.xxh3_128_hexdigest(data))


def whole(folder: Path) -> manifest.Manifest:
    """The manifest of a build, every part of which is there, byte for byte."""
    found = manifest.read(folder)
    for entry in found.tables.values():
        for part in entry.parts:
            assert describe(folder, part.file, part.rows) == part
    assert (folder / manifest.LOAD_SQL).is_file()
    return found


def files_in(folder: Path) -> dict[str, bytes]:
    """All files below a folder with their bytes, but for locks."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "colgen.lock"}


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
