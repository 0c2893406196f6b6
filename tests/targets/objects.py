"""Builds into a bucket, of a small model, and what lies there then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import colgen as package
from colgen import Category, Code, FanOut, ForeignKey, Integers, Key, Model, ParentKey, Table, Volume
from colgen.engines.progress import Noted, RowsMade, no_rows
from colgen.generate.plan import plan
from colgen.generate.spec import Spec
from colgen.pipeline.conductor import conduct
from colgen.pipeline.summary import Summary
from colgen.targets.manifest import NAME, Manifest, of_files
from colgen.targets.objects.bucket import Bucket
from colgen.targets.objects.target import ObjectsTarget


class Kinds(Table):
    rows = 3
    id = Key()
    name = Code("AAA")


class Orders(Table):
    rows = Volume("orders")
    id = Key()
    kind_id = ForeignKey(Kinds)
    status = Category(open=3, closed=1)


class Lines(Table):
    rows = FanOut(Orders, 3)
    id = Key()
    order_id = ParentKey(Orders)
    quantity = Integers(1, 20)


SHOP = Model("bucket shop", tables=[Kinds, Orders, Lines], volumes={"small": {"orders": 60}})


def build(url: str, **more: Any) -> Summary:
    return package.build(SHOP, out=url, threads=2, **more)  # type: ignore[call-overload,no-any-return]


def objects(url: str) -> dict[str, bytes]:
    """All objects below a prefix."""
    bucket = Bucket(url)
    return {name: bucket.read(name) for name, _ in bucket.entries()}


def parts(url: str) -> dict[str, bytes]:
    """Those that are a table's."""
    return {name: data for name, data in objects(url).items() if "/part-" in name}


def manifest(url: str) -> Manifest:
    return of_files(Bucket(url).read(NAME), url)


def kill(url: str, tasks: int = 1, *, overwrite: bool = False, **request: Any) -> list[str]:
    """Leaves what a killed build leaves that has finished some tasks, and has begun another; the parts that are complete."""
    target, spec = ObjectsTarget(url, overwrite=overwrite), Spec.of(SHOP, **request)
    spec = target.accept(spec)
    generation = spec.generation(SHOP)
    planned = plan(spec, generation)
    target.refuse(planned, SHOP)
    left, job = target.stage(planned, generation, 1, lambda event: None), target.job()
    done = [job(task.with_first_ids(generation), lambda: False, no_rows) for task in left[:tasks]]
    return [part.file for result in done for part in result.parts.values()]


class Meanwhile:
    """Does something once, when a build has made the first rows or as soon as something else happens. notes : what it reports"""

    def __init__(self, work: Callable[[], object] | None = None, when: type = RowsMade) -> None:
        self._work, self._when, self.notes = work, when, list[str]()

    def __call__(self, event: object) -> None:
        if isinstance(event, self._when) and self._work is not None:
            work, self._work = self._work, None
            work()
        if isinstance(event, Noted):
            self.notes.append(event.note)


def resume(url: str, **request: Any) -> tuple[Summary, list[str]]:
    progress = Meanwhile()
    return conduct(Spec.of(SHOP, **request), SHOP, ObjectsTarget(url, resume=True), threads=2, progress=progress), progress.notes
