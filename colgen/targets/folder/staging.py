"""A build takes its place in one step, or not at all.

A build into `data/` is written into `.data.colgen/new` beside it, on the same file system, under a lock that the kernel releases when its
holder dies. When all is written and checked, the folders change places by one rename (an exchange, where there is something at
`data/` already): a reader sees what was there or the whole new build, whenever a `kill -9` strikes. Then the old build's files are removed,
and what colgen did not write is moved back to where it was. What a killed build has left beside the target is cleared away by the next one,
or taken up where it stopped.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from colgen.errors import TargetError
from colgen.targets import manifest

JOURNAL = "journal"
"""The file beside the staging folder that says which parts are finished (`colgen.targets.folder.journal`)."""

_EXCHANGE = 2  # RENAME_EXCHANGE in Linux's <linux/fs.h>, RENAME_SWAP in macOS's <sys/stdio.h>


class Staging:
    """Where a build into a folder is written until it is whole: an empty folder beside the target, under a lock.

    target : the folder that it will take the place of
    """

    def __init__(self, target: Path, side: Path, spare: bool) -> None:
        self.target, self._side, self._spare = target, side, spare

    def open(self, replaces: bool | manifest.Manifest, resume: Callable[[Path], None] | None = None) -> Path:
        """The folder to write into.

        replaces : whether a build that is there may be replaced; or which one, and no other
        resume : go on in the folder that a killed build has left. It is called with that folder if there is one, and may refuse it by an
            error; what was left is then still there

        Raises TargetError where the target holds a build that must not be replaced.
        """
        there = manifest.find(self.target)
        if there is not None and not replaces:
            raise TargetError(f"{str(self.target)!r} holds a finished build; add --overwrite to replace it, or name another folder")
        if isinstance(replaces, manifest.Manifest) and there != replaces:
            raise TargetError(
                f"{str(self.target)!r} no longer holds the build that it held a moment ago; look what is there, and try again"
            )
        new = self._side / "new"
        if resume is not None and new.exists():
            resume(new)
        new.mkdir(exist_ok=self._spare)
        self._spare = False
        return new

    def publish(self) -> None:
        """Puts what was written in the target's place, in one step."""
        _refuse_foreign(self.target, self._side / "new")
        _take_place(self.target, self._side, self._side / "new")

    def tidy(self, side: Path) -> None:
        """Clears what a build that ended has left, this one too."""
        recover(self.target, side, self._spare)


@contextmanager
def hold(target: Path, spare: bool = False) -> Iterator[Staging]:
    """The staging place of a folder, which nobody else builds into meanwhile; nothing is left of it afterwards.

    spare : leave what a killed build has not published yet, until `Staging.open` has taken it over

    Raises TargetError, before anything is written, where the target must not be written to: it is not a folder, it is the current folder, it
    is not writable, or another build is under way there.
    """
    try:
        target = target.resolve()
        _refuse_unfit(target)
    except OSError as error:
        raise _explained(error, target) from error
    except RuntimeError:  # before Python 3.13, what resolve() says of a circle
        raise TargetError(f"{str(target)!r} cannot be written: {os.strerror(errno.ELOOP).lower()}") from None
    staging = Staging(target, _side(target), spare)
    with _locked(target, staging.tidy):
        yield staging


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A folder of colgen's own beside a file that is to be written, on the same file system, and the lock on it; empty, and gone afterwards.

    Raises TargetError where it cannot be made, or where another build goes there. The folders above the target are made if need be.
    """
    with _locked(target, _empty) as side:
        yield side


@contextmanager
def _locked(target: Path, tidy: Callable[[Path], None]) -> Iterator[Path]:
    """The folder beside a target, tidied before and after, and the lock on it."""
    made = _make_parents(target)
    side, lock = _side(target), None
    try:
        lock = _lock(side, target)
        tidy(side)
        yield side
    except OSError as error:
        explained = _explained(error, target)
        if explained is error:
            raise
        raise explained from error
    finally:
        if lock is not None:
            with suppress(OSError):
                tidy(side)
                (side / "lock").unlink()
                side.rmdir()
            os.close(lock)
        for folder in made:
            with suppress(OSError):
                folder.rmdir()


def _empty(side: Path) -> None:
    for path in side.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "lock":
            path.unlink()


def staging_folder(target: Path) -> Path:
    """Where a build into a folder is written until it is whole. OSError or RuntimeError for a circle of links."""
    return _side(target.resolve()) / "new"


def _side(target: Path) -> Path:
    return target.parent / f".{target.name}.colgen"


def _refuse_unfit(target: Path) -> None:
    if target.exists() and not target.is_dir():
        raise TargetError(f"{str(target)!r} is a file; name a folder")
    if Path.cwd().is_relative_to(target):
        raise TargetError(
            f"{str(target)!r} is the current folder or contains it, and a build replaces its folder in one step; name one inside it"
        )
    if target.is_mount():
        raise TargetError(f"{str(target)!r} is a mount point, and a build replaces its folder in one step; name a folder inside it")


def _refuse_foreign(target: Path, new: Path) -> None:
    """A file that is not colgen's may stay in the folder, but not where a part of the build is to lie."""
    replaced = manifest.find(target)
    ours = set(replaced.files) if replaced else set()
    for file in _files(new):
        for name in (file, *map(str, Path(file).parents[:-1])):
            path = target / name
            fits = path.is_dir() and not path.is_symlink() if name != file else file in ours
            if os.path.lexists(path) and not fits:
                raise TargetError(f"{str(path)!r} was not written by colgen and lies where the build has a file; move it away")


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())


def _make_parents(target: Path) -> list[Path]:
    """Makes the folders above the target; those that were not there, innermost first."""
    try:
        missing = [parent for parent in target.parents if not parent.exists()]
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _explained(error, target) from error
    return missing


def _explained(error: OSError, target: Path) -> OSError | TargetError:
    if error.errno in (
        errno.EACCES,
        errno.EPERM,
        errno.EROFS,
        errno.ENOTDIR,
        errno.ENAMETOOLONG,
        errno.ENOENT,
        errno.EBUSY,
        errno.EEXIST,
        errno.ELOOP,
    ):
        inside_a_file = error.errno in (errno.EEXIST, errno.ENOTDIR)
        reason = "a part of its path is a file, not a folder" if inside_a_file else os.strerror(error.errno).lower()
        return TargetError(f"{str(target)!r} cannot be written: {reason}")
    return error


def _lock(side: Path, target: Path) -> int:
    """Takes the only lock on builds into this target; the kernel releases it when the process ends, however it ends."""
    while True:
        with suppress(FileExistsError):  # not exist_ok: that fails where the last holder removes the folder in between
            side.mkdir()
        try:
            handle = os.open(side / "lock", os.O_RDWR | os.O_CREAT)
        except FileNotFoundError:
            continue  # its last holder removed the folder in between
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise TargetError(f"another build into {str(target)!r} is under way; wait for it or name another folder") from None
        with suppress(FileNotFoundError):
            if os.fstat(handle).st_ino == (side / "lock").stat().st_ino:
                return handle
        os.close(handle)  # it was locked by its remover


def _take_place(target: Path, side: Path, new: Path) -> None:
    if not target.exists():
        new.rename(target)
        return
    # Should the process end after the exchange, `new` is the old folder: its number tells.
    (side / "exchange").write_text(str(new.stat().st_ino))
    if _exchange(new, target):
        return
    target.rename(side / "old")
    new.rename(target)


def _exchange(first: Path, second: Path) -> bool:
    """Two folders change names in one step; False where the system or the file system cannot."""
    library = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin":
        done = library.renamex_np(os.fsencode(first), os.fsencode(second), _EXCHANGE)
    elif hasattr(library, "renameat2"):
        done = library.renameat2(-100, os.fsencode(first), -100, os.fsencode(second), _EXCHANGE)  # -100: AT_FDCWD
    else:
        return False
    if done != 0 and ctypes.get_errno() == errno.EBUSY:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
    return bool(done == 0)


def recover(target: Path, side: Path, spare: bool = False) -> None:
    """Puts in order whatever a build may have left beside the target, however it ended. Needs the lock; harmless at any time.

    spare : leave what a killed build had not published yet, and its journal
    """
    old, new, note = side / "old", side / "new", side / "exchange"
    if (side / "gone").exists():
        shutil.rmtree(side / "gone")
    if old.exists() and not target.exists():
        old.rename(target)  # it ended between the two renames of a system that has no exchange
    if new.exists():
        exchanged = note.exists() and note.read_text().strip() != str(new.stat().st_ino)
        if exchanged:
            _retire(new, target)
        elif not spare:
            shutil.rmtree(new)
    if not new.exists():
        (side / JOURNAL).unlink(missing_ok=True)
    if old.exists():
        _retire(old, target)
    note.unlink(missing_ok=True)


def _retire(old: Path, target: Path) -> None:
    """Removes a replaced build: what its manifest lists is deleted, everything else moves into the new one's folder."""
    replaced = manifest.find(old)
    ours = set(replaced.files) if replaced else set()
    for file in _files(old):
        if file not in ours:
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            (old / file).rename(target / file)
    for path in sorted(old.rglob("*"), reverse=True):
        inner = path.relative_to(old)
        is_empty = path.is_dir() and not path.is_symlink() and not any(path.iterdir())
        if is_empty and not any(file.startswith(f"{inner}/") for file in ours):
            (target / inner).mkdir(parents=True, exist_ok=True)  # an empty folder of the user's
    # Under another name, so that what is half deleted is never searched for the user's files.
    gone = old.with_name("gone")
    old.rename(gone)
    shutil.rmtree(gone)
