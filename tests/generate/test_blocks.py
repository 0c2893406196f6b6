"""However the rows of a family are cut, the values are the same."""

from __future__ import annotations

from itertools import accumulate, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import colgen
from colgen import (
    FanOut,
    FixedValues,
    Integers,
    Key,
    Ordinal,
    ParentKey,
    Sum,
    Table,
    Text,
)
from colgen.generate import block, generation
from colgen.generate.spec import Spec
from colgen.generate.walk import walk
from colgen.targets.finished import read_build
from tests.declare.baskets import Carts, Gifts, Things, counts, law
from tests.support import model_of, rows_of, write_build

BASKETS = model_of(Carts, Things, Gifts, carts=150)


@pytest.mark.parametrize("name", ["carts", "things", "gifts"])
def test_block_size_changes_no_value(name: str) -> None:
    whole = rows_of(BASKETS, name)
    for block_cells in (1, 100, 997, 5000):
        assert rows_of(BASKETS, name, block_cells=block_cells) == whole


@pytest.mark.parametrize("index_limit", [100, 1 << 22], ids=["computed", "indexed"])
def test_rows_refer_to_rows_of_their_own_family_at_hand_or_not(index_limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "INDEX_LIMIT", index_limit)
    sizes = {cart["id"]: cart["size"] for cart in rows_of(BASKETS, "carts")}
    for block_cells in (1, 997):
        for thing in rows_of(BASKETS, "things", block_cells=block_cells):
            assert thing["other_name"] == f"cart {thing['other_cart']}"
            assert thing["other_size"] == sizes[thing["other_cart"]]


@law
@given(counts=counts, leaf_rows=st.integers(1, 9))
def test_a_table_is_made_in_pieces_of_whole_parents(counts: list[int], leaf_rows: int) -> None:
    class Orders(Table):
        rows = len(counts)
        id = Key()
        many = FixedValues(*counts)
        total = Sum("lines.price")

    class Lines(Table):
        rows = FanOut(Orders, "many")
        id = Key()
        order_id = ParentKey(Orders)
        number = Ordinal()
        price = Integers(1, 9)
        word = Text("{id} of {order_id}")

    generation = Spec.of(shop := model_of(Orders, Lines)).generation(shop)
    root, child = Orders.__table__, Lines.__table__
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(block, "LEAF_ROWS", leaf_rows)
        (blocks,) = walk(generation, (root, child), 1, len(counts))
        pieces = blocks[child].pieces
        assert not pieces or sum(piece.count for piece in pieces) == sum(counts)
        assert blocks[child].values("word").to_pylist() == [row["word"] for row in rows_of(shop, "lines")]
        found = [row for batch in blocks[child].batches(generation.arrow_schema(child)) for row in batch.to_arrow().to_pylist()]
        totals = blocks[root].values("total").tolist()
    assert found == rows_of(shop, "lines")
    assert [len({row["order_id"] for row in found[begin:end]}) for begin, end in pairwise([0, *accumulate(counts)])] == [
        min(many, 1) for many in counts
    ]
    assert totals == [sum(row["price"] for row in found if row["order_id"] == order) for order in range(1, len(counts) + 1)]


@pytest.mark.parametrize("block_cells", [1, 997])
def test_parts_blocks_and_threads_change_no_value(block_cells: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 750)
    write_build(BASKETS, tmp_path / "data", threads=3, block_cells=block_cells)
    assert len(list((tmp_path / "data" / "gifts").iterdir())) > 3
    connection = read_build(tmp_path / "data").connect()
    for name in ("carts", "things", "gifts"):
        assert connection.sql(f"FROM {name} ORDER BY id").to_arrow_table().to_pylist() == rows_of(BASKETS, name)
    assert all(one.holds for one in colgen.check(tmp_path / "data", model=BASKETS))


def test_no_roots_are_no_blocks() -> None:
    class Roots(Table):
        rows = 5
        id = Key()

    class Leaves(Table):
        rows = FanOut(Roots, 2)
        id = Key()

    generation = Spec.of(shop := model_of(Roots, Leaves)).generation(shop)
    assert list(walk(generation, (Roots.__table__, Leaves.__table__), 3, 0)) == []
