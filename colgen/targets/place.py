"""Where the files of a finished build lie: a folder, or a prefix of an object store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import duckdb

    from colgen.targets.manifest import Manifest


class Place(Protocol):
    """Files by their names within a build, such as `orders/part-00000.parquet`: read, never written."""

    def __str__(self) -> str:
        """Where it is, as it may be shown."""

    def read(self, name: str) -> bytes:
        """A whole file. FileNotFoundError where it is not there, another OSError or a ColgenError where it cannot be read."""

    def sizes(self, table: str) -> Mapping[str, int]:
        """The files that lie where a table's parts do, by name, in order; their bytes."""

    def digest(self, name: str) -> str | None:
        """XXH3 of a file's bytes, 128 bits, in hexadecimal; None where it cannot be read. Memory stays flat."""

    def relation(self, connection: duckdb.DuckDBPyConnection, manifest: Manifest, table: str) -> str:
        """The parts of a table as something that a connection can select from, without loading them. Raises what Arrow says of files that it
        cannot read."""
