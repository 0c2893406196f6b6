"""The manifest beside the data: what was asked for, by which versions, and the rows, bytes and digest of each part.

It is written last. A folder without one is not a build.
"""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Self

import xxhash
from pydantic import BaseModel, ConfigDict, ValidationError

from colgen.errors import RequestError
from colgen.sinks.parquet import WRITER
from colgen.spec import Spec

NAME = "manifest.json"
LOAD_SQL = "load.sql"
DATA_VERSION = 7
"""Goes up when the same spec gives other data than before."""


class Part(BaseModel):
    """One file. digest : XXH3, 128 bits, of its bytes"""

    model_config = ConfigDict(frozen=True)

    file: str
    rows: int
    bytes: int
    digest: str

    def intact(self, folder: Path) -> bool:
        """Whether the file is still what was written."""
        try:
            with (folder / self.file).open("rb") as file:
                return hashlib.file_digest(file, xxhash.xxh3_128).hexdigest() == self.digest
        except OSError:
            return False


class TableEntry(BaseModel):
    """columns : SQL types by name"""

    rows: int
    columns: dict[str, str]
    parts: list[Part]


class Origin(BaseModel):
    """What a build is made from: the versions that make it, and what was asked for."""

    colgen: str
    data_version: int
    versions: dict[str, str]
    spec: Spec

    @classmethod
    def here(cls, spec: Spec, **more: Any) -> Self:
        """What this colgen would make of a spec."""
        return cls(colgen=colgen_version(), data_version=DATA_VERSION, versions=versions(), spec=spec, **more)

    def other_versions(self) -> dict[str, tuple[str, str]]:
        """What was of another version than here: its version then, and the one here."""
        here = {"colgen": colgen_version(), "data version": str(DATA_VERSION), **versions()}
        then = {"colgen": self.colgen, "data version": str(self.data_version), **self.versions}
        return {name: (then.get(name, "unknown"), version) for name, version in here.items() if then.get(name) != version}


class Manifest(Origin):
    tables: dict[str, TableEntry]

    def write(self, folder: Path) -> None:
        (folder / NAME).write_text(json.dumps(self.model_dump(mode="json"), indent=1) + "\n", encoding="utf-8")

    @property
    def files(self) -> list[str]:
        """Every file of the build, relative to its folder."""
        return [part.file for table in self.tables.values() for part in table.parts] + [LOAD_SQL, NAME]

    def missing(self, folder: Path) -> list[str]:
        """The parts that are no longer there."""
        return [part.file for table in self.tables.values() for part in table.parts if not (folder / part.file).is_file()]


def versions() -> dict[str, str]:
    """Of what the values or the bytes depend on."""
    return {name: version(name) for name in ("numpy", "pyarrow", "polars")} | {"parquet writer": WRITER}


def colgen_version() -> str:
    try:
        return version("colgen")
    except PackageNotFoundError:
        return "unknown"


def read(folder: Path) -> Manifest:
    """The manifest of a finished build; RequestError where there is none or it cannot be read."""
    path = folder / NAME
    if not folder.exists():
        raise RequestError(f"there is no {str(folder)!r}")
    if not path.is_file():
        raise RequestError(f"{str(folder)!r} holds no finished build: it has no {NAME}")
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise RequestError(f"{str(path)!r} is not a manifest that this version understands: {error.errors()[0]['msg']}") from None


def find(folder: Path) -> Manifest | None:
    """The manifest of a build, or None where there is no build of colgen's."""
    try:
        return read(folder)
    except RequestError:
        return None


def entries(parts: dict[str, list[Part]], columns: dict[str, dict[str, str]]) -> dict[str, Any]:
    """The tables of a manifest, parts in order."""
    return {
        name: TableEntry(rows=sum(part.rows for part in some), columns=columns[name], parts=sorted(some, key=lambda part: part.file))
        for name, some in parts.items()
    }
