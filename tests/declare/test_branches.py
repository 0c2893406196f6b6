"""A table that is fed from several places, and tables that are only there for others to be fanned out from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
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
    Between,
    BigInteger,
    Branches,
    Categorical,
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
    RequestError,
    Table,
    Text,
    Volume,
    column,
)
from colgen.generate.plan import plan
from colgen.generate.spec import Spec
from colgen.targets import manifest
from tests import support
from tests.support import broken_rules, model_of, refused, write_build

law = settings(derandomize=True, deadline=None, max_examples=15)
KINDS = Categorical(["opening", "received", "sold", "returned"])


def kind(code: int) -> Any:
    return column(KINDS)(lambda draw: np.full(draw.count, code))


class Suppliers(Table):
    """Who delivers."""

    rows = Volume("suppliers")
    id = Key()


class Orders(Table):
    """What is bought."""

    rows = Volume("orders")
    id = Key()
    size = Integers(0, 3)


class Moves(Table):
    """A movement of stock."""

    rows = Branches()
    id = Key()


class Opening(Moves):
    """What is there at first."""

    rows = 5
    kind = kind(0)
    quantity = Integers(1, 9)
    origin = column(BigInteger)(lambda id: id)


class Received(Moves):
    """What suppliers bring."""

    rows = FanOut(Suppliers, Between("least", "most"))
    supplier_id = ParentKey(Suppliers, hidden=True)
    kind = kind(1)
    quantity = Integers(1, 9)
    origin = column(BigInteger)(lambda supplier_id: supplier_id)


class Sold(Moves):
    """What orders take."""

    rows = FanOut(Orders, "size")
    order_id = ParentKey(Orders, hidden=True)
    returns = Integers(0, 1, hidden=True)
    kind = kind(2)
    quantity = Integers(1, 9)
    origin = column(BigInteger)(lambda order_id: order_id)


class Returned(Moves):
    """What comes back of it."""

    rows = FanOut(Sold, "returns")
    sold_id = ParentKey(Sold, hidden=True)
    kind = kind(3)
    quantity = Integers(1, 9)
    origin = column(BigInteger)(lambda sold_id: sold_id)


STOCK = Model(
    "stock",
    tables=(Suppliers, Orders, Moves, Opening, Received, Sold, Returned),
    volumes={"small": {"suppliers": 60, "orders": 150, "least": 0, "most": 2}},
)


def written(
    folder: Path,
    shop: Model = STOCK,
    *,
    tables: Sequence[str] | None = None,
    block_cells: int | None = None,
    threads: int = 1,
    **settings: int,
) -> manifest.Manifest:
    return write_build(shop, folder, tables=tables, block_cells=block_cells, threads=threads, settings=settings)


def read(folder: Path, name: str = "moves") -> list[dict[str, Any]]:
    """The rows of a written table by id."""
    return support.table(folder, name).to_pylist()


@pytest.fixture(scope="module")
def moves(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The reference the others are held to."""
    folder = tmp_path_factory.mktemp("reference") / "data"
    written(folder)
    return read(folder)


# Keys


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


# Parts


def test_parts_of_two_families_are_numbered_without_a_clash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 200)
    found = written(tmp_path / "data", threads=3)
    for name, table in found.tables.items():
        files = [part.file for part in table.parts]
        assert files == [f"{name}/part-{number:05d}.parquet" for number in range(len(files))]
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


# Columns


def two(first: dict[str, Any], second: dict[str, Any]) -> Callable[[], Model]:
    """A model whose table has two branches with these columns."""

    def declare() -> Model:
        class Rolls(Table):
            rows = Branches()
            id = Key()

        one = type("One", (Rolls,), {"rows": 3, **first})
        other = type("Other", (Rolls,), {"rows": 3, **second})
        return model_of(Rolls, one, other)

    return declare


DIFFERENT = {
    "a name": ({"size": Integers(1, 2)}, {"sice": Integers(1, 2)}),
    "a type": ({"size": Integers(1, 2)}, {"size": Integers(1, 2, type=BigInteger)}),
    "a column more": ({"size": Integers(1, 2)}, {"size": Integers(1, 2), "shape": Integers(1, 2)}),
    "the order": ({"size": Integers(1, 2), "shape": Integers(1, 2)}, {"shape": Integers(1, 2), "size": Integers(1, 2)}),
    "one that is hidden": ({"size": Integers(1, 2)}, {"size": Integers(1, 2, hidden=True)}),
    "the number of words": ({"size": Category(a=1, b=1)}, {"size": Category(a=1, b=1, c=1)}),
}


@pytest.mark.parametrize(("first", "second"), DIFFERENT.values(), ids=DIFFERENT)
def test_branches_agree_in_their_written_columns(first: dict[str, Any], second: dict[str, Any]) -> None:
    with refused("other and one are branches of one table", "differ in their written columns"):
        two(first, second)()


def test_branches_may_differ_in_their_hidden_columns(tmp_path: Path) -> None:
    shop = two(
        {"luck": Integers(1, 2, hidden=True), "size": column(Integer)(lambda luck: luck)},
        {"size": column(Integer)(lambda draw: draw.integers(1, 2))},
    )()
    written(tmp_path / "data", shop)
    assert list(manifest.read(tmp_path / "data").tables["rolls"].columns) == ["id", "size"]


def test_branches_agree_in_their_words() -> None:
    with refused("differ in their written columns"):
        two({"size": Category(a=1, b=1)}, {"size": Category(c=1, d=1)})()


def test_branches_agree_in_what_may_be_missing() -> None:
    missing = column(Integer, nullable=True)(lambda id: np.ma.array(id, mask=id == 1))
    with refused("differ in their written columns"):
        two({"size": Integers(1, 2)}, {"size": missing})()


# Checks


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


# Wrong declarations


def test_a_table_without_a_branch_is_named() -> None:
    with refused("table moves has no branches", "subclass it"):
        model_of(Moves)


def test_a_subclass_of_a_table_with_rows_of_its_own_is_refused() -> None:
    with refused("table more is a branch of orders, which does not set rows = Branches"):

        class More(Orders):
            rows = 3


def test_a_branch_of_a_branch_is_refused() -> None:
    with refused("table more is a branch of opening", "does not set rows = Branches"):

        class More(Opening):
            rows = 3


def test_a_branch_says_where_its_rows_come_from() -> None:
    with refused("table more", "does not say where its rows come from"):

        class More(Moves):
            size = Integers(1, 2)


def test_branches_want_a_parent_of_the_model() -> None:
    class Rolls(Table):
        rows = Branches()
        id = Key()

    class Left(Rolls):
        rows = FanOut(Orders, 2)

    with refused("table left is fanned out from orders, which is not in model shop"):
        model_of(Rolls, Left)


def test_branches_want_their_settings() -> None:
    with refused("lacks the setting 'least', which the row count of received uses"):
        model_of(Suppliers, Moves, Received, suppliers=3)


def test_a_branch_is_no_table_of_its_own() -> None:
    assert [table.name for table in STOCK.written] == ["suppliers", "orders", "moves"]
    with pytest.raises(RequestError, match="no table 'sold'; available: suppliers, orders, moves"):
        colgen.build(STOCK, tables=["sold"])
    with pytest.raises(RequestError, match="no table 'sold'"):
        colgen.build(STOCK).frame("sold")


def test_a_branch_whose_table_is_not_in_the_model_is_refused() -> None:
    with refused("moves"):
        model_of(Opening)


@pytest.mark.xfail(strict=True, reason="it belongs to no family: nothing is said, and it has no rows")
def test_rows_fanned_out_from_a_table_of_branches_are_refused() -> None:
    class Notes(Table):
        rows = FanOut(Moves, 1)
        id = Key()
        move_id = ParentKey(Moves)

    with refused("notes", "moves"):
        model_of(Moves, Opening, Notes)


@pytest.mark.xfail(strict=True, reason="StopIteration: the table of branches belongs to no family")
def test_a_lookup_in_a_table_of_branches_finds_the_row() -> None:
    class Rolls(Table):
        rows = Branches()
        id = Key()
        points = Integers(1, 6)

    class Left(Rolls):
        rows = 3

    class Right(Rolls):
        rows = 3

    class Notes(Table):
        rows = 20
        id = Key()
        roll_id = ForeignKey(Rolls)
        points = Lookup(Rolls.points)

    data = colgen.build(model_of(Rolls, Left, Right, Notes))
    points, notes = data.frame("rolls")["points"].to_list(), data.frame("notes")
    assert notes["points"].to_list() == [points[id - 1] for id in notes["roll_id"]]


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


def test_a_count_that_depends_on_ids_that_depend_on_it_is_refused() -> None:
    class Steps(Table):
        rows = Branches()
        id = Key()

    class There(Steps):
        rows = 3
        again = column(BigInteger, hidden=True)(lambda id: id % 2)

    class Back(Steps):
        rows = FanOut(There, "again")

    with refused("how many rows back has", "ids of there", "share their numbers"):
        colgen.build(model_of(Steps, There, Back)).frame("steps")


@pytest.mark.parametrize("branch", ["first", "second", "later"])
def test_a_foreign_key_to_a_branch_whose_ids_others_share_is_refused(branch: str) -> None:
    class Steps(Table):
        rows = Branches()
        id = Key()

    class There(Steps):
        rows = 3

    class Back(Steps):
        rows = FanOut(There, 2)

    class Aside(Steps):
        rows = 4

    class Notes(Table):
        rows = 2
        id = Key()
        step = ForeignKey({"first": There, "second": Back, "later": Aside}[branch])

    with refused("notes.step draws a row of", "branches of steps share", "draw one of steps"):
        model_of(Steps, There, Back, Aside, Notes)


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


# Hidden tables


class Days(Table, hidden=True):
    """A frame that is not written."""

    rows = 7
    id = Key()
    luck = Integers(1, 9)
    name = Text("day {id}")
    visits = Integers(1, 4)


class Visits(Table):
    """What happens on a day."""

    rows = FanOut(Days, "visits")
    id = Key()
    day_id = ParentKey(Days)
    place = Ordinal()
    luck = Lookup(Days.luck)
    day = Lookup(Days.name)


class Clicks(Table, hidden=True):
    """What happens in a visit: not written either."""

    rows = FanOut(Visits, 2)
    id = Key()
    visit_id = ParentKey(Visits)


class Events(Table):
    """What comes of a click."""

    rows = FanOut(Clicks, Between(0, 2))
    id = Key()
    click_id = ParentKey(Clicks, hidden=True)
    visit_id = Lookup(Clicks.visit_id)
    luck = Lookup(Days.luck)


SITE = Model("site", tables=(Days, Visits, Clicks, Events), volumes={"small": {"any": 1}})


def test_a_hidden_table_is_not_written(tmp_path: Path) -> None:
    summary = colgen.build(SITE, out=tmp_path / "data")
    assert set(summary.rows) == set(summary.bytes) == {"visits", "events"}
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["events", "load.sql", "manifest.json", "visits"]
    assert set(manifest.read(tmp_path / "data").tables) == {"visits", "events"}
    assert "days" not in (tmp_path / "data" / "load.sql").read_text()


def test_rows_are_fanned_out_from_hidden_ones(tmp_path: Path) -> None:
    data = colgen.build(SITE)
    visits, events = data.table("visits").to_pylist(), data.table("events").to_pylist()
    assert {visit["day_id"] for visit in visits} == set(range(1, 8))
    assert all(visit["day"] == f"day {visit['day_id']}" for visit in visits)
    luck = {visit["id"]: visit["luck"] for visit in visits}
    assert [event["luck"] for event in events] == [luck[event["visit_id"]] for event in events]


def test_a_build_with_hidden_tables_checks(tmp_path: Path) -> None:
    outcomes = colgen.build(SITE, out=tmp_path / "data", check=True).outcomes
    assert outcomes is not None
    assert {one.table for one in outcomes} == {"*", "visits", "events"}
    said = {one.rule for one in outcomes}
    assert "place is 1, 2, 3 … within each day_id" in said
    assert not any("days" in one or "clicks" in one for one in said)


@pytest.mark.parametrize("name", ["days", "clicks"])
def test_a_hidden_table_is_refused_by_name(name: str, tmp_path: Path) -> None:
    for ask in (
        lambda: colgen.build(SITE, tables=[name]),
        lambda: colgen.build(SITE, tables=["visits", name], out=tmp_path / "data"),
        lambda: colgen.build(SITE).frame(name),
        lambda: colgen.build(SITE).head(name),
        lambda: next(colgen.build(SITE).batches(name)),
    ):
        with pytest.raises(RequestError, match=f"no table '{name}'; available: visits, events"):
            ask()
    assert not (tmp_path / "data").exists()


def test_a_selection_below_a_hidden_table_has_the_values_of_the_whole(tmp_path: Path) -> None:
    whole = colgen.build(SITE).table("events")
    colgen.build(SITE, tables=["events"], out=tmp_path / "data")
    assert read(tmp_path / "data", "events") == whole.to_pylist()
    assert broken_rules(tmp_path / "data", SITE) == []


# The command line

SHOP = """
from colgen import *

class Days(Table, hidden=True):
    "A frame that is not written."
    rows = 7
    id = Key()
    visits = Integers(1, 4)

class Steps(Table):
    "What was done."
    rows = Branches()
    id = Key()

class Arrivals(Steps):
    rows = FanOut(Days, "visits")
    points = Integers(1, 6)

class Others(Steps):
    rows = Volume("others")
    points = Integers(1, 6)

model = Model("shop", tables=[Days, Steps, Arrivals, Others], volumes={"few": {"others": 3}})
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.py").write_text(SHOP)
    return tmp_path


def test_the_command_line_builds_and_checks_branches(shop: Path) -> None:
    assert support.colgen("build", "shop.py", "--out", "data", "--check", cwd=shop).returncode == 0
    done = support.colgen("check", "data", cwd=shop)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "id is 1, 2, 3 … without a gap, each once" in done.stdout
    assert "points is 1 to 6" in done.stdout


def test_the_command_line_lists_neither_hidden_tables_nor_branches(shop: Path) -> None:
    shown = support.colgen("models", "shop.py", cwd=shop).stdout
    assert "steps: What was done." in shown
    assert "points" in shown
    for name in ("days", "arrivals", "visits"):
        assert name not in shown
    planned = support.colgen("build", "shop.py", "--dry-run", cwd=shop).stdout
    assert "steps" in planned
    assert not any(name in planned for name in ("days", "arrivals", "others"))


@pytest.mark.parametrize("name", ["days", "arrivals"])
def test_the_command_line_refuses_hidden_tables_and_branches_by_name(name: str, shop: Path) -> None:
    done = support.colgen("build", "shop.py", "--tables", name, "--out", "data", cwd=shop)
    assert done.returncode == 2
    assert done.stderr == f"colgen: model shop has no table '{name}'; available: steps\n"
    assert not (shop / "data").exists()


def test_a_preview_shows_rows_of_branches(shop: Path) -> None:
    done = support.colgen("preview", "shop.py.steps", "--rows", "3", "--format", "csv", cwd=shop)
    assert [line.split(",")[0] for line in done.stdout.split()] == ["id", "1", "2", "3"]
