"""Parts that are there already, and need not be made again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, Self

from colgen.generate.generation import Generation
from colgen.generate.plan import Task
from colgen.generate.share import Share
from colgen.targets import manifest as manifests
from colgen.targets.folder.place import FolderPlace
from colgen.targets.manifest import Manifest, Origin, PartFile


class PartReuse(Protocol):
    """What may have parts already: the build that a longer one replaces, or what a killed one has finished.

    kept : the parts that were taken over
    """

    @property
    def kept(self) -> Sequence[PartFile]: ...
    def keep(self, task: Task, folder: Path, generation: Generation) -> dict[str, PartFile] | None:
        """Puts what a task makes into the new folder, and gives its rows of the manifest; None where it has to be made."""


class PreviousBuild(PartReuse, Protocol):
    """The finished build that a longer one replaces, and may keep parts of.

    replaced : its manifest
    spared : how many bytes need not be written again
    """

    @property
    def replaced(self) -> Manifest: ...
    @property
    def spared(self) -> int: ...


class SameShare:
    """A share that was made before, as a scheduler may ask for one again: its parts are kept."""

    spared = 0

    def __init__(self, folder: Path, replaced: Manifest) -> None:
        self.folder, self.replaced = folder, replaced
        self.kept: list[PartFile] = []
        self._parts = {part.file: part for part in replaced.parts}

    @classmethod
    def find(cls, folder: Path, origin: Origin, share: Share) -> Self | None:
        """The same share of the same request, where a folder holds it."""
        there = manifests.find(folder)
        return cls(folder, there) if there is not None and there.share == share and not any(origin.differences_from(there)) else None

    def keep(self, task: Task, folder: Path, generation: Generation) -> dict[str, PartFile] | None:
        """Links the parts of a task into the new folder; None where one is no longer as it was."""
        parts = {name: self._parts.get(file) for name, file in self.replaced.files_of(task).items()}
        intact = {name: part for name, part in parts.items() if part is not None and part.intact(FolderPlace(self.folder))}
        if len(intact) < len(parts):
            return None
        for part in intact.values():
            link(self.folder / part.file, folder / part.file)
        self.kept.extend(intact.values())
        return intact


def link(old: Path, new: Path) -> None:
    """The same file in another folder, or a copy where there can be no second name for it."""
    try:
        os.link(old, new, follow_symlinks=False)
    except OSError:
        shutil.copyfile(old, new)
