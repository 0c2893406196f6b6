"""A bucket as DuckDB and Arrow read one: files that can be read from any place.

DuckDB's own extension for object storage has to be downloaded, and would take its credentials from elsewhere. Here it asks this process for
ranges of bytes: of Parquet, those of the columns and row groups that a query needs.
"""

from __future__ import annotations

import io
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

import xxhash

from colgen.errors import ColgenError
from colgen.targets.objects.bucket import Bucket, Entry

try:
    from fsspec import AbstractFileSystem
except ImportError:
    raise ColgenError("object storage needs fsspec to be read: pip install 'colgen[objects]'") from None

if TYPE_CHECKING:
    import duckdb


class ObjectReader(io.RawIOBase):
    """An object that is read from any place; each read is a request of its own."""

    def __init__(self, bucket: Bucket, name: str, size: int) -> None:
        self._bucket, self._name, self.size, self._at = bucket, name, size, 0
        super().__init__()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def read(self, size: int | None = -1) -> bytes:
        left = max(self.size - self._at, 0)
        size = left if size is None or size < 0 else min(size, left)
        data = self._bucket.read_range(self._name, self._at, size) if size else b""
        self._at += len(data)
        return data


class BucketFileSystem(AbstractFileSystem):  # type: ignore[misc]
    """The objects below a prefix, by their names; read only. What there is to know of each is asked for once: parts do not change."""

    cachable = False

    def __init__(self, bucket: Bucket) -> None:
        super().__init__()
        self._bucket, self._entries = bucket, dict[str, Entry]()
        self.protocol = f"colgen{xxhash.xxh3_64_hexdigest(bucket.url.encode())}"

    def _named(self, path: str) -> tuple[str, Entry]:
        name = path.removeprefix(f"{self.protocol}://")
        if name not in self._entries:
            self._entries[name] = self._bucket.entry(name)
        return name, self._entries[name]

    def info(self, path: str, **more: Any) -> dict[str, Any]:
        _, entry = self._named(path)
        return {"name": path, "size": entry.size, "type": "file", "mtime": entry.modified}

    def modified(self, path: str) -> datetime:
        return self._named(path)[1].modified

    def exists(self, path: str, **more: Any) -> bool:
        with suppress(FileNotFoundError):
            return bool(self._named(path))
        return False

    def glob(self, path: str, **more: Any) -> list[str]:
        return [path]  # each file is named, and none is a pattern

    def open(self, path: str, mode: str = "rb", **more: Any) -> io.RawIOBase:
        name, entry = self._named(path)
        return ObjectReader(self._bucket, name, entry.size)


def register(connection: duckdb.DuckDBPyConnection, system: BucketFileSystem) -> str:
    """Lets a connection read from a bucket; the scheme by which it does."""
    if not connection.filesystem_is_registered(system.protocol):
        connection.register_filesystem(system)
        connection.execute("SET parquet_metadata_cache = true")  # footers are read once, not for each query
    return str(system.protocol)


def arrow_files(system: BucketFileSystem) -> Any:
    """The same for Arrow's datasets."""
    from pyarrow.fs import FSSpecHandler, PyFileSystem

    return PyFileSystem(FSSpecHandler(system))
