"""Jobs as programs see them: over HTTP, from the command line and through MCP the same."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from colgen.jobs.job import Job, State
from colgen.jobs.progress import Progress

SpecifiedState = Literal["queued", "generating", "validating", "completed", "failed", "cancelled", "interrupted"]


class View(BaseModel):
    """What programs see is spelled like JavaScript."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, serialize_by_alias=True)


class ProgressView(View):
    """How far a job is."""

    current_entity: str = Field(default="", description="The table that was told of last, or the rule that is being proved.")
    current_batch: int = Field(default=0, description="Of that table, in batches of `batchSize` records.")
    progress_percent: float = Field(default=0, ge=0, le=100)
    throughput: float = Field(default=0, description="Records per second.")
    eta_seconds: float | None = Field(default=None, description="About how long records will still be made; null where nobody can tell.")
    records_generated: dict[str, int] = Field(default={}, description="Records of each table.")
    records_expected: dict[str, int] = Field(default={}, description="As many as there will be, or about as many.")


class EstimateView(View):
    """What a build would make and take."""

    rows: dict[str, int] = Field(description="Rows by table.")
    exact: list[str] = Field(description="The tables whose rows are not estimated.")
    bytes: dict[str, int] = Field(description="Bytes by table, about.")
    total_rows: int
    total_bytes: int
    seconds: float = Field(description="About how long it takes on the server's cores.")
    memory: int = Field(description="About how many bytes of memory it takes.")
    first_day: date = Field(description="Of its period.")
    last_day: date


class JobView(View):
    """A job."""

    id: int
    kind: Literal["build", "check", "diff"]
    state: State
    stage: str = Field(description="What a running job does: starting, generating, checking, publishing …")
    request: dict[str, Any] = Field(description="What was asked for.")
    target: str | None = Field(description="What it writes to; null for a job that writes nothing.")
    place: int | None = Field(description="In the queue, 1 for the next job; null for one that does not wait.")
    message: str = Field(description="Why it failed or was interrupted.")
    resumable: bool
    attempts: int
    created: datetime
    started: datetime | None
    ended: datetime | None
    progress: ProgressView
    notes: list[str]
    estimate: EstimateView | None = Field(description="Of a dry run that is done.")
    summary: dict[str, Any] | None = Field(description="Of a build that is done: rows and bytes by table, seconds, seed.")


def progress_view(job: Job, progress: Progress) -> ProgressView:
    """How far a job is, as programs see it."""
    proving = progress.stage == "checking" and not job.has_ended
    return ProgressView(
        current_entity=progress.proving if proving else progress.table,
        current_batch=-(-progress.rows.get(progress.table, 0) // job.task.batch_rows),
        progress_percent=100.0 if job.state == "done" else round(100 * progress.share, 1),
        throughput=round(progress.rows_per_second, 1),
        eta_seconds=None if job.has_ended or progress.seconds_left is None else round(progress.seconds_left, 1),
        records_generated=progress.rows,
        records_expected=progress.expected,
    )


def job_view(job: Job, progress: Progress) -> JobView:
    """A job, as programs see it."""
    return JobView(
        id=job.id,
        kind=job.task.kind,
        state=job.state,
        stage="" if job.has_ended or job.state == "queued" else progress.stage or "starting",
        request=job.task.request,
        target=job.task.target,
        place=job.place,
        message=job.message,
        resumable=job.can_be_resumed,
        attempts=job.attempts,
        created=_moment(job.created),
        started=_moment(job.started) if job.started else None,
        ended=_moment(job.ended) if job.ended else None,
        progress=progress_view(job, progress),
        notes=progress.notes,
        estimate=_estimate(progress.estimate) if progress.estimate else None,
        summary=progress.summary,
    )


def _estimate(content: dict[str, Any]) -> EstimateView | None:
    """An estimate, unless a log that anyone can print into has something else of that name."""
    try:
        return EstimateView.model_validate(content)
    except ValidationError:
        return None


def specified_state(job: Job, progress: Progress) -> SpecifiedState:
    """The state of a job in the words of the specification."""
    if job.state in ("running", "cancelling"):
        return "validating" if progress.stage == "checking" else "generating"
    return "completed" if job.state == "done" else job.state  # type: ignore[return-value]


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
