"""Builds of many small parts, and ways to forge them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa

import colgen as package
from colgen.audit import verify
from colgen.targets import manifest
from tests.support import describe

PARTS = 1_000
"""So many bytes of a family, about, to a part: the small volume has some twenty parts of them."""


def build(folder: Path, seed: int = 0, **request: object) -> Path:
    package.build(out=folder, seed=seed, threads=2, **request)  # type: ignore[call-overload]
    return folder


def wrong(folder: Path, *, all: bool = True, **options: Any) -> dict[str, str]:
    """The outcome for each file with which something is wrong."""
    found = package.verify(folder, all=all, **options)
    assert found.valid == all_right(found)
    return {verdict.file: verdict.outcome for verdict in found.verdicts if not verdict.valid}


def all_right(found: verify.Verification) -> bool:
    return {verdict.outcome for verdict in found.verdicts} <= {"identical", "same values"}


def parts_of(folder: Path, table: str | None = None) -> list[str]:
    tables = manifest.read(folder).tables
    return [part.file for name, entry in tables.items() for part in entry.parts if table in (None, name)]


def change(folder: Path, change: dict[str, Any], *keys: str | int) -> None:
    """Forges the manifest: what lies at the end of some keys."""
    path = folder / manifest.NAME
    content = json.loads(path.read_text())
    place = content
    for key in keys:
        place = place[key]
    place.update(change)
    path.write_text(json.dumps(content, indent=1) + "\n")


def forge(folder: Path, file: str, source: Path) -> None:
    """Another part, with its row in the manifest."""
    shutil.copyfile(source, folder / file)
    rows = next(part.rows for entry in manifest.read(folder).tables.values() for part in entry.parts if part.file == file)
    table = file.split("/")[0]
    number = [part.file for part in manifest.read(folder).tables[table].parts].index(file)
    change(folder, describe(folder, file, rows).model_dump(), "tables", table, "parts", number)


def found_tables(folder: Path) -> list[str]:
    return list(manifest.read(folder).tables)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def rewritten_arrow(data: bytes) -> bytes:
    table = pa.ipc.open_file(data).read_all()
    output = pa.BufferOutputStream()
    with pa.ipc.new_file(output, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return output.getvalue().to_pybytes()
