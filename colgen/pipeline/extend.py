"""A finished build is made longer: what has settled keeps its files, the rest is made again, and all is published in one step.

The result is what a build from scratch over the longer period gives, part by part. A part is kept where the longer build makes the same
roots into the same part, so long before the old end that nothing in it has changed since, and where its file is still what was written.
Anything else is made, so that a wrong guess here costs time and no value.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from colgen.declare.model import Model
from colgen.declare.rows import Daily
from colgen.declare.table import TableInfo
from colgen.engines.progress import Progress, no_progress
from colgen.errors import RequestError
from colgen.generate.generation import Generation
from colgen.generate.plan import Task, Tasks, cut
from colgen.generate.spec import Spec
from colgen.pipeline.conductor import conduct
from colgen.pipeline.summary import Summary
from colgen.targets import manifest as manifests
from colgen.targets.finished import FinishedBuild, read_files
from colgen.targets.folder.place import FolderPlace
from colgen.targets.folder.reuse import link
from colgen.targets.manifest import Manifest, Origin, PartFile
from colgen.targets.place import Place
from colgen.targets.target import Target


def extend(
    where: str | Path,
    to: datetime.date | str,
    model: Model | None = None,
    *,
    threads: int | None = None,
    check: bool = False,
    max_memory: int | None = None,
    progress: Progress = no_progress,
) -> Summary:
    """Makes the period of a finished build end later. Raises RequestError where that cannot be, TargetError and ColgenError as a build does.

    where : a folder, or a prefix of object storage
    to : the new last day
    model : needed where it neither ships with colgen nor was read from a file that you have run before; it must be the one that the build was made with
    """
    build = read_files(where)
    old = build.manifest
    model = model or old.find_model()
    spec = old.spec.until(to).model_copy(update={"model": model.reference})
    _refuse_unfit(build, spec, model)
    target = _target(build, SettledParts(build.place, old, spec, model))
    summary = conduct(spec, model, target, threads=threads, check=check, max_memory=max_memory, progress=progress)
    added = {name: rows - old.tables[name].rows for name, rows in summary.rows.items()}
    return dataclasses.replace(summary, added=added)


def _target(build: FinishedBuild, settled: SettledParts) -> Target:
    if isinstance(settled.place, FolderPlace):
        from colgen.targets.folder.target import FolderTarget

        return FolderTarget(build.path, previous=settled)
    from colgen.targets.objects.target import ObjectsTarget

    return ObjectsTarget(str(settled.place), previous=settled)


def _refuse_unfit(build: FinishedBuild, spec: Spec, model: Model) -> None:
    old = build.manifest
    shown, ends = str(build), old.spec.last_day
    again = f"build it again with --to {spec.last_day} --overwrite"
    if model.settles_after is None:
        raise RequestError(f"a build of model {model.name} cannot be extended: a longer period changes its earlier rows too; {again}")
    if spec.last_day == ends:
        raise RequestError(f"{shown} already ends on {ends}; name a later day")
    if spec.last_day < ends:
        raise RequestError(f"{shown} ends on {ends}, and an extension only adds days: {spec.last_day} is before that; {again}")
    if old.data_version != manifests.DATA_VERSION:
        raise RequestError(
            f"{shown} was made by colgen {old.colgen} with data version {old.data_version}, and this one makes version "
            f"{manifests.DATA_VERSION}, which has other values; {again}"
        )
    for name, version in manifests.versions(old.spec, old.spec.generation(model)).items():
        if old.versions.get(name) != version:
            raise RequestError(
                f"{shown} was made with {name} {old.versions.get(name, 'of an unknown version')}, and this is {version}, "
                f"which may write different bytes; {again}"
            )
    for place, reason in old.differences(model):
        raise RequestError(
            f"{shown} is not what model {model.name} makes: the model has changed, or is another "
            f"(in its manifest, {manifests.printable(place)}: {manifests.printable(reason)}); {again}"
        )


class SettledParts:
    """The build that is extended, and those of its parts that no later day changes.

    kept : the parts that were taken over
    spared : how many bytes could be, if they are all intact
    """

    def __init__(self, place: Place, replaced: Manifest, spec: Spec, model: Model) -> None:
        self.place, self.replaced = place, replaced
        self.kept: list[PartFile] = []
        after = spec.generation(model)
        self._origin = Origin.here(spec, after)
        self._settled: dict[tuple[str, int], tuple[Task, dict[str, PartFile]]] = {}
        if replaced.colgen == manifests.colgen_version() and replaced.model_digest == model.digest:
            self._settled = {(task.root, task.first): (task, parts) for task, parts in _settled(replaced, after)}
        self.spared = sum(part.bytes for _, parts in self._settled.values() for part in parts.values())

    def settled(self, task: Task, generation: Generation) -> dict[str, PartFile] | None:
        """The parts of a task that has settled, as they were written; None where it has not."""
        old, parts = self._settled.get((task.root, task.first), (None, {}))
        if old is None or (old.rows, old.parts) != (task.rows, task.parts):
            return None
        return parts if task.could_make({name: part.rows for name, part in parts.items()}, generation) else None

    def keep(self, task: Task, folder: Path, generation: Generation) -> dict[str, PartFile] | None:
        """Links the parts of a task that has settled into the new folder, under the names that they have in the longer build; None where it has
        not, or where a file is no longer as it was."""
        parts, old = self.settled(task, generation), Path(str(self.place))
        if parts is None or any((old / part.file).is_symlink() or not part.intact(self.place) for part in parts.values()):
            return None
        files = self._origin.files_of(task)
        renamed = {name: part.model_copy(update={"file": files[name]}) for name, part in parts.items()}
        for name, part in renamed.items():
            link(old / parts[name].file, folder / part.file)
        self.kept.extend(renamed.values())
        return renamed


def _settled(old: Manifest, after: Generation) -> Iterator[tuple[Task, dict[str, PartFile]]]:
    """The tasks of the old build in which nothing changes any more, and the part of each table.

    after : the longer build's
    """
    model = after.model
    assert model.settles_after is not None
    before = old.spec.generation(model)
    patience = model.settles_after + max((outage.days for outage in before.scenario.outages), default=0)
    tasks = [(family, task) for family, tasks in cut(old.spec, before) for task in Tasks((tasks,))]
    made = Counter(name for _, task in tasks for name in task.parts)
    if any(len(entry.parts) != made[name] for name, entry in old.tables.items()):
        return  # it was cut differently
    parts = {name: {part.number: part for part in entry.parts} for name, entry in old.tables.items()}
    for family, task in tasks:
        if isinstance(family[0].rows, Daily) and not any(_moves(table, before, after) for table in family):
            last_day = (task.first + task.rows - 2) // before.counts.per_day(family[0])  # from 0
            if last_day + patience < before.period.days - 1:
                yield task, {name: parts[name][number] for name, number in task.parts.items() if name in parts}


def _moves(table: TableInfo, before: Generation, after: Generation) -> bool:
    """Whether a branch's ids start from another number than before, since a branch before it has grown."""
    return table.branch_of is not None and before.counts.before(table) != after.counts.before(table)
