"""What a service may read and write: builds by their names in one folder, and databases that its own configuration names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from colgen.errors import RequestError, TargetError, one_of
from colgen.targets import manifest
from colgen.targets.destination import DUCKDB, Destination

DATABASE_PREFIX = "database:"
"""`database:staging` is the database that the configuration calls staging."""

_NAME = re.compile(r"\w[\w.-]{0,99}")
_DUCKDB_SUFFIXES = (".duckdb", ".ddb")
_OTHER_SUFFIXES = (".wal", ".db", ".sqlite", ".sqlite3")  # what DuckDB keeps beside a file, and what would be taken for one
_NAME_RULE = "give a name of letters, digits, ., _ and -, such as shop or shop.duckdb"


@dataclass(frozen=True)
class Workspace:
    """A folder of builds, and the databases that may be built into.

    databases : URLs by name; no client sees one
    """

    root: Path
    databases: Mapping[str, str] = field(default_factory=dict)

    def without_folder(self, text: str) -> str:
        """A text without where the folder lies, which need not be known outside."""
        return text.replace(f"{self.root}/", "")

    def out(self, name: str) -> str:
        """The target that a request means: a path below the root, or the URL of a database. RequestError for anything else."""
        if name.startswith(DATABASE_PREFIX):
            return self.url(name.removeprefix(DATABASE_PREFIX))
        return str(self.path(name))

    def url(self, name: str) -> str:
        """The URL of a database. RequestError where the configuration names none like that."""
        if name not in self.databases:
            raise RequestError(f"there is no database {name!r} that may be written to; {one_of(name, self.databases)}")
        return self.databases[name]

    def path(self, name: str) -> Path:
        """Where the build of a name is, or will be. RequestError for what is not a name, TargetError for a link, which may lead anywhere."""
        if not _NAME.fullmatch(name):
            raise RequestError(f"{name[:100]!r} is not the name of a build: {_NAME_RULE}")
        path = self.root / name
        if name.endswith(_OTHER_SUFFIXES):
            raise RequestError(f"{name!r} is not the name of a build: it is the name of another kind of file; {_NAME_RULE}")
        if os.path.islink(path):
            raise TargetError(f"{name!r} is a link; builds are read and written only below the service's own folder")
        if path.exists() and not (path.is_file() if name.endswith(_DUCKDB_SUFFIXES) else path.is_dir()):
            raise TargetError(f"{name!r} is something else than a build already; give another name")
        return path

    def build(self, name: str) -> Path:
        """The path of a finished build. LookupError where there is none."""
        path = self.path(name)
        if not (path.is_file() if path.name.endswith(_DUCKDB_SUFFIXES) else os.path.isfile(path / manifest.NAME)):
            raise LookupError(f"there is no build {name!r}")
        if os.path.islink(path / manifest.NAME):
            raise TargetError(f"the manifest of {name!r} is a link, which is not followed")
        return path

    def names(self) -> Iterator[str]:
        """The names of all that may be builds, in their order."""
        for entry in sorted(os.scandir(self.root), key=lambda entry: entry.name):
            if _NAME.fullmatch(entry.name) and not entry.is_symlink():
                is_file = entry.name.endswith(_DUCKDB_SUFFIXES) and entry.is_file()
                is_folder = entry.is_dir() and not entry.name.endswith((*_DUCKDB_SUFFIXES, *_OTHER_SUFFIXES))
                if is_file or (is_folder and os.path.isfile(os.path.join(entry.path, manifest.NAME))):
                    yield entry.name


def is_duckdb(path: Path) -> bool:
    """Whether a target is a DuckDB file."""
    return Destination.parse(path).kind == DUCKDB
