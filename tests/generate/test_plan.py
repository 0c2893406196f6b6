"""What a build will do: its tasks, and the first ids of each, counted before or while it is made."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import colgen
from colgen import Between, BigInteger, Branches, Calendar, Daily, FanOut, ForeignKey, Integer, Key, Model, ParentKey, Table, Volume, column
from colgen.declare.find import find_model
from colgen.generate.batches import task_batches
from colgen.generate.counting import MOST_KNOWN
from colgen.generate.generation import Generation
from colgen.generate.plan import Cut, Tasks, cut, plan
from colgen.generate.spec import Spec
from colgen.generate.walk import count, walk
from colgen.targets import manifest
from tests import support
from tests.support import first_of, model_of, thorough, write_build


class Orders(Table):
    rows = Volume("orders", calendar=Calendar(growth=0.9))
    id = Key()


class Lines(Table):
    rows = FanOut(Orders, Between(0, 5))
    id = Key()
    order_id = ParentKey(Orders)


class Parcels(Table):
    rows = FanOut(Lines, Between(0, 2))
    id = Key()
    line_id = ParentKey(Lines)


class Complaints(Table):
    rows = Volume("complaints")
    id = Key()
    line_id = ForeignKey(Lines)


SHOP = Model("shop", tables=(Orders, Lines, Parcels), volumes={"small": {"orders": 4_000}})
ORDERS, LINES, PARCELS = FAMILY = Orders.__table__, Lines.__table__, Parcels.__table__
MODELS = ("invoicing", "ecommerce", "erp")


def generation_of(model: Model = SHOP, **settings: int) -> tuple[Spec, Generation]:
    spec = Spec.of(model, settings=settings)
    return spec, spec.generation(model)


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, int]]:
    """What is walked through only to be counted, from now on: the root table, the first root and how many."""
    found: list[tuple[str, int, int]] = []

    def watched(generation: Generation, family: Any, first: int, end: int) -> Any:
        found.append((family[0].name, first, end - first))
        return count(generation, family, first, end)

    monkeypatch.setattr("colgen.generate.counting.count", watched)
    return found


@settings(max_examples=25)
@given(st.lists(st.integers(1, 4_001), min_size=1, max_size=6))
def test_what_a_root_leads_to_first_is_the_same_from_wherever_it_is_counted(roots: list[int]) -> None:
    _, generation = generation_of()
    for root in roots:
        _, other = generation_of()
        assert generation.counts.first_ids(FAMILY, root) == other.counts.first_ids(FAMILY, root)
        lines = list(walk(other, FAMILY, 1, root - 1)) if root > 1 else []
        assert generation.counts.first_ids(FAMILY, root)[LINES] == 1 + sum(blocks[LINES].count for blocks in lines)


def test_a_table_alone_leads_to_nothing_and_nothing_is_counted(counts: list[Any]) -> None:
    _, generation = generation_of()
    assert generation.counts.first_ids((ORDERS,), 100) == {}
    assert counts == []


def test_what_was_made_is_not_counted(counts: list[Any]) -> None:
    _, generation = generation_of()
    _, other = generation_of()
    for _ in walk(generation, FAMILY, 1, 300):
        pass
    assert generation.counts.first_ids(FAMILY, 301) == other.counts.first_ids(FAMILY, 301)
    assert counts == [("orders", 1, 300)]  # by the other


def test_only_what_lies_between_is_counted(counts: list[Any]) -> None:
    _, generation = generation_of()
    for root in (101, 301, 201, 101):
        generation.counts.first_ids(FAMILY, root)
    assert counts == [("orders", 1, 100), ("orders", 101, 200), ("orders", 101, 100)]


def test_a_worker_is_told_what_comes_before_its_task(monkeypatch: pytest.MonkeyPatch, counts: list[Any]) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 600)
    spec, generation = generation_of()
    tasks = plan(spec, generation).tasks
    _, worker = generation_of()
    counts.clear()
    made = [
        next(task_batches(worker, task.with_first_ids(generation), ["lines"])).to_arrow()["id"][0].as_py() for task in (tasks[9], tasks[4])
    ]
    assert made == [generation.counts.first_ids(FAMILY, task.first)[LINES] for task in (tasks[9], tasks[4])]
    assert counts == []


FEW_ROWS: dict[str, dict[str, int]] = {
    "invoicing": {},
    "ecommerce": {"sessions_per_day": 20, "customers": 200},
    "erp": {"orders_per_day": 10},
}


@pytest.mark.parametrize(
    ("name", "engine", "threads"),
    first_of([(name, *engine) for engine in (("processes", 2), ("threads", 2), ("threads", 1)) for name in MODELS]),
)
def test_a_build_that_is_counted_while_it_is_made_is_the_same(
    name: str, engine: str, threads: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("colgen.engines.processes._own", engine == "processes")
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 1_000 if name == "invoicing" else 20_000)
    model = find_model(name)
    write_build(model, tmp_path / "first", settings=FEW_ROWS[name])
    monkeypatch.setattr("colgen.engines.LARGE", 0)
    write_build(model, tmp_path / "meanwhile", threads=threads, settings=FEW_ROWS[name])
    assert manifest.read(tmp_path / "meanwhile") == manifest.read(tmp_path / "first")
    assert any(len(table.parts) > 2 for table in manifest.read(tmp_path / "first").tables.values())


@thorough
def test_one_worker_that_makes_one_task_after_the_other_counts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counts: list[tuple[str, int, int]]
) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 20_000)
    monkeypatch.setattr("colgen.generate.counting.SAMPLED_ROOTS", 4)
    monkeypatch.setattr("colgen.engines.LARGE", 0)
    model = find_model("ecommerce")
    request = {"settings": FEW_ROWS["ecommerce"]}
    built = write_build(model, tmp_path / "data", **request)
    assert len(built.tables["raw_sessions"].parts) > 2
    counted = sum(rows for root, _, rows in counts if root == "stretches")  # in the sample by which the work is cut
    assert (
        0
        < counted
        < sum(
            task.rows
            for task in plan(Spec.of(model, **request), Spec.of(model, **request).generation(model)).tasks
            if task.root == "stretches"
        )
        / 2
    )


def test_the_rows_that_others_refer_to_are_counted_before_workers_begin(monkeypatch: pytest.MonkeyPatch, counts: list[Any]) -> None:
    model = Model("shop", tables=(Orders, Lines, Parcels, Complaints), volumes={"small": {"orders": 400, "complaints": 9}})
    spec, generation = generation_of(model)
    plan(spec, generation, exact=False)
    assert generation.counts.of(LINES) == generation_of(model)[1].counts.of(LINES)
    counts.clear()
    generation.counts.of(LINES)
    assert counts == []


def test_rows_of_tables_that_are_not_asked_for_are_not_counted(counts: list[Any]) -> None:
    model = Model("shop", tables=(Orders, Lines, Parcels, Complaints, Days), volumes={"small": {"orders": 400, "complaints": 9, "days": 3}})
    spec = Spec.of(model, tables=["days"])
    plan(spec, spec.generation(model), exact=False)
    assert {root for root, *_ in counts} <= {"days"}


def test_the_rows_of_all_branches_are_counted_where_one_of_them_is_referred_to(counts: list[Any]) -> None:
    class Moves(Table):
        rows = Branches()
        id = Key()

    class Sent(Moves):
        rows = FanOut(Orders, Between(0, 3))

    class Notes(Table):
        rows = 9
        id = Key()
        move_id = ForeignKey(Moves)

    model = Model("shop", tables=(Orders, Moves, Sent, Notes), volumes={"small": {"orders": 400}})
    spec, generation = generation_of(model)
    plan(spec, generation, exact=False)
    counts.clear()
    generation.counts.of(Sent.__table__)
    assert counts == []


def test_the_rows_of_earlier_branches_are_counted_before_workers_begin(counts: list[Any]) -> None:
    class Moves(Table):
        rows = Branches()
        id = Key()

    class Sent(Moves):
        rows = FanOut(Orders, Between(0, 3))

    class Others(Moves):
        rows = Volume("others")

    model = Model("shop", tables=(Orders, Moves, Sent, Others), volumes={"small": {"orders": 400, "others": 9}})
    spec, generation = generation_of(model)
    plan(spec, generation, exact=False)
    counts.clear()
    generation.counts.of(Sent.__table__)
    assert counts == []


@pytest.mark.parametrize("name", MODELS)
def test_an_estimate_of_rows_is_near_the_truth(name: str) -> None:
    model = find_model(name)
    generation = Spec.of(model, volume="medium").generation(model)
    for family in model.families:
        for table, about in generation.counts.about(family).made.items():
            true = generation.counts.of(table)
            assert abs(about - true) <= max(60, 0.2 * true, 0.4 * true * (table.name == "returned_goods")), (
                table
            )  # a sample has few of them


class Days(Table):
    rows = Volume("days")
    id = Key()
    visits = column(BigInteger, hidden=True)(lambda id: np.where(id % 7 == 0, 0, 2_000))


class Visits(Table):
    rows = FanOut(Days, "visits")
    id = Key()


@pytest.mark.parametrize("days", [1, 5, 64, 70, 441, 442, 448, 2_000, 20_000])
def test_an_estimate_does_not_keep_step_with_the_week(days: int) -> None:
    """There is a day on which nobody comes."""
    model = Model("shop", tables=(Days, Visits), volumes={"small": {"days": days}})
    _, generation = generation_of(model)
    about = generation.counts.about((Days.__table__, Visits.__table__)).made
    assert about[Days.__table__] == days
    assert about[Visits.__table__] == pytest.approx(2_000 * (days - days // 7), rel=0.02)


def test_where_ids_that_are_not_right_will_not_do_rows_are_counted() -> None:
    class Posts(Table):
        rows = FanOut(Days, "visits")
        id = Key()
        day_id = ParentKey(Days)
        replies = column(BigInteger, hidden=True)(lambda id, day_id: replies(id, day_id))

    class Replies(Table):
        rows = FanOut(Posts, "replies")
        id = Key()

    def replies(id: Any, day_id: Any) -> Any:
        if (id > 2_000 * day_id).any() or (id <= 2_000 * (day_id - 1 - day_id // 7)).any():
            raise ValueError("posts of a day that have the ids of another")
        return id % 3

    model = Model("shop", tables=(Days, Posts, Replies), volumes={"small": {"days": 100}})
    _, generation = generation_of(model)
    about = generation.counts.about(model.families[0])
    assert about.made[Replies.__table__] == generation_of(model)[1].counts.of(Replies.__table__)


@given(data=st.data())
def test_tasks_are_sliced_like_a_list_of_them(data: st.DataObject) -> None:
    tasks = Tasks((Cut("days", 10, 4, 2.5, {"days": 0}, 0, 3), Cut("orders", 7, 1, 10.0, {"orders": 5, "lines": 0}, 0, 7)))
    listed, cut = list(tasks), data.draw(st.slices(len(tasks)).filter(lambda cut: cut.step in (None, 1)))
    assert [task.first for task in listed] == [1, 5, 9, *range(1, 8)]
    assert [task.rows for task in listed[:3]] == [4, 4, 2]
    assert [task.parts for task in listed[2:4]] == [{"days": 2}, {"orders": 5, "lines": 0}]
    assert list(tasks[cut]) == listed[cut]
    assert [tasks[index] for index in range(-10, 10)] == listed + listed
    assert tasks[cut].bytes == pytest.approx(sum(task.bytes for task in listed[cut]), abs=2)
    assert {number for numbers in tasks[cut].parts_of("lines") for number in numbers} == {
        task.parts["lines"] for task in listed[cut] if "lines" in task.parts
    }


def test_a_plan_takes_no_room_for_its_tasks() -> None:
    spec = Spec.of(find_model("ecommerce"), volume="large", scale=100_000)
    tasks = [task for _, task in cut(spec, spec.generation(find_model("ecommerce")))]
    assert len(Tasks(tuple(tasks))) > 1_000_000
    assert len(pickle.dumps(tasks)) < 10_000


def test_what_is_known_of_first_ids_does_not_grow_with_the_tasks() -> None:
    _, generation = generation_of(orders=3_000)
    for root in range(1, 3_001):
        generation.counts.first_ids(FAMILY, root)
    assert len(generation.counts._known_first_ids(FAMILY)) <= MOST_KNOWN
    assert generation.counts.first_ids(FAMILY, 1_234) == generation_of(orders=3_000)[1].counts.first_ids(FAMILY, 1_234)


def test_a_plan_says_whether_its_rows_are_counted() -> None:
    spec, generation = generation_of(orders=30_000)
    exact = plan(spec, generation)
    about = plan(spec, generation_of(orders=30_000)[1], exact=False)
    assert (exact.exact, about.exact) == (True, False)
    assert exact.tasks == about.tasks
    assert exact.rows == {table.name: generation.counts.of(table) for table in FAMILY}
    assert about.rows != exact.rows
    assert about.rows == pytest.approx(exact.rows, rel=0.02)


def test_the_rows_of_tasks_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 2_000)
    spec, generation = generation_of()
    planned = plan(spec, generation)
    assert len(planned.tasks) > 3
    for name, rows in planned.rows.items():
        assert sum(task.counted_rows(generation)[name] for task in planned.tasks) == rows


def test_a_large_build_tells_about_how_many_rows_there_will_be(tmp_path: Path) -> None:
    told = support.colgen("build", "--volume", "large", "--scale", "40", "--progress", "json", "--threads", "1", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    begin, *others, end = [json.loads(line) for line in told.stderr.splitlines()]
    assert begin["exact"] is False
    assert begin["rows"] == pytest.approx(end["rows"], rel=0.02)
    told_of = {one["table"]: one for one in others if one["event"] == "rows"}
    assert told_of
    assert all(one["of"] == pytest.approx(end["rows"][name], rel=0.02) for name, one in told_of.items())


def test_rows_that_are_told_before_there_are_any_say_nothing(tmp_path: Path) -> None:
    """The first block of a table keeps none of its rows."""
    (tmp_path / "late.py").write_text(
        """
from colgen import *
class Orders(Table, keep="late"):
    rows = 500_000
    id = Key()
    late = column(Boolean, hidden=True)(lambda id: id > 400_000)
model = Model("late", tables=(Orders,), volumes={"small": {}})
"""
    )
    told = support.colgen("build", "late.py", "--progress", "plain", "--threads", "1", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert "100,000 rows" in told.stderr


def test_first_roots_that_lead_to_nothing_are_no_measure_of_the_others(tmp_path: Path) -> None:
    """As in a model that grows by a quarter a year, over half a century: nothing happens in its first years."""

    class Days(Table, hidden=True):
        rows = Daily()
        id = Key()
        events = column(Integer)(lambda id: (id > 1_000) * 50)

    class Events(Table):
        rows = FanOut(Days, "events")
        id = Key()
        day = ParentKey(Days)

    summary = colgen.build(
        model_of(Days, Events), first_day="2000-01-01", last_day="2005-12-31", out=tmp_path / "data", format="csv", check=True
    )
    assert summary.rows == {"events": 50 * (2_192 - 1_000)}


def test_a_family_of_which_nothing_is_ever_written_is_planned() -> None:
    class Days(Table, hidden=True):
        rows = Daily()
        id = Key()
        events = column(Integer)(lambda id: id * 0)

    class Events(Table):
        rows = FanOut(Days, "events")
        id = Key()

    assert colgen.build(model_of(Days, Events)).frame("events").height == 0
