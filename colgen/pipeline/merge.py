"""The shares of a build become one: the same as if it had been made in one place.

Each share was made alone, and says in its manifest which one it is and of what. Nothing of a part is read again: its name says what it is, and
its size that it is whole. What the bytes are worth, `check` and `verify` find out, on this build as on any.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from colgen.audit.check import CheckFailed, check_build
from colgen.declare.model import Model
from colgen.engines.progress import Progress, StageStarted, no_progress
from colgen.errors import RequestError
from colgen.pipeline.summary import Summary
from colgen.targets import manifest as manifests
from colgen.targets.finished import FinishedBuild
from colgen.targets.folder import staging
from colgen.targets.folder.reuse import link
from colgen.targets.folder.views import load_sql
from colgen.targets.lake import metadata as lake
from colgen.targets.manifest import LOAD_SQL, Manifest, Origin, PartFile, table_entries
from colgen.targets.room import refuse_without_room

_SHOWN = 5  # of the shares that are missing


@dataclass(frozen=True)
class FinishedShare:
    """A share in its folder."""

    folder: Path
    manifest: Manifest

    @property
    def number(self) -> int:
        assert self.manifest.share is not None
        return self.manifest.share.number

    @property
    def of(self) -> int:
        assert self.manifest.share is not None
        return self.manifest.share.of

    def __str__(self) -> str:
        return f"{str(self.folder)!r}, the share {self.manifest.share}"


def merge(
    folders: Sequence[Path],
    out: Path,
    *,
    overwrite: bool = False,
    model: Model | None = None,
    threads: int | None = None,
    check: bool = False,
    max_memory: int | None = None,
    progress: Progress = no_progress,
) -> Summary:
    """Publishes the shares of a build as one build, in one step or not at all. The shares stay as they are.

    folders : those of the shares, or folders in which they lie
    out : where the build goes; on the file system of the shares, parts are linked, and take no room
    model : needed for a check, and for tables of a lake, where it neither ships with colgen nor was read from a file that you have run before

    Raises RequestError where a share is missing, damaged, or not of the same build as the others; TargetError where `out` must not be written to.
    """
    started = time.perf_counter()
    shares = list(_shares(folders))
    _refuse_foreign(shares)
    _refuse_incomplete(shares)
    parts = _parts(shares)
    first = shares[0].manifest
    entries = table_entries(
        {name: [part for _, part in files] for name, files in parts.items()},
        {name: first.tables[name].columns for name in first.spec.tables},
    )
    manifest = Manifest(**{name: getattr(first, name) for name in Origin.model_fields}, tables=entries)
    outcomes = None
    with staging.hold(out) as staged:
        new = staged.open(overwrite)
        if not _links(shares[0].folder, new):
            refuse_without_room(sum(manifest.bytes.values()), out)
        for name, files in parts.items():
            (new / name).mkdir()
            for share, part in files:
                link(share.folder / part.file, new / part.file)
        if manifest.spec.table_format is not None:
            made_by = manifest.spec.generation(model or manifest.find_model())
            lists = {name: entry.parts for name, entry in entries.items()}
            metadata = lake.write(new, staged.target, manifest.spec, made_by, lists, None)
            manifest = manifest.model_copy(update={"metadata_files": metadata})
        (new / LOAD_SQL).write_text(load_sql(manifest), encoding="utf-8")
        manifest.write(new)
        if check:
            progress(StageStarted("checking"))
            own = model or manifest.find_model()
            outcomes = tuple(check_build(FinishedBuild(new, manifest), own, threads=threads, max_memory=max_memory, progress=progress))
            if not all(outcome.holds for outcome in outcomes):
                raise CheckFailed(outcomes)
        staged.publish()
    return Summary(
        target=str(out),
        spec=manifest.spec,
        rows=manifest.rows,
        bytes=manifest.bytes,
        seconds=time.perf_counter() - started,
        outcomes=outcomes,
        parts=len(manifest.parts),
    )


def _shares(folders: Sequence[Path]) -> Iterator[FinishedShare]:
    """The shares in some folders. RequestError for one in which there is none."""
    for folder in folders:
        inner = [folder] if (folder / manifests.NAME).exists() else sorted(path.parent for path in folder.glob(f"*/{manifests.NAME}"))
        if not inner:
            raise RequestError(
                f"{str(folder)!r} holds no share of a build; name the folder that was given to colgen build --part K/N --out"
            )
        for path in inner:
            manifest = manifests.read_any(path)
            if manifest.share is None:
                raise RequestError(f"{str(path)!r} holds a whole build, not a share of one; there is nothing to merge it with")
            yield FinishedShare(path, manifest)


def _refuse_foreign(shares: Sequence[FinishedShare]) -> None:
    """Raises RequestError where the shares are not all of one build."""
    first = shares[0]
    for share in shares[1:]:
        differences = list(first.manifest.differences_from(share.manifest))
        if differences:
            raise RequestError(f"{share}, is of another build than {first}: {', '.join(differences)}; build it again, or leave it out")
        if share.of != first.of:
            raise RequestError(
                f"{share}, is one of {share.of:,}, and {first}, is one of {first.of:,}: cut the build in the same way everywhere"
            )


def _refuse_incomplete(shares: list[FinishedShare]) -> None:
    """Raises RequestError where a share is missing, or where two of one number differ. Of two that are the same, one is dropped."""
    by_number: dict[int, FinishedShare] = {}
    for share in list(shares):
        other = by_number.setdefault(share.number, share)
        if other is not share:
            if other.manifest != share.manifest:
                raise RequestError(f"{share}, differs from {other}: one of them was not written by colgen, or was changed; build it again")
            shares.remove(share)
    of = shares[0].of
    missing = [number for number in range(1, of + 1) if number not in by_number]
    if missing:
        listed = ", ".join(f"{number}/{of}" for number in missing[:_SHOWN]) + (" …" if len(missing) > _SHOWN else "")
        raise RequestError(f"{len(missing):,} of {of:,} shares are missing: {listed}; build them with --part, and merge again")
    shares.sort(key=lambda share: share.number)


def _parts(shares: Sequence[FinishedShare]) -> Mapping[str, list[tuple[FinishedShare, PartFile]]]:
    """The parts of each table with the share that holds it. RequestError where one is not there as it was written, or is there twice."""
    parts: dict[str, list[tuple[FinishedShare, PartFile]]] = {name: [] for name in shares[0].manifest.spec.tables}
    seen: dict[str, set[int]] = defaultdict(set)
    for share in shares:
        for name, entry in share.manifest.tables.items():
            for part in entry.parts:
                size = None
                with suppress(OSError):
                    size = os.lstat(share.folder / part.file).st_size
                if size != part.bytes:
                    reason = f"{part.file} is missing" if size is None else f"{part.file} has {size:,} bytes, not {part.bytes:,}"
                    raise RequestError(f"{share}, is damaged: {reason}; build it again")
                if name not in parts or part.number in seen[name]:
                    raise RequestError(f"{share}, has a part that is not its own: {part.file}; build it again")
                seen[name].add(part.number)
                parts[name].append((share, part))
    for name, numbers in seen.items():
        if gaps := set(range(len(numbers))) - numbers:
            raise RequestError(f"none of the shares has part {min(gaps):,} of {name}; build them again")
    return parts


def _links(old: Path, new: Path) -> bool:
    """Whether a file of one folder may have a second name in another one."""
    return os.stat(old).st_dev == os.stat(new).st_dev
