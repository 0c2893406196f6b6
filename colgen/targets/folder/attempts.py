"""Parts that may be written more than once: a worker that is lost is replaced, and one that was taken for lost may still come late.

Each attempt writes a file of its own, in a folder beside the parts of its table, and gives it the part's name once it is whole. All attempts
at a part write the same bytes, so it does not matter which one is the last. The name of the folder is drawn for each build, and the folder is
gone before the build is published: an attempt that comes later, even while another build goes to the same target, fails and changes nothing.
"""

from __future__ import annotations

import os
import platform
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from colgen.errors import ColgenError
from colgen.targets.folder.file import OutputFile
from colgen.targets.folder.side import remove_tree

_PREFIX = ".attempts-"


class AttemptFile(OutputFile):
    """A part that has its name only when it is whole.

    path : the part
    attempts : the folder beside it that attempts are written in
    """

    def __init__(self, path: Path, attempts: str) -> None:
        self._path = path
        self._attempt = path.parent / attempts / f"{path.name}.{secrets.token_hex(8)}"
        try:
            super().__init__(self._attempt)
        except FileNotFoundError:
            raise ColgenError(
                f"{str(path.parent)!r} is not there on {platform.node()}: a build by several machines goes into a folder that all of them see "
                "under the same path"
            ) from None

    def close(self) -> None:
        if not self.closed:
            super().close()
            os.replace(self._attempt, self._path)

    def discard(self) -> None:
        if not self.closed:
            super().close()
            with suppress(OSError):
                self._attempt.unlink()


@dataclass(frozen=True)
class AttemptOutput:
    """Parts as files of a folder that several machines see, and that each may be written more than once.

    attempts : the name of the folders that attempts are written in
    """

    folder: Path
    attempts: str

    @classmethod
    def open(cls, folder: Path, tables: Iterable[str]) -> AttemptOutput:
        """Makes a folder for attempts beside the parts of each table, whose own folder is there."""
        attempts = f"{_PREFIX}{secrets.token_hex(8)}"
        for name in tables:
            (folder / name / attempts).mkdir()
        return cls(folder, attempts)

    def __call__(self, file: str) -> OutputFile:
        return AttemptFile(self.folder / file, self.attempts)


def remove_attempts(folder: Path) -> None:
    """Removes what attempts have left below a build's folder. No attempt that is still going on finishes after that."""
    for attempts in folder.glob(f"*/{_PREFIX}*"):
        gone = attempts.with_name(f"{attempts.name}-gone")  # so that nothing is added to it while it is removed
        attempts.rename(gone)
        remove_tree(gone)
