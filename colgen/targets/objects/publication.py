"""The build that is under a prefix, and the one that takes its place: by a conditional put of its manifest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from colgen.errors import ColgenError, RequestError, TargetError
from colgen.generate.plan import Task
from colgen.generate.share import Share
from colgen.targets import manifest as manifests
from colgen.targets.folder.views import load_sql
from colgen.targets.manifest import LOAD_SQL, NAME, Manifest, Origin, PartFile
from colgen.targets.objects.bucket import Bucket, Conflict, Version
from colgen.targets.objects.journal import Journal


@dataclass(frozen=True)
class There:
    """The build that is under a prefix already: its manifest, the text of that, and which version of the object it is."""

    manifest: Manifest
    text: bytes
    version: Version

    @classmethod
    def read(cls, bucket: Bucket) -> There | None:
        """The build under a prefix; None where there is none. TargetError where its manifest cannot be read, so that nobody knows what is whose."""
        try:
            text, version = bucket.read_version(NAME)
        except FileNotFoundError:
            return None
        try:
            return cls(manifests.of_files(text, f"{bucket}/{NAME}"), text, version)
        except RequestError as error:
            raise TargetError(
                f"{bucket}/{NAME} was not written by colgen, or not by this version of it; move it away, or name another prefix ({error})"
            ) from None

    def holds(self, share: Share, origin: Origin) -> bool:
        """Whether it is a certain share of a request, which a scheduler may ask for again."""
        return self.manifest.share == share and not any(origin.differences_from(self.manifest))

    def parts_of(self, task: Task) -> dict[str, PartFile] | None:
        """Its parts that a task of the same request makes, whether or not they are intact; None where it does not have all of them."""
        files = self.manifest.files_of(task)
        return {name: self._listed[file] for name, file in files.items()} if self._listed.keys() >= set(files.values()) else None

    @cached_property
    def _listed(self) -> dict[str, PartFile]:
        return {part.file: part for part in self.manifest.parts}


def not_asked_for(bucket: Bucket) -> TargetError:
    return TargetError(f"{bucket} holds a finished build; add --overwrite to replace it, or name another prefix")


def other_won(bucket: Bucket) -> TargetError:
    return TargetError(f"another build into {bucket} was published or removed while this one went on; this one is given up")


def publish(journal: Journal, manifest: Manifest, there: There | None) -> None:
    """Puts the manifest of a build, once all of its parts are seen to be there, and clears away what it needed until then, and the parts of the build that it
    replaces.

    there : the build that it replaces; if there is another one by now, or none, that is a TargetError
    """
    bucket = journal.bucket
    if not journal.is_own():
        raise TargetError(f"the build into {bucket} was resumed or removed by somebody else meanwhile; this one is given up")
    sizes = {name: entry.size for name, entry in bucket.entries()}
    for part in manifest.parts:
        if sizes.get(part.file) != part.bytes:
            raise TargetError(f"{bucket}/{part.file} was removed or changed by somebody else meanwhile; this build is given up")
    if there is not None:
        journal.keep_replaced(there.text)
    try:
        bucket.put_if(NAME, manifest.text().encode(), there.version if there is not None else None)
    except Conflict:
        raise other_won(bucket) from None
    try:
        bucket.put(LOAD_SQL, load_sql(manifest, bucket.url).encode())
        journal.remove()
    except ColgenError as error:
        raise ColgenError(
            f"the new build is in its place, {bucket}, but what it needed until then could not be cleared away ({error}): "
            f"colgen cleanup {bucket} --leftovers"
        ) from error
