"""The manifest beside the data: what was asked for, by which versions, and the rows, bytes and digest of each part.

It is written last. A folder without one is not a build. What is read from one was written by anybody: names, types and numbers have a form,
or it is refused.
"""

from __future__ import annotations

import json
import math
import os
import platform
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any, Self

import xxhash
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from colgen.declare.answer_key import ANSWER_KEY
from colgen.declare.arguments import fit_name
from colgen.declare.find import model_of_build
from colgen.declare.model import Model
from colgen.declare.rows import MOST_ROWS
from colgen.errors import ColgenError, RequestError
from colgen.formats import PARQUET_WRITER
from colgen.formats.parquet.writer import WRITER
from colgen.generate.generation import Generation
from colgen.generate.plan import Task
from colgen.generate.share import Share
from colgen.generate.spec import Spec
from colgen.targets.lake.files import is_metadata
from colgen.targets.place import Place

NAME = "manifest.json"
LOAD_SQL = "load.sql"
DATA_VERSION = 10
"""Goes up when the same spec gives different data."""

LARGEST = 200_000_000
"""Bytes of a manifest: it lists a million parts, of 50 terabytes."""


_NO_TABLE = "no table of a model has such a name"


def _table_name(name: str) -> str:
    if not fit_name(name):
        raise ValueError(_NO_TABLE)
    return name


_PLAIN_TYPE = re.compile(r"[A-Za-z]\w{0,50}( [A-Za-z]\w{0,50}){0,9}(\([0-9]{1,5}(, ?[0-9]{1,5})?\))?(\[\])*", re.ASCII)
_STRUCT, _FIELD = "STRUCT(", re.compile(r'"([^"\x00-\x1f]|"")+" ')
_NO_TYPE = "no column of a build has such a type"


def _sql_type(text: str) -> str:
    if _end_of_type(text, 0, depth=0) != len(text):
        raise ValueError(_NO_TYPE)
    return text


def _end_of_type(text: str, at: int, depth: int) -> int:
    """Where an SQL type ends that begins there. ValueError where there is none."""
    if not text.startswith(_STRUCT, at):
        plain = _PLAIN_TYPE.match(text, at)
        if plain is None:
            raise ValueError(_NO_TYPE)
        return plain.end()
    at += len(_STRUCT)
    while (field := _FIELD.match(text, at)) is not None and depth < _DEEPEST:
        at = _end_of_type(text, field.end(), depth + 1)
        if text.startswith(")", at):
            return at + 1
        at += len(", ") if text.startswith(", ", at) else 0
    raise ValueError(_NO_TYPE)


_DEEPEST = 50
"""Structs within one another in a type."""

Count = Annotated[int, Field(ge=0, lt=2**63)]
TableName = Annotated[str, AfterValidator(_table_name)]
ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=r"^[^\x00-\x1f]+$")]
SqlType = Annotated[str, StringConstraints(max_length=100_000), AfterValidator(_sql_type)]
Version = Annotated[str, StringConstraints(max_length=200)]
Library = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}$")]


PartName = Annotated[str, StringConstraints(max_length=300, pattern=r"^[^/]+/part-[0-9]{5,9}-[0-9a-f]{8}\.[A-Za-z0-9._-]+$")]


class PartFile(BaseModel):
    """One file of a table.

    file : relative to the build's folder
    digest : XXH3, 128 bits, of its bytes, in hexadecimal
    """

    model_config = ConfigDict(frozen=True)

    file: PartName
    rows: Count
    bytes: Count
    digest: Annotated[str, StringConstraints(pattern="^[0-9a-f]{32}$")]

    @property
    def number(self) -> int:
        """Which of its table's parts it is, from 0."""
        return int(self.file.partition("/part-")[2].partition("-")[0])

    def intact(self, place: Place) -> bool:
        """Whether the file is still what was written."""
        return place.digest(self.file) == self.digest


class MetadataFile(BaseModel):
    """A file of the metadata of tables of a lake.

    file : relative to the build's folder
    digest : as that of a part
    """

    model_config = ConfigDict(frozen=True)

    file: Annotated[str, StringConstraints(max_length=500, pattern=r"^([^/]+/(_delta_log|metadata)/\w[\w.-]*|iceberg\.db|lake\.ducklake)$")]
    bytes: Count
    digest: Annotated[str, StringConstraints(pattern="^[0-9a-f]{32}$")]

    def intact(self, place: Place) -> bool:
        """Whether the file is still what was written."""
        return place.digest(self.file) == self.digest


class TableEntry(BaseModel):
    """A table of a build.

    columns : SQL types by name
    parts : its files, in order; none in a database
    """

    rows: Count
    columns: dict[ColumnName, SqlType]
    parts: list[PartFile]


class Origin(BaseModel):
    """What a build is made from: the versions that make it, and what was asked for.

    versions : of the libraries that its values or bytes depend on
    model_digest : of the file that its model was read from; empty for a model that is found by its name
    """

    colgen: Version
    data_version: Count
    versions: dict[Library, Version]
    spec: Spec
    model_digest: Annotated[str, StringConstraints(pattern="^([0-9a-f]{64})?$")] = ""

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

    @cached_property
    def request_digest(self) -> str:
        """A short digest of all that decides the bytes of its parts, in hexadecimal: a part's name contains it, so that one name can only
        ever stand for the same bytes."""
        content = self.model_dump(mode="json", include=set(Origin.model_fields))
        return f"{xxhash.xxh3_64_intdigest(json.dumps(content, sort_keys=True).encode()) >> 32:08x}"

    def part(self, table: str, number: int) -> str:
        """The file of a part, relative to the build's folder."""
        return f"{table}/part-{number:05d}-{self.request_digest}.{self.spec.file_format.extension}"

    def files_of(self, task: Task) -> dict[str, str]:
        """The parts that a task makes, by table: of those that are written."""
        return {table: self.part(table, number) for table, number in task.parts.items() if table in self.spec.tables}

    def differences_from(self, now: Origin) -> Iterator[str]:
        """What differs between this request and another, in words: of an equal one nothing."""
        here = {"colgen": now.colgen, "data version": str(now.data_version), **now.versions}
        for name, (then, version_now) in self._other(here).items():
            yield f"{name} {then} (now {version_now})"
        before, after = _in_words(self.spec), _in_words(now.spec)
        if before != after:
            names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
            for name in names:
                if not (name in now.spec.settings and {"volume", "scale"}.intersection(names)):  # these say it already
                    yield f"{name} {before.get(name, 'none')} (now {after.get(name, 'none')})"
        elif self.spec != now.spec:
            yield "the scenario differs"
        elif self.model_digest != now.model_digest:
            yield "the model's file has changed"

    def other_versions(self) -> dict[str, tuple[str, str]]:
        """What has another version here: its version then, and the one here."""
        here = {"colgen": colgen_version(), "data version": str(DATA_VERSION), **{name: version_of(name) for name in self.versions}}
        return self._other(here)

    def refuse_other_versions(self, deciding: Container[str] | None = None) -> None:
        """Raises RequestError on a machine that has other versions than the one where this was made.

        deciding : of what; of everything if None
        """
        for name, (there, here) in self.other_versions().items():
            if deciding is None or name in deciding:
                raise RequestError(
                    f"{name} is {there} where this was started and {here} on {platform.node()}, which may make other data; "
                    "install the same versions on all machines"
                )

    def _other(self, here: Mapping[str, str]) -> dict[str, tuple[str, str]]:
        then = {"colgen": self.colgen, "data version": str(self.data_version), **self.versions}
        return {name: (then[name], now) for name, now in here.items() if then.get(name, now) != now}


class Manifest(Origin):
    """What was made.

    tables : by name
    metadata_files : of the tables of a lake that the parts are
    share : which share of a build it is; None for a whole one
    """

    tables: dict[TableName, TableEntry]
    metadata_files: list[MetadataFile] = []
    share: Share | None = None

    @model_validator(mode="after")
    def _has_form(self) -> Self:
        spec = self.spec
        if not (math.isfinite(spec.scale) and 0 < spec.scale <= MOST_ROWS):
            raise ValueError(f"spec.scale is {spec.scale}: it must be a number above 0 and at most {MOST_ROWS:,}")
        for name, setting in spec.settings.items():
            if not 0 <= setting <= MOST_ROWS:
                raise ValueError(f"spec.settings.{printable(name)} must be 0 to {MOST_ROWS:,}")
        if spec.first_day > spec.last_day:
            raise ValueError(f"spec.first_day, {spec.first_day}, is after spec.last_day, {spec.last_day}")
        for name in spec.tables:
            if not fit_name(name):
                raise ValueError(f"spec.tables names {printable(name)!r}: {_NO_TABLE}")
        if len(set(spec.tables)) != len(spec.tables):
            raise ValueError("spec.tables names a table twice")
        try:
            extension = spec.file_format.extension
        except ColgenError as error:
            raise ValueError(f"spec.format: {error}") from None
        for name, entry in self.tables.items():
            if len({part.number for part in entry.parts}) != len(entry.parts):
                raise ValueError(f"tables.{name}.parts lists a part twice")
            for file in (part.file for part in entry.parts):
                if not (file.startswith(f"{name}/part-") and file.endswith(f".{extension}")):
                    form = f"{name}/part-00000-{self.request_digest}.{extension}"
                    raise ValueError(f"tables.{name}.parts lists {printable(file)!r}: such a part is called {form}")
        for metadata in self.metadata_files:
            if spec.table_format is None or not is_metadata(spec.table_format, metadata.file, self.tables):
                raise ValueError(
                    f"metadata_files lists {printable(metadata.file)!r}, which is not of a table of format {spec.table_format}"
                )
        return self

    def text(self) -> str:
        """What its file says: JSON."""
        return json.dumps(self.model_dump(mode="json"), indent=1) + "\n"

    def write(self, folder: Path) -> None:
        """Writes it into the build's folder."""
        (folder / NAME).write_text(self.text(), encoding="utf-8")

    def find_model(self) -> Model:
        """The model that it names. RequestError for a file that has changed since, or that this user has not named before."""
        return model_of_build(self.spec.model, self.model_digest)

    @property
    def files(self) -> list[str]:
        """Every file of the build, relative to its folder."""
        return [file.file for file in self.listed] + [LOAD_SQL, NAME]

    @property
    def listed(self) -> list[PartFile | MetadataFile]:
        """The files that it lists with a digest: parts, and the metadata of tables of a lake."""
        return [*self.parts, *self.metadata_files]

    @property
    def parts(self) -> list[PartFile]:
        """The parts of all tables, table by table."""
        return [part for table in self.tables.values() for part in table.parts]

    @property
    def rows(self) -> dict[str, int]:
        """Rows of each table."""
        return {name: entry.rows for name, entry in self.tables.items()}

    @property
    def bytes(self) -> dict[str, int]:
        """Bytes of the parts of each table."""
        return {name: sum(part.bytes for part in entry.parts) for name, entry in self.tables.items()}

    def missing(self, place: Place) -> list[str]:
        """The files that are no longer there."""
        there = {name for folder in {file.file.rpartition("/")[0] for file in self.listed} for name in place.sizes(folder)}
        return [file.file for file in self.listed if file.file not in there]

    def unlisted(self, place: Place) -> list[str]:
        """Files among the parts that are not the build's, though their names say so: a reader that takes all that is there takes them too."""
        listed, pattern = set(self.files), f"*/part-*.{self.spec.file_format.extension}"
        return [file for name in self.tables for file in place.sizes(name) if file not in listed and fnmatchcase(file, pattern)]

    def differences(self, model: Model) -> Iterator[tuple[str, str]]:
        """What it says of tables, columns and settings that a model does not: where in the manifest, and why."""
        tables = {table.name: table.sql_types for table in (*model.written, *([ANSWER_KEY] if self.spec.defects else []))}
        if set(self.spec.settings) != set(model.settings):
            yield "spec.settings", f"model {model.name} has other settings"
        if self.spec.defects and ANSWER_KEY.name not in self.spec.tables:
            yield "spec.tables", f"it does not name the answer key to its defects, {ANSWER_KEY.name}"
        for name in dict.fromkeys([*self.spec.tables, *self.tables]):
            if name not in tables:
                yield f"tables.{name}", f"model {model.name} has no such table"
            elif name not in self.tables:
                yield f"tables.{name}", "it is not there, and spec.tables names it"
            elif name not in self.spec.tables:
                yield f"tables.{name}", "spec.tables does not name it"
            elif list(self.tables[name].columns.items()) != list(tables[name].items()):
                yield f"tables.{name}.columns", "the columns are not those of the model"


def _in_words(spec: Spec) -> dict[str, Any]:
    """What a request says, by the words for it."""
    words = {name.replace("_", " "): value for name, value in spec.model_dump(mode="json", exclude={"settings", "scenario"}).items()}
    words["tables"] = ", ".join(spec.tables)
    words["scenario"] = spec.scenario.name if spec.scenario is not None else "none"
    return {**words, **spec.settings}


def versions(spec: Spec, generation: Generation) -> dict[str, str]:
    """The versions of the libraries that a build's values or bytes depend on."""
    names = ["numpy", "pyarrow", *generation.libraries, *spec.file_format.depends_on]
    return {name: version_of(name) for name in names}


def version_of(name: str) -> str:
    """The version of a library, or of colgen's own Parquet writer; the digest of a locale's lists."""
    if name == PARQUET_WRITER:
        return WRITER
    library, _, locale = name.partition(" ")
    if locale:
        from colgen.vocabulary import locales  # few builds depend on them

        if library == locales.LIBRARY:
            return locales.digest(locale)
    return _installed(name)


@cache
def _installed(library: str) -> str:
    """The version of an installed library, "unknown" of any other: read once, since it is found by reading all that its author wrote of it."""
    try:
        return version(library)
    except PackageNotFoundError:
        return "unknown"


def colgen_version() -> str:
    """The version of colgen, "unknown" where it is not installed."""
    return version_of("colgen")


def read(folder: Path) -> Manifest:
    """The manifest of a finished build; RequestError where there is none, where it cannot be read, or where it is that of a share."""
    return whole(read_any(folder), str(folder))


def whole(manifest: Manifest, where: str) -> Manifest:
    """The manifest of a whole build as it is. RequestError for that of a share.

    where : the place of the build, for messages
    """
    if manifest.share is not None:
        raise RequestError(f"{where!r} holds the share {manifest.share} of a build; merge all its shares: colgen merge SHARES --out WHOLE")
    return manifest


def read_any(folder: Path) -> Manifest:
    """The same, of a whole build or of a share."""
    path, shown = folder / NAME, repr(str(folder))
    try:
        if not os.path.exists(folder):
            raise RequestError(f"there is no folder {shown}")
        if not os.path.isfile(path):
            raise RequestError(f"{shown} holds no finished build: it has no {NAME}")
        if path.stat().st_size > LARGEST:
            raise RequestError(f"{str(path)!r} is not a manifest: it has more than {LARGEST:,} bytes")
        return of_files(path.read_bytes(), str(path))
    except OSError as error:
        raise RequestError(f"{str(path)!r} cannot be read: {os.strerror(error.errno or 0).lower()}") from None


def of_files(text: bytes, where: str) -> Manifest:
    """The manifest of a build that lies in files, of each table at least one. RequestError where it is not that.

    where : the manifest's own place, for messages
    """
    manifest = parse(text, repr(where))
    for name, entry in manifest.tables.items():
        if not entry.parts and manifest.share is None:
            raise RequestError(f"{where!r} is not a manifest that this version understands: tables.{name}.parts is empty")
    return manifest


def parse(text: bytes | str, shown: str) -> Manifest:
    """A manifest from its JSON, whatever that is. RequestError names the place where it is not one.

    shown : what it is called in messages
    """
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        place = printable(".".join(str(step) for step in problem["loc"] if step != "[key]"))
        reason = printable(problem["msg"].removeprefix("Value error, "))
        if problem["type"] == "string_pattern_mismatch":
            reason = "it does not have the form in which colgen writes it"
        raise RequestError(f"{shown} is not a manifest that this version understands: {place}{': ' if place else ''}{reason}") from None


def printable(text: str) -> str:
    """A text from outside as one line for people: not too long, and without what would move a terminal's cursor."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in text)
    return shown if len(shown) <= 300 else f"{shown[:300]}…"


def find(folder: Path) -> Manifest | None:
    """The manifest of a build, or None where there is no build of colgen's."""
    try:
        return read_any(folder)
    except RequestError:
        return None


def table_entries(parts: Mapping[str, Sequence[PartFile]], columns: Mapping[str, dict[str, str]]) -> dict[str, TableEntry]:
    """The tables of a manifest, parts in order.

    columns : the SQL types of each table's columns
    """
    return {
        name: TableEntry(rows=sum(part.rows for part in files), columns=columns[name], parts=sorted(files, key=lambda part: part.number))
        for name, files in parts.items()
    }
