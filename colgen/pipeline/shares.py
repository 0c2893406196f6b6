"""Shares of a build, where they were made: which there are, and whether they are the whole."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from colgen.errors import RequestError
from colgen.targets import manifest as manifests
from colgen.targets.destination import Destination, folder_path, is_bucket
from colgen.targets.manifest import NAME, Manifest, PartFile
from colgen.targets.objects.bucket import Bucket

_SHOWN = 5  # of the shares that are missing


@dataclass(frozen=True)
class FinishedShare:
    """A share where it was made.

    where : its folder, or its URL in a bucket
    sizes : bytes of the files of its parts that are there, by name
    """

    where: str
    manifest: Manifest
    sizes: Mapping[str, int]

    @property
    def number(self) -> int:
        assert self.manifest.share is not None
        return self.manifest.share.number

    @property
    def of(self) -> int:
        assert self.manifest.share is not None
        return self.manifest.share.of

    def __str__(self) -> str:
        return f"{self.where!r}, the share {self.manifest.share}"


def find_shares(paths: Sequence[str | Path]) -> list[FinishedShare]:
    """The shares in some folders or under some prefixes, all of one build and complete, in order. RequestError where they are not that."""
    shares = [share for path in paths for share in (_in_bucket(path) if is_bucket(path) else _in_folder(folder_path(path)))]
    _refuse_foreign(shares)
    _refuse_incomplete(shares)
    return shares


def _in_folder(folder: Path) -> Iterator[FinishedShare]:
    """The share that a folder is, or those in it. RequestError where there is none."""
    inner = [folder] if (folder / NAME).exists() else sorted(path.parent for path in folder.glob(f"*/{NAME}"))
    _refuse_none(str(folder), inner)
    for path in inner:
        yield _share(str(path), manifests.read_any(path), _sizes(path))


def _sizes(folder: Path) -> Mapping[str, int]:
    return {f"{path.parent.name}/{path.name}": os.lstat(path).st_size for path in folder.glob("*/*")}


def _in_bucket(url: str | Path) -> Iterator[FinishedShare]:
    """The same of a prefix, by one listing."""
    bucket = Bucket(Destination.parse(url).url)
    sizes = {name: entry.size for name, entry in bucket.entries()}
    inner = [""] if NAME in sizes else [name.removesuffix(NAME) for name in sizes if name.endswith(f"/{NAME}") and name.count("/") == 1]
    _refuse_none(str(bucket), inner)
    for folder in inner:
        where = f"{bucket}/{folder}".rstrip("/")
        manifest = manifests.of_files(bucket.read(f"{folder}{NAME}"), f"{where}/{NAME}")
        yield _share(where, manifest, {name.removeprefix(folder): size for name, size in sizes.items() if name.startswith(folder)})


def _refuse_none(where: str, inner: Sequence[object]) -> None:
    if not inner:
        raise RequestError(f"{where!r} holds no share of a build; name what was given to colgen build --part K/N --out")


def _share(where: str, manifest: Manifest, sizes: Mapping[str, int]) -> FinishedShare:
    if manifest.share is None:
        raise RequestError(f"{where!r} holds a whole build, not a share of one; there is nothing to merge it with")
    return FinishedShare(where, manifest, sizes)


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


def parts_of(shares: Sequence[FinishedShare]) -> Mapping[str, list[tuple[FinishedShare, PartFile]]]:
    """The parts of each table with the share that holds it. RequestError where one is not there as it was written, or is there twice."""
    parts: dict[str, list[tuple[FinishedShare, PartFile]]] = {name: [] for name in shares[0].manifest.spec.tables}
    seen: dict[str, set[int]] = defaultdict(set)
    for share in shares:
        for name, entry in share.manifest.tables.items():
            for part in entry.parts:
                size = share.sizes.get(part.file)
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
