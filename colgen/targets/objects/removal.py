"""Takes a build's objects away: those that its manifest lists and those that builds have left which never ended, and nothing else."""

from __future__ import annotations

from colgen.errors import RequestError, TargetError
from colgen.targets import manifest as manifests
from colgen.targets.folder.journal import Heading
from colgen.targets.manifest import LOAD_SQL, NAME, Origin
from colgen.targets.objects.bucket import Bucket, Conflict
from colgen.targets.objects.contents import refuse_changed
from colgen.targets.objects.journal import WITHDRAWN, Journal, leftovers, remove_leftover


def listed(url: str, only_leftovers: bool = False) -> list[str]:
    """What colgen made under a prefix, one line each. RequestError where there is nothing."""
    bucket = Bucket(url)
    lines = [] if only_leftovers else [f"{url}/{file}" for file in _finished(bucket)]
    for leftover in leftovers(bucket):
        lines += [f"{url}/{file} (left by {leftover}, which has not ended)" for file in leftover.files()]
    if not lines:
        raise RequestError(f"{url} holds nothing that {'a build has left which never ended' if only_leftovers else 'colgen made'}")
    return lines


def remove(url: str, only_leftovers: bool = False) -> int:
    """Removes it; how many objects are gone. TargetError where something was changed, or another build was published meanwhile."""
    bucket = Bucket(url)
    gone = sum(remove_leftover(leftover) for leftover in list(leftovers(bucket)))
    return gone if only_leftovers else gone + _remove_finished(bucket)


def _remove_finished(bucket: Bucket) -> int:
    """Turns the finished build into one that has not ended, and removes that: at every moment it is either whole or known as a leftover."""
    try:
        text, version = bucket.read_version(NAME)
    except FileNotFoundError:
        return 0
    if text == WITHDRAWN:
        return bucket.delete([LOAD_SQL, NAME])
    manifest = manifests.of_files(text, f"{bucket}/{NAME}")
    entries = dict(bucket.entries())
    refuse_changed(bucket, manifest, entries)
    origin = {name: getattr(manifest, name) for name in Origin.model_fields}
    journal = Journal(bucket, Heading(**origin, tasks="removed"))
    journal.start(resume=False)
    journal.keep_replaced(text)
    try:
        bucket.put_if(NAME, WITHDRAWN, version)
    except Conflict:
        journal.remove()
        raise TargetError(f"another build into {bucket} was published meanwhile; look what is there") from None
    bucket.delete([LOAD_SQL, NAME])
    journal.remove()
    return sum(file in entries for file in manifest.files)


def _finished(bucket: Bucket) -> list[str]:
    try:
        text = bucket.read(NAME)
    except FileNotFoundError:
        return []
    return [NAME] if text == WITHDRAWN else manifests.of_files(text, f"{bucket}/{NAME}").files
