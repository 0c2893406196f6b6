"""The store of jobs: one SQLite file, which several processes may read and write, in a folder with the jobs' logs."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from colgen.errors import ColgenError, TargetError
from colgen.jobs.job import UNFINISHED, Job, State, Task
from colgen.jobs.log import Log

_VERSION = 1
_SCHEMA = f"""
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    task TEXT NOT NULL,
    target TEXT,
    state TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    attempts INTEGER NOT NULL DEFAULT 0,
    created REAL NOT NULL,
    queued REAL NOT NULL,
    started REAL,
    ended REAL,
    message TEXT NOT NULL DEFAULT '',
    key TEXT UNIQUE,
    body TEXT
);
CREATE UNIQUE INDEX one_job_per_target ON jobs (target) WHERE state IN {UNFINISHED};
CREATE INDEX jobs_by_state ON jobs (state, queued);
PRAGMA user_version = {_VERSION};
"""
_COLUMNS = "id, task, state, version, attempts, created, queued, started, ended, message"
_PLACE = "(SELECT count(*) FROM jobs AS other WHERE other.state = 'queued' AND (other.queued, other.id) <= (jobs.queued, jobs.id))"


class TargetBusy(TargetError):
    """Another job writes to the target, or waits to."""

    def __init__(self, target: str, job: int) -> None:
        self.job = job
        super().__init__(f"job {job} builds into {target!r}; wait for it, or cancel it: colgen cancel {job}")


class StoreUnusable(ColgenError):
    """The store cannot be read or written: it is locked, damaged, or the disk is full."""


class KeyReused(ColgenError):
    """An idempotency key that was given with another request before."""

    exit_code = 2


class Store:
    """Jobs, by their ids. Each call is one transaction."""

    def __init__(self, folder: Path, wait: float = 10.0) -> None:
        """Opens the store in a folder, which is made if it is not there. StoreUnusable for one that cannot be used.

        wait : how many seconds to wait for another process that writes to it
        """
        self.folder = folder
        self._lock = threading.RLock()
        file = folder / "jobs.sqlite"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._connection = sqlite3.connect(file, timeout=wait, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            with self._change() as connection:
                (version,) = connection.execute("PRAGMA user_version").fetchone()
                if version == 0:
                    for statement in _SCHEMA.strip().split(";\n"):
                        connection.execute(statement)
        except (OSError, sqlite3.Error, StoreUnusable) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise StoreUnusable(f"the store of jobs {str(file)!r} cannot be used: {reason}; COLGEN_HOME names another folder") from None
        if version > _VERSION:
            raise ColgenError(f"the store of jobs {str(file)!r} was made by a later version of colgen; use that, or another COLGEN_HOME")

    def close(self) -> None:
        self._connection.close()

    def log(self, id: int) -> Log:
        """A job's log."""
        return Log(self.folder / f"{id}.log")

    def result(self, id: int) -> Path:
        """The file with what a job has printed."""
        return self.folder / f"{id}.out"

    def add(self, task: Task, *, key: str | None = None, body: str | None = None, at: float | None = None) -> tuple[Job, bool]:
        """Puts a task at the end of the queue.

        key : names the request, so that it can be sent again without a second job
        body : what else tells whether it is the same request

        Returns the job, and whether it is a new one. Raises KeyReused where the key came with another body, and TargetBusy where another job
        has the target.
        """
        with self._change() as connection:
            if key is not None and (job := self.named(key, body)):
                return job, False
            self._refuse_busy(connection, task.target)
            now = time.time() if at is None else at
            values = [json.dumps(dataclasses.asdict(task)), task.target, now, now, key, body]
            insert = "INSERT INTO jobs (task, target, state, created, queued, key, body) VALUES (?, ?, 'queued', ?, ?, ?, ?) RETURNING id"
            (id,) = connection.execute(insert, values).fetchone()
            return self.get(id), True

    def named(self, key: str, body: str | None) -> Job | None:
        """The job of an earlier request with the same key. KeyReused where that was another request."""
        with self._lock, _explained():
            row = self._connection.execute("SELECT id, body FROM jobs WHERE key = ?", [key]).fetchone()
        if row is None:
            return None
        if row[1] != body:
            raise KeyReused(f"the idempotency key {key!r} was given with another request before; give each request its own")
        return self.get(row[0])

    def get(self, id: int) -> Job:
        """One job. LookupError where there is none."""
        for job in self._jobs("WHERE id = ?", [id]):
            return job
        raise LookupError(f"there is no job {id}")

    def jobs(self, states: Sequence[State] = (), *, kind: str | None = None, before: int | None = None, limit: int = -1) -> list[Job]:
        """Jobs, the latest first.

        states : those in one of them; all if empty
        kind : only builds, checks or comparisons
        before : only those with a smaller id
        limit : at most so many
        """
        where = [f"state IN ({', '.join('?' * len(states))})"] if states else []
        where += ["task ->> 'kind' = ?"] if kind is not None else []
        where += ["id < ?"] if before is not None else []
        clause = f"WHERE {' AND '.join(where)}" if where else ""
        values = [*states, *([kind] if kind is not None else []), *([before] if before is not None else []), limit]
        return self._jobs(f"{clause} ORDER BY id DESC LIMIT ?", values)

    def queue(self) -> list[Job]:
        """The jobs that wait, the next one first."""
        return self._jobs("WHERE state = 'queued' ORDER BY queued, id", [])

    def counts(self) -> dict[State, int]:
        """How many jobs there are in each state."""
        with self._lock, _explained():
            return dict(self._connection.execute("SELECT state, count(*) FROM jobs GROUP BY state").fetchall())

    def change(self, job: Job, state: State, **columns: Any) -> bool:
        """Moves a job into another state, unless it has changed since it was read; whether it did."""
        if state == "queued":
            columns |= {"queued": time.time()}
        if state not in UNFINISHED:
            columns |= {"ended": time.time()}
        with self._change() as connection:
            if state == "queued":
                self._refuse_busy(connection, job.task.target)
            names = "".join(f", {name} = ?" for name in columns)
            update = f"UPDATE jobs SET state = ?, version = version + 1{names} WHERE id = ? AND version = ?"
            changed = connection.execute(update, [state, *columns.values(), job.id, job.version]).rowcount == 1
        if changed:
            self.log(job.id).append("state", state=state, at=time.time())
        return changed

    def remove(self, job: Job) -> bool:
        """Forgets a job that has ended, with its log; whether it did."""
        with self._change() as connection:
            gone = connection.execute("DELETE FROM jobs WHERE id = ? AND version = ?", [job.id, job.version]).rowcount == 1
        if gone:
            self.log(job.id).remove()
            self.result(job.id).unlink(missing_ok=True)
        return gone

    def _jobs(self, clause: str, values: Sequence[Any]) -> list[Job]:
        with self._lock, _explained():
            rows = self._connection.execute(
                f"SELECT {_COLUMNS}, CASE state WHEN 'queued' THEN {_PLACE} END FROM jobs {clause}", values
            ).fetchall()
        return [_job(row) for row in rows]

    def _refuse_busy(self, connection: sqlite3.Connection, target: str | None) -> None:
        if target is None:
            return
        busy = connection.execute(f"SELECT id FROM jobs WHERE target = ? AND state IN {UNFINISHED}", [target]).fetchone()
        if busy is not None:
            raise TargetBusy(target, busy[0])

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """One transaction that writes, after which all of it holds or nothing."""
        with self._lock, _explained():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreUnusable(f"the store of jobs cannot be used at the moment: {error}") from error


_FIELDS = {field.name for field in dataclasses.fields(Task)}


def _job(row: Sequence[Any]) -> Job:
    id, task, *rest = row
    known = {name: value for name, value in json.loads(task).items() if name in _FIELDS}  # a later version may have stored more
    return Job(id, Task(**{**known, "command": tuple(known["command"])}), *rest)
