"""The commands about jobs: status and cancel, and what `build --detach` does."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from colgen.cli.options import CheckStyle
from colgen.errors import ColgenError, RequestError

if TYPE_CHECKING:
    from colgen.generate.spec import Spec
    from colgen.jobs.queue import JobQueue
    from colgen.pipeline.options import BuildOptions

_EVERY = 0.5  # seconds between two looks


def detach(spec: Spec, options: BuildOptions, **how: Any) -> None:
    """Starts a build as a job, and prints its id."""
    if options.count:
        raise RequestError("--detach and --count: a job is a build; a count takes a fraction of its time, and is waited for")
    from colgen.cli.serve import guarded_environment
    from colgen.jobs.command import build_task
    from colgen.jobs.queue import JobQueue, folder
    from colgen.jobs.store import Store

    queue = JobQueue(Store(folder(os.environ)), guarded_environment(), lambda name: options.destination.url or None)
    job, _ = queue.store.add(build_task(spec, options, **how))
    queue.start(job)
    print(job.id)
    print(f"colgen status --job {job.id} --watch shows how it gets on, colgen cancel {job.id} stops it", file=sys.stderr)


def status(
    job: Annotated[
        int | None, typer.Option("--job", "-j", metavar="ID", min=1, max=2**63 - 1, help="Show this one; without it, the latest ones.")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Go on until it has ended, or with no --job all of them.")] = False,
    format: Annotated[CheckStyle, typer.Option("--format", "-f")] = CheckStyle.table,
) -> None:
    """Show jobs: builds that run in the background, started by `build --detach` or through the service.

    With --job, the command exits with 1 if that job has failed, was cancelled or interrupted.

    Examples: colgen status · colgen status --job 7 --watch · colgen status --job 7 --format json
    """
    from colgen.cli import show
    from colgen.jobs.view import job_view

    queue = _queue()
    while True:
        jobs = [queue.get(job)] if job is not None else list(map(queue.settled, queue.store.jobs(limit=20)))
        if format is CheckStyle.json:
            shown: list[Any] = [job_view(each, queue.progress(each)).model_dump(mode="json") for each in jobs]
            print(json.dumps(shown if job is None else shown[0]), flush=True)
        else:
            show.jobs([(each, queue.progress(each)) for each in jobs])
        if not watch or all(each.has_ended for each in jobs):
            break
        time.sleep(_EVERY)
    if job is not None and jobs[0].has_ended and jobs[0].state != "done":
        raise ColgenError(f"job {job} {'has ' if jobs[0].state == 'failed' else 'was '}{jobs[0].state}: {jobs[0].message}".rstrip(": "))


def cancel(job: Annotated[int, typer.Argument(metavar="ID", min=1, max=2**63 - 1, help="Its id, as `colgen status` lists it.")]) -> None:
    """Cancel a job: what it has written is cleared away, and its target stays as it was.

    Example: colgen cancel 7
    """
    from colgen.jobs.queue import MOST_SECONDS_TO_STOP

    queue = _queue()
    state = queue.cancel(job)
    asked = time.monotonic()
    while not state.has_ended:
        time.sleep(0.1)
        queue.stop(state, at_once=time.monotonic() - asked > MOST_SECONDS_TO_STOP)
        state = queue.get(job)
    print(f"job {job} is {state.state}", file=sys.stderr)


def _queue() -> JobQueue:
    from colgen.jobs.queue import JobQueue, folder
    from colgen.jobs.store import Store

    return JobQueue(Store(folder(os.environ)), os.environ)
