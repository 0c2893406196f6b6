"""The shares of a build that lie in a bucket become one build there: the store itself copies their parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

from colgen.errors import RequestError
from colgen.targets.finished import FinishedBuild
from colgen.targets.folder.journal import Heading
from colgen.targets.manifest import Manifest, Origin
from colgen.targets.objects.bucket import Bucket, split
from colgen.targets.objects.contents import refuse_changed, refuse_foreign
from colgen.targets.objects.finished import BuildOfObjects
from colgen.targets.objects.journal import Journal, TaskRecord
from colgen.targets.objects.publication import There, not_asked_for, publish

_COPIES = 16
"""Requests that are under way at once: the store does the work."""


@contextmanager
def merged(url: str, manifest: Manifest, sources: Mapping[str, str], overwrite: bool) -> Iterator[FinishedBuild]:
    """A build whose parts are copied under a prefix; it is published when this is left, unless by an error.

    A merge that was killed is taken over: what it has copied is copied again.

    sources : of each part the URL of the object that it is a copy of, in the same bucket
    """
    if any(source == f"{url}/{file}" for file, source in sources.items()):
        raise RequestError(f"{url!r} holds one of the shares; name another prefix")
    bucket = Bucket(url)
    there = There.read(bucket)
    if there is not None and not overwrite:
        raise not_asked_for(bucket)
    entries = dict(bucket.entries())
    journal = Journal(bucket, Heading(**{name: getattr(manifest, name) for name in Origin.model_fields}, tasks="merged"))
    if there is not None:
        refuse_changed(bucket, there.manifest, entries)
    refuse_foreign(bucket, sources, entries, journal.records.files().union(there.manifest.files if there is not None else ()))
    journal.start(resume=True)
    try:
        bucket.put(f"{journal.records.folder}/merged.json", TaskRecord(files=list(sources)).model_dump_json().encode())
        root, _ = split(url)
        with ThreadPoolExecutor(_COPIES) as pool:
            for _ in pool.map(lambda file: root.copy(split(sources[file])[1], split(f"{url}/{file}")[1]), sources):
                pass
        yield BuildOfObjects.of(bucket, manifest)
        publish(journal, manifest, there)
    except BaseException:
        with suppress(Exception):
            journal.remove()
        raise
