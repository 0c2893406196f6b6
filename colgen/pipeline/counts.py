"""The rows of a share are counted, and nothing is made: what other shares start from."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from colgen import engines
from colgen.declare.model import Model
from colgen.engines.counted import CountRows
from colgen.engines.progress import no_rows
from colgen.errors import RequestError
from colgen.generate.block import Unnumbered
from colgen.generate.plan import family_of, tasks_of
from colgen.generate.share import Share
from colgen.generate.spec import Spec
from colgen.pipeline.summary import Summary
from colgen.targets.folder.counts import ShareCount
from colgen.targets.manifest import Origin


def count_share(
    spec: Spec,
    model: Model,
    folder: Path,
    share: Share,
    *,
    check: bool = False,
    threads: int | None = None,
    engine: str = engines.AUTO,
    address: str | None = None,
) -> Summary:
    """Counts the rows of a share, without a look at the others, and leaves the count in the folder of the shares.

    folder : the one that the shares go to
    engine, address : who counts, and where (`colgen.engines`)

    Returns a `Summary` of the tables that are written, without sizes. Raises RequestError where a check is asked for, or where the number of rows depends on ids of rows
    that are fanned out, so that a share cannot be counted alone.
    """
    if check:
        raise RequestError("a share that is only counted has no rows to check; check the shares as they are merged: colgen merge --check")
    engines.refuse_unfit(engine, model)
    started, generation = time.perf_counter(), spec.generation(model)
    tasks = tasks_of(spec, generation)
    own = tasks[share.among(len(tasks))]
    families = [family_of(model, tasks_of_family.root) for tasks_of_family in tasks.cuts]
    counted = Counter({table.name: 0 for family in families for table in family[1:]})

    def add(result: tuple[int, Mapping[str, int]]) -> None:
        counted.update(result[1])

    with engines.crew(own, threads, no_rows, engine, address) as run:
        try:
            run((task for task in own if len(task.family(model)) > 1), CountRows(generation), add)
        except Unnumbered as error:
            raise RequestError(f"{error}: a share of model {model.name} cannot be counted alone. Build it without --count") from None
    path = ShareCount(request=Origin.here(spec, generation).request_digest, share=share, rows=dict(counted)).write(folder)
    rows = Counter(dict.fromkeys(spec.tables, 0))
    for tasks_of_family, family in zip(tasks.cuts, families, strict=True):
        roots = sum(task_rows.rows for task_rows in own if task_rows.root == tasks_of_family.root)
        for table in family:
            if table.written_as is not None and table.written_as.name in rows:
                rows[table.written_as.name] += roots if table == family[0] else counted[table.name]
    return Summary(str(path), spec, rows, {}, time.perf_counter() - started)
