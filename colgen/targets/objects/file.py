"""The object that a part is written to: digested and uploaded piece by piece, as it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from colgen.targets.folder.file import DigestingFile
from colgen.targets.objects.bucket import PIECE, Bucket


class ObjectFile(DigestingFile):
    """A new object, written from start to end; it is there, whole, once it is closed, and never if it is abandoned."""

    def __init__(self, bucket: Bucket, name: str) -> None:
        self._upload = bucket.upload(name)
        self._piece = bytearray()
        super().__init__()

    def write(self, data: Any) -> int:
        """Copies the data, as whoever gives it may use its memory again at once, while a piece is on its way for a while."""
        if self.closed:  # it was abandoned: Arrow closes a part when it is collected
            return memoryview(data).nbytes
        view = memoryview(data).cast("B")
        self._piece += view
        if len(self._piece) >= PIECE:
            self._hand_over()
        return super().write(view)

    def _hand_over(self) -> None:
        piece, self._piece = self._piece, bytearray()
        self._upload.write(piece)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._hand_over()
            self._upload.complete()

    def abandon(self) -> None:
        if not self.closed:
            super().close()
            self._piece = bytearray()
            self._upload.abort()


@dataclass(frozen=True)
class BucketOutput:
    """Parts as objects of a bucket."""

    bucket: Bucket

    def __call__(self, file: str) -> DigestingFile:
        return ObjectFile(self.bucket, file)
