"""The conductor: from a request to a publication, whatever the target."""

from __future__ import annotations

import os
import time

from colgen import engines
from colgen.audit.check import CheckFailed, check_build
from colgen.audit.invariants import unproved
from colgen.declare.model import Model
from colgen.engines.progress import Ended, Noted, Progress, StageStarted, Started, no_progress, row_reporter
from colgen.errors import RequestError
from colgen.generate.estimate import rough_bytes
from colgen.generate.plan import plan as make_plan
from colgen.generate.share import Share
from colgen.generate.spec import Spec
from colgen.pipeline.summary import Summary
from colgen.targets.target import Target

_MISFIT = "what is there and what was to be added do not fit together; replace it with --overwrite, or name another schema with --schema"


def conduct(
    spec: Spec,
    model: Model,
    target: Target,
    *,
    threads: int | None = None,
    check: bool = False,
    share: Share | None = None,
    max_memory: int | None = None,
    progress: Progress = no_progress,
) -> Summary:
    """Makes the data of a spec and publishes it at a target, whole or not at all.

    threads : how many tasks run at once; one for each core if None
    check : prove every rule on what will be there before it is published; CheckFailed if one does not hold. Some targets ask for it themselves
    share : make only a share of it, to be merged with the others
    max_memory : what that may use before it spills to disk, in bytes; 80 % of the machine's if None

    Raises TargetError where the target must not be written to or has no room, RequestError where what is to be resumed was another
    build. Nothing is left behind after any other error, Ctrl-C included.
    """
    if share is not None and check:
        raise RequestError(
            "a share is not checked alone, since rules hold for the whole build; check it as it is merged: colgen merge --check"
        )
    started = time.perf_counter()
    workers = threads or os.cpu_count() or 1
    spec = target.accept(spec)
    generation = spec.generation(model)
    with target.hold():
        rough = rough_bytes(spec, generation) // (share.of if share is not None else 1)
        target.refuse_without_room(rough // 2)  # counting the rows of an absurd build would take hours
        plan = make_plan(spec, generation, exact=target.exact or rough < engines.LARGE, share=share)
        target.refuse(plan, model)
        outcomes = None
        try:
            progress(Started(plan))
            tasks = target.stage(plan, generation, workers, progress)
            engines.execute(tasks, target.job(), target.add, workers, row_reporter(progress))
            target.load(workers, progress)
            if check or target.must_be_proved:
                progress(StageStarted("checking"))
                staged = target.staged()
                outcomes = tuple(check_build(staged, model, threads=threads, max_memory=max_memory, progress=progress))
                for gap in unproved(staged.manifest, model):
                    progress(Noted(gap))
                if not all(outcome.holds for outcome in outcomes):
                    raise CheckFailed(outcomes, _MISFIT if target.must_be_proved else "")
            published = target.publish(progress)
        except Exception as error:
            explained = target.explain(error)
            if explained is error:
                raise
            raise explained from error
        except KeyboardInterrupt as interrupt:
            interrupt.add_note("nothing was left behind")
            raise
        finally:
            progress(Ended())
    return Summary(
        target=str(target),
        spec=spec,
        rows=published.rows,
        bytes=published.bytes,
        seconds=time.perf_counter() - started,
        outcomes=outcomes,
        parts=published.parts,
        kept=published.kept,
        added=published.added,
        resumed=published.resumed,
    )
