"""The store of jobs: one SQLite file that several may use at once."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from colgen import ColgenError
from colgen.jobs.job import Task
from colgen.jobs.store import KeyReused, Store, StoreUnusable, TargetBusy
from tests.support import refused

TASK = Task("build", ("build", "invoicing"), {"model": "invoicing"}, "/data/shop")
DRY_RUN = Task("build", ("build", "invoicing", "--dry-run"))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "jobs")


def test_a_task_comes_back_as_it_was_given(store: Store) -> None:
    job, is_new = store.add(TASK)
    assert (is_new, job.task, job.state, job.place, job.attempts) == (True, TASK, "queued", 1, 0)
    assert store.get(job.id) == job


def test_everyone_who_opens_the_folder_sees_the_same(store: Store) -> None:
    job, _ = store.add(TASK)
    assert Store(store.folder).get(job.id) == job


def test_ids_ascend_and_are_never_given_again(store: Store) -> None:
    first, _ = store.add(DRY_RUN)
    store.change(first, "cancelled")
    store.remove(store.get(first.id))
    assert store.add(DRY_RUN)[0].id > first.id


def test_the_queue_is_in_the_order_in_which_jobs_came_and_says_the_place(store: Store) -> None:
    jobs = [store.add(DRY_RUN, at=float(number))[0] for number in range(3)]
    assert [job.id for job in store.queue()] == [job.id for job in jobs]
    assert [store.get(job.id).place for job in jobs] == [1, 2, 3]


def test_the_same_key_and_request_give_the_same_job(store: Store) -> None:
    job, _ = store.add(TASK, key="k", body="b")
    again, is_new = store.add(TASK, key="k", body="b")
    assert (again.id, is_new) == (job.id, False)


def test_a_key_with_another_request_is_refused(store: Store) -> None:
    store.add(TASK, key="k", body="b")
    with refused("'k'", "another request", error=KeyReused):
        store.add(DRY_RUN, key="k", body="c")


def test_a_target_has_one_unfinished_job(store: Store) -> None:
    job, _ = store.add(TASK)
    with refused(f"job {job.id}", "/data/shop", f"colgen cancel {job.id}", error=TargetBusy):
        store.add(TASK)
    store.change(job, "cancelled")
    assert store.add(TASK)[0].state == "queued"


def test_a_job_is_not_resumed_while_another_has_its_target(store: Store) -> None:
    old, _ = store.add(TASK)
    store.change(old, "interrupted")
    store.add(TASK)
    with refused("/data/shop", error=TargetBusy):
        store.change(store.get(old.id), "queued")


def test_dry_runs_have_no_target_and_any_number_may_wait(store: Store) -> None:
    assert store.add(DRY_RUN)[0].id != store.add(DRY_RUN)[0].id


def test_of_two_who_change_a_job_one_is_too_late(store: Store) -> None:
    job, _ = store.add(TASK)
    assert store.change(job, "running")
    assert not Store(store.folder).change(job, "cancelled")
    assert store.get(job.id).state == "running"


def test_each_change_is_in_the_log(store: Store) -> None:
    job, _ = store.add(TASK)
    store.change(job, "running")
    assert [(line.event, line.content["state"]) for line in store.log(job.id).lines()] == [("state", "running")]


def test_jobs_are_listed_the_latest_first_page_by_page(store: Store) -> None:
    ids = [store.add(DRY_RUN)[0].id for _ in range(5)]
    assert [job.id for job in store.jobs(limit=2)] == ids[:-3:-1]
    assert [job.id for job in store.jobs(before=ids[3], limit=2)] == [ids[2], ids[1]]
    store.change(store.get(ids[0]), "cancelled")
    assert [job.id for job in store.jobs(("cancelled",))] == [ids[0]]
    assert store.counts() == {"queued": 4, "cancelled": 1}


def test_a_job_that_is_removed_takes_its_log_and_result_with_it(store: Store) -> None:
    job, _ = store.add(DRY_RUN)
    store.change(job, "cancelled")
    store.result(job.id).write_text("[]")
    assert store.remove(store.get(job.id))
    assert [path.name for path in store.folder.iterdir() if path.name.startswith(f"{job.id}.")] == []
    with pytest.raises(LookupError, match="there is no job"):
        store.get(job.id)


def test_a_store_that_somebody_else_holds_is_said_to_be_unusable(store: Store) -> None:
    impatient = Store(store.folder, wait=0.05)
    with sqlite3.connect(store.folder / "jobs.sqlite", isolation_level=None) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with refused("cannot be used at the moment", error=StoreUnusable):
            impatient.add(TASK)
    assert impatient.add(TASK)[0].state == "queued"


def test_rows_of_another_version_of_colgen_are_read_as_far_as_they_are_known(store: Store) -> None:
    with sqlite3.connect(store.folder / "jobs.sqlite") as connection:
        task = '{"kind": "build", "command": ["build"], "invented_later": 1}'
        connection.execute("INSERT INTO jobs (task, state, created, queued) VALUES (?, 'done', 1, 1)", [task])
    (job,) = store.jobs()
    assert (job.task.command, job.task.target, job.task.batch_rows) == (("build",), None, 10_000)


def test_a_store_of_a_later_version_is_refused(store: Store) -> None:
    with sqlite3.connect(store.folder / "jobs.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    with refused("later version", "COLGEN_HOME", error=ColgenError):
        Store(store.folder)


def test_what_is_not_a_store_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "jobs.sqlite").write_text("not a database, and longer than its head would be: " + "x" * 100)
    with refused("jobs.sqlite", "cannot be used", error=ColgenError):
        Store(tmp_path)
    (tmp_path / "file").write_text("")
    with refused("cannot be used", error=ColgenError):
        Store(tmp_path / "file")
