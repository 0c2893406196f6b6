"""The rows of a share are counted, and nothing is made: what other shares start from."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from typing import Protocol, cast

from colgen import engines
from colgen.declare.model import Model
from colgen.engines.counted import CountRows
from colgen.engines.processes import aside
from colgen.engines.progress import no_rows
from colgen.errors import RequestError
from colgen.generate.block import Unnumbered
from colgen.generate.plan import tasks_of
from colgen.generate.share import Share
from colgen.generate.spec import Spec
from colgen.pipeline.summary import Summary
from colgen.targets.counts import CountPlace, ShareCount, counted_tables
from colgen.targets.target import Target


class SharedTarget(Target, Protocol):
    """A target that may be given a share of a build.

    counts : where the counts of shares lie
    """

    @property
    def counts(self) -> CountPlace: ...


def count_share(
    spec: Spec,
    model: Model,
    target: Target,
    share: Share,
    *,
    check: bool = False,
    threads: int | None = None,
    engine: str = engines.AUTO,
    address: str | None = None,
) -> Summary:
    """Counts the rows of a share, without a look at the others, and leaves the count beside the shares.

    target : the one that the share would go to
    engine, address : who counts, and where (`colgen.engines`)

    Returns a `Summary` of the tables that were counted, those among them that are not written, without sizes. Raises RequestError where a
    check is asked for, or where the number of rows depends on ids of rows that are fanned out, so that a share cannot be counted alone.
    """
    if check:
        raise RequestError("a share that is only counted has no rows to check; check the shares as they are merged: colgen merge --check")
    engines.refuse_unfit(engine, model)
    started, spec, beside = time.perf_counter(), target.accept(spec), cast(SharedTarget, target).counts
    generation = spec.generation(model)
    tasks = tasks_of(spec, generation)
    own = tasks[share.among(len(tasks))]
    counted = Counter(dict.fromkeys(counted_tables(tasks, generation), 0))

    def add(result: tuple[int, Mapping[str, int]]) -> None:
        counted.update(result[1])

    with engines.crew(own, threads, no_rows, engine, address) as run:
        try:
            run((task for task in own if len(task.family(model)) > 1), CountRows(generation), add)
        except Unnumbered as error:
            raise RequestError(
                f"how many rows model {model.name} has depends on ids of {error.table}, so no share of it is counted alone; build it without counts"
            ) from None
    place = aside(lambda: ShareCount.of(counted, share, spec, generation).write(beside))
    return Summary(place, spec, counted, {}, time.perf_counter() - started)
