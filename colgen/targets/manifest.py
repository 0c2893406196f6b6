"""The manifest beside the data: what was asked for, by which versions, and the rows, bytes and digest of each part.

It is written last. A folder without one is not a build.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Self

import xxhash
from pydantic import BaseModel, ConfigDict, ValidationError

from colgen.declare.find import model_of_build
from colgen.declare.model import Model
from colgen.errors import RequestError
from colgen.formats import PARQUET_WRITER, find_format
from colgen.formats.parquet.writer import WRITER
from colgen.generate.generation import Generation
from colgen.generate.spec import Spec

NAME = "manifest.json"
LOAD_SQL = "load.sql"
DATA_VERSION = 7
"""Goes up when the same spec gives different data."""


class PartFile(BaseModel):
    """One file of a table.

    file : relative to the build's folder
    digest : XXH3, 128 bits, of its bytes, in hexadecimal
    """

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
    """A table of a build.

    columns : SQL types by name
    parts : its files, in order; none in a database
    """

    rows: int
    columns: dict[str, str]
    parts: list[PartFile]


class Origin(BaseModel):
    """What a build is made from: the versions that make it, and what was asked for.

    versions : of the libraries that its values or bytes depend on
    model_digest : of the file that its model was read from; empty for a model that is found by its name
    """

    colgen: str
    data_version: int
    versions: dict[str, str]
    spec: Spec
    model_digest: str = ""

    @classmethod
    def here(cls, spec: Spec, generation: Generation, **more: Any) -> Self:
        """What this colgen would make of a spec."""
        return cls(
            colgen=colgen_version(),
            data_version=DATA_VERSION,
            versions=versions(spec, generation),
            spec=spec,
            model_digest=generation.model.digest,
            **more,
        )

    def other_versions(self) -> dict[str, tuple[str, str]]:
        """What has another version here: its version then, and the one here."""
        here = {"colgen": colgen_version(), "data version": str(DATA_VERSION), **{name: version_of(name) for name in self.versions}}
        then = {"colgen": self.colgen, "data version": str(self.data_version), **self.versions}
        return {name: (then[name], now) for name, now in here.items() if then[name] != now}


class Manifest(Origin):
    """What was made: the tables by name."""

    tables: dict[str, TableEntry]

    def write(self, folder: Path) -> None:
        """Writes it into the build's folder."""
        (folder / NAME).write_text(json.dumps(self.model_dump(mode="json"), indent=1) + "\n", encoding="utf-8")

    def find_model(self) -> Model:
        """The model that it names. RequestError for a file that has changed since, or that this user has not named before."""
        return model_of_build(self.spec.model, self.model_digest)

    @property
    def files(self) -> list[str]:
        """Every file of the build, relative to its folder."""
        return [part.file for table in self.tables.values() for part in table.parts] + [LOAD_SQL, NAME]

    def missing(self, folder: Path) -> list[str]:
        """The parts that are no longer there."""
        return [part.file for table in self.tables.values() for part in table.parts if not (folder / part.file).is_file()]


def versions(spec: Spec, generation: Generation) -> dict[str, str]:
    """The versions of the libraries that a build's values or bytes depend on."""
    names = ["numpy", "pyarrow", *generation.season_libraries, *find_format(spec.format, spec.compression).depends_on]
    return {name: version_of(name) for name in names}


def version_of(name: str) -> str:
    """The version of a library, or of colgen's own Parquet writer."""
    if name == PARQUET_WRITER:
        return WRITER
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"


def colgen_version() -> str:
    """The version of colgen, "unknown" where it is not installed."""
    return version_of("colgen")


def read(folder: Path) -> Manifest:
    """The manifest of a finished build; RequestError where there is none or it cannot be read."""
    path = folder / NAME
    if not folder.exists():
        raise RequestError(f"there is no folder {str(folder)!r}")
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


def table_entries(parts: Mapping[str, Sequence[PartFile]], columns: Mapping[str, dict[str, str]]) -> dict[str, TableEntry]:
    """The tables of a manifest, parts in order.

    columns : the SQL types of each table's columns
    """
    return {
        name: TableEntry(rows=sum(part.rows for part in files), columns=columns[name], parts=sorted(files, key=lambda part: part.file))
        for name, files in parts.items()
    }
