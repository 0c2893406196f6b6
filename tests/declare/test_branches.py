"""A table that is fed from several places."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import colgen
from colgen import (
    BigInteger,
    Branches,
    Category,
    Daily,
    FanOut,
    First,
    ForeignKey,
    Integer,
    Integers,
    Key,
    Lookup,
    Model,
    Ordinal,
    ParentKey,
    Table,
    Text,
    Volume,
    column,
)
from colgen.generate.plan import plan
from colgen.generate.spec import Spec
from tests import support
from tests.declare.stock import KINDS, STOCK, Moves, Opening, Orders, Received, Returned, Sold, Suppliers, read, written
from tests.support import broken_rules, model_of, refused, thorough

law = settings(max_examples=8)


@pytest.fixture(scope="module")
def moves(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The reference the others are held to."""
    folder = tmp_path_factory.mktemp("reference") / "data"
    written(folder)
    return read(folder)


def places(moves: list[dict[str, Any]]) -> list[tuple[int, int, int]]:
    """Of each row, which family its branch is in, from which root it is fanned out there, and which branch it is."""
    sold = {move["id"]: move["origin"] for move in moves if move["kind"] == "sold"}
    families = {"opening": (0, 0), "received": (1, 0), "sold": (2, 0), "returned": (2, 1)}

    def place(move: dict[str, Any]) -> tuple[int, int, int]:
        family, branch = families[move["kind"]]
        return family, sold[move["origin"]] if branch else move["origin"], branch

    return [place(move) for move in moves]


def test_ids_run_on_family_after_family_root_after_root_and_branch_after_branch(moves: list[dict[str, Any]]) -> None:
    assert [move["id"] for move in moves] == list(range(1, len(moves) + 1))
    assert places(moves) == sorted(places(moves))
    assert {(family, branch) for family, _, branch in places(moves)} == {(0, 0), (1, 0), (2, 0), (2, 1)}


def test_a_branch_has_the_rows_that_it_says(moves: list[dict[str, Any]]) -> None:
    sizes = colgen.build(STOCK).frame("orders")["size"].to_list()
    origins = {kind: [move["origin"] for move in moves if move["kind"] == kind] for kind in KINDS.words.to_pylist()}
    assert origins["opening"] == [1, 2, 3, 4, 5]
    assert origins["sold"] == [order for order, size in enumerate(sizes, 1) for _ in range(size)]
    assert max(Counter(origins["received"]).values()) <= 2
    assert set(origins["received"]) <= set(range(1, 61))


def test_a_key_to_a_branch_is_its_key_in_the_table(moves: list[dict[str, Any]]) -> None:
    sold = [move["id"] for move in moves if move["kind"] == "sold"]
    origins = [move["origin"] for move in moves if move["kind"] == "returned"]
    assert set(origins) < set(sold)
    assert origins == sorted(set(origins))


@pytest.mark.parametrize("block_cells", [1, 50, 997])
@pytest.mark.parametrize("threads", [1, 3])
def test_blocks_parts_and_threads_change_no_value(
    block_cells: int, threads: int, moves: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 600)
    written(tmp_path / "data", block_cells=block_cells, threads=threads)
    assert read(tmp_path / "data") == moves


@pytest.mark.parametrize("tables", [["moves"], ["moves", "orders"], ["suppliers", "moves"]])
def test_a_selection_of_tables_has_the_ids_of_the_whole(tables: list[str], moves: list[dict[str, Any]], tmp_path: Path) -> None:
    found = written(tmp_path / "data", tables=tables)
    assert set(found.tables) == set(tables)
    assert sorted(path.name for path in (tmp_path / "data").iterdir() if path.is_dir()) == sorted(tables)
    assert read(tmp_path / "data") == moves
    assert broken_rules(tmp_path / "data", STOCK) == []


def test_a_selection_without_the_branches_writes_none(tmp_path: Path) -> None:
    found = written(tmp_path / "data", tables=["orders", "suppliers"])
    assert {name: table.rows for name, table in found.tables.items()} == {"suppliers": 60, "orders": 150}
    assert not (tmp_path / "data" / "moves").exists()


def test_a_table_in_memory_has_the_rows_that_are_written(moves: list[dict[str, Any]]) -> None:
    data = colgen.build(STOCK)
    assert data.rows["moves"] == len(moves)
    assert sorted(data.table("moves").to_pylist(), key=lambda move: move["id"]) == moves


@thorough
@law
@given(
    suppliers=st.integers(1, 40),
    orders=st.integers(1, 40),
    most=st.integers(0, 3),
    block_cells=st.sampled_from([1, 40, None]),
    part_bytes=st.sampled_from([1, 2_000, 10**9]),
)
def test_ids_are_dense_and_in_order_whatever_is_asked_for(
    suppliers: int, orders: int, most: int, block_cells: int, part_bytes: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("law") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("colgen.generate.plan.PART_BYTES", part_bytes)
        written(folder, suppliers=suppliers, orders=orders, most=most, block_cells=block_cells, threads=2)
    moves = read(folder)
    assert [move["id"] for move in moves] == list(range(1, len(moves) + 1))
    assert places(moves) == sorted(places(moves))
    for part in (pq.ParquetFile(path) for path in (folder / "moves").iterdir()):  # in which the branches take turns
        for number in range(part.num_row_groups):
            ids = part.read_row_group(number, columns=["id"])["id"].to_pylist()
            limits = part.metadata.row_group(number).column(0).statistics
            assert (limits.min, limits.max) == (min(ids), max(ids))


def test_the_order_of_branches_is_that_of_the_models_tables(tmp_path: Path) -> None:
    turned = Model("stock", tables=(Returned, Sold, Received, Opening, Orders, Moves, Suppliers), volumes=STOCK.volumes)
    written(tmp_path / "data", turned)
    moves = read(tmp_path / "data")
    assert list(dict.fromkeys(move["kind"] for move in moves if move["kind"] != "returned")) == ["sold", "received", "opening"]
    assert all(move["id"] < move["origin"] for move in moves if move["kind"] == "returned")


def test_a_branch_draws_alike_wherever_it_stands(moves: list[dict[str, Any]], tmp_path: Path) -> None:
    turned = Model("stock", tables=(Moves, Returned, Sold, Received, Opening, Orders, Suppliers), volumes=STOCK.volumes)
    written(tmp_path / "data", turned)
    for name in ("opening", "received", "sold"):
        quantities = [[move["quantity"] for move in some if move["kind"] == name] for some in (moves, read(tmp_path / "data"))]
        assert quantities[0] == quantities[1]


def test_branches_draw_apart() -> None:
    class Rolls(Table):
        rows = Branches()
        id = Key()
        points = Integers(1, 6)

    class Left(Rolls):
        rows = 50

    class Right(Rolls):
        rows = 50

    points = colgen.build(model_of(Rolls, Left, Right)).frame("rolls")["points"].to_list()
    assert points[:50] != points[50:]


def test_what_a_table_of_branches_declares_each_branch_has() -> None:
    class Rolls(Table):
        rows = Branches()
        id = Key()
        points = Integers(1, 6)
        doubled = column(Integer)(lambda points: points * 2)
        label = Text("{id}: {points}")

    class Left(Rolls):
        rows = 3

    class Right(Rolls):
        rows = Volume("right")

    frame = colgen.build(model_of(Rolls, Left, Right, right=4)).frame("rolls")
    assert frame.columns == ["id", "points", "doubled", "label"]
    assert frame["label"].to_list() == [f"{id}: {points}" for id, points in frame.select("id", "points").iter_rows()]
    assert frame["doubled"].to_list() == [2 * points for points in frame["points"]]
    assert Rolls.points is not Left.__table__.columns["points"]
    assert Left.__table__.columns["points"].table == Left.__table__


def test_a_branch_may_have_rows_for_each_day() -> None:
    class Rolls(Table):
        rows = Branches()
        id = Key()

    class Thrown(Rolls):
        rows = Daily(lambda volume: volume["dice"], grows=("dice",))

    class Few(Rolls):
        rows = 2

    shop = model_of(Rolls, Thrown, Few, dice=3)
    assert colgen.build(shop, last_day="2024-01-10", first_day="2024-01-01").frame("rolls")["id"].to_list() == list(range(1, 33))


def test_a_branch_may_be_empty(tmp_path: Path) -> None:
    found = written(tmp_path / "data", most=0)
    assert broken_rules(tmp_path / "data", STOCK) == []
    assert {move["kind"] for move in read(tmp_path / "data")} == {"opening", "sold", "returned"}
    assert found.tables["moves"].rows == len(read(tmp_path / "data"))


def test_parts_of_two_families_are_numbered_without_a_clash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 200)
    found = written(tmp_path / "data", threads=3)
    for name, table in found.tables.items():
        files = [part.file for part in table.parts]
        assert files == [found.part(name, number) for number in range(len(files))]
        assert sorted(f"{name}/{path.name}" for path in (tmp_path / "data" / name).iterdir()) == files
        assert sum(part.rows for part in table.parts) == table.rows
        assert [support.describe(tmp_path / "data", part.file, part.rows) for part in table.parts] == table.parts
        rows = duckdb.sql(f"SELECT count(*) FROM '{tmp_path}/data/{name}/*.parquet'").fetchall()
        assert rows == [(table.rows,)]
    families = [task.root for task in plan(found.spec, found.spec.generation(STOCK)).tasks]
    assert len(set(families)) == 3
    assert len(found.tables["moves"].parts) == len(families) > 6


def test_a_part_has_as_many_rows_as_the_plan_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 600)
    found = written(tmp_path / "data")
    generation = found.spec.generation(STOCK)
    promised = {task.parts["moves"]: task.counted_rows(generation)["moves"] for task in plan(found.spec, generation).tasks}
    for number, part in enumerate(found.tables["moves"].parts):
        assert part.rows == promised[number]
        assert duckdb.sql(f"SELECT count(*) FROM '{tmp_path}/data/{part.file}'").fetchall() == [(part.rows,)]


@pytest.mark.parametrize("format", ["csv", "jsonl", "arrow"])
def test_any_format_holds_the_same_branches(format: str, moves: list[dict[str, Any]], tmp_path: Path) -> None:
    colgen.build(STOCK, out=tmp_path / "data", format=format)
    assert read(tmp_path / "data") == moves


def test_a_build_with_branches_checks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 600)
    written(tmp_path / "data")
    outcomes = colgen.check(tmp_path / "data", model=STOCK)
    assert [one for one in outcomes if not one.holds] == []
    proved = {one.rule for one in outcomes if one.table == "moves"}
    assert {"id is 1, 2, 3 … without a gap, each once", "quantity is 1 to 9", "kind is one of its words", "origin is never null"} <= proved


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("DELETE FROM moves WHERE id = 7", "id is 1, 2, 3 … without a gap, each once"),
        ("UPDATE moves SET id = 8 WHERE id = 7", "id is 1, 2, 3 … without a gap, each once"),
        ("UPDATE moves SET kind = 'lost' WHERE id = 7", "kind is one of its words"),
        ("UPDATE moves SET quantity = 0 WHERE id = 7", "quantity is 1 to 9"),
    ],
)
def test_a_check_finds_what_is_wrong_among_branches(statement: str, rule: str, tmp_path: Path) -> None:
    written(tmp_path / "data")
    for part in (tmp_path / "data" / "moves").iterdir():
        connection = duckdb.connect()
        connection.execute(f"CREATE TABLE moves AS FROM '{part}'")
        connection.execute(statement)
        connection.execute(f"COPY moves TO '{part}' (FORMAT parquet)")
    assert f"moves: {rule}" in broken_rules(tmp_path / "data", STOCK)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"size": Integers(1, 3)}, {"size": Integers(10, 30)}),
        ({"size": Category(a=1, b=1)}, {"size": Category(a=99, b=1)}),
    ],
    ids=["ranges", "shares"],
)
def test_a_check_asks_of_each_branch_what_it_declares(first: dict[str, Any], second: dict[str, Any], tmp_path: Path) -> None:
    class Rolls(Table):
        rows = Branches()
        id = Key()

    one, other = (type(name, (Rolls,), {"rows": 500, **columns}) for name, columns in (("One", first), ("Other", second)))
    shop = model_of(Rolls, one, other)
    written(tmp_path / "data", shop)
    assert broken_rules(tmp_path / "data", shop) == []


def test_each_branch_counts_its_own_rows_of_a_parent(tmp_path: Path) -> None:
    class Steps(Table):
        rows = Branches()
        id = Key()

    class There(Steps):
        rows = FanOut(Orders, 2)
        order_id = ParentKey(Orders)
        place = Ordinal()

    class Back(Steps):
        rows = FanOut(Orders, 3)
        order_id = ParentKey(Orders)
        place = Ordinal()

    shop = model_of(Orders, Steps, There, Back, orders=10)
    written(tmp_path / "data", shop)
    assert broken_rules(tmp_path / "data", shop) == []


def test_references_of_branches_are_checked(tmp_path: Path) -> None:
    class Steps(Table):
        rows = Branches()
        id = Key()

    class There(Steps):
        rows = FanOut(Orders, 2)
        order_id = ParentKey(Orders)

    class Back(Steps):
        rows = 30
        order_id = ForeignKey(Orders)

    class Stops(Table):
        rows = Volume("orders")
        id = Key()
        step_id = ForeignKey(Steps)

    shop = model_of(Orders, Steps, There, Back, Stops, orders=200)
    written(tmp_path / "data", shop)
    assert broken_rules(tmp_path / "data", shop) == []
    assert {"order_id is in orders", "step_id is in steps"} <= {one.rule for one in colgen.check(tmp_path / "data", model=shop)}
    assert max(stop["step_id"] for stop in read(tmp_path / "data", "stops")) > 400  # among all branches


def test_the_first_row_in_a_branch_is_known_by_its_key() -> None:
    class Trips(Table):
        rows = 3
        id = Key()
        first_back = First("back", hidden=False)

    class Steps(Table):
        rows = Branches()
        id = Key()

    class There(Steps):
        rows = FanOut(Trips, 2)
        trip_id = ParentKey(Trips)

    class Back(Steps):
        rows = FanOut(Trips, 1)
        trip_id = ParentKey(Trips)

    assert colgen.build(model_of(Trips, Steps, There, Back)).frame("trips")["first_back"].to_list() == [3, 6, 9]


def test_a_root_that_is_a_branch_shares_its_numbers_with_what_is_fanned_out_from_it() -> None:
    class Steps(Table):
        rows = Branches()
        id = Key()

    class There(Steps):
        rows = 3
        from_id = column(BigInteger)(lambda id: id)

    class Back(Steps):
        rows = FanOut(There, 2)
        from_id = ParentKey(There)

    steps = colgen.build(model_of(Steps, There, Back)).frame("steps").sort("id")
    assert steps["id"].to_list() == list(range(1, 10))
    assert steps["from_id"].to_list() == [1, 1, 1, 4, 4, 4, 7, 7, 7]


def test_an_id_that_a_sister_has_a_part_in_is_not_made_up_far_from_its_family(monkeypatch: pytest.MonkeyPatch) -> None:
    class Steps(Table):
        rows = Branches()
        id = Key()

    class There(Steps):
        rows = 3
        own_id = column(BigInteger)(lambda id: id)

    class Back(Steps):
        rows = FanOut(There, 2)
        own_id = column(BigInteger)(lambda id: id)

    shop = model_of(Steps, There, Back)
    monkeypatch.setattr("colgen.generate.generation.INDEX_LIMIT", 0)
    with refused("ids of there", "own family", "branch"):
        Spec.of(shop).generation(shop).at(There.own_id, np.array([2]))


def test_a_column_that_a_branch_has_from_its_table_is_read_by_its_children() -> None:
    class Rolls(Table):
        rows = Branches()
        id = Key()
        points = Integers(1, 6)

    class Left(Rolls):
        rows = 3

    class Notes(Table):
        rows = FanOut(Left, 1)
        id = Key()
        roll_id = ParentKey(Left)
        points = Lookup(Left.points)

    data = colgen.build(model_of(Rolls, Left, Notes))
    assert data.frame("notes")["points"].to_list() == data.frame("rolls")["points"].to_list()


def test_the_first_rows_of_a_table_come_from_as_many_branches_as_need_be() -> None:
    assert colgen.build(STOCK).head("moves", 20).num_rows == 20


def test_the_first_rows_of_a_table_are_those_of_its_first_branch(moves: list[dict[str, Any]]) -> None:
    assert colgen.build(STOCK).head("moves", 4).to_pylist() == moves[:4]
