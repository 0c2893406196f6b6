"""Takes a build's files away: those that its manifest lists, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from colgen.errors import ColgenError, TargetError
from colgen.targets.folder.contents import refuse_changed
from colgen.targets.folder.staging import holding
from colgen.targets.manifest import LOAD_SQL, NAME, read_any

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def remove(folder: Path) -> int:
    """Removes the files that the manifest lists, the manifest last; then folders that are empty, and the build's own if nothing else is in it.
    How many files are gone.

    Nobody builds there meanwhile. Raises RequestError where there is no build, TargetError where something of it was changed or cannot be
    removed, ColgenError where that shows only after some files are gone.
    """
    read_any(folder)
    with holding(folder) as target:
        manifest = read_any(target)
        refuse_changed(target, manifest)
        listed, gone = manifest.files, 0
        by_folder: dict[str, list[str]] = {name: [] for name in manifest.tables}
        for table in manifest.tables.values():
            for part in table.parts:
                inner, _, name = part.file.partition("/")
                by_folder[inner].append(name)
        try:
            root = os.open(target, _FOLDER)
            try:
                for inner, names in by_folder.items():
                    with suppress(FileNotFoundError, NotADirectoryError):
                        handle = os.open(inner, _FOLDER, dir_fd=root)
                        try:
                            for name in names:
                                gone += _unlinked(name, handle)
                        finally:
                            os.close(handle)
                for name in (LOAD_SQL, NAME):
                    gone += _unlinked(name, root)
                _remove_empty(by_folder, root)
            finally:
                os.close(root)
        except OSError as error:
            reason = os.strerror(error.errno or 0).lower()
            raise _stopped(target, error.filename, reason, gone, len(listed)) from error
        with suppress(OSError):  # something of the user's is in it, or it may not be removed
            target.rmdir()
        return gone


def _unlinked(name: str, folder: int) -> bool:
    """Removes a file of an open folder; whether it was there."""
    try:
        os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        return False
    return True


def _remove_empty(names: Iterable[str], folder: int) -> None:
    for name in names:
        with suppress(OSError):
            os.rmdir(name, dir_fd=folder)


def _stopped(target: Path, name: str, reason: str, gone: int, listed: int) -> ColgenError:
    if not gone:
        return TargetError(f"{name!r} in {str(target)!r} cannot be removed: {reason}; nothing was removed")
    return ColgenError(
        f"{name!r} in {str(target)!r} cannot be removed: {reason}; {gone} of {listed} files are gone, the others and the manifest are left: "
        "once that is mended, the same command goes on"
    )
