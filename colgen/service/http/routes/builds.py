"""Finished builds: their tables, rows, reports, charts and checks."""

from __future__ import annotations

import json
import os
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from pydantic import Field

from colgen.errors import RequestError
from colgen.jobs.command import check_task
from colgen.jobs.job import Job, Task
from colgen.jobs.view import View
from colgen.service.builds import MOST_ROWS
from colgen.service.http.problems import Problem, responses
from colgen.service.http.routes.mock_data import Export, Started, add, exported
from colgen.service.http.routes.models import TableRows, TableView
from colgen.service.http.state import Service, ServiceOf
from colgen.targets import manifest

router = APIRouter(prefix="/api", tags=["builds"])

Schema = Annotated[str | None, Query(max_length=200, description="Of a DuckDB file that holds several builds, which one.")]
_CHARTS_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:; frame-ancestors 'self'"
)


class BuildSummary(View):
    """A finished build, in short. Of one that cannot be read there are only its name and the problem."""

    name: str
    schema_name: str | None = Field(default=None, alias="schema")
    model: str | None = None
    volume: str | None = None
    scale: float | None = None
    seed: int | None = None
    scenario: str | None = None
    first_day: str | None = None
    last_day: str | None = None
    format: str | None = None
    rows: dict[str, int] = {}
    total_rows: int = 0
    total_bytes: int = 0
    problem: str | None = None


class BuiltTable(TableView):
    """A table of a build."""

    rows: int


class BuildView(BuildSummary):
    """A finished build."""

    tables: list[BuiltTable]
    settings: dict[str, int] = Field(description="Those that are not what its volume, scale and scenario give.")
    compression: str | None
    encoding: str | None
    table_format: str | None


class RowPage(TableRows):
    """A page of a table."""

    total: int = Field(description="Rows that the filters let through.")
    limit: int
    offset: int


class ReportRows(View):
    """A report."""

    name: str
    columns: list[str]
    rows: list[list[Any]]


class Outcome(View):
    """Whether a rule holds, and rows that break it."""

    table: str
    rule: str
    holds: bool
    violations: int
    columns: list[str]
    rows: list[list[Any]]


class CheckView(View):
    """What the last check of a build has found."""

    job_id: int
    outdated: bool = Field(description="The build has changed since.")
    holds: bool
    outcomes: list[Outcome]


class Pair(View):
    """Two builds that are compared."""

    a: str = Field(min_length=1, max_length=200)
    b: str = Field(min_length=1, max_length=200)
    schema_name: str | None = Field(default=None, alias="schema", max_length=200, description="Of DuckDB files that hold several builds.")

    model_config = {"extra": "forbid"}


@router.get("/builds", responses=responses(401, 503))
async def list_builds(service: ServiceOf) -> list[BuildSummary]:
    """The finished builds in the service's folder."""
    return [BuildSummary.model_validate(build) for build in await service.readers.call("builds")]


@router.get("/builds/{build}", responses=responses(401, 404, 409, 422, 503))
async def get_build(build: str, service: ServiceOf, schema: Schema = None) -> BuildView:
    """One build: what it was made from, and its tables."""
    return BuildView.model_validate(await service.readers.call("build", name=build, schema=schema))


@router.get("/builds/{build}/tables/{table}", responses=responses(401, 404, 409, 422, 503))
async def get_rows(
    build: str,
    table: str,
    service: ServiceOf,
    schema: Schema = None,
    column: Annotated[list[str] | None, Query(max_length=500, description="Show only these; may be repeated.")] = None,
    sort: Annotated[
        list[str] | None, Query(max_length=10, description="By this column, with a - in front the largest first; may be repeated.")
    ] = None,
    filter: Annotated[
        list[str] | None,
        Query(
            max_length=20,
            description="COLUMN:OPERATOR:VALUE with eq, ne, lt, le, gt, ge or contains, or COLUMN:null, COLUMN:notnull; may be repeated.",
            examples=["total:ge:100"],
        ),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 50,
    offset: Annotated[int, Query(ge=0, lt=2**63)] = 0,
) -> RowPage:
    """Rows of a table, paged, sorted and filtered."""
    page = await service.readers.call(
        "rows",
        name=build,
        table=table,
        schema=schema,
        columns=column or [],
        sort=sort or [],
        filters=filter or [],
        limit=limit,
        offset=offset,
    )
    return RowPage.model_validate(page)


@router.get("/builds/{build}/export", response_class=StreamingResponse, responses=responses(401, 404, 409, 422, 503))
async def download(
    build: str,
    service: ServiceOf,
    format: Literal["json", "jsonl", "csv", "parquet"] = "csv",
    table: Annotated[str | None, Query(min_length=1, max_length=200)] = None,
    schema: Schema = None,
) -> StreamingResponse:
    """The same as `POST /api/mock-data/export`, for a link."""
    return await exported(service, Export(build=build, format=format, table=table, schema=schema))


@router.get("/builds/{build}/reports/{report}", responses=responses(401, 404, 409, 422, 503))
async def get_report(
    build: str,
    report: str,
    service: ServiceOf,
    schema: Schema = None,
    set: Annotated[list[str] | None, Query(max_length=20, description="A parameter of the report, as NAME=VALUE; may be repeated.")] = None,
) -> ReportRows:
    """A report of the build's model."""
    pairs = [parameter.partition("=") for parameter in set or []]
    if wrong := [name for name, equals, _ in pairs if not equals]:
        raise Problem(422, "invalid-request", f"set={wrong[0]}: it must be NAME=VALUE", [("#set", "it must be NAME=VALUE")])
    parameters = {name: value for name, _, value in pairs}
    return ReportRows.model_validate(await service.readers.call("report", build=build, name=report, parameters=parameters, schema=schema))


@router.get("/builds/{build}/charts", response_class=HTMLResponse, responses=responses(401, 404, 409, 422, 503))
async def get_charts(build: str, service: ServiceOf, schema: Schema = None) -> HTMLResponse:
    """The charts of the build's model, as a page that stands for itself."""
    html = await service.readers.call("charts", build=build, schema=schema)
    return HTMLResponse(html, headers={"Content-Security-Policy": _CHARTS_POLICY})


@router.post("/builds/{build}/check", status_code=202, responses=responses(401, 404, 409, 422, 429))
async def start_check(build: str, service: ServiceOf, response: Response, schema: Schema = None) -> Started:
    """Prove every rule on a build. It is a job."""
    id = add(service, check_task(_path(service, build), build, schema), response)
    return Started(job_id=id, scenario=None)


@router.get("/builds/{build}/check", responses=responses(401, 404, 409, 422))
async def get_check(build: str, service: ServiceOf, schema: Schema = None) -> CheckView:
    """What the last check of a build has found."""
    path = _path(service, build)
    for job in service.queue.store.jobs(("done",), kind="check"):
        if job.task.request == {"build": build, "schema": schema}:
            return _check_view(service, job, path)
    raise Problem(404, "not-found", f"no check of {build!r} has been done; POST to this address starts one")


def _check_view(service: Service, job: Job, path: Any) -> CheckView:
    try:
        content = service.queue.store.result(job.id).read_bytes()
    except FileNotFoundError:
        raise Problem(404, "not-found", f"the result of job {job.id} is gone; check the build again") from None
    outcomes = [Outcome.model_validate(outcome) for outcome in json.loads(content)]
    changed = os.stat(path if path.is_file() else path / manifest.NAME).st_mtime
    return CheckView(
        job_id=job.id, outdated=changed > (job.started or 0), holds=all(outcome.holds for outcome in outcomes), outcomes=outcomes
    )


@router.post("/diff", status_code=202, responses=responses(401, 404, 409, 422, 429))
async def start_diff(pair: Pair, service: ServiceOf, response: Response) -> Started:
    """Compare two builds of a model. It is a job; `GET /api/jobs/{id}/result` has what it found."""
    paths = [str(_path(service, name)) for name in (pair.a, pair.b)]
    schema = ("--schema", pair.schema_name) if pair.schema_name else ()
    command = ("diff", *paths, "--rows", "--format", "json", *schema)
    id = add(service, Task("diff", command, pair.model_dump(by_alias=True, exclude_unset=True)), response)
    return Started(job_id=id, scenario=None)


def _path(service: Service, build: str) -> Any:
    """Where a finished build is."""
    try:
        return service.workspace.build(build)
    except LookupError as error:
        raise Problem(404, "not-found", str(error)) from None
    except RequestError as error:
        raise Problem(422, "invalid-request", str(error)) from None
