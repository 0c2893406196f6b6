"""The object that a part is written to: digested and uploaded piece by piece, as it is made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from colgen.targets.folder.file import DigestingFile
from colgen.targets.objects.bucket import Bucket

_STEP = 1 << 18
"""Bytes that are copied and handed on at a time, of many small pieces."""


class ObjectFile(DigestingFile):
    """A new object, written from start to end; it is there, whole, once it is closed, and never if it is discarded."""

    def __init__(self, bucket: Bucket, name: str) -> None:
        self._upload = bucket.upload(name)
        super().__init__()

    def write(self, data: Any) -> int:
        self.writelines([data])
        return memoryview(data).nbytes

    def writelines(self, lines: Iterable[Any]) -> None:
        """Copies the pieces, since whoever gives them may use their memory again at once, and they are on their way for a while."""
        if self.closed:  # it was discarded: Arrow closes a part when it is collected
            return
        waiting: list[memoryview] = []
        size = 0
        for line in lines:
            view = memoryview(line).cast("B")
            waiting.append(view)
            size += len(view)
            if size >= _STEP:
                self._hand_over(waiting)
                waiting, size = [], 0
        self._hand_over(waiting)

    def _hand_over(self, pieces: list[memoryview]) -> None:
        data = b"".join(pieces)
        self._upload.write(data)
        super().write(data)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._upload.complete()

    def discard(self) -> None:
        if not self.closed:
            super().close()
            self._upload.abort()


@dataclass(frozen=True)
class BucketOutput:
    """Parts as objects of a bucket."""

    bucket: Bucket

    def __call__(self, file: str) -> DigestingFile:
        return ObjectFile(self.bucket, file)
