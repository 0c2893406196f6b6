"""A finished build is made longer: what has settled keeps its files, the rest is made anew, and all is published in one step.

The result is what a build from scratch over the longer period gives, part by part. A part is kept where the longer build makes the same
roots into the same part, so long before the old end that nothing of it has changed since, and where its file is still what was written.
Anything else is made, so that a wrong guess here costs time and no value.
"""

from __future__ import annotations

import dataclasses
import datetime
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from colgen import manifest as manifests
from colgen import pipeline
from colgen.errors import RequestError
from colgen.generate import Run
from colgen.manifest import Manifest, Part
from colgen.model import Model, load
from colgen.plan import Task, cut, fits
from colgen.spec import Spec
from colgen.table import Daily, Table


def extend(
    folder: Path,
    to: datetime.date | str,
    model: Model | None = None,
    *,
    threads: int | None = None,
    checked: bool = False,
    progress: pipeline.Progress | None = None,
) -> pipeline.Summary:
    """Makes the period of a finished build end later. Raises RequestError where that cannot be, TargetError and ColgenError as a build does.

    to : the new last day
    model : needed for one that was neither shipped nor read from a file; it must be the one that the build was made with
    """
    old = manifests.read(folder)
    model = model or load(old.spec.model)
    spec = old.spec.until(to).model_copy(update={"model": model.source or model.name})
    _refuse_unfit(folder, old, spec, model)
    former = Former(folder, old, spec, model)
    summary = pipeline.build(spec, model, folder, threads=threads, checked=checked, former=former, progress=progress)
    added = {name: rows - old.tables[name].rows for name, rows in summary.rows.items()}
    return dataclasses.replace(summary, added=added)


def _refuse_unfit(folder: Path, old: Manifest, spec: Spec, model: Model) -> None:
    place, ends = repr(str(folder)), old.spec.last_day
    anew = f"build it anew with --to {spec.last_day} --overwrite"
    if model.settles_after is None:
        raise RequestError(f"a build of model {model.name} cannot be extended: a longer period changes its earlier rows too; {anew}")
    if spec.last_day == ends:
        raise RequestError(f"{place} already ends on {ends}; name a later day")
    if spec.last_day < ends:
        raise RequestError(f"{place} ends on {ends}, and an extension only adds days: {spec.last_day} is before that; {anew}")
    if old.data_version != manifests.DATA_VERSION:
        raise RequestError(
            f"{place} was made by colgen {old.colgen} with data version {old.data_version}, and this one makes version {manifests.DATA_VERSION}, "
            f"which has other values; {anew}"
        )
    for name, version in manifests.versions().items():
        if old.versions.get(name) != version:
            raise RequestError(
                f"{place} was made with {name} {old.versions.get(name, 'of an unknown version')}, and this is {version}, "
                f"with which its files may come out otherwise; {anew}"
            )
    for name, entry in old.tables.items():
        table = next((one for one in model.written if one.__tablename__ == name), None)
        if table is None or pipeline.columns_of(model, name) != entry.columns:
            raise RequestError(
                f"the table {name} of {place} is not what model {model.name} makes: the model has changed, or is another; {anew}"
            )


class Former:
    """The build that is extended.

    kept : the parts that were taken over
    spared : how many bytes could be, if they are all intact
    """

    def __init__(self, folder: Path, replaced: Manifest, spec: Spec, model: Model) -> None:
        self.folder, self.replaced = folder, replaced
        self.kept: list[Part] = []
        self._settled: dict[tuple[str, int], tuple[Task, dict[str, Part]]] = {}
        if replaced.colgen == manifests.colgen_version() and not _changed_since(folder, model):
            self._settled = {(one.root, one.first): (one, parts) for one, parts in _settled(replaced, spec, model)}
        self.spared = sum(part.bytes for _, parts in self._settled.values() for part in parts.values())

    def keep(self, task: Task, folder: Path, run: Run) -> dict[str, Part] | None:
        """Links the parts of a task that has settled into the new folder; None where it has not, or where a file is no longer as it was."""
        one, parts = self._settled.get((task.root, task.first), (None, {}))
        if one is None or (one.rows, one.parts) != (task.rows, task.parts):
            return None
        if not fits({name: part.rows for name, part in parts.items()}, task, run):
            return None
        if any((self.folder / part.file).is_symlink() or not part.intact(self.folder) for part in parts.values()):
            return None
        for part in parts.values():
            _link(self.folder / part.file, folder / part.file)
        self.kept.extend(parts.values())
        return parts


def _changed_since(folder: Path, model: Model) -> bool:
    """Whether the file of a model of one's own was written after the build: what it made before may be something else by now."""
    return bool(model.source) and Path(model.source).stat().st_mtime > (folder / manifests.NAME).stat().st_mtime


def _settled(old: Manifest, spec: Spec, model: Model) -> Iterator[tuple[Task, dict[str, Part]]]:
    """The tasks of the old build in which nothing changes any more, and the part of each table."""
    assert model.settles_after is not None
    before, after = old.spec.run(model), spec.run(model)
    patience = model.settles_after + max((outage.days for outage in before.scenario.outages), default=0)
    tasks = [(family, one) for family, some in cut(old.spec, model, before) for one in some]
    made = Counter(name for _, one in tasks for name in one.parts)
    if any(len(entry.parts) != made[name] for name, entry in old.tables.items()):
        return  # it was cut otherwise
    parts = {part.file: part for entry in old.tables.values() for part in entry.parts}
    for family, one in tasks:
        if isinstance(family[0].rows, Daily) and not any(_moves(table, before, after) for table in family):
            last_day = (one.first + one.rows - 2) // family[0].rows.per_day(before.volume)  # from 0
            if last_day + patience < before.period.days - 1:
                yield one, {name: parts[one.file(name, old.spec.format)] for name in one.parts if name in old.tables}


def _moves(table: type[Table], before: Run, after: Run) -> bool:
    """Whether a branch's ids go on from another number than before, since a branch before it has grown."""
    return table.__branch_of__ is not None and before.rows_before(table) != after.rows_before(table)


def _link(old: Path, new: Path) -> None:
    """The same file in another folder, or a copy where there can be no second name for it."""
    try:
        os.link(old, new)
    except OSError:
        shutil.copyfile(old, new)
