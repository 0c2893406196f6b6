"""A value that does not fit its column ends a build: the message names the column, the row, the value and the limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

import colgen
from colgen import (
    BigInteger,
    Boolean,
    Category,
    Date,
    Decimal,
    FanOut,
    Integer,
    Integers,
    Json,
    Key,
    Lookup,
    Money,
    ParentKey,
    Running,
    String,
    Sum,
    Table,
    Text,
    Timestamp,
    Uuid,
    Varchar,
    column,
)
from colgen.generate import block
from tests.support import FORMATS, built, model_of, refused, rows_of, table, write_build

GOOD = "123e4567-e89b-42d3-a456-426614174000"
NEVER = 2**62


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        (Money, lambda id: id * 10**10, ("things.value, row 100: 10,000,000,000.00 does not fit", "9,999,999,999.99")),
        (BigInteger, lambda id: id.astype(np.uint64) << np.uint64(57), ("row 64: 9,223,372,036,854,775,808 does not fit bigint",)),
        (Date, lambda id: id * 100_000, ("row 30: 3,000,000 days since 1970-01-01 does not fit date", "9999-12-31")),
        (Uuid, lambda id: pa.array([GOOD] * 6 + ["x" * 36] * 194), ("row 7: 'xxxx", "is not a UUID")),
        (Json, lambda id: pa.array(["{}"] * 199 + ["NaN"]), ("row 200: 'NaN' is not JSON",)),
        (Varchar(3), lambda id: pa.array(["éàü"] * 8 + ["four"] * 192), ("row 9: 'four' has 4 characters", "at most 3")),
    ],
    ids=["money", "unsigned", "date", "uuid", "json", "varchar"],
)
def test_it_is_refused_in_every_format(kind: Any, values: Any, words: tuple[str, ...], format: str, tmp_path: Path) -> None:
    class Things(Table):
        rows = 200
        id = Key()
        value = column(kind)(lambda id: values(id))

    with refused(*words):
        colgen.build(model_of(Things), out=tmp_path / "data", format=format)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("block_cells", [20, 10_000])
def test_the_row_is_its_place_in_the_table_however_that_is_cut(block_cells: int) -> None:
    class Things(Table):
        rows = 500
        id = Key()
        price = column(Decimal(4, 2))(lambda id: (id == 432) * 10_000)

    with refused("things.price, row 432: 100.00 does not fit"):
        rows_of(model_of(Things), "things", block_cells=block_cells)


def test_the_row_of_a_piece_is_its_place_in_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(block, "LEAF_ROWS", 100)

    class Orders(Table):
        rows = 50
        id = Key()

    class Lines(Table):
        rows = FanOut(Orders, 20)
        id = Key()
        order_id = ParentKey(Orders)
        price = column(Money)(lambda id: (id == 987) * 10**12)

    with refused("lines.price, row 987: 10,000,000,000.00 does not fit"):
        built(Orders, Lines).frame("lines")


def test_what_is_masked_may_be_anything() -> None:
    class Things(Table):
        rows = 3
        id = Key()
        at = column(Timestamp, nullable=True)(lambda id: np.ma.array([0, NEVER, 1], mask=[False, True, False]))
        price = column(Money, nullable=True)(lambda id: np.ma.array(np.uint64([5, 2**64 - 1, 6]), mask=[False, True, False]))

    assert [row["price"] is None for row in rows_of(model_of(Things), "things")] == [False, True, False]
    assert [row["at"] is None for row in rows_of(model_of(Things), "things")] == [False, True, False]


def test_what_is_not_kept_may_be_anything() -> None:
    class Visits(Table, keep="happened"):
        rows = 4
        id = Key()
        happened = column(Boolean, hidden=True)(lambda id: id % 2 == 0)
        at = column(Timestamp)(lambda id: np.where(id % 2, NEVER, id))
        said = column(Json)(lambda id: pa.array(["no", "[2]", None, "[4]"]))

    assert [(row["id"], row["said"]) for row in rows_of(model_of(Visits), "visits")] == [(2, "[2]"), (4, "[4]")]


def test_the_row_of_a_kept_one_is_its_place_before() -> None:
    class Visits(Table, keep="happened"):
        rows = 4
        id = Key()
        happened = column(Boolean, hidden=True)(lambda id: id > 2)
        at = column(Timestamp)(lambda id: np.where(id > 1, NEVER, 0))

    with refused("visits.at, row 3: 4,611,686"):
        rows_of(model_of(Visits), "visits")


@pytest.mark.parametrize("value", ["a", "'", '"'])
def test_a_text_that_is_put_together_is_json_or_refused(value: str) -> None:
    class Things(Table):
        rows = 40
        id = Key()
        word = column(String)(lambda id: pa.array([value] * 40))
        kind = Category(**{"big": 1, "small": 1})
        listed = Text('{{"id": {id}, "kind": "{kind}"}}', type=Json)
        said = Text('{{"id": {id}, "word": "{word}"}}', type=Json)

    if value == '"':
        with refused('things.said, row 1: \'{"id": 1, .* is not JSON'):
            rows_of(model_of(Things), "things")
    else:
        assert rows_of(model_of(Things), "things")[1]["said"] == f'{{"id": 2, "word": "{value}"}}'


def test_a_text_that_is_put_together_has_the_length_or_is_refused() -> None:
    class Things(Table):
        rows = 40
        id = Key()
        fits = Text("é{id:02d}", type=Varchar(3))
        short = Text("é{id}", type=Varchar(2))

    with refused("things.short, row 10: 'é10' has 3 characters"):
        rows_of(model_of(Things), "things")


def test_a_text_that_is_put_together_is_a_uuid_or_refused() -> None:
    class Things(Table):
        rows = 12
        id = Key()
        good = Text("00000000-0000-4000-8000-{id:012d}", type=Uuid)
        bad = Text("00000000-0000-4000-8000-{id:011d}", type=Uuid)

    with refused("things.bad, row 1: .* is not a UUID"):
        rows_of(model_of(Things), "things")


@pytest.mark.parametrize("format", FORMATS)
def test_a_text_with_a_length_arrives_and_is_looked_up(format: str, tmp_path: Path) -> None:
    class Orders(Table):
        rows = 30
        id = Key()
        code = column(Varchar(4), unique=True)(lambda id: pc.binary_join_element_wise("é", pc.cast(pa.array(id), pa.string()), ""))

    class Lines(Table):
        rows = FanOut(Orders, 2)
        id = Key()
        order_id = ParentKey(Orders)
        code = Lookup(Orders.code)
        name = Text("{code}!", type=Varchar(5))

    write_build(model := model_of(Orders, Lines), tmp_path / "data", format=format, check=True)
    assert table(tmp_path / "data", "lines")["name"].to_pylist() == [f"é{order}!" for order in range(1, 31) for _ in range(2)]
    assert model.table("lines").columns["code"].type == Varchar(4)


@pytest.mark.parametrize("format", FORMATS)
def test_the_first_and_the_last_day_arrive_in_every_format(format: str, tmp_path: Path) -> None:
    class Days(Table):
        rows = 2
        id = Key()
        day = column(Date)(lambda id: np.array(Date.limits)[id - 1])
        at = column(Timestamp)(lambda id: np.array(Timestamp.limits)[id - 1])

    write_build(model_of(Days), tmp_path / "data", format=format, check=True)
    found = table(tmp_path / "data", "days")
    assert [str(day) for day in found["day"].to_pylist()] == ["0001-01-01", "9999-12-31"]
    assert found["at"].cast(pa.int64()).to_pylist() == list(Timestamp.limits)


# Sums


def sums_of(values: Any, sums: Any = BigInteger) -> tuple[type[Table], type[Table]]:
    class Orders(Table):
        rows = 2
        id = Key()
        total = Sum("lines.amount", sums)

    class Lines(Table):
        rows = FanOut(Orders, 3)
        id = Key()
        order_id = ParentKey(Orders)
        amount = column(BigInteger, hidden=True)(lambda id: values)
        so_far = Running("amount")

    return Orders, Lines


@pytest.mark.parametrize(
    "values",
    [np.int64([2**62, 2**62, 0, 1, 1, 1]), np.int64([1, 1, 1, -(2**62), -(2**62), -1]), np.uint64([2**63, 0, 0, 0, 0, 0])],
    ids=["too large", "too small", "unsigned"],
)
@pytest.mark.parametrize("name", ["orders", "lines"])
def test_a_sum_beyond_64_bits_is_refused(values: Any, name: str) -> None:
    with refused("lines.amount is added up to", "64 bits hold -9,223,372,036,854,775,807 to"):
        built(*sums_of(values)).frame(name)


def test_sums_that_have_room_are_exact_though_all_together_have_none() -> None:
    values = np.int64([2**62, 2**61, 2**61 - 1, 2**62, 2**62 - 1, 0])
    data = built(*sums_of(values))
    assert data.table("orders")["total"].to_pylist() == [2**63 - 1, 2**63 - 1]
    assert data.table("lines")["so_far"].to_pylist() == [2**62, 2**62 + 2**61, 2**63 - 1, 2**62, 2**63 - 1, 2**63 - 1]


def test_what_is_masked_is_not_added_up() -> None:
    values = np.ma.array(np.int64([NEVER, NEVER, 1, 2, 3, 4]), mask=[True, True, False, False, False, False])
    assert built(*sums_of(values)).table("orders")["total"].to_pylist() == [1, 9]


def test_a_sum_of_what_is_not_whole_is_refused() -> None:
    with refused("lines.amount is added up", "must be a NumPy array of integers, not float64"):
        built(*sums_of(np.ones(6))).frame("orders")


def test_a_sum_beyond_its_own_type_is_refused() -> None:
    with refused("orders.total, row 1: 3,221,225,472 does not fit integer", "-2,147,483,648 to 2,147,483,647"):
        built(*sums_of(np.full(6, 1 << 30), Integer)).frame("orders")


def test_narrow_numbers_are_added_up_unlooked() -> None:
    class Orders(Table):
        rows = 2
        id = Key()
        total = Sum("lines.amount")

    class Lines(Table):
        rows = FanOut(Orders, 3)
        id = Key()
        order_id = ParentKey(Orders)
        amount = Integers(100, 100)

    assert built(Orders, Lines).table("orders")["total"].to_pylist() == [300, 300]
