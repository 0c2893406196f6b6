"""Whether the data at hand is what its spec says: parts are made anew from the manifest, and the bytes compared by their digests.

What is made goes nowhere, but is counted and digested as it would be written: nothing lies beside the data, and memory stays as flat as
in a build. Only where versions differ, and bytes with them, is a part written into a temporary folder, to be read beside the one at hand.
"""

from __future__ import annotations

import os
import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pyarrow as pa
import xxhash

from colgen import engines, pipeline
from colgen import manifest as manifests
from colgen.errors import RequestError
from colgen.generate import Run
from colgen.manifest import Manifest, Part
from colgen.model import Model, load
from colgen.plan import Task, plan
from colgen.sinks import sink
from colgen.sinks.file import Counted, PartFile
from colgen.views import answer, new_connection, quoted

SAMPLE = 12
"""So many parts are made anew unless another number is asked for, or there are more tables."""

RIGHT, SAME_VALUES, DAMAGED, DIFFERENT, MISSING, STRANGE = "right", "same values", "damaged", "different", "missing", "strange"


@dataclass(frozen=True)
class Verdict:
    """What became of a part.

    outcome : "right"; "same values" in other bytes, which other versions may write; "damaged", where the file is not what the manifest
        says; "different", where the manifest is not what its spec gives; "missing"; or "strange", a part that the manifest does not know
    says : what is wrong, in words
    """

    table: str
    file: str
    outcome: str
    says: str = ""

    @property
    def right(self) -> bool:
        return self.outcome in (RIGHT, SAME_VALUES)


@dataclass(frozen=True)
class Verification:
    """What was found.

    verdicts : on each part that was made anew, and on whatever else something is wrong with
    parts, made : how many parts the manifest has, and how many of them were made anew
    versions : those that are others now: what the build was made with, and what is here
    """

    verdicts: tuple[Verdict, ...]
    parts: int
    made: int
    versions: Mapping[str, tuple[str, str]]

    @property
    def right(self) -> bool:
        return all(verdict.right for verdict in self.verdicts)


def verify(
    folder: Path, model: Model | None = None, *, every: bool = False, sample: int | None = None, threads: int | None = None
) -> Verification:
    """Makes parts of a finished build anew, and compares them with its manifest and its files.

    every : all of them; if not, a sample that the manifest's digest draws, always the same, with at least one of each table
    sample : how many; `SAMPLE` if None
    """
    if sample is not None and sample < 1:
        raise RequestError(f"sample = {sample}: it must be at least one part")
    found = manifests.read(folder)
    model = model or load(found.spec.model)
    if set(found.spec.settings) != set(next(iter(model.volumes.values()))):
        raise RequestError(f"the manifest of {str(folder)!r} has other settings than model {model.name}: it was built from another one")
    run = found.spec.run(model)
    tasks = plan(found.spec, model, run, counted=False).tasks
    planned = {task.file(name, found.spec.format) for task in tasks for name in task.parts if name in found.spec.tables}
    verdicts = [*_amiss(found, model, planned), *_strange(folder, found)]
    known = {part.file: part for entry in found.tables.values() for part in entry.parts if part.file in planned}
    drawn = known if every else _drawn(found, known, sample or SAMPLE, xxhash.xxh3_128_intdigest((folder / manifests.NAME).read_bytes()))
    chosen = {}
    for file, part in known.items():
        size = _size(folder / file)
        if size is None:
            verdicts.append(Verdict(_table(file), file, MISSING, "the file is not there"))
        elif file in drawn:
            chosen[file] = part
        elif size != part.bytes:
            verdicts.append(Verdict(_table(file), file, DAMAGED, f"the file has {size:,} bytes, not {part.bytes:,}"))
    judge = _Judge(folder, found, model, run, chosen)
    wanted = [task for task in tasks if judge.wanted(task)]
    engines.run(wanted, run, judge.work, verdicts.extend, threads or os.cpu_count() or 1, pipeline.Silence())
    verdicts.sort(key=lambda verdict: (found.spec.tables.index(verdict.table) if verdict.table in found.spec.tables else -1, verdict.file))
    return Verification(tuple(verdicts), len(known), len(chosen), found.other_versions())


def _amiss(found: Manifest, model: Model, planned: Set[str]) -> Iterator[Verdict]:
    """What the manifest says of tables and parts, and its spec does not; what only it says of a part is for others to judge."""
    for name in dict.fromkeys([*found.spec.tables, *found.tables]):
        entry = found.tables.get(name)
        listed = Counter(part.file for part in entry.parts) if entry is not None else Counter()
        expected = {file for file in planned if _table(file) == name}
        for file in sorted(expected.union(listed)):
            if file not in expected:
                yield Verdict(name, file, DIFFERENT, "its spec gives no such part")
            elif listed[file] != 1:
                yield Verdict(name, file, DIFFERENT, f"the manifest lists it {listed[file]} times")
        if entry is not None and name in found.spec.tables:
            if entry.columns != pipeline.columns_of(model, name):
                yield Verdict(name, manifests.NAME, DIFFERENT, "the columns are not those of the model")
            if entry.rows != sum(part.rows for part in entry.parts):
                yield Verdict(name, manifests.NAME, DIFFERENT, f"{entry.rows:,} rows are not those of its parts")


def _strange(folder: Path, found: Manifest) -> Iterator[Verdict]:
    """Files that a reader would take for parts."""
    files = set(found.files)
    for name in found.tables:
        for path in sorted((folder / name).glob(f"part-*.{found.spec.format}")):
            if (file := str(path.relative_to(folder))) not in files:
                yield Verdict(name, file, STRANGE, "it lies among the parts, and the manifest does not know it")


def _drawn(found: Manifest, known: Mapping[str, Part], many: int, digest: int) -> set[str]:
    """The files of a sample: one of each table, then any."""
    chance = random.Random(digest)
    tables = [[file for file in known if _table(file) == name] for name in found.tables]
    drawn = {chance.choice(files) for files in tables if files}
    rest = [file for file in known if file not in drawn]
    return drawn.union(chance.sample(rest, max(0, min(len(rest), many - len(drawn)))))


def _table(file: str) -> str:
    return file.partition("/")[0]


def _size(path: Path) -> int | None:
    with suppress(OSError):
        if path.is_file():
            return path.stat().st_size
    return None


class _Judge:
    """Makes the chosen parts of a task, and judges each."""

    def __init__(self, folder: Path, found: Manifest, model: Model, run: Run, chosen: Mapping[str, Part]) -> None:
        self.folder, self.found, self.model, self.run, self.chosen = folder, found, model, run, chosen
        self.schemas = {name: run.schema(model.table(name)) for name in found.spec.tables}
        self.other_versions = bool(found.other_versions())

    def wanted(self, task: Task) -> dict[str, Part]:
        files = {name: task.file(name, self.found.spec.format) for name in task.parts}
        return {name: self.chosen[file] for name, file in files.items() if file in self.chosen}

    def work(self, task: Task, stop: Event, progress: engines.Told) -> list[Verdict]:
        wanted = self.wanted(task)
        schemas = {name: self.schemas[name] for name in wanted}
        made = pipeline.make(task, self.found.spec, self.model, self.run, schemas, lambda file: Counted(), stop)
        return [Verdict(name, part.file, *self._outcome(task, name, part, made[name], stop)) for name, part in wanted.items()]

    def _outcome(self, task: Task, table: str, part: Part, made: Part, stop: Event) -> tuple[str, str]:
        intact = part.intact(self.folder)
        if made == part:
            return (RIGHT, "") if intact else (DAMAGED, "the file is not what the manifest says, and its spec gives")
        if made.intact(self.folder):
            return DIFFERENT, "the file is what the spec gives, but not what the manifest says"
        if not intact:
            return DAMAGED, "the file is not what the manifest says"
        if self.other_versions and self._has_same_values(task, table, part, stop):
            return SAME_VALUES, "other bytes"
        return DIFFERENT, "the file is what the manifest says, but not what the spec gives"

    def _has_same_values(self, task: Task, table: str, part: Part, stop: Event) -> bool:
        spec = self.found.spec
        with tempfile.TemporaryDirectory(prefix="colgen-") as scratch:
            made, at_hand = (Path(scratch) / f"{name}.{spec.format}" for name in ("made", "at_hand"))
            at_hand.symlink_to((self.folder / part.file).resolve())  # under a name in which nothing means anything to DuckDB
            pipeline.make(task, spec, self.model, self.run, {table: self.schemas[table]}, lambda file: PartFile(made), stop)
            try:
                return bool(self._read(made, table).equals(self._read(at_hand, table)))
            except Exception:  # DuckDB's and Arrow's words for a file that is not what it seems
                return False

    def _read(self, path: Path, table: str) -> pa.Table:
        columns, spec = self.found.tables[table].columns, self.found.spec
        reader = sink(spec.format, spec.compression).reader(str(path), columns)
        if reader is None:
            return pa.ipc.open_file(path).read_all()
        return answer(new_connection(), f"SELECT {', '.join(map(quoted, columns))} FROM {reader}")
