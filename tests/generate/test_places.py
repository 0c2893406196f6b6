"""Rows that are fanned out are drawn by their place in a chunk of roots, so chunks are made and counted each for itself."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colgen import (
    Between,
    BigInteger,
    Boolean,
    FanOut,
    Integer,
    Integers,
    Key,
    Lookup,
    Model,
    Ordinal,
    ParentKey,
    Sum,
    Table,
    Volume,
    column,
)
from colgen.declare.find import find_model
from colgen.errors import ModelError
from colgen.generate.block import Unnumbered
from colgen.generate.generation import Generation
from colgen.generate.places import BITS, chunk_of_rows, first_place, places_of_children, stretches
from colgen.generate.sample import sample, spread
from colgen.generate.spec import Spec
from colgen.generate.walk import count, walk
from tests.generate.inn import FAMILY as INN_FAMILY
from tests.generate.inn import inn
from tests.support import rows_of


class Carts(Table):
    rows = Volume("carts")
    id = Key()
    price = Sum("things.price")


class Things(Table):
    rows = FanOut(Carts, Between(0, 5))
    id = Key()
    cart_id = ParentKey(Carts)
    place = Ordinal()
    price = Integers(1, 1_000)
    is_gift = column(Boolean)(lambda draw: draw.chance(0.4))
    gifts = column(Integer, hidden=True)(lambda is_gift, price: is_gift * (price % 3))


class Gifts(Table):
    rows = FanOut(Things, "gifts")
    id = Key()
    thing_id = ParentKey(Things)
    price = Lookup(Things.price)
    number = Integers(0, 10**12, type=BigInteger)


CARTS, THINGS, GIFTS = FAMILY = Carts.__table__, Things.__table__, Gifts.__table__


def shop() -> Model:
    """A new one each time: how large a model's chunks are is remembered."""
    return Model("shop", tables=(Carts, Things, Gifts), volumes={"small": {"carts": 200}})


@pytest.fixture
def chunk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many roots are in a chunk, of all models."""
    monkeypatch.setattr(Generation, "chunk", lambda self, family: request.param)
    return int(request.param)


@pytest.mark.parametrize("chunk", [1, 3, 64, 1_000], indirect=True)
@pytest.mark.parametrize("block_cells", [1, 50, 700])
def test_blocks_of_any_size_have_the_same_rows(chunk: int, block_cells: int) -> None:
    for table in FAMILY:
        assert rows_of(shop(), table.name, block_cells=block_cells) == rows_of(shop(), table.name)


@pytest.mark.parametrize("chunk", [1, 3, 64, 1_000], indirect=True)
def test_any_roots_lead_to_the_same_wherever_one_begins(chunk: int) -> None:
    model = shop()
    whole = {table: rows_of(model, table.name) for table in FAMILY}
    for first in (1, 2, 65, 128, 199):
        generation = Spec.of(model).generation(model)  # which knows nothing of what lies before
        schemas = {table: generation.arrow_schema(table) for table in FAMILY}
        for blocks in walk(generation, FAMILY, first, 2):
            for table in FAMILY:
                made = [row for batch in blocks[table].batches(schemas[table]) for row in batch.to_arrow().to_pylist()]
                assert all(whole[table][row["id"] - 1] == row for row in made)


@given(st.integers(1, 200), st.integers(1, 200), st.sampled_from([7, 64]))
@settings(max_examples=40)
def test_roots_are_counted_without_those_before_them(first: int, roots: int, chunk: int) -> None:
    end = min(first + roots, 201)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Generation, "chunk", lambda self, family: chunk)
        generation, other = (Spec.of(shop()).generation(shop()) for _ in range(2))
        walked = [{table: block.count for table, block in blocks.items()} for blocks in walk(other, FAMILY, first, end - first)]
        counted = count(generation, FAMILY, first, end)
        assert counted == {table: sum(blocks[table] for blocks in walked) for table in FAMILY[1:]}
        assert generation.counts.between(FAMILY, first, end) == {CARTS: end - first, **counted}


@pytest.mark.parametrize("chunk", [1, 13, 1_000], indirect=True)
def test_a_sample_of_all_roots_has_the_rows_of_the_build(chunk: int) -> None:
    model = shop()
    rows = sample(Spec.of(model).generation(model), FAMILY, spread(200, 500))
    assert rows.complete
    for table in FAMILY:
        written = rows.blocks[table].batches(Spec.of(model).generation(model).arrow_schema(table))
        assert [row for batch in written for row in batch.to_arrow().to_pylist()] == rows_of(model, table.name)


def test_no_two_rows_of_different_chunks_share_their_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Generation, "chunk", lambda self, family: 10)
    numbers = [row["number"] for row in rows_of(shop(), "gifts")]
    assert len(set(numbers)) == len(numbers) > 100


def test_rows_whose_number_depends_on_ids_are_counted_from_the_first_one_on() -> None:
    family, model = INN_FAMILY, inn(rooms=50)
    generation = Spec.of(model).generation(model)
    with pytest.raises(Unnumbered, match="beds"):
        count(generation, family, 11, 21)
    assert generation.counts.first_ids(family, 11) == {family[1]: 31, family[2]: 1 + sum(bed % 3 for bed in range(1, 31))}
    assert generation.counts.between(family, 11, 21)[family[2]] == sum(bed % 3 for bed in range(31, 61))


@pytest.mark.parametrize("name", ["invoicing", "ecommerce", "erp"])
def test_the_families_of_the_models_that_ship_are_counted_from_anywhere_on(name: str) -> None:
    model = find_model(name)
    generation = Spec.of(model, volume="small").generation(model)
    for family in model.families:
        roots = generation.counts.of(family[0])
        parts = [count(generation, family, *ends) for ends in pairwise([1, 1 + roots // 3, roots + 1])]
        assert {table: sum(part[table] for part in parts) for table in family[1:]} == count(generation, family, 1, roots + 1)


@pytest.mark.parametrize("settings", [{"orders_per_day": 40}, {}])
def test_no_setting_moves_the_chunks_of_a_model(settings: dict[str, int]) -> None:
    model = find_model("erp")
    usual = Spec.of(model).generation(model)
    other = Spec.of(model, settings=settings, seed=8, scenario="growth-phase").generation(model)
    assert [other.chunk(family) for family in model.families] == [usual.chunk(family) for family in model.families]


def test_a_model_that_fails_has_chunks_all_the_same() -> None:
    class Failing(Table):
        rows = Volume("carts")
        id = Key()

        @column(Integer)
        def many(id: Any) -> Any:
            raise ValueError("no")

    class Few(Table):
        rows = FanOut(Failing, "many")
        id = Key()

    model = Model("shop", tables=(Failing, Few), volumes={"small": {"carts": 200}})
    assert Spec.of(model).generation(model).chunk(model.family_of(Few.__table__)) == chunk_of_rows(1)


@given(st.floats(0, 1e9))
def test_a_chunk_has_about_as_many_rows_whatever_comes_from_a_root(rows_per_root: float) -> None:
    roots = chunk_of_rows(rows_per_root)
    assert roots & (roots - 1) == 0
    assert roots * max(rows_per_root, 1) <= max(3 * 2**17, rows_per_root)


@given(st.integers(1, 500), st.integers(0, 500), st.integers(1, 100), st.integers(1, 100))
def test_stretches_are_all_roots_in_order_and_lie_in_a_chunk_each(first: int, roots: int, step: int, chunk: int) -> None:
    ranges = list(stretches(first, first + roots, step, chunk))
    assert [root for stretch in ranges for root in stretch] == list(range(first, first + roots))
    assert all(stretch and (stretch[0] - 1) // chunk == (stretch[-1] - 1) // chunk for stretch in ranges)
    assert all(len(stretch) < 1.5 * step + 1 for stretch in ranges)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=40), st.integers(1, 50), st.integers(0, 3))
def test_places_begin_anew_in_each_chunk(counts: list[int], chunk: int, number: int) -> None:
    first = number * chunk + 1
    places = places_of_children(np.cumsum([0, *counts]), first, chunk)
    expected = []
    for begin in range(0, len(counts), chunk):
        rows = sum(counts[begin : begin + chunk])
        expected += [((number + begin // chunk) << BITS) + position for position in range(1, rows + 1)]
    if isinstance(places, int):
        places = np.arange(sum(counts)) + places
        assert len(counts) <= chunk
    assert places.tolist() == expected
    assert first_place(first, chunk) == (number << BITS) + 1


def test_more_rows_than_a_chunk_has_places_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.generate.walk.BITS", 5)
    model = shop()
    with pytest.raises(ModelError, match=r"things: over 32 rows come from .* rows of carts, and no more can be drawn"):
        count(Spec.of(model).generation(model), FAMILY, 1, 201)


def test_first_ids_that_another_thread_forgets_meanwhile_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    model = shop()
    generation, other = (Spec.of(model).generation(model) for _ in range(2))
    generation.counts.first_ids(FAMILY, 51)

    def forgetful(*given: Any) -> Any:
        generation.counts._first_ids[CARTS].pop(51, None)
        return count(*given)

    monkeypatch.setattr("colgen.generate.counting.count", forgetful)
    assert generation.counts.first_ids(FAMILY, 101) == other.counts.first_ids(FAMILY, 101)
