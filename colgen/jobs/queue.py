"""The queue of jobs: what may be done with them, and how they get on. It works the same with a service and without one."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from colgen import home
from colgen.errors import ColgenError, RequestError
from colgen.jobs import process
from colgen.jobs.job import Job, State
from colgen.jobs.progress import Follower, Progress
from colgen.jobs.store import Store

MOST_SECONDS_TO_STOP = 30.0
"""How long a process may take to clear away what it has written before it is killed."""

_FOLLOWED = 200  # jobs whose logs are not read from the start again, those that were asked about last

_KILLED = "the process ended without a word, as it does when it is killed or the machine runs out of memory"


def folder(environment: Mapping[str, str]) -> Path:
    """Where a user's jobs are kept."""
    return home.folder(environment) / "jobs"


class NoSuchJob(RequestError):
    """There is no job of an id."""


class JobQueue:
    """Jobs and their processes.

    A job that says it runs and whose process is gone is settled, by its log, as soon as anyone looks at it.
    """

    def __init__(self, store: Store, environment: Mapping[str, str], database: Callable[[str], str | None] = lambda name: None) -> None:
        """
        environment : the variables that processes are given (`process.own_environment`)
        database : the URL of a database by its name; None for one that is not known
        """
        self.store = store
        self._environment = environment
        self._database = database
        self._children: list[subprocess.Popen[bytes]] = []
        self._followers: dict[int, Follower] = {}

    def get(self, id: int) -> Job:
        """A job as it is now. NoSuchJob where there is none."""
        try:
            return self.settled(self.store.get(id))
        except LookupError as error:
            raise NoSuchJob(str(error)) from None

    def progress(self, job: Job) -> Progress:
        """How far a job is."""
        return self._follower(job).look()

    def _follower(self, job: Job) -> Follower:
        follower = self._followers.pop(job.id, None) or Follower(self.store.log(job.id))
        self._followers[job.id] = follower
        if len(self._followers) > _FOLLOWED:
            del self._followers[next(iter(self._followers))]
        return follower

    def settled(self, job: Job) -> Job:
        """A job, after it was looked whether it still runs."""
        if job.state not in ("running", "cancelling") or self.store.log(job.id).is_held:
            return job
        progress = self._follower(job).look(to_the_end=True)
        state, message = _outcome(job, progress, self.store.result(job.id))
        self.store.change(job, state, message=message)
        return self.store.get(job.id)

    def start(self, job: Job) -> bool:
        """Starts a job that waits; whether it did: somebody else may have been faster. ColgenError where it cannot be started."""
        log = self.store.log(job.id)
        descriptor = log.lock()
        if descriptor is None:
            return False
        try:  # from here to where the process holds the log we do, so that nobody takes the job for one that has ended
            if not self.store.change(job, "running", started=time.time(), ended=None, attempts=job.attempts + 1, message=""):
                return False
            url = self._database(job.task.database) if job.task.database else None
            if job.task.database and url is None:
                raise ColgenError(f"there is no database {job.task.database!r} any more among those that may be written to")
            environment = process.own_environment(self._environment, database=url)
            child = process.start(self._command(job), descriptor, self.store.result(job.id), self.store.folder, environment)
            self._children.append(child)
        except (OSError, ColgenError) as error:
            message = str(error) if isinstance(error, ColgenError) else f"it could not be started: {error}"
            self.store.change(self.store.get(job.id), "failed", message=message)
        finally:
            os.close(descriptor)
        return True

    def cancel(self, id: int) -> Job:
        """Takes a job out of the queue, or asks its process to stop. RequestError for one that has ended."""
        job = self.get(id)
        if job.has_ended:
            raise RequestError(f"job {id} cannot be cancelled: it is {job.state}")
        if job.state == "queued":
            self.store.change(job, "cancelled")
        else:
            if job.state == "running":
                self.store.change(job, "cancelling")
            self.stop(job)
        return self.get(id)

    def stop(self, job: Job, *, at_once: bool = False) -> None:
        """Ends a job's process; it clears away what it has written unless `at_once`."""
        number = self.progress(job).process
        if number is not None and self.store.log(job.id).is_held:
            (process.kill if at_once else process.interrupt)(number)

    def resume(self, id: int) -> Job:
        """Puts a job that was interrupted, cancelled or has failed into the queue again: it goes on from what is finished. RequestError for others."""
        job = self.get(id)
        if not job.can_be_resumed:
            raise RequestError(f"job {id} cannot be resumed: it is {job.state}")
        if not self._is_known(job):
            raise RequestError(f"job {id} cannot be resumed here: {job.task.database!r} is not among the databases that may be built into")
        self.store.change(job, "queued")
        return self.get(id)

    def remove(self, id: int) -> None:
        """Forgets a job that has ended. What it has built stays. RequestError for one that has not ended."""
        job = self.get(id)
        if not job.has_ended:
            raise RequestError(f"job {id} cannot be removed: it is {job.state}; cancel it first")
        self.store.remove(job)

    def tend(self, most: int) -> None:
        """Settles what has ended, ends what does not stop, and starts what may start.

        most : how many may run at once
        """
        self._children = [child for child in self._children if child.poll() is None]
        running = [self.settled(job) for job in self.store.jobs(("running", "cancelling"))]
        running = [job for job in running if not job.has_ended]
        for job in running:
            if job.state == "cancelling":
                self._press(job)
        ready = [job for job in self.store.queue() if self._is_known(job)]
        for job in ready[: max(0, most - len(running))]:
            self.start(job)

    def _is_known(self, job: Job) -> bool:
        """Whether its database, if it has one, is among ours: another process's jobs are left to that."""
        return job.task.database is None or self._database(job.task.database) is not None

    def _press(self, job: Job) -> None:
        """Asks again, in case the process was not there yet when it was asked first; after a while it is killed."""
        self.stop(job, at_once=time.time() - self.progress(job).since > MOST_SECONDS_TO_STOP)

    def _command(self, job: Job) -> tuple[str, ...]:
        """What is run; from the second attempt on it goes on from what the others have finished, where a build makes files."""
        command = job.task.command
        again = job.attempts and job.task.kind == "build" and job.task.database is None and not _is_database(job.task.target)
        return (*command, "--resume") if again and job.task.target is not None and "--resume" not in command else command


def _is_database(target: str | None) -> bool:
    return target is not None and target.endswith((".duckdb", ".ddb"))


def _outcome(job: Job, progress: Progress, result: Path) -> tuple[State, str]:
    """What became of a job whose process is gone, and why."""
    if job.task.kind == "build" and (progress.summary is not None or progress.estimate is not None):
        return "done", ""
    if job.task.kind != "build" and _is_json(result):
        return "done", ""
    if job.state == "cancelling":
        return "cancelled", ""
    if not progress.message:
        return "interrupted", _KILLED
    return ("interrupted" if progress.message.startswith("interrupted") else "failed"), progress.message


def _is_json(file: Path) -> bool:
    try:
        json.loads(file.read_bytes())
        return True
    except (OSError, ValueError):
        return False
