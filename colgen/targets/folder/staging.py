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
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from colgen.errors import ColgenError, RequestError, TargetError
from colgen.targets import manifest
from colgen.targets.folder.contents import files_below, refuse_changed, refuse_foreign, refuse_unmovable
from colgen.targets.folder.side import EXCHANGE, GONE, JOURNAL, LOCK, NEW, OLD, explain, locked, remove_tree, side_of

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
        there = self._build_there()
        if there is not None and not replaces:
            raise TargetError(f"{str(self.target)!r} holds a finished build; add --overwrite to replace it, or name another folder")
        if isinstance(replaces, manifest.Manifest) and there != replaces:
            raise TargetError(
                f"{str(self.target)!r} no longer holds the build that it held a moment ago; look what is there, and try again"
            )
        if there is not None:
            refuse_changed(self.target, there)
        refuse_unmovable(self.target)
        new = self._side / NEW
        if resume is not None and new.exists():
            resume(new)
        new.mkdir(exist_ok=self._spare)
        self._spare = False
        make_alike(new, self.target)
        return new

    def publish(self) -> None:
        """Puts what was written in the target's place, in one step."""
        there = self._build_there()
        if there is not None:
            refuse_changed(self.target, there)
        refuse_unmovable(self.target)
        refuse_foreign(self.target, self._side / NEW, there)
        _take_place(self.target, self._side, self._side / NEW)
        try:
            recover(self.target, self._side)
        except OSError as error:
            reason = os.strerror(error.errno or 0).lower()
            raise ColgenError(
                f"the new build is in its place, {str(self.target)!r}, but what was there before could not be cleared away: "
                f"{error.filename!r}: {reason}; it lies in {str(self._side)!r}, and the next build tries again"
            ) from error

    def _build_there(self) -> manifest.Manifest | None:
        """The manifest of the build at the target. TargetError where there is one that cannot be read, so that nobody knows what is whose."""
        if not os.path.lexists(self.target / manifest.NAME):
            return None
        try:
            return manifest.read_any(self.target)
        except RequestError as error:
            path = str(self.target / manifest.NAME)
            raise TargetError(
                f"{path!r} was not written by colgen, or not by this version of it; move it away, or name another folder ({error})"
            ) from None

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
    target = _resolved(target)
    try:
        _refuse_unfit(target)
    except OSError as error:
        raise explain(error, target) from error
    staging = Staging(target, side_of(target), spare)
    with locked(target, staging.tidy):
        yield staging


@contextmanager
def holding(target: Path) -> Iterator[Path]:
    """The folder that a target leads to, which nobody builds into meanwhile; what a build that was killed has left to resume stays."""
    folder = _resolved(target)
    with locked(folder, lambda side: recover(folder, side, spare=True)):
        yield folder


def _resolved(target: Path) -> Path:
    try:
        return target.resolve()
    except OSError as error:
        raise explain(error, target) from error
    except RuntimeError:  # before Python 3.13, what resolve() says of a circle
        raise TargetError(f"{str(target)!r} cannot be written: {os.strerror(errno.ELOOP).lower()}") from None


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A folder of colgen's own beside a file that is to be written, on the same file system, and the lock on it; empty, and gone afterwards.

    Raises TargetError where it cannot be made, or where another build goes there. The folders above the target are made if need be.
    """
    with locked(target, _empty) as side:
        yield side


def _empty(side: Path) -> None:
    for path in side.iterdir():
        if path.is_dir() and not path.is_symlink():
            remove_tree(path)
        elif path.name != LOCK:
            path.unlink()


def staging_folder(target: Path) -> Path:
    """Where a build into a folder is written until it is whole. OSError or RuntimeError for a circle of links."""
    return side_of(target.resolve()) / NEW


def _refuse_unfit(target: Path) -> None:
    if target.exists() and not target.is_dir():
        raise TargetError(f"{str(target)!r} is a file; name a folder")
    with suppress(FileNotFoundError):  # the current folder may have been deleted
        if Path.cwd().is_relative_to(target):
            raise TargetError(
                f"{str(target)!r} is the current folder or contains it, and a build replaces its folder in one step; name one inside it"
            )
    if target.is_mount():
        raise TargetError(f"{str(target)!r} is a mount point, and a build replaces its folder in one step; name a folder inside it")


def _take_place(target: Path, side: Path, new: Path) -> None:
    if not target.exists():
        new.rename(target)
        return
    # Should the process end after the exchange, `new` is the old folder: its number tells.
    (side / EXCHANGE).write_text(str(new.stat().st_ino))
    if _exchange(new, target):
        return
    target.rename(side / OLD)
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
    old, new, note = side / OLD, side / NEW, side / EXCHANGE
    if (side / GONE).exists():
        remove_tree(side / GONE)
    if old.exists() and not target.exists():
        old.rename(target)  # it ended between the two renames of a system that has no exchange
    if new.exists():
        exchanged = note.exists() and note.read_text().strip() != str(new.stat().st_ino)
        if exchanged:
            _retire(new, target)
        elif not spare:
            remove_tree(new)
    if not new.exists():
        (side / JOURNAL).unlink(missing_ok=True)
    if old.exists():
        _retire(old, target)
    note.unlink(missing_ok=True)


def _retire(old: Path, target: Path) -> None:
    """Removes a replaced build: what its manifest lists is deleted, everything else moves into the new one's folder."""
    replaced = manifest.find(old)
    ours = set(replaced.files) if replaced else set()
    for file in files_below(old):
        if file not in ours:
            if os.path.lexists(target / file):
                raise TargetError(
                    f"{str(old / file)!r} was kept of what was there before, and {str(target / file)!r} lies in its place; move one away"
                )
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            (old / file).rename(target / file)
    for path in sorted(old.rglob("*"), reverse=True):
        inner = path.relative_to(old)
        is_empty = path.is_dir() and not path.is_symlink() and not any(path.iterdir())
        if is_empty and not any(file.startswith(f"{inner}/") for file in ours):
            (target / inner).mkdir(parents=True, exist_ok=True)  # an empty folder of the user's
    # Under another name, so that what is half deleted is never searched for the user's files.
    gone = old.with_name(GONE)
    old.rename(gone)
    remove_tree(gone)


def make_alike(new: Path, there: Path) -> None:
    """Gives a folder that was just made the owner, group, mode and access lists of one that it will replace, as far as this user may."""
    try:
        status = os.stat(there)
    except OSError:
        return
    if not stat.S_ISDIR(status.st_mode):
        return
    for owner in (status.st_uid, -1):  # only root may give something away; the group may be one of one's own
        with suppress(OSError):
            os.chown(new, owner, status.st_gid)
            break
    if hasattr(os, "listxattr"):
        with suppress(OSError):
            for name in os.listxattr(there):
                if name.startswith(("system.posix_acl_", "user.")):
                    with suppress(OSError):
                        os.setxattr(new, name, os.getxattr(there, name))
    new.chmod(stat.S_IMODE(status.st_mode))
