"""Whether the data at hand is what its spec says: parts are made again from the manifest, and their bytes compared by digest.

What is made goes nowhere, but is counted and digested as it would be written: nothing is put beside the data, and memory stays as flat as in
a build. Only where versions differ, and bytes with them, is a part written into a temporary folder, to be read beside the one at hand.
"""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import xxhash

from colgen import engines
from colgen.declare.model import Model
from colgen.engines.progress import RowReporter, no_rows
from colgen.errors import RequestError
from colgen.generate.generation import Generation
from colgen.generate.plan import Task, plan
from colgen.targets import manifest as manifests
from colgen.targets.finished import read_files
from colgen.targets.manifest import Manifest, PartFile
from colgen.targets.parts import FolderOutput, NoOutput, WriteParts
from colgen.targets.place import Place
from colgen.targets.sql import answer, new_connection, quoted

SAMPLE = 12
"""How many parts are made again unless another number is asked for, or there are more tables."""

IDENTICAL, SAME_VALUES, DAMAGED, DIFFERENT, MISSING, UNLISTED = "identical", "same values", "damaged", "different", "missing", "unlisted"


@dataclass(frozen=True)
class Verdict:
    """What was found out about a part.

    outcome : "identical"; "same values" in other bytes, which other versions may write; "damaged", where the file is not what the manifest
        says; "different", where the manifest is not what its spec gives; "missing"; or "unlisted", a part that is not in the manifest
    reason : what is wrong, in words
    """

    table: str
    file: str
    outcome: str
    reason: str = ""

    @property
    def valid(self) -> bool:
        return self.outcome in (IDENTICAL, SAME_VALUES)


@dataclass(frozen=True)
class Verification:
    """What was found out about a build.

    verdicts : on each part that was made again, and on everything else that something is wrong with
    parts, made : how many parts the manifest has, and how many of them were made again
    versions : those that have changed: what the build was made with, and what is here
    """

    verdicts: tuple[Verdict, ...]
    parts: int
    made: int
    versions: Mapping[str, tuple[str, str]]

    @property
    def valid(self) -> bool:
        return all(verdict.valid for verdict in self.verdicts)


def verify(
    where: str | Path, model: Model | None = None, *, every: bool = False, sample: int | None = None, threads: int | None = None
) -> Verification:
    """Makes parts of a finished build again, and compares them with its manifest and its files.

    where : a folder, or a prefix of object storage
    every : all of them; if not, a sample drawn by the manifest's digest, always the same, with at least one of each table
    sample : how many; `SAMPLE` if None
    """
    if sample is not None and sample < 1:
        raise RequestError(f"sample = {sample}: it must be at least one part")
    build = read_files(where)
    manifest, place = build.manifest, build.place
    model = model or manifest.find_model()
    if set(manifest.spec.settings) != set(model.settings):
        raise RequestError(f"the manifest of {build} has other settings than model {model.name}: it was built from another one")
    for name in manifest.spec.tables:
        model.table(name)
    generation = manifest.spec.generation(model)
    tasks = plan(manifest.spec, generation, exact=False).tasks
    planned = {name: {number for numbers in tasks.parts_of(name) for number in numbers} for name in manifest.spec.tables}
    unlisted = [Verdict(_table(file), file, UNLISTED, "it lies among the parts, and is not in the manifest") for file in build.unlisted]
    verdicts = [*_contradictions(manifest, model, planned), *unlisted]
    known = {part.file: part for name, entry in manifest.tables.items() for part in entry.parts if part.number in planned.get(name, ())}
    digest = xxhash.xxh3_128_intdigest(place.read(manifests.NAME))
    drawn = known if every else _drawn(manifest, known, sample or SAMPLE, digest)
    chosen = {}
    sizes = {file: size for name in manifest.tables for file, size in place.sizes(name).items()}
    for file, part in known.items():
        size = sizes.get(file)
        if size is None:
            verdicts.append(Verdict(_table(file), file, MISSING, "the file is not there"))
        elif file in drawn:
            chosen[_table(file), part.number] = part
        elif size != part.bytes:
            verdicts.append(Verdict(_table(file), file, DAMAGED, f"the file has {size:,} bytes, not {part.bytes:,}"))
    judge = Judge(place, manifest, generation, chosen)
    engines.execute([task for task in tasks if judge.wanted(task)], judge, verdicts.extend, threads or os.cpu_count() or 1, no_rows)
    order = {name: number for number, name in enumerate(manifest.spec.tables)}
    verdicts.sort(key=lambda verdict: (order.get(verdict.table, -1), verdict.file))
    return Verification(tuple(verdicts), len(known), len(chosen), manifest.other_versions())


def _contradictions(manifest: Manifest, model: Model, planned: Mapping[str, set[int]]) -> Iterator[Verdict]:
    """Tables and parts of which the manifest says something else than its spec; whether a part itself is right is judged elsewhere."""
    for name in dict.fromkeys([*manifest.spec.tables, *manifest.tables]):
        entry = manifest.tables.get(name)
        listed = {part.number: part.file for part in entry.parts} if entry is not None else {}
        expected = planned.get(name, set())
        for number in sorted(expected.symmetric_difference(listed)):
            if number in listed:
                yield Verdict(name, listed[number], DIFFERENT, "its spec gives no such part")
            else:
                yield Verdict(name, manifest.part(name, number), DIFFERENT, "the manifest does not list it")
        if entry is not None and name in manifest.spec.tables:
            if list(entry.columns.items()) != list(model.table(name).sql_types.items()):
                yield Verdict(name, manifests.NAME, DIFFERENT, "the columns are not those of the model")
            if entry.rows != sum(part.rows for part in entry.parts):
                yield Verdict(name, manifests.NAME, DIFFERENT, f"its {entry.rows:,} rows are not those of its parts")


def _drawn(manifest: Manifest, known: Mapping[str, PartFile], size: int, digest: int) -> set[str]:
    """The files of a sample: one of each table, then any."""
    generator = random.Random(digest)
    tables = [[file for file in known if _table(file) == name] for name in manifest.tables]
    drawn = {generator.choice(files) for files in tables if files}
    rest = [file for file in known if file not in drawn]
    return drawn.union(generator.sample(rest, max(0, min(len(rest), size - len(drawn)))))


def _table(file: str) -> str:
    return file.partition("/")[0]


@dataclass(frozen=True)
class Judge:
    """Makes the chosen parts of a task, and judges each.

    chosen : the parts that are made, by table and number
    """

    place: Place
    manifest: Manifest
    generation: Generation
    chosen: Mapping[tuple[str, int], PartFile]

    def wanted(self, task: Task) -> dict[str, PartFile]:
        """The chosen parts that a task makes, by table."""
        parts = {name: self.chosen.get((name, number)) for name, number in task.parts.items()}
        return {name: part for name, part in parts.items() if part is not None}

    def __call__(self, task: Task, stop: Callable[[], bool], report: RowReporter) -> list[Verdict]:
        wanted = self.wanted(task)
        made = WriteParts(self.generation, self.manifest, NoOutput(), tuple(wanted))(task, stop, no_rows).parts
        made = {
            name: part.model_copy(update={"file": wanted[name].file}) for name, part in made.items()
        }  # of an earlier request, if it was kept
        return [Verdict(name, part.file, *self._outcome(task, name, part, made[name], stop)) for name, part in wanted.items()]

    def _outcome(self, task: Task, table: str, part: PartFile, made: PartFile, stop: Callable[[], bool]) -> tuple[str, str]:
        intact = part.intact(self.place)
        if made == part:
            return (IDENTICAL, "") if intact else (DAMAGED, "the file is not what the manifest says, and its spec gives")
        if made.intact(self.place):
            return DIFFERENT, "the file is what the spec gives, but not what the manifest says"
        if not intact:
            return DAMAGED, "the file is not what the manifest says"
        versions = self.manifest.other_versions()
        if versions and self._has_same_values(task, table, part, stop):
            return SAME_VALUES, "other bytes"
        because = ", ".join(f"built with {name} {then}, running {now}" for name, (then, now) in versions.items())
        return DIFFERENT, f"the file is what the manifest says, but not what the spec gives{because and f' ({because})'}"

    def _has_same_values(self, task: Task, table: str, part: PartFile, stop: Callable[[], bool]) -> bool:
        extension = self.manifest.spec.file_format.extension
        with tempfile.TemporaryDirectory(prefix="colgen-") as scratch:
            folder, at_hand = Path(scratch), Path(scratch) / f"at_hand.{extension}"
            (folder / table).mkdir()
            at_hand.write_bytes(self.place.read(part.file))  # under a path that DuckDB takes literally
            made = WriteParts(self.generation, self.manifest, FolderOutput(folder), (table,))(task, stop, no_rows).parts
            try:
                return bool(self._read(folder / made[table].file, table).equals(self._read(at_hand, table)))
            except Exception:  # DuckDB's and Arrow's words for a file that is not what it seems
                return False

    def _read(self, path: Path, table: str) -> pa.Table:
        columns, spec = self.manifest.tables[table].columns, self.manifest.spec
        format = spec.file_format
        reader = format.reader([path], columns)
        if reader is None:
            return format.dataset([path]).to_table()
        return answer(new_connection(), f"SELECT {', '.join(map(quoted, columns))} FROM {reader}")
