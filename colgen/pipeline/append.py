"""What `--append` means for files: a build is made, or goes on up to a later day where it is there already."""

from __future__ import annotations

import time
from typing import Any

from colgen.audit.check import prove_build
from colgen.declare.model import Model
from colgen.errors import RequestError
from colgen.generate.spec import Spec
from colgen.pipeline.conductor import conduct
from colgen.pipeline.extend import extend
from colgen.pipeline.summary import Summary
from colgen.targets.finished import FinishedBuild, read_files
from colgen.targets.manifest import Origin
from colgen.targets.target import Target


def append(spec: Spec, model: Model, target: Target, *, check: bool = False, **how: Any) -> Summary:
    """Makes a build in files, or extends the one that is there to the last day of the request.

    how : `threads`, `max_memory` and `progress`, as for `conduct`

    Returns a `Summary`, which says how many more rows each table has (`added`) where a build was there. Raises RequestError where that is of
    another request, and what `conduct` and `extend` raise.
    """
    started = time.perf_counter()
    try:
        there = read_files(str(target))
    except RequestError:  # there is none, or nothing that may be replaced
        return conduct(spec, model, target, check=check, **how)
    asked = target.accept(spec)
    _refuse_other(there, asked, model)
    if there.manifest.spec.last_day < asked.last_day:
        return extend(str(target), asked.last_day, model, check=check, **how)
    there.refuse_damage()
    outcomes = prove_build(there, model, **how) if check else None
    rows, parts = there.manifest.rows, len(there.manifest.parts)
    seconds = time.perf_counter() - started
    return Summary(str(target), asked, rows, there.manifest.bytes, seconds, outcomes, parts, parts, dict.fromkeys(rows, 0))


def _refuse_other(there: FinishedBuild, asked: Spec, model: Model) -> None:
    """Raises RequestError where a build is of another request than one, which may only end later."""
    old = there.manifest
    longer = old.spec.until(asked.last_day).model_copy(update={"model": asked.model})
    differences = list(old.model_copy(update={"spec": longer}).differences_from(Origin.here(asked, asked.generation(model))))
    if asked.last_day < old.spec.last_day:
        differences.append(f"its last day is {old.spec.last_day}, later than {asked.last_day}")
    if differences:
        raise RequestError(f"{there} is of another request, to which nothing can be added: {', '.join(differences)}")
