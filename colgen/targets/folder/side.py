"""The folder of colgen's own beside a target: where a build is written until it is whole, and the lock that keeps other builds out.

It belongs to the user who builds and to nobody else, so that nobody else can put anything there: it is made so, and one that is there
already and is not so is refused. Nothing in it that is a link is followed.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from colgen.errors import TargetError

LOCK, NEW, OLD, GONE, EXCHANGE, JOURNAL = "colgen.lock", "new", "old", "gone", "exchange", "journal"
"""What lies in it: the lock, whose name is colgen's mark (a folder without it that is not empty is somebody else's); the build that is
written; the one that was replaced, and what of that is half deleted; a note of the exchange of both; and which parts are finished
(`colgen.targets.folder.journal`)."""

_FILES = (LOCK, EXCHANGE, JOURNAL)


def side_of(target: Path) -> Path:
    """The folder beside a target."""
    return target.parent / f".{target.name}.colgen"


@contextmanager
def locked(target: Path, tidy: Callable[[Path], None]) -> Iterator[Path]:
    """The folder beside a target, and the lock on it, tidied before and after; gone afterwards, unless `tidy` has left something there.

    The folders above the target are made if need be. Raises TargetError where that cannot be, where it is not this user's own, or where
    another build goes there.
    """
    made = _make_parents(target)
    side = side_of(target)
    handles: tuple[int, int] | None = None
    try:
        handles = _lock(side, target)
        tidy(side)
        yield side
    except OSError as error:
        explained = explain(error, target)
        if explained is error:
            raise
        raise explained from error
    finally:
        if handles is not None:
            folder, lock = handles
            os.close(folder)  # where handles have run out, there is one again to tidy with
            try:
                with suppress(OSError):
                    tidy(side)
                    if os.listdir(side) == [LOCK]:
                        (side / LOCK).unlink()
                        side.rmdir()
            finally:
                os.close(lock)
        for parent in made:
            with suppress(OSError):
                parent.rmdir()


def _make_parents(target: Path) -> list[Path]:
    """Makes the folders above the target; those that were not there, innermost first."""
    try:
        missing = [parent for parent in target.parents if not parent.exists()]
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise explain(error, target) from error
    return missing


def _lock(side: Path, target: Path) -> tuple[int, int]:
    """Takes the only lock on builds into this target, which the kernel releases when the process ends, however it ends. Handles of the folder
    and of the lock."""
    while True:
        with suppress(FileExistsError):  # not exist_ok: that fails where the last holder removes the folder in between
            side.mkdir(0o700)
        try:
            folder = _open_own(side)
        except FileNotFoundError:
            continue  # its last holder removed the folder in between
        try:
            lock = _take(folder, side, target)
        except BaseException:
            os.close(folder)
            raise
        if lock is not None:
            return folder, lock
        os.close(folder)


def _open_own(side: Path) -> int:
    """A handle of the folder. TargetError where it is not a folder of this user's alone, FileNotFoundError where it is gone."""
    try:
        folder = os.open(side, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        if error.errno not in (errno.ENOTDIR, errno.ELOOP):
            raise
        reason = "it is not a folder"
    else:
        try:
            reason = _unfit(folder)
        except BaseException:
            os.close(folder)
            raise
        if not reason:
            return folder
        os.close(folder)
    raise TargetError(f"{str(side)!r} lies where colgen's own folder has to be, and {reason}; look at it, and move it away or delete it")


def _unfit(folder: int) -> str:
    """Why an open folder cannot be colgen's own; empty where it can."""
    status = os.fstat(folder)
    if status.st_uid != os.geteuid():
        return "it belongs to another user"
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return "others may write to it"
    names = os.listdir(folder)
    for name in names:
        kind = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        if stat.S_ISLNK(kind) or (name in _FILES and not stat.S_ISREG(kind)):
            return f"{name!r} in it is not what colgen puts there"
    return "colgen did not make what is in it" if names and LOCK not in names else ""


def _take(folder: int, side: Path, target: Path) -> int | None:
    """The lock in an open folder; None where its last holder has just removed it."""
    try:
        lock = os.open(LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=folder)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with suppress(FileNotFoundError):
            if os.fstat(lock).st_ino == (side / LOCK).stat().st_ino:
                return lock
    except BaseException as error:
        os.close(lock)
        if isinstance(error, BlockingIOError):
            raise TargetError(f"another build into {str(target)!r} is under way; wait for it or name another folder") from None
        raise
    os.close(lock)  # it was locked by its remover
    return None


def remove_tree(folder: Path) -> None:
    """Removes a folder of colgen's own and all that is in it, with one handle at a time: `shutil.rmtree` needs several for each level."""
    for where, folders, files in os.walk(folder, topdown=False):
        for name in files:
            os.unlink(os.path.join(where, name))
        for name in folders:
            path = os.path.join(where, name)
            (os.unlink if os.path.islink(path) else os.rmdir)(path)
    os.rmdir(folder)


def explain(error: OSError, target: Path) -> OSError | TargetError:
    """What the system says of a target, for people; anything else as it is."""
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return TargetError(
            f"{str(target)!r} cannot be written: {os.strerror(error.errno).lower()}; allow more (ulimit -n 1024), and try again"
        )
    if error.errno in _EXPLAINED:
        inside_a_file = error.errno in (errno.EEXIST, errno.ENOTDIR)
        reason = "a part of its path is a file, not a folder" if inside_a_file else os.strerror(error.errno).lower()
        return TargetError(f"{str(target)!r} cannot be written: {reason}")
    return error


_EXPLAINED = (
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOTDIR,
    errno.ENAMETOOLONG,
    errno.ENOENT,
    errno.EBUSY,
    errno.EEXIST,
    errno.ELOOP,
)
