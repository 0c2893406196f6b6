"""The routes of the specification: start a build, follow it, export, clean up, switch."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any, Literal, cast
from urllib.parse import quote

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import Field
from starlette.types import Receive, Scope, Send

from colgen.jobs.job import UNFINISHED, Job, Task
from colgen.jobs.view import ProgressView, SpecifiedState, View, progress_view, specified_state
from colgen.pipeline.cleanup import CONFIRMATION
from colgen.service.export import MEDIA_TYPES
from colgen.service.http.problems import Problem, responses
from colgen.service.http.state import Service, ServiceOf
from colgen.service.request import Generate
from colgen.targets import kill_switch
from colgen.targets.guard import switched_off

router = APIRouter(prefix="/api/mock-data", tags=["mock-data"])

_RETRY_SECONDS = "1"


class Started(View):
    """A job that was started."""

    job_id: int
    status: Literal["started"] = "started"
    scenario: str | None


class Status(View):
    """How far a job is."""

    status: SpecifiedState
    progress: ProgressView
    message: str = Field(description="Why it failed or was interrupted.")
    estimate: dict[str, Any] | None = Field(description="Of a dry run that is completed: rows and bytes by table, seconds, memory.")


class ScenarioSummary(View):
    """A scenario."""

    name: str
    description: str
    anomaly_rate: float


class ScenarioView(ScenarioSummary):
    """A scenario with all that it inherits."""

    extends: list[str] = Field(description="Those that it builds on, the nearest first.")
    changes: dict[str, Any] = Field(description="What differs from business as usual.")


class Export(View):
    """What is exported."""

    build: str = Field(min_length=1, max_length=200, description="The name of a finished build.", examples=["shop"])
    format: Literal["json", "jsonl", "csv", "parquet"] = "csv"
    table: str | None = Field(default=None, min_length=1, max_length=200, description="One table as it is; without it a zip of all.")
    schema_name: str | None = Field(default=None, alias="schema", max_length=200, description="Of a DuckDB file that holds several builds.")

    model_config = {"extra": "forbid"}


class Removed(View):
    """What was removed."""

    removed: dict[str, int] = Field(description="Files or tables by build.")


class Switch(View):
    """Whether builds into databases are allowed."""

    enabled: bool
    reasons: list[str] = Field(default=[], description="Why they are not.")


class SwitchTo(View):
    """Whether builds into databases are to be allowed."""

    enabled: bool = Field(strict=True)

    model_config = {"extra": "forbid"}


@router.post("/generate", status_code=202, responses=responses(401, 409, 422, 429, 503))
async def generate(
    request: Generate,
    service: ServiceOf,
    response: Response,
    idempotency_key: Annotated[
        str | None, Header(min_length=1, max_length=200, description="Names this request: sent again, it starts no second job.")
    ] = None,
) -> Started:
    """Start a build, or with `dryRun` (the default) only an estimate of one. Either is a job: `Location` says where it is."""
    asked = request.model_dump(mode="json", by_alias=True, exclude_unset=True)
    body = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    if idempotency_key is not None and (job := service.queue.store.named(idempotency_key, body)):  # whatever became of it since
        return Started(job_id=_located(response, job), scenario=request.scenario)
    task = await service.readers.call("task", request=asked)
    id = add(service, Task(**{**task, "command": tuple(task["command"])}), response, key=idempotency_key, body=body)
    return Started(job_id=id, scenario=request.scenario)


def add(service: Service, task: Task, response: Response, *, key: str | None = None, body: str | None = None) -> int:
    """Puts a task into the queue, and says in a response where its job is."""
    service.refuse_full()
    job, _ = service.queue.store.add(task, key=key, body=body)
    service.wake()
    return _located(response, job)


def _located(response: Response, job: Job) -> int:
    response.headers["Location"] = f"/api/jobs/{job.id}"
    response.headers["Retry-After"] = _RETRY_SECONDS
    return job.id


@router.get("/status", responses=responses(401, 404, 422))
async def status(job_id: Annotated[int, Query(alias="jobId", ge=1, lt=2**63)], service: ServiceOf) -> Status:
    """How far a job is."""
    job = service.queue.get(job_id)
    progress = service.queue.progress(job)
    return Status(
        status=specified_state(job, progress), progress=progress_view(job, progress), message=job.message, estimate=progress.estimate
    )


@router.get("/scenarios", responses=responses(401, 503))
async def scenarios(service: ServiceOf) -> list[ScenarioSummary]:
    """What may differ from business as usual."""
    return [ScenarioSummary.model_validate(scenario) for scenario in await service.readers.call("scenarios")]


@router.get("/scenarios/{name}", responses=responses(401, 404, 422, 503))
async def scenario(name: str, service: ServiceOf) -> ScenarioView:
    """One scenario with all that it inherits."""
    return ScenarioView.model_validate(await service.readers.call("scenario", name=name))


@router.post(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"content": {media: {} for media in (*MEDIA_TYPES.values(), "application/zip")}}, **responses(401, 404, 409, 422, 503)},
)
async def export(request: Export, service: ServiceOf) -> StreamingResponse:
    """A table of a finished build in another format, or a zip of all, as a stream."""
    return await exported(service, request)


class _Export(StreamingResponse):
    """A stream whose source ends with it, however that comes: a client that stops reading must not hold a process."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await cast(AsyncGenerator[bytes, None], self.body_iterator).aclose()


async def exported(service: Service, request: Export) -> StreamingResponse:
    """The stream of an export. Whatever can be refused is refused before it starts."""
    pieces = service.exporters.stream("export", build=request.build, format=request.format, table=request.table, schema=request.schema_name)
    first = await anext(pieces, b"")
    name = f"{request.table}.{request.format}" if request.table else f"{request.build}.zip"

    async def body() -> AsyncGenerator[bytes, None]:
        async with aclosing(pieces):
            yield first
            async for piece in pieces:
                yield piece

    media = MEDIA_TYPES[request.format] if request.table else "application/zip"
    return _Export(body(), media_type=media, headers={"Content-Disposition": f"attachment; filename*=utf-8''{quote(name, safe='')}"})


@router.delete("/cleanup", responses=responses(401, 404, 409, 422, 503))
async def cleanup(
    service: ServiceOf,
    confirm: Annotated[
        str | None, Query(description=f"Must be {CONFIRMATION}: without it nothing is removed, and the answer lists what would be.")
    ] = None,
    build: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=200,
            description="Only this build, or database:NAME; without it, every build below the service's folder.",
        ),
    ] = None,
    schema: Annotated[str | None, Query(max_length=200, description="Of a database, which schema.")] = None,
) -> Removed:
    """Remove what colgen made, all of it and nothing else."""
    if confirm != CONFIRMATION:
        listed = await service.readers.call("made", build=build, schema=schema)
        shown = "; ".join(f"{name}: {count} files or tables" for name, count in listed.items()) or "nothing"
        raise Problem(
            422,
            "not-confirmed",
            f"nothing was removed; add confirm={CONFIRMATION} to remove {shown}",
            [("#confirm", f"it must be {CONFIRMATION}")],
        )
    unfinished = service.queue.store.jobs(UNFINISHED)
    if busy := [job for job in unfinished if job.task.target and (build is None or _is_target(service, job.task.target, build))]:
        raise Problem(
            409,
            "conflict",
            f"job {busy[0].id} builds into {service.workspace.without_folder(str(busy[0].task.target))!r}; wait for it, or cancel it",
        )
    return Removed(removed=await service.readers.call("cleanup", build=build, schema=schema, confirm=confirm))


def _is_target(service: Service, target: str, build: str) -> bool:
    return target == os.path.join(service.workspace.root, build) or target.startswith(f"{build.removeprefix('database:')},")


@router.get("/toggle", responses=responses(401))
async def toggle() -> Switch:
    """Whether builds into databases are allowed."""
    reasons = switched_off(kill_switch.enabled(os.environ), os.environ)
    return Switch(enabled=not reasons, reasons=[str(reason) for reason in reasons])


@router.post("/toggle", responses=responses(401, 409, 422))
async def set_toggle(wanted: SwitchTo) -> Switch:
    """Allow builds into databases or not, for every process of the user that the service runs as."""
    kill_switch.switch(wanted.enabled, os.environ)
    return await toggle()
