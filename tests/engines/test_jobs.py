"""A job is data: pickled, and run in a process that has never seen it, it makes the same parts."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from colgen import Key, Model, Table
from colgen.declare.find import BUILT_IN, find_model
from colgen.engines.progress import no_rows
from colgen.errors import RequestError
from colgen.generate.generation import Generation
from colgen.generate.plan import Task, plan
from colgen.generate.spec import Spec
from colgen.targets.manifest import Origin
from colgen.targets.parts import FolderOutput, WriteParts
from tests.support import ROOT, files_in, first_of, model_of

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


def test_a_model_of_a_file_is_pickled_as_the_file_which_need_not_be_where_it_is_unpickled(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(SHOP)
    shop = find_model(str(tmp_path / "shop.py"))
    data = pickle.dumps(shop)
    (tmp_path / "shop.py").unlink()
    again = pickle.loads(data)
    assert [table.name for table in again.written] == ["orders", "lines"]
    assert again.rates == shop.rates


def test_a_model_that_nobody_can_find_again_says_so() -> None:
    class Things(Table):
        rows = 1
        id = Key()

    with pytest.raises(RequestError, match="model shop cannot be sent to another process"):
        pickle.dumps(model_of(Things))


def test_a_model_of_a_file_that_has_changed_since_is_not_sent(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(SHOP)
    shop = find_model(str(tmp_path / "shop.py"))
    (tmp_path / "shop.py").write_text(f"{SHOP}# edited")
    with pytest.raises(RequestError, match=r"shop\.py' has changed since it was read"):
        pickle.dumps(shop)


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


IN_ANOTHER_PROCESS = """
import pickle, sys
job, tasks = pickle.load(sys.stdin.buffer)
pickle.dump([job(task, lambda: False, lambda table, rows: None) for task in tasks], sys.stdout.buffer)
"""
"""A process that has imported nothing loads a job and its tasks, and runs them."""


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
    data = pickle.dumps((there, tasks))
    for file in tmp_path.glob("*.*"):  # as on another machine
        file.unlink()
    another = subprocess.run([sys.executable, "-c", IN_ANOTHER_PROCESS], input=data, capture_output=True, cwd=ROOT)
    assert another.returncode == 0, another.stderr.decode()
    assert pickle.loads(another.stdout) == expected
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


def test_a_job_is_not_done_where_another_version_may_write_different_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job, _, _ = job_of(find_model("invoicing"), tmp_path)
    data = pickle.dumps(job)
    monkeypatch.setattr("colgen.targets.manifest.DATA_VERSION", 0)
    with pytest.raises(RequestError, match=r"data version is \d+ where this was started and 0 on .*install the same versions"):
        pickle.loads(data)
