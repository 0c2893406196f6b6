"""A folder as the place of a finished build."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import xxhash

if TYPE_CHECKING:
    import duckdb

    from colgen.targets.manifest import Manifest


@dataclass(frozen=True)
class FolderPlace:
    """A build's files in a folder."""

    folder: Path

    def __str__(self) -> str:
        return str(self.folder)

    def read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def put(self, name: str, data: bytes) -> None:
        """Puts a small file, whole or not at all, whatever is there; with its folder, if there is none."""
        self.folder.mkdir(parents=True, exist_ok=True)
        new = self.folder / f".{secrets.token_hex(8)}-{name}"
        try:
            new.write_bytes(data)
            new.replace(self.folder / name)
        finally:
            new.unlink(missing_ok=True)

    def sizes(self, table: str) -> Mapping[str, int]:
        sizes = {}
        with suppress(OSError), os.scandir(self.folder / table) as entries:
            for entry in entries:
                with suppress(OSError):
                    if entry.is_file():
                        sizes[f"{table}/{entry.name}" if table else entry.name] = entry.stat().st_size
        return dict(sorted(sizes.items()))

    def digest(self, name: str) -> str | None:
        try:
            with (self.folder / name).open("rb") as file:
                return hashlib.file_digest(file, xxhash.xxh3_128).hexdigest()
        except OSError:
            return None

    def relation(self, connection: duckdb.DuckDBPyConnection, manifest: Manifest, table: str) -> str:
        from colgen.targets.folder.views import files_of  # which reads manifests

        return files_of(connection, self.folder, manifest, table)
