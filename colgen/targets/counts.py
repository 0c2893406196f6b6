"""What shares of a build lead to, counted beforehand and left beside them, so that no share counts the rows of those before it.

Each count is a small file of JSON. A share that finds those before it starts from their sum; one that does not counts for itself, with the same
result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from typing import Annotated, Protocol, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from colgen.engines.processes import aside
from colgen.engines.progress import Noted, Progress
from colgen.errors import RequestError
from colgen.generate.generation import Generation
from colgen.generate.plan import Tasks, family_of, needs_all_counts, tasks_of
from colgen.generate.share import Share
from colgen.generate.spec import Spec
from colgen.targets.manifest import Origin


class CountPlace(Protocol):
    """Where shares lie: a folder, or a prefix of a bucket."""

    def __str__(self) -> str:
        """Where it is, as it may be shown."""

    def read(self, name: str) -> bytes:
        """A whole file. FileNotFoundError where it is not there."""

    def put(self, name: str, data: bytes) -> None:
        """Puts a file, whole or not at all, whatever is there."""


class ShareCount(BaseModel):
    """How many rows a share has.

    request : the digest of what was asked for, as in the names of parts
    rows : of each table that is fanned out, by name, those among them that are not written
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    request: Annotated[str, StringConstraints(pattern="^[0-9a-f]{8}$")]
    share: Share
    rows: dict[str, Annotated[int, Field(ge=0, lt=1 << 62)]]

    @staticmethod
    def file(share: Share) -> str:
        """The name of the file that the count of a share is."""
        return f"{share.folder}.count.json"

    @classmethod
    def of(cls, rows: Mapping[str, int], share: Share, spec: Spec, generation: Generation) -> Self:
        return cls(request=Origin.here(spec, generation).request_digest, share=share, rows=dict(rows))

    @classmethod
    def read(cls, place: CountPlace, request: str, share: Share, tables: Set[str]) -> Self | None:
        """The count of a share; None where it has not been counted. RequestError for what is not its count.

        tables : what it must have counted, by name
        """
        name, again = cls.file(share), f"count it again: --part {share} --count"
        try:
            content = place.read(name)
        except FileNotFoundError:
            return None
        try:
            counted = cls.model_validate_json(content)
            if counted.rows.keys() != tables and counted.request == request:
                raise ValueError("it has counted other tables")
        except ValueError:
            raise RequestError(f"'{place}/{name}' is not the count of a share; {again}") from None
        if counted.request != request or counted.share != share:
            raise RequestError(f"'{place}/{name}' was counted for another request, be it another seed or format; {again}, or delete it")
        return counted

    def write(self, place: CountPlace) -> str:
        """Puts it beside the shares; where it lies now."""
        name = self.file(self.share)
        place.put(name, (self.model_dump_json(indent=1) + "\n").encode())
        return f"{place}/{name}"


def counted_tables(tasks: Tasks, generation: Generation) -> set[str]:
    """The tables of which some tasks make rows that have to be counted, by name."""
    return {table.name for cut in tasks.cuts for table in family_of(generation.model, cut.root)[1:]}


def take_over(place: CountPlace, share: Share, spec: Spec, generation: Generation, progress: Progress) -> None:
    """Lets a generation know what the counts at a place say of the rows before a share; and of all rows, where others need to know those.

    progress : told of how many shares before it this is known

    Raises RequestError for a count of another request.
    """
    request, tasks = Origin.here(spec, generation).request_digest, tasks_of(spec, generation)
    tables = counted_tables(tasks, generation)
    wanted = share.of if needs_all_counts(generation) else share.number - 1
    counts = aside(lambda: _read(place, share.of, wanted, request, tables))
    for known in {min(len(counts), share.number - 1), len(counts)} - {0}:
        rows = Counter[str]()
        for counted in counts[:known]:
            rows.update(counted.rows)
        _note(rows, tasks[: Share(number=known, of=share.of).among(len(tasks)).stop], generation)
    if known := min(len(counts), share.number - 1):
        progress(Noted(f"{known:,} of {share.number - 1:,} shares before this one are counted already"))


def _read(place: CountPlace, of: int, wanted: int, request: str, tables: Set[str]) -> Sequence[ShareCount]:
    """The counts of the first shares, up to one that is missing.

    of : how many shares there are
    wanted : how many are looked for
    """
    counts = list[ShareCount]()
    for number in range(1, wanted + 1):
        counted = ShareCount.read(place, request, Share(number=number, of=of), tables)
        if counted is None:
            break
        counts.append(counted)
    return counts


def _note(rows: Mapping[str, int], tasks: Tasks, generation: Generation) -> None:
    """Lets a generation know how many rows come from some tasks, from the first one on."""
    for cut in tasks.cuts:
        family = family_of(generation.model, cut.root)
        if len(family) > 1:
            last = cut.task(len(cut) - 1)
            generation.counts.note_first_ids(family, last.first + last.rows, {table: 1 + rows[table.name] for table in family[1:]})
