"""What goes to a worker and comes back: the job once, rows, results and errors."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from colgen import Key, Model, Table, engines
from colgen.engines.sent import SentJob
from colgen.errors import ModelError, RequestError
from colgen.generate.plan import Task
from tests.support import model_of

TASKS = [Task(root="orders", first=1 + number, rows=1, parts={"orders": number}, bytes=1) for number in range(3)]


@dataclass(frozen=True)
class Counting:
    """A job that counts how often it is unpickled, and fails at the last task."""

    log: Path

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickled, (self.log,)

    def __call__(self, task: Task, stop: Callable[[], bool], report: Callable[[str, int], None]) -> int:
        report("orders", 3)
        report("orders", 4)
        if task is TASKS[-1]:
            raise ModelError("orders.total: went wrong")
        return task.first


def _unpickled(log: Path) -> Counting:
    with log.open("a") as file:
        file.write("unpickled\n")
    return Counting(log)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


def test_a_job_is_unpickled_once_in_a_process(log: Path) -> None:
    data = pickle.dumps(SentJob(Counting(log)))  # type: ignore[arg-type]
    assert [pickle.loads(data)(task).result for task in TASKS[:2]] == [1, 2]
    assert log.read_text() == "unpickled\n"


def test_rows_and_result_are_handed_over(log: Path) -> None:
    rows: list[tuple[str, int]] = []
    results: list[int] = []
    SentJob(Counting(log))(TASKS[1]).hand_over(results.append, lambda *more: rows.append(more))  # type: ignore[arg-type]
    assert (rows, results) == ([("orders", 7)], [2])


def test_an_error_is_raised_where_it_is_handed_over_with_a_note_of_where_it_was(log: Path) -> None:
    attempt = pickle.loads(pickle.dumps(SentJob(Counting(log))(TASKS[-1])))  # type: ignore[arg-type]
    with pytest.raises(ModelError, match=r"^orders\.total: went wrong") as error:
        attempt.hand_over(print, print)
    assert str(error.value) == "orders.total: went wrong"
    assert "in a worker:" in error.value.__notes__[0]


@pytest.mark.parametrize("engine", engines.ELSEWHERE)
def test_a_model_that_cannot_be_sent_is_refused_before_anything_is_made(engine: str) -> None:
    pytest.importorskip({"ray": "ray", "spark": "pyspark"}[engine], reason=f"needs {engine}")

    class Things(Table):
        rows = 1
        id = Key()

    model: Model = model_of(Things)
    with pytest.raises(RequestError, match=r"model shop cannot be sent to another process.*give the path of its file"):
        engines.refuse_unfit(engine, model)
