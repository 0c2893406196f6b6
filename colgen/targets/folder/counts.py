"""What a share leads to, counted beforehand and left beside the shares, so that no share counts the rows of those before it.

Each count is a small file of JSON. Shares that find them start from their sums; those that do not, count for themselves, with the same result.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Set
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from colgen.errors import RequestError
from colgen.generate.generation import Generation
from colgen.generate.plan import Tasks, family_of, tasks_of
from colgen.generate.share import Share
from colgen.generate.spec import Spec
from colgen.targets.manifest import Origin

_LARGEST = 1_000_000  # bytes: a table takes some thirty


class ShareCount(BaseModel):
    """How many rows a share has.

    request : the digest of what was asked for, as in the names of parts
    rows : of each table that is fanned out, by name, those among them that are not written
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    request: Annotated[str, StringConstraints(pattern="^[0-9a-f]{8}$")]
    share: Share
    rows: dict[str, Annotated[int, Field(ge=0, lt=1 << 62)]]

    @classmethod
    def read(cls, path: Path, request: str, share: Share, tables: Set[str]) -> Self:
        """The count of a share. RequestError where it is not that.

        tables : what it must have counted, by name
        """
        again = f"count it again: --part {share} --count"
        try:
            with path.open("rb") as file:
                content = file.read(_LARGEST)
        except OSError as error:
            raise RequestError(f"{str(path)!r} cannot be read: {os.strerror(error.errno or 0).lower()}") from None
        try:
            counted = cls.model_validate_json(content)
            if counted.rows.keys() != tables and counted.request == request:
                raise ValueError("it has counted other tables")
        except ValueError:
            raise RequestError(f"{str(path)!r} is not the count of a share; {again}") from None
        if counted.request != request or counted.share != share:
            raise RequestError(f"{str(path)!r} was counted for another request; {again}, or delete it")
        return counted

    def write(self, folder: Path) -> Path:
        """Puts it beside the shares, whole or not at all."""
        folder.mkdir(parents=True, exist_ok=True)
        path, new = _file(folder, self.share), folder / f".{os.getpid()}-{_file(folder, self.share).name}"
        try:
            new.write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")
            os.replace(new, path)
        finally:
            with suppress(FileNotFoundError):
                new.unlink()
        return path


def _file(folder: Path, share: Share) -> Path:
    return folder / f"{share.folder}.count.json"


def take_over(folder: Path, share: Share, spec: Spec, generation: Generation) -> int:
    """Lets a generation know what the counts in a folder say of the rows before a share; and of all rows, if all shares are counted.

    Returns of how many shares before it this is known. Raises RequestError for a count of another request.
    """
    request, tasks = Origin.here(spec, generation).request_digest, tasks_of(spec, generation)
    tables = {table.name for of in tasks.cuts for table in family_of(generation.model, of.root)[1:]}
    before, rows = 0, Counter[str]()
    for number in range(1, share.of + 1):
        counted = Share(number=number, of=share.of)
        if not (path := _file(folder, counted)).exists():
            break
        rows.update(ShareCount.read(path, request, counted, tables).rows)
        if number < share.number:
            before = number
        if number == share.of or number == share.number - 1 or not _file(folder, Share(number=number + 1, of=share.of)).exists():
            _note(rows, tasks[: counted.among(len(tasks)).stop], generation)
    return before


def _note(rows: Mapping[str, int], tasks: Tasks, generation: Generation) -> None:
    """Lets a generation know how many rows come from some tasks, from the first one on."""
    for tasks_of_family in tasks.cuts:
        family = family_of(generation.model, tasks_of_family.root)
        if len(family) > 1:
            last = tasks_of_family.task(len(tasks_of_family) - 1)
            generation.counts.note_first_ids(family, last.first + last.rows, {table: 1 + rows[table.name] for table in family[1:]})
