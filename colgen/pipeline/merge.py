"""The shares of a build become one: the same as if it had been made in one place.

Each share was made alone, and says in its manifest which one it is and of what. Nothing of a part is read again: its name says what it is, and
its size that it is whole. What the bytes are worth, `check` and `verify` find out, on this build as on any.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from colgen.audit.check import prove_build
from colgen.declare.model import Model
from colgen.engines.progress import Progress, no_progress
from colgen.errors import RequestError
from colgen.pipeline.shares import find_shares, parts_of
from colgen.pipeline.summary import Summary
from colgen.targets.destination import Destination, folder_path, is_bucket
from colgen.targets.finished import FinishedBuild
from colgen.targets.folder import staging
from colgen.targets.folder.reuse import link
from colgen.targets.folder.views import load_sql
from colgen.targets.lake import metadata as lake
from colgen.targets.manifest import LOAD_SQL, Manifest, Origin, table_entries
from colgen.targets.objects.merging import merged
from colgen.targets.room import refuse_without_room


def merge(
    paths: Sequence[str | Path],
    out: str | Path,
    *,
    overwrite: bool = False,
    model: Model | None = None,
    threads: int | None = None,
    check: bool = False,
    max_memory: int | None = None,
    progress: Progress = no_progress,
) -> Summary:
    """Publishes the shares of a build as one build, in one step or not at all. The shares stay as they are.

    paths : those of the shares, or the folders in which they lie; or URLs in a bucket
    out : where the build goes. In a bucket, which must be that of the shares, the store copies the parts; on the file system of the shares,
        they are linked, and take no room
    model : needed for a check, and for tables of a lake, where it neither ships with colgen nor was read from a file that you have run before

    Raises RequestError where a share is missing, damaged, or not of the same build as the others; TargetError where `out` must not be written to.
    """
    started = time.perf_counter()
    _refuse_elsewhere(paths, out)
    shares = find_shares(paths)
    parts = parts_of(shares)
    first = shares[0].manifest
    entries = table_entries(
        {name: [part for _, part in files] for name, files in parts.items()},
        {name: first.tables[name].columns for name in first.spec.tables},
    )
    manifest = Manifest(**{name: getattr(first, name) for name in Origin.model_fields}, tables=entries)
    sources = {part.file: f"{share.where}/{part.file}" for files in parts.values() for share, part in files}
    outcomes = None
    if is_bucket(out):
        making = merged(Destination.parse(out).url, manifest, sources, overwrite)
    else:
        making = _in_folder(folder_path(out), manifest, sources, overwrite, model)
    with making as build:
        if check:
            outcomes = prove_build(build, model or manifest.find_model(), threads=threads, max_memory=max_memory, progress=progress)
    return Summary(
        target=str(out),
        spec=manifest.spec,
        rows=manifest.rows,
        bytes=manifest.bytes,
        seconds=time.perf_counter() - started,
        outcomes=outcomes,
        parts=len(manifest.parts),
    )


def _refuse_elsewhere(paths: Sequence[str | Path], out: str | Path) -> None:
    """Raises RequestError where the parts would have to come from another bucket, or from disk into one."""
    buckets = {"/".join(Destination.parse(path).url.split("/")[:3]) if is_bucket(path) else "a folder" for path in (*paths, out)}
    if len(buckets) > 1:
        raise RequestError(
            f"shares are merged where they lie, and these are in {' and '.join(sorted(buckets))}: copy all shares into one bucket, or into "
            "folders, with the tools of the store; they are merged there"
        )


@contextmanager
def _in_folder(out: Path, manifest: Manifest, sources: Mapping[str, str], overwrite: bool, model: Model | None) -> Iterator[FinishedBuild]:
    """A build in a folder, of files that lie elsewhere; it is published when this is left, unless by an error.

    sources : of each part the path of the file that it is
    """
    with staging.hold(out) as staged:
        new = staged.open(overwrite)
        if any(os.stat(folder).st_dev != os.stat(new).st_dev for folder in {os.path.dirname(path) for path in sources.values()}):
            refuse_without_room(sum(manifest.bytes.values()), out)
        for name in manifest.tables:
            (new / name).mkdir()
        for file, source in sources.items():
            link(Path(source), new / file)
        if manifest.spec.table_format is not None:
            made_by = manifest.spec.generation(model or manifest.find_model())
            lists = {name: entry.parts for name, entry in manifest.tables.items()}
            metadata = lake.write(new, staged.target, manifest.spec, made_by, lists, None)
            manifest = manifest.model_copy(update={"metadata_files": metadata})
        (new / LOAD_SQL).write_text(load_sql(manifest), encoding="utf-8")
        manifest.write(new)
        yield FinishedBuild(new, manifest)
        staged.publish()
