"""Jobs and their processes: real ones, small."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import colgen
from colgen import RequestError
from colgen.generate.spec import Spec
from colgen.jobs.command import build_task
from colgen.jobs.job import Job, Task
from colgen.jobs.queue import JobQueue, NoSuchJob
from colgen.jobs.store import Store
from colgen.jobs.view import job_view
from colgen.pipeline.options import BuildOptions
from tests.support import ROOT, refused, thorough, whole

MOST_SECONDS = 60.0


@pytest.fixture
def queue(tmp_path: Path) -> JobQueue:
    return JobQueue(Store(tmp_path / "jobs"), {**os.environ, "PYTHONPATH": str(ROOT)})


def small(out: Path, **how: object) -> Task:
    from colgen.models.invoicing import model

    return build_task(Spec.of(model, volume="small", seed=7), BuildOptions(out), **how)  # type: ignore[arg-type]


def large(out: Path) -> Task:
    from colgen.models.invoicing import model

    return build_task(Spec.of(model, volume="large", scale=4000, tables=["invoices", "invoice_line_items"]), BuildOptions(out))


def ended(queue: JobQueue, job: Job) -> Job:
    return waited(queue, job, lambda now: now.has_ended)


def waited(queue: JobQueue, job: Job, until: Callable[[Job], bool]) -> Job:
    """The job, as soon as something holds of it."""
    deadline = time.monotonic() + MOST_SECONDS
    while not until(now := queue.get(job.id)):
        assert time.monotonic() < deadline, now
        time.sleep(0.05)
    return now


def started(queue: JobQueue, task: Task) -> Job:
    job, _ = queue.store.add(task)
    assert queue.start(job)
    return queue.get(job.id)


def making_rows(queue: JobQueue, task: Task) -> Job:
    """A job that has made its first rows."""
    return waited(queue, started(queue, task), lambda job: queue.progress(job).made > 0)


def killed(queue: JobQueue, job: Job) -> None:
    process = queue.progress(job).process
    assert process is not None
    os.killpg(process, signal.SIGKILL)


def test_a_build_runs_to_its_end_and_is_what_the_command_makes(queue: JobQueue, tmp_path: Path) -> None:
    job = ended(queue, started(queue, small(tmp_path / "shop", check=True)))
    assert (job.state, job.message, job.attempts) == ("done", "", 1)
    colgen.build("invoicing", volume="small", seed=7, out=tmp_path / "other")
    assert whole(tmp_path / "shop").tables == whole(tmp_path / "other").tables
    assert whole(tmp_path / "shop").spec == whole(tmp_path / "other").spec
    seen = job_view(job, queue.progress(job))
    assert (seen.progress.progress_percent, seen.summary and seen.summary["rows"]["invoices"]) == (100.0, 75)


@thorough
def test_a_dry_run_carries_its_estimate_and_writes_nothing(queue: JobQueue, tmp_path: Path) -> None:
    job = ended(queue, started(queue, small(tmp_path / "shop", dry_run=True)))
    estimate = job_view(job, queue.progress(job)).estimate
    assert job.state == "done"
    assert estimate is not None
    assert (estimate.rows["invoices"], estimate.total_bytes > 0) == (75, True)
    assert not (tmp_path / "shop").exists()


@thorough
def test_a_refused_target_is_a_failure_in_the_command_s_words(queue: JobQueue, tmp_path: Path) -> None:
    colgen.build("invoicing", volume="small", out=tmp_path / "shop")
    job = ended(queue, started(queue, small(tmp_path / "shop")))
    assert job.state == "failed"
    assert "--overwrite" in job.message
    assert whole(tmp_path / "shop").spec.seed == 0


@thorough
def test_a_cancelled_build_leaves_nothing(queue: JobQueue, tmp_path: Path) -> None:
    job = making_rows(queue, large(tmp_path / "shop"))
    assert queue.cancel(job.id).state in ("cancelling", "cancelled")
    assert ended(queue, job).state == "cancelled"
    assert {path.name for path in tmp_path.iterdir()} == {"jobs"}


@thorough
def test_a_killed_build_is_interrupted_and_goes_on_from_its_parts(queue: JobQueue, tmp_path: Path) -> None:
    job = making_rows(queue, large(tmp_path / "shop"))
    killed(queue, job)
    job = ended(queue, job)
    assert (job.state, "without a word" in job.message, job.can_be_resumed) == ("interrupted", True, True)
    assert queue.resume(job.id).state == "queued"
    assert queue.start(queue.get(job.id))
    again = waited(queue, job, lambda job: job.has_ended or queue.progress(job).made > 0)
    assert (again.state, again.attempts) == ("running", 2)
    queue.cancel(job.id)
    assert ended(queue, job).state == "cancelled"


def test_a_job_that_is_cancelled_before_its_process_has_told_its_number_is_asked_again(queue: JobQueue, tmp_path: Path) -> None:
    job = started(queue, large(tmp_path / "shop"))
    queue.cancel(job.id)
    assert waited(queue, job, lambda now: queue.tend(1) or now.has_ended).state == "cancelled"  # type: ignore[func-returns-value]


@thorough
def test_whoever_looks_next_settles_a_job_whose_process_is_gone(queue: JobQueue, tmp_path: Path) -> None:
    job = making_rows(queue, large(tmp_path / "shop"))
    other = JobQueue(Store(queue.store.folder), os.environ)
    assert other.get(job.id).state == "running"
    killed(queue, job)
    assert ended(other, job).state == "interrupted"


def test_a_queued_job_is_cancelled_at_once(queue: JobQueue, tmp_path: Path) -> None:
    job, _ = queue.store.add(small(tmp_path / "shop"))
    assert queue.cancel(job.id).state == "cancelled"
    assert not queue.start(job)


@thorough
def test_of_two_who_start_a_job_one_does(queue: JobQueue, tmp_path: Path) -> None:
    job, _ = queue.store.add(small(tmp_path / "shop"))
    assert queue.start(job)
    assert not JobQueue(Store(queue.store.folder), os.environ).start(job)
    assert ended(queue, job).attempts == 1


@thorough
def test_no_more_run_at_once_than_may(queue: JobQueue, tmp_path: Path) -> None:
    jobs = [queue.store.add(small(tmp_path / name))[0] for name in "abc"]
    queue.tend(1)
    assert [queue.store.get(job.id).state for job in jobs] == ["running", "queued", "queued"]
    while any(not queue.get(job.id).has_ended for job in jobs):
        assert queue.store.counts().get("running", 0) <= 1
        queue.tend(1)
        time.sleep(0.02)
    assert queue.store.counts() == {"done": 3}


def test_a_job_that_does_not_stop_is_killed(queue: JobQueue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = making_rows(queue, large(tmp_path / "shop"))
    monkeypatch.setattr("colgen.jobs.queue.process.interrupt", lambda process: None)
    monkeypatch.setattr("colgen.jobs.queue.MOST_SECONDS_TO_STOP", 0.0)
    queue.cancel(job.id)
    queue.tend(1)
    assert ended(queue, job).state == "cancelled"


def test_a_database_that_is_not_configured_any_more_is_a_failure(queue: JobQueue) -> None:
    job = queue.store.add(Task("build", ("build", "invoicing", "--out", "database"), target="staging, schema shop", database="staging"))[0]
    queue.tend(1)
    assert queue.get(job.id).state == "queued"  # it may be another process's, which knows its database
    queue.start(job)
    assert queue.get(job.id).state == "failed"
    assert "'staging'" in queue.get(job.id).message
    with refused("cannot be resumed here", "'staging'", error=RequestError):
        queue.resume(job.id)


def test_a_job_that_is_not_there_or_has_ended_is_refused(queue: JobQueue, tmp_path: Path) -> None:
    job, _ = queue.store.add(small(tmp_path / "shop"))
    with refused("there is no job 99", error=NoSuchJob):
        queue.get(99)
    with refused("cannot be resumed", "queued", error=RequestError):
        queue.resume(job.id)
    with refused("cannot be removed", "cancel it first", error=RequestError):
        queue.remove(job.id)
    queue.cancel(job.id)
    with refused("cannot be cancelled", "cancelled", error=RequestError):
        queue.cancel(job.id)
    queue.remove(job.id)
    with refused(f"there is no job {job.id}", error=NoSuchJob):
        queue.get(job.id)


@thorough
def test_no_variable_overrides_what_a_job_is_told_but_guards_hold(queue: JobQueue, tmp_path: Path) -> None:
    queue = JobQueue(
        queue.store, {**os.environ, "PYTHONPATH": str(ROOT), "COLGEN_SEED": "99", "COLGEN_CUSTOMERS": "3", "COLGEN_MAX_ROWS": "10"}
    )
    assert ended(queue, started(queue, small(tmp_path / "shop"))).state == "done"
    assert whole(tmp_path / "shop").spec.seed == 7
    assert whole(tmp_path / "shop").tables["customers"].rows == 25
    into_file = ended(queue, started(queue, small(tmp_path / "shop.duckdb")))
    assert (into_file.state, "the row limit is 10" in into_file.message) == ("failed", True)
