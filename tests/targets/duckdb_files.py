"""Builds into a DuckDB file, here or in a process of their own, and looks at what is in it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb

from colgen.declare.find import find_model
from colgen.declare.model import Model
from colgen.engines.progress import Progress, no_progress
from colgen.generate.spec import Spec
from colgen.pipeline.conductor import conduct
from colgen.pipeline.summary import Summary
from colgen.targets.database import DatabaseOptions, Safeguards
from colgen.targets.duckdb.target import DuckDBTarget
from tests.support import ROOT

MODELS = ("invoicing", "ecommerce", "erp")


def build(
    path: Path,
    schema: str = "shop",
    model: str | Model = "invoicing",
    *,
    threads: int = 2,
    check: bool = False,
    progress: Progress = no_progress,
    guards: Safeguards | None = None,
    overwrite: bool = False,
    append: bool = False,
    constraints: bool | None = None,
    **request: Any,
) -> Summary:
    """Builds into a schema of the file; `request` is what `Spec.of` takes."""
    model = model if isinstance(model, Model) else find_model(model)
    options = DatabaseOptions(overwrite, append, constraints)
    target = DuckDBTarget(path, schema, options, guards or Safeguards({}))
    return conduct(Spec.of(model, **{"volume": "small"} | request), model, target, threads=threads, check=check, progress=progress)


def ask(path: Path, sql: str) -> list[Any]:
    """Rows of a query on the file, which nobody else has open."""
    with duckdb.connect(path, read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute(sql).fetchall()


def counted(path: Path, schema: str = "shop") -> dict[str, int]:
    """The rows of each table of a schema."""
    names = [name for (name,) in ask(path, f"SELECT table_name FROM duckdb_tables() WHERE schema_name = '{schema}' ORDER BY ALL")]
    return {name: ask(path, f'SELECT count(*) FROM "{schema}"."{name}"')[0][0] for name in names}


def digest(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """Of a table's values, with their types, in the order in which they lie there."""
    frame = connection.sql(f"SELECT * FROM {table}").pl()
    return hashlib.blake2b(repr(frame.schema).encode() + frame.hash_rows().to_numpy().tobytes(), digest_size=12).hexdigest()


def digests(path: Path, schema: str = "shop") -> dict[str, str]:
    """Of each table of a build."""
    with duckdb.connect(path, read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        sql = "SELECT table_name FROM duckdb_tables() WHERE schema_name = ? AND table_name <> 'colgen_manifest' ORDER BY ALL"
        names = [name for (name,) in connection.execute(sql, [schema]).fetchall()]
        return {name: digest(connection, f'"{schema}"."{name}"') for name in names}


SCRIPT = """
import sys
from pathlib import Path
from colgen.errors import ColgenError
from tests.targets.duckdb_files import build
try:
    build(Path(sys.argv[1]), volume="large", scale=float(sys.argv[2]), seed=int(sys.argv[3]), overwrite=True)
except ColgenError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
"""


def start(path: Path, scale: float = 1, seed: int = 2, before: list[str] | None = None, **options: Any) -> subprocess.Popen[str]:
    """A build in a process of its own."""
    command = [*(before or []), sys.executable, "-c", SCRIPT, str(path), str(scale), str(seed)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, **options)


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Its exit code and what it complained of."""
    _, complaints = process.communicate(timeout=120)
    assert "Traceback" not in complaints
    return process.returncode, complaints
