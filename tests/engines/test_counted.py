"""What tasks lead to is counted by the workers that will make them, and is the same as if one process had counted it all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from colgen import Between, FanOut, Key, Model, ParentKey, Table, Volume
from colgen.declare.find import find_model
from colgen.engines import counted, threads
from colgen.engines.job import Job
from colgen.engines.progress import no_rows
from colgen.generate.plan import Task, plan
from colgen.generate.spec import Spec
from colgen.targets import manifest
from tests.generate.inn import inn
from tests.support import write_build


class Orders(Table):
    rows = Volume("orders")
    id = Key()


class Lines(Table):
    rows = FanOut(Orders, Between(0, 5))
    id = Key()
    order_id = ParentKey(Orders)


class Parcels(Table):
    rows = FanOut(Lines, Between(0, 2))
    id = Key()
    line_id = ParentKey(Lines)


class Customers(Table):
    rows = Volume("customers")
    id = Key()


SHOP = Model("shop", tables=(Customers, Orders, Lines, Parcels), volumes={"small": {"orders": 4_000, "customers": 900}})


@pytest.fixture(autouse=True)
def many_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 150)


def run(tasks: Iterable[Task], job: Job[Any], done: Callable[[Any], None]) -> None:
    threads.execute(tasks, job, done, 3, no_rows)


@pytest.mark.parametrize("window", [1, 7, 1_000])
def test_tasks_get_the_first_ids_that_they_have_in_the_plan(window: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counted, "WINDOW", window)
    spec = Spec.of(SHOP)
    tasks = plan(spec, spec.generation(SHOP)).tasks
    assert len(tasks) > 40
    one_process, several = spec.generation(SHOP), spec.generation(SHOP)
    windows = list(counted.with_first_ids(tasks, several, run))
    assert max(map(len, windows)) <= window
    assert [task for tasks in windows for task in tasks] == [
        task.with_first_ids(one_process) if len(task.family(SHOP)) > 1 else task for task in tasks
    ]


def test_only_what_lies_between_some_tasks_is_counted_and_that_by_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = Spec.of(SHOP)
    generation, here = spec.generation(SHOP), spec.generation(SHOP)
    tasks = [task for task in plan(spec, spec.generation(SHOP)).tasks if task.root == "orders"]
    given: list[Task] = []

    def watched(tasks: Iterable[Task], job: Job[Any], done: Callable[[Any], None]) -> None:
        given.extend(tasks)
        run(given, job, done)

    monkeypatch.setattr("colgen.generate.counting.count", None)  # which would be called in this process
    left = [tasks[number] for number in (3, 4, 20)]
    (window,) = counted.with_first_ids(left, generation, watched)
    monkeypatch.undo()
    assert sum(task.rows for task in given) == tasks[20].first - 1
    assert max(task.rows for task in given) == tasks[0].rows
    assert list(window) == [task.with_first_ids(here) for task in left]


def test_where_the_number_of_rows_depends_on_ids_this_process_counts() -> None:
    model = inn(rooms=400)
    spec = Spec.of(model)
    tasks = plan(spec, spec.generation(model)).tasks
    (window,) = counted.with_first_ids(tasks, spec.generation(model), run)
    generation = spec.generation(model)
    assert list(window) == [task.with_first_ids(generation) for task in tasks]
    assert window[-1].first_ids["pillows"] == 1 + sum(bed % 3 for bed in range(1, 3 * window[-1].first - 2))


@pytest.mark.parametrize(
    ("name", "settings"),
    [("invoicing", {}), ("ecommerce", {"sessions_per_day": 20, "customers": 200}), ("erp", {"orders_per_day": 10})],
)
def test_a_build_whose_workers_count_is_the_same(
    name: str, settings: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 1_000 if name == "invoicing" else 20_000)
    write_build(find_model(name), tmp_path / "one", settings=settings)
    monkeypatch.setattr("colgen.engines.processes._own", True)
    monkeypatch.setattr("colgen.engines.LARGE", 0)
    monkeypatch.setattr("colgen.engines.MANY", 2)
    write_build(find_model(name), tmp_path / "several", threads=2, settings=settings)
    assert manifest.read(tmp_path / "several") == manifest.read(tmp_path / "one")
    assert any(len(table.parts) > 2 for table in manifest.read(tmp_path / "one").tables.values())
