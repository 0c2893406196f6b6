"""Jobs: list, look, watch, cancel, resume, forget."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Path, Query, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import Field

from colgen.jobs.job import Job, State
from colgen.jobs.queue import NoSuchJob
from colgen.jobs.view import JobView, View, job_view
from colgen.service.http.problems import Problem, responses
from colgen.service.http.state import Service, ServiceOf

router = APIRouter(prefix="/api/jobs", tags=["jobs"])

JobId = Annotated[int, Path(ge=1, lt=2**63, description="The id of a job.")]
_LOOK_SECONDS = 0.25
_LONGEST_POSITION = 18  # digits


class JobPage(View):
    """Some jobs, the latest first."""

    items: list[JobView]
    next: int | None = Field(description="The cursor of the next page; null on the last one.")


def view(service: Service, job: Job) -> JobView:
    """A job, as programs see it, which need not know where the service's folder lies."""
    shown = job_view(job, service.queue.progress(job))
    shown.message = service.workspace.without_folder(shown.message)
    shown.target = service.workspace.without_folder(shown.target) if shown.target is not None else None
    if shown.summary is not None:
        shown.summary = {**shown.summary, "target": shown.target}
    return shown


def tag(service: Service, job: Job) -> str:
    """What changes when a job does."""
    return f'"{job.version}-{service.queue.store.log(job.id).size}-{job.place or 0}"'


@router.get("", responses=responses(401, 422))
async def list_jobs(
    service: ServiceOf,
    state: Annotated[list[State] | None, Query(description="Only jobs in one of these states; may be repeated.")] = None,
    kind: Annotated[Literal["build", "check", "diff"] | None, Query(description="Only jobs of this kind.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[int | None, Query(ge=1, lt=2**63, description="`next` of the page before.")] = None,
) -> JobPage:
    """Jobs, the latest first, page by page."""
    jobs = service.queue.store.jobs(tuple(state or ()), kind=kind, before=cursor, limit=limit + 1)
    views = [view(service, service.queue.settled(job)) for job in jobs[:limit]]
    return JobPage(items=views, next=jobs[limit - 1].id if len(jobs) > limit else None)


@router.get("/{id}", responses={304: {"description": "It is as it was."}, **responses(401, 404, 422)})
async def get_job(
    id: JobId,
    service: ServiceOf,
    response: Response,
    if_none_match: Annotated[str | None, Header(description="The ETag of an answer before.")] = None,
) -> JobView:
    """One job. The ETag changes when it does."""
    job = service.queue.get(id)
    now = tag(service, job)
    if if_none_match is not None and now in if_none_match:
        raise _NotModified(now)
    response.headers["ETag"] = now
    return view(service, job)


class _NotModified(Problem):
    def __init__(self, tag: str) -> None:
        super().__init__(304, "not-modified", "", headers={"ETag": tag})

    def response(self) -> Response:
        return Response(status_code=304, headers=self.headers)


async def _existing(id: JobId, service: ServiceOf) -> Job:
    """The job, or a problem before a stream has started."""
    return service.queue.get(id)


@router.get("/{id}/events", response_class=EventSourceResponse, responses=responses(401, 404, 422))
async def watch_job(
    job: Annotated[Job, Depends(_existing)],
    service: ServiceOf,
    last_event_id: Annotated[str | None, Header(description="The id of the last event that was seen: those after it follow.")] = None,
) -> AsyncIterator[ServerSentEvent]:
    """What happens to a job, as it happens: its log from the start, or from the event after `Last-Event-ID`. The stream ends with the job.

    Each event is called as in `--progress json` (`start`, `rows`, `stage`, `proving`, `note`, `estimate`, `end`), `said` for a line of words,
    or `state`. Where nothing happens, a comment comes every 15 seconds.
    """
    log, position = service.queue.store.log(job.id), _position(last_event_id)
    if not log.starts_a_line(position):
        position = 0
    while True:
        for line in log.lines(position, to_the_end=job.has_ended):
            position = line.end
            if line.event != "process":  # whose number is the machine's own business
                yield ServerSentEvent(
                    raw_data=service.workspace.without_folder(json.dumps(line.content)), event=line.event, id=str(position)
                )
        if job.has_ended:
            return
        await asyncio.sleep(_LOOK_SECONDS)
        try:
            job = service.queue.get(job.id)
        except NoSuchJob:  # it was forgotten meanwhile
            return


def _position(event_id: str | None) -> int:
    """Where in a log an event ended; 0 for what is not the id of one."""
    if event_id is None or not (event_id.isascii() and event_id.isdigit() and len(event_id) <= _LONGEST_POSITION):
        return 0
    return int(event_id)


@router.post("/{id}/cancel", status_code=202, responses=responses(401, 404, 409, 422))
async def cancel_job(id: JobId, service: ServiceOf) -> JobView:
    """Stop a job, or take it out of the queue. What it has written is cleared away; its target stays as it was."""
    job = service.queue.cancel(id)
    service.wake()
    return view(service, job)


@router.post("/{id}/resume", status_code=202, responses=responses(401, 404, 409, 422, 429))
async def resume_job(id: JobId, service: ServiceOf) -> JobView:
    """Put a job that was interrupted, cancelled or has failed into the queue again. A build of files goes on from its finished parts."""
    service.refuse_full()
    job = service.queue.resume(id)
    service.wake()
    return view(service, job)


@router.get("/{id}/result", responses=responses(401, 404, 409, 422))
async def get_result(id: JobId, service: ServiceOf) -> Any:
    """What a check or a comparison has found, once it is done."""
    job = service.queue.get(id)
    if job.task.kind == "build":
        raise Problem(409, "conflict", f"job {id} is a build, which has a summary and no result")
    if job.state != "done":
        raise Problem(409, "conflict", f"job {id} has no result: it is {job.state}")
    try:
        return Response(await asyncio.to_thread(service.queue.store.result(id).read_bytes), media_type="application/json")
    except FileNotFoundError:
        raise Problem(404, "not-found", f"the result of job {id} is gone") from None


@router.delete("/{id}", status_code=204, responses=responses(401, 404, 409, 422))
async def delete_job(id: JobId, service: ServiceOf) -> None:
    """Forget a job that has ended. What it has built stays."""
    service.queue.remove(id)
