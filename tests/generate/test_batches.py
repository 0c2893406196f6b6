"""Of a table of which a few columns are asked for, only those are made, with what they follow from."""

from __future__ import annotations

from collections import Counter

import pytest

import colgen
from colgen import Between, Category, FanOut, Integers, Key, Model, Money, ParentKey, Sum, Table, Text, Volume, column
from colgen.generate.batches import task_batches
from colgen.generate.block import Block
from colgen.generate.plan import plan
from colgen.generate.spec import Spec
from tests.support import model_of


class Orders(Table):
    rows = Volume("orders")
    id = Key()
    town = Category(Rome=1, Oslo=1)
    label = Text("{town} {id}")
    total = Sum("lines.price", type=Money)


class Lines(Table):
    rows = FanOut(Orders, Between(1, 3))
    id = Key()
    order_id = ParentKey(Orders)
    word = Category(Ann=1, Bob=1)
    quantity = Integers(1, 9)
    unit_price = Integers(100, 900, type=Money)

    @column(Money)
    def price(quantity, unit_price):  # type: ignore[no-untyped-def]
        """What it costs."""
        return quantity * unit_price


class Large(Table, keep="is_large"):
    rows = Volume("orders")
    id = Key()
    amount = Integers(1, 9)
    note = Category(a=1, b=1)

    @column(colgen.Boolean, hidden=True)
    def is_large(amount):  # type: ignore[no-untyped-def]
        """Whether it is kept."""
        return amount > 4


SHOP = model_of(Orders, Lines, orders=300)


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each column has been computed."""
    counter: Counter[str] = Counter()
    compute = Block._computed

    def counted(block: Block, asked: colgen.Column) -> object:
        counter[asked.qualified_name] += 1
        return compute(block, asked)

    monkeypatch.setattr(Block, "_computed", counted)
    return counter


def columns_of(model: Model, table: str, *columns: str, **settings: float) -> dict[str, list[object]]:
    """Some columns of a table, of all of a build's tasks."""
    spec = Spec.of(model, settings=settings)
    generation, values = spec.generation(model), {name: list[object]() for name in columns}
    for task in plan(spec, generation).tasks:
        if table in task.parts:
            for batch in task_batches(generation, task, [table], columns=columns):
                assert batch.schema.names == sorted(columns, key=generation.arrow_schema(model.table(table)).names.index)
                for name, made in batch.to_arrow().to_pydict().items():
                    values[name] += made
    return values


def whole(model: Model, table: str, *columns: str, **settings: float) -> dict[str, list[object]]:
    made = colgen.build(model, settings=settings).table(table)
    return {name: made[name].to_pylist() for name in columns}


def test_only_what_is_asked_for_is_made(computed: Counter[str]) -> None:
    assert columns_of(SHOP, "lines", "order_id", "word") == whole(SHOP, "lines", "order_id", "word")
    computed.clear()
    columns_of(SHOP, "lines", "word")
    assert set(computed) == {"lines.word"}


def test_what_a_column_follows_from_is_made_too(computed: Counter[str]) -> None:
    columns_of(SHOP, "orders", "total")
    assert set(computed) == {"orders.total", "lines.price", "lines.quantity", "lines.unit_price"}


def test_the_columns_come_in_the_order_of_the_table() -> None:
    assert columns_of(SHOP, "lines", "word", "id") == whole(SHOP, "lines", "word", "id")


def test_a_table_that_keeps_some_of_its_rows_gives_those(computed: Counter[str]) -> None:
    model = model_of(Large, orders=300)
    notes = columns_of(model, "large", "note")
    assert set(computed) == {"large.note", "large.is_large", "large.amount"}
    assert notes == whole(model, "large", "note")
    assert 0 < len(notes["note"]) < 300


@pytest.mark.parametrize(("table", "columns"), [("orders", ["id", "town"]), ("defects", ["kind", "row_key"])])
def test_a_table_with_defects_has_the_same_ones(table: str, columns: list[str]) -> None:
    assert columns_of(SHOP, table, *columns, defects=0.1) == whole(SHOP, table, *columns, defects=0.1)
