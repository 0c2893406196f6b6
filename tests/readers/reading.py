"""How a test has a file read by another program, and holds what it found against the values that were generated."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.support import ROOT

HERE = Path(__file__).parent
ENVIRONMENT = Path(os.environ.get("COLGEN_TEST_READERS", ROOT / "build" / "readers"))
"""Where the oldest versions of readers and what runs on Node are installed; `.ci/run` makes it."""
ENCODINGS = ("compact", "compatible")


class Reader(NamedTuple):
    """A reader of Parquet.

    name : of its function in programs.py
    package : what must be installed
    needs_java : whether it runs on Java
    encodings : those that it is asked to read
    """

    name: str
    package: str
    needs_java: bool = False
    encodings: Sequence[str] = ENCODINGS

    def __str__(self) -> str:
        return self.name


CURRENT = [
    Reader("pyarrow", "pyarrow"),
    Reader("pandas", "pandas"),
    Reader("duckdb", "duckdb"),
    Reader("polars", "polars"),
    Reader("spark", "pyspark", needs_java=True),
    Reader("datafusion", "datafusion"),
    Reader("clickhouse", "chdb"),
    Reader("delta", "deltalake"),
    Reader("iceberg", "pyiceberg"),
    Reader("fastparquet", "fastparquet", encodings=["compatible"]),  # it misreads DELTA_BINARY_PACKED, and crashes
]
OLDEST = [reader for reader in CURRENT if reader.name in ("pyarrow", "pandas", "duckdb", "polars", "spark")]
"""The readers of which an old version is in an environment of its own: requirements.txt beside this file."""


def require(reader: Reader) -> None:
    """Skips the test if the reader cannot run here."""
    if importlib.util.find_spec(reader.package) is None:
        pytest.skip(f"{reader.package} is not installed: pip install '.[readers,spark]'")
    _require_java(reader)


def require_oldest(reader: Reader) -> Path:
    """The Python of the environment of old readers. Skips the test if there is none."""
    if not list(ENVIRONMENT.glob(f"lib/python*/site-packages/{reader.package}")):
        pytest.skip(f"there is no old {reader.package} in {ENVIRONMENT.name}/: .ci/run installs it, and COLGEN_TEST_READERS says where")
    _require_java(reader)
    return ENVIRONMENT / "bin" / "python"


def _require_java(reader: Reader) -> None:
    if reader.needs_java and shutil.which("java") is None:
        pytest.skip(f"there is no Java, which {reader.package} runs on")


def require_node() -> Path:
    """The folder of packages for Node. Skips the test if there is none."""
    modules = ENVIRONMENT / "node_modules"
    if shutil.which("node") is None:
        pytest.skip("there is no Node")
    if not (modules / "hyparquet").exists():
        pytest.skip(f"there is no hyparquet in {ENVIRONMENT.name}/: .ci/run installs it, and COLGEN_TEST_READERS says where")
    return modules


def read(reader: str, files: Mapping[str, Path], folder: Path, python: Path | str = sys.executable) -> dict[str, pa.Table]:
    """What a reader finds in some files. It is given copies in a folder of its own, beside which it may write.

    python : that of its environment
    """
    arguments: list[Path] = []
    for name, file in files.items():
        (folder / name).mkdir(parents=True)
        arguments += [Path(shutil.copy(file, folder / name)), folder / f"{name}.arrow"]
    run(python, HERE / "programs.py", reader, *arguments)
    return {name: pa.ipc.open_file(folder / f"{name}.arrow").read_all() for name in files}


def read_with_node(file: Path, folder: Path, modules: Path, *options: str) -> pa.Table:
    """What hyparquet finds in a file. A whole number beyond 2**53 is a text, a date or time a text of ISO 8601."""
    (folder / "node_modules").symlink_to(modules.resolve())  # which Node looks for beside the program
    program = Path(shutil.copy(HERE / "hyparquet.mjs", folder))
    run("node", program, file, folder / "rows.jsonl", *options)
    rows = [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]
    return pa.table({name: pa.array([row[name] for row in rows]) for name in rows[0]})


def run(*command: Path | str) -> str:
    """Runs a program to its good end, in UTC and without this process's path to colgen, and gives what it printed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV_"))} | {"TZ": "UTC"}
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=environment, timeout=600)
    assert done.returncode == 0, f"{' '.join(map(str, command[:3]))} ended with {done.returncode}\n{done.stderr[-3000:]}"
    return done.stdout


def differences(found: pa.Table, expected: pa.Table) -> list[str]:
    """The columns that are not there, or that have another value in some row; each with the first such row.

    The types need not be the same, but must hold the same values: a reader may give 32 bits as 64, or text in another layout. Where it gives decimals
    as floats, those must be as near as sixteen digits can be.
    """
    if found.column_names != expected.column_names:
        return [f"the columns are {found.column_names}"]
    order = pc.sort_indices(found["id"].cast(pa.int64()))
    differing = []
    for name in expected.column_names:
        want = expected[name].combine_chunks()
        have = _as(found[name], want.type).take(order).combine_chunks()
        if not (_are_near(have, want) if have.type == pa.float64() else have.equals(want)):
            pairs = zip(have.to_pylist(), want.to_pylist(), strict=True)
            differing.append(next((f"{name} in row {row:,}: {a!r} for {b!r}" for row, (a, b) in enumerate(pairs) if a != b), name))
    return differing


def _as(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    """A column in another type, in which it must fit to the last digit."""
    if pa.types.is_decimal(kind) and pa.types.is_floating(column.type):
        return column.cast(kind) if kind.precision <= 15 else column  # a float has fifteen digits
    if pa.types.is_temporal(kind) and pa.types.is_string(column.type):
        return column.cast(pa.timestamp("us", "UTC")).cast(kind)
    return column.cast(kind)


def _are_near(floats: pa.Array, decimals: pa.Array) -> bool:
    """Whether floats are those of some decimals, to within the rounding of a multiplication."""
    if not floats.is_valid().equals(decimals.is_valid()):
        return False
    given = floats.drop_null().to_numpy()
    return bool(np.allclose(given, [float(value) for value in decimals.drop_null().to_pylist()], rtol=2**-51, atol=0))
