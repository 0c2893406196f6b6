"""What under a prefix is a build's, and what is not: nothing that colgen did not write, or that was changed since, is replaced or removed.

An object that has its size and is older than what lists it counts as unchanged; any other is compared by its digest. The times are the
store's own, which nobody else sets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from datetime import datetime

from colgen.errors import TargetError
from colgen.targets.folder.views import load_sql
from colgen.targets.manifest import LOAD_SQL, NAME, Manifest, PartFile
from colgen.targets.objects.bucket import Bucket, Entry


def is_intact(bucket: Bucket, part: PartFile, entry: Entry | None, listed_at: datetime) -> bool:
    """Whether an object is still what was written.

    entry : what a listing says of it
    listed_at : when it was written down that it is this part
    """
    if entry is None or entry.size != part.bytes:
        return False
    return entry.modified < listed_at or bucket.digest(part.file) == part.digest


def refuse_changed(bucket: Bucket, manifest: Manifest, entries: Mapping[str, Entry]) -> None:
    """Raises TargetError where something that a build's manifest lists is no longer what was written. What is missing is no obstacle."""
    written = entries[NAME].modified
    for table in manifest.tables.values():
        for part in table.parts:
            if part.file in entries and not is_intact(bucket, part, entries[part.file], written):
                raise _changed(f"{bucket}/{part.file}")
    if LOAD_SQL in entries and bucket.read(LOAD_SQL) != load_sql(manifest, bucket.url).encode():
        raise _changed(f"{bucket}/{LOAD_SQL}")


def _changed(url: str) -> TargetError:
    return TargetError(f"{url} has changed since it was written, so it is left alone; move it away or delete it, and try again")


def refuse_foreign(bucket: Bucket, new: Iterable[str], entries: Mapping[str, Entry], ours: Set[str]) -> None:
    """Raises TargetError where an object that is not colgen's lies where the new build has one. Anywhere else it may stay."""
    for name in (*new, LOAD_SQL):
        if name in entries and name not in ours:
            raise TargetError(f"{bucket}/{name} was not written by colgen and lies where the build has an object; move it away")
