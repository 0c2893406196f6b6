"""What a build under way has finished, for the next one to go on from if this one is killed.

Beside the folder that a build is written into lies a file of JSON lines: first what is made, and by which versions; then each part as soon
as it is finished. None of it is trusted: a part counts if it begins with the ids and has the rows that its task would give it, and its file
its digest; a line that was only half written counts for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import xxhash
from pydantic import BaseModel, ValidationError

from colgen.errors import RequestError
from colgen.generate.generation import Generation
from colgen.generate.plan import Plan, Task
from colgen.targets.folder.place import FolderPlace
from colgen.targets.folder.side import JOURNAL, remove_tree
from colgen.targets.manifest import Origin, PartFile


class Heading(Origin):
    """What is made.

    tasks : a digest of how the work is cut
    """

    tasks: str


class Finished(BaseModel):
    """A part that is finished.

    first_ids : of its task, in each fanned-out table
    """

    part: PartFile
    first_ids: Mapping[str, int]


class Journal:
    """The journal of a build; if that resumes a killed one, with the parts that one has finished.

    finished : the parts it was started with, by file
    kept : those that were taken over
    """

    def __init__(self, target: Path, plan: Plan, generation: Generation) -> None:
        tasks = xxhash.xxh3_128_hexdigest(repr(plan.tasks.cuts).encode())
        self._heading = Heading.here(plan.spec, generation, tasks=tasks)
        self._target = target
        self._path = Path()
        self._resumed = False
        self.finished: dict[str, Finished] = {}
        self.kept: list[PartFile] = []

    def resume(self, folder: Path) -> None:
        """Takes over what a killed build has left in its folder, and clears away what it had not finished.

        Raises RequestError where that was another build, of which nothing is touched.
        """
        started, parts = _read(folder)
        if started is None:
            remove_tree(folder)
            return
        differing = list(differences(started, self._heading))
        if differing:
            raise RequestError(
                f"what a killed build into {str(self._target)!r} left behind is of another request: {', '.join(differing)}; "
                "ask for the same to resume it, or build again without --resume"
            )
        for path in folder.rglob("*"):
            if not path.is_dir() and str(path.relative_to(folder)) not in parts:
                path.unlink()
        self.finished, self._resumed = parts, True

    def start(self, folder: Path) -> None:
        """Opens the journal of the build that is written into a folder."""
        self._path = folder.with_name(JOURNAL)
        if self._resumed:
            self._append("")  # ends a line that was half written
        else:
            self._path.unlink(missing_ok=True)
            self._append(self._heading.model_dump_json())

    def add(self, task: Task, parts: Mapping[str, PartFile]) -> None:
        """Notes the parts of a task that is finished, unless they were taken over from here."""
        new = [part for part in parts.values() if part.file not in self.finished or self.finished[part.file].part != part]
        self._append(*(Finished(part=part, first_ids=task.first_ids).model_dump_json() for part in new))

    def _append(self, *lines: str) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)

    def keep(self, task: Task, folder: Path, generation: Generation) -> dict[str, PartFile] | None:
        """The parts of a task that is finished; None where it is not, where it would make other rows now, or where a file is not what was
        written."""
        if not self.finished:
            return None
        files = self._heading.files_of(task)
        if all(file in self.finished for file in files.values()):
            first_ids, parts = task.with_first_ids(generation).first_ids, {name: self.finished[file].part for name, file in files.items()}
            starts_there = all(self.finished[file].first_ids == first_ids for file in files.values())
            rows = {name: part.rows for name, part in parts.items()}
            if starts_there and task.could_make(rows, generation) and all(part.intact(FolderPlace(folder)) for part in parts.values()):
                self.kept.extend(parts.values())
                return parts
        for file in files.values():
            (folder / file).unlink(missing_ok=True)
        return None


def finished_bytes(folder: Path) -> int:
    """How much of a killed build lies finished in its folder, going by the sizes of files."""
    total = 0
    for finished in _read(folder)[1].values():
        with suppress(OSError):
            part = finished.part
            total += part.bytes * ((folder / part.file).stat().st_size == part.bytes)
    return total


def _read(folder: Path) -> tuple[Heading | None, dict[str, Finished]]:
    """The journal beside a folder: its heading, or None where there is no journal, and the parts by file."""
    try:
        heading, *lines = folder.with_name(JOURNAL).read_bytes().split(b"\n")
        started = Heading.model_validate_json(heading)
    except (OSError, ValidationError):
        return None, {}
    parts = {}
    for line in lines:
        with suppress(ValidationError):
            finished = Finished.model_validate_json(line)
            parts[finished.part.file] = finished
    return started, parts


def differences(started: Heading, here: Heading) -> Iterator[str]:
    """What differs between a request and the one that a journal was started for, in words."""
    yield from started.differences_from(here)
    if started.request_digest == here.request_digest and started.tasks != here.tasks:
        yield "the work is cut differently, since the model or colgen has changed, or another share of it was asked for"
