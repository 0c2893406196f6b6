"""What in a folder is a build's, and what is not: nothing that colgen did not write, or that was changed since, is replaced or removed."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from colgen.errors import TargetError
from colgen.targets.folder.place import FolderPlace
from colgen.targets.folder.views import load_sql
from colgen.targets.lake.files import is_metadata
from colgen.targets.manifest import LOAD_SQL, NAME, Manifest


def refuse_changed(folder: Path, manifest: Manifest) -> None:
    """Raises TargetError where something that a build's manifest lists is no longer what was written. What is missing is no obstacle.

    A file that has its size and is older than the manifest counts as unchanged; any other is compared by its digest.
    """
    for name in dict.fromkeys(str(inner) for file in manifest.listed for inner in Path(file.file).parents[-2::-1]):
        status = _status(folder / name)
        if status is not None and stat.S_ISLNK(status.st_mode):
            raise _in_the_way(folder / name, "is a link now")
    written = os.lstat(folder / NAME).st_mtime_ns
    place = FolderPlace(folder)
    for file in manifest.listed:
        path = folder / file.file
        status = _regular(path)
        if status is not None and (status.st_size != file.bytes or (_touched(status) > written and not file.intact(place))):
            raise _in_the_way(path, "has changed since it was written")
    status = _regular(folder / LOAD_SQL)
    if status is not None and _touched(status) > written and (folder / LOAD_SQL).read_bytes() != load_sql(manifest).encode():
        raise _in_the_way(folder / LOAD_SQL, "has changed since it was written")
    _regular(folder / NAME)
    _refuse_foreign_commits(folder, manifest)


def _refuse_foreign_commits(folder: Path, manifest: Manifest) -> None:
    """Raises TargetError where somebody else has written to the build's tables of a lake: what they added would be lost, or half of it kept."""
    table_format = manifest.spec.table_format
    if table_format is not None:
        ours = set(manifest.files)
        for file in files_below(folder):
            if file not in ours and is_metadata(table_format, file, manifest.tables):
                raise _in_the_way(folder / file, "was not written by colgen: others have written to the tables since")


def _regular(path: Path) -> os.stat_result | None:
    """What the system says of a file; None where there is none. TargetError where something else lies there."""
    status = _status(path)
    if status is not None and not stat.S_ISREG(status.st_mode):
        raise _in_the_way(path, "is a link now" if stat.S_ISLNK(status.st_mode) else "is not a file any more")
    return status


def _status(path: Path) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _touched(status: os.stat_result) -> int:
    """When a file was last written, or given its time: a copy may carry the time of what it was copied from."""
    return max(status.st_mtime_ns, status.st_ctime_ns)


def _in_the_way(path: Path, what: str) -> TargetError:
    return TargetError(f"{str(path)!r} {what}, so it is left alone; move it away or delete it, and try again")


def refuse_foreign(target: Path, new: Path, replaced: Manifest | None) -> None:
    """Raises TargetError where a file that is not colgen's lies where the new build has one. Anywhere else it may stay."""
    ours = set(replaced.files) if replaced else set()
    for file in files_below(new):
        for name in (file, *map(str, Path(file).parents[:-1])):
            path = target / name
            fits = path.is_dir() and not path.is_symlink() if name != file else file in ours
            if os.path.lexists(path) and not fits:
                raise TargetError(f"{str(path)!r} was not written by colgen and lies where the build has a file; move it away")


def refuse_unmovable(target: Path) -> None:
    """Raises TargetError where something below the target could not be moved into the folder that takes its place."""
    for where, folders, files in os.walk(target, onerror=_raise):
        if (folders or files) and not os.access(where, os.W_OK | os.X_OK):
            raise TargetError(f"what is in {where!r} cannot be moved into the new build's folder: permission denied; name another folder")


def files_below(folder: Path) -> list[str]:
    """Every file below a folder, relative to it; a link is a file, whatever it leads to."""
    files = []
    for where, folders, names in os.walk(folder, onerror=_raise):
        links = [name for name in folders if os.path.islink(os.path.join(where, name))]
        files += [os.path.relpath(os.path.join(where, name), folder) for name in [*names, *links]]
    return sorted(files)


def _raise(error: OSError) -> None:
    if isinstance(error, FileNotFoundError):
        return
    raise TargetError(f"{error.filename!r} cannot be listed: {os.strerror(error.errno or 0).lower()}") from error
