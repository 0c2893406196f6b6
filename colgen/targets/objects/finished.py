"""A finished build under a prefix of a bucket, read as one in a folder is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from colgen.engines.processes import aside
from colgen.errors import RequestError
from colgen.targets import manifest as manifests
from colgen.targets.finished import FinishedBuild
from colgen.targets.manifest import Manifest
from colgen.targets.objects.bucket import Bucket
from colgen.targets.sql import quoted

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Prefix:
    """A build's files as objects of a bucket. DuckDB reads the columns and row groups that a query needs, and nothing else."""

    bucket: Bucket

    def __str__(self) -> str:
        return str(self.bucket)

    def read(self, name: str) -> bytes:
        return aside(lambda: self.bucket.read(name))

    def sizes(self, table: str) -> Mapping[str, int]:
        return aside(lambda: {name: entry.size for name, entry in self.bucket.entries(table) if name.count("/") == 1})

    def digest(self, name: str) -> str | None:
        return aside(lambda: self.bucket.digest(name))

    def relation(self, connection: duckdb.DuckDBPyConnection, manifest: Manifest, table: str) -> str:
        from colgen.targets.objects.filesystem import BucketFileSystem, arrow_files, register

        format, entry = manifest.spec.file_format, manifest.tables[table]
        files = [part.file for part in entry.parts]
        system = BucketFileSystem(self.bucket)
        reader = format.reader([f"{register(connection, system)}://{file}" for file in files], entry.columns)
        if reader is not None:
            return reader
        registered = f"(objects of {table} in {self.bucket})"
        connection.register(registered, format.dataset(files, arrow_files(system)))
        return quoted(registered)


@dataclass(frozen=True)
class BuildOfObjects(FinishedBuild):
    """A build in a bucket, finished or about to be published."""

    bucket: Bucket = field(default_factory=lambda: Bucket(""))

    @property
    def place(self) -> Prefix:
        return Prefix(self.bucket)

    @classmethod
    def of(cls, bucket: Bucket, manifest: Manifest) -> BuildOfObjects:
        return cls(Path(), manifest, bucket=bucket)


def read_build(url: str) -> BuildOfObjects:
    """The build under a prefix. RequestError where there is none, ColgenError where the store cannot be read."""
    bucket = Bucket(url)
    try:
        text = aside(lambda: bucket.read(manifests.NAME))
    except FileNotFoundError:
        raise RequestError(f"{url!r} holds no finished build: it has no {manifests.NAME}") from None
    return BuildOfObjects.of(bucket, manifests.whole(manifests.of_files(text, f"{url}/{manifests.NAME}"), url))
