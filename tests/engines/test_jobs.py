"""A job is data: pickled, and run in a process that has never seen it, it makes the same parts."""

from __future__ import annotations

import multiprocessing
import pickle
from pathlib import Path
from typing import Any

import pytest

from colgen import Key, Model, Table
from colgen.declare.find import BUILT_IN, find_model
from colgen.engines.progress import no_rows
from colgen.generate.generation import Generation
from colgen.generate.plan import Task, plan
from colgen.generate.spec import Spec
from colgen.targets.manifest import Origin
from colgen.targets.parts import FolderOutput, WriteParts
from tests.support import files_in, first_of, model_of

SHOP = """
from colgen import *
class Orders(Table):
    rows = Volume("orders")
    id = Key()
    size = Integers(0, 3)
    total = Sum("lines.price")
class Lines(Table):
    rows = FanOut(Orders, "size")
    id = Key()
    order_id = ParentKey(Orders)
    price = column(Integer)(lambda draw, scenario: draw.integers(1, 9) * (1 + draw.chance(scenario.rates["dear"])))
model = Model("shop", tables=[Orders, Lines], volumes={"few": {"orders": 200}}, rates={"dear": 0.5})
"""


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_model_that_ships_is_pickled_by_its_name(name: str) -> None:
    data = pickle.dumps(find_model(name))
    assert len(data) < 200
    assert pickle.loads(data) is find_model(name)


def test_a_model_of_a_file_is_pickled_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(SHOP)
    shop = find_model(str(tmp_path / "shop.py"))
    again = pickle.loads(pickle.dumps(shop))
    assert [table.name for table in again.written] == ["orders", "lines"]
    assert again.rates == shop.rates


def test_a_model_that_nobody_can_find_again_says_so() -> None:
    class Things(Table):
        rows = 1
        id = Key()

    with pytest.raises(TypeError, match="model shop cannot be sent to another process"):
        pickle.dumps(model_of(Things))


def job_of(model: Model, folder: Path, **request: Any) -> tuple[WriteParts, list[Task], Generation]:
    """A job that writes into a folder, and its tasks as another process needs them."""
    spec = Spec.of(model, **request)
    generation = spec.generation(model)
    for name in spec.tables:
        (folder / name).mkdir(parents=True)
    tasks = [task.with_first_ids(generation) for task in plan(spec, generation).tasks]
    return WriteParts(generation, Origin.here(spec, generation), FolderOutput(folder)), tasks, generation


def written_by(job: WriteParts, tasks: list[Task]) -> list[Any]:
    """What a job makes of its tasks, one after the other."""
    return [job(task, lambda: False, no_rows) for task in tasks]


def in_another_process(data: bytes, results: Any) -> None:
    """Loads a job and its tasks, and runs them."""
    job, tasks = pickle.loads(data)
    results.send(pickle.dumps(written_by(job, tasks)))


@pytest.mark.parametrize("case", first_of(["a file under a scenario", "invoicing"]))
def test_a_job_survives_being_sent(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 200)
    if case == "invoicing":
        model, request = find_model("invoicing"), {"seed": 7}
    else:
        (tmp_path / "shop.py").write_text(SHOP)
        (tmp_path / "dear.yaml").write_text("models: {shop: {rates: {dear: 1}}}\n")
        model, request = find_model(str(tmp_path / "shop.py")), {"seed": 7, "scenario": tmp_path / "dear.yaml"}  # type: ignore[dict-item]
    here, tasks, _ = job_of(model, tmp_path / "here", **request)
    assert len(tasks) > 3
    expected = written_by(here, tasks)

    copy, _, _ = job_of(model, tmp_path / "copy", **request)
    assert written_by(pickle.loads(pickle.dumps(copy)), pickle.loads(pickle.dumps(tasks))) == expected
    assert files_in(tmp_path / "copy") == files_in(tmp_path / "here")

    there, _, _ = job_of(model, tmp_path / "there", **request)
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=in_another_process, args=(pickle.dumps((there, tasks)), sender))
    process.start()
    assert receiver.poll(60)
    assert pickle.loads(receiver.recv()) == expected
    process.join()
    assert files_in(tmp_path / "there") == files_in(tmp_path / "here")


def test_a_generation_survives_being_sent() -> None:
    spec = Spec.of(find_model("invoicing"), seed=3, scenario="peak-season")
    generation = spec.generation(find_model("invoicing"))
    again: Generation = pickle.loads(pickle.dumps(generation))
    table = again.model.table("invoices")
    assert (again.seed, again.period, again.volume) == (generation.seed, generation.period, generation.volume)
    assert again.scenario == generation.scenario
    assert again.counts.of(table) == generation.counts.of(table)
    assert again.arrow_schema(table) == generation.arrow_schema(table)
