"""A task becomes part files: the job behind every target that takes files."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from colgen.engines.progress import RowReporter
from colgen.errors import ColgenError
from colgen.formats import PartWriter
from colgen.generate.batches import task_batches
from colgen.generate.generation import Generation
from colgen.generate.plan import Task
from colgen.targets.folder.file import DigestingFile, OutputFile
from colgen.targets.manifest import Origin, PartFile


class Output(Protocol):
    """Opens what a part is written to; small enough to be pickled."""

    def __call__(self, file: str) -> DigestingFile: ...


@dataclass(frozen=True)
class FolderOutput:
    """Parts as files of a folder."""

    folder: Path

    def __call__(self, file: str) -> DigestingFile:
        return OutputFile(self.folder / file)


@dataclass(frozen=True)
class NoOutput:
    """Parts that are counted and digested, and kept nowhere."""

    def __call__(self, file: str) -> DigestingFile:
        return DigestingFile()


@dataclass(frozen=True)
class TaskParts:
    """What a task has made: the manifest's row of the part of each table."""

    task: Task
    parts: dict[str, PartFile]


@dataclass(frozen=True)
class WriteParts:
    """Makes the part of each of a task's tables, and gives its row of the manifest.

    origin : the request; it gives the format, the tables that are written and the parts' names
    output : opens what a part is written to
    tables : fewer than those of the spec, where not all are wanted
    block_cells : about how many values are made at a time, as many as serve speed if None; it changes none
    """

    generation: Generation
    origin: Origin
    output: Output
    tables: tuple[str, ...] | None = None
    block_cells: int | None = None

    def __reduce__(self) -> tuple[Callable[[str, bytes], WriteParts], tuple[str, bytes]]:
        """It is pickled with the versions that its bytes depend on, which are looked at before anything else is unpickled."""
        origin = self.origin.model_dump_json(include=set(Origin.model_fields))
        return _unpickled, (origin, pickle.dumps((self.generation, self.output, self.tables, self.block_cells)))

    def __call__(self, task: Task, stop: Callable[[], bool], report: RowReporter) -> TaskParts:
        format = self.origin.spec.file_format
        files = {name: file for name, file in self.origin.files_of(task).items() if self.tables is None or name in self.tables}
        names = list(files)
        rows = dict.fromkeys(names, 0)
        opened: dict[str, DigestingFile] = {}
        writers: dict[str, PartWriter] = {}
        try:
            for name in names:
                opened[name] = self.output(files[name])
                schema = self.generation.arrow_schema(self.generation.model.table(name))
                writers[name] = format.open(opened[name], schema)
            for batch in task_batches(self.generation, task, names, self.block_cells):
                if stop():
                    raise ColgenError("stopped")
                writers[batch.table].write(batch)
                report(batch.table, len(batch))
                rows[batch.table] += len(batch)
            for name in names:
                writers[name].close()
                opened[name].close()
        except BaseException:
            for file in opened.values():
                file.discard()
            for writer in writers.values():
                with suppress(Exception):
                    writer.close()  # so that Arrow does not complain of it later
            raise
        parts = {name: PartFile(file=files[name], rows=rows[name], bytes=opened[name].size, digest=opened[name].digest) for name in names}
        return TaskParts(task, parts)


def _unpickled(origin: str, fields: bytes) -> WriteParts:
    """RequestError where what this machine would write may differ from what the others write."""
    request = Origin.model_validate_json(origin)
    request.refuse_other_versions()
    generation, output, tables, block_cells = pickle.loads(fields)
    return WriteParts(generation, request, output, tables, block_cells)
