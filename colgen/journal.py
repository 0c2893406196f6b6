"""What a build under way has finished, for the next one to go on from if this one is killed.

Beside the folder that a build is written into lies a file of JSON lines: first what is made, and by which versions; then each part as soon
as it is finished. None of it is trusted: a part counts if it begins with the ids and has the rows that its task would give it, and its file
its digest; a line that was half written when the end came is no line.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import xxhash
from pydantic import BaseModel, ValidationError

from colgen.errors import RequestError
from colgen.generate import Run
from colgen.manifest import Origin, Part
from colgen.model import Model
from colgen.plan import Plan, Task, counted, fits
from colgen.spec import Spec

NAME = "journal"


class Heading(Origin):
    """What is made. model : a digest of the model's file, if it has one; tasks : of how the work is cut"""

    model: str
    tasks: str


class Finished(BaseModel):
    """A part that is finished. firsts : the first ids of its task, in each table fanned out"""

    part: Part
    firsts: Mapping[str, int]


class Journal:
    """The journal of a build, which has the parts that a killed one has finished if it resumes that.

    found : the parts it was begun with, by file; kept : those that were taken over
    """

    def __init__(self, target: Path, plan: Plan, model: Model) -> None:
        tasks = xxhash.xxh3_128_hexdigest(repr(plan.tasks).encode())
        self._heading = Heading.here(plan.spec, model=_code_of(model), tasks=tasks)
        self._target, self._spec = target, plan.spec
        self._path = Path()
        self._resumed = False
        self.found: dict[str, Finished] = {}
        self.kept: list[Part] = []

    def resume(self, folder: Path) -> None:
        """Takes over what a killed build has left in its folder, and clears away what it had not finished.

        Raises RequestError where that was another build, of which nothing is touched.
        """
        began, parts = _read(folder)
        if began is None:
            shutil.rmtree(folder)
            return
        differences = list(_differences(began, self._heading))
        if differences:
            raise RequestError(
                f"what a killed build into {str(self._target)!r} has left is of another request: {', '.join(differences)}; "
                "ask for the same to resume it, or build anew without --resume"
            )
        for path in folder.rglob("*"):
            if not path.is_dir() and str(path.relative_to(folder)) not in parts:
                path.unlink()
        self.found, self._resumed = parts, True

    def begin(self, folder: Path) -> None:
        """Opens the journal of the build that is written into a folder."""
        self._path = folder.with_name(NAME)
        if self._resumed:
            self._append("")  # ends a line that was half written
        else:
            self._path.unlink(missing_ok=True)
            self._append(self._heading.model_dump_json())

    def add(self, task: Task, parts: Mapping[str, Part]) -> None:
        """Notes the parts of a task that is finished, unless they were taken over from here."""
        new = [part for part in parts.values() if part.file not in self.found or self.found[part.file].part != part]
        self._append(*(Finished(part=part, firsts=task.firsts).model_dump_json() for part in new))

    def _append(self, *lines: str) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)

    def keep(self, task: Task, folder: Path, run: Run) -> dict[str, Part] | None:
        """The parts of a task that is finished; None where it is not, where it would make other rows now, or where a file is not what was
        written."""
        if not self.found:
            return None
        files = {name: task.file(name, self._spec.format) for name in task.parts if name in self._spec.tables}
        if all(file in self.found for file in files.values()):
            firsts, parts = counted(task, run).firsts, {name: self.found[file].part for name, file in files.items()}
            begins_there = all(self.found[file].firsts == firsts for file in files.values())
            rows = {name: part.rows for name, part in parts.items()}
            if begins_there and fits(rows, task, run) and all(part.intact(folder) for part in parts.values()):
                self.kept.extend(parts.values())
                return parts
        for file in files.values():
            (folder / file).unlink(missing_ok=True)
        return None


def finished_bytes(folder: Path) -> int:
    """How much of a killed build lies finished in its folder, going by the sizes of files."""
    total = 0
    for one in _read(folder)[1].values():
        with suppress(OSError):
            total += one.part.bytes * ((folder / one.part.file).stat().st_size == one.part.bytes)
    return total


def _read(folder: Path) -> tuple[Heading | None, dict[str, Finished]]:
    """The journal beside a folder: its heading, or None where there is no journal, and the parts by file."""
    try:
        heading, *lines = folder.with_name(NAME).read_bytes().split(b"\n")
        began = Heading.model_validate_json(heading)
    except (OSError, ValidationError):
        return None, {}
    parts = {}
    for line in lines:
        with suppress(ValidationError):
            one = Finished.model_validate_json(line)
            parts[one.part.file] = one
    return began, parts


def _code_of(model: Model) -> str:
    """A digest of the file of a model of one's own."""
    with suppress(OSError):
        if model.source:
            return xxhash.xxh3_128_hexdigest(Path(model.source).read_bytes())
    return ""


def _differences(began: Heading, here: Heading) -> Iterator[str]:
    """What a request has otherwise than the one that a journal was begun for, in words."""
    for name, (then, now) in began.other_versions().items():
        yield f"{name} {then} (now {now})"
    before, after = _said(began.spec), _said(here.spec)
    if before != after:
        names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        for name in names:
            if not (name in here.spec.settings and {"volume", "scale"}.intersection(names)):  # these say it already
                yield f"{name} {before.get(name, 'none')} (now {after.get(name, 'none')})"
    elif began.spec != here.spec:
        yield "the scenario says something else"
    elif began.model != here.model:
        yield "the model's file has changed"
    elif began.tasks != here.tasks and not began.other_versions():
        yield "the work is cut otherwise, since the model or colgen has changed"


def _said(spec: Spec) -> dict[str, Any]:
    """What a request says, by the words for it."""
    said = {name.replace("_", " "): value for name, value in spec.model_dump(mode="json", exclude={"settings", "scenario"}).items()}
    said["tables"] = ", ".join(spec.tables)
    said["scenario"] = spec.scenario.name if spec.scenario is not None else "none"
    return {**said, **spec.settings}
