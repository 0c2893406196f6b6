"""The tools that a language model is given. Calls run in processes of their own and builds are jobs, as with the service over HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Any, TypeAlias

from mcp.server.mcpserver import Context
from pydantic import Field, field_validator
from pydantic.json_schema import SkipJsonSchema

from colgen.errors import ColgenError, RequestError, one_of
from colgen.jobs.command import check_task
from colgen.jobs.job import UNFINISHED, Job, Task
from colgen.jobs.queue import JobQueue
from colgen.jobs.store import Store
from colgen.jobs.view import job_view
from colgen.service import query as queries
from colgen.service.plans import MOST_PREVIEW_ROWS
from colgen.service.request import Config, Generate, Name
from colgen.service.workers import Workers
from colgen.service.workspace import Workspace

MOST_JOBS = 4
"""How many jobs may run while another one is started."""

MOST_WAIT_SECONDS = 60.0
MOST_BROKEN_ROWS = 5
"""Rows that are shown of those that break a rule."""

_TEND_SECONDS = 1.0
_LOOK_SECONDS = 0.1
_READERS = 2  # processes
_LATEST_JOBS = 10


class BuildConfig(Config):
    """How a build is made. What is left out is as the model has it."""

    dry_run: SkipJsonSchema[bool] = False

    @field_validator("dry_run")
    @classmethod
    def _refuse_dry_run(cls, value: bool) -> bool:
        if value:
            raise ValueError("the tool build always builds; call estimate for a dry run")
        return value


class Request(Generate):
    """Which data, how much of it, and where it goes. Everything has a default."""

    config: BuildConfig = BuildConfig()


BuildName: TypeAlias = Annotated[Name, Field(description='The name of a finished build, as builds() lists it, such as "shop".')]
Schema: TypeAlias = Annotated[Name | None, Field(description="Only for a DuckDB file that holds several builds: which one.")]
Wait: TypeAlias = Annotated[float, Field(ge=0, le=MOST_WAIT_SECONDS, description="Wait so long for the job to end; 60 at most.")]
JobContext: TypeAlias = Context[Any, Any]


class Tools:
    """The tools. What their docstrings say is what the language model is told."""

    def __init__(self, workspace: Workspace, store: Store, environment: Mapping[str, str]) -> None:
        """
        environment : the variables that jobs are given, with the guards of the configuration
        """
        self._workspace = workspace
        self._queue = JobQueue(store, environment, workspace.databases.get)
        self._workers = Workers(workspace, _READERS)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Idle processes are ended and jobs settled for as long as this lasts. Jobs that run go on after it."""
        tending = asyncio.create_task(self._tend())
        try:
            yield
        finally:
            tending.cancel()
            await self._workers.close()

    async def _tend(self) -> None:
        while True:
            self._queue.tend(0)  # starts nothing: other jobs in the queue are not ours
            await self._workers.tend()
            await asyncio.sleep(_TEND_SECONDS)

    async def models(self) -> dict[str, Any]:
        """List what can be generated: models, scenarios and databases. Start here.

        A model is a kind of business with its tables, such as "invoicing", "ecommerce" or "erp"; a volume is how much of it ("small" is quick); a
        scenario is what differs from the everyday, such as a peak season. `databases` are those that build() may write to as "database:NAME".

        Example: models()
        """
        models, scenarios = await self._workers.call("models"), await self._workers.call("scenarios")
        return {"models": models, "scenarios": scenarios, "databases": list(self._workspace.databases)}

    async def describe(
        self,
        model: Annotated[Name, Field(description='A name that models() lists, such as "invoicing".')],
        table: Annotated[Name | None, Field(description="One table, whose columns are then explained; all in short if left out.")] = None,
    ) -> dict[str, Any]:
        """Describe a model: its tables and columns, settings, reports and file formats. Use it before build, and before you write SQL for query.

        Columns are given as "name TYPE", then "key", "unique" or "→ table" (it refers to the key of that table). `settings` are the counts of each
        volume, which config.settings of a request may change within `ranges`. `reports` are what report() can make of a build.

        Examples: describe(model="invoicing"); describe(model="invoicing", table="invoices")
        """
        described = await self._workers.call("model", name=model)
        tables = {each["name"]: each for each in described["tables"]}
        if table is not None and table not in tables:
            raise RequestError(f"model {model!r} has no table {table!r}; {one_of(table, tables)}")
        if table is not None:
            return dict(tables[table])
        short = {
            name: {"description": each["description"], "columns": list(map(_column, each["columns"]))} for name, each in tables.items()
        }
        left_out = ("tableNames", "volumes", "charts", "counts")
        return {name: value for name, value in described.items() if name not in left_out and value} | {"tables": short}

    async def estimate(self, request: Request) -> dict[str, Any]:
        """Estimate a build without making it: rows and bytes of each table, seconds and bytes of memory. It is the dry run; nothing is written.

        Takes the same `request` as build (`out` is not needed). Use it before any build that is larger than a volume "small".

        Example: estimate(request={"model": "ecommerce", "volume": "medium", "config": {"volumeMultiplier": 10}})
        """
        return dict(await self._workers.call("estimate", request=_plan(request)))

    async def preview(
        self,
        request: Request,
        table: Annotated[Name | None, Field(description="Only this table; all if left out.")] = None,
        rows: Annotated[int, Field(ge=1, le=MOST_PREVIEW_ROWS, description="Rows of each table.")] = 5,
    ) -> dict[str, Any]:
        """Show the first rows of each table exactly as build would make them, without building.

        Takes the same `request` as build (`out` is not needed). Use it to see what values look like.

        Example: preview(request={"model": "invoicing", "config": {"seed": 7}}, table="customers", rows=3)
        """
        plan = _plan(request)
        if table is not None:
            plan.setdefault("config", {})["tables"] = [table]
        previewed = await self._workers.call("preview", request=plan, rows=rows)
        return {
            each["name"]: {"columns": [column["name"] for column in each["columns"]], "rows": each["rows"]} for each in previewed["tables"]
        }

    async def build(self, request: Request) -> dict[str, Any]:
        """Build the data for good. It starts a job and returns its id at once; call status with that id to wait for it.

        `request.out` is the name of the build: "shop" is a folder of files (Parquet unless `format` says otherwise), "shop.duckdb" a DuckDB file,
        "database:NAME" one of the databases that models() lists. Name the model and the volume, and whatever `config` should differ in: settings
        (single counts), volumeMultiplier, startDate and endDate, seed, tables. A name that is taken is refused unless config.overwrite is true.
        The job goes on even if this server stops.

        Example: build(request={"model": "invoicing", "volume": "small", "out": "shop", "config": {"seed": 7, "settings": {"customers": 500}}})
        """
        asked = _asked(request)
        asked["config"] = {**asked.get("config", {}), "dryRun": False}
        task = await self._workers.call("task", request=asked)
        return self._view(self._start(Task(**{**task, "command": tuple(task["command"])})))

    async def status(
        self,
        context: JobContext,
        job: Annotated[int | None, Field(ge=1, lt=2**63, description="The id of a job; the latest jobs if left out.")] = None,
        wait_seconds: Wait = 0,
    ) -> dict[str, Any]:
        """Say how far a job is, or list the latest jobs. Use it after build, and after a check that took longer than it waited.

        States: queued, running, cancelling; then done, failed, interrupted or cancelled. `message` says why a job failed. With `wait_seconds` it
        answers as soon as the job ends; if it still runs then, call it again. A build that is done can be read by the name in `request.out`.

        Example: status(job=7, wait_seconds=60)
        """
        if job is not None:
            return self._view(await self._wait(self._queue.get(job), wait_seconds, context))
        if wait_seconds:
            raise RequestError("wait_seconds needs job, the id that build has returned")
        return {"jobs": [self._view(self._queue.settled(each)) for each in self._queue.store.jobs(limit=_LATEST_JOBS)]}

    async def builds(self) -> dict[str, Any]:
        """List the finished builds: their names, models, volumes, seeds, periods and rows of each table. Use it to find what can be read.

        `problem` says why a build cannot be read. `schema` tells apart several builds in one DuckDB file; pass it on to check, report and query.

        Example: builds()
        """
        return {"builds": [_without_nothing(build) for build in await self._workers.call("builds")]}

    async def check(self, build: BuildName, context: JobContext, schema: Schema = None, wait_seconds: Wait = 30) -> dict[str, Any]:
        """Prove every rule of the model on a finished build: keys, references, sums, dates, distributions. Nothing is changed.

        Returns whether all `rules` hold, and for each that is broken the number of rows that break it and the first of them. If it takes longer
        than `wait_seconds`, it returns the job; call check again, or status with the job's id, to get the result.

        Example: check(build="shop")
        """
        task = check_task(self._path(build), build, schema)
        running = [job for job in self._queue.store.jobs(UNFINISHED, kind="check") if job.task == task]
        job = running[0] if running else self._start(task)
        job = await self._wait(job, wait_seconds, context)
        if job.has_ended and job.state != "done":
            raise ColgenError(f"the check, job {job.id}, is {job.state}: {job.message}".rstrip(": "))
        return self._view(job)

    async def report(
        self,
        build: BuildName,
        name: Annotated[Name, Field(description="A report of the build's model, as describe(model) lists it.")],
        parameters: Annotated[dict[str, str] | None, Field(max_length=20, description="Values for the report's own parameters.")] = None,
        schema: Schema = None,
    ) -> dict[str, Any]:
        """Make one of the model's ready-made reports of a finished build, such as revenue by month. At most 200 rows are given.

        Example: report(build="shop", name="invoice_details", parameters={"invoice": "INV-2024-00000007"})
        """
        self._path(build)
        made = await self._workers.call("report", build=build, name=name, parameters=parameters or {}, schema=schema)
        return {"columns": made["columns"], **_limited(made["rows"])}

    async def query(
        self,
        build: BuildName,
        sql: Annotated[str, Field(min_length=1, description="One SELECT in DuckDB's SQL.")],
        schema: Schema = None,
    ) -> dict[str, Any]:
        """Read a finished build with SQL (DuckDB's dialect, much like PostgreSQL's). Use it for any question about the data.

        One statement: SELECT, WITH … SELECT, VALUES, DESCRIBE or SUMMARIZE a table, or SHOW TABLES. Tables have the names that describe() gives,
        without a schema. At most 200 rows come back (`truncated` says if there were more), so aggregate or use LIMIT; at most 20 seconds and 1 GB.
        Files, settings, extensions and other builds cannot be reached, and nothing can be changed.

        Example: query(build="shop", sql="SELECT status, count(*), sum(total) FROM invoices GROUP BY status ORDER BY 2 DESC")
        """
        self._path(build)
        return await queries.query_apart(self._workspace, build, sql, schema)

    def _path(self, build: str) -> Any:
        try:
            return self._workspace.build(build)
        except LookupError:
            raise RequestError(f"there is no build {build!r}; {one_of(build, self._workspace.names())}") from None

    def _start(self, task: Task) -> Job:
        """Starts a job. TargetBusy where another one has the target, ColgenError where too many run."""
        running = [job for job in map(self._queue.settled, self._queue.store.jobs(("running", "cancelling"))) if not job.has_ended]
        if len(running) >= MOST_JOBS:
            ids = ", ".join(str(job.id) for job in running)
            raise ColgenError(
                f"{len(running)} jobs run already ({ids}); wait for one of them: status(job={running[-1].id}, wait_seconds=60)"
            )
        job, _ = self._queue.store.add(task)
        self._queue.start(job)
        return self._queue.get(job.id)

    async def _wait(self, job: Job, seconds: float, context: JobContext) -> Job:
        """A job as it is when it has ended, or after some seconds."""
        until, told = asyncio.get_running_loop().time() + seconds, ""
        while not (job := self._queue.get(job.id)).has_ended and asyncio.get_running_loop().time() < until:
            progress = self._queue.progress(job)
            if (message := progress.proving or progress.table or progress.stage) != told:
                told = message
                await context.report_progress(round(100 * progress.share, 1), 100, message)
            await asyncio.sleep(_LOOK_SECONDS)
        return job

    def _view(self, job: Job) -> dict[str, Any]:
        """A job in short, with what came of it."""
        view = job_view(job, self._queue.progress(job)).model_dump(mode="json")
        kept = ("kind", "state", "stage", "request", "message", "notes", "estimate", "summary", "created", "ended")
        shown = {"job": job.id, **{name: view[name] for name in kept}}
        if not job.has_ended:
            shown |= {"percent": view["progress"]["progressPercent"], "secondsLeft": view["progress"]["etaSeconds"]}
        if job.task.kind == "check" and job.state == "done":
            shown["check"] = self._outcome(job)
        return _without_nothing(shown)

    def _outcome(self, job: Job) -> dict[str, Any]:
        """What a check has proved, in short."""
        try:
            outcomes = json.loads(self._queue.store.result(job.id).read_bytes())
        except (OSError, ValueError):
            raise ColgenError(f"the result of job {job.id} is gone; check the build again") from None
        shown = ("table", "rule", "violations", "columns")
        broken = [
            {**{name: outcome[name] for name in shown}, "rows": outcome["rows"][:MOST_BROKEN_ROWS]}
            for outcome in outcomes
            if not outcome["holds"]
        ]
        return {"holds": not broken, "rules": len(outcomes), "broken": broken}


def _column(column: Mapping[str, Any]) -> str:
    """A column in one line.

    >>> _column({"name": "type_id", "type": "INTEGER", "isKey": False, "unique": False, "references": "types"})
    'type_id INTEGER → types'
    """
    kind = "key" if column["isKey"] else f"→ {column['references']}" if column["references"] else "unique" if column["unique"] else ""
    return f"{column['name']} {column['type']} {kind}".rstrip()


def _asked(request: Request) -> dict[str, Any]:
    """A request as the service over HTTP takes it."""
    asked = request.model_dump(mode="json", by_alias=True, exclude_unset=True)
    asked.get("config", {}).pop("dryRun", None)
    return asked


def _plan(request: Request) -> dict[str, Any]:
    """What a request says of the data alone."""
    asked = _asked(request)
    asked.pop("out", None)
    return asked


def _limited(rows: list[Any]) -> dict[str, Any]:
    return {"rows": rows[: queries.MOST_ROWS], "truncated": len(rows) > queries.MOST_ROWS}


def _without_nothing(shown: Mapping[str, Any]) -> dict[str, Any]:
    """Without what says nothing: a reader that pays by the word is spared it."""
    return {name: value for name, value in shown.items() if value not in (None, "", [], {})}
